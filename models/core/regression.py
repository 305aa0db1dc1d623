"""Least squares with robust covariance, and intervals for what is made of its coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core.cluster_robust import (
    ClusterReference,
    ClusterT,
    StudentReference,
    fit_cluster_robust,
)
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_level

if TYPE_CHECKING:
    from collections.abc import Mapping

Covariance = Literal["classical", "hc3", "cluster"]
FloatArray = npt.NDArray[np.float64]
MINIMUM_CLUSTERS = 3
_SMALLEST_VARIATION = 1e-9  # share of a regressor left by the others, below which it is one of them


@dataclass(frozen=True)
class Contrast:
    """A weighted sum of coefficients.

    Attributes
    ----------
    value, error : float
        The sum and its standard error.
    distribution : ClusterT or StudentReference
        Of its t statistic.
    n : int
        Rows of the regression.
    """

    value: float
    error: float
    distribution: ClusterT | StudentReference
    n: int

    def summarise(self, level: float, unit: str = "") -> Estimate:
        """Return the sum with its interval at `level`."""
        half = self.distribution.critical_value(level) * self.error
        low, high = self.value - half, self.value + half
        return Estimate(self.value, low, high, level, "confidence", self.n, unit)


@dataclass(frozen=True)
class LinearFit:
    """An ordinary least squares fit.

    Attributes
    ----------
    names : tuple of str
        Regressors, in the order of `coefficients`.
    coefficients : ndarray, shape (k,)
        Estimates.
    covariance : ndarray, shape (k, k)
        Their covariance, of the kind asked for.
    residuals : ndarray, shape (n,)
        Observed minus fitted.
    residual_sd : float
        Square root of the residual sum of squares over n - k.
    r_squared : float
        Share of the variance explained.
    bic : float
        Bayesian information criterion (Gaussian likelihood, k parameters).
    n, n_clusters : int
        Rows, and independent groups of rows (n where there is no clustering).
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    covariance: FloatArray
    residuals: FloatArray
    residual_sd: float
    r_squared: float
    bic: float
    n: int
    n_clusters: int
    _reference: ClusterReference | StudentReference

    def combination(self, weights: Mapping[str, float], level: float, unit: str = "") -> Estimate:
        """Weighted sum of coefficients with its interval.

        The estimate's n counts rows; read `n_clusters` beside it.

        Raises
        ------
        ModelInputError
            If a weight names no regressor, or the level is not in (0, 1).
        """
        require_level(level)
        return self.contrast(weights).summarise(level, unit)

    def contrast(self, weights: Mapping[str, float]) -> Contrast:
        """Weighted sum of coefficients with what an interval of any level needs.

        Raises
        ------
        ModelInputError
            If a weight names no regressor, or clusters are too few for its error.
        """
        value, error = self._value_and_error(weights)
        return Contrast(value, error, self._reference.of(self._vector(weights)), self.n)

    def p_value(self, weights: Mapping[str, float], *, null: float = 0.0) -> float:
        """Two-sided p-value of the hypothesis that the weighted sum is `null`."""
        value, error = self._value_and_error(weights)
        if error == 0:
            return float(value == null)
        return self._reference.of(self._vector(weights)).p_value((value - null) / error)

    def ratio(
        self,
        numerator: Mapping[str, float],
        denominator: Mapping[str, float],
        level: float,
        unit: str = "",
    ) -> Estimate | None:
        """Ratio of two weighted sums with Fieller's interval; None where it is unbounded."""
        top, bottom = self._vector(numerator), self._vector(denominator)
        both = np.vstack([top, bottom])
        means = both @ self.coefficients
        spread = both @ self.covariance @ both.T
        # Where the ratio is as estimated, this is the combination that is tested.
        tested = top - float(means[0] / means[1]) * bottom
        quantile = self._reference.of(tested).critical_value(level)
        interval = compute_fieller_interval(means, spread, quantile)
        if interval is None:
            return None
        return Estimate(float(means[0] / means[1]), *interval, level, "confidence", self.n, unit)

    def critical_value(self, weights: Mapping[str, float], level: float) -> float:
        """Half-width of the weighted sum's interval at `level`, in standard errors."""
        return self._reference.of(self._vector(weights)).critical_value(level)

    def _vector(self, weights: Mapping[str, float]) -> FloatArray:
        unknown = set(weights) - set(self.names)
        if unknown:
            raise ModelInputError(f"needs regressors {self.names}, got {sorted(unknown)}")
        return np.array([weights.get(name, 0.0) for name in self.names])

    def _value_and_error(self, weights: Mapping[str, float]) -> tuple[float, float]:
        vector = self._vector(weights)
        variance = float(vector @ self.covariance @ vector)
        return float(vector @ self.coefficients), max(variance, 0.0) ** 0.5


