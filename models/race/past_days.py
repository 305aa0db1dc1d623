"""Past days on which the gap is forecast again: what was known on each, and what came.

The index is as it was on that day (`models.race.gap_history`). What came is read off the newest
index. Chips and training compute are as estimated today, of the quarters and models that were
out. Nothing here is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.core.errors import ModelInputError
from models.race.gap_history import (
    KnownIndex,
    PastIndex,
    Source,
    know_index,
    move_newest,
    trace_monthly_gaps,
)
from models.race.race_calibration import (
    MeasuredRace,
    MeasuredSupply,
    find_last_whole_quarter,
    measure_race,
    measure_supply,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from models.core.arrays import FloatArray
    from models.core.timescale import Moment

HORIZONS_MONTHS = (6, 12, 18)
LEVEL = 0.90
"""Of the intervals that stand for what is fitted."""
# A lasting change of compute is told from a quarter's noise over a year.
_TRAILING = pd.DateOffset(years=1)
_A_FEW_DAYS = pd.Timedelta(days=5)


@dataclass(frozen=True)
class PastTables:
    """What past forecasts are made from beside the index of the day, and scored with.

    Attributes
    ----------
    index : DataFrame
        The newest index, models of known day and country: it says what came.
    models, chips, chips_in_china : DataFrame
        Tables ``ai_models``, ``chips_owned`` and ``chips_in_china``.
    since : date
        First day of the models that past growth is fitted on.
    """

    index: pd.DataFrame
    models: pd.DataFrame
    chips: pd.DataFrame
    chips_in_china: pd.DataFrame
    since: Moment


@dataclass(frozen=True)
class Measured:
    """What the joint model takes from the data of a day.

    Attributes
    ----------
    race : MeasuredRace
        What is fitted.
    supply : MeasuredSupply
        Chips. Where growth of compute is given, no path depends on how many there are.
    growth : tuple of float
        Past growth of compute, American and Chinese, factors of 10 a year.
    """

    race: MeasuredRace
    supply: MeasuredSupply
    growth: tuple[float, float]


@dataclass(frozen=True)
class PastDay:
    """A day on which the gap is forecast, with one index that may have been known then.

    Attributes
    ----------
    number : int
        Of the day, which both uses of a refit share.
    day : Timestamp
        The day.
    source : {"vintage", "refit"}
        Whether the index is a file of that time, or made again.
    gaps : ndarray, shape (n,)
        The gap at the ends of months, the last of them that of the day.
    outcomes : mapping of int to float
        The gap that came, by months ahead, as far as it is known.
    measured : Measured or str
        For the joint model, or why it could not be fitted.
    """

    number: int
    day: pd.Timestamp
    source: Source
    gaps: FloatArray
    outcomes: Mapping[int, float]
    measured: Measured | str


@dataclass(frozen=True)
class KnownDay:
    """An index that may have been known on a day.

    Attributes
    ----------
    number : int
        Of the day, which both uses of a refit share.
    known : KnownIndex
        The index.
    """

    number: int
    known: KnownIndex


def know_days(
    past: PastIndex, origins: Sequence[pd.Timestamp], *, revision: float
) -> tuple[KnownDay, ...]:
    """Return what was known of the index on each day: a file once, a refit moved both ways.

    Parameters
    ----------
    past : PastIndex
        The index as later days know it.
    origins : sequence of Timestamp
        Days on which a forecast is made.
    revision : float
        Points by which a new score is revised later: refits are used with the follower's
        newest best model moved up and moved down by it.
    """
    return tuple(
        KnownDay(number, known)
        for number, origin in enumerate(origins)
        for known in _known_variants(past, origin, revision)
    )


def measure_days(days: Sequence[KnownDay], tables: PastTables) -> tuple[PastDay, ...]:
    """Measure what was known on each day, and what came.

    Parameters
    ----------
    days : sequence of KnownDay
        From `know_days`.
    tables : PastTables
        What else was known, and what came.
    """
    supply = _measure_supply(tables.chips)
    return tuple(
        PastDay(
            day.number,
            day.known.day,
            day.known.source,
            trace_monthly_gaps(day.known.models, until=day.known.day, since=tables.since),
            _list_outcomes(tables.index, day.known.day),
            _measure(day.known, tables, supply),
        )
        for day in days
    )


def list_origins(first: Moment, index: pd.DataFrame) -> tuple[pd.Timestamp, ...]:
    """Return the ends of months of which the shortest horizon lies within the index."""
    last = index["date"].max() + _A_FEW_DAYS
    months = pd.date_range(pd.Timestamp(first), last, freq="ME")
    return tuple(day for day in months if _target(day, HORIZONS_MONTHS[0]) <= last)


def measure_trailing_growth(
    chips: pd.DataFrame, chips_in_china: pd.DataFrame, origin: Moment
) -> tuple[float, float]:
    """Growth of compute over the year before, American and Chinese, factors of 10 a year.

    Chips that firms own; to the Chinese ones come those of Chinese make and smuggled ones,
    which no owner's record holds.

    Parameters
    ----------
    chips, chips_in_china : DataFrame
        Tables ``chips_owned`` and ``chips_in_china``.
    origin : date
        Later quarters do not count.

    Raises
    ------
    ModelInputError
        If the table does not reach a year back.
    """
    until = min(pd.Timestamp(origin), find_last_whole_quarter(chips))
    known = chips[chips["owner_country"].notna() & (chips["quarter_end"] <= until)]
    totals = known.pivot_table(
        index="quarter_end", columns="owner_country", values="h100e_p50", aggfunc="sum"
    )
    if totals.empty or totals.index[-1] - _TRAILING < totals.index[0] - _A_FEW_DAYS:
        raise ModelInputError(f"needs chips a year before {origin}, got {len(totals)} quarters")
    unseen = chips_in_china.groupby("quarter_end")["h100e_p50"].sum()
    totals["CHN"] += unseen.reindex(totals.index).fillna(0)
    before = totals[totals.index <= totals.index[-1] - _TRAILING + _A_FEW_DAYS].iloc[-1]
    growth = np.log10(totals.iloc[-1] / before)
    return float(growth["USA"]), float(growth["CHN"])


def measure_gap(index: pd.DataFrame, day: Moment) -> float:
    """Gap between the two countries' best models released by a day, by one index, in points."""
    best = index[index["date"] <= pd.Timestamp(day)].groupby("country")["eci"].max()
    return float(best["USA"] - best["CHN"])


