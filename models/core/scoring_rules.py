"""Scores of forecasts once the outcome is known; proper: honesty has the best expected score.

A chance is scored by Brier's rule, a distribution by the continuous ranked
probability score (CRPS). A distribution is kept as quantiles in the middle of
steps of equal probability, and scored as the draws that they stand for.
"""

import numpy as np
import numpy.typing as npt

from models.core.distributions import normal_cdf, normal_density, normal_log_density
from models.core.errors import ModelInputError

FloatArray = npt.NDArray[np.float64]
_FEWEST_DRAWS = 2


def compute_mid_levels(n: int) -> FloatArray:
    """Return the levels in the middle of `n` steps of equal probability, shape (n,).

    With quantiles at these levels, `compute_crps_sample` is twice the mean pinball loss
    over the levels (Gneiting and Ranjan 2011, equation 3, as a sum).

    Raises
    ------
    ModelInputError
        If there are fewer than two.
    """
    if n < _FEWEST_DRAWS:
        raise ModelInputError(f"needs {_FEWEST_DRAWS} levels or more, got {n}")
    return (np.arange(n) + 0.5) / n


def compute_brier_score(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> FloatArray:
    """Squared distance of a chance from what happened, 0 (best) to 1; 0.25 for a coin.

    Brier (1950), "Verification of forecasts expressed in terms of probability",
    in the form for two outcomes that counts one of them.

    Parameters
    ----------
    probability : array_like
        Chances, 0 to 1.
    outcome : array_like
        1 or True where it happened, else 0.

    Raises
    ------
    ModelInputError
        If a chance is no probability, or an outcome neither 0 nor 1.
    """
    chance, happened = np.asarray(probability, dtype=float), np.asarray(outcome, dtype=float)
    if not np.all((chance >= 0) & (chance <= 1)):
        raise ModelInputError(f"needs probabilities, got {chance}")
    if not np.all((happened == 0) | (happened == 1)):
        raise ModelInputError(f"needs outcomes 0 or 1, got {happened}")
    return np.asarray((chance - happened) ** 2)


def compute_crps_normal(
    mean: npt.ArrayLike, sd: npt.ArrayLike, outcome: npt.ArrayLike
) -> FloatArray:
    r"""Continuous ranked probability score of a normal forecast.

    .. math:: \sigma \left[ z (2 \Phi(z) - 1) + 2 \varphi(z) - 1/\sqrt{\pi} \right],
        \quad z = (y - \mu) / \sigma

    Gneiting and Raftery (2007), "Strictly Proper Scoring Rules, Prediction, and
    Estimation", equation 21 and the text below it. Same unit as the outcome.

    Raises
    ------
    ModelInputError
        If a standard deviation is not positive.
    """
    spread = np.asarray(sd, dtype=float)
    if not np.all(spread > 0):
        raise ModelInputError(f"needs positive standard deviations, got {spread}")
    z = (np.asarray(outcome, dtype=float) - np.asarray(mean, dtype=float)) / spread
    score = spread * (z * (2 * normal_cdf(z) - 1) + 2 * normal_density(z) - 1 / np.sqrt(np.pi))
    return np.asarray(score)


def compute_crps_sample(draws: npt.ArrayLike, outcome: float) -> float:
    r"""Continuous ranked probability score of a forecast given as draws.

    .. math:: E|X - y| - \tfrac12 E|X - X'|

    Gneiting and Raftery (2007), equation 21.

    Parameters
    ----------
    draws : array_like, shape (n,)
        At least two finite draws.
    outcome : float
        What happened.

    Raises
    ------
    ModelInputError
        If draws are fewer than two or not finite.
    """
    ordered = np.sort(np.asarray(draws, dtype=float).ravel())
    n = ordered.size
    if n < _FEWEST_DRAWS or not np.all(np.isfinite(ordered)):
        raise ModelInputError(f"needs {_FEWEST_DRAWS} finite draws or more, got {n}")
    # The mean absolute difference of all pairs, from the ordered draws.
    pairs = 2 * float(np.sum((2 * np.arange(1, n + 1) - n - 1) * ordered)) / n**2
    return float(np.mean(np.abs(ordered - outcome))) - pairs / 2


def compute_log_density(draws: npt.ArrayLike, outcome: float) -> float:
    r"""Logarithm of the density that a forecast given as draws had at the outcome.

    A normal kernel of Silverman's width, :math:`0.9 \min(s, \mathrm{IQR}/1.34)\,n^{-1/5}`
    (Silverman 1986, *Density Estimation*, equation 3.31). Larger is better; the log score of
    Good (1952) is its negative.

    Parameters
    ----------
    draws : array_like, shape (n,)
        At least two finite draws that vary.
    outcome : float
        What happened.

    Raises
    ------
    ModelInputError
        If draws are fewer than two, not finite, or all the same.
    """
    values = np.asarray(draws, dtype=float).ravel()
    if values.size < _FEWEST_DRAWS or not np.all(np.isfinite(values)) or not np.ptp(values) > 0:
        raise ModelInputError(f"needs {_FEWEST_DRAWS} finite draws that vary, got {values.size}")
    quartiles = np.quantile(values, [0.25, 0.75])
    spread = min(float(values.std()), float(np.ptp(quartiles)) / 1.34) or float(values.std())
    width = 0.9 * spread * values.size**-0.2
    logs = normal_log_density((outcome - values) / width)
    return float(np.logaddexp.reduce(logs) - np.log(values.size * width))
