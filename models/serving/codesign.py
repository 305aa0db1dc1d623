"""What each measure of co-design saves on which chip, alone, in a row, and on average.

A design is a set of measures. The cost of serving is computed for every set, so
that what a measure saves can be told for any order in which the measures come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import factorial

import numpy as np
import pandas as pd

from models.core import units
from models.core.arrays import FloatArray, positive
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.random_draws import summarise
from models.serving.roofline import Accelerator
from models.serving.serving_conditions import Conditions
from models.serving.serving_cost import chip_hours_per_million_output_tokens
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
        positive(self.chip_hours, "chip_hours")
        expected = (len(self.chips), 2 ** len(self.measures))
        if self.chip_hours.shape[:2] != expected or self.chip_hours.ndim != len(expected) + 1:
            raise ModelInputError(
                f"costs need shape {expected} by draws, got {self.chip_hours.shape}"
            )

    @property
    def log_hours(self) -> FloatArray:
        """Natural logarithm of the hours."""
        return np.log(self.chip_hours)

    def chip_position(self, chip: str) -> int:
        """Return the place of a chip in `chip_hours`.

        Raises
        ------
        ModelInputError
            If the chip is not there.
        """
        if chip not in self.chips:
            raise ModelInputError(f"needs one of {self.chips}, got {chip!r}")
        return self.chips.index(chip)


def with_measures(
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


def design_costs(
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
        As `with_measures` and `chip_hours_per_million_output_tokens`.
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


def whole_savings(
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
        As `design_costs`.
    """
    bare, full = (
        np.array([_hours(c, target, conditions, plain, measures, seconds_per_token) for c in chips])
        for measures in ((), tuple(MEASURES))
    )
    return np.asarray(bare / full)


def shapley_savings(costs: DesignCosts) -> FloatArray:
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


def ladder_savings(costs: DesignCosts, order: Sequence[str]) -> FloatArray:
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


def extreme_savings(costs: DesignCosts) -> tuple[FloatArray, FloatArray]:
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


def savings_table(
    costs: DesignCosts, order: Sequence[str], *, reference: str, level: float
) -> pd.DataFrame:
    """Tabulate what each measure saves on each chip, and against a reference chip.

    Parameters
    ----------
    order : sequence of str
        Order of the ladder.
    reference : str
        Chip with which the others are compared.
    level : float
        Share of the draws that an interval holds.

    Returns
    -------
    DataFrame
        One row for each chip and measure, and one of each chip with measure
        "all": `chip`, `measure`; the average factor saved and its interval as
        `factor`, `low`, `high`; `in_order`, what it saves in the ladder; `least`
        and `greatest` beside any set of the others; and the average factor over
        that of the reference chip, `against`, `against_low`, `against_high`.

    Raises
    ------
    ModelInputError
        If the reference is no chip of the costs, or as `ladder_savings`.
    """
    average = _with_whole(shapley_savings(costs))
    in_order = np.exp(np.median(_with_whole(ladder_savings(costs, order)), axis=2))
    least, greatest = (np.exp(x) for x in extreme_savings(costs))
    against = average - average[costs.chip_position(reference)]
    rows = []
    for c, chip in enumerate(costs.chips):
        for i, measure in enumerate((*costs.measures, "all")):
            factor = _factor(average[c, i], level)
            ratio = _factor(against[c, i], level)
            whole = measure == "all"
            rows.append(
                (chip, measure, factor.value, factor.low, factor.high, in_order[c, i])
                + ((in_order[c, i],) * 2 if whole else (least[c, i], greatest[c, i]))
                + (ratio.value, ratio.low, ratio.high)
            )
    columns = ["chip", "measure", "factor", "low", "high", "in_order", "least", "greatest"]
    return pd.DataFrame(rows, columns=[*columns, "against", "against_low", "against_high"])


def whole_saving(costs: DesignCosts, chip: str, *, level: float) -> Estimate:
    """Factor by which all measures together lower the cost on a chip.

    Raises
    ------
    ModelInputError
        If the chip is not there, or the level is not in (0, 1).
    """
    return _factor(_whole(costs)[costs.chip_position(chip)], level)


def saving_against(costs: DesignCosts, chip: str, reference: str, *, level: float) -> Estimate:
    """Compare the saving of all measures on a chip with that on a reference chip.

    Above 1, the measures gain more on the chip than on the reference.

    Raises
    ------
    ModelInputError
        If a chip is not there, or the level is not in (0, 1).
    """
    whole = _whole(costs)
    difference = whole[costs.chip_position(chip)] - whole[costs.chip_position(reference)]
    return _factor(difference, level)


def _factor(log_draws: FloatArray, level: float) -> Estimate:
    return summarise(np.exp(log_draws), level, "range", 0, units.TIMES)


def _whole(costs: DesignCosts) -> FloatArray:
    return np.asarray(costs.log_hours[:, 0] - costs.log_hours[:, -1])


def _with_whole(savings: FloatArray) -> FloatArray:
    return np.concatenate([savings, savings.sum(axis=1, keepdims=True)], axis=1)


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
    return chip_hours_per_million_output_tokens(
        chip,
        with_measures(target, measures, plain),
        conditions,
        seconds_per_token=seconds_per_token,
        spares_links="links" in measures,
    )
