"""How the book's pages are made to read well, in the hands of Sphinx."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.typing import ExtensionMetadata

from overtake.book import building, ledger, shown
from overtake.book.building import MarkdownDirective
from overtake.book.headings import StableAnchors
from overtake.book.reading import changes, feedback, folds, terms
from overtake.core import digests
from overtake.core.errors import ResultError
from overtake.data import tables
from overtake.publishing.releasing import record

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder

GLOSSARY = "chapters/glossary"
_STYLE, _LEDGER_SCRIPT, _CODE_SCRIPT = "words.css", "ledger.js", "code.js"
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
    before = getattr(env, "overtake_glossary", found)
    env.overtake_glossary = found  # type: ignore[attr-defined]
    return env.found_docs if before != found else []


def _arrange(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Fold the methods of a page and explain its terms, where pages are read on a screen."""
    if app.builder.name not in _PAGES_OF_MANY_FILES:
        return
    folds.fold_methods(doctree)
    entries: list[terms.Entry] = app.env.overtake_glossary  # type: ignore[attr-defined]
    if entries and page != GLOSSARY:
        builder = cast("StandaloneHTMLBuilder", app.builder)
        address = builder.get_relative_uri(page, GLOSSARY)
        terms.explain_first_uses(doctree, entries, address)


def _add_files(
    app: Sphinx, page: str, _template: str, _context: object, doctree: nodes.document | None
) -> None:
    """Load style everywhere, and each script only where it has something to do."""
    app.add_css_file(_STYLE)
    if doctree and any("claim-ledger" in n["classes"] for n in doctree.findall(nodes.container)):
        app.add_js_file(_LEDGER_SCRIPT, loading_method="defer")
    if page.removeprefix("chapters/") in building.of(app).runs:
        app.add_js_file(_CODE_SCRIPT, loading_method="defer")


def _ask_for_feedback(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """End each page with a link to a prefilled issue, if it is known where issues go."""
    build = building.of(app)
    published = build.publication
    if doctree is None or published is None or published.repository is None:
        return
    run = build.runs.get(page.removeprefix("chapters/"))
    link = feedback.address(
        published.repository,
        title=app.env.titles[page].astext(),
        page=f"{page}.html",
        version=published.version,
        run=run.id if run else None,
    )
    context["body"] = f"{context['body']}{feedback.paragraph(link)}"


class ClaimLedger(MarkdownDirective):
    """Every claim that the book tests, with its verdict, figure and model.

    The content is the table's caption; `chapters` gives the order.
    """

    has_content = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {"chapters": directives.unchanged}

    def markdown(self) -> str:
        """Return the ledger."""
        chapters = self.options.get("chapters", "").split()
        table = self.config[ledger.CLAIMS_SETTING]
        return ledger.claim_ledger(self.build.runs, table, chapters, " ".join(self.content))


class ChapterFigure(MarkdownDirective):
    """A figure of a chapter's run on another page; the arguments are the chapter and the id."""

    required_arguments = 2

    def markdown(self) -> str:
        """Return the figure."""
        chapter, figure = self.arguments
        run = self.build.run_of(chapter)
        if figure not in run.figures:
            raise ResultError(f"no figure {figure!r}; there are: {', '.join(sorted(run.figures))}")
        return shown.figure_elsewhere(run.figures[figure], self.project.root)


class SinceLastRelease(MarkdownDirective):
    """What is not as the last release has it."""

    def markdown(self) -> str:
        """Return the list, or that this is the first edition."""
        data = self.project.data
        current = {n: digests.of_file(data / tables.describe(n).path) for n in tables.names()}
        state = changes.of_runs(self.build.runs.values(), current)
        return changes.since_last_release(record.read_all(self.project), state)
