"""Numbers among facts are told apart by being the very ones, and each is found by its path."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.chapter.results import RecordedEstimate
from overtake.core.errors import WordsError
from overtake.runs.words import expressions, fact_numbers, facts, marks
from overtake.runs.words.marks import KnownNumbers

PACE = {
    "$": "estimate",
    "fields": {
        "value": 4.5, "low": 3.2, "high": 6.5, "level": 0.9, "kind": "confidence", "n": 103,
        "unit": "times a year",
    },
}  # fmt: skip
GROWTH = {
    "$": "m.Growth",
    "fields": {
        "usa": {"$": "m.Country", "fields": {"pace": PACE, "share": 0.5, "models": 103}},
        "rows": [{"$": "m.Row", "fields": {"name": "Clusters", "ratio": 0.5}}, 0.5],
        "by_chip": {"$": "map", "items": [["Ascend 910B", 0.5], [2030, 1.5]]},
        "tokens": 2844,
        "is_known": True,
        "label": "pace",
    },
}


def names() -> dict[str, Any]:
    """Return what words may call, read back as from a run."""
    parameters = {"$": "Parameters", "fields": {"level": 0.9}}
    return {"growth": read_back(GROWTH), "parameters": read_back(parameters)}


def read_back(content: object) -> Any:
    """Return what a run's folder would give: every number is an object of its own."""
    return facts.decode(json.loads(json.dumps(content)))


NAMES = names()
KNOWN = KnownNumbers({}, {"chips": NAMES})


def told(text: str) -> list[str | None]:
    """Return which numbers the words of a text are."""
    rendered = expressions.render(text, NAMES, "a page", KNOWN.marks_for("chips"))
    assert marks.strip(rendered) == expressions.render(text, NAMES, "a page")
    return [None if place is None else KNOWN.at(place) for _, place in marks.pieces(rendered)]


@pytest.mark.parametrize(
    ("expression", "path"),
    [
        ("growth.usa.pace | told", "growth.usa.pace"),
        ("growth.usa.pace.value | number", "growth.usa.pace"),
        ("growth.usa.pace.high | number", "growth.usa.pace"),
        ("growth.usa.share | percent", "growth.usa.share"),
        ("growth.usa.share | abs | percent", "growth.usa.share"),
        ("growth.rows[0].ratio | percent", "growth.rows.0.ratio"),
        ("growth.rows[1] | percent", "growth.rows.1"),
        ("growth.by_chip['Ascend 910B'] | number", "growth.by_chip.Ascend-910B"),
        ("growth.by_chip[2030] | number", "growth.by_chip.2030"),
        ("growth.tokens | number(4)", "growth.tokens"),
        ("parameters.level | percent", "parameters.level"),
    ],
)
def test_a_number_is_known_by_the_path_by_which_words_call_it(expression: str, path: str) -> None:
    (first, *rest) = told(f"{{{{ {expression} }}}}")
    assert first == f"chips/{path}"
    assert set(rest) <= {None}
    *_, part = fact_numbers.parts(NAMES, path)
    assert fact_numbers.is_number(part.content)


def found(value: object, known: KnownNumbers = KNOWN) -> str | None:
    """Return which number a value is."""
    ((_, place),) = marks.pieces(known.marks_for()(value, "a text"))
    return None if place is None else known.at(place)


def test_what_is_worked_out_in_words_is_no_fact_and_small_counts_are_not_told_apart() -> None:
    for expression in ("2 * growth.usa.share", "growth.usa.share + 0", "growth.usa.models"):
        assert told(f"{{{{ ({expression}) | number(3) }}}}") == [None]


def test_equal_facts_are_told_apart_and_others_of_equal_value_are_none() -> None:
    assert told("{{ growth.usa.share | percent }}{{ growth.rows[1] | percent }}") == [
        "chips/growth.usa.share", "chips/growth.rows.1",
    ]  # fmt: skip
    assert found(float("0.5")) is None
    shared = KnownNumbers({}, {"chips": {"one": NAMES["growth"], "two": NAMES["growth"]}})
    assert found(NAMES["growth"].tokens, shared) is None, "one object in two places tells neither"
    (again,) = names()["growth"].rows[1:]
    assert found(again) is None, "of another run"


