"""Chances that a firm of the follower leads, from the simulated race or from sales."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from models.core.input_checks import require_level
from models.race.lead_events import EVENTS, measure_event_shares
from models.race.lead_forecast import LeadForecast, simulate_contest, summarise_events
from models.race.race_parameters import (
    CAPABILITY,
    JointCalibration,
    JointParameters,
    SupplyJudgements,
    list_forecast_dates,
    list_quarters,
)
from models.race.race_simulation import simulate_batches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.core.arrays import FloatArray


def forecast_overtake(
    parameters: JointParameters,
    calibration: JointCalibration,
    *,
    seed: int,
    n_draws: int = 400,
    paths_per_draw: int = 50,
    level: float = 0.90,
    judgements: SupplyJudgements | None = None,
) -> LeadForecast:
    """Chances that a firm of the follower leads by 10 January of 2027 to 2031.

    Same seed, same random numbers: differences between two sets of parameters are
    those of the parameters.

    Parameters
    ----------
    parameters : JointParameters
        What is judged.
    calibration : JointCalibration
        What is fitted.
    seed : int
        Seed of all draws.
    n_draws, paths_per_draw : int
        Draws of what is fitted, and paths of shocks for each; their product is
        the number of paths.
    level : float
        Level of the intervals, which are credible intervals of the chance over
        what is fitted, with the noise of finite paths taken out.
    judgements : SupplyJudgements, optional
        The hardware chapter's by default.

    Raises
    ------
    ModelInputError
        If there are fewer than 20 draws or paths for each, or the level is not in (0, 1).
    """
    runs = {"seed": seed, "n_draws": n_draws, "paths_per_draw": paths_per_draw}
    return sweep([parameters], calibration, **runs, level=level, judgements=judgements)[0]


def sweep(
    scenarios: Sequence[JointParameters],
    calibration: JointCalibration,
    *,
    seed: int,
    n_draws: int = 400,
    paths_per_draw: int = 50,
    level: float = 0.90,
    judgements: SupplyJudgements | None = None,
) -> list[LeadForecast]:
    """`forecast_overtake` of many scenarios on one set of random numbers.

    Raises
    ------
    ModelInputError
        As `forecast_overtake`.
    """
    require_level(level)
    simulated = [p for p in scenarios if p.leading_definition not in calibration.sales]
    inner = paths_per_draw
    shares = np.empty((len(simulated), len(EVENTS), len(list_forecast_dates()), n_draws))
    for part, batch in simulate_batches(calibration, judgements, n_draws, inner, seed):
        for found, parameters in zip(shares, simulated, strict=True):
            found[:, :, part] = measure_event_shares(
                batch.lead(parameters), find_columns(batch.times),
                margin=_margin(parameters, calibration), inner=inner,
            )  # fmt: skip
    forecasts = iter(
        [
            _forecast(p, x, inner, calibration.n, level)
            for p, x in zip(simulated, shares, strict=True)
        ]
    )
    return [
        _sales_forecast(p, calibration, (seed, n_draws, inner), level)
        if p.leading_definition in calibration.sales
        else next(forecasts)
        for p in scenarios
    ]


def find_columns(times: FloatArray) -> list[int]:
    """Quarters of a grid of decimal years that the dates of the forecast end."""
    return [int(np.abs(times - int(day[:4])).argmin()) for day in list_forecast_dates()]


def _forecast(
    parameters: JointParameters, shares: FloatArray, inner: int, n: int, level: float
) -> LeadForecast:
    dates = list_forecast_dates()
    return summarise_events(parameters.leading_definition, dates, shares, inner, n, level)


def _margin(parameters: JointParameters, calibration: JointCalibration) -> float:
    """Margin by which a lead must be held: only the index has a ruler that errs."""
    return calibration.lead_margin if parameters.leading_definition == CAPABILITY else 0.0


def _sales_forecast(
    parameters: JointParameters,
    calibration: JointCalibration,
    effort: tuple[int, int, int],
    level: float,
) -> LeadForecast:
    seed, n_draws, inner = effort
    known = calibration.sales[parameters.leading_definition]
    contest = replace(
        known,
        closing=parameters.sales_closing_oom_per_year,
        volatility=parameters.volatility_factor * known.volatility,
    )
    times = list_quarters(calibration.start)
    lead = simulate_contest(
        contest, times.size, draws=n_draws, inner=inner, rng=np.random.default_rng([seed, 0])
    )
    shares = measure_event_shares(lead, find_columns(times), margin=0.0, inner=inner)
    return _forecast(parameters, shares, inner, contest.gap.n, level)
