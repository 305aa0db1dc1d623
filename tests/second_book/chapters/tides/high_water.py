"""How high the water stands in a year."""

from dataclasses import dataclass

import pandas as pd

from chapters.shared.estimates import Estimate, estimate_mean
from overtake.chapter import style
from overtake.chapter.figures import Drawing


@dataclass(frozen=True)
class HighWater:
    """The highest level of each year, and their mean."""

    mean: Estimate
    years: pd.DataFrame

    @property
    def highest(self) -> float:
        """Highest level of any year, cm."""
        return float(self.years["level"].max())

    @property
    def threatens_quay(self) -> bool:
        """Whether the mean is above the quay, which stands at 335 cm."""
        return self.mean.value > 335


def estimate_level(sea_levels: pd.DataFrame, *, first_year: int, surge: float) -> HighWater:
    """Return the mean of the highest levels since a year, with what wind adds."""
    years = sea_levels.loc[sea_levels["year"] >= first_year, ["year", "level"]]
    years = years.assign(level=years["level"] + surge)
    return HighWater(estimate_mean(list(years["level"]), "cm"), years)


def draw_level(water: HighWater) -> Drawing:
    """Draw the level of each year."""
    figure, axes = style.new_figure(2.5)
    axes.plot(water.years["year"].astype(int), water.years["level"], "o-")
    axes.set(xlabel="Year", ylabel="cm above the mark")
    return Drawing(figure, water.years, ("sea_levels",))
