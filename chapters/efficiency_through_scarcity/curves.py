"""A result under every combination of choices: what a specification curve says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from overtake.chapter import style

from chapters.efficiency_through_scarcity.sides import SideCounts, count_sides
from chapters.shared import charts

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from models.core.specification_curve import SpecificationCurve


@dataclass(frozen=True)
class ChoiceSpread:
    """How much one choice matters.

    Attributes
    ----------
    choice : str
        Name of the choice.
    spread : float
        Distance between its options' middle estimates, index points or months.
    """

    choice: str
    spread: float


@dataclass(frozen=True)
class Curve:
    """Mean lag of Chinese records under every combination of choices, months.

    Curves of other results are subclasses that say what they are of.

    Attributes
    ----------
    result : SpecificationCurve
        All estimates.
    """

    result: SpecificationCurve

    @property
    def n(self) -> int:
        """Specifications that gave an answer."""
        return len(self.result.table)

    @property
    def smallest(self) -> float:
        """Smallest estimate."""
        return float(self.result.table["value"].min())

    @property
    def largest(self) -> float:
        """Largest estimate."""
        return float(self.result.table["value"].max())

    @property
    def quartiles(self) -> tuple[float, float]:
        """Middle half of the estimates."""
        low, high = self.result.table["value"].quantile([0.25, 0.75])
        return float(low), float(high)

    @property
    def share_below_zero(self) -> float:
        """Share of the estimates below zero, 0 to 1."""
        return float((self.result.table["value"] < 0).mean())

    @property
    def sides(self) -> SideCounts:
        """How many intervals lie above zero, below it, and around it."""
        return count_sides(self.result.table)

    @property
    def widest(self) -> tuple[ChoiceSpread, ...]:
        """How far a choice moves the estimates.

        The one that matters most first.
        """
        medians = self.result.medians_by_option().groupby("choice", sort=False)["median"]
        spreads = medians.max() - medians.min()
        return tuple(ChoiceSpread(str(name), float(spread)) for name, spread in spreads.items())


def draw_curve(curve: Curve, *, label: str) -> Figure:
    """Draw every estimate above the options that made it, with a line at zero.

    Parameters
    ----------
    curve : Curve
        The curve.
    label : str
        What the estimates are, with unit.
    """
    result = curve.result
    figure, axes = charts.specification_chart(result.table, result.choices, label=label)
    axes.axhline(0, color=style.REFERENCE_COLOUR, linewidth=1.5)
    return figure
