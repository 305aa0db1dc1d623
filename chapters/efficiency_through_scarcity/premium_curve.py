"""The premium under every combination of seven choices, and whether chance makes such a curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.curves import Curve, draw_curve

if TYPE_CHECKING:
    from models.capability.premium_specifications import PremiumFits
    from models.core.hypothesis import HypothesisTest


@dataclass(frozen=True)
class PremiumCurve(Curve):
    """Chinese models' premium at equal compute by every combination of choices, index points.

    Attributes
    ----------
    result : SpecificationCurve
        Estimates in index points.
    test : HypothesisTest
        Of a middle estimate so far from zero with countries shuffled among developers.
    """

    test: HypothesisTest

    @property
    def p_value(self) -> float:
        """Share of shuffles of countries whose middle premium is so far from zero, 0 to 1."""
        return self.test.p_value

    @property
    def n_developers(self) -> int:
        """Developers that were shuffled."""
        return self.test.n


def estimate_premium_curve(fits: PremiumFits, *, level: float) -> PremiumCurve:
    """Estimate the premium under every combination of choices.

    Parameters
    ----------
    fits : PremiumFits
        The regression of each; all models with a date are used.
    level : float
        Of the intervals.
    """
    every = fits.summarise(level)
    return PremiumCurve(every.curve, every.test)


def draw_premium_curve(curve: PremiumCurve) -> Drawing:
    """Draw the premium's specification curve.

    Parameters
    ----------
    curve : PremiumCurve
        What was estimated.
    """
    figure = draw_curve(curve, label="Premium, index points")
    return Drawing(figure, curve.result.table, ("capability_index", "distilled_models"))
