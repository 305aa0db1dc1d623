"""A yearly series summarised by least squares whose errors may be correlated in time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import statsmodels.api as sm
from scipy import stats

from models.arrays import FloatArray, bounded
from models.checks import require_level
from models.errors import ModelInputError
from models.estimates import Estimate

MINIMUM_YEARS = 4


@dataclass(frozen=True)
class YearlyFit:
    """Level and slope of a yearly series.

    Attributes
    ----------
    level : Estimate
        Mean over the years, in the series' unit.
    slope : Estimate
        Change a year, from a straight line, in the series' unit a year.
    hac_lags : int
        Lags of the Newey-West covariance.
    """

    level: Estimate
    slope: Estimate
    hac_lags: int


def default_lags(n: int) -> int:
    """Lags of the Newey-West covariance: the integer part of 4 (n/100)^(2/9).

    Newey and West (1994), as in common software; at least 1.
    """
    return max(1, int(4 * (n / 100) ** (2 / 9)))


def fit_yearly(
    years: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    confidence: float = 0.9,
    unit: str = "",
    hac_lags: int | None = None,
) -> YearlyFit:
    """Mean and straight-line slope of a yearly series, with intervals robust to its memory.

    Newey-West covariance with the small-sample factor n/(n-k) and t quantiles
    with n - k degrees of freedom. With fewer than about 20 years such intervals
    are still too narrow if shocks last; n is in every estimate.

    Parameters
    ----------
    years : array_like, shape (n,)
        Different years, in any order; gaps are allowed and read as adjacent.
    values : array_like, shape (n,)
        One value a year.
    confidence : float
        Level of the intervals.
    unit : str
        Unit of the values.
    hac_lags : int, optional
        `default_lags` if not given.

    Raises
    ------
    ModelInputError
        If there are fewer than 4 years, a year comes twice, a value is not
        finite, or all values are equal.
    """
    require_level(confidence)
    times, series = _ordered(years, values)
    lags = default_lags(times.size) if hac_lags is None else hac_lags
    if not 0 <= lags < times.size:
        raise ModelInputError(f"needs 0 to {times.size - 1} lags for {times.size} years: {lags}")
    constant = np.ones((times.size, 1))
    line = np.column_stack([constant, times - times.mean()])
    return YearlyFit(
        _coefficient(constant, series, lags, confidence, unit),
        _coefficient(line, series, lags, confidence, f"{unit} a year".strip()),
        lags,
    )


def _coefficient(
    design: FloatArray, series: FloatArray, lags: int, confidence: float, unit: str
) -> Estimate:
    """Last coefficient of the regression."""
    result = sm.OLS(series, design).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True
    )
    value, error = float(result.params[-1]), float(result.bse[-1])
    n, k = design.shape
    half = float(stats.t.ppf(0.5 + confidence / 2, n - k)) * error
    return Estimate(value, value - half, value + half, confidence, "confidence", n, unit)


def _ordered(years: npt.ArrayLike, values: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    times = bounded(years, "years")
    series = bounded(values, "values")
    if times.shape != series.shape or times.size < MINIMUM_YEARS:
        raise ModelInputError(
            f"needs at least {MINIMUM_YEARS} years with one value each, "
            f"got {times.size} years and {series.size} values"
        )
    if np.unique(times).size < times.size:
        raise ModelInputError(
            f"needs each year once, got {times.size - np.unique(times).size} twice"
        )
    if np.ptp(series) == 0:
        raise ModelInputError(
            f"needs a series that varies, got {series[0]} in all {series.size} years"
        )
    order = np.argsort(times)
    return times[order], series[order]
