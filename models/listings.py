"""Returns of new listings, and how many listings it takes to say anything about them.

With two listings nothing can be inferred about Chinese AI listings at large:
the returns are descriptive, and the power calculations say how far from enough
two are.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import integrate, optimize, stats
from scipy.special import gammaincinv, ndtr

from models.checks import require_positive_number, require_table
from models.errors import ModelInputError

_SMALLEST_GROUP = 2
_MOST_LISTINGS = 1_000_000
_MOST_STANDARD_DEVIATIONS = 1000.0


def simple_return(price_before: float, price_after: float) -> float:
    """Return a price's change as a share of the price before.

    Raises
    ------
    ModelInputError
        If a price is not positive.
    """
    require_positive_number(price_before, "price_before")
    require_positive_number(price_after, "price_after")
    return price_after / price_before - 1


def returns_since_offer(
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


def power_of_comparison(
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
    critical = float(stats.t.ppf(1 - significance / 2, freedom)) / freedom**0.5

    def rejected(quantile: float) -> float:
        bar = critical * float(2 * gammaincinv(freedom / 2, quantile)) ** 0.5
        return float(ndtr(shift - bar) + ndtr(-shift - bar))

    return float(integrate.quad(rejected, 0, 1)[0])


def listings_needed(
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
        found = power_of_comparison(
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


def minimal_detectable_difference(
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
        As `power_of_comparison` and `listings_needed`.

    Raises
    ------
    ModelInputError
        As `power_of_comparison`, and if the power is not in (significance, 1).
    """
    _require_power(power, significance)

    def shortfall(effect: float) -> float:
        difference = effect * standard_deviation
        found = power_of_comparison(
            difference, standard_deviation, n=n, n_reference=n_reference, significance=significance
        )
        return found - power

    high = 0.5
    while shortfall(high) < 0:
        high *= 2
        if high > _MOST_STANDARD_DEVIATIONS:
            raise ModelInputError(f"no difference is detectable with {n} and {n_reference}")
    return float(optimize.brentq(shortfall, 0.0, high)) * standard_deviation


def _require_share(value: float, what: str) -> None:
    if not 0 < value < 1:
        raise ModelInputError(f"{what} must lie between 0 and 1, got {value}")


def _require_power(power: float, significance: float) -> None:
    _require_share(power, "power")
    _require_share(significance, "significance")
    if power <= significance:
        raise ModelInputError(f"power must exceed the significance {significance}, got {power}")
