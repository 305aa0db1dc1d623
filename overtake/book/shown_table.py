"""What is known of a table of the book, whoever shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from overtake.book.figures import ShownFigure
from overtake.data import spreadsheet, tables
from overtake.data.tables import FieldDescription, TableDescription
from overtake.publishing.citations import formats
from overtake.publishing.citations.catalogue import Catalogue, Citable, Reference, references_of
from overtake.publishing.citations.formats import Item
from overtake.publishing.vintages import TableState

FIRST_ROWS = 10
"""Rows that a page shows; the CSV has all."""
_LONGEST_CELL = 160


@dataclass(frozen=True)
class Reader:
    """A chapter that uses a table: its figures of it, and the parameters whose default is there."""

    chapter: str
    title: str
    figures: Sequence[ShownFigure]
    parameters: Sequence[str]


@dataclass(frozen=True)
class ShownTable:
    """A table of the book, with its citation, the publications behind it, and what uses it.

    `states` are its files as the history of the data has them, the present one first.
    """

    citable: Citable
    described: TableDescription
    item: Item
    references: tuple[Reference, ...]
    readers: Sequence[Reader]
    states: Sequence[TableState]
    path: Path

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        name: str,
        readers: Sequence[Reader],
        states: Sequence[TableState],
    ) -> Self:
        """Return a table of the book that a catalogue lists."""
        citable, described = catalogue.find(name), tables.describe(name)
        item = formats.item(citable, catalogue.publication, catalogue.project)
        behind = references_of(catalogue.project, described.sources)
        path = catalogue.project.data / described.path
        return cls(citable, described, item, behind, readers, states, path)

    @property
    def id(self) -> str:
        """The table's name."""
        return self.citable.id

    @cached_property
    def content(self) -> bytes:
        """Its CSV file."""
        return self.path.read_bytes()

    @cached_property
    def first_rows(self) -> list[list[str]]:
        """The first rows of it, long texts cut short."""
        _, *rows = spreadsheet.rows_of(self.path)
        return [[_short(cell) for cell in row] for row in rows[:FIRST_ROWS]]

    def rules_of(self, field: FieldDescription) -> list[str]:
        """Return in words what the schema demands of a column."""
        given: Mapping[str, Any] = field.constraints
        said = [words.format(given[name]) for name, words in _BOUNDS.items() if name in given]
        words = {
            "part of the key": field.name in self.described.primary_key,
            "required": given.get("required", False),
            "unique": given.get("unique", False),
        }
        if values := given.get("enum"):
            said.append(f"one of {', '.join(map(str, values))}")
        return [*(word for word, holds in words.items() if holds), *said]


_BOUNDS = {"minimum": "at least {}", "maximum": "at most {}", "pattern": "of the form {}"}
"""What constraints of a schema mean, by their names."""


def _short(cell: str) -> str:
    return cell if len(cell) <= _LONGEST_CELL else f"{cell[:_LONGEST_CELL].rstrip()}…"
