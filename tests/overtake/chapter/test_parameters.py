"""Parameters: what is accepted, and how a mistake is told."""

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.chapter import parameters
from overtake.chapter.parameters import JUDGEMENT, ChapterParameters, parameter
from overtake.core.errors import ParameterError


class Sample(ChapterParameters):
    """A declaration with one parameter of each type."""

    euv_volume_year: int = parameter(
        2030, unit="year", meaning="First year.", source=JUDGEMENT, minimum=2026, maximum=2045
    )
    share: float = parameter(0.5, unit="", meaning="Share.", source=JUDGEMENT, minimum=0, maximum=1)
    measure: Literal["chips", "runs"] = parameter(
        "chips", unit="", meaning="Measure.", source=JUDGEMENT
    )


def test_defaults_are_complete_and_typed() -> None:
    assert parameters.resolve(Sample, {}) == {
        "euv_volume_year": 2030,
        "share": 0.5,
        "measure": "chips",
    }


def test_text_is_read_as_the_type_asks() -> None:
    values = parameters.resolve(Sample, {"euv_volume_year": "2028", "share": "1"})
    assert values["euv_volume_year"] == 2028
    assert isinstance(values["share"], float)


def test_all_mistakes_are_told_at_once() -> None:
    given_values = {"euv_volum_year": 2028, "share": "2", "measure": "ships"}
    with pytest.raises(ParameterError) as caught:
        parameters.resolve(Sample, given_values)
    message = str(caught.value)
    assert "did you mean euv_volume_year?" in message
    assert "allowed: 0 to 1" in message
    assert "allowed: chips | runs" in message


@pytest.mark.parametrize("value", ["2028.5", "nan", "inf", "", "2027; import os", None, [2028]])
def test_what_is_no_year_is_refused(value: Any) -> None:
    with pytest.raises(ParameterError, match="euv_volume_year"):
        parameters.resolve(Sample, {"euv_volume_year": value})


@given(st.integers())
def test_bounds_hold_for_every_integer(year: int) -> None:
    inside = 2026 <= year <= 2045
    try:
        assert parameters.resolve(Sample, {"euv_volume_year": year})["euv_volume_year"] == year
        accepted = True
    except ParameterError:
        accepted = False
    assert accepted == inside


@given(st.text())
def test_a_choice_takes_nothing_else(text: str) -> None:
    if text not in {"chips", "runs"}:
        with pytest.raises(ParameterError):
            parameters.resolve(Sample, {"measure": text})


class Bound(Sample):
    """The same, with rules between parameters."""

    rules = (
        lambda share, measure: "runs are no share" if share and measure == "runs" else None,
        lambda euv_volume_year: "an odd year" if euv_volume_year % 2 else None,
    )


def complaints(given_values: dict[str, Any]) -> list[str]:
    with pytest.raises(ParameterError) as caught:
        parameters.resolve(Bound, given_values)
    return str(caught.value).splitlines()


def test_contradictions_are_told_together() -> None:
    assert parameters.resolve(Bound, {"measure": "runs", "share": 0})
    assert complaints({"measure": "runs", "euv_volume_year": 2031}) == [
        "share and measure: runs are no share",
        "euv_volume_year: an odd year",
    ]


def test_contradictions_are_told_beside_wrong_values() -> None:
    told = complaints({"measure": "runs", "euv_volume_year": "soon", "shar": 1})
    assert len(told) == 3
    assert told[0].startswith("euv_volume_year: ")
    assert told[1].startswith("shar: no such parameter; did you mean share?")
    assert told[2] == "share and measure: runs are no share"


def test_a_rule_on_a_value_that_could_not_be_read_is_silent() -> None:
    (told,) = complaints({"share": "much", "measure": "runs"})
    assert told.startswith("share: ")


def test_assignments_are_read_and_doubles_refused() -> None:
    values, problems = parameters.parse_assignments(["a=1", " b =x=y", "c", "=2", "a=3", "d="])
    assert values == {"a": "1", "b": "x=y", "d": ""}
    assert len(problems) == 3
    assert "a: given twice" in problems[2]


def test_what_was_wrong_before_is_told_with_the_rest() -> None:
    with pytest.raises(ParameterError, match=r"(?s)^first\nshare: "):
        parameters.resolve(Sample, {"share": 2}, ["first"])


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(ParameterError) as caught:
        parameters.resolve(Sample, {"measure": "x" * 10_000})
    assert len(str(caught.value)) < 300


def test_changed_values_and_an_allowed_example() -> None:
    values = parameters.resolve(Sample, {"share": 1})
    assert parameters.changed(Sample, values) == {"share": 1.0}
    assert parameters.example(Sample, values) == ("euv_volume_year", 2031)
    edge = parameters.resolve(Sample, {"euv_volume_year": 2045})
    assert parameters.example(Sample, edge) == ("euv_volume_year", 2044)
    assert parameters.example(Bound, parameters.resolve(Bound, {})) == ("share", 0.6)


def test_description_says_type_unit_bounds_default_meaning_and_source() -> None:
    year, share, measure = parameters.describe(Sample)
    assert (year.type, year.unit, year.bounds, year.default) == (
        "int",
        "year",
        "2026 to 2045",
        2030,
    )
    assert (share.type, share.source) == ("float", JUDGEMENT)
    assert (measure.type, measure.bounds) == ("choice", "chips | runs")
    assert (year.minimum, year.maximum, measure.choices) == (2026, 2045, ("chips", "runs"))
