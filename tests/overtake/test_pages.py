"""Markdown pieces."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from overtake import pages


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1))
def test_escaped_text_is_shown_as_it_stands(text: str) -> None:
    tokens = MarkdownIt("commonmark").parseInline(f"x{pages.escape(text)}x")
    shown = "".join(child.content for child in tokens[0].children or [])
    assert shown.replace("\xad", "") == f"x{text}x".replace("\xad", "") or "&" in text


def test_escape_keeps_a_cell_on_one_line() -> None:
    assert pages.escape("a\n\nb | c") == "a b \\| c"


def test_directive_writes_options_and_body() -> None:
    text = pages.directive("figure", "Caption.", argument="/x.svg", options={"alt": "two\nlines"})
    assert text == "```{figure} /x.svg\n:alt: two lines\n\nCaption.\n```\n"


def test_table_has_a_rule_below_its_header() -> None:
    assert pages.table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"