def test_the_parts_of_a_path_say_whose_field_each_is_and_what_items_are_called() -> None:
    parts = fact_numbers.parts(NAMES, "growth.rows.0.ratio")
    assert [(each.owner, each.name) for each in parts] == [
        ("", "growth"), ("m.Growth", "rows"), ("", "Clusters"), ("m.Row", "ratio"),
    ]  # fmt: skip
    *_, second = fact_numbers.parts(NAMES, "growth.rows.1")
    assert second.name == "", "the list says what it is"
    *_, chip = fact_numbers.parts(NAMES, "growth.by_chip.Ascend-910B")
    assert (chip.name, chip.content) == ("Ascend 910B", 0.5)


@pytest.mark.parametrize(
    ("held", "names"),
    [
        ([1.5, 2.5], ["the lower", "the higher"]),
        ([2.5, 1.5], ["number 1", "number 2"]),
        ([1.5, 2.5, 3.5], ["number 1", "number 2", "number 3"]),
        (["2026-01-01", 2.5], ["", ""]),
        ([{"$": "m.Row", "fields": {"year": 2024, "factor": 1.5}}], ["2024"]),
        ([{"$": "m.Row", "fields": {"factor": 1.5}}], ["number 1"]),
    ],
)
def test_an_item_of_a_list_is_called_by_what_tells_it_apart(
    held: list[Any], names: list[str]
) -> None:
    whole = {"whole": read_back({"$": "m.Whole", "fields": {"row": held}})}
    for place, name in enumerate(names):
        path = f"whole.row.{place}" + (".factor" if isinstance(held[place], dict) else "")
        if isinstance(held[place], str):
            continue
        assert fact_numbers.parts(whole, path)[2].name == name


def test_two_facts_of_one_path_are_refused() -> None:
    content = {"$": "map", "items": [["a b", 1.5], ["a-b", 2.5]]}
    whole = {"whole": read_back({"$": "m.Whole", "fields": {"by": content}})}
    with pytest.raises(WordsError, match=r"two facts in whole\.by are called 'a-b' in paths"):
        fact_numbers.parts(whole, "whole.by.a-b")


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("growht.usa", "no fact is called 'growht'; the nearest is 'growth'"),
        ("growth.usa.pase", "no fact is called 'pase' in growth.usa; the nearest is 'pace'"),
        ("growth.usa", "growth.usa is no number; inside there are: pace, share, models"),
        ("growth.label", "growth.label is no number; inside there are: none"),
        ("growth.is_known", "growth.is_known is no number; inside there are: none"),
        ("growth.usa.share.more", "no fact is called 'more' in growth.usa.share"),
        ("growth.rows.7", "no fact is called '7' in growth.rows; there are: 0, 1"),
        ("", "no fact is called ''; there are: growth, parameters"),
    ],
)
def test_a_path_that_leads_to_no_number_is_refused_where_it_ends(path: str, complaint: str) -> None:
    with pytest.raises(WordsError, match=f"^{re.escape(complaint)}$"):
        fact_numbers.parts(NAMES, path)


held = st.recursive(
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(300, 10**9),
    lambda inner: st.dictionaries(st.from_regex(r"\A[a-z_]{1,5}\Z"), inner, min_size=1).map(
        lambda fields: {"$": "Made", "fields": fields}
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.from_regex(r"\A[a-z]{1,4}\Z"), held, min_size=1))
def test_every_number_of_any_facts_is_found_again_by_its_path(content: dict[str, Any]) -> None:
    made = read_back({"$": "Whole", "fields": content})
    known = KnownNumbers({}, {"any": {"whole": made}})
    for _, steps in fact_numbers.identities({"whole": made}):
        path = fact_numbers.path_of(steps)
        *_, part = fact_numbers.parts({"whole": made}, path)
        assert found(part.content, known) == f"any/{path}"


def test_an_estimate_has_one_path_and_its_ends_have_none_of_their_own() -> None:
    held = NAMES["growth"].usa.pace
    assert isinstance(held, RecordedEstimate)
    paths = {fact_numbers.path_of(steps) for _, steps in fact_numbers.identities(NAMES)}
    assert "growth.usa.pace" in paths
    assert not {path for path in paths if path.startswith("growth.usa.pace.")}
