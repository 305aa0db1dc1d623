"""The one look of every figure in the book.

Colours follow Okabe and Ito's palette for colour-blind readers ("Color
Universal Design", 2008). Those of a book's own subjects stand in the book.
"""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # sections are imported also where nothing is drawn
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CATEGORY_COLOURS = ("#009E73", "#CC79A7", "#8C6D00", "#3A86B7", "#444444", "#A0522D")
"""Colours for things without one of their own, in the order to use them."""

REFERENCE_COLOUR = "#8A8A8A"
"""Lines and bands that give a scale: statements, thresholds, dates."""

TEXT_COLOUR = "#1A1A1A"

WIDTH_INCHES, NARROW_INCHES = 6.4, 4.2
"""Width of every figure at a desk, and on a phone, where 375 CSS pixels show the narrow one."""

GROUND = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
"""Box behind words that a line of the grid would cross."""

TEXT_POINTS = 10
"""Least size of words in a figure: at the width of a phone they are still 11 px high."""

_RC = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every machine
    "font.size": TEXT_POINTS,
    "axes.labelsize": TEXT_POINTS,
    "axes.titlesize": TEXT_POINTS,
    "xtick.labelsize": TEXT_POINTS,
    "ytick.labelsize": TEXT_POINTS,
    "legend.fontsize": TEXT_POINTS,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#4A4A4A",
    "axes.labelcolor": TEXT_COLOUR,
    "text.color": TEXT_COLOUR,
    "xtick.color": "#4A4A4A",
    "ytick.color": "#4A4A4A",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.0,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "svg.fonttype": "path",  # the picture looks the same where the font is missing
    "mathtext.default": "regular",
}


def use() -> None:
    """Set the book's look for every figure drawn from now on."""
    import matplotlib as mpl

    mpl.rcdefaults()
    mpl.rcParams.update(_RC)  # type: ignore[arg-type]


def new_figure(height_inches: float = 3.8) -> "tuple[Figure, Axes]":
    """Return a figure of the book's width; title and source line come on top of its height."""
    from matplotlib.figure import Figure

    use()
    figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
    return figure, figure.add_subplot()


def label_line(
    axes: "Axes",
    at: tuple[float, float],
    text: str,
    *,
    colour: str,
    side: Literal["left", "right", "above", "below"] = "right",
) -> None:
    """Write a label at a line, in the line's colour, instead of a legend.

    It stands on one side of a point in data coordinates, dates as matplotlib takes them, and
    as near to it as there is room: at each width it is moved off lines and other words.
    """
    from overtake.chapter import labels

    offsets = {"right": (5, 0), "left": (-5, 0), "above": (0, 6), "below": (0, -6)}
    horizontal = {"right": "left", "left": "right"}.get(side, "center")
    vertical = {"above": "bottom", "below": "top"}.get(side, "center")
    label = axes.annotate(
        text,
        at,
        xytext=offsets[side],
        textcoords="offset points",
        ha=horizontal,
        va=vertical,
        color=colour,
        fontweight="bold",
        annotation_clip=False,
    )
    labels.let_move(label)


def whole_years(axes: "Axes") -> None:
    """Mark whole years on an axis of years as numbers, however few fit at a width."""
    from matplotlib import ticker

    axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True))


def year_ticks(axes: "Axes") -> None:
    """Mark whole years on a time axis: few labels, none on top of another."""
    from matplotlib import dates

    axes.xaxis.set_major_locator(dates.YearLocator())
    axes.xaxis.set_major_formatter(dates.DateFormatter("%Y"))
