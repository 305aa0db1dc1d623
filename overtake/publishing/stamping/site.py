"""Stamp the pictures of a built book."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from overtake.core import digests
from overtake.core.errors import PictureError
from overtake.publishing import framing
from overtake.publishing.citations import csl, formats
from overtake.publishing.citations.catalogue import Catalogue
from overtake.publishing.citations.citable import Citable
from overtake.publishing.stamping import pictures, stamp
from overtake.publishing.stamping.stamp import Stamp

_FOLDERS = ("_images", "_downloads")


def of_figure(catalogue: Catalogue, figure: Citable) -> Stamp:
    """Return what the pictures of a figure of the catalogue say."""
    item = csl.item(figure, catalogue.publication, catalogue.project)
    return stamp.of_figure(figure, catalogue.publication, formats.FORMATS["apa"].write(item))


def stamped(catalogue: Catalogue, id: str) -> dict[str, bytes]:
    """Return the stamped pictures of a figure, by file name.

    Raises
    ------
    CitationError
        If no run at hand has such a figure.
    PictureError
        If a picture in the store is damaged.
    """
    said = of_figure(catalogue, catalogue.find(id))
    return {path.name: pictures.add(path.read_bytes(), said) for path in _pictures(catalogue, id)}


def stamp_pages(site: Path, catalogue: Catalogue) -> int:
    """Stamp the runs' pictures that Sphinx has copied beside the pages.

    They are known by their content; a stamp of an earlier build is replaced.

    Parameters
    ----------
    site : pathlib.Path
        The built book.
    catalogue : Catalogue
        What the book shows.

    Returns
    -------
    int
        How many pictures were stamped.
    """
    figures = _by_content(catalogue)
    says: dict[str, Stamp] = {}
    count = 0
    for path in _candidates(site):
        content = path.read_bytes()
        figure = figures.get(_digest(content))
        if figure is not None:
            if figure.id not in says:
                says[figure.id] = of_figure(catalogue, figure)
            path.write_bytes(pictures.add(content, says[figure.id]))
            count += 1
    return count


def _by_content(catalogue: Catalogue) -> dict[str, Citable]:
    return {
        digests.of(path.read_bytes()): figure
        for name, figure in catalogue.figures.items()
        for path in _pictures(catalogue, name)
    }


def _pictures(catalogue: Catalogue, id: str) -> list[Path]:
    """Return the pictures of a figure, with title and source line, not yet stamped."""
    (shown,) = (run.figures[id] for run in catalogue.runs.values() if id in run.figures)
    folder = framing.framed(shown, catalogue.project.root)
    return [folder / f"{id}.{kind}" for kind in framing.KINDS]


def _candidates(site: Path) -> Iterator[Path]:
    for folder in _FOLDERS:
        for kind in pictures.KINDS:
            yield from sorted((site / folder).rglob(f"*.{kind}"))


def _digest(content: bytes) -> str:
    """Hash a picture without its stamp; "" for a file that is no such picture."""
    try:
        return hashlib.sha256(pictures.take_apart(content).picture).hexdigest()
    except PictureError:
        return ""
