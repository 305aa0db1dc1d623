"""What is known of a quantity, as a distribution that a run can keep and a rule can be held to.

A run keeps no thousands of draws. It keeps the distribution as weighted values: every
value, where they are few, or else values that stand for equal shares of the draws. A rule
such as "at least 10" is then evaluated by adding up weights, by whoever reads the run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from models.core.distributions import normal_quantile
from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.core.arrays import FloatArray
    from models.core.estimates import Estimate

MOST_VALUES = 400
"""Values kept: a probability read off them is within 1/800 of that of the draws."""
_WEIGHTS_ADD_UP = 1e-9

Scale = Literal["linear", "log"]


@dataclass(frozen=True)
class Predictive:
    """A quantity's distribution, as it is known from data and judgement.

    Attributes
    ----------
    estimate : Estimate
        The quantity as the book publishes it.
    values : tuple of float
        Ascending, in the estimate's unit.
    weights : tuple of float
        Share of the probability that each value stands for; they add up to 1.

    Raises
    ------
    ModelInputError
        If values are not finite and ascending, or weights are no shares of 1.
    """

    estimate: Estimate
    values: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        if not self.values or len(self.values) != len(self.weights):
            raise ModelInputError(
                f"needs as many weights as values, and one or more: {len(self.values)} values, "
                f"{len(self.weights)} weights"
            )
        if not all(map(math.isfinite, self.values)) or list(self.values) != sorted(self.values):
            raise ModelInputError("a distribution needs finite values in ascending order")
        if min(self.weights) < 0 or abs(math.fsum(self.weights) - 1) > _WEIGHTS_ADD_UP:
            raise ModelInputError("a distribution's weights must be shares that add up to 1")

    def measure_share_between(self, low: float, high: float) -> float:
        """Probability of a value from `low` to `high`, both included."""
        pairs = zip(self.values, self.weights, strict=True)
        return min(1.0, math.fsum(weight for value, weight in pairs if low <= value <= high))


def summarise_draws(
    draws: npt.ArrayLike, estimate: Estimate, *, weights: npt.ArrayLike | None = None
) -> Predictive:
    """Keep draws of a quantity as a distribution.

    Parameters
    ----------
    draws : array_like, shape (n,)
        In the estimate's unit.
    estimate : Estimate
        The quantity as the book publishes it.
    weights : array_like, shape (n,), optional
        Of the draws; equal if left out.

    Raises
    ------
    ModelInputError
        If there is no draw, one is not finite, or weights are not positive.
    """
    values = np.asarray(draws, dtype=float).ravel()
    shares = np.ones_like(values) if weights is None else np.asarray(weights, dtype=float).ravel()
    if not values.size or not np.all(np.isfinite(values)):
        raise ModelInputError("a distribution needs finite draws")
    if shares.shape != values.shape or np.any(shares < 0) or not shares.sum() > 0:
        raise ModelInputError("draws need a weight each, none negative")
    distinct, at = np.unique(values, return_inverse=True)
    totals = np.bincount(at, weights=shares) / shares.sum()
    if distinct.size <= MOST_VALUES:
        return _of(distinct, totals, estimate)
    middles = (np.arange(MOST_VALUES) + 0.5) / MOST_VALUES
    kept = distinct[np.searchsorted(np.cumsum(totals), middles).clip(max=distinct.size - 1)]
    return _of(kept, np.full(MOST_VALUES, 1 / MOST_VALUES), estimate)


def spread_estimate(estimate: Estimate, *, scale: Scale = "linear") -> Predictive:
    """Distribution that has the estimate as median and the ends of its interval as quantiles.

    Two halves of a normal distribution, one for each side of the interval (the split normal
    of Wallis 2014, The two-piece normal, binormal, or double Gaussian distribution, but with
    the halves joined at the median), on the quantity or on its logarithm.

    Parameters
    ----------
    estimate : Estimate
        With an interval of any kind; a range counts as an interval of its level.
    scale : {"linear", "log"}
        "log" for quantities that errors multiply, such as ratios.

    Raises
    ------
    ModelInputError
        If the estimate lies outside its interval, or is not positive on a log scale.
    """
    if not estimate.low <= estimate.value <= estimate.high:
        raise ModelInputError(f"the estimate lies outside its interval: {estimate}")
    if scale == "log" and estimate.low <= 0:
        raise ModelInputError(f"a log scale needs a positive interval, got {estimate.low}")
    low, value, high = (
        np.log([estimate.low, estimate.value, estimate.high])
        if scale == "log"
        else (estimate.low, estimate.value, estimate.high)
    )
    middles = (np.arange(MOST_VALUES) + 0.5) / MOST_VALUES
    reached = normal_quantile(middles) / normal_quantile(0.5 + estimate.level / 2)
    spread = value + np.where(reached < 0, value - low, high - value) * reached
    kept = np.exp(spread) if scale == "log" else spread
    return _of(kept, np.full(MOST_VALUES, 1 / MOST_VALUES), estimate)


def state_fact(estimate: Estimate) -> Predictive:
    """Return the distribution of what is known without error, such as a count or a price."""
    return Predictive(estimate, (estimate.value,), (1.0,))


def pool_equally(members: Sequence[Predictive], estimate: Estimate) -> Predictive:
    """Mix several distributions of one quantity with equal weights (a linear opinion pool).

    Raises
    ------
    ModelInputError
        If there is no member, or units differ.
    """
    if not members or {member.estimate.unit for member in members} != {estimate.unit}:
        raise ModelInputError("a pool needs one member or more, all in the estimate's unit")
    values = np.concatenate([member.values for member in members])
    weights = np.concatenate([member.weights for member in members])
    return summarise_draws(values, estimate, weights=weights)


def _of(values: FloatArray, weights: FloatArray, estimate: Estimate) -> Predictive:
    total = float(weights.sum())
    shares = [float(weight) / total for weight in weights]
    return Predictive(estimate, tuple(map(float, values)), tuple(shares))
