"""Variance-based sensitivity: which input moves a result, alone and together.

Sobol's indices take the inputs as independent; where they are not, read the
indices as those of a model in which they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import sobol as sobol_sample

from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FloatArray = npt.NDArray[np.float64]
_FEWEST_INPUTS = 2


@dataclass(frozen=True)
class SobolIndices:
    """Shares of a result's variance, by input.

    Attributes
    ----------
    indices : DataFrame
        `input`, `first_order` (the input alone), `total` (with all its
        interactions), and the half-widths of their 95% bootstrap intervals,
        `first_order_half_width` and `total_half_width`; the largest total first.
    variance : float
        Variance of the result over the ranges.
    n_evaluations : int
        Times that the result was computed.
    """

    indices: pd.DataFrame
    variance: float
    n_evaluations: int


def compute_sobol_indices(
    result: Callable[[FloatArray], FloatArray],
    ranges: Mapping[str, tuple[float, float]],
    *,
    seed: int,
    n_base: int = 1024,
) -> SobolIndices:
    """First-order and total Sobol indices over uniform, independent ranges.

    Saltelli's sampling scheme on a scrambled Sobol sequence (Saltelli et al.
    2010, "Variance based sensitivity analysis of model output"), by SALib.

    Parameters
    ----------
    result : callable
        Takes an array of shape (n, k), one column for each input in the order
        of `ranges`; returns an array of shape (n,).
    ranges : mapping of str to (float, float)
        Low and high end of each input.
    seed : int
        Seed of the sequence's scrambling and of the bootstrap.
    n_base : int
        Base sample, a power of two; the result is computed n_base (k + 2) times.

    Raises
    ------
    ModelInputError
        If there are fewer than two inputs, a range is empty, `n_base` is not a
        power of two, or the result is not finite or does not vary.
    """
    _require_ranges(ranges)
    if n_base < 2 or n_base & (n_base - 1):  # noqa: PLR2004
        raise ModelInputError(f"n_base must be a power of two, got {n_base}")
    problem = {
        "num_vars": len(ranges),
        "names": list(ranges),
        "bounds": [list(ends) for ends in ranges.values()],
    }
    inputs = sobol_sample.sample(problem, n_base, calc_second_order=False, seed=seed)
    outcome = np.asarray(result(inputs), dtype=float)
    if not np.all(np.isfinite(outcome)) or not np.ptp(outcome) > 0:
        raise ModelInputError("needs a result that is finite and varies over the ranges")
    found = sobol_analysis.analyze(
        problem, outcome, calc_second_order=False, conf_level=0.95, seed=seed
    )
    table = pd.DataFrame(
        {
            "input": list(ranges),
            "first_order": found["S1"],
            "first_order_half_width": found["S1_conf"],
            "total": found["ST"],
            "total_half_width": found["ST_conf"],
        }
    ).sort_values("total", ascending=False, kind="stable", ignore_index=True)
    return SobolIndices(table, float(outcome.var()), len(outcome))


def _require_ranges(ranges: Mapping[str, tuple[float, float]]) -> None:
    if len(ranges) < _FEWEST_INPUTS:
        raise ModelInputError(f"needs {_FEWEST_INPUTS} inputs or more, got {list(ranges)}")
    for name, (low, high) in ranges.items():
        if not low < high:
            raise ModelInputError(f"the range of {name!r} is empty: {low} to {high}")
