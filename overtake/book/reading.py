"""What makes the book's pages read well: folded methods, explained terms, a way to answer.

A term's definition shows on hovering and on keyboard focus, by style alone; screen readers find
it by ``aria-describedby``; the link leads to the glossary.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.typing import ExtensionMetadata

from overtake.book import building, shown
from overtake.book.number_links import told_number
from overtake.core import pages

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder

GLOSSARY = "chapters/glossary"
METHOD, LIMITS = "How.", "What could make it wrong."
SUMMARY = "How it was computed"
_OPEN = f'<details class="overtake-method"><summary>{SUMMARY}</summary>'
_STYLE, _LEDGER_SCRIPT, _CODE_SCRIPT = "words.css", "ledger.js", "code.js"
_PAGES_OF_MANY_FILES = frozenset({"html", "dirhtml"})
"""Builders of a web site; a book on paper folds nothing and explains nothing on hovering."""
_NOT_IN = (
    nodes.table, nodes.definition_list, nodes.reference, told_number, nodes.literal, nodes.raw,
)  # fmt: skip
"""What holds no running text, or is a link."""
_ISSUE = """\
Page: {title} ({page})
Version: {version}{run}

What is wrong, unclear or missing:

"""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.add_transform(shown.StableAnchors)
    app.add_transform(shown.TitleOnce)
    app.connect("env-updated", _read_glossary)
    app.connect("doctree-resolved", _arrange)
    app.connect("html-page-context", _add_files)
    app.connect("html-page-context", _ask_for_feedback)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def _read_glossary(_app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Read the glossary once all pages are read; write all pages again if it has changed."""
    found = entries(env.get_doctree(GLOSSARY)) if GLOSSARY in env.found_docs else []
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
        glossary: list[Entry] = app.env.overtake_glossary  # type: ignore[attr-defined]
        for entry in glossary:
            explain_first_use(doctree, entry, builder.get_relative_uri(page, GLOSSARY))


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
    """Return the address of a new issue about a page, on a host that takes `title` and `body`."""
    fields = {"title": f"{title}: ", "body": _ISSUE.format(title=title, **told)}
    return f"{repository}/issues/new?{urlencode(fields, quote_via=quote)}"


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


@dataclass(frozen=True)
class Entry:
    """An entry of the glossary: its anchor, its words in every form, what they mean as text."""

    anchor: str
    words: tuple[str, ...]
    definition: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """Where one of the words stands by itself; of two the longer one."""
        longest_first = sorted(self.words, key=len, reverse=True)
        words = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)
        return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)


def entries(glossary: nodes.document) -> list[Entry]:
    """Return the entries of a glossary's page."""
    return [_entry(item) for item in glossary.findall(nodes.definition_list_item)]


def _entry(item: nodes.definition_list_item) -> Entry:
    terms = list(item.findall(nodes.term))
    (definition,) = item.findall(nodes.definition)
    return Entry(
        terms[0]["ids"][0],
        tuple(
            "".join(part.astext() for part in term.children if isinstance(part, nodes.Text))
            for term in terms
        ),
        " ".join(definition.astext().split()),
    )


def explain_first_use(doctree: nodes.document, entry: Entry, address: str) -> None:
    """Link a term's first use to its entry at the glossary's address, its definition beside it."""
    pattern = entry.pattern
    for text in _running_text(doctree):
        if match := pattern.search(text):
            before, after = nodes.Text(text[: match.start()]), nodes.Text(text[match.end() :])
            link = nodes.raw("", _link(match[0], entry, address), format="html")
            text.parent.replace(text, [before, link, after])
            return


def _running_text(element: nodes.Element) -> Iterator[nodes.Text]:
    """Yield the text of paragraphs, in their order."""
    for child in element.children:
        if isinstance(child, nodes.Text):
            if any(isinstance(each, nodes.paragraph) for each in _with_parents(element)):
                yield child
        elif isinstance(child, nodes.Element) and not isinstance(child, _NOT_IN):
            yield from _running_text(child)


def _with_parents(node: nodes.Node | None) -> Iterator[nodes.Node]:
    while node is not None:
        yield node
        node = node.parent


def _link(words: str, entry: Entry, address: str) -> str:
    tip = f"tip-{entry.anchor}"
    return (
        f'<span class="overtake-defined"><a class="overtake-term" href="{html.escape(address)}'
        f'#{entry.anchor}" aria-describedby="{tip}">{html.escape(words)}</a>'
        f'<span class="overtake-tip" role="tooltip" id="{tip}">{html.escape(entry.definition)}'
        "</span></span>"
    )
