"""What stands on a drawing: dots, lines and bars, counted."""

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection

from overtake.chapter.figures import Drawing


def axes_of(drawing: Drawing) -> Axes:
    (axes,) = drawing.figure.axes
    return axes


def dots(drawing: Drawing) -> int:
    """Scattered dots."""
    found = [c for c in axes_of(drawing).collections if isinstance(c, PathCollection)]
    return sum(len(each.get_offsets()) for each in found)


def bars(drawing: Drawing) -> int:
    """Bars from one end of an interval to the other."""
    found = [c for c in axes_of(drawing).collections if isinstance(c, LineCollection)]
    return sum(len(each.get_segments()) for each in found)


def marked_points(drawing: Drawing) -> int:
    """Points of lines that mark each of them."""
    lines = [line for line in axes_of(drawing).lines if line.get_marker() not in {"None", ""}]
    return sum(len(line.get_xdata()) for line in lines)


def dashed_points(drawing: Drawing) -> int:
    """Points of dashed lines."""
    lines = [line for line in axes_of(drawing).lines if line.get_linestyle() == "--"]
    return sum(len(line.get_xdata()) for line in lines)


def texts(drawing: Drawing) -> set[str]:
    return {text.get_text() for text in axes_of(drawing).texts}
