"""Parameters: what is accepted, and how a mistake is told."""

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake import parameters
from overtake.errors import ParameterError
from overtake.parameters import JUDGEMENT, ChapterParameters, parameter


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
