"""The words of a chapter, by what they are about."""

import pytest
from nbformat import NotebookNode, v4

from overtake.core.errors import WordsError
from overtake.runs.words import chapter
from overtake.runs.words.chapter import ChapterWords, ClaimWords, FigureWords, NumberWords

FIGURE = """```{figure-words} gap
title: >-
  The gap is {{ gap }} times
caption: Ratio
  by year.
alt: A line.
columns:
  x: year
```
"""
NUMBERS = "```{number-words}\ntotal:\n  label: Total\n  definition: A sum.\n```\n"
CLAIMS = "```{claim-words}\nwide:\n  contrary: None.\n  would_change: A fall.\n```\n"
TESTS = "```{test-words}\npaces-equal: Equal {{ gap }}\n```\n"


def source(*texts: str) -> NotebookNode:
    return v4.new_notebook(cells=[v4.new_code_cell("1"), *map(v4.new_markdown_cell, texts)])


def words_of(*texts: str) -> ChapterWords:
    return chapter.render(source(*texts), "", {"gap": 12}, "chips")


def test_every_kind_of_block_is_read_where_it_stands() -> None:
    found = words_of(f"# Chips\n\n{FIGURE}", f"{NUMBERS}\n{CLAIMS}", TESTS)
    assert found.figures == {
        "gap": FigureWords("The gap is 12 times", "Ratio by year.", "A line.", {"x": "year"})
    }
    assert found.numbers == {"total": NumberWords("Total", "A sum.")}
    assert found.claims == {"wide": ClaimWords("None.", "A fall.")}
    assert found.tests == {"paces-equal": "Equal 12"}
    assert len(found.cells) == 3
    assert found.cells[0].startswith("# Chips\n\n```{figure-words} gap\n")


def test_the_page_of_evidence_holds_words_of_the_same_chapter() -> None:
    page = f"# Checks of {{{{ gap }}}}\n\n{NUMBERS}"
    found = chapter.render(source(FIGURE), page, {"gap": 12}, "chips")
    assert found.evidence.startswith("# Checks of 12\n")
    assert len(found.cells) == 1
    assert list(found.numbers) == ["total"]
    with pytest.raises(
        WordsError, match="evidence of chips, block number-words on line 3: 'total'"
    ):
        chapter.render(source(NUMBERS), page, {"gap": 12}, "chips")


def test_blocks_of_one_kind_may_stand_in_several_places() -> None:
    found = words_of(NUMBERS, NUMBERS.replace("total", "other"))
    assert list(found.numbers) == ["total", "other"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FIGURE.replace("alt: A line.\n", ""), "'gap' needs title, caption, alt, columns, each"),
        (FIGURE.replace("A line.", '""'), "'gap' needs title, caption, alt, columns, each"),
        (FIGURE.replace("alt:", "alternative:"), "'gap' needs title, caption, alt, columns"),
        (FIGURE.replace("  x: year\n", "  - x\n"), "`columns` must name each column"),
        (FIGURE.replace(" gap\n", "\n"), "the figure's id is missing behind the block's name"),
        (NUMBERS.replace("  label: Total\n", ""), "'total' needs label, definition, each"),
        (NUMBERS.replace("  definition", "  note: x\n  definition"), "'total' needs label"),
        ("```{number-words}\ntotal: Total\n```\n", "'total' needs label, definition, each"),
        (CLAIMS.replace("None.", ""), "'wide' needs contrary, would_change, each"),
        (f"{FIGURE}\n{FIGURE}", "block figure-words on line 11: 'gap' has words already"),
        (f"{CLAIMS}\n{CLAIMS}", "'wide' has words already"),
        (f"{TESTS}\n{TESTS}", "'paces-equal' has words already"),
        (FIGURE.replace("{{ gap }}", "{{ gab }}"), "line 3: no name 'gab'; the nearest is 'gap'"),
    ],
)
def test_incomplete_and_doubled_words_are_refused_with_their_place(text: str, told: str) -> None:
    with pytest.raises(WordsError) as caught:
        words_of("# Chips", text)
    assert str(caught.value).startswith("chapter chips, cell 3, ")
    assert told in str(caught.value)


def test_cells_are_counted_as_in_the_notebook_code_cells_too() -> None:
    places = [place for place, _ in chapter.markdown_cells(source("a", "b"), "chips")]
    assert places == ["chapter chips, cell 2", "chapter chips, cell 3"]
