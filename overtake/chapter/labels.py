"""Labels on a drawing: kept apart from lines and from each other, and what still touches.

All is measured in the figure's pixels once its axes have their places, so it has to be done
anew for each layout: see `overtake.chapter.layouts`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backend_bases import RendererBase
from matplotlib.cbook import STEP_LOOKUP_MAP
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.spines import Spine
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

_MOVES = "moves"
"""What a text is labelled with, for matplotlib, if it may be moved."""

_UP, _ASIDE, _STEP = 60, 48, 3
"""How far a label may be moved, and in which steps, in points."""
_ASIDE_COSTS = 1.5
_CONTACT_COSTS = 400  # more than any way
_AIR = 1.0
"""Points that a label that is placed keeps from what is around it."""
_EMPTY = (-0.5, 2.0)
"""Points above and below a text's ink in its box; at the sides it needs some more."""
_EDGE = 1.0
"""Points by which a text's box may leave the picture, without its ink."""
_FAINT = 0.4
"""Lines and bars that are more transparent are ground, on which words may stand."""
_POINTS_PER_INCH = 72

Boxes = np.ndarray
"""One row for each box: left, bottom, right, top."""


@dataclass(frozen=True)
class _Lines:
    """Segments from (x, y) to (x, y), one a row, and half of the width of each; a dot is short."""

    ends: np.ndarray
    halves: np.ndarray

    def near(self, box: Sequence[float]) -> "_Lines":
        """Return those that come near a box."""
        left, bottom, right, top = box
        x, y = self.ends[:, ::2], self.ends[:, 1::2]
        kept = (x.min(axis=1) - self.halves <= right) & (x.max(axis=1) + self.halves >= left)
        kept &= (y.min(axis=1) - self.halves <= top) & (y.max(axis=1) + self.halves >= bottom)
        return _Lines(self.ends[kept], self.halves[kept])


def let_move(label: Annotation) -> Annotation:
    """Mark an annotation, with a text offset in points, as one that may be moved."""
    label.set_label(_MOVES)
    return label


def homes(figure: Figure) -> dict[Annotation, tuple[float, float]]:
    """Return the labels that may be moved, with the offset that they were given."""
    found = (text for axes in figure.axes for text in axes.texts)
    return {
        text: (float(text.xyann[0]), float(text.xyann[1]))
        for text in found
        if isinstance(text, Annotation) and text.get_label() == _MOVES and text.get_text()
    }


def place(figure: Figure, offsets: Mapping[Annotation, tuple[float, float]]) -> None:
    """Move labels from their offsets, as little as possible, to where they touch nothing."""
    for label, offset in offsets.items():
        label.xyann = offset
    renderer = _renderer(figure)
    others = [text for _, text in _texts(figure) if text not in offsets]
    taken = _boxes(others, renderer)
    lines = _lines(figure)
    whole = (0.0, 0.0, figure.bbox.width, figure.bbox.height)
    ways = _ways() * figure.dpi / _POINTS_PER_INCH
    for label, offset in sorted(offsets.items(), key=lambda each: -_box(each[0], renderer)[3]):
        way = _best_way(_box(label, renderer), ways, (taken, lines, whole))
        points = way * _POINTS_PER_INCH / figure.dpi
        label.xyann = (offset[0] + float(points[0]), offset[1] + float(points[1]))
        taken = np.vstack([taken, _boxes([label], renderer)])


def find_touching(figure: Figure) -> tuple[str, ...]:
    """Return the words that touch other words, a line, a dot or the edge of a bar.

    A text on a ground of its own may stand on lines. Words at an angle are taken as the
    upright box around them. Nothing outside of the picture is seen, which is told too.
    """
    renderer = _renderer(figure)
    named = [(text.get_text().replace("\n", " "), text) for _, text in _texts(figure)]
    boxes = _inked([_box(text, renderer) for _, text in named], figure)
    found = [
        f"“{first}” and “{second}”"
        for (i, (first, _)), (j, (second, _)) in combinations(enumerate(named), 2)
        if _overlap(boxes[i], boxes[j : j + 1])[0]
    ]
    lines, edge = _lines(figure), _EDGE * figure.dpi / _POINTS_PER_INCH
    whole = np.array([figure.bbox.width, figure.bbox.height])
    for (name, text), box in zip(named, boxes, strict=True):
        if not _has_ground(text) and _crossed(box[None, :], lines.near(box))[0]:
            found.append(f"“{name}” and a line")
        if (box[:2] < -edge).any() or (box[2:] > whole + edge).any():
            found.append(f"“{name}” and the edge of the picture")
    return tuple(found)