def _target(origin: pd.Timestamp, months: int) -> pd.Timestamp:
    return pd.Timestamp(origin + pd.offsets.MonthEnd(months))


def _known_variants(past: PastIndex, origin: pd.Timestamp, revision: float) -> Iterator[KnownIndex]:
    """Yield the index of a day: a file once, a refit with its newest score moved both ways."""
    known = know_index(past, origin)
    if known.source == "vintage":
        yield known
    else:
        yield from (move_newest(known, sign * revision) for sign in (-1, 1))


def _list_outcomes(index: pd.DataFrame, origin: pd.Timestamp) -> dict[int, float]:
    """Return the gap that came by months ahead, as far as the newest index reaches."""
    last = index["date"].max() + _A_FEW_DAYS
    ends = {months: _target(origin, months) for months in HORIZONS_MONTHS}
    return {months: measure_gap(index, end) for months, end in ends.items() if end <= last}


def _measure_supply(chips: pd.DataFrame) -> MeasuredSupply | str:
    """Measure chips, as estimated today for all days; or say why they can't be."""
    try:
        return measure_supply(chips, None, np.random.default_rng(0))
    except ModelInputError as error:
        return str(error)


def _measure(known: KnownIndex, tables: PastTables, supply: MeasuredSupply | str) -> Measured | str:
    models = tables.models[tables.models["date"] <= known.day]
    try:
        race = measure_race(known.models, models, since=tables.since, level=LEVEL)
        if isinstance(supply, str):
            return supply
        growth = measure_trailing_growth(tables.chips, tables.chips_in_china, known.day)
    except ModelInputError as error:
        return str(error)
    return Measured(race, supply, growth)
