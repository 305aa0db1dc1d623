"""Headline numbers in running sentences, which lead to their pages and open a card."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from docutils import nodes
from markupsafe import Markup
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from overtake.book import building, number_cards
from overtake.book.building import stopping_at_refusals
from overtake.book.guided import steering
from overtake.book.number_cards import Card
from overtake.book.shown_number import ShownNumber
from overtake.runs.words import marks

_SCRIPT, _STYLE = "cards.js", "cards.css"
_BEFORE_TERMS = 450
_NOT_IN = (
    nodes.table, nodes.definition_list, nodes.figure, nodes.reference, addnodes.pending_xref,
    nodes.literal, nodes.raw, nodes.math, steering,
)  # fmt: skip
"""What holds no running text, and what is a link or a button already."""


class told_number(nodes.inline):  # noqa: N801  (docutils names nodes so)
    """A headline number in a sentence: its id in `number`, and where its page is in `address`."""


class MarkedNumbers(SphinxTransform):
    """Turn marked numbers in running text into nodes; elsewhere they are plain text."""

    default_priority: ClassVar[int] = 200  # before anything reads names and titles

    def apply(self, **_kwargs: object) -> None:
        """Leave no mark in the page."""
        known = building.of(self.app).headline_numbers
        set_apart(self.document, known.ids if known else ())


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.add_node(told_number, html=(_begin, _end))
    app.add_transform(MarkedNumbers)
    app.connect("doctree-resolved", _connect, priority=_BEFORE_TERMS)
    app.connect("html-page-context", _add_cards)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def set_apart(document: nodes.document, ids: Sequence[str]) -> None:
    """Put each marked number of running text into a node of its own, and drop all other marks."""
    for text in list(document.findall(nodes.Text)):
        if text == marks.strip(text):
            continue
        parts = list(marks.pieces(text)) if _is_running(text) else [(marks.strip(text), None)]
        text.parent.replace(text, [_node(words, place, ids) for words, place in parts])
    for element in document.findall(nodes.Element):
        for name, value in element.attributes.items():
            if isinstance(value, str):
                element[name] = marks.strip(value)


def _node(words: str, place: int | None, ids: Sequence[str]) -> nodes.Node:
    text = nodes.Text(words)
    return text if place is None else told_number("", "", text, number=ids[place])


def _is_running(text: nodes.Text) -> bool:
    above = list(_above(text))
    is_said = any(isinstance(each, nodes.paragraph) for each in above)
    return is_said and not any(isinstance(each, _NOT_IN) for each in above)


def _above(node: nodes.Node) -> Iterator[nodes.Node]:
    while (node := node.parent) is not None:
        yield node


def _connect(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Lead each number to its page where there is one; on paper it is text."""
    known = _numbers(app)
    for node in list(doctree.findall(told_number)):
        if number := known.get(node["number"]):
            node["address"] = f"{_root(page)}{number_cards.address(number)}"
        else:
            node.replace_self(node.children)


def _add_cards(
    app: Sphinx, page: str, _template: str, context: dict[str, object],
    doctree: nodes.document | None,
) -> None:  # fmt: skip
    """Give a page the cards of the numbers that its sentences tell, each once."""
    known = _numbers(app)
    found = (node["number"] for node in doctree.findall(told_number)) if doctree else ()
    if told := [known[each] for each in dict.fromkeys(found) if each in known]:
        cards = number_cards.written(map(Card.of, told), _root(page))
        context["overtake_cards"] = Markup(cards)  # noqa: S704  (made by our template)
        app.add_css_file(_STYLE)
        app.add_js_file(_SCRIPT, loading_method="defer")


def _numbers(app: Sphinx) -> Mapping[str, ShownNumber]:
    """Return the headline numbers that have a page in what is built, by id."""
    pages = building.of(app).numbers
    if pages is None or app.builder.name != "html":
        return {}
    with stopping_at_refusals():
        return pages.by_id


def _root(page: str) -> str:
    """Return the way from a page to the book's root."""
    return "../" * page.count("/")


def _begin(translator: HTML5Translator, node: told_number) -> None:
    attributes = {"href": node["address"], "data-number": node["number"]}
    translator.body.append(
        translator.starttag(node, "a", "", CLASS="overtake-number", **attributes)
    )


def _end(translator: HTML5Translator, _node: told_number) -> None:
    translator.body.append("</a>")
