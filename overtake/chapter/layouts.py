"""Two layouts of one figure: for a desk, and for a phone, with the same text size in both.

The figure is the same; its size differs, and with it where its axes stand, how its words are
broken into lines, and where its labels find room.
"""

import textwrap
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.cbook import is_math_text
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator
from matplotlib.transforms import Bbox

from overtake.chapter import labels, style

POINTS_PER_INCH = 72  # in which SVG and PDF are drawn, and all pictures are arranged
_DIGITS = 6
_TALLER = 1.12
"""How much taller a figure is on a phone, where it is less wide."""
_ROOM_FOR_ROWS = 0.4
"""Share of a figure's width that the names of rows may take before they are broken."""
_LEAST_CHARACTERS, _GAP_POINTS = 8, 6
_ATTEMPTS, _MORE_HEIGHT = 4, 1.2


@dataclass(frozen=True)
class Arranged:
    """A figure that is arranged at one width after another.

    It remembers what was given: the height, the words as they were, and where labels stood;
    and which numbers of an axis the present width leaves out.
    """

    figure: Figure
    engine: LayoutEngine | None
    inches: tuple[float, float]
    words: dict[Text, str]
    names: dict[Axis, list[str]]
    offsets: dict[Annotation, tuple[float, float]]
    left_out: list[Text] = field(default_factory=list)

    @classmethod
    def of(cls, figure: Figure) -> "Arranged":
        """Take a figure as its section has drawn it."""
        width, height = figure.get_size_inches()
        _floor_text(figure)
        words = [text for axes in figure.axes for text in _titles(axes)]
        axes: list[Axis] = [axis for each in figure.axes for axis in (each.xaxis, each.yaxis)]
        names = {axis: found for axis in axes if (found := _names(axis))}
        return cls(
            figure, figure.get_layout_engine(), (float(width), float(height)),
            {text: text.get_text() for text in words}, names, labels.homes(figure),
        )  # fmt: skip

    def wide(self) -> tuple[str, ...]:
        """Arrange it as it was drawn, and return what touches."""
        return self._arrange(*self.inches)

    def narrow(self) -> tuple[str, ...]:
        """Arrange it for a phone, and return what touches."""
        width, height = self.inches
        return self._arrange(min(style.NARROW_INCHES, width), height * _TALLER)

    def _arrange(self, width: float, height: float) -> tuple[str, ...]:
        self.figure.dpi = POINTS_PER_INCH
        for text, words in self.words.items():
            text.set_text(words)
        for label in self.left_out:
            label.set_visible(True)
        for axis, names in self.names.items():
            axis.set_ticklabels(names)
        for _ in range(_ATTEMPTS):
            self.figure.set_size_inches(width, height)
            self._lay_out()
            if self._break_words():
                self._lay_out()
            if not any(map(_rows_overlap, self.names)):
                break
            height *= _MORE_HEIGHT
        self.left_out[:] = [each for axes in self.figure.axes for each in _too_many(axes.xaxis)]
        for label in self.left_out:
            label.set_visible(False)
        labels.place(self.figure, self.offsets)
        return labels.find_touching(self.figure)

    def _lay_out(self) -> None:
        """Place the axes for all pictures alike.

        The solver's last digits depend on where its variables lie in memory, and
        an SVG's clip paths are named by a hash of all digits: so they are rounded.
        """
        for label, offset in self.offsets.items():
            label.xyann = offset
        if self.engine is None:
            return
        for axes in self.figure.axes:
            axes.set_in_layout(True)
        self.engine.execute(self.figure)
        self.figure.set_layout_engine("none")
        for axes in self.figure.axes:
            corners = axes.get_position(original=True).get_points()
            axes.set_position(Bbox(np.round(corners, _DIGITS)))

    def _break_words(self) -> bool:
        """Break what is too long for its place into lines; tell whether anything was."""
        figure, changed = self.figure, False
        for axes in figure.axes:
            for text in _titles(axes):
                (box,) = labels.boxes(figure, [text])
                broken = _broken(text.get_text(), _length(text, box), _room(text, axes))
                changed |= broken != text.get_text()
                text.set_text(broken)
        for axis, names in self.names.items():
            shown = axis.get_ticklabels()
            boxes, room = labels.boxes(figure, shown), _room_of_names(axis)
            lengths = [_length(*each) for each in zip(shown, boxes, strict=True)]
            broken_names = [_broken(*each, room) for each in zip(names, lengths, strict=True)]
            if broken_names != [label.get_text() for label in shown]:
                axis.set_ticklabels(broken_names)
                changed = True
        return changed


