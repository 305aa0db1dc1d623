"""Returns of new listings, and how many listings it takes to say anything about them.

With two listings nothing can be inferred about Chinese AI listings at large:
the returns are descriptive, and the power calculations say how far from enough
two are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy
from scipy.special import gammaincinv, ndtr

from models.core import units
from models.core.arrays import FloatArray, require_bounded, require_positive
from models.core.distributions import t_quantile
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import (
    require_level,
    require_positive_number,
    require_replications,
    require_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

_SMALLEST_GROUP = 2
_MOST_LISTINGS = 1_000_000
_MOST_STANDARD_DEVIATIONS = 1000.0


@dataclass(frozen=True)
class ReturnDistribution:
    """Log-normal distribution of gross first-day returns.

    Attributes
    ----------
    location, scale : float
        Mean and standard deviation of the logarithm of close over offer price.
    n : int
        Listings behind it.
    """

    location: float
    scale: float
    n: int

    @property
    def mean(self) -> float:
        """Mean first-day return, as a share."""
        return float(np.expm1(self.location + self.scale**2 / 2))

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of a return, as a share."""
        return float((1 + self.mean) * np.expm1(self.scale**2) ** 0.5)

    def share_below(self, returns: npt.ArrayLike) -> FloatArray:
        """Share of listings with a lower return."""
        gross = require_positive(1 + np.asarray(returns, dtype=float), "gross returns")
        return np.asarray(ndtr((np.log(gross) - self.location) / self.scale))


@dataclass(frozen=True)
class MeanComparison:
    """A few listings' mean return next to a published mean.

    Attributes
    ----------
    mean : Estimate
        Mean of the returns, with Student's interval.
    p_value : float
        Two-sided, for the null hypothesis that the true mean is the published one.
    """

    mean: Estimate
    p_value: float

    @property
    def test(self) -> HypothesisTest:
        """The test against the published mean."""
        return HypothesisTest(
            "The listings have the published mean return.", self.p_value, self.mean.n
        )


def compute_returns_since_offer(
    listings: pd.DataFrame, *, offer: str, prices: Sequence[str]
) -> pd.DataFrame:
    """Compute simple returns from the offer price to later prices.

    Parameters
    ----------
    listings : DataFrame
        One row per listing; the named columns hold prices in one currency.
    offer : str
        Column of the offer price.
    prices : sequence of str
        Columns of later prices; a missing price gives a missing return.

    Returns
    -------
    DataFrame
        The columns `prices`, each holding the return instead of the price, on
        the index of `listings`.

    Raises
    ------
    ModelInputError
        If a column is missing, an offer price is empty, or a price is not positive.
    """
    require_table(listings, complete=[offer], positive=[offer])
    absent = [name for name in prices if name not in listings.columns]
    if absent or not prices:
        raise ModelInputError(f"needs columns of prices, got {list(prices)}, absent: {absent}")
    later = listings[list(prices)].astype(float)
    if (later <= 0).any(axis=None):
        raise ModelInputError(f"prices must be positive, got {float(np.nanmin(later))}")
    return later.div(listings[offer].astype(float), axis=0) - 1


def fit_counted_returns(counts: npt.ArrayLike, edges: npt.ArrayLike) -> ReturnDistribution:
    """Fit the distribution of first-day returns to published counts, by maximum likelihood.

    Parameters
    ----------
    counts : array_like of int, shape (k + 1,)
        Listings below the first edge, between the edges, and above the last.
    edges : array_like of float, shape (k,), k >= 2
        Returns as shares, rising, above -1.

    Raises
    ------
    ModelInputError
        If the shapes don't fit, edges don't rise, or fewer than 3 counts are positive.
    """
    observed = require_bounded(counts, "counts", low=0)
    bounds = np.log(
        require_positive(1 + np.asarray(edges, dtype=float), "gross returns at the edges")
    )
    if observed.size != bounds.size + 1 or (np.diff(bounds) <= 0).any():
        raise ModelInputError(
            f"needs rising edges and one count more, got {bounds.size} edges and "
            f"{observed.size} counts"
        )
    if (observed > 0).sum() <= _SMALLEST_GROUP:
        raise ModelInputError(f"needs 3 or more counts above 0, got {observed.tolist()}")

    def loss(parameters: FloatArray) -> float:
        limits = np.concatenate(([0], ndtr((bounds - parameters[0]) / np.exp(parameters[1])), [1]))
        return float(-observed @ np.log(np.maximum(np.diff(limits), np.finfo(float).tiny)))

    start = np.array([np.mean(bounds), np.log(np.ptp(bounds))])
    location, log_scale = scipy.optimize.minimize(loss, start, method="Nelder-Mead").x
    return ReturnDistribution(float(location), float(np.exp(log_scale)), int(observed.sum()))


