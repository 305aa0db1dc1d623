"""Where in a screenshot a figure may stand: blocks of ink with empty ground around them."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from scipy import ndimage

from overtake.publishing.recognition import hashes
from overtake.publishing.recognition.hashes import Box

_GAPS = (10, 20, 30, 40)
"""Pixels of empty ground that part blocks; what is nearer to each other belongs together."""
_LEAST_WIDTH, _LEAST_HEIGHT = 140, 70
_NARROWEST = 0.5
"""Share of its height that a figure is wide at least."""
_MOST_BANDS = 80


def boxes(mask: np.ndarray) -> list[Box]:
    """Return the boxes in which a figure may be; `mask` tells where words and lines are."""
    found: dict[Box, None] = {}
    for gap in _GAPS:
        for block in _blocks(mask, gap):
            found.update(dict.fromkeys(_stacked(mask, block)))
    return [*found]


def _blocks(mask: np.ndarray, gap: int) -> Iterator[Box]:
    """Yield the boxes around what is nearer to each other than a gap."""
    grown = ndimage.maximum_filter(mask, size=gap + 1)
    labels, _ = ndimage.label(grown, structure=np.ones((3, 3)))
    for rows, columns in ndimage.find_objects(labels):
        box = hashes.trimmed(mask, (columns.start, rows.start, columns.stop, rows.stop))
        if box and _may_be(box):
            yield box


def _stacked(mask: np.ndarray, block: Box) -> Iterator[Box]:
    """Yield what bands of a block, one below the other, may make a figure."""
    left, top, right, bottom = block
    filled = np.concatenate([[False], mask[top:bottom, left:right].any(axis=1), [False]])
    edges = np.flatnonzero(np.diff(filled.astype(np.int8)))
    starts, ends = edges[::2] + top, edges[1::2] + top
    starts, ends = starts[:_MOST_BANDS], ends[:_MOST_BANDS]
    for i, j in combinations(range(len(starts) + 1), 2):
        box = (left, int(starts[i]), right, int(ends[j - 1]))
        if box[3] - box[1] < _LEAST_HEIGHT:
            continue
        if (tight := hashes.trimmed(mask, box)) and _may_be(tight):
            yield tight


def _may_be(box: Box) -> bool:
    width, height = box[2] - box[0], box[3] - box[1]
    is_large = width >= _LEAST_WIDTH and height >= _LEAST_HEIGHT
    return is_large and width >= _NARROWEST * height
