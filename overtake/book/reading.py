"""What makes the book's pages read well: findings in headings, folds, terms, links at hand."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import quote, urlencode

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.typing import ExtensionMetadata

from overtake.book import building, changes, ledger, shown, terms
from overtake.book.building import MarkdownDirective
from overtake.core import digests, pages
from overtake.core.errors import ResultError
from overtake.data import tables
from overtake.publishing import releases
from overtake.publishing.releases import ReleasedFigure

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder

GLOSSARY = "chapters/glossary"
METHOD, LIMITS = "How.", "What could make it wrong."
SUMMARY = "How it was computed"
_OPEN = f'<details class="overtake-method"><summary>{SUMMARY}</summary>'
_STYLE, _LEDGER_SCRIPT, _CODE_SCRIPT = "words.css", "ledger.js", "code.js"
_PAGES_OF_MANY_FILES = frozenset({"html", "dirhtml"})
"""Builders of a web site; a book on paper folds nothing and explains nothing on hovering."""
_ISSUE = """\
Page: {title} ({page})
Version: {version}{run}

What is wrong, unclear or missing:

"""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.add_transform(shown.StableAnchors)
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
    fold_methods(doctree)
    if page != GLOSSARY:
        builder = cast("StandaloneHTMLBuilder", app.builder)
        entries: list[terms.Entry] = app.env.overtake_glossary  # type: ignore[attr-defined]
        for entry in entries:
            terms.explain_first_use(doctree, entry, builder.get_relative_uri(page, GLOSSARY))


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
    link = issue(
        published.repository,
        title=app.env.titles[page].astext(),
        page=f"{page}.html",
        version=published.version,
        run=f"\nRun: {run.id}" if run else "",
    )
    context["body"] += pages.render("feedback.html", link=link)


def issue(repository: str, *, title: str, **told: str) -> str:
    """Return the address of a new issue about a page.

    Parameters
    ----------
    repository : str
        Web address of the repository, on a host whose new issues take `title` and `body`.
    title : str
        The page's heading.
    **told : str
        The page's address from the book's root, the book's version, and the run that it shows.
    """
    fields = {"title": f"{title}: ", "body": _ISSUE.format(title=title, **told)}
    return f"{repository}/issues/new?{urlencode(fields, quote_via=quote)}"


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
        figures = {
            name: ReleasedFigure(run.chapter, run.id, figure.title, figure.files)
            for run in self.build.runs.values()
            for name, figure in run.figures.items()
        }
        data = self.project.data
        current = {n: digests.of_file(data / tables.describe(n).path) for n in tables.names()}
        return changes.since_last_release(releases.read_all(self.project), figures, current)


def fold_methods(doctree: nodes.document) -> None:
    """Fold each paragraph that says how something was computed; its limits stay in sight.

    A chapter writes them as paragraphs that begin with a bold "How." and a bold
    "What could make it wrong."; one paragraph may hold both.
    """
    for paragraph in list(doctree.findall(nodes.paragraph)):
        if any(map(_is_subject, paragraph.children)):
            parts = list(_parts(paragraph))  # it takes the children out of the paragraph
            paragraph.replace_self([node for part in parts for node in _folded(part)])


def _parts(paragraph: nodes.paragraph) -> Iterator[nodes.paragraph]:
    """Yield the paragraph in pieces, each with at most one subject at its beginning."""
    part = nodes.paragraph(classes=paragraph["classes"], ids=paragraph["ids"])
    for child in list(paragraph.children):
        if _is_subject(child) and part.children:
            yield part
            part = nodes.paragraph()
        part += child
    yield part


def _folded(part: nodes.paragraph) -> list[nodes.Node]:
    """Return a piece as it is shown: a method folded, limits marked, all else as it is."""
    subject = part.children[0]
    if not _is_subject(subject):
        return [part]
    if subject.astext() == LIMITS:
        part["classes"].append("overtake-limits")
        return [part]
    part.remove(subject)
    opened, closed = (nodes.raw("", text, format="html") for text in (_OPEN, "</details>"))
    return [opened, part, closed]


def _is_subject(node: nodes.Node) -> bool:
    return isinstance(node, nodes.strong) and node.astext() in {METHOD, LIMITS}
