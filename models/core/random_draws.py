"""Random draws that agree with an estimate's own interval.

Draws are made from standard normal scores, so that the caller decides which
quantities move together.
"""

import numpy as np
from scipy.special import ndtr, ndtri

from models.core.arrays import FloatArray, require_bounded, require_paths
from models.core.distributions import normal_quantile
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, IntervalKind
from models.core.input_checks import require_level


def draw_normal(estimate: Estimate, scores: FloatArray) -> FloatArray:
    """Draw from the normal distribution that an estimate stands for.

    Two half-normals meet at the estimate's value, one for each side of the
    interval, so that the draws' median and both interval ends are the
    estimate's own (Wallis 2014, "The two-piece normal"; here each half keeps
    probability one half).

    Parameters
    ----------
    estimate : Estimate
        Value and interval, in any unit.
    scores : ndarray
        Standard normal scores, of any shape.

    Returns
    -------
    ndarray
        Draws in the unit of the estimate, shaped as `scores`.

    Raises
    ------
    ModelInputError
        If the value lies outside its interval, or a score is not finite.
    """
    _require_value_inside(estimate)
    return _two_piece(estimate.value, estimate.low, estimate.high, estimate.level, scores)


def draw_lognormal(estimate: Estimate, scores: FloatArray) -> FloatArray:
    """Draw from the log-normal distribution that a positive estimate stands for.

    As `draw_normal` on the logarithm: the median and both interval ends are
    the estimate's own.

    Raises
    ------
    ModelInputError
        If the interval reaches 0 or less, the value lies outside it, or a
        score is not finite.
    """
    _require_value_inside(estimate)
    if estimate.low <= 0:
        raise ModelInputError(f"a log-normal needs an interval above 0, got low {estimate.low}")
    middle, low, high = (float(np.log(x)) for x in (estimate.value, estimate.low, estimate.high))
    return np.exp(_two_piece(middle, low, high, estimate.level, scores))


def draw_uniform(estimate: Estimate, scores: FloatArray) -> FloatArray:
    """Draw evenly between the ends of an estimate: for a range that is a judgement.

    Raises
    ------
    ModelInputError
        If a score is not finite.
    """
    share = ndtr(require_bounded(scores, "scores"))
    return np.asarray(estimate.low + share * (estimate.high - estimate.low))


def draw_within_factor(
    median: float, factor: float, rng: np.random.Generator, *, n_paths: int
) -> FloatArray:
    """Draws of a judged positive quantity: log-normal, 90% within a factor of its median.

    Parameters
    ----------
    median : float
        Centre of the judgement; 0 gives zeros.
    factor : float
        The 5th percentile is the median divided by it, the 95th the median times it.

    Raises
    ------
    ModelInputError
        If the median is negative or the factor below 1.
    """
    centre = float(require_bounded(median, "median", low=0))
    log_sd = np.log(float(require_bounded(factor, "factor", low=1))) / normal_quantile(0.95)
    return np.asarray(centre * np.exp(log_sd * rng.standard_normal(require_paths(n_paths))))


def summarise(
    draws: FloatArray, level: float, kind: IntervalKind, n: int, unit: str = ""
) -> Estimate:
    """Median of the draws with the interval that holds `level` of them.

    Raises
    ------
    ModelInputError
        If there is no draw, one is not finite, or the level is not in (0, 1).
    """
    require_level(level)
    shares = [0.5, 0.5 - level / 2, 0.5 + level / 2]
    value, low, high = (float(x) for x in np.quantile(require_bounded(draws, "draws"), shares))
    return Estimate(value, low, high, level, kind, n, unit)


def _two_piece(
    middle: float, low: float, high: float, level: float, scores: FloatArray
) -> FloatArray:
    z = require_bounded(scores, "scores")
    quantile = float(ndtri(0.5 + level / 2))
    spread = np.where(z < 0, middle - low, high - middle) / quantile
    return np.asarray(middle + spread * z)


def _require_value_inside(estimate: Estimate) -> None:
    if not estimate.low <= estimate.value <= estimate.high:
        raise ModelInputError(
            "draws need a value inside its interval, got "
            f"{estimate.value} outside [{estimate.low}, {estimate.high}]"
        )
