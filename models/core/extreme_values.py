"""The largest of as many values as were seen: what to expect of it, from the tail below it.

The bootstrap of a maximum is not consistent (Bickel and Freedman 1981). The tail is: above a
threshold, excesses follow a generalised Pareto distribution (Pickands 1975), whose scale and
shape the largest values tell together. So few tell little about the shape, which therefore
has a prior (Coles and Powell 1996): logarithms of sizes, and scores, have thin or bounded
tails. Developers need no care of their own, since clustering leaves the tail's form alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from models.core.arrays import FloatArray

SHARE_IN_TAIL = 0.3
FEWEST_IN_TAIL = 8
SHAPE_PRIOR = (-0.25, 0.2)
"""Mean and standard deviation of the shape: an exponential's is 0, a normal's near -0.15
among some dozens of values, that of a triangle's end -0.5."""
_SHAPES = np.linspace(-0.95, 0.5, 59) + 1e-4
_LOG_SCALES = np.linspace(-1.2, 1.2, 49)


def draw_expected_top(
    values: npt.ArrayLike, *, top: int, rng: np.random.Generator, draws: int
) -> FloatArray:
    """Draw the expected mean of the `top` largest of as many values, from its posterior.

    Parameters
    ----------
    values : array_like, shape (n,)
        Independent values, on a scale on which their tail is thin (logarithms of sizes).
    top : int
        Largest values whose mean is meant; 1 for the maximum.
    rng : numpy.random.Generator
        Source of the draws.
    draws : int
        How many.

    Raises
    ------
    ModelInputError
        If there are fewer than 2 values, or not more than `top`.
    """
    ordered = np.sort(np.asarray(values, dtype=float))[::-1]
    if top < 1 or len(ordered) <= top:
        raise ModelInputError(f"needs more values than the {top} largest, got {len(ordered)}")
    count = min(max(FEWEST_IN_TAIL, top, round(SHARE_IN_TAIL * len(ordered))), len(ordered) - 1)
    threshold, excess = ordered[count], ordered[:count] - ordered[count]
    if not excess.mean() > 0:  # all alike
        return np.full(draws, threshold)
    shapes, scales = _draw_tail(excess, rng, draws)
    # Values above the threshold in another sample of the same size.
    expected = rng.gamma(count, size=draws)
    ranks = np.arange(1, top + 1)[:, np.newaxis]
    powers = np.exp(gammaln(ranks - shapes) - gammaln(ranks)).mean(axis=0)
    return np.asarray(threshold + scales * (expected**shapes * powers - 1) / shapes)


def _draw_tail(
    excess: FloatArray, rng: np.random.Generator, draws: int
) -> tuple[FloatArray, FloatArray]:
    """Shapes and scales of a generalised Pareto distribution, from their posterior on a grid."""
    shapes = _SHAPES[:, np.newaxis]
    # A distribution of this shape and scale has the mean that was seen, but for a factor.
    scales = excess.mean() * (1 - shapes) * np.exp(_LOG_SCALES)
    base = 1 + shapes[..., np.newaxis] * excess / scales[..., np.newaxis]
    possible = (base > 0).all(axis=-1)
    logs = np.log(np.where(base > 0, base, 1)).sum(axis=-1)
    likelihood = -len(excess) * np.log(scales) - (1 + 1 / shapes) * logs
    mean, sd = SHAPE_PRIOR
    posterior = np.where(possible, likelihood - ((shapes - mean) / sd) ** 2 / 2, -np.inf)
    weights = np.exp(posterior - posterior.max()).ravel()
    cells = rng.choice(weights.size, size=draws, p=weights / weights.sum())
    rows, columns = np.unravel_index(cells, posterior.shape)
    return _SHAPES[rows], scales[rows, columns]
