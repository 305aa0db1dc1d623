"""Two frontiers as they might have been, for intervals of what is read from running maxima.

A maximum is not smooth in the data: two of three resamples of the models hold the best one,
so that quantiles of resampled maxima cover too seldom (Bickel and Freedman 1981). Here a
model's release and its distance from a line that rises at the frontiers' common pace are
drawn apart, as in the bootstrap of a regression's residuals (Davison and Hinkley 1997,
section 6.2.3): any recent distance may meet any release, and the maximum moves in many small
steps. Whole developers are drawn, and the distances of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.core.bootstrap import resample_together
from models.core.frontier import trace_running_top

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.core.arrays import FloatArray

RECENT_YEARS = 2.0
"""Distances of older models are not drawn: the frontiers rose faster at the start, so that
a line through today's best leaves the first models too far below it."""
_FEWEST_RECENT = 5
_TOP = 3
_FEWEST_ON_A_LINE = 3


@dataclass(frozen=True)
class Side:
    """Models of one country.

    Attributes
    ----------
    years, scores : array, shape (n,)
        Decimal years of release, and scores.
    developers : array of object, shape (n,)
        Of each model.
    """

    years: FloatArray
    scores: FloatArray
    developers: npt.NDArray[np.object_]

    @property
    def recent(self) -> npt.NDArray[np.bool_]:
        """Models of the last years; all, where those are fewer than five."""
        late = self.years > self.years.max() - RECENT_YEARS
        return late if late.sum() >= _FEWEST_RECENT else np.ones_like(late)


@dataclass(frozen=True)
class Drawn:
    """Draws of one country's models.

    Attributes
    ----------
    years, scores : array, shape (draws, n)
        In order of release, the best of a day first.
    """

    years: FloatArray
    scores: FloatArray

    def find_best(self, until: float) -> FloatArray:
        """Return the best score that is out by a decimal year in each draw; -inf before any."""
        return np.asarray(np.where(self.years <= until, self.scores, -np.inf).max(axis=1))

    def spread_best(self, until: float) -> FloatArray:
        """Return how far the best of each draw lies from the mean of all draws."""
        return _from_mean(self.find_best(until))

    def trace_spread(self, moments: FloatArray) -> FloatArray:
        """Return `spread_best` of each decimal year, one row a year."""
        top = np.maximum.accumulate(self.scores, axis=1)
        out = np.array([np.searchsorted(row, moments, side="right") for row in self.years])
        best = np.take_along_axis(top, np.maximum(out - 1, 0), axis=1)
        return np.array([_from_mean(row) for row in np.where(out, best, -np.inf).T.copy()])


def _from_mean(best: FloatArray) -> FloatArray:
    return np.asarray(best - best[np.isfinite(best)].mean())


def draw_frontiers(
    ahead: Side, behind: Side, rng: np.random.Generator, draws: int
) -> tuple[Drawn, Drawn]:
    """Draw both countries' models.

    Parameters
    ----------
    ahead, behind : Side
        The models, two or more a side.
    rng : numpy.random.Generator
        Source of the draws.
    draws : int
        How many.
    """
    pace = measure_pace((ahead, behind))
    return _draw(ahead, pace, rng, draws), _draw(behind, pace, rng, draws)


def measure_pace(sides: Iterable[Side]) -> float:
    """Return the mean pace of the frontiers, in points a year; 0 where none can be fitted.

    A frontier's recent models are those among its three best at release.
    """
    paces = [slope for side in sides if np.isfinite(slope := _fit_slope(side))]
    return float(np.mean(paces)) if paces else 0.0


def _fit_slope(side: Side) -> float:
    years, scores = side.years[side.recent], side.scores[side.recent]
    kept = trace_running_top(scores, years, _TOP)
    if kept.sum() < _FEWEST_ON_A_LINE or np.ptp(years[kept]) == 0:
        return float("nan")
    middle = years[kept].mean()
    return float(np.polyfit(years[kept] - middle, scores[kept], 1)[0])


def _draw(side: Side, pace: float, rng: np.random.Generator, draws: int) -> Drawn:
    n, recent = len(side.years), side.recent
    distances = (side.scores - pace * side.years)[recent]
    groups = side.developers[recent]
    if len(set(groups)) == 1:  # one developer: its models are what can be drawn
        groups = np.arange(len(groups)).astype(object)
    samples = resample_together(groups, rng, draws)
    begins = (np.cumsum(samples.sizes) - samples.sizes)[:, np.newaxis]
    picks = rng.integers(np.broadcast_to(samples.sizes[:, np.newaxis], (draws, n)))
    years = side.years[rng.integers(n, size=(draws, n))]
    scores = distances[samples.rows[begins + picks]] + pace * years
    order = np.lexsort((-scores, years), axis=-1)
    return Drawn(
        np.take_along_axis(years, order, axis=-1),
        np.take_along_axis(scores, order, axis=-1),
    )