def estimate_share_below(
    value: float, counts: npt.ArrayLike, edges: npt.ArrayLike, *, level: float = 0.9
) -> Estimate:
    """Share of listings with a lower return than `value`, from published counts alone.

    Only the counts beside the value are known, so the share lies anywhere between
    them; the interval takes the lower limit for those surely below, and the upper limit
    for those that may be. The limits are Jeffreys' (Brown, Cai and DasGupta 2001,
    *Statistical Science* 16), at the tails with which the interval holds the share
    wherever it lies between the counts (Imbens and Manski 2004, *Econometrica* 72).

    Parameters
    ----------
    value : float
        A return, as a share.
    counts, edges
        As `fit_counted_returns`.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        A share; the value is the middle of what the counts allow.

    Raises
    ------
    ModelInputError
        If the shapes don't fit or no listing was counted.
    """
    from statsmodels.stats.proportion import proportion_confint

    require_level(level)
    observed = require_bounded(counts, "counts", low=0)
    limits = require_bounded(edges, "edges")
    if observed.size != limits.size + 1 or observed.sum() == 0:
        raise ModelInputError(
            f"needs one count more than edges, not all 0, got {observed.size} and {limits.size}"
        )
    n = int(observed.sum())
    surely = int(observed[: np.searchsorted(limits, value, side="right")].sum())
    perhaps = int(observed[: np.searchsorted(limits, value, side="right") + 1].sum())
    alpha = 2 * _tail_beyond_bounds(surely / n, perhaps / n, n, level)
    low = proportion_confint(surely, n, alpha=alpha, method="jeffreys")[0] if surely else 0.0
    high = proportion_confint(perhaps, n, alpha=alpha, method="jeffreys")[1]
    high = high if perhaps < n else 1.0
    value = (surely + perhaps) / (2 * n)
    return Estimate(value, float(low), float(high), level, "confidence", n, units.SHARE)


def _tail_beyond_bounds(low: float, high: float, n: int, level: float) -> float:
    """Chance to miss on one side with which either bound is held at `level`."""
    error = max((share * (1 - share) / n) ** 0.5 for share in (low, high, 1 / n))

    def excess(quantile: float) -> float:
        return float(ndtr(quantile + (high - low) / error) - ndtr(-quantile)) - level

    return float(ndtr(-scipy.optimize.brentq(excess, 0.0, 5.0)))


def compare_with_mean(
    returns: npt.ArrayLike, reference: float, *, level: float = 0.9
) -> MeanComparison:
    """Student's one-sample t test of a few returns against a published mean.

    Parameters
    ----------
    returns : array_like, shape (n,), n >= 2
        Returns as shares.
    reference : float
        Published mean, as a share; its own error is left out.
    level : float
        Confidence level.

    Raises
    ------
    ModelInputError
        If there are fewer than 2 returns, or all are equal.
    """
    from scipy import stats

    require_level(level)
    values = require_bounded(returns, "returns")
    if values.size < _SMALLEST_GROUP or np.ptp(values) == 0:
        raise ModelInputError(f"needs 2 or more returns that vary, got {values.tolist()}")
    test = stats.ttest_1samp(values, reference)
    low, high = test.confidence_interval(level)
    mean = Estimate(
        float(values.mean()), float(low), float(high), level, "confidence", values.size, units.SHARE
    )
    return MeanComparison(mean, float(test.pvalue))


def simulate_power(
    distribution: ReturnDistribution,
    difference: float,
    rng: np.random.Generator,
    *,
    n: int,
    significance: float = 0.05,
    replications: int = 2000,
) -> float:
    """Power of the t test when returns are as skewed as they are.

    The second group's returns are those of the distribution, shifted by the
    difference; so only the shape departs from what `compute_power` assumes.

    Parameters
    ----------
    distribution : ReturnDistribution
        Of the returns in the first group.
    difference : float
        True difference of the means, as a share.
    rng : numpy.random.Generator
        Source of the draws.
    n : int
        Listings in each group, at least 2.
    significance : float
        Size of the test.
    replications : int
        Simulated comparisons.

    Raises
    ------
    ModelInputError
        If a number is out of its range.
    """
    from scipy import stats

    _require_share(significance, "significance")
    require_replications(replications)
    if n < _SMALLEST_GROUP:
        raise ModelInputError(f"needs 2 listings in each group, got {n}")
    draws = rng.lognormal(distribution.location, distribution.scale, (2, n, replications))
    test = stats.ttest_ind(draws[0], draws[1] + difference)
    return float(np.mean(test.pvalue < significance))


