"""The first use of each term on a page, with its definition at hand.

The definition shows on hovering and on keyboard focus, by style alone; screen
readers find it by ``aria-describedby``; the link leads to the glossary.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from docutils import nodes

_NOT_IN = (nodes.table, nodes.definition_list, nodes.reference, nodes.literal, nodes.raw)
"""What holds no running text."""


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
    """Link the first use of a term on a page to its entry, and put the definition beside it.

    Parameters
    ----------
    doctree : docutils.nodes.document
        The page; changed in place.
    entry : Entry
        The term.
    address : str
        Address of the glossary, relative to the page.
    """
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
