"""The premium under every combination of seven choices, and whether chance makes such a curve."""

from dataclasses import dataclass

import numpy as np

from chapters.efficiency_through_scarcity.compared_models import ComparedModels
from chapters.efficiency_through_scarcity.curves import Curve, draw_curve
from models.capability import premium_specifications
from models.core.hypothesis import HypothesisTest
from overtake.chapter.figures import Drawing


@dataclass(frozen=True)
class PremiumCurve(Curve):
    """The premium under every specification.

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
        """How often shuffled countries give a middle estimate so far from zero."""
        return self.test.p_value

    @property
    def n_developers(self) -> int:
        """Developers that were shuffled."""
        return self.test.n


def estimate_premium_curve(
    models: ComparedModels, *, level: float, rng: np.random.Generator, replications: int = 1000
) -> PremiumCurve:
    """Estimate the premium under every combination of choices.

    Parameters
    ----------
    models : ComparedModels
        The models; all with a date are used.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        Shuffles the countries.
    replications : int, default 1000
        Shuffles.

    Raises
    ------
    ModelInputError
        If the chapter's own specification leaves fewer than 5 models of a country.
    """
    every = premium_specifications.compute_premium_curve(
        models.dated, rng=rng, replications=replications, level=level
    )
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
