"""Where a high likelihood begins, by American growth and Chinese efficiency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from models.race.forecast_surface import ForecastSurface, map_chances
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared.race import TABLES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

GROWTH, GAIN = "us_compute_growth", "efficiency_gain_oom_per_year"
_SHADES = 10
_NEAR = 0.02  # half of the map's step in growth


@dataclass(frozen=True)
class LikelihoodMap:
    """The chance to have led by January 2031, with two sliders moved together.

    Attributes
    ----------
    grid : DataFrame
        A row for each pair of values.
    growth, gain : float
        Where the sliders start: times a year, orders of magnitude a year.
    likely_from : float
        Probability from which a chance is a high likelihood.
    n_members : int
        Members of the pool; the sliders move one of them.
    """

    grid: pd.DataFrame
    growth: float
    gain: float
    likely_from: float
    n_members: int

    @property
    def highest(self) -> float:
        """Highest chance of a Chinese lead by January 2031 anywhere on the map.

        A share of 1.
        """
        return float(self.grid["held"].max())

    @property
    def needed_gain(self) -> float | None:
        """Least gain that gives a high likelihood at the baseline's growth; None if none does."""
        near = self.grid[np.isclose(self.grid[GROWTH], self.growth, atol=_NEAR)]
        enough = near.loc[near["held"] >= self.likely_from, GAIN]
        return float(enough.min()) if len(enough) else None


def map_likelihood(surface: ForecastSurface, *, likely_from: float) -> LikelihoodMap:
    """Move American growth and the efficiency gain over their ranges together.

    Parameters
    ----------
    surface : ForecastSurface
        The surface, with the parameters where its sliders start.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """
    start = surface.parameters
    grid = map_chances(surface, start, (GROWTH, GAIN))
    return LikelihoodMap(
        grid,
        start.us_compute_growth,
        start.efficiency_gain_oom_per_year,
        likely_from,
        len(surface.members) + 1,
    )


def draw_map(likelihood: LikelihoodMap) -> Drawing:
    """Draw the chance as shades, a line where a high likelihood begins, and the baseline."""
    figure, axes = style.new_figure(3.8)
    wide = likelihood.grid.pivot_table(index=GAIN, columns=GROWTH, values="held")
    shades = axes.contourf(wide.columns, wide.index, 100 * wide, levels=_SHADES,
                           cmap="cividis")  # fmt: skip
    if likelihood.highest > likelihood.likely_from:
        lines = axes.contour(wide.columns, wide.index, 100 * wide,
                             levels=[100 * likelihood.likely_from], colors="white")  # fmt: skip
        axes.clabel(lines, fmt=f"{likelihood.likely_from:.0%}%")
    _mark_baseline(axes, (likelihood.growth, likelihood.gain))
    figure.colorbar(shades, format="{x:.0f}%")
    axes.set(xlabel="American inflow of compute, times a year",
             ylabel="Efficiency gain, factors of 10 a year")  # fmt: skip
    return Drawing(figure, likelihood.grid, tables=TABLES)


def _mark_baseline(axes: Axes, place: tuple[float, float]) -> None:
    axes.plot(*place, "o", color="white")
    axes.annotate("baseline", place, xytext=(6, 4), textcoords="offset points", color="white")
