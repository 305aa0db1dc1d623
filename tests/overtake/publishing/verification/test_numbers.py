"""Comparing a headline number with what came of repeating it."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.publishing.verification.numbers import compare

NUMBER = RecordedNumber(
    "gap", RecordedEstimate(8.0, 5.0, 12.0, 0.9, "confidence", 3, "times"), "2026-01-01", 2
)


def changed(**parts: object) -> RecordedNumber:
    return replace(NUMBER, estimate=replace(NUMBER.estimate, **parts))


def test_the_same_number_is_reproduced_also_if_it_has_no_value() -> None:
    assert compare(NUMBER, NUMBER, 0.0).outcome == "reproduced"
    nothing = changed(value=math.nan, low=math.nan, high=math.nan)
    assert compare(nothing, nothing, 0.0).outcome == "reproduced"
    assert compare(nothing, NUMBER, 1e-9).outcome == "not reproduced"


def test_the_last_digit_counts_and_the_tolerance_decides() -> None:
    near = changed(high=math.nextafter(12.0, 13.0))
    found = compare(NUMBER, near, 1e-9)
    assert found.outcome == "within tolerance"
    assert [each.place for each in found.deviations] == ["high"]
    assert compare(NUMBER, near, 0.0).outcome == "not reproduced"
    assert compare(NUMBER, changed(low=5.1), 1e-9).outcome == "not reproduced"


def test_what_is_said_of_a_number_counts_too() -> None:
    for other in (
        changed(kind="range"),
        changed(unit="months"),
        replace(NUMBER, data_until="2026-02-01"),
    ):
        found = compare(NUMBER, other, 1.0)
        assert found.outcome == "not reproduced"
        assert len(found.otherwise) == 1
    assert compare(NUMBER, changed(n=4), 1e-9).outcome == "not reproduced"


@given(st.floats(0.1, 1e6), st.floats(-0.5, 0.5), st.floats(0, 1))
def test_a_deviation_holds_within_a_tolerance_no_smaller_than_it(
    value: float, moved: float, tolerance: float
) -> None:
    before = changed(value=value, low=0.0, high=value)
    found = compare(before, changed(value=value * (1 + moved), low=0.0, high=value), tolerance)
    largest = max((each.relative for each in found.deviations), default=0.0)
    assert (found.outcome != "not reproduced") == (largest <= tolerance)
