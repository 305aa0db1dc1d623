"""The joint forecast as a surface that a page can evaluate, and how far it is from full runs.

No second model: the surface is fitted to evaluations of `models.race.race_forecasts`, at
nodes over the sliders' ranges, for each definition of leading and each import
regime. Fewer paths are simulated at the nodes than in a full run, but on the same
draws of what is fitted; at the baseline's sliders the surface is moved to full
runs, so that there it gives the published numbers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd

from models.core.response_surface import (
    REACH,
    STRETCH,
    Axis,
    ResponseSurface,
    fit_surface,
    spread_points,
    thin_grid,
)
from models.race.race_draws import SMALLEST_INNER
from models.race.race_forecasts import sweep
from models.race.race_parameters import (
    ImportRegime,
    JointCalibration,
    JointParameters,
    LeadingDefinition,
    list_forecast_dates,
)
from models.race.race_simulation import simulate_leads
from models.race.surface_outcomes import (
    CHANCES,
    ENDS,
    FAN_SHARES,
    KINDS,
    list_chances,
    list_fan_times,
    simulate_fully,
    simulate_nodes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.arrays import FloatArray
    from models.race.lead_forecast import LeadForecast

REGIMES: tuple[ImportRegime, ...] = get_args(ImportRegime)
SLIDERS: tuple[Axis, ...] = (
    Axis("euv_volume_year", 2026.0, 2045.0, nodes=4, cost=2.0),
    Axis("us_compute_growth", 1.0, 2.5, scale="log", nodes=7, cost=1.2),
    Axis("delivery_share_china", 0.1, 0.9, scale="log_rest", nodes=5, cost=1.5),
    Axis("efficiency_gain_oom_per_year", -0.4, 0.4, nodes=9),
)
"""What a reader moves; ends and smoothness of each."""
STEPS: Mapping[str, float] = MappingProxyType(
    {
        "euv_volume_year": 0.5,
        "us_compute_growth": 0.05,
        "delivery_share_china": 0.01,
        "efficiency_gain_oom_per_year": 0.02,
    }
)
"""How finely each is moved."""
CURVE_COLUMNS = ("import_regime", "slider", "share_of_range", "value", "held")
_DEGREE = 6.0
_DECIMALS = 4
GRID_SHARES: Mapping[int, float] = MappingProxyType({4: 0.14, 3: 0.45})
"""Share of the grid of so many sliders that is simulated; smaller grids are taken whole."""


@dataclass(frozen=True)
class ForecastSurface:
    """Surfaces of the joint forecast.

    Attributes
    ----------
    parameters : JointParameters
        Baseline: where the sliders start, and what holds of all else.
    surfaces : dict of (str, str) to ResponseSurface
        By definition of leading and import regime.
    sales : dict of str to LeadForecast
        Forecasts that no slider and no regime moves.
    fan_times : tuple of float
        Decimal years of the fan.
    level : float
        Level of the intervals.
    n_draws : int
        Draws of what is fitted, in full runs and at the nodes.
    seed : int
        Seed of all draws.
    members : mapping of str to LeadForecast
        The pool's other members, by capability, which no slider moves.
    """

    parameters: JointParameters
    surfaces: dict[tuple[LeadingDefinition, ImportRegime], ResponseSurface]
    sales: dict[str, LeadForecast]
    fan_times: tuple[float, ...]
    level: float
    n_draws: int
    seed: int
    members: Mapping[str, LeadForecast]

    def outcomes(self, parameters: JointParameters) -> FloatArray:
        """Return what the surface says at a point: chances by kind, date and end, then the fan."""
        surface = self.surfaces[parameters.leading_definition, parameters.import_regime]
        found = surface.evaluate([[getattr(parameters, axis.name) for axis in surface.axes]])
        return np.asarray(found[0])

    @property
    def evaluations(self) -> int:
        """Points at which the model was evaluated."""
        return sum(surface.n for surface in self.surfaces.values())

    def to_dict(self) -> dict[str, Any]:
        """Return all that an evaluation needs, as plain lists, numbers and names."""
        return {
            "baseline": asdict(self.parameters),
            "sliders": [_slider(axis) for axis in SLIDERS],
            "dates": list_forecast_dates(),
            "kinds": KINDS,
            "ends": ENDS,
            "fan_shares": FAN_SHARES,
            "fan_times": self.fan_times,
            "chances": int(CHANCES.sum()),
            "stretch": STRETCH,
            "reach": REACH,
            "surfaces": [
                {"definition": definition, "regime": regime, **surface.to_dict()}
                for (definition, regime), surface in self.surfaces.items()
            ],
            "sales": {name: list_chances(forecast) for name, forecast in self.sales.items()},
        }

    def full_run(
        self, points: Sequence[JointParameters], calibration: JointCalibration
    ) -> FloatArray:
        """Simulate points as fully as a run of the chapter does, shape (n, outcomes)."""
        effort = {"seed": self.seed, "n_draws": self.n_draws, "level": self.level}
        return simulate_fully(points, calibration, effort, self.members)


@dataclass(frozen=True)
class HeldOut:
    """Points that the surface was not fitted on.

    Attributes
    ----------
    points : list of JointParameters
        Where.
    surface, full : ndarray, shape (n, kinds, dates, ends)
        Chances by the surface, and by full runs.
    """

    points: list[JointParameters]
    surface: FloatArray
    full: FloatArray

    @property
    def missed(self) -> FloatArray:
        """Surface minus full run, percentage points, as `surface`."""
        return np.asarray(100 * (self.surface - self.full))


def fit_forecast_surface(
    parameters: JointParameters,
    calibration: JointCalibration,
    *,
    seed: int,
    n_draws: int,
    level: float,
    members: Mapping[str, LeadForecast],
    anchor_draws: int,
    grid_shares: Mapping[int, float] = GRID_SHARES,
) -> ForecastSurface:
    """Evaluate the forecast over the sliders and fit surfaces to it.

    By capability it is the pool: the joint race, which the sliders move, with the other
    members, which they don't.

    Parameters
    ----------
    parameters : JointParameters
        Baseline.
    calibration : JointCalibration
        What is fitted.
    seed, n_draws, level
        As `models.race.race_forecasts.sweep`.
    members : mapping of str to LeadForecast
        The pool's other members, by capability.
    anchor_draws : int
        Draws of the run that the surface goes through at the baseline: as many as the
        published forecast has, so that both show one number.
    grid_shares : mapping of int to float
        Share of the grid that is simulated, by the number of sliders that matter.

    Raises
    ------
    ModelInputError
        As `models.race.race_forecasts.sweep`, or if the baseline is outside a slider's range.
    """
    definitions = [d for d in get_args(LeadingDefinition) if d not in calibration.sales]
    effort: dict[str, Any] = {"seed": seed, "n_draws": n_draws, "level": level}
    nodes = {}
    for definition in definitions:
        judged = replace(parameters, leading_definition=definition)
        axes = find_moving_sliders(judged, calibration, seed=seed)
        share = grid_shares.get(len(axes), 1.0)
        inputs = thin_grid(axes, share, rng=np.random.default_rng([seed, 1]))
        for regime in REGIMES:
            draws = anchor_draws if regime == parameters.import_regime else n_draws
            centre = replace(judged, import_regime=regime)
            nodes[definition, regime] = _Nodes(axes, inputs, centre, draws)
    fitted = _fit(list(nodes.values()), calibration, effort, members)
    surfaces = dict(zip(nodes, fitted, strict=True))
    names = list(calibration.sales)
    by_sales = [replace(parameters, leading_definition=_named(name)) for name in names]
    found = sweep(by_sales, calibration, **effort)
    sales = dict(zip(names, found, strict=True))
    times = list_fan_times(calibration)
    return ForecastSurface(parameters, surfaces, sales, times, level, n_draws, seed, members)


def find_moving_sliders(
    parameters: JointParameters, calibration: JointCalibration, *, seed: int
) -> tuple[Axis, ...]:
    """Return the sliders that move the lead by the chosen definition, under some import regime."""
    return tuple(axis for axis in SLIDERS if _moves(axis, parameters, calibration, seed))


def hold_out(
    surface: ForecastSurface,
    calibration: JointCalibration,
    *,
    points: Mapping[LeadingDefinition, int],
    seed: int,
) -> HeldOut:
    """Compare the surface with full runs at points of a Latin hypercube over the sliders' ranges.

    Parameters
    ----------
    points : mapping of str to int
        For each definition, points under each import regime.
    seed : int
        Another seed, other points.
    """
    where = [
        at
        for number, (definition, n) in enumerate(points.items())
        for place, regime in enumerate(REGIMES)
        for at in _spread_points(
            replace(surface.parameters, leading_definition=definition, import_regime=regime),
            n,
            np.random.default_rng([seed, number, place]),
        )
    ]
    shape = (len(where), len(KINDS), len(list_forecast_dates()), len(ENDS))
    told = np.stack([surface.outcomes(at) for at in where])[:, CHANCES]
    full = surface.full_run(where, calibration)[:, CHANCES]
    return HeldOut(where, told.reshape(shape), full.reshape(shape))


def trace_sliders(
    surface: ForecastSurface, parameters: JointParameters, *, n: int = 41
) -> pd.DataFrame:
    """Move one slider at a time over its range, under each import regime.

    Returns
    -------
    DataFrame
        Columns of `CURVE_COLUMNS`.
    """
    rows = [
        (regime, axis.name, share, value, _late_chance(surface, parameters, regime, {axis: value}))
        for regime in REGIMES
        for axis in SLIDERS
        for share in np.linspace(0, 1, n)
        for value in [axis.low + share * (axis.high - axis.low)]
    ]
    return pd.DataFrame(rows, columns=list(CURVE_COLUMNS))


def map_chances(
    surface: ForecastSurface, parameters: JointParameters, names: tuple[str, str], *, n: int = 41
) -> pd.DataFrame:
    """Move two sliders over their ranges together.

    Returns
    -------
    DataFrame
        A column for each of the two, and `held`, the chance to have led by the last date.
    """
    first, second = (next(axis for axis in SLIDERS if axis.name == name) for name in names)
    rows = [
        (x, y, _late_chance(surface, parameters, parameters.import_regime, {first: x, second: y}))
        for x in np.linspace(first.low, first.high, n)
        for y in np.linspace(second.low, second.high, n)
    ]
    return pd.DataFrame(rows, columns=[*names, "held"])


def _late_chance(
    surface: ForecastSurface,
    parameters: JointParameters,
    regime: ImportRegime,
    moved: Mapping[Axis, float],
) -> float:
    """Chance to have led by the last date."""
    at = replace(parameters, import_regime=regime, **_changes(list(moved), list(moved.values())))
    return float(surface.outcomes(at)[CHANCES][-len(ENDS)])


@dataclass(frozen=True)
class _Nodes:
    """Where one surface is fitted, and from how many draws it is known at its centre."""

    axes: tuple[Axis, ...]
    inputs: FloatArray
    centre: JointParameters
    anchor_draws: int

    @property
    def scenarios(self) -> list[JointParameters]:
        return [_moved(self.centre, self.axes, row) for row in self.inputs]

    def fit(self, outcomes: FloatArray, full: FloatArray) -> ResponseSurface:
        surface = fit_surface(self.axes, self.inputs, outcomes, chances=CHANCES, degree=_DEGREE)
        anchor = [getattr(self.centre, axis.name) for axis in self.axes]
        return surface.rounded(_DECIMALS).anchored(anchor, full)


def _fit(
    nodes: Sequence[_Nodes],
    calibration: JointCalibration,
    effort: Mapping[str, Any],
    members: Mapping[str, LeadForecast],
) -> list[ResponseSurface]:
    """Fit all surfaces, each at its own nodes, on random numbers that are drawn once for all."""
    scenarios = [scenario for each in nodes for scenario in each.scenarios]
    outcomes = simulate_nodes(scenarios, calibration, effort, members)
    full = np.empty((len(nodes), outcomes.shape[1]))
    for draws in {each.anchor_draws for each in nodes}:
        at = [place for place, each in enumerate(nodes) if each.anchor_draws == draws]
        centres = [nodes[place].centre for place in at]
        full[at] = simulate_fully(centres, calibration, {**effort, "n_draws": draws}, members)
    ends = np.cumsum([len(each.inputs) for each in nodes])
    parts = np.split(outcomes, ends[:-1])
    return [each.fit(*found) for each, *found in zip(nodes, parts, full, strict=True)]


def _slider(axis: Axis) -> dict[str, Any]:
    flat = axis.flat_from if np.isfinite(axis.flat_from) else None
    return {
        "name": axis.name,
        "low": axis.low,
        "high": axis.high,
        "step": STEPS[axis.name],
        "scale": axis.scale,
        "flat_from": flat,
    }


def _moves(
    axis: Axis, parameters: JointParameters, calibration: JointCalibration, seed: int
) -> bool:
    ends = [
        replace(parameters, import_regime=regime, **_changes([axis], [end]))
        for regime in REGIMES
        for end in (axis.low, axis.high)
    ]
    leads = simulate_leads(
        ends, calibration, seed=seed, n_draws=SMALLEST_INNER, paths_per_draw=SMALLEST_INNER
    )
    pairs = zip(leads[::2], leads[1::2], strict=True)
    return any(not np.array_equal(low.lead, high.lead) for low, high in pairs)


def _spread_points(
    parameters: JointParameters, n: int, rng: np.random.Generator
) -> list[JointParameters]:
    return [_moved(parameters, SLIDERS, row) for row in spread_points(SLIDERS, n, rng=rng)]


def _moved(
    parameters: JointParameters, axes: Sequence[Axis], row: Sequence[float] | FloatArray
) -> JointParameters:
    return replace(parameters, **_changes(axes, row))


def _changes(axes: Sequence[Axis], row: Sequence[float] | FloatArray) -> dict[str, Any]:
    return {axis.name: float(value) for axis, value in zip(axes, row, strict=True)}


def _named(name: str) -> LeadingDefinition:
    return next(d for d in get_args(LeadingDefinition) if d == name)
