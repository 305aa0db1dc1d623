"""What the surface of the forecast is fitted to: chances and fans, simulated for many scenarios.

Fewer paths are simulated where the surface is fitted than in a full run, but on the same draws
of what is fitted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.race.race_forecasts import sweep
from models.race.race_parameters import (
    CAPABILITY,
    STEPS_PER_YEAR,
    JointCalibration,
    JointParameters,
    list_forecast_dates,
)
from models.race.race_simulation import simulate_batches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.arrays import FloatArray
    from models.race.lead_forecast import LeadForecast

FAN_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
KINDS = ("terminal", "ever", "held")
ENDS = ("value", "low", "high")
_INNER = 20
_FULL_INNER = 50
_FAN_DRAWS = 100
_FULL_FAN_DRAWS = 400
_N_CHANCES = len(KINDS) * len(list_forecast_dates()) * len(ENDS)
CHANCES: npt.NDArray[np.bool_] = np.arange(
    _N_CHANCES + (1 + len(list_forecast_dates())) * len(FAN_SHARES)
) < (_N_CHANCES)
"""Which outcomes of a surface are chances: by kind, date and end; the others are the fan's."""


def list_fan_times(calibration: JointCalibration) -> tuple[float, ...]:
    """Decimal years of the fan: the end of the first quarter, and the forecast's dates."""
    return (
        calibration.start + 1 / STEPS_PER_YEAR,
        *(float(day[:4]) for day in list_forecast_dates()),
    )


def simulate_nodes(
    points: Sequence[JointParameters],
    calibration: JointCalibration,
    effort: Mapping[str, Any],
    members: Mapping[str, LeadForecast],
) -> FloatArray:
    """Simulate points at which a surface is fitted.

    Parameters
    ----------
    points : sequence of JointParameters
        Of definitions that are simulated.
    calibration : JointCalibration
        What is fitted.
    effort : mapping
        Seed, n_draws and level, as `models.race.race_forecasts.sweep`.
    members : mapping of str to LeadForecast
        The pool's other members, by capability.

    Returns
    -------
    ndarray, shape (n, outcomes)
        Chances by kind, date and end, then the fan.
    """
    return _outcomes(points, calibration, effort, members, inner=_INNER, fan_draws=_FAN_DRAWS)


def simulate_fully(
    points: Sequence[JointParameters],
    calibration: JointCalibration,
    effort: Mapping[str, Any],
    members: Mapping[str, LeadForecast],
) -> FloatArray:
    """Simulate points as fully as a run of the chapter does, otherwise as `simulate_nodes`."""
    return _outcomes(
        points, calibration, effort, members, inner=_FULL_INNER, fan_draws=_FULL_FAN_DRAWS
    )


def _outcomes(
    scenarios: Sequence[JointParameters],
    calibration: JointCalibration,
    effort: Mapping[str, Any],
    members: Mapping[str, LeadForecast],
    *,
    inner: int,
    fan_draws: int,
) -> FloatArray:
    """Simulate scenarios: chances by kind, date and end, then the fan, shape (n, outcomes)."""
    forecasts = sweep(scenarios, calibration, **effort, paths_per_draw=inner)
    chances = [_pooled(forecast, members) for forecast in forecasts]
    fans = _fans(scenarios, calibration, effort["seed"], fan_draws, inner)
    return np.concatenate([np.array(chances), fans], axis=1)


def list_chances(forecast: LeadForecast) -> list[float]:
    """Chances by kind, date and end."""
    return [getattr(e, end) for kind in KINDS for e in getattr(forecast, kind) for end in ENDS]


def _pooled(forecast: LeadForecast, members: Mapping[str, LeadForecast]) -> list[float]:
    """Chances of the pool, with the joint race's interval as the only thing that is not known."""
    joint = np.array(list_chances(forecast))
    if forecast.definition != CAPABILITY or not members:
        return [float(x) for x in joint]
    others = [
        [e.value for kind in KINDS for e in getattr(member, kind) for _ in ENDS]
        for member in members.values()
    ]
    return [float(x) for x in np.vstack([others, joint]).mean(axis=0)]


def _fans(
    scenarios: Sequence[JointParameters],
    calibration: JointCalibration,
    seed: int,
    n_draws: int,
    inner: int,
) -> FloatArray:
    """Quantiles of the lead by time and share, shape (n, times * shares)."""
    times = list_fan_times(calibration)
    leads = np.empty((len(scenarios), len(times), n_draws * inner))
    for part, batch in simulate_batches(calibration, None, n_draws, inner, seed):
        at = [int(np.abs(batch.times - time).argmin()) for time in times]
        paths = slice(part.start * inner, part.stop * inner)
        for lead, parameters in zip(leads, scenarios, strict=True):
            lead[:, paths] = batch.lead(parameters)[at]
    # One scenario at a time: a copy of all of them would double the memory.
    return np.stack([np.quantile(lead, FAN_SHARES, axis=1).T.ravel() for lead in leads])
