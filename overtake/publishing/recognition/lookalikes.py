"""Which figure a picture looks like: the nearest by perceptual hash, and how near others are.

A picture is compared as a whole with each picture of a figure, uncut or with something cut off
at any of its sides; and each part of it that may be a figure, as in a screenshot of a page, with
each uncut one. How near is alike follows from the figures themselves: less than half of the way
between the two different ones that are nearest to each other. Then no picture can be so near to
two of them, since bits that differ add up.
"""

import io
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path

import numpy as np
from PIL import Image

from overtake.core import atomic, digests
from overtake.core.paths import Project
from overtake.publishing import drawn, framing, published
from overtake.publishing.recognition import hashes, made_pictures, raster, regions
from overtake.publishing.recognition.hashes import Hashes
from overtake.publishing.recognition.made_pictures import Pictures
from overtake.runs import engine
from overtake.runs.engine import Limits

_CUTS = (0.0, 0.025, 0.05, 0.075, 0.1)
"""Shares of a side that may be cut off a picture, as its hashes are kept."""
_BETWEEN = (0, _CUTS[1] / 2)
"""Shares that are cut off a picture that is asked about, so that it meets those that are kept."""
_UNCUT = len(hashes.STRENGTHS)
"""How many of a picture's hashes, the first ones, are of all of it."""
_FOLDER = "lookalikes"


@dataclass(frozen=True)
class Resemblance:
    """The figure that a picture is nearest to, in how many bits it differs, and the next one."""

    figure: str
    place: str  # the folder of the picture at hand that it is nearest to
    distance: int
    next: str  # the nearest other figure, "" if there is none
    next_distance: int  # of the next one
    least: int  # in how many bits two different figures differ at least
    bits: int = hashes.BITS  # of each hash

    @property
    def is_alike(self) -> bool:
        """Whether it is so near that every other figure must be further from it."""
        return 2 * self.distance < self.least


@dataclass(frozen=True)
class Index:
    """The hashes of the figures at hand; `least` is how far different ones are apart at least."""

    figures: tuple[str, ...]  # of which the pictures are, one after the other
    places: tuple[str, ...]  # in which folder each is
    rows: np.ndarray  # by picture: its hashes, first those of all of it
    least: int

    def nearest(self, image: Image.Image) -> Resemblance:
        """Return the figure that is nearest to a picture, or to a part of it."""
        ink = hashes.ink_of(image)
        masks = [mask for strength in hashes.STRENGTHS if (mask := ink > strength).any()]
        cut = [hashes.of_boxes(ink, [*_cut(mask, _BETWEEN)]) for mask in masks]
        found = _nearest(cut, self.rows)
        if (whole := self._resemblance(found)).is_alike:
            return whole
        parts = [hashes.of_boxes(ink, regions.boxes(mask)) for mask in masks]
        return self._resemblance(np.minimum(found, _nearest(parts, self.rows[:, :_UNCUT])))

    def _resemblance(self, found: np.ndarray) -> Resemblance:
        names = np.array(self.figures)
        order = np.argsort(found, kind="stable")
        first = order[0]
        others = [at for at in order if names[at] != names[first]]
        following = others[0] if others else None
        return Resemblance(
            str(names[first]),
            self.places[first],
            int(found[first]),
            "" if following is None else str(names[following]),
            hashes.BITS if following is None else int(found[following]),
            self.least,
        )


def nearest(images: Iterable[Image.Image], index: Index) -> Resemblance | None:
    """Return the nearest of what several pictures, as the pages of a PDF, are nearest to."""
    found = [index.nearest(image) for image in images]
    return min(found, key=lambda each: each.distance, default=None)


def index_of(project: Project, tell: Callable[[float], None]) -> Index:
    """Return the hashes of all figures at hand, made once for their pictures.

    It takes a minute or two the first time; `tell` then hears which share of them is made.
    """
    kept = project.root / "_build" / _FOLDER
    pictures, ids = made_pictures.at_hand(project), published.read(project)
    _make_missing(pictures, kept, tell)
    rows = [np.asarray(np.load(_kept_path(each, kept))) for each in pictures]
    named = [ids.follow(each.figure) for each in pictures]
    figures = tuple(name for name, of in zip(named, rows, strict=True) for _ in of)
    places = [str(each.folder) for each, of in zip(pictures, rows, strict=True) for _ in of]
    every = np.concatenate(rows) if rows else np.empty((0, 1, 4), dtype=np.uint64)
    return Index(figures, tuple(places), every, _kept_least(figures, every, kept))


