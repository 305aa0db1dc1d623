r"""Standard errors and critical values for rows that come in few and unequal clusters.

The usual clustered error is too small for a coefficient that few clusters decide, and its
t distribution with :math:`G - 1` degrees of freedom too narrow. Here the error is that of
Bell and McCaffrey (2002, *Survey Methodology* 28), known as CR2: it is unbiased if the rows
are equally noisy and independent. The distribution of its t statistic is computed and not
taken from a table: it is the ratio of a normal to the root of a weighted sum of squared
normals, whose weights follow from the design and from how much rows of one cluster have in
common (the working model of Imbens and Kolesár 2016, *Review of Economics and Statistics*
98, with their approximate degrees of freedom replaced by Imhof's integral).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy

from models.core.distributions import t_quantile, t_tail
from models.core.errors import ModelInputError
from models.core.quadratic_forms import compute_chance_below_zero

if TYPE_CHECKING:
    from models.core.arrays import FloatArray

_SINGULAR = 1e-9
_MOST_CORRELATED = 0.95
# Logarithms of squared critical values: 0.3 to a million standard errors.
_BRACKET = (-2.5, 28.0)


@dataclass(frozen=True)
class ClusterT:
    """Distribution of one t statistic with clustered errors.

    Attributes
    ----------
    excess : float
        Variance of the weighted sum over the mean of its estimate.
    weights : ndarray
        Of the squared normals of which that estimate is the sum.
    """

    excess: float
    weights: FloatArray

    def critical_value(self, level: float) -> float:
        """Return the standard errors from the estimate to either end of its interval."""

        def missed(log_square: float) -> float:
            both = np.concatenate([[self.excess], -np.exp(log_square) * self.weights])
            return compute_chance_below_zero(both) - level

        return float(np.exp(scipy.optimize.brentq(missed, *_BRACKET, xtol=1e-7) / 2))

    def p_value(self, statistic: float) -> float:
        """Two-sided p-value of a t statistic."""
        both = np.concatenate([[self.excess], -(statistic**2) * self.weights])
        return 1 - compute_chance_below_zero(both)


@dataclass(frozen=True)
class ClusterReference:
    """Distribution of the t statistics of one regression with clustered errors.

    Attributes
    ----------
    design, adjusted : ndarray, shape (n, k)
        Regressors, and what the residuals are weighted by in each coefficient's error.
    bread : ndarray, shape (k, k)
        Inverse of the design's cross product.
    codes : ndarray of int, shape (n,)
        Cluster of each row.
    correlation : float
        Correlation of two rows of a cluster, estimated; from 0 to 0.95.
    """

    design: FloatArray
    adjusted: FloatArray
    bread: FloatArray
    codes: npt.NDArray[np.intp]
    correlation: float

    def of(self, vector: FloatArray) -> ClusterT:
        """Return the distribution of a weighted sum's t statistic.

        Parameters
        ----------
        vector : ndarray, shape (k,)
            Weights of the coefficients.

        Raises
        ------
        ModelInputError
            If no cluster's residuals tell how uncertain the weighted sum is.
        """
        return ClusterT(*self._weights(vector))

    def _weights(self, vector: FloatArray) -> tuple[float, FloatArray]:
        """Variance of the weighted sum over the mean of its estimate, and that one's weights."""
        own = self.adjusted @ vector
        sums = _sum_by(self.codes, own[:, None] * self.design)
        totals = _sum_by(self.codes, self.design)
        apart = np.diag(np.bincount(self.codes, own**2)) - sums @ self.bread @ sums.T
        together = np.diag(np.bincount(self.codes, own)) - totals @ self.bread @ sums.T
        influence = self.design @ self.bread @ vector
        share = self.correlation
        spread = (1 - share) * apart + share * together.T @ together
        scale = float(np.trace(spread))
        common = np.bincount(self.codes, influence)
        variance = (1 - share) * influence @ influence + share * common @ common
        if not scale > _SINGULAR * variance:
            raise ModelInputError(
                f"needs more clusters than {len(totals)} to tell how uncertain a coefficient is"
            )
        return float(variance / scale), np.linalg.eigvalsh(spread).clip(0) / scale


def fit_cluster_robust(
    design: FloatArray, residuals: FloatArray, codes: npt.NDArray[np.intp]
) -> tuple[FloatArray, ClusterReference]:
    """Covariance of least-squares coefficients, and the distribution of their t statistics.

    Parameters
    ----------
    design : ndarray, shape (n, k)
        Regressors.
    residuals : ndarray, shape (n,)
        Of the least-squares fit.
    codes : ndarray of int, shape (n,)
        Cluster of each row, from 0.
    """
    bread = np.asarray(np.linalg.inv(design.T @ design), dtype=float)
    adjusted = np.empty_like(design)
    for code in range(int(codes.max()) + 1):
        rows = np.flatnonzero(codes == code)
        own = design[rows]
        adjusted[rows] = _inverse_root(np.eye(len(rows)) - own @ bread @ own.T) @ own @ bread
    scores = _sum_by(codes, residuals[:, None] * adjusted)
    share = _estimate_correlation(design, residuals, codes, bread)
    return scores.T @ scores, ClusterReference(design, adjusted, bread, codes, share)


@dataclass(frozen=True)
class StudentReference:
    """Student's t distribution, the same for all coefficients.

    Attributes
    ----------
    degrees_of_freedom : int
        Rows less coefficients.
    """

    degrees_of_freedom: int

    def of(self, vector: FloatArray) -> StudentReference:  # noqa: ARG002 - as above
        """Return the distribution of a weighted sum's t statistic."""
        return self

    def critical_value(self, level: float) -> float:
        """Return the standard errors from the estimate to either end of its interval."""
        return float(t_quantile(0.5 + level / 2, self.degrees_of_freedom))

    def p_value(self, statistic: float) -> float:
        """Two-sided p-value of a t statistic."""
        return float(2 * t_tail(abs(statistic), self.degrees_of_freedom))


def _inverse_root(matrix: FloatArray) -> FloatArray:
    """Inverse symmetric root; directions that the fit explains wholly are left out."""
    values, vectors = np.linalg.eigh(matrix)
    known = values > _SINGULAR
    return np.asarray((vectors[:, known] / np.sqrt(values[known])) @ vectors[:, known].T)


def _estimate_correlation(
    design: FloatArray, residuals: FloatArray, codes: npt.NDArray[np.intp], bread: FloatArray
) -> float:
    """Solve for the correlation at which residuals of a cluster agree as much as these do."""
    totals = _sum_by(codes, design)
    within = np.diag(np.bincount(codes).astype(float)) - totals @ bread @ totals.T
    freedom = len(residuals) - design.shape[1]
    sums = np.bincount(codes, residuals)
    agreement = float(sums @ sums / (residuals @ residuals)) if residuals.any() else 1.0
    # Expected numerator and denominator are linear in the correlation.
    shared, noise = float(np.sum(within**2)), float(np.trace(within))
    top, bottom = noise - agreement * freedom, agreement * (noise - freedom) - (shared - noise)
    return float(np.clip(top / bottom, 0.0, _MOST_CORRELATED)) if bottom else 0.0


def _sum_by(codes: npt.NDArray[np.intp], values: FloatArray) -> FloatArray:
    sums = np.zeros((int(codes.max()) + 1, values.shape[1]))
    np.add.at(sums, codes, values)
    return sums
