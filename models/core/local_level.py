r"""A short series as a level that wanders, seen through noise.

The local level model (Harvey 1989, *Forecasting, Structural Time Series Models
and the Kalman Filter*, section 2.3):

.. math::
    y_t = \mu_t + \varepsilon_t, \qquad \mu_t = \mu_{t-1} + \eta_t

Its two spreads say which part of a change stays and which part is undone by
the next one. Ten observations cannot tell them apart, so they are drawn from a
posterior and not fixed.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.core.arrays import FloatArray, require_bounded, require_paths
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.random_draws import summarise

_FEWEST = 4
_GRID = 40
_WIDEST = 2.0  # standard deviations of the differences


@dataclass(frozen=True)
class LocalLevel:
    """Posterior draws of the last level and of both spreads.

    Attributes
    ----------
    level : ndarray, shape (n_draws,)
        Level at the last observation, in the unit of the series.
    permanent_sd : ndarray, shape (n_draws,)
        Standard deviation of a step's change of the level.
    transitory_sd : ndarray, shape (n_draws,)
        Standard deviation of the noise around it.
    n : int
        Observations.
    """

    level: FloatArray
    permanent_sd: FloatArray
    transitory_sd: FloatArray
    n: int

    def estimate(self, name: str, level: float, unit: str = "") -> Estimate:
        """Median and credible interval of one of the three, by its name.

        Raises
        ------
        ModelInputError
            If the level is not in (0, 1).
        """
        return summarise(getattr(self, name), level, "credible", self.n, unit)


def fit_local_level(
    values: npt.ArrayLike, *, rng: np.random.Generator, n_draws: int = 2000
) -> LocalLevel:
    r"""Draw from the posterior under flat priors on the level and both standard deviations.

    Given the spreads, the deviations from the last level have covariance
    :math:`V_{ij} = \sigma_\varepsilon^2 [i=j] + \sigma_\eta^2 \min(T-i, T-j)`; the last
    level is then normal around its generalised least-squares mean, and the
    spreads have the restricted likelihood, evaluated on a grid up to twice the
    standard deviation of the differences.

    Parameters
    ----------
    values : array_like, shape (n,)
        Equally spaced observations in order.
    rng : numpy.random.Generator
        Source of the draws.
    n_draws : int
        Draws.

    Raises
    ------
    ModelInputError
        If there are fewer than four observations, one is not finite, or none varies.
    """
    y = require_bounded(values, "values").ravel()
    spread = float(np.std(np.diff(y))) if y.size > 1 else 0.0
    if y.size < _FEWEST or not spread > 0:
        raise ModelInputError(f"needs {_FEWEST} values or more that vary, got {y.tolist()}")
    widths = _WIDEST * spread * (np.arange(_GRID) + 0.5) / _GRID
    permanent, transitory = (x.ravel() for x in np.meshgrid(widths, widths, indexing="ij"))
    mean, variance, log_likelihood = compute_restricted_likelihood(y, permanent, transitory)
    weight = np.exp(log_likelihood - log_likelihood.max())
    cell = rng.choice(weight.size, size=require_paths(n_draws), p=weight / weight.sum())
    within = (rng.random((2, n_draws)) - 0.5) * _WIDEST * spread / _GRID
    return LocalLevel(
        level=mean[cell] + np.sqrt(variance[cell]) * rng.standard_normal(n_draws),
        permanent_sd=permanent[cell] + within[0],
        transitory_sd=transitory[cell] + within[1],
        n=y.size,
    )


def compute_restricted_likelihood(
    values: FloatArray, permanent_sd: FloatArray, transitory_sd: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean and variance of the last level, and the restricted log likelihood, by pair of spreads.

    Parameters
    ----------
    values : ndarray, shape (n,)
        The series.
    permanent_sd, transitory_sd : ndarray, shape (k,)
        Pairs of spreads, at least one of each pair positive.

    Returns
    -------
    tuple of ndarray, shape (k,)
        Up to a constant that no pair changes.
    """
    since = np.arange(values.size)[::-1]
    walk = np.minimum.outer(since, since)
    covariance = permanent_sd[:, np.newaxis, np.newaxis] ** 2 * walk + transitory_sd[
        :, np.newaxis, np.newaxis
    ] ** 2 * np.eye(values.size)
    both = np.column_stack([np.ones(values.size), values])
    solved = np.linalg.solve(covariance, np.broadcast_to(both, (len(covariance), *both.shape)))
    precision = solved[:, :, 0].sum(axis=1)
    mean = solved[:, :, 1].sum(axis=1) / precision
    squares = solved[:, :, 1] @ values - mean**2 * precision
    log_determinant = np.linalg.slogdet(covariance)[1]
    return mean, 1 / precision, -0.5 * (log_determinant + np.log(precision) + squares)
