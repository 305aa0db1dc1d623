"""The premium under every combination of seven choices, and whether chance makes such a curve."""

from dataclasses import dataclass

import numpy as np

from chapters.efficiency_through_scarcity.compared_models import ComparedModels
from chapters.efficiency_through_scarcity.curves import Curve, draw_curve
from models.capability import premium_specifications
from overtake.chapter.figures import Drawing


@dataclass(frozen=True)
class PremiumCurve(Curve):
    """The premium under every specification.

    Attributes
    ----------
    result : SpecificationCurve
        Estimates in index points.
    p_value : float
        Of a middle estimate so far from zero with countries shuffled among developers.
    n_developers : int
        Developers that were shuffled.
    """

    p_value: float
    n_developers: int


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
    every = premium_specifications.premium_curve(
        models.dated, rng=rng, replications=replications, level=level
    )
    return PremiumCurve(every.curve, every.p_value, every.n_developers)


def draw_premium_curve(curve: PremiumCurve) -> Drawing:
    """Draw the premium's specification curve.

    Parameters
    ----------
    curve : PremiumCurve
        What was estimated.
    """
    figure = draw_curve(curve, label="Premium, index points")
    return Drawing(figure, curve.result.table, ("capability_index", "distilled_models"))
