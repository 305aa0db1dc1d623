"""How far the index itself errs: the margin by which a lead must be seen to be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.capability.index_error import estimate_index_error, fit_without
from models.capability.index_standing import line_up
from models.core.distributions import normal_quantile

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_DRAWS = 40
_LEVEL = 0.90


def measure_ruler_error(
    scores: pd.DataFrame, vintages: pd.DataFrame, *, rng: np.random.Generator
) -> float:
    """Return the standard deviation of the difference of two models' scores, in points.

    The two are the best models of the two countries on the newest index; benchmarks and
    models are resampled as in `models.capability.index_error`.

    Parameters
    ----------
    scores, vintages : DataFrame
        Tables ``index_scores`` and ``index_vintages``.
    rng : numpy.random.Generator
        Source of the draws.

    Raises
    ------
    ModelInputError
        As `models.capability.index_error.estimate_index_error`.
    """
    day = scores["vintage"].max()
    matrix, fit = fit_without(scores[scores["vintage"] == day], ())
    field = line_up(vintages[vintages["vintage"] == day])
    error = estimate_index_error(matrix, fit, field, rng=rng, draws=_DRAWS, level=_LEVEL)
    pair = error.gap_of_pair
    return float((pair.high - pair.value) / normal_quantile(0.5 + pair.level / 2))
