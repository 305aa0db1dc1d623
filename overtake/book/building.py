"""What one build of the book knows, kept on Sphinx's application for as long as it runs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from overtake.book.figure_site import FigurePages
from overtake.book.figures import ShownFigure
from overtake.book.number_lists import NumberLists
from overtake.book.number_site import NumberPages
from overtake.book.scenario_page import Outcome
from overtake.book.table_site import TablePages
from overtake.core.errors import OvertakeError
from overtake.core.paths import Project
from overtake.publishing.publication import Publication
from overtake.runs.runs import Run
from overtake.runs.scenarios import Scenario
from overtake.runs.words import marks
from overtake.runs.words.marks import KnownNumbers, Mark


@dataclass(frozen=True)
class Build:
    """What a build shows, known before its first page is read.

    `scenario` is what the whole book is built under, none for the published book; `find_outcomes`
    executes what the scenarios lack. Only a publication has `pages`, those of its figures.
    """

    project: Project
    scenario: Scenario | None
    runs: Mapping[str, Run]
    find_outcomes: Callable[[], Sequence[Outcome]]
    publication: Publication | None
    pages: FigurePages | None

    @property
    def released(self) -> date | None:
        """The day of the release, by which it is told whether data are old."""
        return self.publication.released if self.publication else None

    @property
    def figures(self) -> Sequence[ShownFigure]:
        """The figures in the book's order; known once all pages are read."""
        return self.pages.figures if self.pages else ()

    @cached_property
    def tables(self) -> TablePages | None:
        """The pages of its tables, which stand beside those of its figures."""
        return TablePages(self.pages) if self.pages else None

    @cached_property
    def known_numbers(self) -> KnownNumbers | None:
        """The numbers that sentences link to; only a publication has their pages."""
        if self.pages is None:
            return None
        given = {name: (run.headline, run.facts["numbers"]) for name, run in self.runs.items()}
        return KnownNumbers(given, {name: run.facts for name, run in self.runs.items()})

    def mark_for(self, chapter: str = "") -> Mark:
        """Return what marks the numbers in a page's sentences, as one of a chapter."""
        known = self.known_numbers
        return known.marks_for(chapter) if known else marks.unmarked

    @cached_property
    def number_lists(self) -> NumberLists | None:
        """The lists of each chapter's numbers, where those stand that have no page."""
        return NumberLists(self.pages) if self.pages else None

    @cached_property
    def numbers(self) -> NumberPages | None:
        """The pages of its headline numbers, beside those of its figures."""
        return NumberPages(self.pages) if self.pages else None

    @cached_property
    def all_outcomes(self) -> Sequence[Outcome]:
        """Every scenario with its runs, the baseline first."""
        return self.find_outcomes()

    @property
    def outcomes(self) -> Sequence[Outcome]:
        """The outcomes of all scenarios, for a page that can't do without them."""
        if not self.all_outcomes:
            raise ExtensionError("a page shows scenarios, but scenarios/ holds none")
        return self.all_outcomes

    @property
    def is_published(self) -> bool:
        """Whether this is the published book, and not one under a scenario or without a name."""
        return self.publication is not None and self.scenario is None

    @property
    def run_ids(self) -> dict[str, str]:
        """The id of the run that each chapter shows, by chapter name."""
        return {name: run.id for name, run in sorted(self.runs.items())}

    def evidence_of(self, page: Path) -> Run | None:
        """Return the run whose evidence a page shows; None if it shows none."""
        pages = {self.project.evidence(name): run for name, run in self.runs.items()}
        return pages.get(page)

    def run_of(self, chapter: str) -> Run:
        """Return the run of a chapter that the book shows."""
        if chapter not in self.runs:
            known = ", ".join(sorted(self.runs)) or "none"
            raise ExtensionError(f"no chapter is called {chapter!r}; there are: {known}")
        return self.runs[chapter]


def keep(app: Sphinx, build: Build) -> None:
    """Keep what a build knows where all its parts find it; it is never pickled."""
    app.overtake_build = build  # type: ignore[attr-defined]


def of(app: Sphinx) -> Build:
    """Return what the build of an application knows."""
    build: Build = app.overtake_build  # type: ignore[attr-defined]
    return build


@contextmanager
def stopping_at_refusals() -> Iterator[None]:
    """End the build with the message of what our own code refuses, without a traceback."""
    try:
        yield
    except OvertakeError as error:
        raise ExtensionError(str(error)) from None
