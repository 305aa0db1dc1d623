"""How the chapter's figures mark countries and intervals."""

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
    from matplotlib.figure import Figure

GREY = countries.COLOURS["other"]
_NAMES_FROM, _NAME_STEP = 1.03, 0.07


def label_country(
    axes: Axes,
    country: str,
    *,
    place: int,
    side: Literal["left", "right"] = "left",
    count: int | None = None,
) -> None:
    """Name a country in a lower corner of a drawing, in its colour.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        The drawing.
    country : str
        ISO 3166 alpha-3 code.
    place : int
        0 for the lowest line, 1 for the one above.
    side : {"left", "right"}
        Which corner.
    count : int, optional
        Models, to be named too.
    """
    name = countries.NAMES[country]
    axes.annotate(
        name if count is None else f"{name} (n = {count})",
        ({"left": 0.02, "right": 0.99}[side], 0.05 + 0.09 * place),
        xycoords="axes fraction",
        ha=side,
        color=countries.COLOURS[country],
        fontweight="bold",
    )


def new_forest(
    table: pd.DataFrame,
    *,
    value: str,
    labels: pd.Series[str],
    colours: Sequence[str] | npt.NDArray[np.str_],
    height_inches: float,
    reference: float = 0.0,
    faces: Sequence[str] | npt.NDArray[np.str_] | None = None,
) -> tuple[Figure, Axes]:
    """Draw one interval a row, the first on top, beside a reference line.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `value`, `low` and `high`.
    value : str
        Column of the point estimates.
    labels : pandas.Series of str
        Name of each row.
    colours : sequence of str
        Colour of each row.
    height_inches : float
        Height of the drawing.
    reference : float, default 0
        Where the reference line stands.
    faces : sequence of str, optional
        Colour within each row's dot, white for a hollow one; without it, the row's own.
    """
    figure, axes = style.new_figure(height_inches)
    axes.axvline(reference, color=style.REFERENCE_COLOUR, linewidth=1.5)
    heights = np.arange(len(table))[::-1]
    rows = zip(heights, table.iterrows(), colours, colours if faces is None else faces, strict=True)
    for height, (_, row), colour, face in rows:
        axes.plot([row["low"], row["high"]], [height, height], color=colour, linewidth=2.5)
        axes.plot(row[value], height, "o", color=colour, ms=6, mfc=face)
    axes.set_yticks(heights, labels)
    axes.set_ylim(-0.6, len(table) - 0.4)
    return figure, axes


def new_dots(labels: pd.Series[str]) -> tuple[Figure, Axes]:
    """Return a drawing with a small row for each label, the first at the bottom.

    Parameters
    ----------
    labels : pandas.Series of str
        Name of each row.
    """
    figure, axes = style.new_figure(0.21 * len(labels) + 1.1)
    axes.set_yticks(np.arange(len(labels)), labels, fontsize=9)
    return figure, axes


def label_rows(axes: Axes, labels: Sequence[str]) -> dict[str, float]:
    """Write one row for each label, the first on top.

    Returns
    -------
    dict of str to float
        Height of each row, by label.
    """
    heights = {label: float(len(labels) - 1 - i) for i, label in enumerate(labels)}
    axes.set_yticks(list(heights.values()), list(heights))
    return heights


def name_colours(axes: Axes, colours: Mapping[str, str]) -> None:
    """Write above the axes what each colour stands for, the first lowest."""
    for i, (label, colour) in enumerate(colours.items()):
        axes.annotate(
            label,
            (0, _NAMES_FROM + i * _NAME_STEP),
            xycoords="axes fraction",
            color=colour,
            fontweight="bold",
        )
