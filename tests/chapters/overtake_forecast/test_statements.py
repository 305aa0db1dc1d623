"""What an interval allows of the two statements, and how they are shaded."""

import pytest

from chapters.overtake_forecast import statements
from models.core.estimates import Estimate
from overtake.chapter import style


@pytest.mark.parametrize(("high", "yao"), [(0.15, False), (0.55, True), (0.50, False)])
def test_an_interval_allows_what_it_reaches(high: float, *, yao: bool) -> None:
    assert statements.allows_yao(Estimate(0.1, 0.05, high, 0.9, "range", 40), 0.55) is yao


def test_both_ranges_are_shaded_in_percent() -> None:
    _, axes = style.new_figure()
    statements.shade(axes.axvspan, 0.55)
    spans = [(band.get_x(), band.get_x() + band.get_width()) for band in axes.patches]
    assert spans == [pytest.approx((55, 100)), pytest.approx((0, 20))]
