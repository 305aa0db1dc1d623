"""Marks that several figures of the chapter share."""

from collections.abc import Iterable
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes

from chapters.shared import countries
from overtake.chapter import style
from overtake.core.estimates import EstimateLike

LABEL_COLOUR = "#5A5A5A"
"""Of labels at reference lines and bands."""


def draw_interval(
    axes: Axes,
    estimate: EstimateLike,
    height: float,
    colour: str,
    origin: Literal["ours", "published"] = "ours",
) -> None:
    """Draw a horizontal interval with its dot; a hollow diamond for what others published."""
    axes.plot([estimate.low, estimate.high], [height, height], color=colour, lw=2)
    marker, face = ("o", colour) if origin == "ours" else ("D", "white")
    axes.plot(estimate.value, height, marker, color=colour, ms=6, mfc=face)


def name_rows(axes: Axes, names: Iterable[str]) -> None:
    """Write names at the heights 0, -1, -2 and so on."""
    labels = list(names)
    axes.set_yticks([-place for place in range(len(labels))], labels)


def shade_claim(axes: Axes, claimed: tuple[float, float], *, axis: Literal["x", "y"]) -> None:
    """Shade the range that the claim names."""
    shade = axes.axvspan if axis == "x" else axes.axhspan
    shade(*claimed, color=style.REFERENCE_COLOUR, alpha=0.18, lw=0)


def dash_dates(axes: Axes, dates: Iterable[pd.Timestamp]) -> None:
    """Draw a dashed line at each date."""
    for date in dates:
        axes.axvline(date, color=style.REFERENCE_COLOUR, lw=1.2, ls="--")  # type: ignore[arg-type]


def label_country(axes: Axes, at: tuple[Any, float], code: str) -> None:
    """Write a country's short name in its colour at the right of a point."""
    style.label_line(axes, at, countries.SHORT[code], colour=countries.COLOURS[code])
