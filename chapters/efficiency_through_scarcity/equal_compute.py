"""Whether Chinese models score more than US models of equal training compute and date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.capability.premium_permutation import shuffle_countries
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.compared_models import (
    DEVELOPER,
    ComparedModels,
    measure_premium,
)
from chapters.efficiency_through_scarcity.marks import label_country
from chapters.efficiency_through_scarcity.sides import Side, side_of
from chapters.shared.countries import COLOURS, PAIR

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from models.capability.compute_efficiency import Premium
    from models.core.hypothesis import HypothesisTest


@dataclass(frozen=True)
class EqualCompute:
    """The premium of Chinese models at equal training compute and date.

    Attributes
    ----------
    fit : Premium
        Chinese over US models at equal training compute and date.
    shuffled : HypothesisTest
        Test of no Chinese premium at equal compute, by shuffling countries among developers.
    excess : pandas.DataFrame
        Points of each model above the line of the US models.
    """

    fit: Premium
    shuffled: HypothesisTest
    excess: pd.DataFrame

    @property
    def side(self) -> Side:
        """On which side of zero the premium's interval lies."""
        return side_of(self.fit.premium)

    @property
    def n_models(self) -> int:
        """Models compared."""
        return len(self.excess)

    @property
    def factor_is_bounded(self) -> bool:
        """Whether the premium can be said as a factor of compute."""
        return self.fit.compute_multiplier is not None


def estimate_equal_compute(
    models: ComparedModels, *, level: float, rng: np.random.Generator
) -> EqualCompute:
    """Estimate the Chinese premium at equal compute.

    Parameters
    ----------
    models : ComparedModels
        The models; those with known compute are compared.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        Shuffles the countries.

    Raises
    ------
    ModelInputError
        If a country has fewer than 3 models.
    """
    known = models.known
    fit = measure_premium(known, level=level)
    is_chinese = (known["country"] == "CHN").to_numpy()
    excess = known[["model", "country", "date"]].assign(
        points=fit.regression.residuals + fit.premium.value * is_chinese
    )
    return EqualCompute(fit, shuffle_countries(known, rng=rng, cluster=DEVELOPER), excess)


def draw_equal_compute(found: EqualCompute) -> Drawing:
    """Draw each model's points above the line of the US models.

    Parameters
    ----------
    found : EqualCompute
        What was estimated.
    """
    figure, axes = style.new_figure(3.6)
    axes.axhline(0, color=style.REFERENCE_COLOUR, linewidth=1.5)
    for place, country in enumerate(reversed(PAIR)):
        side = found.excess[found.excess["country"] == country]
        axes.plot(side["date"], side["points"], "o", color=COLOURS[country], alpha=0.75, ms=5)
        label_country(axes, country, place=place, side="right", count=len(side))
    style.year_ticks(axes)
    axes.set(xlabel="Release", ylabel="Index points above the US line")
    return Drawing(figure, found.excess, ("capability_index",))