def fit_linear(
    design: pd.DataFrame,
    response: npt.ArrayLike,
    *,
    covariance: Covariance = "hc3",
    groups: npt.ArrayLike | None = None,
) -> LinearFit:
    """Fit ordinary least squares; the design holds its own constant column.

    Parameters
    ----------
    design : DataFrame, shape (n, k)
        Regressors, one named column each.
    response : array_like, shape (n,)
        What is explained.
    covariance : {"classical", "hc3", "cluster"}
        "hc3": MacKinnon and White (1985), robust to unequal variances.
        "cluster": for rows that come in clusters, also few and unequal ones; see
        `models.core.cluster_robust`.
    groups : array_like, shape (n,), optional
        Cluster of each row; needed exactly for "cluster".

    Raises
    ------
    ModelInputError
        If rows are too few, regressors are collinear, the response is constant
        or not finite, or clusters are missing or fewer than three.
    """
    from statsmodels.regression.linear_model import OLS

    matrix = design.to_numpy(dtype=float)
    outcome = np.asarray(response, dtype=float)
    _require_regression(matrix, outcome)
    codes = _cluster_codes(covariance, groups, len(outcome))
    n, k = matrix.shape
    model = OLS(outcome, matrix)
    result = model.fit(cov_type="HC3", use_t=True) if covariance == "hc3" else model.fit()
    spread = np.asarray(result.cov_params())
    reference: ClusterReference | StudentReference = StudentReference(n - k)
    if codes is not None:
        spread, reference = fit_cluster_robust(matrix, np.asarray(result.resid), codes)
    return LinearFit(
        names=tuple(str(name) for name in design.columns),
        coefficients=np.asarray(result.params),
        covariance=spread,
        residuals=np.asarray(result.resid),
        residual_sd=float(result.mse_resid**0.5),
        r_squared=float(result.rsquared),
        bic=float(result.bic),
        n=n,
        n_clusters=n if codes is None else int(codes.max()) + 1,
        _reference=reference,
    )


def compute_partial_coefficients(
    candidates: FloatArray, response: FloatArray, controls: FloatArray
) -> FloatArray:
    """Coefficient of each candidate when it joins the controls alone.

    By the theorem of Frisch and Waugh (1933) and Lovell (1963): candidates and
    response are regressed on the controls first, so that thousands of regressions
    with the same controls cost one.

    Parameters
    ----------
    candidates : ndarray, shape (n, m)
        One regressor a column.
    response : ndarray, shape (n,)
        What is explained.
    controls : ndarray, shape (n, k)
        Regressors that all share.

    Returns
    -------
    ndarray, shape (m,)
        NaN for a candidate that the controls explain.
    """
    both = np.column_stack([response, candidates])
    basis = np.linalg.qr(controls)[0]
    left = both - basis @ (basis.T @ both)
    variation = np.square(left[:, 1:]).sum(axis=0)
    own = np.square(candidates).sum(axis=0)
    told = variation > _SMALLEST_VARIATION * np.maximum(own, 1)
    return np.asarray(
        np.where(told, left[:, 1:].T @ left[:, 0] / np.where(told, variation, 1), np.nan)
    )


def compute_fieller_interval(
    means: FloatArray, covariance: FloatArray, quantile: float
) -> tuple[float, float] | None:
    r"""Fieller's interval for the ratio of two correlated normal estimates.

    Solves :math:`(\hat a - \rho \hat b)^2 = q^2 (v_{aa} - 2\rho v_{ab} + \rho^2 v_{bb})`
    for :math:`\rho` (Fieller 1954).

    Parameters
    ----------
    means : ndarray, shape (2,)
        Numerator and denominator.
    covariance : ndarray, shape (2, 2)
        Their covariance.
    quantile : float
        Half-width in standard errors.

    Returns
    -------
    tuple of float or None
        Ends of the interval; None where the denominator cannot be told from
        zero, so that the interval is unbounded.
    """
    square = quantile**2
    leading = means[1] ** 2 - square * covariance[1, 1]
    if leading <= 0:
        return None
    middle = means[0] * means[1] - square * covariance[0, 1]
    last = means[0] ** 2 - square * covariance[0, 0]
    root = max(middle**2 - leading * last, 0.0) ** 0.5
    return float((middle - root) / leading), float((middle + root) / leading)


def _require_regression(matrix: FloatArray, outcome: FloatArray) -> None:
    n, k = matrix.shape
    if outcome.shape != (n,):
        raise ModelInputError(f"needs one response per row: {n} rows, got {outcome.shape}")
    if n < k + 2:
        raise ModelInputError(f"needs at least {k + 2} rows for {k} coefficients, got {n}")
    if not (np.isfinite(matrix).all() and np.isfinite(outcome).all()):
        raise ModelInputError("needs finite regressors and response, got NaN or infinity")
    if np.ptp(outcome) == 0:
        raise ModelInputError(f"needs a response that varies, got {outcome[0]} in all {n} rows")
    rank = int(np.linalg.matrix_rank(matrix))
    if rank < k:
        raise ModelInputError(f"needs {k} independent regressors, got {rank}: one is constant")


def _cluster_codes(
    covariance: Covariance, groups: npt.ArrayLike | None, n: int
) -> npt.NDArray[np.intp] | None:
    if covariance not in ("classical", "hc3", "cluster"):
        raise ModelInputError(f"covariance must be classical, hc3 or cluster, got {covariance!r}")
    if (covariance == "cluster") != (groups is not None):
        raise ModelInputError(f"groups go with covariance 'cluster' only, got {covariance!r}")
    if groups is None:
        return None
    codes, labels = pd.factorize(np.asarray(groups))
    if len(codes) != n or (codes < 0).any():
        raise ModelInputError(f"needs the group of each of {n} rows, got {len(codes)}, some empty")
    if len(labels) < MINIMUM_CLUSTERS:
        raise ModelInputError(f"needs at least {MINIMUM_CLUSTERS} clusters, got {len(labels)}")
    return codes
