"""Marks that several figures of the chapter share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from overtake.chapter import style

from chapters.shared import countries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from overtake.core.estimates import EstimateLike

LABEL_COLOUR = "#5A5A5A"
"""Of labels at reference lines and bands."""

_BETWEEN_GROUPS = 0.3  # rows


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


def name_groups(axes: Axes, groups: Mapping[str, Sequence[str]]) -> list[float]:
    """Write rows downwards, those of a group under its name, and return the heights of the rows."""
    height, heads, rows = 0.0, {}, {}
    for group, names in groups.items():
        heads[height] = group
        for name in names:
            height -= 1
            rows[height] = name
        height -= 1 + _BETWEEN_GROUPS
    named = {**heads, **rows}
    axes.set_yticks(list(named), list(named.values()))
    for label in axes.get_yticklabels()[: len(heads)]:
        label.set_fontweight("bold")
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.set_ylim(height + 1, 0.7)
    return list(rows)


def write_values(axes: Axes, values: Iterable[str], heights: Iterable[float]) -> None:
    """Write what each row amounts to at the right of the panel."""
    for text, height in zip(values, heights, strict=True):
        axes.annotate(
            text, (1, height), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", va="center", color=style.TEXT_COLOUR,
            annotation_clip=False,
        )  # fmt: skip


def new_panels(names: Sequence[str], height_inches: float) -> tuple[Figure, list[Axes]]:
    """Return panels on the same two axes, one below the other, each under its name."""
    figure, _ = style.new_figure(height_inches)
    figure.clear()
    panels = figure.subplots(len(names), sharex=True, sharey=True)
    for axes, name in zip(panels, names, strict=True):
        axes.set_title(name, loc="left", fontweight="bold")
    return figure, list(panels)


def shade_claim(axes: Axes, claimed: tuple[float, float], *, axis: Literal["x", "y"]) -> None:
    """Shade the range that the claim names."""
    shade = axes.axvspan if axis == "x" else axes.axhspan
    shade(*claimed, color=style.REFERENCE_COLOUR, alpha=0.18, lw=0)


def dash_dates(axes: Axes, dates: Iterable[pd.Timestamp]) -> None:
    """Draw a dashed line at each date."""
    for date in dates:
        axes.axvline(date, color=style.REFERENCE_COLOUR, lw=1.2, ls="--")  # type: ignore[arg-type]


def label_controls(axes: Axes, dates: Sequence[pd.Timestamp]) -> None:
    """Say at the top of a panel what the dashed lines of both export controls are."""
    sides = (("export\ncontrols", "right", -4), ("tightened", "left", 4))
    for date, (text, side, shift) in zip(dates, sides, strict=True):
        axes.annotate(
            text, (date, 1), xycoords=("data", "axes fraction"),
            xytext=(shift, -2), textcoords="offset points", ha=side, va="top",
            color=LABEL_COLOUR,
        )  # fmt: skip


def label_country(axes: Axes, at: tuple[Any, float], code: str) -> None:
    """Write a country's short name in its colour at the right of a point."""
    style.label_line(axes, at, countries.SHORT[code], colour=countries.COLOURS[code])
