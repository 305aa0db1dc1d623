"""What a build of the book knows, for the modules that put it into pages."""

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from overtake.book.scenario_page import Outcome
from overtake.core.paths import Project
from overtake.runs.runs import Run

RUNS: dict[str, Run] = {}
"""Run of each chapter in this build, by chapter name."""
OUTCOMES: list[Outcome] = []
"""Every scenario with its runs, the baseline first."""


def run_ids() -> dict[str, str]:
    """Return the id of the run that each chapter shows, by chapter name."""
    return {name: run.id for name, run in sorted(RUNS.items())}


def run_of(chapter: str) -> Run:
    """Return the run of a chapter that the book shows."""
    if chapter not in RUNS:
        known = ", ".join(sorted(RUNS)) or "none"
        raise ExtensionError(f"no chapter is called {chapter!r}; there are: {known}")
    return RUNS[chapter]


def scenario_outcomes() -> list[Outcome]:
    """Return the outcomes of all scenarios."""
    if not OUTCOMES:
        raise ExtensionError("a page shows scenarios, but scenarios/ holds none")
    return OUTCOMES


class MarkdownDirective(SphinxDirective):
    """A directive whose content is Markdown computed from runs and tables."""

    def markdown(self) -> str:
        """Return the Markdown to put in the directive's place."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Parse the computed Markdown as part of the page."""
        holder = nodes.Element()
        lines = StringList(self.markdown().splitlines(), source=self.env.doc2path(self.env.docname))
        self.state.nested_parse(lines, self.content_offset, holder)
        return list(holder.children)

    @property
    def project(self) -> Project:
        """The project that is being built."""
        return Project.find(self.env.app.confdir)
