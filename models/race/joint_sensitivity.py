"""How far one parameter alone must move until the joint forecast's chance crosses a threshold.

Everything runs on one set of random numbers, so that differences are those of the parameter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import logit

from models.core.errors import ModelInputError
from models.race.lead_events import EVENTS, measure_event_shares
from models.race.race_draws import Draws, Shocks, draw_fitted, draw_shocks, require_enough_paths
from models.race.race_forecasts import find_columns
from models.race.race_parameters import (
    BOUNDS,
    JointCalibration,
    JointParameters,
    SupplyJudgements,
    list_forecast_dates,
    list_quarters,
)
from models.race.race_simulation import Batch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.arrays import FloatArray

_STEPS = 4
_NOT_SEARCHED = ("sales_closing_oom_per_year", "prior_spread")


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
class _Bracket:
    """Two values of a parameter, and the log odds over a threshold there: of either sign."""

    threshold: str
    parameter: str
    ends: tuple[float, float]
    over: tuple[float, float]

    @property
    def crossing(self) -> float:
        """Value at which a line through both is at the threshold."""
        (a, b), (first, second) = self.ends, self.over
        return b if first == second else a + (b - a) * first / (first - second)

    def narrowed(self, over: float) -> _Bracket:
        """Return what is left once the crossing's own log odds are known (Illinois rule)."""
        (a, b), (first, second) = self.ends, self.over
        if over * second <= 0:
            return replace(self, ends=(b, self.crossing), over=(second, over))
        return replace(self, ends=(a, self.crossing), over=(first / 2, over))


@dataclass(frozen=True)
class Bounds:
    """The chance at the values in use, and with one parameter at an end of its range.

    Attributes
    ----------
    own : float
        Log odds at the values in use.
    ends : tuple of (str, float)
        Parameter and end; a parameter that is at an end has only the other.
    odds : tuple of float
        Log odds there.
    """

    own: float
    ends: tuple[tuple[str, float], ...]
    odds: tuple[float, ...]


def try_bounds(
    parameters: JointParameters, calibration: JointCalibration, *, date: str, effort: Effort
) -> Bounds:
    """Move each parameter alone to either end of its range.

    Parameters
    ----------
    parameters : JointParameters
        As they are in use; leading is by a definition that is simulated.
    calibration : JointCalibration
        With the margin by which a lead must be held.
    date : str
        ISO date of the forecast.
    effort : Effort
        What is simulated for each value that is tried.

    Raises
    ------
    ModelInputError
        If there are fewer than 20 draws or paths for each.
    """
    ends = tuple(
        (name, end)
        for name, value in _searched(parameters).items()
        for end in BOUNDS[name]
        if end != value
    )
    trials = _Trials(parameters, calibration, date, effort)
    own, *odds = trials.odds([{}, *({name: end} for name, end in ends)])
    return Bounds(own, ends, tuple(odds))


def find_smallest_changes(
    parameters: JointParameters,
    calibration: JointCalibration,
    bounds: Bounds,
    thresholds: Mapping[str, float],
    *,
    chance: float,
    date: str,
    effort: Effort,
) -> pd.DataFrame:
    """For each parameter, the value nearest to its own at which the chance crosses a threshold.

    On either side of a parameter's own value, up to its bounds, the crossing is searched by
    the Illinois rule (Dowell and Jarratt 1971) on the log odds; a chance that crosses twice
    on one side is not found. The runs are small: their log odds are moved so that the chance
    at the values in use is that of a larger run.

    Parameters
    ----------
    parameters, calibration, date, effort
        As `try_bounds`.
    bounds : Bounds
        What `try_bounds` found for them.
    thresholds : mapping of str to float
        Chances between 0 and 1, by name; each is searched as if it were alone.
    chance : float
        Chance to have held the lead at the values in use, from the larger run.

    Returns
    -------
    DataFrame
        `margin` (the threshold's name), `parameter`, `value` (as it is), `needed` (NaN where
        no value within the bounds crosses), `share_of_range` (distance over the bounds'
        width); by threshold, the smallest first.

    Raises
    ------
    ModelInputError
        If there is no threshold, or a chance is not between 0 and 1.
    """
    if not thresholds or not all(0 < x < 1 for x in (chance, *thresholds.values())):
        raise ModelInputError(
            f"needs thresholds and a chance between 0 and 1, got {dict(thresholds)}, {chance}"
        )
    goals = {name: float(logit(goal)) for name, goal in thresholds.items()}
    values = _searched(parameters)
    trials = _Trials(parameters, calibration, date, effort)
    larger = logit(chance)

    def moved(odds: Sequence[float]) -> FloatArray:
        return np.asarray(np.asarray(odds) - bounds.own + larger)

    brackets = _bracket(values, goals, float(larger), bounds.ends, moved(bounds.odds))
    for _ in range(_STEPS):
        found = moved(trials.odds([{x.parameter: x.crossing} for x in brackets]))
        brackets = [
            bracket.narrowed(float(at) - goals[bracket.threshold])
            for bracket, at in zip(brackets, found, strict=True)
        ]
    return pd.concat(
        [
            _changes(label, values, [x for x in brackets if x.threshold == label])
            for label in thresholds
        ],
        ignore_index=True,
    )


