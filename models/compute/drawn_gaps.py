"""Gaps between two countries in compute, and draws from which their intervals are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.core import units
from models.core.bootstrap import estimate_by_percentiles
from models.core.estimates import Estimate, raise_ten

if TYPE_CHECKING:
    from models.core.arrays import FloatArray


@dataclass(frozen=True)
class Gap:
    """Leader over follower, in orders of magnitude.

    Attributes
    ----------
    orders_of_magnitude : Estimate
        log10 of the leader's quantity over the follower's; negative where the
        follower is ahead.
    """

    orders_of_magnitude: Estimate

    @property
    def factor(self) -> Estimate:
        """As a ratio, times."""
        return raise_ten(self.orders_of_magnitude, units.TIMES)


@dataclass(frozen=True)
class LargestRunGap(Gap):
    """Gap between the largest training runs.

    Attributes
    ----------
    leader_models, follower_models : tuple of str
        The runs compared, largest first.
    without_one_developer : Estimate
        Range of the gap when each developer in turn is left out.
    n_leader, n_follower : int
        Models in the window.
    """

    leader_models: tuple[str, ...]
    follower_models: tuple[str, ...]
    without_one_developer: Estimate
    n_leader: int
    n_follower: int


@dataclass(frozen=True)
class DrawnRunGap:
    """Gap between the largest runs, and draws of the gap to be expected of as many.

    Attributes
    ----------
    observed : float
        Orders of magnitude.
    expected : ndarray
        The same, one for each draw.
    without_one : tuple of float
        Smallest and largest gap when each developer in turn is left out.
    n_developers : int
        Of both countries.
    leader_models, follower_models, n_leader, n_follower
        As in `LargestRunGap`.
    """

    observed: float
    expected: FloatArray
    without_one: tuple[float, float]
    n_developers: int
    leader_models: tuple[str, ...]
    follower_models: tuple[str, ...]
    n_leader: int
    n_follower: int

    def summarise(self, level: float) -> LargestRunGap:
        """Return the gap with its interval."""
        n, observed = self.n_leader + self.n_follower, self.observed
        gap = estimate_by_percentiles(
            observed, self.expected, level=level, n=n, unit=units.ORDERS, kind="credible"
        )
        without_one = Estimate(
            observed, *self.without_one, level, "range", self.n_developers, units.ORDERS
        )
        return LargestRunGap(
            gap,
            self.leader_models,
            self.follower_models,
            without_one,
            self.n_leader,
            self.n_follower,
        )


@dataclass(frozen=True)
class DrawnSumGap:
    """Gap between summed capacities, and resamples of it.

    Attributes
    ----------
    observed, error : float
        Orders of magnitude.
    away : ndarray
        How far each resample lies from it, in its own standard errors.
    n : int
        Installations.
    """

    observed: float
    error: float
    away: FloatArray
    n: int

    def summarise(self, level: float) -> Gap:
        """Return the gap with its interval."""
        half = self.error * float(np.quantile(self.away, level))
        low, high = self.observed - half, self.observed + half
        return Gap(Estimate(self.observed, low, high, level, "confidence", self.n, units.ORDERS))
