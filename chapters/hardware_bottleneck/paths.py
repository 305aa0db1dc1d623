"""Random paths by year: how many, over which years, how they are summed up and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.core import random_draws
from models.core.random_draws import summarise
from models.supply import world_stocks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from models.core.arrays import FloatArray
    from models.core.estimates import Estimate

N_PATHS = world_stocks.N_PATHS
"""Paths of every projection of the chapter."""

START_YEAR, END_YEAR = 2025, 2035
"""The first stock is that at the end of the one, the last that at the end of the other."""

YEARS = tuple(range(START_YEAR, END_YEAR + 1))


def judged_amount(centre: float, factor: float, rng: np.random.Generator) -> FloatArray:
    """Draw a judged amount on each path: 90% within a factor of its centre, in its unit."""
    return random_draws.draw_within_factor(centre, factor, rng, n_paths=N_PATHS)


def judged_share(centre: float, factor: float, rng: np.random.Generator) -> FloatArray:
    """Draw a judged share on each path, which never exceeds 1."""
    return np.minimum(judged_amount(centre, factor, rng), 1.0)


def at_end_of(year: int, values: FloatArray, *, level: float, unit: str) -> Estimate:
    """Return median and prediction interval at the end of a year; n counts the paths.

    Parameters
    ----------
    year : int
        One of `YEARS`.
    values : ndarray, shape (n_paths, n_years)
        One column for each of `YEARS`.
    level : float
        Of the prediction interval.
    unit : str
        Of the values.
    """
    return summarise(values[:, year - START_YEAR], level, "prediction", len(values), unit)


def fan(values: FloatArray, level: float) -> pd.DataFrame:
    """Return median, interval and middle half by year: columns median, low, high, q25, q75, year.

    Parameters
    ----------
    values : ndarray, shape (n_paths, n_years)
        One column for each of `YEARS`.
    level : float
        Of the interval from low to high.
    """
    shares = [0.5, 0.5 - level / 2, 0.5 + level / 2, 0.25, 0.75]
    ends = np.quantile(values, shares, axis=0).T
    table = pd.DataFrame(ends, columns=["median", "low", "high", "q25", "q75"])
    return table.assign(year=YEARS)


def draw_fan(axes: Axes, table: pd.DataFrame, colour: str) -> None:
    """Draw a fan: its median as a line, the interval pale, the middle half darker."""
    for low, high, alpha in (("low", "high", 0.15), ("q25", "q75", 0.3)):
        axes.fill_between(table["year"], table[low], table[high], color=colour, alpha=alpha, lw=0)
    axes.plot(table["year"], table["median"], color=colour)


def height_at(year: float, table: pd.DataFrame, column: str = "median") -> tuple[float, float]:
    """Return a point on a line of a fan, to be labelled."""
    return year, float(np.interp(year, table["year"], table[column]))
