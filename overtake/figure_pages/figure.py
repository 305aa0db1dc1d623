"""What is known of a figure that has a page of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image

from overtake import spreadsheet, tables
from overtake.citations import csl, references
from overtake.citations.catalogue import Catalogue
from overtake.citations.citable import Citable
from overtake.citations.csl import Item
from overtake.citations.references import Reference
from overtake.runs import Run
from overtake.tables import TableDescription

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
    record : mapping
        Its record in the run.
    run : Run
        The run that drew it.
    place : Place
        Where its chapter shows it.
    claims : tuple of mapping
        The claims that are judged by it, as the run's results give them.
    item : dict
        Its citation as CSL-JSON.
    references : tuple of Reference
        The publications behind its data.
    """

    citable: Citable
    record: Mapping[str, Any]
    run: Run
    place: Place
    claims: tuple[Mapping[str, Any], ...]
    item: Item
    references: tuple[Reference, ...]

    @property
    def id(self) -> str:
        """The figure's id."""
        return self.citable.id

    @property
    def chapter(self) -> str:
        """The name of its chapter."""
        return str(self.inputs["chapter"])

    @property
    def crate(self) -> str:
        """Name of the file that holds its run as a research object."""
        return f"{self.chapter}-{self.run.id}.zip"

    @cached_property
    def inputs(self) -> Mapping[str, Any]:
        """What its run was made from."""
        inputs: Mapping[str, Any] = self.run.record["inputs"]
        return inputs

    @cached_property
    def tables(self) -> tuple[TableDescription, ...]:
        """The tables behind its data."""
        return tuple(map(tables.describe, self.record["tables"]))

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height in CSS pixels."""
        with Image.open(self.file("png")) as picture:
            width, height = picture.size
        return width // _PIXELS_PER_POINT_SHOWN, height // _PIXELS_PER_POINT_SHOWN

    @cached_property
    def models(self) -> tuple[str, ...]:
        """Paths of the model code, what judges a claim first, from the project's root."""
        named = {f"{claim['model'].replace('.', '/')}.py": None for claim in self.claims}
        used = [path for path in self.inputs["modules"] if path.startswith("models/")]
        code = [path for path in used if not path.endswith("__init__.py")]
        return tuple(dict.fromkeys([*(path for path in named if path in code), *code]))

    def file(self, kind: str) -> Path:
        """Return the run's file of a kind: svg, png, pdf, csv or json."""
        return self.run.folder / "figures" / f"{self.id}.{kind}"

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
    order = {name: number for number, name in enumerate(places)}
    found = [
        _figure(catalogue, run, record, places[name])
        for run in catalogue.runs.values()
        for name, record in run.figures.items()
    ]
    return sorted(found, key=lambda figure: order[figure.id])


def _figure(catalogue: Catalogue, run: Run, record: Mapping[str, Any], place: Place) -> ShownFigure:
    citable = catalogue.figures[record["id"]]
    return ShownFigure(
        citable=citable,
        record=record,
        run=run,
        place=place,
        claims=_claims(run.results["claims"], citable.id),
        item=csl.item(citable, catalogue.publication, catalogue.project),
        references=references.of_keys(catalogue.project, citable.references),
    )


def _claims(claims: Sequence[Mapping[str, Any]], id: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(claim for claim in claims if claim["figure"] == id)
