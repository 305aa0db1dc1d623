"""The first use of each term on a page, with its definition at hand.

The definition shows on hovering and on keyboard focus, by style alone; screen
readers find it by ``aria-describedby``; the link leads to the glossary.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docutils import nodes

_NOT_IN = (nodes.reference, nodes.literal, nodes.raw)


@dataclass(frozen=True)
class Entry:
    """An entry of the glossary.

    Attributes
    ----------
    anchor : str
        Its anchor on the glossary's page.
    words : tuple of str
        The words that it explains, in every form that is listed.
    definition : str
        The explanation, plain text.
    """

    anchor: str
    words: tuple[str, ...]
    definition: str


def entries(glossary: nodes.document) -> list[Entry]:
    """Return the entries of a glossary's page."""
    return [_entry(item) for item in glossary.findall(nodes.definition_list_item)]


def explain_first_uses(doctree: nodes.document, known: Sequence[Entry], address: str) -> None:
    """Link the first use of each term on a page to its entry, and put the definition beside it.

    Parameters
    ----------
    doctree : docutils.nodes.document
        The page; changed in place.
    known : sequence of Entry
        The glossary.
    address : str
        Address of the glossary, relative to the page.
    """
    for entry in known:
        _explain_first_use(doctree, entry, address)


def _explain_first_use(doctree: nodes.document, entry: Entry, address: str) -> None:
    pattern = _pattern(entry)
    for holder in _running_text(doctree):
        for place, child in enumerate(holder.children):
            if isinstance(child, nodes.Text) and (match := pattern.search(child)):
                holder[place : place + 1] = _explained(child, match, entry, address)
                return


def _entry(item: nodes.definition_list_item) -> Entry:
    terms = list(item.findall(nodes.term))
    (definition,) = item.findall(nodes.definition)
    return Entry(
        terms[0]["ids"][0],
        tuple(_words(term) for term in terms),
        " ".join(definition.astext().split()),
    )


def _words(term: nodes.term) -> str:
    return "".join(child.astext() for child in term.children if isinstance(child, nodes.Text))


def _pattern(entry: Entry) -> re.Pattern[str]:
    longest_first = sorted(entry.words, key=len, reverse=True)
    words = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)


def _running_text(doctree: nodes.document) -> Iterator[nodes.Element]:
    """Yield what holds the page's running text, in its order."""
    for paragraph in doctree.findall(nodes.paragraph):
        if not _is_inside(paragraph, (nodes.table, nodes.definition_list)):
            yield from _holders(paragraph)


def _holders(element: nodes.Element) -> Iterator[nodes.Element]:
    yield element
    for child in element.children:
        if isinstance(child, nodes.Element) and not isinstance(child, _NOT_IN):
            yield from _holders(child)


def _is_inside(node: nodes.Node, kinds: tuple[type[nodes.Node], ...]) -> bool:
    parent = node.parent
    while parent is not None and not isinstance(parent, kinds):
        parent = parent.parent
    return parent is not None


def _explained(
    text: nodes.Text, match: re.Match[str], entry: Entry, address: str
) -> list[nodes.Node]:
    tip = f"tip-{entry.anchor}"
    link = (
        f'<span class="overtake-defined"><a class="overtake-term" href="{html.escape(address)}'
        f'#{entry.anchor}" aria-describedby="{tip}">{html.escape(match[0])}</a>'
        f'<span class="overtake-tip" role="tooltip" id="{tip}">{html.escape(entry.definition)}'
        "</span></span>"
    )
    before, after = text[: match.start()], text[match.end() :]
    return [nodes.Text(before), nodes.raw("", link, format="html"), nodes.Text(after)]
