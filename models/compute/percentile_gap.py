"""Gaps of quantities that their publishers give by percentiles, and sums of such."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.compute.drawn_gaps import Gap
from models.core import units
from models.core.distributions import normal_quantile
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import (
    require_level,
    require_replications,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIVE_TO_NINETY_FIVE = 2 * float(normal_quantile(0.95))


@dataclass(frozen=True)
class Percentiles:
    """A positive quantity as its publisher gives it.

    Attributes
    ----------
    p5, p50, p95 : float
        Percentiles, in one unit.

    Raises
    ------
    ModelInputError
        If a percentile is not positive, or they are out of order.
    """

    p5: float
    p50: float
    p95: float

    def __post_init__(self) -> None:
        """Refuse percentiles that describe no positive quantity."""
        if not 0 < self.p5 <= self.p50 <= self.p95 < math.inf:
            raise ModelInputError(
                f"needs 0 < p5 <= p50 <= p95, got {self.p5}, {self.p50}, {self.p95}"
            )

    @property
    def log_mean(self) -> float:
        """Mean of the natural logarithm of the log-normal with this median."""
        return math.log(self.p50)

    @property
    def log_sd(self) -> float:
        """Standard deviation of the natural logarithm, from p95 over p5."""
        return math.log(self.p95 / self.p5) / _FIVE_TO_NINETY_FIVE


@dataclass(frozen=True)
class CorrelationBounds:
    """One gap under the two extremes of shared error.

    Attributes
    ----------
    independent : Gap
        If errors share nothing, the widest interval.
    shared : Gap
        If errors move together, the narrowest interval.

    Notes
    -----
    Opposed errors, which would be wider still, are left out; shared ones have correlation 1.
    """

    independent: Gap
    shared: Gap


def compute_percentile_gap(
    leader: Percentiles, follower: Percentiles, *, correlation: float, level: float = 0.90
) -> Gap:
    r"""Gap of two quantities known by percentiles, as log-normals.

    The interval is the publisher's uncertainty carried over, so that the estimate's
    n is just the two published quantities. The log-ratio is normal with mean
    :math:`\mu_1-\mu_2` and variance
    :math:`\sigma_1^2+\sigma_2^2-2\rho\sigma_1\sigma_2`.

    Parameters
    ----------
    leader, follower : Percentiles
        In one unit.
    correlation : float
        Of the two logarithms' errors, in [-1, 1]. Estimates by one publisher
        from one set of sources share errors, and no file says how much: use
        `bound_percentile_gap`.
    level : float
        Coverage of the credible interval.

    Raises
    ------
    ModelInputError
        If the correlation is outside [-1, 1] or the level outside (0, 1).
    """
    require_level(level)
    if not -1 <= correlation <= 1:
        raise ModelInputError(f"correlation must lie between -1 and 1, got {correlation}")
    first, second = leader.log_sd, follower.log_sd
    variance = first**2 + second**2 - 2 * correlation * first * second
    center = (leader.log_mean - follower.log_mean) / math.log(10)
    half = normal_quantile(0.5 + level / 2) * max(variance, 0.0) ** 0.5 / math.log(10)
    return Gap(Estimate(center, center - half, center + half, level, "credible", 2, units.ORDERS))


def bound_percentile_gap(
    leader: Percentiles, follower: Percentiles, *, level: float = 0.90
) -> CorrelationBounds:
    """`compute_percentile_gap` with no shared error and with wholly shared error."""
    return CorrelationBounds(
        independent=compute_percentile_gap(leader, follower, correlation=0.0, level=level),
        shared=compute_percentile_gap(leader, follower, correlation=1.0, level=level),
    )


def sum_percentiles(
    parts: Sequence[Percentiles],
    *,
    correlation: float,
    rng: np.random.Generator,
    draws: int = 20_000,
) -> Percentiles:
    """Percentiles of a sum of log-normals with one common correlation.

    Percentiles do not add: the sum of 5th percentiles is the 5th percentile of
    the sum only at correlation 1.

    Raises
    ------
    ModelInputError
        If there are no parts, or the correlation is outside [0, 1].
    """
    if not parts:
        raise ModelInputError("needs at least one part, got none")
    if not 0 <= correlation <= 1:
        raise ModelInputError(f"correlation must lie between 0 and 1, got {correlation}")
    require_replications(draws)
    common = rng.standard_normal((draws, 1))
    own = rng.standard_normal((draws, len(parts)))
    normal = correlation**0.5 * common + (1 - correlation) ** 0.5 * own
    means = np.array([part.log_mean for part in parts])
    sds = np.array([part.log_sd for part in parts])
    totals = np.exp(means + sds * normal).sum(axis=1)
    return Percentiles(*(float(q) for q in np.quantile(totals, [0.05, 0.5, 0.95])))
