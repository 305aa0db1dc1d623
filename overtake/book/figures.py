"""What is known of a figure of the book, whoever shows it."""

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from PIL import Image

from overtake.book import pictures
from overtake.core import digests
from overtake.data import spreadsheet, tables
from overtake.data.tables import TableDescription
from overtake.publishing import framing
from overtake.publishing.citations import formats
from overtake.publishing.citations.catalogue import (
    Catalogue,
    Citable,
    Reference,
    of_figure,
    references_of,
)
from overtake.publishing.citations.formats import Item
from overtake.runs.recorded import RunInputs
from overtake.runs.runs import Run
from overtake.runs.words.told import Figure, JudgedClaim

_PIXELS_PER_POINT_SHOWN = 2  # a figure's PNG has two pixels for each one it is shown with


@dataclass(frozen=True)
class Place:
    """Where a chapter shows a figure.

    The address is from the book's root, without a slash at its beginning; the number is as
    readers see it, or "" if the chapter has none for it.
    """

    chapter_title: str
    address: str
    number: str


@dataclass(frozen=True)
class ShownFigure:
    """A figure of the book, with its citation and the publications behind its data."""

    citable: Citable
    shown: Figure
    run: Run
    place: Place
    item: Item
    references: tuple[Reference, ...]
    root: Path

    @classmethod
    def of(cls, catalogue: Catalogue, run: Run, id: str, place: Place) -> Self:
        """Return a figure that a run has drawn."""
        project, citable = catalogue.project, of_figure(run.figures[id], run.id)
        item = formats.item(citable, catalogue.publication, project)
        behind = references_of(project, citable.references)
        return cls(citable, run.figures[id], run, place, item, behind, project.root)

    @property
    def id(self) -> str:
        """The figure's id."""
        return self.citable.id

    @property
    def chapter(self) -> str:
        """The name of its chapter."""
        return self.inputs.chapter

    @property
    def crate(self) -> str:
        """Name of the file that holds its run as a research object."""
        return f"{self.chapter}-{self.run.id}.zip"

    @property
    def inputs(self) -> RunInputs:
        """What its run was made from."""
        return self.run.record.inputs

    @cached_property
    def claims(self) -> tuple[JudgedClaim, ...]:
        """The claims that are judged by it."""
        return tuple(claim for claim in self.run.claims.values() if claim.figure == self.id)

    @cached_property
    def tables(self) -> tuple[TableDescription, ...]:
        """The tables behind its data."""
        return tuple(map(tables.describe, self.shown.tables))

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height in CSS pixels."""
        with Image.open(self.file("png")) as picture:
            width, height = picture.size
        return width // _PIXELS_PER_POINT_SHOWN, height // _PIXELS_PER_POINT_SHOWN

    @property
    def preview(self) -> tuple[str, int, int]:
        """Address of its PNG from the book's root, and the PNG's width and height."""
        width, height = (_PIXELS_PER_POINT_SHOWN * pixels for pixels in self.size)
        return f"{self.citable.path}{self.id}.png", width, height

    @cached_property
    def models(self) -> tuple[str, ...]:
        """Paths of the model code, what judges a claim first, from the project's root."""
        used = [path for path in self.inputs.modules if path.startswith("models/")]
        code = [path for path in used if not path.endswith("__init__.py")]
        judges = [f"{claim.model.replace('.', '/')}.py" for claim in self.claims]
        return tuple(dict.fromkeys([*(path for path in judges if path in code), *code]))

    @cached_property
    def pictures(self) -> Path:
        """Folder of its pictures, with title and source line."""
        return framing.framed(self.shown, self.root)

    def file(self, kind: str) -> Path:
        """Return a file: a picture to take away as svg, png or pdf, or the data as csv."""
        folder = self.pictures if kind in framing.KINDS else self.shown.folder
        return folder / f"{self.id}.{kind}"

    def shown_files(self) -> dict[str, bytes]:
        """Return the pictures that pages show, by file name."""
        names = [f"{self.id}-{name}.svg" for name in framing.SHOWN]
        return {name: (self.pictures / name).read_bytes() for name in names}

    def picture(self, address: str = "") -> str:
        """Return its picture as HTML, for a page from which its files stand at the address."""
        return pictures.markup(self.pictures, self.id, self.shown.alt, address)

    def thumbnail(self, address: str, *, first: bool) -> str:
        """Return its picture as HTML, small, as `picture`; or as the first of many."""
        return pictures.thumbnail(self.pictures, self.id, address, first=first)

    def record(self) -> bytes:
        """Return what is known of it, as JSON: words, tables, columns, hashes of the files."""
        files = {p.name: digests.of_file(p) for p in map(self.file, (*framing.KINDS, "csv"))}
        until = self.shown.data.until if self.shown.data else None
        record = {**asdict(self.shown), "files": files, "data_until": until}
        del record["folder"]
        return f"{json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True)}\n".encode()

    def data(self) -> list[list[str]]:
        """Return the plotted data, the header first."""
        return spreadsheet.rows_of(self.file("csv"))
