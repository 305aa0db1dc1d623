"""What is known of a figure of the book, whoever shows it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from PIL import Image

from overtake.core import digests
from overtake.data import spreadsheet, tables
from overtake.data.tables import TableDescription
from overtake.publishing import framing
from overtake.publishing.citations import formats, references
from overtake.publishing.citations.catalogue import Catalogue, Citable
from overtake.publishing.citations.formats import Item
from overtake.publishing.citations.references import Reference
from overtake.runs.recorded import RunInputs
from overtake.runs.runs import Run
from overtake.runs.words.told import Figure, JudgedClaim

_PIXELS_PER_POINT_SHOWN = 2  # a figure's PNG has two pixels for each one it is shown with


@dataclass(frozen=True)
class Place:
    """Where a chapter shows a figure.

    Attributes
    ----------
    chapter_title : str
        The chapter's heading.
    address : str
        Address from the book's root, without a slash at its beginning.
    number : str
        The figure's number as readers see it, or "" if the chapter has none for it.
    """

    chapter_title: str
    address: str
    number: str


@dataclass(frozen=True)
class ShownFigure:
    """A figure of the book.

    Attributes
    ----------
    citable : Citable
        Its id, title, address and credit.
    shown : Figure
        The figure with its words.
    run : Run
        The run that drew it.
    place : Place
        Where its chapter shows it.
    item : dict
        Its citation as CSL-JSON.
    references : tuple of Reference
        The publications behind its data.
    root : pathlib.Path
        The checkout's root folder.
    """

    citable: Citable
    shown: Figure
    run: Run
    place: Place
    item: Item
    references: tuple[Reference, ...]
    root: Path

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
        """Return a file: a picture with its words as svg, png or pdf, or the data as csv."""
        folder = self.pictures if kind in framing.KINDS else self.shown.folder
        return folder / f"{self.id}.{kind}"

    def record(self) -> bytes:
        """Return what is known of it, as JSON: words, tables, columns, hashes of the files."""
        files = {p.name: digests.of_file(p) for p in map(self.file, (*framing.KINDS, "csv"))}
        record = {**asdict(self.shown), "files": files}
        del record["folder"]
        return f"{json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True)}\n".encode()

    def data(self) -> list[list[str]]:
        """Return the plotted data, the header first."""
        return spreadsheet.rows_of(self.file("csv"))


def shown(catalogue: Catalogue, places: Mapping[str, Place]) -> list[ShownFigure]:
    """Return the figures of the book in the order in which readers meet them.

    Parameters
    ----------
    catalogue : Catalogue
        The runs that the book shows.
    places : mapping of str to Place
        Where each figure is, by id, in the order of the book.
    """
    drawn = {name: run for run in catalogue.runs.values() for name in run.figures}
    return [
        ShownFigure(
            citable=(citable := catalogue.figures[name]),
            shown=drawn[name].figures[name],
            run=drawn[name],
            place=place,
            item=formats.item(citable, catalogue.publication, catalogue.project),
            references=references.of_keys(catalogue.project, citable.references),
            root=catalogue.project.root,
        )
        for name, place in places.items()
    ]
