"""The picture of a number over versions, whatever it was in each."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from overtake.book import number_history
from overtake.book.number_history import Point
from overtake.chapter.results import RecordedEstimate, RecordedNumber

FINITE = st.floats(-1e12, 1e12, allow_nan=False)


def number(value: float, low: float, high: float, unit: str = "times") -> RecordedNumber:
    estimate = RecordedEstimate(value, low, high, 0.9, "confidence", 3, unit)
    return RecordedNumber("gap", estimate, "2026-01-01", 2)


@st.composite
def histories(draw: st.DrawFn) -> list[Point]:
    count = draw(st.integers(2, 5))
    ends = [sorted(draw(st.tuples(FINITE, FINITE, FINITE))) for _ in range(count)]
    return [Point(str(i), number(value, low, high)) for i, (low, value, high) in enumerate(ends)]


@given(histories())
def test_every_number_lies_within_the_picture_and_its_interval(points: list[Point]) -> None:
    drawn = number_history.picture(points)
    assert drawn is not None
    assert [line.name for line in drawn.lines] == [point.name for point in points]
    for line in drawn.lines:
        assert 0 <= line.low <= line.x <= line.high <= 340
        assert line.y < drawn.axis_y < drawn.height


@given(histories())
def test_what_is_larger_lies_further_to_the_right(points: list[Point]) -> None:
    drawn = number_history.picture(points)
    assert drawn is not None
    pairs = sorted(
        (point.number.estimate.value, line.x)
        for point, line in zip(points, drawn.lines, strict=True)
    )
    places = [x for _, x in pairs]
    assert places == sorted(places)


def test_one_version_has_no_history_and_another_unit_no_place_on_the_scale() -> None:
    now = Point("now", number(8.0, 5.0, 12.0))
    assert number_history.picture([]) is None
    assert number_history.picture([now]) is None
    months = Point("1.0", number(8.0, 5.0, 12.0, "months"))
    assert number_history.picture([now, months]) is None
    drawn = number_history.picture([now, months, replace(now, name="0.9")])
    assert drawn is not None
    assert [line.name for line in drawn.lines] == ["now", "0.9"]


def test_what_has_no_value_is_not_drawn_and_what_has_no_interval_is_a_dot() -> None:
    known, unknown = number(8.0, 8.0, 8.0), number(math.nan, 5.0, 12.0)
    assert number_history.picture([Point("now", known), Point("1.0", unknown)]) is None
    drawn = number_history.picture([Point("now", known), Point("1.0", number(9.0, 7.0, math.inf))])
    assert drawn is not None
    assert all(line.low == line.x == line.high for line in drawn.lines)


def test_the_scale_is_logarithmic_only_over_large_ratios_of_positive_numbers() -> None:
    def is_logarithmic(low: float, high: float) -> bool:
        points = [Point(name, number(high, low, high)) for name in ("now", "1.0")]
        drawn = number_history.picture(points)
        assert drawn is not None
        return drawn.is_logarithmic

    assert is_logarithmic(1.0, 30.0)
    assert not is_logarithmic(1.0, 10.0)
    assert not is_logarithmic(-1.0, 30.0)
    assert not is_logarithmic(0.0, 30.0)
