"""Item response curves for shares of right answers: ability, difficulty and slope.

The expected share of test taker m on item b is logistic(a_b (c_m - d_b)): the
two-parameter logistic model of item response theory (Birnbaum 1968), fitted to shares by
weighted least squares with a small ridge, as Epoch AI does for its Capabilities Index (Ho
et al. 2025, "A Rosetta Stone for AI Benchmarks", arXiv:2512.00193). One slope is fixed,
which sets the unit; the ridge sets the origin.

The sum of squares is made smallest by Levenberg's and Marquardt's method. Abilities enter
one row of the table each, so that they are eliminated from every step, and what remains
has the size of twice the items: a table of 270 by 60 takes some hundredths of a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from models.core.arrays import FloatArray

Mask = npt.NDArray[np.bool_]

PENALTY = 0.1
"""Weight of the mean squared parameter, in squared shares."""
_BOUND = 10.0
_SLOPES = (0.1, 10.0)
_MOST_STEPS = 200
SMALLEST_GAIN = 1e-10
"""A step that lowers the loss by less than this share is the last."""
_STIFFEST = 1e12


@dataclass(frozen=True)
class ResponseCurves:
    """Abilities of test takers, difficulties and slopes of items, on the fit's own scale.

    Attributes
    ----------
    ability : array
        One a test taker, in logits of an item of slope 1.
    difficulty, slope : array
        One an item: the ability at which half is right, and logits per unit of ability.
    loss : float
        Weighted squared distance plus the ridge.
    steps : int
        Steps that the fit took.
    """

    ability: FloatArray
    difficulty: FloatArray
    slope: FloatArray
    loss: float
    steps: int

    def expect(self) -> FloatArray:
        """Return the expected share of each test taker (row) on each item (column)."""
        return np.asarray(expit(self.slope * (self.ability[:, None] - self.difficulty)))


@dataclass(frozen=True)
class _Task:
    """What is fitted: shares, their weights, the item whose slope is 1, and the ridge."""

    shares: FloatArray
    weights: FloatArray
    fixed: int
    ridge: float

    def lose(self, at: ResponseCurves) -> float:
        """Return the loss at these parameters."""
        distance = at.expect() - self.shares
        free = np.delete(at.slope, self.fixed)
        size = at.ability @ at.ability + at.difficulty @ at.difficulty + free @ free
        return float((self.weights * distance**2).sum() + self.ridge * size)


def fit_responses(
    shares: FloatArray,
    weights: FloatArray,
    *,
    unit_item: int,
    start: ResponseCurves | None = None,
    smallest_gain: float = SMALLEST_GAIN,
) -> ResponseCurves:
    """Fit the curves to a table of shares.

    Parameters
    ----------
    shares : array, shape (takers, items)
        Strictly between 0 and 1; any such number where there is no result.
    weights : array, shape (takers, items)
        Weight of each result, 0 where there is none.
    unit_item : int
        Column whose slope stays what it is at the start, which sets the unit.
    start : ResponseCurves, optional
        Where to begin: abilities and difficulties 0 and slopes 1 by default.
    smallest_gain : float
        Share of the loss; a step that lowers it by less is the last.

    Raises
    ------
    ModelInputError
        If a share lies outside (0, 1), a weight is negative, or the fit finds no end.
    """
    if not ((shares > 0) & (shares < 1)).all():
        raise ModelInputError("item response curves need shares strictly between 0 and 1")
    if not (weights >= 0).all():
        raise ModelInputError("item response curves need weights of 0 or more")
    takers, items = shares.shape
    task = _Task(shares, weights, unit_item, PENALTY / (takers + 2 * items - 1))
    at = _begin(task, start)
    damping = 1e-3
    for step in range(1, _MOST_STEPS + 1):
        after, damping = _improve(task, at, damping)
        gain = at.loss - after.loss
        at = ResponseCurves(after.ability, after.difficulty, after.slope, after.loss, step)
        if gain <= smallest_gain * at.loss:
            return at
    raise ModelInputError(f"no item response curves within {_MOST_STEPS} steps; loss {at.loss:g}")


def _begin(task: _Task, start: ResponseCurves | None) -> ResponseCurves:
    takers, items = task.shares.shape
    if start is None:
        start = ResponseCurves(np.zeros(takers), np.zeros(items), np.ones(items), 0, 0)
    return _bounded(task, start.ability, start.difficulty, start.slope)


def _bounded(
    task: _Task, ability: FloatArray, difficulty: FloatArray, slope: FloatArray
) -> ResponseCurves:
    slope = np.clip(slope, *_SLOPES)
    ends = (-_BOUND, _BOUND)
    at = ResponseCurves(np.clip(ability, *ends), np.clip(difficulty, *ends), slope, 0, 0)
    return ResponseCurves(at.ability, at.difficulty, at.slope, task.lose(at), 0)


def _improve(task: _Task, at: ResponseCurves, damping: float) -> tuple[ResponseCurves, float]:
    """Return a point of lower loss, or the same one, and the damping for the next step."""
    system = _linearise(task, at)
    items = np.concatenate([at.difficulty, at.slope])
    low, high = (
        np.repeat(ends, len(at.slope)) for ends in ((-_BOUND, _SLOPES[0]), (_BOUND, _SLOPES[1]))
    )
    system = system.hold(
        _pushed_out(at.ability, system.ability_gradient, -_BOUND, _BOUND),
        _pushed_out(items, system.item_gradient, low, high),
    )
    while damping < _STIFFEST:
        ability, difficulty, slope = system.solve(damping)
        after = _bounded(task, at.ability - ability, at.difficulty - difficulty, at.slope - slope)
        if after.loss <= at.loss:
            return after, max(damping / 5, 1e-12)
        damping *= 4
    return at, damping


def _pushed_out(
    values: FloatArray, gradient: FloatArray, low: FloatArray | float, high: FloatArray | float
) -> Mask:
    """Mark parameters at a bound that a step would push beyond it."""
    return ((values <= low) & (gradient > 0)) | ((values >= high) & (gradient < 0))


@dataclass(frozen=True)
class _System:
    """Normal equations: abilities (diagonal), items (difficulties, then slopes) and both."""

    abilities: FloatArray
    both: FloatArray
    items: FloatArray
    ability_gradient: FloatArray
    item_gradient: FloatArray

    def hold(self, abilities: Mask, items: Mask) -> _System:
        """Return the equations in which some parameters stay where they are."""
        if not (abilities.any() or items.any()):
            return self
        moving = ~items
        return _System(
            self.abilities,
            self.both * ~abilities[:, None] * moving,
            np.where(
                np.eye(len(items), dtype=bool), self.items, self.items * np.outer(moving, moving)
            ),
            self.ability_gradient * ~abilities,
            self.item_gradient * moving,
        )

    def solve(self, damping: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the step, with the diagonal raised by a share."""
        diagonal = self.abilities * (1 + damping)
        items = self.items + np.diag(damping * np.diag(self.items))
        ratio = self.both / diagonal[:, None]
        reduced = items - self.both.T @ ratio
        right = self.item_gradient - ratio.T @ self.ability_gradient
        step = cho_solve(cho_factor(reduced, check_finite=False), right, check_finite=False)
        ability = (self.ability_gradient - self.both @ step) / diagonal
        half = len(step) // 2
        return ability, step[:half], step[half:]


