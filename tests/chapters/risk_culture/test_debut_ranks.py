from dataclasses import replace

import pandas as pd
import pytest

from chapters.risk_culture.debut_ranks import DebutRanks, draw_ranks, estimate_ranks
from models.core.estimates import Estimate
from tests.chapters import drawn


def percent(value: float) -> Estimate:
    return Estimate(value, value, value, 0.9, "range", 1, "%")


@pytest.fixture
def ranks() -> DebutRanks:
    """Of 40 listings 10 fell, 10 rose by up to 20%, 10 by up to 40%, and 10 by more."""
    published = {
        "first-day-half-listings": 40.0,
        "first-day-half-rose": 30.0,
        "first-day-half-above-20": 20.0,
        "first-day-half-above-40": 10.0,
        "first-day-2025-half": 13.0,
    }
    firsts = {"Zhipu AI": percent(13), "MiniMax": percent(109)}
    return estimate_ranks(firsts, pd.DataFrame({"value": published}), level=0.9)


def test_counts_by_group(ranks: DebutRanks) -> None:
    assert [group.listings for group in ranks.groups] == [10, 10, 10, 10]
    assert ranks.highest.first_day == "above +40%"
    assert (ranks.fitted.n, ranks.reported_mean) == (40, 13)
    assert ranks.fitted.share_below([0.2]) == pytest.approx(0.5, abs=0.05)


def test_ranks_in_percent_hold_what_the_counts_leave_open(ranks: DebutRanks) -> None:
    assert (ranks.zhipu.value, ranks.minimax.value) == pytest.approx((37.5, 87.5))
    assert ranks.zhipu.low < 25
    assert ranks.zhipu.high > 50
    assert (ranks.minimax.high, ranks.minimax.unit) == (100, "%")
    assert ranks.group_of == {"Zhipu AI": 1, "MiniMax": 3}
    assert ranks.chance_that_one_of_two_is_highest == pytest.approx(1 - 0.75**2)


@pytest.mark.parametrize(("first_day", "group"), [(-5, 0), (15, 1), (30, 2), (41, 3)])
def test_a_debut_falls_into_the_group_of_its_return(
    ranks: DebutRanks, first_day: float, group: int
) -> None:
    assert replace(ranks, first_days={"A": percent(first_day)}).group_of == {"A": group}


def test_a_bar_for_each_group_and_a_diamond_for_each_debut(ranks: DebutRanks) -> None:
    drawing = draw_ranks(ranks)
    assert list(drawing.data) == ["first_day", "listings"]
    assert len(drawing.data) == len(drawn.axes_of(drawing).patches) == 4
    assert drawn.marked_points(drawing) == 2
    assert drawn.texts(drawing) == {"Zhipu AI +13%", "MiniMax +109%"}
