"""Marks around headline numbers: they say which one it is, and leave the words as they are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.core import pages
from overtake.core.errors import WordsError
from overtake.runs.words import expressions, marks
from overtake.runs.words.marks import KnownNumbers

WIDE = RecordedEstimate(8.4917, 5.2, 14.1, 0.9, "credible", 2, "times")
CHANCE = RecordedEstimate(5.459250000000001, 0.0, 100 * 0.194, 0.9, "range", 13, "%")
COUNT = RecordedEstimate(12.0, 12.0, 12.0, 0.9, "range", 0, "models")
HALF = RecordedEstimate(0.5, 0.4, 0.6, 0.9, "confidence", 40, "share")
LAG = RecordedEstimate(6.91234, 2.0, 10.0, 0.9, "confidence", 5, "months")
NEGATIVE = RecordedEstimate(-3.14159, -5.0, -1.0, 0.9, "confidence", 9, "points")


def numbers(**estimates: RecordedEstimate) -> dict[str, RecordedNumber]:
    return {name: RecordedNumber(name, each, "2026-01-01", 2) for name, each in estimates.items()}


GAP = numbers(gap=WIDE, count=COUNT, lag=LAG, change=NEGATIVE)
RACE = numbers(chance=CHANCE, half=HALF, months=LAG)
KNOWN = KnownNumbers({"hardware": (GAP,), "race": (RACE,)})
plain_text = st.text().filter(lambda text: text == marks.strip(text))
any_number = st.sampled_from([*GAP.values(), *RACE.values()])


def told(text: str, chapter: str = "", **names: Any) -> list[tuple[str, str | None]]:
    """Return rendered words in pieces, each with the number that it is marked as."""
    mark = KNOWN.marks_for(chapter)
    rendered = expressions.render(text, names, "a page", mark)
    assert marks.strip(rendered) == expressions.render(text, names, "a page")
    return [
        (words, None if place is None else KNOWN.at(place))
        for words, place in marks.pieces(rendered)
    ]


@given(any_number, plain_text)
def test_a_mark_can_be_taken_off_again(number: RecordedNumber, text: str) -> None:
    marked = KNOWN.marks_for()(number, text)
    assert marked != text
    assert marks.strip(marked) == text
    ((words, place),) = marks.pieces(marked)
    assert words == text
    assert place is not None


@given(st.lists(st.tuples(plain_text, plain_text, any_number)))
def test_pieces_are_the_text_without_marks(parts: list[tuple[str, str, RecordedNumber]]) -> None:
    mark = KNOWN.marks_for()
    text = "".join(before + mark(number, words) for before, words, number in parts)
    assert "".join(words for words, _ in marks.pieces(text)) == marks.strip(text)
    found = [KNOWN.at(place) for _, place in marks.pieces(text) if place is not None]
    assert [each.rpartition("/")[2] for each in found] == [number.name for _, _, number in parts]


@given(st.text(alphabet=[*"ab |#\n", chr(0xF0000), chr(0xF0001), chr(0x10FFFD), "\ue000"]))
def test_marks_that_belong_to_none_are_dropped(text: str) -> None:
    assert "".join(words for words, _ in marks.pieces(text)) == marks.strip(text)
    assert marks.strip(marks.in_sentences(text)) == marks.strip(text)


def test_a_headline_number_is_known_by_itself_its_estimate_and_its_value() -> None:
    for expression in ("x | quantity", "x.estimate | quantity", "x.estimate.value | number"):
        assert told(f"{{{{ {expression} }}}}", x=GAP["gap"])[0][1] == "hardware/gap"
    assert told("{{ x.estimate.value | number }}", x=GAP["count"]) == [("12", "hardware/count")]


@pytest.mark.parametrize(
    ("value", "expression", "pieces"),
    [
        (WIDE, "told", [
            ("8.5 times", "hardware/gap"), (" (90% credible interval 5.2 to 14, n = 2)", None),
        ]),
        (WIDE, "short", [("8.5 times", "hardware/gap"), (" (5.2 to 14)", None)]),
        (WIDE, "span", [("5.2 to 14", "hardware/gap")]),
        (8.4917, "number", [("8.5", "hardware/gap")]),
        (0.05459250000000001, "percent", [("5.5%", "race/chance")]),
        (0.05459250000000001, "frequency", [("about 1 in 18", "race/chance")]),
        (RecordedEstimate(0.05459250000000001, 0.0, 0.194, 0.9, "range", 13, "share"), "quantity",
         [("5.5%", "race/chance")]),
        (-8.4917, "number", [("−8.5", "hardware/gap")]),  # a lead is a gap the other way round
        (8.4918, "number", [("8.5", None)]),
        (float("0.5"), "percent", [("50%", None)]),  # as one of two would give
        (float("12"), "number", [("12", None)]),
        (RecordedEstimate(12.0, 12.0, 12.0, 0.9, "range", 3, "models"), "number", [("12", None)]),
        (RecordedEstimate(8.4917, 5.2, 14.0, 0.9, "credible", 2, "times"), "short",
         [("8.5 times (5.2 to 14)", None)]),
        (2 * 8.4917, "number", [("17", None)]),
    ],
)  # fmt: skip
def test_a_value_is_a_headline_number_only_if_it_is_the_same(
    value: Any, expression: str, pieces: list[tuple[str, str | None]]
) -> None:
    assert told(f"{{{{ x | {expression} }}}}", x=value) == pieces


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 3, "8.5", None, [8.4917]])
def test_what_is_no_number_with_a_value_is_none(value: object) -> None:
    assert KNOWN.marks_for()(value, "a text") == "a text"


def test_of_two_equal_numbers_a_chapter_tells_its_own_and_no_other_page_guesses() -> None:
    same = RecordedEstimate(**vars(LAG))
    for chapter, expected in (
        ("hardware", "hardware/lag"), ("race", "race/months"), ("", None), ("risk", None),
    ):  # fmt: skip
        assert told("{{ x | quantity }}", chapter, x=same) == [("6.9 months", expected)]
    assert told("{{ x | quantity }}", x=RACE["months"]) == [("6.9 months", "race/months")]


def test_the_beginning_of_a_number_s_words_is_escaped_and_capitalised_as_before() -> None:
    (words, number), = told("{{ x | quantity | plain }}", x=GAP["change"])  # fmt: skip
    assert number == "hardware/change"
    assert words == pages.escape("−3.1 points")
    assert told("{{ x | percent | plain }}", x=-0.123)[0][0] == pages.escape("−12%")
    share = {"x": 0.05459250000000001}
    assert told("{{ x | frequency | upper_first }}", **share) == [("About 1 in 18", "race/chance")]


def test_words_that_compare_a_number_s_words_are_refused() -> None:
    text = '{% if x | number == "8.5" %}yes{% else %}no{% endif %}'
    marked = expressions.render(text, {"x": WIDE}, "a page", KNOWN.marks_for())
    with pytest.raises(WordsError, match="page 7: words compare or cut the words of a number"):
        marks.check(marked, expressions.render(text, {"x": WIDE}, "a page"), "page 7")


def test_headings_tables_and_directives_have_no_marks() -> None:
    marked = KNOWN.marks_for()(WIDE, "8.5")
    for line in (
        f"## Gap of {marked} <!-- finding: {marked} -->", f"| gap | {marked} |",
        f"```{{dropdown}} Gap of {marked}", f":alt: {marked}", f"> ### {marked}",
        f":::{{note}} {marked}",
    ):  # fmt: skip
        text = f"A gap of {marked}.\n{line}\nAgain {marked}.\n"
        told_apart = marks.in_sentences(text).splitlines()
        assert told_apart == [f"A gap of {marked}.", marks.strip(line), f"Again {marked}."]


def test_words_have_no_marks_unless_they_are_asked_for() -> None:
    assert expressions.render("{{ x | told }}", {"x": GAP["gap"]}, "a page").startswith("8.5 times")
    assert marks.unmarked(GAP["gap"], "8.5") == "8.5"
