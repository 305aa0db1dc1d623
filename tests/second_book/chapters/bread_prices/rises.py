"""How fast a loaf grows dearer."""

from dataclasses import dataclass

import pandas as pd

from chapters.shared.estimates import Estimate, estimate_mean
from overtake.chapter import style
from overtake.chapter.figures import Drawing


@dataclass(frozen=True)
class Rises:
    """The price of a loaf, and what a year adds to it."""

    mean: Estimate
    years: pd.DataFrame


def estimate_rises(loaves: pd.DataFrame, *, pounds: float) -> Rises:
    """Return what a year adds to the price of a loaf of some weight."""
    years = loaves[["year"]].assign(pence=loaves["pence"] * pounds / 4)
    return Rises(estimate_mean(list(years["pence"].diff().dropna()), "pence a year"), years)


def draw_rises(rises: Rises) -> Drawing:
    """Draw the price of each year."""
    figure, axes = style.new_figure(2.5)
    axes.plot(rises.years["year"].astype(int), rises.years["pence"], "o-")
    axes.set(xlabel="Year", ylabel="pence a loaf")
    return Drawing(figure, rises.years, ("loaves",))
