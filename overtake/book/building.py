"""What one build of the book knows, kept on Sphinx's application for as long as it runs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from overtake.book.figure_pages.extension import FigurePages
from overtake.book.figure_pages.figure import ShownFigure
from overtake.book.scenario_page import Outcome
from overtake.core.errors import OvertakeError
from overtake.core.paths import Project
from overtake.publishing.publication import Publication
from overtake.runs.runs import Run
from overtake.runs.scenarios import Scenario


@dataclass(frozen=True)
class Build:
    """What a build shows, known before its first page is read.

    Attributes
    ----------
    project : Project
        The checkout.
    scenario : Scenario or None
        The scenario that the whole book is built under; None for the published book.
    runs : mapping of str to Run
        The run of each chapter, by chapter name.
    all_outcomes : sequence of Outcome
        Every scenario with its runs, the baseline first.
    publication : Publication or None
        Who published the book, when and where, if it says so.
    pages : FigurePages or None
        The figures' pages; only a publication has them.
    """

    project: Project
    scenario: Scenario | None
    runs: Mapping[str, Run]
    all_outcomes: Sequence[Outcome]
    publication: Publication | None
    pages: FigurePages | None

    @property
    def figures(self) -> Sequence[ShownFigure]:
        """The figures in the book's order; known once all pages are read."""
        return self.pages.figures if self.pages else ()

    @property
    def outcomes(self) -> Sequence[Outcome]:
        """The outcomes of all scenarios, for a page that can't do without them."""
        if not self.all_outcomes:
            raise ExtensionError("a page shows scenarios, but scenarios/ holds none")
        return self.all_outcomes

    @property
    def run_ids(self) -> dict[str, str]:
        """The id of the run that each chapter shows, by chapter name."""
        return {name: run.id for name, run in sorted(self.runs.items())}

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


class MarkdownDirective(SphinxDirective):
    """A directive whose content is Markdown computed from runs and tables."""

    def markdown(self) -> str:
        """Return the Markdown to put in the directive's place."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Parse the computed Markdown as part of the page."""
        holder = nodes.Element()
        with stopping_at_refusals():
            text = self.markdown()
        lines = StringList(text.splitlines(), source=self.env.doc2path(self.env.docname))
        self.state.nested_parse(lines, self.content_offset, holder)
        return list(holder.children)

    @property
    def build(self) -> Build:
        """What the build knows."""
        return of(self.env.app)

    @property
    def project(self) -> Project:
        """The project that is being built."""
        return self.build.project
