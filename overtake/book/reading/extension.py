"""How the book's pages are made to read well, in the hands of Sphinx."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

from overtake.book import building, ledger, shown
from overtake.book.building import MarkdownDirective
from overtake.book.headings import StableAnchors
from overtake.book.reading import changes, feedback, folds, terms
from overtake.core import digests
from overtake.core.errors import OvertakeError, ResultError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import publication, releases

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder

GLOSSARY = "chapters/glossary"
_STYLE, _LEDGER_SCRIPT, _CODE_SCRIPT = "words.css", "ledger.js", "code.js"
_ENTRIES: list[terms.Entry] = []
"""The glossary of this build."""
_PAGES_OF_MANY_FILES = frozenset({"html", "dirhtml"})
"""Builders of a web site; a book on paper folds nothing and explains nothing on hovering."""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.add_transform(StableAnchors)
    app.connect("env-updated", _read_glossary)
    app.connect("doctree-resolved", _arrange)
    app.connect("html-page-context", _add_files)
    app.connect("html-page-context", _ask_for_feedback)
    app.add_directive("chapter-figure", ChapterFigure)
    app.add_directive("claim-ledger", ClaimLedger)
    app.add_directive("since-last-release", SinceLastRelease)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def _read_glossary(_app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Read the glossary once all pages are read; write all pages again if it has changed."""
    found = terms.entries(env.get_doctree(GLOSSARY)) if GLOSSARY in env.found_docs else []
    _ENTRIES[:] = found
    before = getattr(env, "overtake_glossary", found)
    env.overtake_glossary = found  # type: ignore[attr-defined]
    return env.found_docs if before != found else []


def _arrange(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Fold the methods of a page and explain its terms, where pages are read on a screen."""
    if app.builder.name not in _PAGES_OF_MANY_FILES:
        return
    folds.fold_methods(doctree)
    if _ENTRIES and page != GLOSSARY:
        builder = cast("StandaloneHTMLBuilder", app.builder)
        address = builder.get_relative_uri(page, GLOSSARY)
        terms.explain_first_uses(doctree, _ENTRIES, address)


def _add_files(
    app: Sphinx, page: str, _template: str, _context: object, doctree: nodes.document | None
) -> None:
    """Load style everywhere, and each script only where it has something to do."""
    app.add_css_file(_STYLE)
    if doctree and any("claim-ledger" in n["classes"] for n in doctree.findall(nodes.container)):
        app.add_js_file(_LEDGER_SCRIPT, loading_method="defer")
    if page.removeprefix("chapters/") in building.RUNS:
        app.add_js_file(_CODE_SCRIPT, loading_method="defer")


def _ask_for_feedback(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """End each page with a link to a prefilled issue, if it is known where issues go."""
    project = Project.find(app.confdir)
    if doctree is None or not (project.root / publication.FILE_NAME).is_file():
        return
    published = publication.read(project)
    if published.repository is None:
        return
    run = building.RUNS.get(page.removeprefix("chapters/"))
    link = feedback.address(
        published.repository,
        title=app.env.titles[page].astext(),
        page=f"{page}.html",
        version=published.version,
        run=run.id if run else None,
    )
    context["body"] = f"{context['body']}{feedback.paragraph(link)}"


class _Computed(MarkdownDirective):
    """A directive whose errors name what the book's source must change."""

    def compute(self) -> str:
        """Return the Markdown."""
        raise NotImplementedError

    def markdown(self) -> str:
        """Return the Markdown; an error of ours stops the build with its message."""
        try:
            return self.compute()
        except OvertakeError as error:
            raise ExtensionError(str(error)) from None


class ClaimLedger(_Computed):
    """Every claim of the article with its verdict, figure and model."""

    def compute(self) -> str:
        """Return the ledger."""
        return ledger.claim_ledger(building.RUNS)


class ChapterFigure(_Computed):
    """A figure of a chapter's run on another page; the arguments are the chapter and the id."""

    required_arguments = 2

    def compute(self) -> str:
        """Return the figure."""
        chapter, figure = self.arguments
        run = building.run_of(chapter)
        if figure not in run.figures:
            raise ResultError(f"no figure {figure!r}; there are: {', '.join(sorted(run.figures))}")
        return shown.figure_elsewhere(run.figures[figure], self.project.root)


class SinceLastRelease(_Computed):
    """What is not as the last release has it."""

    def compute(self) -> str:
        """Return the list, or that this is the first edition."""
        data = self.project.data
        current = {n: digests.of_file(data / tables.describe(n).path) for n in tables.names()}
        state = changes.of_runs(building.RUNS.values(), current)
        return changes.since_last_release(releases.read_all(self.project), state)
