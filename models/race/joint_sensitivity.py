"""What moves the joint forecast: one assumption at a time, all at once, and how far to a verdict.

Everything runs on one set of random numbers, so that differences are those of
the assumptions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
import pandas as pd
from scipy.stats import qmc

from models.core.arrays import FloatArray
from models.core.errors import ModelInputError
from models.core.sensitivity import (
    QuadraticSurrogate,
    SobolIndices,
    compute_surrogate_indices,
    fit_surrogate,
)
from models.race.lead_forecast import LeadForecast
from models.race.race_forecasts import sweep
from models.race.race_parameters import BOUNDS, ImportRegime, JointCalibration, JointParameters

REGIMES: tuple[ImportRegime, ...] = get_args(ImportRegime)
Margin = Callable[[LeadForecast], float]
_REGIME = "import_regime"
_GRID = 9


@dataclass(frozen=True)
class Effort:
    """How much is simulated for each evaluation.

    Attributes
    ----------
    seed : int
        Seed of the shared random numbers.
    n_draws, paths_per_draw : int
        See `models.race.race_forecasts.forecast_overtake`.
    """

    seed: int
    n_draws: int = 60
    paths_per_draw: int = 25


@dataclass(frozen=True)
class JointSobol:
    """Sobol indices of the chance to have led by each date, through a surrogate.

    Attributes
    ----------
    by_date : dict of str to SobolIndices
        By ISO date.
    surrogates : dict of str to QuadraticSurrogate
        The polynomial behind each; its `q_squared` says how well it foretells
        evaluations that it was not fitted on.
    """

    by_date: dict[str, SobolIndices]
    surrogates: dict[str, QuadraticSurrogate]

    def to_frame(self) -> pd.DataFrame:
        """Return one table, the date first."""
        parts = [found.indices.assign(date=date) for date, found in self.by_date.items()]
        table = pd.concat(parts, ignore_index=True)
        return table[["date", *(c for c in table.columns if c != "date")]]


def compute_joint_sobol(
    parameters: JointParameters,
    calibration: JointCalibration,
    ranges: Mapping[str, tuple[float, float]],
    dates: Sequence[str],
    *,
    effort: Effort,
    n_evaluations: int = 256,
) -> JointSobol:
    """Share of each judgement in the spread of the chance to have led.

    The model is evaluated on a scrambled Sobol sequence and replaced by a
    quadratic polynomial of the logit, whose indices are then exact up to
    sampling. The import regime enters as its place in `REGIMES`.

    Parameters
    ----------
    parameters : JointParameters
        Values of whatever does not vary.
    ranges : mapping of str to (float, float)
        Ranges over which the judgements are uniform; ``import_regime`` may be one.
    dates : sequence of str
        ISO dates of the forecast.
    n_evaluations : int
        Evaluations of the model, a power of two.

    Raises
    ------
    ModelInputError
        If a name is no judgement, or evaluations are too few for the polynomial.
    """
    _require_names(ranges)
    low, high = np.array(list(ranges.values()), dtype=float).T
    unit = qmc.Sobol(len(ranges), seed=effort.seed).random(n_evaluations)
    inputs = low + unit * (high - low)
    scenarios = [_scenario(parameters, list(ranges), row) for row in inputs]
    forecasts = _sweep(scenarios, calibration, effort)
    surrogates, indices = {}, {}
    for date in dates:
        chances = np.array([forecast.on(date)[1].value for forecast in forecasts])
        surrogates[date] = fit_surrogate(inputs, chances, ranges)
        indices[date] = compute_surrogate_indices(surrogates[date], seed=effort.seed)
    return JointSobol(indices, surrogates)


def compute_joint_tornado(
    parameters: JointParameters,
    calibration: JointCalibration,
    ranges: Mapping[str, tuple[float, float]],
    date: str,
    *,
    effort: Effort,
) -> pd.DataFrame:
    """Chance to have led with one judgement at a time at either end of its range.

    Returns
    -------
    DataFrame
        `assumption`, `low`, `high`, `at_low`, `at_high`; the widest first.

    Raises
    ------
    ModelInputError
        If a name is no judgement.
    """
    _require_names(ranges)
    scenarios = [
        _scenario(parameters, [name], [end]) for name, ends in ranges.items() for end in ends
    ]
    chances = [f.on(date)[1].value for f in _sweep(scenarios, calibration, effort)]
    rows = pd.DataFrame(
        {
            "assumption": list(ranges),
            "low": [ends[0] for ends in ranges.values()],
            "high": [ends[1] for ends in ranges.values()],
            "at_low": chances[::2],
            "at_high": chances[1::2],
        }
    )
    width = (rows["at_high"] - rows["at_low"]).abs()
    return rows.loc[width.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def find_smallest_changes(
    parameters: JointParameters,
    calibration: JointCalibration,
    margins: Mapping[str, Margin],
    *,
    effort: Effort,
) -> pd.DataFrame:
    """For each numeric parameter, the value nearest to its own at which a margin changes sign.

    The margin is followed over a grid between the parameter's bounds, its own
    value included; the nearest change of sign is searched again on a grid
    within its cell and interpolated there.

    Parameters
    ----------
    margins : mapping of str to callable
        By name: a number from a forecast, positive on one side of a threshold.

    Returns
    -------
    DataFrame
        `margin`, `parameter`, `value` (as it is), `needed` (NaN where no value
        within the bounds changes the sign), `share_of_range` (distance over the
        bounds' width); by margin, the smallest first.

    Raises
    ------
    ModelInputError
        If there is no margin.
    """
    if not margins:
        raise ModelInputError("needs a margin, got none")
    names = [name for name in BOUNDS if name != "sales_closing_oom_per_year"]
    values = {name: float(getattr(parameters, name)) for name in names}
    grids = {name: np.unique([*np.linspace(*BOUNDS[name], _GRID), values[name]]) for name in names}
    coarse = _on_grids(parameters, calibration, grids, effort)
    parts = []
    for label, margin in margins.items():
        cells = {
            name: _nearest_cell(grids[name], _followed(margin, coarse[name]), values[name])
            for name in names
        }
        finer = {name: np.linspace(*cell, 5) for name, cell in cells.items() if cell}
        fine = _on_grids(parameters, calibration, finer, effort)
        needed = {
            name: _root(finer[name], _followed(margin, fine[name]), values[name]) for name in finer
        }
        parts.append(_changes(label, values, needed))
    return pd.concat(parts, ignore_index=True)


def _changes(label: str, values: Mapping[str, float], needed: Mapping[str, float]) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "margin": label,
            "parameter": list(values),
            "value": list(values.values()),
            "needed": [needed.get(name, np.nan) for name in values],
        }
    )
    width = [BOUNDS[name][1] - BOUNDS[name][0] for name in values]
    rows["share_of_range"] = (rows["needed"] - rows["value"]).abs() / width
    return rows.sort_values("share_of_range", kind="stable", ignore_index=True)


def _on_grids(
    parameters: JointParameters,
    calibration: JointCalibration,
    grids: Mapping[str, FloatArray],
    effort: Effort,
) -> dict[str, list[LeadForecast]]:
    scenarios = [
        _scenario(parameters, [name], [value]) for name, grid in grids.items() for value in grid
    ]
    found = iter(_sweep(scenarios, calibration, effort))
    return {name: [next(found) for _ in grid] for name, grid in grids.items()}


def _followed(margin: Margin, forecasts: Sequence[LeadForecast]) -> FloatArray:
    return np.array([margin(forecast) for forecast in forecasts])


def _nearest_cell(
    grid: FloatArray, margins: FloatArray, value: float
) -> tuple[float, float] | None:
    """Cell of the grid nearest to the value in which the margin changes sign."""
    changes = np.flatnonzero(np.diff(np.sign(margins)) != 0)
    if not changes.size:
        return None
    middle = (grid[changes] + grid[changes + 1]) / 2
    at = changes[np.abs(middle - value).argmin()]
    return float(grid[at]), float(grid[at + 1])


def _root(grid: FloatArray, margins: FloatArray, value: float) -> float:
    cell = _nearest_cell(grid, margins, value)
    if cell is None:  # the sign changes at an end of the cell itself
        return float(grid[np.abs(margins).argmin()])
    at = int(np.searchsorted(grid, cell[0]))
    first, second = margins[at], margins[at + 1]
    return float(cell[0] + (cell[1] - cell[0]) * first / (first - second))


def _scenario(
    parameters: JointParameters, names: Sequence[str], values: Sequence[float] | FloatArray
) -> JointParameters:
    changed: dict[str, Any] = dict(zip(names, (float(x) for x in values), strict=True))
    if _REGIME in changed:
        place = min(int(changed[_REGIME]), len(REGIMES) - 1)
        changed[_REGIME] = REGIMES[place]
    return replace(parameters, **changed)


def _sweep(
    scenarios: Sequence[JointParameters], calibration: JointCalibration, effort: Effort
) -> list[LeadForecast]:
    return sweep(
        scenarios,
        calibration,
        seed=effort.seed,
        n_draws=effort.n_draws,
        paths_per_draw=effort.paths_per_draw,
    )


def _require_names(ranges: Mapping[str, tuple[float, float]]) -> None:
    known = {*BOUNDS, _REGIME}
    if not ranges or not set(ranges) <= known:
        raise ModelInputError(f"needs some of {sorted(known)}, got {sorted(ranges)}")
