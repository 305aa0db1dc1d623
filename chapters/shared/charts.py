"""Kinds of chart that more than one chapter draws, in the book's look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from overtake.chapter import style

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CURVE_INCHES, _ROW_INCHES = 2.6, 0.19
_DOT_COLOUR, _PREFERRED_COLOUR = "#5A5A5A", "#B00058"


def specification_chart(
    table: pd.DataFrame, choices: Sequence[str], *, label: str
) -> tuple[Figure, Axes]:
    """Draw a specification curve: every estimate, above the options that made it.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each specification, in the order to draw: a column for each
        choice, `value`, `low`, `high`, and `preferred`, true for one row. A missing
        option is not drawn: the specification has no such choice.
    choices : sequence of str
        Columns of `table` that hold options; they stand below in this order.
    label : str
        What the estimates are, with unit.

    Returns
    -------
    Figure, Axes
        The figure and the upper axes, for a reference line or band or a log scale.
    """
    from matplotlib.figure import Figure

    style.use()
    rows = [
        (choice, str(option)) for choice in choices for option in table[choice].dropna().unique()
    ]
    height = _CURVE_INCHES + _ROW_INCHES * (len(rows) + len(choices))
    figure = Figure(figsize=(style.WIDTH_INCHES, height), layout="constrained")
    curve, matrix = figure.subplots(
        2, sharex=True, height_ratios=(_CURVE_INCHES, height - _CURVE_INCHES)
    )
    _draw_curve(curve, table, label)
    _draw_options(matrix, table, choices)
    return figure, curve


def _draw_curve(axes: Axes, table: pd.DataFrame, label: str) -> None:
    places = np.arange(len(table))
    axes.vlines(places, table["low"], table["high"], color=_DOT_COLOUR, alpha=0.35, linewidth=1)
    axes.plot(places, table["value"], ".", color=_DOT_COLOUR, markersize=3)
    chosen = _preferred(table)
    row = table.iloc[chosen]
    axes.vlines(chosen, row["low"], row["high"], color=_PREFERRED_COLOUR, linewidth=2)
    axes.plot(chosen, row["value"], "o", color=_PREFERRED_COLOUR, markersize=6, zorder=4)
    above = (float(chosen), float(row["high"]))
    style.label_line(axes, above, "in the text", colour=_PREFERRED_COLOUR, side="above")
    axes.set_ylabel(label)
    axes.grid(visible=False, axis="x")
    axes.margins(x=0.01, y=0.12)


def _draw_options(axes: Axes, table: pd.DataFrame, choices: Sequence[str]) -> None:
    chosen = _preferred(table)
    names, heights = [], []
    y = 0
    for choice in choices:
        names.append(choice)
        heights.append(y)
        for option in table[choice].dropna().unique():
            y -= 1
            taken = np.flatnonzero(table[choice] == option)
            axes.plot(taken, np.full(len(taken), y), "|", color=_DOT_COLOUR, markersize=5, mew=0.8)
            if chosen in taken:
                axes.plot(chosen, y, "o", color=_PREFERRED_COLOUR, markersize=4)
            names.append(str(option))
            heights.append(y)
        y -= 1
    axes.set_yticks(heights, names, fontsize=8.5)
    for tick, name in zip(axes.get_yticklabels(), names, strict=True):
        tick.set_fontweight("bold" if name in choices else "normal")
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
    axes.set_ylim(y + 0.4, 0.7)
    axes.set_xticks([])
    axes.set_xlabel(f"{len(table)} specifications, smallest estimate first")


def _preferred(table: pd.DataFrame) -> int:
    return int(table["preferred"].to_numpy().argmax())
