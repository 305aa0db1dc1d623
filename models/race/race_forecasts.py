"""Chances that a firm of the follower leads, from the simulated race or from sales."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.core import units
from models.core.arrays import FloatArray
from models.core.estimates import Estimate
from models.core.input_checks import require_level
from models.race.lead_forecast import LeadForecast, forecast_lead
from models.race.race_parameters import (
    JointCalibration,
    JointParameters,
    SupplyJudgements,
    list_forecast_dates,
)
from models.race.race_simulation import simulate_batches


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
    """Chance that a firm of the follower leads on 10 January of 2027 to 2031, and ever has by then.

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
    shares = np.empty((len(simulated), 2, len(list_forecast_dates()), n_draws))
    for part, batch in simulate_batches(calibration, judgements, n_draws, inner, seed):
        for found, parameters in zip(shares, simulated, strict=True):
            found[:, :, part] = _shares_ahead(batch.lead(parameters), batch.times, inner)
    forecasts = iter(
        [
            _forecast(p, x, inner, calibration.n, level)
            for p, x in zip(simulated, shares, strict=True)
        ]
    )
    return [
        _sales_forecast(p, calibration, seed, level)
        if p.leading_definition in calibration.sales
        else next(forecasts)
        for p in scenarios
    ]


def _shares_ahead(lead: FloatArray, times: FloatArray, inner: int) -> FloatArray:
    """Share of each draw's paths on which the follower leads, and has led: (2, dates, draws)."""
    ahead = lead > 0
    columns = [int(np.abs(times - int(day[:4])).argmin()) for day in list_forecast_dates()]
    firsts = [0, *(column + 1 for column in columns[:-1])]
    within = [ahead[a : b + 1].any(axis=0) for a, b in zip(firsts, columns, strict=True)]
    events = np.stack([ahead[columns], np.logical_or.accumulate(within, axis=0)])
    return np.asarray(events.reshape(2, len(columns), -1, inner).mean(axis=3))


def _forecast(
    parameters: JointParameters, shares: FloatArray, inner: int, n: int, level: float
) -> LeadForecast:
    terminal, passed = (
        tuple(_chance(of_draws, inner, n, level) for of_draws in kind) for kind in shares
    )
    return LeadForecast(parameters.leading_definition, list_forecast_dates(), terminal, passed)


def _chance(shares: FloatArray, inner: int, n: int, level: float) -> Estimate:
    """Mean chance, with the interval over what is fitted, noise of finite paths taken out."""
    mean = float(shares.mean())
    noise = float((shares * (1 - shares)).mean()) / (inner - 1)
    total = float(shares.var(ddof=1))
    kept = (max(total - noise, 0) / total) ** 0.5 if total else 0.0
    ends = mean + kept * (np.quantile(shares, [0.5 - level / 2, 0.5 + level / 2]) - mean)
    low, high = (float(x) for x in np.clip(ends, 0, 1))
    return Estimate(mean, min(low, mean), max(high, mean), level, "credible", n, units.SHARE)


def _sales_forecast(
    parameters: JointParameters, calibration: JointCalibration, seed: int, level: float
) -> LeadForecast:
    contest = calibration.sales[parameters.leading_definition]
    rate = parameters.sales_closing_oom_per_year
    closing = Estimate(rate, rate, rate, level, "range", 0, units.ORDERS_A_YEAR)
    contest = replace(
        contest,
        past_closing=closing,
        volatility=parameters.volatility_factor * contest.volatility,
    )
    forecast = forecast_lead(
        contest, list_forecast_dates(), rng=np.random.default_rng([seed, 0]), level=level
    )
    return replace(forecast, definition=parameters.leading_definition)
