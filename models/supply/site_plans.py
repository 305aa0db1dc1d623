"""What known sites have by date, how plans came true, and what part of a country they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.core import units
from models.core.bootstrap import estimate_by_percentiles
from models.core.errors import ModelInputError
from models.core.input_checks import require_replications
from models.core.timescale import Moment, to_decimal_year
from models.supply.power_limit import SitePlans

if TYPE_CHECKING:
    from models.core.arrays import FloatArray
    from models.core.estimates import Estimate

_FEWEST_SITES = 5
_MW_PER_GW = 1000


@dataclass(frozen=True)
class PlanRecord:
    """What was added at sites between two days, by plan and in fact.

    Attributes
    ----------
    planned_mw, added_mw : ndarray, shape (n_sites,)
        Additions that the earlier file planned, and those that the later one saw.
    """

    planned_mw: FloatArray
    added_mw: FloatArray


def hold_by_day(timelines: pd.DataFrame, day: Moment, column: str = "power_mw") -> pd.Series[float]:
    """Return what each site holds on a day by a table of dated states, 0 before the first.

    Parameters
    ----------
    timelines : DataFrame
        Columns site, date and `column`.
    day : date
        The day; the last state dated up to and on it holds.
    column : str
        What is held.
    """
    noted = timelines.sort_values("date", kind="stable").dropna(subset=[column])
    latest = noted[noted["date"] <= pd.Timestamp(day)].groupby("site")[column].last()
    return latest.reindex(sorted(timelines["site"].unique())).fillna(0.0)


def compare_plans(
    earlier: pd.DataFrame, later: pd.DataFrame, *, planned_on: Moment, seen_on: Moment
) -> PlanRecord:
    """Set what an earlier file planned to add at its sites against what a later one saw.

    Additions are compared, and not levels, as sites are measured anew between two files.

    Parameters
    ----------
    earlier, later : DataFrame
        Columns site, date, power_mw.
    planned_on, seen_on : date
        Days of the two files.

    Raises
    ------
    ModelInputError
        If a site of the earlier file is not in the later one, or nothing was planned.
    """
    sites = sorted(earlier["site"].unique())
    if missing := sorted(set(sites) - set(later["site"])):
        raise ModelInputError(f"needs the later states of all sites, got none of {missing}")
    planned, added = (
        np.asarray(hold_by_day(file, seen_on)[sites] - hold_by_day(file, planned_on)[sites])
        for file in (earlier, later)
    )
    if planned.sum() <= 0:
        raise ModelInputError(f"needs power planned between {planned_on} and {seen_on}, got none")
    return PlanRecord(planned, added)


def estimate_pace(
    record: PlanRecord, *, rng: np.random.Generator, level: float = 0.9, replications: int = 4000
) -> Estimate:
    """Pace at which plans came true: all that was added over all that was planned.

    The interval resamples whole sites.

    Raises
    ------
    ModelInputError
        If there are fewer than five sites, or a resample adds nothing.
    """
    n = len(record.planned_mw)
    if n < _FEWEST_SITES:
        raise ModelInputError(f"needs {_FEWEST_SITES} sites or more, got {n}")
    require_replications(replications)
    rows = rng.integers(n, size=(replications, n))
    drawn = record.added_mw[rows].sum(axis=1), record.planned_mw[rows].sum(axis=1)
    if min(drawn[0].min(), drawn[1].min()) <= 0:
        raise ModelInputError("a pace needs sites that add power in every resample")
    observed = float(record.added_mw.sum() / record.planned_mw.sum())
    return estimate_by_percentiles(
        observed, drawn[0] / drawn[1], level=level, n=n, unit=units.SHARE
    )


def add_up_plans(
    timelines: pd.DataFrame,
    *,
    start: Moment,
    as_of: Moment,
    last_year: int,
    pace: Estimate,
    coverage: Estimate,
) -> SitePlans:
    """Add up the power of known sites from a start over the day of the file to the last plans.

    Parameters
    ----------
    timelines : DataFrame
        Columns site, date, power_mw, of one country's sites.
    start, as_of : date
        The start, and the day of the file.
    last_year : int
        Year to whose end plans are added up; beyond it the file tells too little.
    pace, coverage : Estimate
        As `models.supply.power_limit.SitePlans`.

    Raises
    ------
    ModelInputError
        If the days do not follow each other.
    """
    day = pd.Timestamp(as_of)
    ends = [pd.Timestamp(year, 12, 31) for year in range(day.year, last_year + 1)]
    days = [pd.Timestamp(start), day, *ends]
    if days != sorted(set(days)):
        raise ModelInputError(f"needs a start before the day of the file before plans, got {days}")
    known = [float(hold_by_day(timelines, each).sum()) / _MW_PER_GW for each in days]
    return SitePlans(
        times=tuple(_round_to_year_end(each) for each in days),
        known_gw=tuple(known),
        as_of=_round_to_year_end(day),
        pace=pace,
        coverage=coverage,
    )


def _round_to_year_end(day: pd.Timestamp) -> float:
    """Decimal year; the last day of a year counts as its end."""
    last = (day.month, day.day) == (12, 31)
    return float(day.year + 1) if last else to_decimal_year(day)
