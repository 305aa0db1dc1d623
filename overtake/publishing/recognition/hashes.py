"""Perceptual hashes: what pictures have in common that look alike, as bits to be compared.

A picture is taken as its ink, which is how far each pixel is from the ground, so that a grey one
is like a coloured one, and a dark one much like a light one. A hash tells which of the lowest
frequencies of the ink, by a cosine transform, are stronger than the median (pHash: Zauner,
"Implementation and benchmarking of perceptual image hash functions", 2010). It is made of any
box in a picture, without cutting the picture.
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
from PIL import Image
from scipy import fft

Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels."""
Hashes = np.ndarray
"""One row for each hash, its bits in words of 64."""

FREQUENCIES = 16
BITS = FREQUENCIES**2
_CELLS = 2 * FREQUENCIES  # along each side of a box
_LONGEST_SIDE = 1600
"""Pixels of the longest side of a picture that is looked at; a larger one is made smaller."""
_GREYS = 256
_COMMON = 0.05
"""Share of a picture's pixels that its ground has at least."""
STRENGTHS = (0.15, 0.3)
"""Shares of the strongest possible ink from which something is drawn: the lines of a grid are
weaker. Two, so that what is pale, and noise of a photograph's packing, decide nothing alone."""


def ink_of(image: Image.Image) -> np.ndarray:
    """Return how far each pixel of a picture is from its ground: 0 to 1."""
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    scale = min(1.0, _LONGEST_SIDE / max(flat.size))
    size = (max(1, round(flat.width * scale)), max(1, round(flat.height * scale)))
    grey = np.asarray(flat.convert("L").resize(size, Image.Resampling.BOX), dtype=np.float32)
    ground = _ground_of(grey)
    ink: np.ndarray = np.abs(grey - ground) / max(ground, _GREYS - 1 - ground)
    return ink


def _ground_of(grey: np.ndarray) -> int:
    """Return the ground of a picture: the lightest of its common greys, of a dark one the darkest.

    Most pixels may be those of a band or a map that stands on it.
    """
    counts = np.bincount(grey.astype(np.uint8).ravel(), minlength=_GREYS)
    common = np.flatnonzero(np.convolve(counts, np.ones(5), mode="same") >= _COMMON * grey.size)
    if not len(common):
        return int(np.argmax(counts))
    return int(common[-1] if grey.mean() > _GREYS / 2 else common[0])


def trimmed(mask: np.ndarray, box: Box) -> Box | None:
    """Return the part of a box that holds all pixels of a mask in it; None if there are none."""
    left, top, right, bottom = box
    within = mask[top:bottom, left:right]
    columns, rows = np.flatnonzero(within.any(axis=0)), np.flatnonzero(within.any(axis=1))
    if not len(columns):
        return None
    return (
        left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1,
        top + int(rows[-1]) + 1,
    )  # fmt: skip


def of_boxes(ink: np.ndarray, boxes: Sequence[Box] | np.ndarray) -> Hashes:
    """Return the hash of each box of a picture."""
    sums = np.zeros((ink.shape[0] + 1, ink.shape[1] + 1))
    sums[1:, 1:] = ink.cumsum(axis=0, dtype=float).cumsum(axis=1)
    steps = np.linspace(0, 1, _CELLS + 1)
    left, top, right, bottom = np.array(boxes, dtype=float).reshape(-1, 4).T[..., None]
    at = _interpolated(sums, top + (bottom - top) * steps, left + (right - left) * steps)
    cells = np.diff(np.diff(at, axis=1), axis=2)
    waves = fft.dctn(cells, axes=(1, 2))[:, :FREQUENCIES, :FREQUENCIES].reshape(-1, BITS)
    bits = waves > np.median(waves, axis=1, keepdims=True)
    found: Hashes = np.packbits(bits, axis=1).view(np.uint64)
    return found


def _interpolated(sums: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return sums at fractional places: for each box all its rows by all its columns."""
    top = np.minimum(rows.astype(int), sums.shape[0] - 2)
    left = np.minimum(columns.astype(int), sums.shape[1] - 2)
    down, aside = (rows - top)[:, :, None], (columns - left)[:, None, :]
    y, x = top[:, :, None], left[:, None, :]
    upper = sums[y, x] * (1 - aside) + sums[y, x + 1] * aside
    lower = sums[y + 1, x] * (1 - aside) + sums[y + 1, x + 1] * aside
    found: np.ndarray = upper * (1 - down) + lower * down
    return found


def distances(one: Hashes, others: Hashes) -> np.ndarray:
    """Return in how many bits each of others differs from one hash."""
    counted = np.bitwise_count(others ^ one).astype(np.int16)
    found: np.ndarray = reduce(np.add, counted.T)  # three times as fast as a sum of short rows
    return found
