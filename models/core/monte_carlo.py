"""How far the seed of a simulation moves what is read off its draws, and the digits that are left.

The digit that another seed would change is no knowledge and is not printed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.core.errors import ModelInputError
from models.core.input_checks import require_level

if TYPE_CHECKING:
    from models.core.estimates import Estimate

MOST_DIGITS = 2
_BATCHES = 10
FEWEST_DRAWS = 4 * _BATCHES
"""Draws below which the ends of an interval tell no error of their own."""


def measure_end_error(draws: npt.ArrayLike, *, level: float) -> float:
    """Return the larger standard error of the two ends of a percentile interval.

    By batch means (Glynn and Whitt 1991): the ends are read off ten parts of the draws.

    Parameters
    ----------
    draws : array_like, shape (n,)
        Independent, at least 40.
    level : float
        Of the interval.

    Raises
    ------
    ModelInputError
        If there are fewer draws, or the level is not in (0, 1).
    """
    require_level(level)
    sample = np.asarray(draws, dtype=float)
    if sample.size < FEWEST_DRAWS:
        raise ModelInputError(f"needs {FEWEST_DRAWS} draws, got {sample.size}")
    ends = [
        np.quantile(part, [0.5 - level / 2, 0.5 + level / 2])
        for part in np.array_split(sample, _BATCHES)
    ]
    return float(np.std(ends, axis=0, ddof=1).max() / math.sqrt(_BATCHES))


def count_digits(estimate: Estimate, error: float, *, most: int = MOST_DIGITS) -> int:
    """Return to how many significant digits an estimate and its interval can be printed.

    A unit of the last printed digit is at least the error, in each of the three numbers.

    Parameters
    ----------
    estimate : Estimate
        The number.
    error : float
        Standard error from the seed alone, in its unit; 0 where there is none.
    most : int
        Digits that are printed of what has no such error.

    Raises
    ------
    ModelInputError
        If the error is negative or not finite.
    """
    if not (math.isfinite(error) and error >= 0):
        raise ModelInputError(f"an error is finite and not negative, got {error}")
    shown = [abs(x) for x in (estimate.value, estimate.low, estimate.high) if abs(x) > error]
    if error == 0 or not shown:
        return most if error == 0 else 1
    place = math.ceil(math.log10(error))
    return max(1, min(most, *(math.floor(math.log10(x)) - place + 1 for x in shown)))
