"""Numbers in running sentences, which lead to where they are on record and open a card."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from docutils import nodes
from markupsafe import Markup
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from overtake.book import building, number_cards, number_lists
from overtake.book.building import stopping_at_refusals
from overtake.book.guided import steering
from overtake.book.number_cards import Card
from overtake.book.number_lists import NumberLists
from overtake.book.number_site import NumberPages
from overtake.runs.words import marks

_SCRIPT, _STYLE = "cards.js", "cards.css"
_CARDS = '<script type="application/json" id="overtake-cards">{}</script>'
_BEFORE_TERMS = 450
_NOT_IN = (
    nodes.table, nodes.definition_list, nodes.figure, nodes.reference, addnodes.pending_xref,
    nodes.literal, nodes.raw, nodes.math, steering,
)  # fmt: skip
"""What holds no running text, and what is a link or a button already."""


class told_number(nodes.inline):  # noqa: N801  (docutils names nodes so)
    """A number in a sentence: its id in `number`, and where it is on record in `address`."""


class MarkedNumbers(SphinxTransform):
    """Turn marked numbers in running text into nodes; elsewhere they are plain text."""

    default_priority: ClassVar[int] = 200  # before anything reads names and titles

    def apply(self, **_kwargs: object) -> None:
        """Leave no mark in the page."""
        known = building.of(self.app).known_numbers
        told = set_apart(self.document, known.at if known else None)
        number_lists.remember(self.app.env, told)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.add_node(told_number, html=(_begin, _end))
    app.add_transform(MarkedNumbers)
    app.connect("doctree-resolved", _connect, priority=_BEFORE_TERMS)
    app.connect("html-page-context", _add_cards)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def set_apart(document: nodes.document, find: Callable[[int], str] | None) -> list[str]:
    """Put each marked number of running text into a node of its own, and drop all other marks.

    `find` gives the id of a number by the place of its mark. Returns the ids.
    """
    for text in list(document.findall(nodes.Text)):
        if text == marks.strip(text):
            continue
        is_told = find is not None and _is_running(text)
        parts = list(marks.pieces(text)) if is_told else [(marks.strip(text), None)]
        text.parent.replace(text, [_node(words, place, find) for words, place in parts])
    for element in document.findall(nodes.Element):
        for name, value in element.attributes.items():
            if isinstance(value, str):
                element[name] = marks.strip(value)
    return list(dict.fromkeys(node["number"] for node in document.findall(told_number)))


def _node(words: str, place: int | None, find: Callable[[int], str] | None) -> nodes.Node:
    text = nodes.Text(words)
    return text if place is None or find is None else told_number("", "", text, number=find(place))


def _is_running(text: nodes.Text) -> bool:
    above = list(_above(text))
    is_said = any(isinstance(each, nodes.paragraph) for each in above)
    return is_said and not any(isinstance(each, _NOT_IN) for each in above)


def _above(node: nodes.Node) -> Iterator[nodes.Node]:
    while (node := node.parent) is not None:
        yield node


def _connect(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Lead each number to where it is on record; on paper it is text."""
    headline = building.of(app).numbers if app.builder.name == "html" else None
    for node in list(doctree.findall(told_number)):
        if headline is None:
            node.replace_self(node.children)
        else:
            there = number_cards.address(node["number"], headline.by_id)
            node["address"] = f"{_root(page)}{there}"


def _add_cards(
    app: Sphinx, page: str, _template: str, context: dict[str, object],
    doctree: nodes.document | None,
) -> None:  # fmt: skip
    """Give a page the cards of the numbers that its sentences tell, each once."""
    build = building.of(app)
    if doctree is None or build.numbers is None or build.number_lists is None:
        return
    told = dict.fromkeys(node["number"] for node in doctree.findall(told_number))
    if told and app.builder.name == "html":
        with stopping_at_refusals():
            cards = [_card(each, build.numbers, build.number_lists) for each in told]
        written = number_cards.written(cards, _root(page))
        context["overtake_cards"] = Markup(_CARDS.format(written))  # noqa: S704  (has no "<")
        app.add_css_file(_STYLE)
        app.add_js_file(_SCRIPT, loading_method="defer")


def _card(id: str, headline: NumberPages, lists: NumberLists) -> Card:
    known = headline.by_id.get(id)
    return Card.of(known) if known else Card.of_fact(lists.find(id))


def _root(page: str) -> str:
    """Return the way from a page to the book's root."""
    return "../" * page.count("/")


def _begin(translator: HTML5Translator, node: told_number) -> None:
    opened = translator.starttag(node, "a", "", CLASS="overtake-number", href=node["address"])
    translator.body.append(opened)


def _end(translator: HTML5Translator, _node: told_number) -> None:
    translator.body.append("</a>")
