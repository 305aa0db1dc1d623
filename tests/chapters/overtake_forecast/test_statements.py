"""What an interval allows of the two statements, and how they are marked."""

import pytest

from chapters.overtake_forecast import statements
from models.core.estimates import Estimate
from overtake.chapter import style


@pytest.mark.parametrize(("high", "yao"), [(0.15, False), (0.55, True), (0.50, False)])
def test_an_interval_allows_what_it_reaches(high: float, *, yao: bool) -> None:
    assert statements.allows_yao(Estimate(0.1, 0.05, high, 0.9, "range", 40), 0.55) is yao


def test_both_statements_are_marked_in_percent() -> None:
    _, axes = style.new_figure()
    statements.mark(axes, 0.55)
    assert [line.get_xdata()[0] for line in axes.lines] == pytest.approx([20, 55])
    assert [text.get_text() for text in axes.texts] == ["below 20%:\nLin ", " 55% or more:\n Yao"]
