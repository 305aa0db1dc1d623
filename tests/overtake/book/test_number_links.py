"""Marked numbers become nodes where sentences tell them, and plain words everywhere else."""

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from docutils.utils import new_document
from myst_parser.docutils_ import Parser

from overtake.book import number_links, reading
from overtake.book.guided import steering
from overtake.book.number_links import told_number
from overtake.book.reading import Entry
from overtake.core import pages
from overtake.runs.words import marks
from overtake.runs.words.marks import KnownNumbers
from tests.made_runs import headline

KNOWN = KnownNumbers({"chips": ({"gap": headline("gap", 8.49, 5.2, 14)},)})


def marked(text: str) -> str:
    return KNOWN.marks_for()(KNOWN.given["chips"][0]["gap"], text)


def page(text: str) -> nodes.document:
    """Return Markdown as a page has it."""
    settings = {"myst_enable_extensions": ["attrs_inline"], "report_level": 5}
    document: nodes.document = publish_doctree(text, parser=Parser(), settings_overrides=settings)
    number_links.set_apart(document, KNOWN.at)
    return document


def linked(document: nodes.document) -> list[str]:
    found = list(document.findall(told_number))
    assert {node["number"] for node in found} <= {"chips/gap"}
    return [node.astext() for node in found]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It is ", "."), ("**", "**"), ("*", "*"), ("**It is ", " times.**"), ("- about ", ""),
        ("1. ", " times"), ("> ", ""), ("(", ")"), ("[It is ", ".]{.overtake-two-ways}"),
        ("It is -", "%"), ("a_", "_b"), ('"', '"'), ("Line\n", "\nline"),
    ],
)  # fmt: skip
def test_a_number_is_found_in_a_sentence_whatever_is_around_it(before: str, after: str) -> None:
    number = "8.5 times"
    document, plain = page(f"{before}{marked(number)}{after}"), page(f"{before}{number}{after}")
    assert linked(document) == [number]
    assert document.astext() == plain.astext()
    kinds = [type(node) for node in document.findall() if not isinstance(node, nodes.Text)]
    assert [kind for kind in kinds if kind is not told_number] == [
        type(node) for node in plain.findall() if not isinstance(node, nodes.Text)
    ]


@pytest.mark.parametrize("number", ["$14 | 3*4", "−3.1%", "3.3 × 10²⁴", "a_b_c", "<5", "~5~"])
def test_an_escaped_number_is_shown_as_it_stands(number: str) -> None:
    assert linked(page(f"It is {marked(pages.escape(number))}, we think.")) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "[It is {}](https://example.org)", "`{}`", "| a |\n| --- |\n| {} |",
        "<!-- {} -->", "```\n{}\n```", "![It is {}](a.svg)", "Text\n\n    {}",
    ],
)  # fmt: skip
def test_elsewhere_it_is_words_without_marks(text: str) -> None:
    document = page(text.format(marked("8.5 times")))
    assert linked(document) == []
    shown = str(document) + document.pformat()
    assert shown == marks.strip(shown)
    assert "8.5 times" in shown


def test_words_that_steer_a_figure_hold_no_link() -> None:
    document = new_document("page")
    document += nodes.paragraph("", "", steering("", "", nodes.Text(marked("8.5 times"))))
    number_links.set_apart(document, KNOWN.at)
    assert linked(document) == []
    assert document.astext() == "8.5 times"


def test_no_term_is_explained_within_a_number() -> None:
    document = page(f"A lead of {marked('8.5 points')}, in points.")
    reading.explain_first_use(document, Entry("points", ("points",), "Of the index."), "g.html")
    (number,) = document.findall(told_number)
    assert not list(number.findall(nodes.raw))
    assert len(list(document.findall(nodes.raw))) == 1