def tick_labels(axis: Axis) -> list[Text]:
    """Return the labels that an axis shows, in their order."""
    axis.get_ticklabels()  # brings the ticks up to date; it leaves out what is hidden
    scaled = axis.get_transform().transform
    low, high = sorted(scaled(np.asarray(axis.get_view_interval(), dtype=float)))
    near = 1e-9 * (high - low)
    ticks = axis.get_major_ticks()
    places = scaled(np.array([tick.get_loc() for tick in ticks], dtype=float))
    return [
        tick.label1
        for at, tick in zip(places, ticks, strict=True)
        if low - near <= at <= high + near and tick.label1.get_text() and tick.label1.get_visible()
    ]


def _texts(figure: Figure) -> Iterator[tuple[Axes | None, Text]]:
    """Yield every text that is seen, with its axes."""
    for text in figure.texts:
        yield None, text
    for axes in figure.axes:
        if not axes.get_visible():
            continue
        # Titles at the left and right have no public name.
        children = [child for child in axes.get_children() if isinstance(child, Text)]
        found = [*children, *(legend.get_texts() if (legend := axes.get_legend()) else [])]
        if axes.axison:
            for axis in (axes.xaxis, axes.yaxis):
                if axis.get_visible():
                    found += [axis.label, *tick_labels(axis)]
        for text in found:
            if text.get_visible() and text.get_text().strip():
                yield axes, text


def texts(figure: Figure) -> list[Text]:
    """Return every text that is seen."""
    return [text for _, text in _texts(figure)]


def boxes(figure: Figure, found: Sequence[Text]) -> Boxes:
    """Return the boxes around texts, in pixels."""
    return _boxes(found, _renderer(figure))


def overlapping(found: Boxes) -> bool:
    """Tell whether any two of some boxes overlap."""
    return any(_overlap(one, found[i + 1 :]).any() for i, one in enumerate(found))


def _renderer(figure: Figure) -> RendererBase:
    renderer: RendererBase = figure._get_renderer()  # type: ignore[attr-defined]  # noqa: SLF001
    return renderer


def _box(text: Text, renderer: RendererBase) -> np.ndarray:
    # An annotation's own extent holds its arrow.
    return np.asarray(Text.get_window_extent(text, renderer).extents)


def _boxes(found: Sequence[Text], renderer: RendererBase) -> Boxes:
    return np.array([_box(text, renderer) for text in found]).reshape(-1, 4)


def _inked(found: Sequence[np.ndarray], figure: Figure) -> Boxes:
    """Return boxes without the room around their ink."""
    aside, above = (points * figure.dpi / _POINTS_PER_INCH for points in _EMPTY)
    room = np.array([aside, above, -aside, -above])
    inked: Boxes = np.array(found).reshape(-1, 4) + room
    return inked


def _has_ground(text: Text) -> bool:
    """Tell whether a text has a ground or a halo that parts it from lines."""
    return text.get_bbox_patch() is not None or bool(text.get_path_effects())


def _ways() -> np.ndarray:
    """Return the ways on which a label may be moved, in points, the shortest first."""
    up, aside = (np.arange(-most, most + 1, _STEP) for most in (_UP, _ASIDE))
    ways = np.array([(x, y) for x in aside for y in up], dtype=float)
    return ways[np.argsort(_lengths(ways), kind="stable")]


def _lengths(ways: np.ndarray) -> np.ndarray:
    lengths: np.ndarray = np.hypot(_ASIDE_COSTS * ways[:, 0], ways[:, 1])
    return lengths


def _best_way(
    box: np.ndarray, ways: np.ndarray, around: tuple[Boxes, _Lines, Sequence[float]]
) -> np.ndarray:
    """Return the shortest way to where a label touches fewest things."""
    taken, lines, whole = around
    moved = box[None, :] + np.hstack([ways, ways]) + _AIR * np.array([-1, -1, 1, 1])
    reach = (*moved[:, :2].min(axis=0), *moved[:, 2:].max(axis=0))
    cost = _lengths(ways)
    cost += _CONTACT_COSTS * np.array([_overlap(each, taken).sum() for each in moved])
    cost += _CONTACT_COSTS * _crossed(moved, lines.near(reach))
    outside = (moved[:, :2] < whole[:2]).any(axis=1) | (moved[:, 2:] > whole[2:]).any(axis=1)
    cost += _CONTACT_COSTS * outside
    best: np.ndarray = ways[int(np.argmin(np.round(cost, 6)))]
    return best


def _overlap(box: np.ndarray, others: Boxes) -> np.ndarray:
    found: np.ndarray = (
        (box[0] < others[:, 2]) & (others[:, 0] < box[2])
        & (box[1] < others[:, 3]) & (others[:, 1] < box[3])
    )  # fmt: skip
    return found


