"""The language of the words: strict, with the nearest name in every refusal."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.chapter.results import RecordedEstimate
from overtake.core import prose
from overtake.core.errors import WordsError
from overtake.runs.words import expressions
from overtake.runs.words.facts import Facts
from tests.made_runs import headline, judged

PACE = RecordedEstimate(4.234, 3.1, 5.6, 0.9, "confidence", 97, "times a year")
NAMES: dict[str, Any] = {
    "growth": Facts(
        "Growth",
        {"pace": PACE, "paces_differ": True, "since": date(2022, 10, 7), "of": {"usa": 1.0}},
    ),
    "parameters": Facts("Parameters", {"first_year": 2020}),
    "claims": {"compute-gap": judged("compute-gap", "supported")},
    "numbers": {"gap": headline("gap", 16.2, 9.8, 26)},
    "rows": [Facts("Row", {"who": "a"}), Facts("Row", {"who": "b"})],
}
PLACE = "chapter chips, cell 3"


def rendered(text: str) -> str:
    return expressions.render(text, NAMES, PLACE)


def refused(text: str) -> str:
    with pytest.raises(WordsError) as caught:
        rendered(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("It grew {{ growth.pace | told }}.", "It grew 4.2 times a year (90% confidence "
         "interval 3.1 to 5.6, n = 97)."),
        ("{{ numbers.gap | short }}", "16 times (9.8 to 26)"),
        ("{{ parameters.first_year }}", "2020"),
        ('{{ claims["compute-gap"].verdict }}', "supported"),
        ("{% if growth.paces_differ %}differ{% else %}are alike{% endif %}", "differ"),
        ("{% for row in rows %}{{ row.who }};{% endfor %}", "a;b;"),
        ("{{ growth.of['usa'] | percent }}", "100%"),
        ("<b>&amp; \"quoted\" {{ '<i>' }}", '<b>&amp; "quoted" <i>'),
    ],
)  # fmt: skip
def test_words_are_rendered_from_facts(written: str, shown: str) -> None:
    assert rendered(written) == shown


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{{ growht.pace }}", "no name 'growht'; the nearest is 'growth'"),
        ("{{ growth.pase }}", "no name 'pase'; the nearest is 'pace'"),
        ("{{ growth.pace.valu }}", "no name 'valu'; the nearest is 'value'"),
        ("{{ parameters.fist_year }}", "no name 'fist_year'; the nearest is 'first_year'"),
        ('{{ claims["compute_gap"].verdict }}', "no name 'compute_gap'; the nearest is "
         "'compute-gap'"),
        ("{{ numbers.zzzz | short }}", "no name 'zzzz'; there are: gap"),
        ("{{ growth.zzzz }}", "no name 'zzzz'; there are: of, pace, paces_differ, since"),
        ("{% if growth.pacesdiffer %}x{% endif %}", "the nearest is 'paces_differ'"),
        ("{% for row in rows %}{{ row.whom }}{% endfor %}", "the nearest is 'who'"),
        ("{{ growth.pace | tolt }}", "No filter named 'tolt'"),
    ],
)  # fmt: skip
def test_a_missing_name_stops_with_place_line_and_nearest(written: str, told: str) -> None:
    said = refused(f"First.\n\nSecond {written}")
    assert said.startswith(f"{PLACE}, line 3: ")
    assert told in said
    assert said.endswith(f"\n    Second {written}"), "the line itself is shown"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{{ growth.paces_differ | told }}", "needs a number with an interval, got bool"),
        ("{{ growth | short }}", "needs a number with an interval, got Facts"),
        ("{{ growth.pace | month }}", "line 2"),
        ("{{ 1 + 'a' }}", "unsupported operand"),
        ("{% for x in growth %}{% endfor %}", "Growth is no list; its names are: pace"),
        ("{{ growth.since.nothing() }}", "no name 'nothing'"),
    ],
)
def test_what_cannot_be_told_stops_with_its_line(written: str, told: str) -> None:
    said = refused(f"First.\n{written}\n")
    assert said.startswith(f"{PLACE}, line 2: ")
    assert told in said


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("a\n\n{{ growth.", 3),
        ("a\n{% if growth.paces_differ %}\nb\n", 3),
        ("a\n{% endif %}\n", 2),
        ("{% if x %}\n{% else %}\n{% fi %}", 3),
    ],
)
def test_a_syntax_error_is_told_with_its_line(written: str, line: int) -> None:
    assert refused(written).startswith(f"{PLACE}, line {line}: ")


def test_lines_are_counted_as_they_stand_though_tags_leave_none() -> None:
    text = "{% if growth.paces_differ %}\na\n{% endif %}\n\n{% for row in rows %}\n{% endfor %}\n"
    assert refused(f"{text}{{{{ growth.pase }}}}").startswith(f"{PLACE}, line 7: ")


def test_a_name_in_a_branch_that_is_not_taken_is_not_missed() -> None:
    assert rendered("{% if not growth.paces_differ %}{{ growth.gone }}{% endif %}x") == "x"


def test_an_anchor_stays_and_a_comment_goes() -> None:
    assert rendered("[text]{#anchor} {.class}") == "[text]{#anchor} {.class}"
    assert rendered("# Topic {#topic}\n\na{=# not for readers #=}b") == "# Topic {#topic}\n\nab"


def test_a_line_of_a_tag_alone_leaves_no_line_and_paragraphs_stay_apart() -> None:
    table = "| a |\n| - |\n{% for row in rows %}\n| {{ row.who }} |\n{% endfor %}\nAfter.\n"
    assert rendered(table) == "| a |\n| - |\n| a |\n| b |\nAfter.\n"
    ended = "One{% if growth.paces_differ %} is{% endif %}\n\nTwo.\n"
    assert rendered(ended) == "One is\n\nTwo.\n"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}\r"), max_size=200))
def test_text_without_expressions_stays_as_it_is(text: str) -> None:
    assert rendered(text) == text


NAMED = st.from_regex(r"[a-z][a-z_]{0,9}", fullmatch=True)


@given(NAMED, st.lists(NAMED))
def test_a_suggestion_names_only_what_there_is(name: str, known: list[str]) -> None:
    said = prose.suggestion(name, known)
    assert (said == "") == (not known)
    assert not known or any(each in said for each in known)