def _linearise(task: _Task, at: ResponseCurves) -> _System:
    distance = at.ability[:, None] - at.difficulty
    expected = expit(at.slope * distance)
    steepness = expected * (1 - expected)
    by_ability = steepness * at.slope
    by_slope = steepness * distance
    by_slope[:, task.fixed] = 0
    weighted, miss = task.weights * by_ability, expected - task.shares
    squares = weighted * by_ability
    mixed = weighted * by_slope
    slopes = (task.weights * by_slope**2).sum(axis=0)
    difficulties = np.diag(squares.sum(axis=0) + task.ridge)
    crossed = np.diag(-mixed.sum(axis=0))
    free = np.arange(len(at.slope)) != task.fixed
    pulled = (weighted * miss).sum(axis=0)
    turned = (task.weights * by_slope * miss).sum(axis=0)
    return _System(
        abilities=squares.sum(axis=1) + task.ridge,
        both=np.hstack([-squares, mixed]),
        items=np.block([[difficulties, crossed], [crossed, np.diag(slopes + task.ridge)]]),
        ability_gradient=(weighted * miss).sum(axis=1) + task.ridge * at.ability,
        item_gradient=np.concatenate(
            [task.ridge * at.difficulty - pulled, turned + task.ridge * free * at.slope]
        ),
    )
