"""Everything that can be cited, by id."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from overtake.core.errors import CitationError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing.citations import citable
from overtake.publishing.citations.citable import BOOK, Citable
from overtake.publishing.publication import Publication
from overtake.runs import chapter_source, runs
from overtake.runs.runs import Run, RunInputs

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_LONGEST_ID = 100
_SUGGESTIONS = 3


@dataclass(frozen=True)
class Catalogue:
    """What can be cited of a book.

    Attributes
    ----------
    project : Project
        The checkout.
    publication : Publication
        The released book.
    wanted : tuple of RunInputs
        The run of each chapter, whether it is at hand or not.
    """

    project: Project
    publication: Publication
    wanted: tuple[RunInputs, ...]

    @classmethod
    def of_published(cls, project: Project, publication: Publication) -> "Catalogue":
        """Return the catalogue of the published book: every parameter at its default."""
        wanted = tuple(runs.plan(project, name) for name in project.chapter_names())
        return cls(project, publication, wanted)

    @classmethod
    def of_runs(
        cls, project: Project, publication: Publication, shown: Mapping[str, Run]
    ) -> "Catalogue":
        """Return the catalogue of a book that shows these runs, by chapter name."""
        wanted = tuple(shown[name].record.inputs for name in sorted(shown))
        return cls(project, publication, wanted)

    @cached_property
    def runs(self) -> dict[str, Run]:
        """Those of the runs that are in the store, by chapter name."""
        found = {inputs.chapter: runs.find(self.project, inputs) for inputs in self.wanted}
        return {name: run for name, run in found.items() if run is not None}

    @cached_property
    def figures(self) -> dict[str, Citable]:
        """The figures of the runs at hand, by id."""
        return {
            name: citable.figure(shown, run)
            for run in self.runs.values()
            for name, shown in run.figures.items()
        }

    @property
    def ids(self) -> list[str]:
        """Every id that can be cited: the book's, chapters', tables' and figures'."""
        chapters = [inputs.chapter for inputs in self.wanted]
        return [BOOK, *chapters, *tables.names(), *self.figures]

    def find(self, id: str) -> Citable:
        """Return what an id names. Capitals matter.

        Raises
        ------
        CitationError
            If `id` is no id or names nothing; suggests the nearest, and says
            which chapters' figures are not known yet.
        """
        _check_form(id)
        if id == BOOK:
            return citable.book(self.publication.title, self.wanted)
        for inputs in self.wanted:
            if inputs.chapter == id:
                return citable.chapter(_heading(self.project, id), inputs)
        if id in tables.names():
            return citable.table(id, self.wanted)
        if id in self.figures:
            return self.figures[id]
        raise CitationError(self._unknown(id))

    def _unknown(self, id: str) -> str:
        lowered = {known.lower(): known for known in self.ids}
        close = difflib.get_close_matches(id.lower(), lowered, n=_SUGGESTIONS, cutoff=0.5)
        named = ", ".join(lowered[word] for word in close)
        hint = f"did you mean {named}?" if close else f"there are: {', '.join(self.ids)}"
        lacking = [i.chapter for i in self.wanted if i.chapter not in self.runs]
        more = f"; no run yet of {', '.join(lacking)}: `make book` makes it" if lacking else ""
        return f"nothing that can be cited is called {id!r}; {hint}{more}"


def _check_form(id: str) -> None:
    if len(id) > _LONGEST_ID or not _ID.fullmatch(id):
        shown = id if len(id) <= _LONGEST_ID else f"{id[:_LONGEST_ID]}…"
        raise CitationError(
            f"{shown!r} is no id: one has up to {_LONGEST_ID} letters, digits, "
            "hyphens and underscores, and starts with a letter or digit"
        )


def _heading(project: Project, chapter: str) -> str:
    """Return a chapter's heading, which stands first in its source."""
    notebook = chapter_source.read(project.chapter(chapter))
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := re.match(r"#\s+(.+)", cell.source)):
            return found[1].strip()
    return chapter
