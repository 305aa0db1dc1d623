"""Past forecasts of the capability gap, made again with what was known and scored.

From the end of each month (`models.race.past_days`) the gap is forecast 6, 12 and 18 months
ahead by every member and by their pool (`models.race.gap_pool`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.core.errors import ModelInputError
from models.core.scoring_rules import compute_crps_sample, compute_log_density
from models.race.gap_members import FITTERS, fit_member
from models.race.gap_pool import JOINT, Failure
from models.race.past_days import HORIZONS_MONTHS, LEVEL, Measured, PastDay
from models.race.race_calibration import draw_race
from models.race.race_parameters import STEPS_PER_YEAR, JointCalibration, JointParameters
from models.race.race_simulation import simulate_capability_lead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from models.core.arrays import FloatArray

POOL = "pool"
_DRAWS, _INNER = 100, 20
_REPLICATIONS = 100
"""Of the bootstrap of past growth, of which little goes on: `trend_weight`."""
_QUARTER_MONTHS = 12 // STEPS_PER_YEAR
_SCORES = ["mean", "crps", "log_score", "inside_50", "inside_90", "pit"]


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


def score_past_forecasts(
    days: Sequence[PastDay], *, parameters: JointParameters, seed: int
) -> Backtest:
    """Forecast the gap from each day by every member and the pool, and score all.

    Parameters
    ----------
    days : sequence of PastDay
        What was known, and what came: from `models.race.past_days.measure_days`.
    parameters : JointParameters
        Judgements of the joint race; by a judgement of today. Those of compute count for
        nothing, since its growth is given.
    seed : int
        Seed of all draws.

    Raises
    ------
    ModelInputError
        If at no day a member can be fitted and an outcome is known.
    """
    rows: list[dict[str, object]] = []
    failed: list[Failure] = []
    for day in days:
        drawn, missing = _forecast(day, parameters, [seed, day.number])
        failed += missing
        rows += [
            {"source": day.source, "gap_then": float(day.gaps[-1]), **row}
            for months in day.outcomes
            for row in _score(day, months, drawn)
        ]
    if not rows:
        raise ModelInputError("needs an origin with a past before it and an outcome after it")
    keys = ["origin", "horizon_months", "source", "member"]
    scores = pd.DataFrame(rows).groupby(keys, sort=False).mean().reset_index()
    return Backtest(scores, tuple(dict.fromkeys(failed)))


def _forecast(
    day: PastDay, parameters: JointParameters, seed: Sequence[int]
) -> tuple[dict[str, FloatArray], list[Failure]]:
    """Draws of every member at the horizons, shape (draws, horizons), and who failed."""
    drawn: dict[str, FloatArray] = {}
    failed = []
    at = np.array(HORIZONS_MONTHS) - 1
    rngs = np.random.default_rng(seed).spawn(len(FITTERS))
    for name, rng in zip(FITTERS, rngs, strict=True):
        try:
            member = fit_member(name, day.gaps, rng)
        except ModelInputError as error:
            failed.append(Failure(name, f"{day.day:%Y-%m-%d}: {error}"))
            continue
        paths = member.simulate(HORIZONS_MONTHS[-1], draws=_DRAWS, inner=_INNER, rng=rng)
        drawn[name] = paths[:, :, at].reshape(-1, at.size)
    if isinstance(day.measured, str):
        failed.append(Failure(JOINT, f"{day.day:%Y-%m-%d}: {day.measured}"))
    else:
        drawn[JOINT] = _forecast_jointly(day.measured, parameters, seed)
    return drawn, failed


def _forecast_jointly(
    measured: Measured, parameters: JointParameters, seed: Sequence[int]
) -> FloatArray:
    race = measured.race
    drawn = draw_race(
        race, level=LEVEL, replications=_REPLICATIONS, rng=np.random.default_rng(seed)
    )
    calibration = JointCalibration(
        as_of=race.as_of,
        fit=race.fit,
        equal_compute_gain=race.equal_compute_gain,
        relative_points=race.relative_points,
        records=race.records,
        sales={},
        lead_margin=0.0,
        **vars(drawn),
        **vars(measured.supply),
    )
    paths = simulate_capability_lead(
        calibration,
        parameters,
        compute_growth=measured.growth,
        years=HORIZONS_MONTHS[-1] / 12,
        seed=seed[0],
        n_draws=_DRAWS,
        paths_per_draw=_INNER,
    )
    at = np.array(HORIZONS_MONTHS) // _QUARTER_MONTHS - 1
    return -paths.lead[:, :, at].reshape(-1, at.size)


def _score(
    day: PastDay, months: int, drawn: Mapping[str, FloatArray]
) -> Iterator[dict[str, object]]:
    at, outcome = HORIZONS_MONTHS.index(months), day.outcomes[months]
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
            "origin": day.day,
            "horizon_months": months,
            "member": name,
            "outcome": outcome,
            **dict(zip(_SCORES, numbers, strict=True)),
        }
