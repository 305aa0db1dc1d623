"""The marks that several of the chapter's figures share: countries' lines, intervals, levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from overtake.chapter import style

from chapters.shared import countries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

Side = Literal["left", "right", "above", "below"]

_FAINT = 0.45
_BAND = 0.2


def draw_country_lines(axes: Axes, rows: pd.DataFrame, value: str) -> None:
    """Draw a line with dots for each country, and a band where the rows have an interval.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Axes to draw into.
    rows : pandas.DataFrame
        Columns `country`, `year` and `value`; with a band, also `low` and `high`.
    value : str
        Column to draw.
    """
    for country, own in rows.groupby("country"):
        colour = countries.COLOURS[str(country)]
        if {"low", "high"} <= set(rows.columns):
            axes.fill_between(
                own["year"], own["low"], own["high"], color=colour, alpha=_BAND, linewidth=0
            )
        axes.plot(own["year"], own[value], color=colour, marker="o", markersize=4)
    style.whole_years(axes)


def draw_median(axes: Axes, rows: pd.DataFrame, value: str) -> None:
    """Draw the median of many countries by year, dashed."""
    axes.plot(
        rows["year"], rows[value], color=countries.COLOURS["other"], linewidth=1.4, linestyle="--"
    )


def label_countries(axes: Axes, places: Mapping[str, tuple[float, float, Side]]) -> None:
    """Write countries' names at their lines.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Axes that hold the lines.
    places : mapping of str to tuple
        Point in data coordinates, and the side of it, by ISO 3166 alpha-3 code.
    """
    for country, (x, y, side) in places.items():
        colour = countries.COLOURS[country]
        style.label_line(axes, (x, y), countries.NAMES[country], colour=colour, side=side)


def draw_intervals(
    axes: Axes,
    places: npt.ArrayLike,
    rows: pd.DataFrame,
    value: str,
    *,
    colours: str | Sequence[str],
    width: float = 5,
) -> None:
    """Draw a dot with a horizontal bar for each row.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Axes to draw into.
    places : array_like
        Height of each row.
    rows : pandas.DataFrame
        Columns `value`, `low` and `high`.
    value : str
        Column of the dots.
    colours : str or sequence of str
        Colour of all rows, or of each.
    width : float
        Width of the bars, in points.
    """
    at = np.asarray(places)
    axes.hlines(at, rows["low"], rows["high"], color=colours, alpha=_FAINT, linewidth=width)
    axes.scatter(rows[value], at, color=colours, s=36, zorder=3)


def draw_upright_intervals(
    axes: Axes, rows: pd.DataFrame, x: str, value: str, *, colour: str, width: float = 5
) -> None:
    """Draw a dot with an upright bar for each row.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Axes to draw into.
    rows : pandas.DataFrame
        Columns `x`, `value`, `low` and `high`.
    x, value : str
        Columns of the places and of the dots.
    colour : str
        Colour of all rows.
    width : float
        Width of the bars, in points.
    """
    axes.vlines(rows[x], rows["low"], rows["high"], color=colour, alpha=_FAINT, linewidth=width)
    axes.plot(rows[x], rows[value], "o", color=colour, markersize=5)


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """Name rows from top to bottom, without a line across for each."""
    axes.set_yticks(range(len(names)), labels=list(names))
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)


def draw_level(axes: Axes, level: float, text: str, at: float) -> None:
    """Draw a horizontal line that gives a scale, and say at `at` what it is."""
    axes.axhline(level, color=style.REFERENCE_COLOUR, linewidth=1.2)
    axes.annotate(
        text, (at, level), xytext=(0, 4), textcoords="offset points", color=style.REFERENCE_COLOUR
    )