def _floor_text(figure: Figure) -> None:
    """Give words that are smaller than the book's text its size, so that a phone shows them."""
    for text in labels.texts(figure):
        if float(text.get_fontsize()) < style.TEXT_POINTS:
            text.set_fontsize(style.TEXT_POINTS)


def _titles(axes: Axes) -> list[Text]:
    """Return the titles of axes, and the labels of their axes, which may be broken."""
    marked = [text for text in axes.get_children() if isinstance(text, Text)]
    titles = [text for text in marked if text not in axes.texts]
    return [text for text in (axes.xaxis.label, axes.yaxis.label, *titles) if text.get_text()]


def _names(axis: Axis) -> list[str]:
    """Return what an axis of names says at its places; nothing for an axis of numbers."""
    if not isinstance(axis.get_major_locator(), FixedLocator):
        return []
    names = [label.get_text() for label in axis.get_ticklabels()]
    return [] if all(map(_is_number, names)) else names


def _room_of_names(axis: Axis) -> float:
    """Return how long a name at a place of an axis may be, in pixels."""
    axes = axis.axes
    if axis is axes.yaxis:
        figure = axes.get_figure(root=True)
        return _ROOM_FOR_ROWS * (figure.bbox.width if figure is not None else 0.0)
    places = axes.transData.transform([(at, 0) for at in axis.get_majorticklocs()])[:, 0]
    return float(np.diff(np.sort(places)).min(initial=np.inf)) - _GAP_POINTS


def _room(text: Text, axes: Axes) -> float:
    """Return how long the words may be, in pixels."""
    figure, shown = axes.get_figure(root=True), axes.get_window_extent()
    if figure is None:
        return 0.0
    middle = ((shown.x0 + shown.x1) / 2, (shown.y0 + shown.y1) / 2)
    whole = (figure.bbox.width, figure.bbox.height)
    aside, upward = (2 * min(at, end - at) - 4 for at, end in zip(middle, whole, strict=True))
    if text is axes.xaxis.label:
        return float(aside)
    if text is axes.yaxis.label:
        return float(upward if len(figure.axes) == 1 else min(upward, 1.2 * shown.height))
    return float(whole[0] - shown.x0) if len(figure.axes) == 1 else float(shown.width)


def _length(text: Text, box: np.ndarray) -> float:
    upright = round(text.get_rotation()) % 180 == 0
    return float(box[2] - box[0] if upright else box[3] - box[1])


def _broken(words: str, length: float, room: float) -> str:
    """Break words of this length into lines that fit into the room."""
    given = words.splitlines()
    if length <= room or " " not in words or is_math_text(words):
        return words
    characters = max(_LEAST_CHARACTERS, int(max(map(len, given)) * room / length))
    lines = [textwrap.wrap(line, characters, break_long_words=False) for line in given]
    return "\n".join(line for each in lines for line in each)


def _rows_overlap(axis: Axis) -> bool:
    """Tell whether names of rows stand on each other; a taller figure gives them room."""
    figure = axis.axes.get_figure(root=True)
    if figure is None or axis is axis.axes.xaxis:
        return False
    return labels.overlapping(labels.boxes(figure, labels.tick_labels(axis)))


def _too_many(axis: Axis) -> list[Text]:
    """Return the numbers to leave out on an axis, as every other year, so that none touch."""
    shown, figure = labels.tick_labels(axis), axis.get_figure(root=True)
    if figure is None or not all(_is_number(label.get_text()) for label in shown):
        return []
    boxes = labels.boxes(figure, shown) + np.array([-2, 0, 2, 0])
    every = next(n for n in range(1, len(shown) + 2) if not labels.overlapping(boxes[::n]))
    return [label for place, label in enumerate(shown) if place % every]


def _is_number(words: str) -> bool:
    return " " not in words and any(sign.isdigit() for sign in words)