def _searched(parameters: JointParameters) -> dict[str, float]:
    return {name: float(getattr(parameters, name)) for name in BOUNDS if name not in _NOT_SEARCHED}


class _Trials:
    """Scenarios on one set of random numbers, which are drawn once."""

    def __init__(
        self, parameters: JointParameters, calibration: JointCalibration, date: str, effort: Effort
    ) -> None:
        require_enough_paths(effort.n_draws, effort.paths_per_draw)
        self._parameters, self._calibration, self._effort = parameters, calibration, effort
        times = list_quarters(calibration.start)
        self._column = find_columns(times)[list_forecast_dates().index(date)]
        n_draws, inner, seed = effort.n_draws, effort.paths_per_draw, effort.seed
        fitted = draw_fitted(calibration, n_draws, np.random.default_rng([seed, 0]))
        self._samples: list[tuple[slice, Draws, Shocks]] = [
            (part, fitted.part(part, inner), shocks)
            for part, shocks in draw_shocks(calibration, n_draws, inner, times.size, seed)
        ]

    def odds(self, changes: Sequence[Mapping[str, float]]) -> list[float]:
        """Log odds to have held the lead, by what is changed.

        None or all of the paths count as less than one of them.
        """
        if not changes:
            return []
        given: list[dict[str, Any]] = [dict(change) for change in changes]
        scenarios = [replace(self._parameters, **change) for change in given]
        shares = np.empty((len(scenarios), self._effort.n_draws))
        for part, draws, shocks in self._samples:
            batch = Batch(self._calibration, SupplyJudgements(), draws, shocks)
            for found, scenario in zip(shares, scenarios, strict=True):
                found[part] = self._held(batch.lead(scenario))
        least = 0.5 / (self._effort.n_draws * self._effort.paths_per_draw)
        chances = np.clip([float(each.mean()) for each in shares], least, 1 - least)
        return [float(x) for x in logit(chances)]

    def _held(self, lead: FloatArray) -> FloatArray:
        """Share of each draw's paths that have held the lead by the date."""
        margin = self._calibration.lead_margin
        shares = measure_event_shares(
            lead, [self._column], margin=margin, inner=self._effort.paths_per_draw
        )
        return np.asarray(shares[EVENTS.index("held"), 0])


def _bracket(
    values: Mapping[str, float],
    goals: Mapping[str, float],
    own: float,
    ends: Sequence[tuple[str, float]],
    odds: FloatArray,
) -> list[_Bracket]:
    """Both sides of each parameter on which a threshold is crossed by the bound."""
    return [
        _Bracket(label, name, (values[name], end), (own - goal, float(at) - goal))
        for (name, end), at in zip(ends, odds, strict=True)
        for label, goal in goals.items()
        if (own - goal) * (float(at) - goal) < 0
    ]


def _changes(label: str, values: Mapping[str, float], found: Sequence[_Bracket]) -> pd.DataFrame:
    needed = dict.fromkeys(values, np.nan)
    for bracket in found:
        name = bracket.parameter
        distances = [abs(x - values[name]) for x in (bracket.crossing, needed[name])]
        if not distances[0] >= distances[1]:  # true of no distance, where none is known yet
            needed[name] = bracket.crossing
    rows = pd.DataFrame(
        {
            "margin": label,
            "parameter": list(values),
            "value": list(values.values()),
            "needed": list(needed.values()),
        }
    )
    width = [BOUNDS[name][1] - BOUNDS[name][0] for name in values]
    rows["share_of_range"] = (rows["needed"] - rows["value"]).abs() / width
    return rows.sort_values("share_of_range", kind="stable", ignore_index=True)
