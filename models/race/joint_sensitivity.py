"""How far one parameter alone must move until the joint forecast's chance crosses a threshold.

Everything runs on one set of random numbers, so that differences are those of the parameter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from models.core.arrays import FloatArray
from models.core.errors import ModelInputError
from models.race.race_forecasts import sweep
from models.race.race_parameters import BOUNDS, JointCalibration, JointParameters

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

    def narrowed(self, over: float) -> "_Bracket":
        """Return what is left once the crossing's own log odds are known (Illinois rule)."""
        (a, b), (first, second) = self.ends, self.over
        if over * second <= 0:
            return replace(self, ends=(b, self.crossing), over=(second, over))
        return replace(self, ends=(a, self.crossing), over=(first / 2, over))


def find_smallest_changes(
    parameters: JointParameters,
    calibration: JointCalibration,
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
    parameters, calibration
        As `models.race.race_forecasts.forecast_overtake`.
    thresholds : mapping of str to float
        Chances between 0 and 1, by name.
    chance : float
        Chance to have held the lead at the values in use, from the larger run.
    date : str
        ISO date of the forecast.
    effort : Effort
        What is simulated for each value that is tried.

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
    values = {
        name: float(getattr(parameters, name)) for name in BOUNDS if name not in _NOT_SEARCHED
    }

    def odds(changes: Sequence[tuple[str, float]]) -> FloatArray:
        scenarios = [parameters, *(_changed(parameters, name, value) for name, value in changes)]
        found = logit(_chances(scenarios, calibration, date, effort))
        return np.asarray(found[1:] - found[0] + logit(chance))

    brackets = _bracket(values, goals, float(logit(chance)), odds)
    for _ in range(_STEPS):
        found = odds([(bracket.parameter, bracket.crossing) for bracket in brackets])
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


def _bracket(
    values: Mapping[str, float],
    goals: Mapping[str, float],
    own: float,
    odds: Callable[[Sequence[tuple[str, float]]], FloatArray],
) -> list[_Bracket]:
    """Both sides of each parameter on which a threshold is crossed by the bound."""
    ends = [(name, end) for name, value in values.items() for end in BOUNDS[name] if end != value]
    return [
        _Bracket(label, name, (values[name], end), (own - goal, float(at) - goal))
        for (name, end), at in zip(ends, odds(ends), strict=True)
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


def _changed(parameters: JointParameters, name: str, value: float) -> JointParameters:
    changes: dict[str, Any] = {name: value}
    return replace(parameters, **changes)


def _chances(
    scenarios: Sequence[JointParameters], calibration: JointCalibration, date: str, effort: Effort
) -> FloatArray:
    """Chance to have held the lead, none or all of the paths counting as less than one of them."""
    found = sweep(
        scenarios,
        calibration,
        seed=effort.seed,
        n_draws=effort.n_draws,
        paths_per_draw=effort.paths_per_draw,
    )
    least = 0.5 / (effort.n_draws * effort.paths_per_draw)
    return np.clip([forecast.on(date)[2].value for forecast in found], least, 1 - least)