def _make_missing(pictures: Sequence[Pictures], kept: Path, tell: Callable[[float], None]) -> None:
    """Make and keep the hashes of those figures that have none yet, on all processors."""
    missing = [each for each in pictures if not _kept_path(each, kept).is_file()]
    if not missing:
        return
    count = min(len(missing), engine.processes_that_fit(Limits()))
    context = multiprocessing.get_context("spawn")  # whatever the caller has running
    with ProcessPoolExecutor(count, context) as pool:
        made = [pool.submit(_keep_hashes, each, kept) for each in missing]
        for done, each in enumerate(as_completed(made), 1):
            each.result()
            tell(done / len(missing))


def _keep_hashes(pictures: Pictures, kept: Path) -> None:
    inks = (hashes.ink_of(_image(file)) for file in _files(pictures))
    _write(_kept_path(pictures, kept), np.array([_of_picture(ink) for ink in inks]))


def _kept_path(pictures: Pictures, kept: Path) -> Path:
    return kept / f"{_key(file.read_bytes() for file in _files(pictures))}.npy"


def _files(pictures: Pictures) -> list[Path]:
    shown = [pictures.shown(name) for name in framing.SHOWN]
    return [pictures.png, *(path for path in shown if path.is_file())]


def _image(path: Path) -> Image.Image:
    content = path.read_bytes()
    return raster.of_own_svg(content) if path.suffix == ".svg" else drawn.opened(content)


def _of_picture(ink: np.ndarray) -> Hashes:
    """Return a picture's hashes: of all of it, at each strength, then with each way to cut it."""
    masks = [ink > strength for strength in hashes.STRENGTHS]
    cuts = [_cut(mask, _CUTS) for mask in masks]
    cut = [box for boxes in zip(*cuts, strict=True) for box in boxes]
    different, at = np.unique(cut, axis=0, return_inverse=True)  # margins hold nothing to cut
    found: Hashes = hashes.of_boxes(ink, different)[at.ravel()]
    return found


def _cut(mask: np.ndarray, shares: Sequence[float]) -> Iterator[hashes.Box]:
    """Yield what is drawn of a picture that is cut at its sides, first of the uncut one."""
    height, width = mask.shape
    sides = [*product(shares, shares)]
    lying = [(round(width * one), round(width * (1 - other))) for one, other in sides]
    upright = [(round(height * one), round(height * (1 - other))) for one, other in sides]
    rows = {(a, b): np.asarray(mask[:, a:b].any(axis=1)) for a, b in lying}
    columns = {(a, b): np.asarray(mask[a:b].any(axis=0)) for a, b in upright}
    for across, down in product(lying, upright):
        top, bottom = _ends(rows[across], *down)
        left, right = _ends(columns[down], *across)
        yield left, top, right, bottom


def _ends(filled: np.ndarray, first: int, after: int) -> tuple[int, int]:
    """Return where what is filled begins and ends within a span; the span if nothing is."""
    within = np.flatnonzero(filled[first:after])
    return (first + int(within[0]), first + int(within[-1]) + 1) if len(within) else (first, after)


def _kept_least(figures: Sequence[str], rows: np.ndarray, kept: Path) -> int:
    path = kept / f"{_key([repr(figures).encode(), rows.tobytes()])}.npy"
    if not path.is_file():
        _write(path, np.array(_least(np.array(figures), rows)))
    return int(np.load(path))


def _least(figures: np.ndarray, rows: np.ndarray) -> int:
    """Return how near an uncut picture is to a picture of another figure, uncut or cut, at least.

    It is a quarter of the bits at most: between pictures without anything in common it is half.
    """
    found = hashes.BITS // 4
    for figure, of in zip(figures, rows, strict=True):
        others = rows[figures != figure]
        if len(others):
            found = min(found, int(_nearest([of[:_UNCUT]], others).min()))
    return found


def _nearest(asked: Iterable[Hashes], rows: np.ndarray) -> np.ndarray:
    """Return for each picture the least distance of its hashes to any that is asked about."""
    found = np.full(len(rows), hashes.BITS)
    for one in chain.from_iterable(asked):
        distances = hashes.distances(one, rows.reshape(-1, rows.shape[2]))
        found = np.minimum(found, distances.reshape(rows.shape[:2]).min(axis=1))
    return found


def _key(contents: Iterable[bytes]) -> str:
    """Return the name under which is kept what was made of contents, by the code as it is."""
    code = (Path(module.__file__ or "").read_bytes() for module in (hashes, raster))
    made_from = [*contents, *code, Path(__file__).read_bytes()]
    return digests.of("".join(map(digests.of, made_from)).encode())[:32]


def _write(path: Path, found: np.ndarray) -> None:
    written = io.BytesIO()
    np.save(written, found)
    atomic.write(path, written.getvalue())
