"""On which side of a reference value an interval lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd
    from models.core.estimates import Estimate

Side = Literal["above", "below", "around"]
"""Where an interval lies: wholly above the reference, wholly below it, or around it."""


@dataclass(frozen=True)
class SideCounts:
    """How many intervals lie where.

    Attributes
    ----------
    above, below, around : int
        Intervals wholly above the reference, wholly below it, and those that hold it.
    """

    above: int
    below: int
    around: int

    @property
    def total(self) -> int:
        """All intervals."""
        return self.above + self.below + self.around

    @property
    def apart(self) -> int:
        """Intervals that leave the reference out."""
        return self.above + self.below


def side_of(estimate: Estimate, reference: float = 0.0) -> Side:
    """Tell on which side of the reference an interval lies.

    Parameters
    ----------
    estimate : Estimate
        The interval, ends included.
    reference : float, default 0
        In the estimate's unit.
    """
    if estimate.low <= reference <= estimate.high:
        return "around"
    return "above" if estimate.low > reference else "below"


def holds_reference(table: pd.DataFrame, reference: float = 0.0) -> pd.Series[bool]:
    """Tell for each row whether its interval holds the reference.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `low` and `high`.
    reference : float, default 0
        In the table's unit.
    """
    return (table["low"] <= reference) & (table["high"] >= reference)


def count_sides(table: pd.DataFrame, reference: float = 0.0) -> SideCounts:
    """Count the intervals of a table on each side of the reference.

    Parameters
    ----------
    table, reference
        As in `holds_reference`.
    """
    above = int((table["low"] > reference).sum())
    below = int((table["high"] < reference).sum())
    return SideCounts(above, below, len(table) - above - below)