def _crossed(boxes: Boxes, lines: _Lines) -> np.ndarray:
    """Count, for each box, whether a line crosses it: 0 or 1."""
    if not len(lines.ends):
        return np.zeros(len(boxes), dtype=int)
    wide = boxes[:, None, :] + lines.halves[None, :, None] * np.array([-1, -1, 1, 1])
    first, last = _within(lines.ends[None, :, :], wide)
    return (first <= last).any(axis=1).astype(int)


def _within(ends: np.ndarray, box: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where segments enter and leave boxes, as shares of their length (Liang, Barsky)."""
    start, way = ends[..., :2], ends[..., 2:] - ends[..., :2]
    first = np.zeros(np.broadcast_shapes(ends.shape[:-1], box.shape[:-1]))
    last = np.ones_like(first)
    for side in (0, 1):
        for step, room in (
            (-way[..., side], start[..., side] - box[..., side]),
            (way[..., side], box[..., side + 2] - start[..., side]),
        ):
            at = room / np.where(step == 0, np.nan, step)
            first = np.where(step < 0, np.fmax(first, at), first)
            last = np.where(step > 0, np.fmin(last, at), last)
            last = np.where((step == 0) & (room < 0), -1, last)
    return first, last


def _lines(figure: Figure) -> _Lines:
    """Return all lines, dots and edges of bars of a figure, as far as they are seen."""
    parts = [
        _clipped(ends, artist, axes, width)
        for axes in figure.axes
        if axes.get_visible()
        for artist in axes.get_children()
        if artist is not axes.patch and artist.get_visible() and _is_strong(artist)
        for ends, width in _segments(artist, figure.dpi / _POINTS_PER_INCH)
    ]
    none = _Lines(np.empty((0, 4)), np.empty(0))
    return _Lines(
        np.vstack([none.ends, *(part.ends for part in parts)]),
        np.concatenate([none.halves, *(part.halves for part in parts)]),
    )


def _is_strong(artist: Artist) -> bool:
    alpha = artist.get_alpha()
    return alpha is None or float(np.max(alpha)) > _FAINT


def _segments(artist: Artist, pixels: float) -> Iterator[tuple[np.ndarray, np.ndarray | float]]:
    """Yield the segments of an artist in pixels, and half of the width of each."""
    if isinstance(artist, Line2D):
        yield from _of_line(artist, pixels)
    elif isinstance(artist, LineCollection):
        to_pixels = artist.get_transform()
        half = float(np.max(artist.get_linewidth(), initial=0)) * pixels / 2
        for vertices in artist.get_segments():
            yield _joined(to_pixels.transform(np.asarray(vertices, dtype=float))), half
    elif isinstance(artist, PathCollection):
        places = artist.get_offset_transform().transform(
            np.ma.getdata(artist.get_offsets()).reshape(-1, 2)
        )
        sizes = np.sqrt(np.resize(artist.get_sizes(), len(places))) * pixels / 2
        yield np.hstack([places, places]), sizes
    elif isinstance(artist, Spine):
        yield _joined(artist.get_transform().transform(artist.get_path().vertices)), 0.0
    elif isinstance(artist, Rectangle) and float(np.asarray(artist.get_facecolor())[3]) > _FAINT:
        corners = artist.get_transform().transform(artist.get_path().vertices)
        yield _joined(corners), 0.0


def _of_line(line: Line2D, pixels: float) -> Iterator[tuple[np.ndarray, float]]:
    data = np.asarray(line.get_xydata(), dtype=float).reshape(-1, 2)
    to_pixels = line.get_transform()
    if str(line.get_linestyle()) not in {"None", "", " "}:
        stepped = np.asarray(STEP_LOOKUP_MAP[line.get_drawstyle()](*data.T)).T
        yield _joined(to_pixels.transform(stepped)), line.get_linewidth() * pixels / 2
    if str(line.get_marker()) not in {"None", "", " "}:
        places = to_pixels.transform(data)
        yield np.hstack([places, places]), line.get_markersize() * pixels / 2


def _joined(vertices: np.ndarray) -> np.ndarray:
    return np.hstack([vertices[:-1], vertices[1:]])


def _clipped(ends: np.ndarray, artist: Artist, axes: Axes, half: np.ndarray | float) -> _Lines:
    """Return segments as far as their axes show them."""
    ends = ends.reshape(-1, 4)
    halves = np.resize(np.asarray(half, dtype=float), len(ends))
    known = np.isfinite(ends).all(axis=1)
    ends, halves = ends[known], halves[known]
    if not artist.get_clip_on() or not len(ends):
        return _Lines(ends, halves)
    first, last = _within(ends, np.asarray(Bbox(axes.bbox.get_points()).extents)[None, :])
    start, way = ends[:, :2], ends[:, 2:] - ends[:, :2]
    shown = np.hstack([start + first[:, None] * way, start + last[:, None] * way])
    return _Lines(shown[first <= last], halves[first <= last])
