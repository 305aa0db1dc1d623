r"""A short series as a level that wanders, seen through noise.

The local level model (Harvey 1989, *Forecasting, Structural Time Series Models
and the Kalman Filter*, section 2.3):

.. math::
    y_t = \mu_t + \varepsilon_t, \qquad \mu_t = \mu_{t-1} + \eta_t

Its two spreads say which part of a change stays and which part is undone by
the next one. Ten observations cannot tell them apart, so they are drawn from a
posterior and not fixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.core.arrays import FloatArray, require_bounded, require_paths
from models.core.errors import ModelInputError
from models.core.random_draws import summarise

if TYPE_CHECKING:
    from models.core.estimates import Estimate

_FEWEST = 4
_GRID = 200


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
    r"""Draw from the posterior under priors that know neither level nor unit of the series.

    The priors are flat on the level and on the logarithm of the overall spread, and
    half-Cauchy on the ratio of the two spreads (Gelman 2006, *Bayesian Analysis* 1): so the
    intervals hold as often as they say whatever the level and the spread.

    Given :math:`\sigma_\eta = \sigma \sin \varphi` and
    :math:`\sigma_\varepsilon = \sigma \cos \varphi`, the deviations from the last level have
    covariance :math:`V_{ij} = \sigma_\varepsilon^2 [i=j] + \sigma_\eta^2 \min(T-i, T-j)`. The
    angle has the restricted likelihood with the overall spread integrated out, on a grid;
    given the angle, the squared spread is a scaled inverse chi-squared, and the last level
    normal around its generalised least-squares mean.

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
    y = require_series(values)
    angles = np.pi / 2 * (np.arange(_GRID) + 0.5) / _GRID
    permanent, transitory = np.sin(angles), np.cos(angles)
    centre = y.mean()  # taken off: a series far from zero loses no digits
    given = solve_level(y - centre, permanent, transitory)
    freedom = y.size - 1
    log_likelihood = -0.5 * (given.log_volume + freedom * np.log(given.squares))
    weight = np.exp(log_likelihood - log_likelihood.max())
    cell = rng.choice(weight.size, size=require_paths(n_draws), p=weight / weight.sum())
    spread = np.sqrt(given.squares[cell] / rng.chisquare(freedom, n_draws))
    error = spread * np.sqrt(given.variance[cell]) * rng.standard_normal(n_draws)
    return LocalLevel(
        level=centre + given.mean[cell] + error,
        permanent_sd=spread * permanent[cell],
        transitory_sd=spread * transitory[cell],
        n=y.size,
    )


def require_series(values: npt.ArrayLike) -> FloatArray:
    """Return a series that a level can be fitted to.

    Parameters
    ----------
    values : array_like, shape (n,)
        Equally spaced observations in order.

    Raises
    ------
    ModelInputError
        If there are fewer than four observations, one is not finite, or none varies.
    """
    y = require_bounded(values, "values").ravel()
    if y.size < _FEWEST or not np.ptp(y) > 0:
        raise ModelInputError(f"needs {_FEWEST} values or more that vary, got {y.tolist()}")
    return y


@dataclass(frozen=True)
class LevelGivenSpreads:
    """The last level and the likelihood, for each pair of spreads.

    Attributes
    ----------
    mean, variance : ndarray, shape (k,)
        Of the last level.
    log_volume, squares : ndarray, shape (k,)
        Minus twice the restricted log likelihood is their sum, up to a constant; `squares`
        is the part that scales with one over the spreads' squares.
    """

    mean: FloatArray
    variance: FloatArray
    log_volume: FloatArray
    squares: FloatArray


def solve_level(
    values: FloatArray, permanent_sd: FloatArray, transitory_sd: FloatArray
) -> LevelGivenSpreads:
    """Find the last level and the restricted likelihood, by pair of spreads.

    Parameters
    ----------
    values : ndarray, shape (n,)
        The series.
    permanent_sd, transitory_sd : ndarray, shape (k,)
        Pairs of spreads, the second positive.
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
    return LevelGivenSpreads(
        mean=mean,
        variance=1 / precision,
        log_volume=np.linalg.slogdet(covariance)[1] + np.log(precision),
        squares=solved[:, :, 1] @ values - mean**2 * precision,
    )