def compute_power(
    difference: float,
    standard_deviation: float,
    *,
    n: int,
    n_reference: int,
    significance: float = 0.05,
) -> float:
    r"""Power of the two-sided t test between two groups of listings.

    With :math:`\nu = n + m - 2`, critical value c, non-centrality
    :math:`\delta = d / (s \sqrt{1/n + 1/m})` and :math:`S = \sqrt{\chi^2_\nu / \nu}`,

    .. math:: E[\Phi(\delta - c S) + \Phi(-\delta - c S)]

    is integrated over S. The non-central t of statsmodels and scipy, which this
    equals, gives no number far out at 2 degrees of freedom, where two listings are.

    Parameters
    ----------
    difference : float
        True difference of the mean returns.
    standard_deviation : float
        Standard deviation of a return, in both groups.
    n, n_reference : int
        Listings in the group of interest, and in the group it is compared with.
    significance : float
        Size of the test.

    Raises
    ------
    ModelInputError
        If a group has fewer than 2 listings, the standard deviation is not
        positive, or the significance not in (0, 1).
    """
    require_positive_number(standard_deviation, "standard_deviation")
    _require_share(significance, "significance")
    if min(n, n_reference) < _SMALLEST_GROUP:
        raise ModelInputError(f"needs 2 listings in each group, got {n} and {n_reference}")
    freedom = n + n_reference - 2
    shift = difference / standard_deviation / (1 / n + 1 / n_reference) ** 0.5
    critical = float(t_quantile(1 - significance / 2, freedom)) / freedom**0.5

    def rejected(quantile: float) -> float:
        bar = critical * float(2 * gammaincinv(freedom / 2, quantile)) ** 0.5
        return float(ndtr(shift - bar) + ndtr(-shift - bar))

    return float(scipy.integrate.quad(rejected, 0, 1)[0])


def find_listings_needed(
    difference: float,
    standard_deviation: float,
    *,
    power: float = 0.8,
    significance: float = 0.05,
) -> int:
    """Count the listings needed in each of two equal groups to tell their mean returns apart.

    Two-sided t test (Cohen 1988, chapter 2).

    Parameters
    ----------
    difference : float
        True difference of the mean returns, not 0.
    standard_deviation : float
        Standard deviation of a return, in both groups.
    power : float
        Chance of finding the difference; above `significance`.
    significance : float
        Size of the test.

    Returns
    -------
    int
        Smallest number that reaches the power.

    Raises
    ------
    ModelInputError
        If the difference is 0, or a number is out of its range, or more than a
        million listings would be needed.
    """
    size = abs(difference)
    require_positive_number(size, "absolute difference")
    _require_power(power, significance)

    def reaches(n: int) -> bool:
        found = compute_power(
            size, standard_deviation, n=n, n_reference=n, significance=significance
        )
        return found >= power

    low, high = _SMALLEST_GROUP, _SMALLEST_GROUP
    while not reaches(high):
        low, high = high, 2 * high
        if high > _MOST_LISTINGS:
            raise ModelInputError(f"more than {_MOST_LISTINGS} listings needed for {difference}")
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle + 1, high)
    return high


def find_detectable_difference(
    standard_deviation: float,
    *,
    n: int,
    n_reference: int,
    power: float = 0.8,
    significance: float = 0.05,
) -> float:
    """Smallest difference of mean returns that two groups could show at a power.

    Parameters
    ----------
    standard_deviation, n, n_reference, power, significance
        As `compute_power` and `find_listings_needed`.

    Raises
    ------
    ModelInputError
        As `compute_power`, and if the power is not in (significance, 1).
    """
    _require_power(power, significance)

    def shortfall(effect: float) -> float:
        difference = effect * standard_deviation
        found = compute_power(
            difference, standard_deviation, n=n, n_reference=n_reference, significance=significance
        )
        return found - power

    high = 0.5
    while shortfall(high) < 0:
        high *= 2
        if high > _MOST_STANDARD_DEVIATIONS:
            raise ModelInputError(f"no difference is detectable with {n} and {n_reference}")
    return float(scipy.optimize.brentq(shortfall, 0.0, high)) * standard_deviation


def _require_share(value: float, what: str) -> None:
    if not 0 < value < 1:
        raise ModelInputError(f"{what} must lie between 0 and 1, got {value}")


def _require_power(power: float, significance: float) -> None:
    _require_share(power, "power")
    _require_share(significance, "significance")
    if power <= significance:
        raise ModelInputError(f"power must exceed the significance {significance}, got {power}")
