"""What is known of a headline number of the book, whoever shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from overtake.data import tables
from overtake.data.tables import TableDescription
from overtake.publishing.citations import formats
from overtake.publishing.citations.catalogue import (
    Catalogue,
    Citable,
    Reference,
    of_number,
    references_of,
    tables_of_number,
)
from overtake.publishing.citations.formats import Item
from overtake.publishing.numbers import provenance, told
from overtake.publishing.numbers.provenance import Provenance
from overtake.runs.runs import Run
from overtake.runs.words.told import Headline


@dataclass(frozen=True)
class ShownNumber:
    """A headline number of the book, with its citation and the publications behind its data."""

    citable: Citable
    headline: Headline
    run: Run
    item: Item
    references: tuple[Reference, ...]
    used: tuple[str, ...]  # the tables behind it
    behind: Provenance
    root: Path

    @classmethod
    def of(cls, catalogue: Catalogue, id: str) -> Self:
        """Return a headline number that a catalogue lists."""
        run, behind = catalogue.numbers[id], catalogue.behind(id)
        citable = of_number(run, id, behind)
        item = formats.item(citable, catalogue.publication, catalogue.project)
        references = references_of(catalogue.project, citable.references)
        told_as, root = run.headline[citable.stem], catalogue.project.root
        used = tables_of_number(run, behind)
        return cls(citable, told_as, run, item, references, used, behind, root)

    @property
    def id(self) -> str:
        """Its chapter, a slash and its name."""
        return self.citable.id

    @property
    def name(self) -> str:
        """Its name in its chapter."""
        return self.citable.stem

    @property
    def chapter(self) -> str:
        """The name of its chapter."""
        return self.run.chapter

    @property
    def value(self) -> str:
        """The number with its unit, in words."""
        return told.value(self.headline)

    @property
    def interval(self) -> str:
        """Its interval in words; "" if it has none."""
        return told.interval(self.headline)

    @cached_property
    def shown_in(self) -> tuple[str, ...]:
        """Ids of the figures whose data hold it."""
        found = provenance.holding(self.behind.figures, self.headline.estimate, self.run.folder)
        return tuple(found)

    @cached_property
    def tables(self) -> tuple[TableDescription, ...]:
        """The tables behind it."""
        return tuple(map(tables.describe, self.used))

    def record(self, address: str, citation: str) -> Mapping[str, Any]:
        """Return what is known of it, for programs."""
        return {
            "id": self.id,
            "label": self.headline.label,
            "definition": self.headline.definition,
            **told.plain(self.headline.estimate),
            "in_words": told.short(self.headline),
            "data_until": self.headline.data_until,
            "chapter": self.chapter,
            "run": self.run.id,
            "address": address,
            "citation": citation,
            "credit": self.citable.credit,
        }
