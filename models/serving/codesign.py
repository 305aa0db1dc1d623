"""What each measure of co-design saves on which chip, alone, in a row, and on average.

A design is a set of measures. The cost of serving is computed for every set, so
that what a measure saves can be told for any order in which the measures come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

from models.core.arrays import FloatArray, require_positive
from models.core.errors import ModelInputError
from models.serving.serving_cost import compute_chip_hours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.serving.roofline import Accelerator
    from models.serving.serving_conditions import Conditions
    from models.serving.transformer import Architecture

MEASURES: Mapping[str, str] = {
    "experts": "Mixture of experts",
    "precision": "8-bit weights",
    "cache": "Latent KV cache",
    "attention": "Sparse attention",
    "links": "Parallelism that spares links",
}
"""The measures by name, in the order of the ladder, with their labels."""

_SIXTEEN_BIT = 2.0


@dataclass(frozen=True)
class PlainDesign:
    """What a model has in place of the measures.

    Attributes
    ----------
    parameters : float
        Parameters of the dense model.
    cache_heads : float
        Key-value heads that it caches: all its heads, or fewer for grouped queries.
    """

    parameters: float
    cache_heads: float


@dataclass(frozen=True)
class DesignCosts:
    """Cost of serving under every set of measures, in hours of the chip.

    Attributes
    ----------
    chip_hours : ndarray, shape (chips, 2**measures, draws)
        Hours for a million output tokens. A set's position is the sum of 2**i
        over its measures i: 0 has none, the last has all.
    chips : tuple of str
        Names of the chips.
    measures : tuple of str
        Names of the measures.

    Raises
    ------
    ModelInputError
        If a cost is not positive, or the shape does not fit the names.
    """

    chip_hours: FloatArray
    chips: tuple[str, ...]
    measures: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse costs that do not belong to the names."""
        require_positive(self.chip_hours, "chip_hours")
        expected = (len(self.chips), 2 ** len(self.measures))
        if self.chip_hours.shape[:2] != expected or self.chip_hours.ndim != len(expected) + 1:
            raise ModelInputError(
                f"costs need shape {expected} by draws, got {self.chip_hours.shape}"
            )

    @property
    def log_hours(self) -> FloatArray:
        """Natural logarithm of the hours."""
        return np.log(self.chip_hours)


def apply_measures(
    target: Architecture, measures: Sequence[str], plain: PlainDesign
) -> Architecture:
    """Return the target model with only the given measures of its design.

    Without experts all parameters work on each token; without 8-bit weights they
    take 16 bits; without a latent cache each layer caches heads; without sparse
    attention a token attends to all cached ones. Layers, hidden size and heads
    stay as they are.

    Parameters
    ----------
    target : Architecture
        Model that has all measures.
    measures : sequence of str
        Names out of `MEASURES`; "links" is no part of an architecture.
    plain : PlainDesign
        What stands in place of a measure.

    Raises
    ------
    ModelInputError
        If a measure is unknown, or the target lacks one of them.
    """
    if unknown := sorted(set(measures) - set(MEASURES)):
        raise ModelInputError(f"needs measures out of {list(MEASURES)}, got {unknown}")
    if not (target.experts and target.latent and target.sparse_attention):
        raise ModelInputError(f"{target.name} lacks a measure, so that it can't be the target")
    mixed, latent = "experts" in measures, "cache" in measures
    return replace(
        target,
        name=f"{target.name} with {', '.join(measures) or 'no measure'}",
        experts=target.experts if mixed else None,
        parameters=target.parameters if mixed else plain.parameters,
        weight_bytes=target.weight_bytes if "precision" in measures else _SIXTEEN_BIT,
        latent=target.latent if latent else None,
        key_value_heads=target.key_value_heads if latent else plain.cache_heads,
        sparse_attention=target.sparse_attention if "attention" in measures else None,
    )


