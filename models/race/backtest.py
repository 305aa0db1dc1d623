"""Past forecasts of the capability gap, made again with what was known and scored.

From the end of each month the gap is forecast 6, 12 and 18 months ahead by every member
and by their pool (`models.race.gap_pool`), from the index as it was on that day
(`models.race.gap_history`). What came is read off the newest index. Chips and training
compute are as estimated today, of the quarters and models that were out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.core.arrays import FloatArray
from models.core.errors import ModelInputError
from models.core.scoring_rules import compute_crps_sample, compute_log_density
from models.core.timescale import Moment
from models.race.gap_history import (
    KnownIndex,
    PastIndex,
    know_index,
    move_newest,
    trace_monthly_gaps,
)
from models.race.gap_members import FITTERS, fit_member
from models.race.gap_pool import JOINT, Failure
from models.race.race_calibration import calibrate, find_last_whole_quarter
from models.race.race_parameters import STEPS_PER_YEAR, JointParameters
from models.race.race_simulation import simulate_capability_lead

HORIZONS_MONTHS = (6, 12, 18)
POOL = "pool"
_DRAWS, _INNER = 100, 20
_REPLICATIONS = 100
"""Of the bootstrap of past growth, of which little goes on: `trend_weight`."""
_QUARTER_MONTHS = 12 // STEPS_PER_YEAR
# A lasting change of compute is told from a quarter's noise over a year.
_TRAILING = pd.DateOffset(years=1)
_A_FEW_DAYS = pd.Timedelta(days=5)
_SCORES = ["mean", "crps", "log_score", "inside_50", "inside_90", "pit"]


@dataclass(frozen=True)
class PastTables:
    """What past forecasts are made from and scored with.

    Attributes
    ----------
    past : PastIndex
        The index as later days know it.
    index : DataFrame
        The newest index, models of known day and country: it says what came.
    models, chips, chips_in_china : DataFrame
        Tables ``ai_models``, ``chips_owned`` and ``chips_in_china``.
    revision : float
        Points by which a new score is revised later: refits are used with the follower's
        newest best model moved up and moved down by it.
    since : date
        First day of the models that past growth is fitted on.
    """

    past: PastIndex
    index: pd.DataFrame
    models: pd.DataFrame
    chips: pd.DataFrame
    chips_in_china: pd.DataFrame
    revision: float
    since: Moment


@dataclass(frozen=True)
class Backtest:
    """Scores of past forecasts.

    Attributes
    ----------
    scores : DataFrame
        One row a day, horizon and member, the pool among them: origin, horizon_months,
        source (of the index: vintage or refit), member, gap_then, outcome, mean, crps
        (points), log_score (negative logarithm of the density), inside_50, inside_90
        (whether the outcome lies in the prediction interval; from a refit the mean of its
        two uses) and pit (share of the forecast below the outcome).
    failed : tuple of Failure
        Members that could not be fitted on some day; the pool of that day lacks them.
    """

    scores: pd.DataFrame
    failed: tuple[Failure, ...]


def list_origins(first: Moment, index: pd.DataFrame) -> tuple[pd.Timestamp, ...]:
    """Return the ends of months of which the shortest horizon lies within the index."""
    last = index["date"].max() + _A_FEW_DAYS
    months = pd.date_range(pd.Timestamp(first), last, freq="ME")
    return tuple(day for day in months if _target(day, HORIZONS_MONTHS[0]) <= last)


def score_past_forecasts(
    tables: PastTables,
    origins: Sequence[pd.Timestamp],
    *,
    parameters: JointParameters,
    seed: int,
) -> Backtest:
    """Forecast the gap from each origin by every member and the pool, and score all.

    Parameters
    ----------
    tables : PastTables
        What was known, and what came.
    origins : sequence of Timestamp
        Days on which a forecast is made.
    parameters : JointParameters
        Judgements of the joint race; by a judgement of today.
    seed : int
        Seed of all draws.

    Raises
    ------
    ModelInputError
        If at no origin a member can be fitted and an outcome is known.
    """
    rows: list[dict[str, object]] = []
    failed: list[Failure] = []
    last = tables.index["date"].max() + _A_FEW_DAYS
    for number, origin in enumerate(origins):
        ahead = [
            months for months in HORIZONS_MONTHS if _target(origin, months) <= last
        ]  # fmt: skip
        for known in _known_variants(tables, origin):
            gaps = _trace(known, tables.since)
            drawn, missing = _forecast(known, gaps, tables, parameters, [seed, number])
            failed += missing
            rows += [
                {"source": known.source, "gap_then": float(gaps[-1]), **row}
                for months in ahead
                for row in _score(tables.index, origin, months, drawn)
            ]
    if not rows:
        raise ModelInputError("needs an origin with a past before it and an outcome after it")
    keys = ["origin", "horizon_months", "source", "member"]
    scores = pd.DataFrame(rows).groupby(keys, sort=False).mean().reset_index()
    return Backtest(scores, tuple(dict.fromkeys(failed)))


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


def _known_variants(tables: PastTables, origin: pd.Timestamp) -> Iterator[KnownIndex]:
    """Yield the index of a day: a file once, a refit with its newest score moved both ways."""
    known = know_index(tables.past, origin)
    if known.source == "vintage":
        yield known
    else:
        yield from (move_newest(known, sign * tables.revision) for sign in (-1, 1))


def _trace(known: KnownIndex, since: Moment) -> FloatArray:
    return trace_monthly_gaps(known.models, until=known.day, since=since)


def _forecast(
    known: KnownIndex,
    gaps: FloatArray,
    tables: PastTables,
    parameters: JointParameters,
    seed: Sequence[int],
) -> tuple[dict[str, FloatArray], list[Failure]]:
    """Draws of every member at the horizons, shape (draws, horizons), and who failed."""
    drawn: dict[str, FloatArray] = {}
    failed = []
    at = np.array(HORIZONS_MONTHS) - 1
    rngs = np.random.default_rng(seed).spawn(len(FITTERS))
    for name, rng in zip(FITTERS, rngs, strict=True):
        try:
            member = fit_member(name, gaps, rng)
        except ModelInputError as error:
            failed.append(Failure(name, f"{known.day:%Y-%m-%d}: {error}"))
            continue
        paths = member.simulate(HORIZONS_MONTHS[-1], draws=_DRAWS, inner=_INNER, rng=rng)
        drawn[name] = paths[:, :, at].reshape(-1, at.size)
    try:
        drawn[JOINT] = _forecast_jointly(known, tables, parameters, seed)
    except ModelInputError as error:
        failed.append(Failure(JOINT, f"{known.day:%Y-%m-%d}: {error}"))
    return drawn, failed


def _forecast_jointly(
    known: KnownIndex, tables: PastTables, parameters: JointParameters, seed: Sequence[int]
) -> FloatArray:
    calibration = calibrate(
        known.models,
        tables.models[tables.models["date"] <= known.day],
        tables.chips,
        since=tables.since,
        sales={},
        level=0.90,
        lead_margin=0.0,
        replications=_REPLICATIONS,
        rng=np.random.default_rng(seed),
    )
    paths = simulate_capability_lead(
        calibration,
        parameters,
        compute_growth=measure_trailing_growth(tables.chips, tables.chips_in_china, known.day),
        years=HORIZONS_MONTHS[-1] / 12,
        seed=seed[0],
        n_draws=_DRAWS,
        paths_per_draw=_INNER,
    )
    at = np.array(HORIZONS_MONTHS) // _QUARTER_MONTHS - 1
    return -paths.lead[:, :, at].reshape(-1, at.size)


def _score(
    index: pd.DataFrame, origin: pd.Timestamp, months: int, drawn: Mapping[str, FloatArray]
) -> Iterator[dict[str, object]]:
    at = HORIZONS_MONTHS.index(months)
    outcome = measure_gap(index, _target(origin, months))
    members = {name: draws[:, at] for name, draws in drawn.items()}
    logs = {name: compute_log_density(draws, outcome) for name, draws in members.items()}
    # The density of a linear pool is the mean of its members'.
    logs[POOL] = float(np.logaddexp.reduce(list(logs.values())) - np.log(len(logs)))
    pooled = {**members, POOL: np.concatenate(list(members.values()))}
    for name, draws in pooled.items():
        ends = np.quantile(draws, [0.05, 0.25, 0.75, 0.95])
        numbers = (
            float(draws.mean()),
            compute_crps_sample(draws, outcome),
            -logs[name],
            float(ends[1] <= outcome <= ends[2]),
            float(ends[0] <= outcome <= ends[3]),
            float((draws < outcome).mean()),
        )
        yield {
            "origin": origin,
            "horizon_months": months,
            "member": name,
            "outcome": outcome,
            **dict(zip(_SCORES, numbers, strict=True)),
        }
