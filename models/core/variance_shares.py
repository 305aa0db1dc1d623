r"""Which group of inputs carries the variance of a result: shares that add up to one.

Sobol's indices of groups that act together do not add up to one. Shapley effects do: each
group gets what it adds to the variance explained, averaged over all orders in which the
groups can become known (Owen 2014, "Sobol' indices and Shapley value"; Song, Nelson and
Staum 2016, "Shapley effects for global sensitivity analysis"). With few groups all orders
are counted. What a set S of groups explains is

.. math:: v(S) = \mathrm{Var}\,E[Y \mid X_S] = \mathrm{Cov}(Y, Y')

for two results that share the inputs of S and nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.core.arrays import FloatArray

_BLOCKS = 20


@dataclass(frozen=True)
class VarianceShare:
    """What one group of inputs carries of the variance.

    The error is found by a jackknife over blocks of draws.

    Attributes
    ----------
    group : str
        Its name.
    share : float
        Share of the variance; all shares add up to 1.
    error : float
        Standard error of its share of the variance, from the finite number of draws.
    """

    group: str
    share: float
    error: float


def compute_variance_shares(
    outcomes: npt.ArrayLike, groups: Sequence[str]
) -> tuple[VarianceShare, ...]:
    """Shapley effects of groups of inputs, from results with the groups' draws exchanged.

    Parameters
    ----------
    outcomes : array_like, shape (2 ** number of groups, n)
        Row m holds the results in which group j has its first draws if bit j of m is set,
        and its second draws if not. Columns are independent.
    groups : sequence of str
        Names, in the order of the bits.

    Returns
    -------
    tuple of VarianceShare
        In the order of `groups`.

    Raises
    ------
    ModelInputError
        If the shape does not fit, draws are fewer than 20, or the result does not vary.
    """
    results = np.asarray(outcomes, dtype=float)
    rows = 1 << len(groups)
    if len(groups) < 2 or results.ndim != 2 or len(results) != rows or results.shape[1] < _BLOCKS:  # noqa: PLR2004
        raise ModelInputError(
            f"needs {rows} rows of {_BLOCKS} draws or more for {len(groups)} groups, "
            f"got shape {results.shape}"
        )
    if not results.var() > 0:
        raise ModelInputError("a result that does not vary has no shares of variance")
    shares = _shares(results, len(groups))
    blocks = np.array_split(np.arange(results.shape[1]), _BLOCKS)
    left_out = np.array(
        [_shares(np.delete(results, block, axis=1), len(groups)) for block in blocks]
    )
    errors = np.sqrt((_BLOCKS - 1) * left_out.var(axis=0))
    return tuple(
        VarianceShare(name, float(share), float(error))
        for name, share, error in zip(groups, shares, errors, strict=True)
    )


def _shares(results: FloatArray, k: int) -> FloatArray:
    explained = _explained(results, k)
    shares = np.zeros(k)
    for group in range(k):
        for known in range(1 << k):
            if known >> group & 1:
                continue
            size = known.bit_count()
            weight = math.factorial(size) * math.factorial(k - size - 1) / math.factorial(k)
            shares[group] += weight * (explained[known | 1 << group] - explained[known])
    return np.asarray(shares / explained[-1])


def _explained(results: FloatArray, k: int) -> FloatArray:
    """Return the variance that each set of groups explains, sets numbered by their bits."""
    centred = results - results.mean()
    products = centred @ centred.T / results.shape[1]
    everything = (1 << k) - 1
    rows = np.arange(1 << k)
    explained = np.array([products[rows, rows ^ (everything ^ known)].mean() for known in rows])
    # Results that share nothing do not vary together: what they seem to is the draws' chance.
    return np.asarray(explained - explained[0])