def compute_design_costs(
    chips: Sequence[Accelerator],
    target: Architecture,
    conditions: Conditions,
    plain: PlainDesign,
    *,
    seconds_per_token: float,
) -> DesignCosts:
    """Hours of each chip to serve the target under every set of measures.

    Parameters
    ----------
    conditions : Conditions
        The same draws for all chips and sets, so that ratios keep what they share.
    plain : PlainDesign
        What stands in place of a measure.

    Raises
    ------
    ModelInputError
        As `apply_measures` and `compute_chip_hours`.
    """
    names = tuple(MEASURES)
    hours = [
        [
            _hours(chip, target, conditions, plain, _members(names, position), seconds_per_token)
            for position in range(2 ** len(names))
        ]
        for chip in chips
    ]
    return DesignCosts(np.array(hours), tuple(chip.name for chip in chips), names)


def compute_whole_savings(
    chips: Sequence[Accelerator],
    target: Architecture,
    conditions: Conditions,
    plain: PlainDesign,
    *,
    seconds_per_token: float,
) -> FloatArray:
    """Factor that all measures together save on each chip, without the sets between.

    Returns
    -------
    ndarray, shape (chips, draws)

    Raises
    ------
    ModelInputError
        As `compute_design_costs`.
    """
    bare, full = (
        np.array([_hours(c, target, conditions, plain, measures, seconds_per_token) for c in chips])
        for measures in ((), tuple(MEASURES))
    )
    return np.asarray(bare / full)


def compute_shapley_savings(costs: DesignCosts) -> FloatArray:
    r"""Log of the factor that each measure saves, averaged over all orders of the measures.

    The Shapley value of the log cost, .. math::
        \phi_i = \sum_{S \not\ni i} \frac{|S|!\,(M-|S|-1)!}{M!}
        \,(\ln c_S - \ln c_{S \cup i})

    (Shapley 1953). The values of all measures sum to the log of the whole saving.

    Returns
    -------
    ndarray, shape (chips, measures, draws)
    """
    number = len(costs.measures)
    log_hours = costs.log_hours
    saved = np.zeros((len(costs.chips), number, log_hours.shape[2]))
    for i in range(number):
        for position in _sets_without(number, i):
            size = position.bit_count()
            weight = factorial(size) * factorial(number - size - 1) / factorial(number)
            saved[:, i] += weight * (log_hours[:, position] - log_hours[:, position | 1 << i])
    return saved


def compute_ladder_savings(costs: DesignCosts, order: Sequence[str]) -> FloatArray:
    """Log of the factor that each measure saves when they are added one after another.

    Parameters
    ----------
    order : sequence of str
        All measures, the first to be added first.

    Returns
    -------
    ndarray, shape (chips, measures, draws)
        In the order of `costs.measures`.

    Raises
    ------
    ModelInputError
        If `order` does not name each measure once.
    """
    if sorted(order) != sorted(costs.measures):
        raise ModelInputError(f"an order needs each of {costs.measures} once, got {list(order)}")
    log_hours = costs.log_hours
    saved = np.empty((len(costs.chips), len(order), log_hours.shape[2]))
    position = 0
    for name in order:
        i = costs.measures.index(name)
        saved[:, i] = log_hours[:, position] - log_hours[:, position | 1 << i]
        position |= 1 << i
    return saved


def compute_extreme_savings(costs: DesignCosts) -> tuple[FloatArray, FloatArray]:
    """Least and greatest log factor that each measure saves beside any set of the others.

    Returns
    -------
    tuple of ndarray, each of shape (chips, measures)
        Medians over the draws, of which the least and the greatest set is taken.
    """
    number = len(costs.measures)
    log_hours = costs.log_hours
    beside = np.array(
        [
            [
                np.median(log_hours[:, position] - log_hours[:, position | 1 << i], axis=1)
                for position in _sets_without(number, i)
            ]
            for i in range(number)
        ]
    )
    least, greatest = beside.min(axis=1), beside.max(axis=1)
    return least.T, greatest.T


def _sets_without(number: int, measure: int) -> list[int]:
    return [position for position in range(2**number) if not position >> measure & 1]


def _members(names: Sequence[str], position: int) -> tuple[str, ...]:
    return tuple(name for i, name in enumerate(names) if position >> i & 1)


def _hours(
    chip: Accelerator,
    target: Architecture,
    conditions: Conditions,
    plain: PlainDesign,
    measures: tuple[str, ...],
    seconds_per_token: float,
) -> FloatArray:
    return compute_chip_hours(
        chip,
        apply_measures(target, measures, plain),
        conditions,
        seconds_per_token=seconds_per_token,
        spares_links="links" in measures,
    )
