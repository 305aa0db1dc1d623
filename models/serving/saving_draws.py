"""Intervals of what the measures of co-design save, from the costs under every draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.core import units
from models.core.errors import ModelInputError
from models.core.random_draws import summarise
from models.serving.codesign import (
    DesignCosts,
    compute_extreme_savings,
    compute_ladder_savings,
    compute_shapley_savings,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.core.arrays import FloatArray
    from models.core.estimates import Estimate


@dataclass(frozen=True)
class SavingDraws:
    """What each measure saves on each chip, as log of the factor, under every draw.

    Attributes
    ----------
    chips, measures : tuple of str
        Names of both.
    average : ndarray, shape (chips, measures + 1, draws)
        Averaged over all orders of the measures; the last is the sum of all.
    whole : ndarray, shape (chips, draws)
        What all measures save together, straight from the costs.
    in_order : ndarray, shape (chips, measures + 1)
        Factor saved when the measures are added in a given order, median over the draws.
    least, greatest : ndarray, shape (chips, measures)
        Factor saved beside any set of the others, median over the draws.
    """

    chips: tuple[str, ...]
    measures: tuple[str, ...]
    average: FloatArray
    whole: FloatArray
    in_order: FloatArray
    least: FloatArray
    greatest: FloatArray

    def chip_position(self, chip: str) -> int:
        """Return the place of a chip in `chips`.

        Raises
        ------
        ModelInputError
            If the chip is not there.
        """
        if chip not in self.chips:
            raise ModelInputError(f"needs one of {self.chips}, got {chip!r}")
        return self.chips.index(chip)


def compute_saving_draws(costs: DesignCosts, order: Sequence[str]) -> SavingDraws:
    """Compute what each measure saves on each chip under every draw, for intervals of any level.

    Parameters
    ----------
    order : sequence of str
        Order of the ladder.

    Raises
    ------
    ModelInputError
        As `compute_ladder_savings`.
    """
    least, greatest = (np.exp(x) for x in compute_extreme_savings(costs))
    return SavingDraws(
        costs.chips,
        costs.measures,
        _with_whole(compute_shapley_savings(costs)),
        np.asarray(costs.log_hours[:, 0] - costs.log_hours[:, -1]),
        np.exp(np.median(_with_whole(compute_ladder_savings(costs, order)), axis=2)),
        least,
        greatest,
    )


def tabulate_savings(savings: SavingDraws, *, reference: str, level: float) -> pd.DataFrame:
    """Tabulate what each measure saves on each chip, and against a reference chip.

    Parameters
    ----------
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
        If the reference is none of the chips.
    """
    average, in_order = savings.average, savings.in_order
    against = average - average[savings.chip_position(reference)]
    rows = []
    for c, chip in enumerate(savings.chips):
        for i, measure in enumerate((*savings.measures, "all")):
            factor = _factor(average[c, i], level)
            ratio = _factor(against[c, i], level)
            whole = measure == "all"
            rows.append(
                (chip, measure, factor.value, factor.low, factor.high, in_order[c, i])
                + (
                    (in_order[c, i],) * 2
                    if whole
                    else (savings.least[c, i], savings.greatest[c, i])
                )
                + (ratio.value, ratio.low, ratio.high)
            )
    columns = ["chip", "measure", "factor", "low", "high", "in_order", "least", "greatest"]
    return pd.DataFrame(rows, columns=[*columns, "against", "against_low", "against_high"])


def summarise_whole_saving(savings: SavingDraws, chip: str, *, level: float) -> Estimate:
    """Factor by which all measures together lower the cost on a chip.

    Raises
    ------
    ModelInputError
        If the chip is not there, or the level is not in (0, 1).
    """
    return _factor(savings.whole[savings.chip_position(chip)], level)


def compare_saving(savings: SavingDraws, chip: str, reference: str, *, level: float) -> Estimate:
    """Compare the saving of all measures on a chip with that on a reference chip.

    Above 1, the measures gain more on the chip than on the reference.

    Raises
    ------
    ModelInputError
        If a chip is not there, or the level is not in (0, 1).
    """
    whole = savings.whole
    own, other = (whole[savings.chip_position(name)] for name in (chip, reference))
    return _factor(own - other, level)


def _factor(log_draws: FloatArray, level: float) -> Estimate:
    return summarise(np.exp(log_draws), level, "range", 0, units.TIMES)


def _with_whole(savings: FloatArray) -> FloatArray:
    return np.concatenate([savings, savings.sum(axis=1, keepdims=True)], axis=1)
