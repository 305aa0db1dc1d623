"""How figures with one row for each chip are set out."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

_NAMES_FROM, _NAME_STEP = 1.03, 0.07


def label_rows(axes: Axes, chips: Sequence[str]) -> dict[str, float]:
    """Write one row for each chip, the first on top.

    Returns
    -------
    dict of str to float
        Height of each row, by chip.
    """
    heights = {name: float(len(chips) - 1 - i) for i, name in enumerate(chips)}
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
