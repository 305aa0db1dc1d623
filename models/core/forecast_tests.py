"""Whether one of two forecasts was better by more than chance."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.core.arrays import require_bounded
from models.core.distributions import t_tail
from models.core.errors import ModelInputError


@dataclass(frozen=True)
class ComparisonTest:
    """A test of Diebold and Mariano.

    The test is of Student's t with n - 1 degrees of freedom, two-sided.

    Attributes
    ----------
    difference : float
        Mean loss of the first forecast less that of the second.
    statistic : float
        Test statistic (Student's t), below 0 if the first forecast erred less.
    p_value : float
        Chance of so large a difference between equally good forecasts (p-value).
    n : int
        Forecasts compared.
    horizon : int
        Steps ahead; forecasts so close overlap.
    """

    difference: float
    statistic: float
    p_value: float
    n: int
    horizon: int


def compare_forecasts(
    first: npt.ArrayLike, second: npt.ArrayLike, *, horizon: int
) -> ComparisonTest:
    r"""Test whether two series of losses have one mean.

    Diebold and Mariano (1995), "Comparing Predictive Accuracy", with the correction for few
    forecasts of Harvey, Leybourne and Newbold (1997), "Testing the equality of prediction mean
    squared errors":

    .. math:: S^* = \frac{\bar d}{\sqrt{\hat V / n}}
        \left[\frac{n + 1 - 2h + h(h-1)/n}{n}\right]^{1/2}

    The long-run variance of the differences sums autocovariances up to lag h - 1 with equal
    weights, as in the original; where that gives a negative variance, with Bartlett's, which
    find differences a little too often.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Losses by day of forecast, one step apart, smaller is better.
    horizon : int
        Steps from a forecast to its outcome.

    Raises
    ------
    ModelInputError
        If the series differ in length, are not longer than the horizon, or differ nowhere.
    """
    losses = [require_bounded(x, "losses").ravel() for x in (first, second)]
    n = losses[0].size
    if losses[1].size != n or not 1 <= horizon < n:
        raise ModelInputError(
            f"needs two series of one length above the horizon {horizon}, got {n} and "
            f"{losses[1].size}"
        )
    difference = losses[0] - losses[1]
    away = difference - difference.mean()
    lags = range(1, horizon)
    covariances = [float(away[lag:] @ away[:-lag]) / n for lag in lags]
    own = float(away @ away) / n
    variance = own + 2 * sum(covariances)
    if not variance > 0:
        weights = [1 - lag / horizon for lag in lags]
        variance = own + 2 * float(np.dot(weights, covariances))
    if not variance > 0:
        raise ModelInputError("needs losses that differ by different amounts")
    corrected = (n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n
    statistic = float(difference.mean() / np.sqrt(variance / n) * np.sqrt(corrected))
    p_value = float(2 * t_tail(abs(statistic), n - 1))
    return ComparisonTest(float(difference.mean()), statistic, p_value, n, horizon)
