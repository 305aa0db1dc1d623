"""What an interval allows of the two statements, and how they are shaded."""

import pytest

from chapters.overtake_forecast import statements
from models.core.estimates import Estimate
from overtake.chapter import style


@pytest.mark.parametrize(
    ("low", "high", "lin", "yao"),
    [
        (0.05, 0.15, True, False),
        (0.10, 0.55, True, True),
        (0.20, 0.50, False, False),
        (0.30, 0.70, False, True),
    ],
)
def test_an_interval_allows_what_it_reaches(
    low: float, high: float, *, lin: bool, yao: bool
) -> None:
    chance = Estimate((low + high) / 2, low, high, 0.9, "credible", 40)
    assert statements.allows_lin(chance) is lin
    assert statements.allows_yao(chance, 0.55) is yao


def test_both_ranges_are_shaded_in_percent() -> None:
    _, axes = style.new_figure()
    statements.shade(axes.axvspan, 0.55)
    spans = [(band.get_x(), band.get_x() + band.get_width()) for band in axes.patches]
    assert spans == [pytest.approx((55, 100)), pytest.approx((0, 20))]
