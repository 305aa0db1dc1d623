"""Markdown pieces."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from overtake.core import pages
from tests.made_runs import judged


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1))
def test_escaped_text_is_shown_as_it_stands(text: str) -> None:
    tokens = MarkdownIt("commonmark").parseInline(f"x{pages.escape(text)}x")
    shown = "".join(child.content for child in tokens[0].children or [])
    assert shown.replace("\xad", "") == f"x{text}x".replace("\xad", "") or "&" in text


def test_escape_keeps_a_cell_on_one_line() -> None:
    assert pages.escape("a\n\nb | c") == "a b \\| c"


def test_backticks_in_prose_mark_code_and_all_else_is_text() -> None:
    assert pages.escape_prose("`a_b` and c_d <i>") == "`a_b` and c\\_d \\<i\\>"
    assert pages.escape_prose("one ` only") == pages.escape("one ` only")


def test_a_numbered_table_says_whether_its_cells_need_room() -> None:
    short = pages.numbered_table(["a"], [["12 (8.0 to 20)"]], name="n", caption="c")
    long = pages.numbered_table(["a"], [["word " * 20]], name="n", caption="c")
    assert ":class: overtake-numbers" in short
    assert ":class: overtake-sentences" in long


def test_directive_writes_options_and_body() -> None:
    text = pages.directive("figure", "Caption.", argument="/x.svg", options={"alt": "two\nlines"})
    assert text == "```{figure} /x.svg\n:alt: two lines\n\nCaption.\n```\n"


def test_table_has_a_rule_below_its_header() -> None:
    assert pages.table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.796, "79.6%"), (0.80, "80%"), (0.804, "80%"), (0.548, "54.8%"), (0.67, "67%"),
     (0.0498, "5.0%")],
)  # fmt: skip
def test_a_chance_below_a_bound_of_the_scale_is_not_rounded_onto_it(
    probability: float, shown: str
) -> None:
    chip = pages.chip(replace(judged("a", "for"), probability_true=probability))
    assert chip.endswith(f" {shown}")


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("See https://example.org/a?b=1&c=2.", ["https://example.org/a?b=1&c=2"]),
        ('"Sizes" (https://example.org/sizes", and more)', ["https://example.org/sizes"]),
        ("url = {https://example.org/(a)/b},", ["https://example.org/(a)/b"]),
        ("<https://a.org> and https://b.org/", ["https://a.org", "https://b.org/"]),
        ("no address: http:// <b>", []),
    ],
)
def test_web_addresses_are_links_and_all_else_is_text(text: str, addresses: list[str]) -> None:
    made = html.fromstring(f"<pre>{pages.linked(text)}</pre>")
    assert made.text_content() == text
    assert made.xpath("//a/@href") == addresses
    assert {element.tag for element in made.iter()} <= {"pre", "a"}
