from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from chapters.risk_culture.hong_kong_debuts import Debuts, draw_debuts, estimate_debuts
from tests.chapters import drawn


@pytest.fixture
def debuts() -> Debuts:
    listed = pd.DataFrame(
        {
            "offer_price_hkd": [100.0, 50.0],
            "first_close_hkd": [110.0, 100.0],
            "second_close_hkd": [130.0, None],
            "later_price_hkd": [300.0, 250.0],
            "later_date": pd.to_datetime(["2026-02-20", "2026-02-20"]),
            "raised_hkd_million": [4348.1, 7751.9],
        },
        index=pd.Index(["Zhipu AI", "MiniMax"], name="firm"),
    )
    reported = {"free-float-zhipu": 2.5, "free-float-minimax": 5.0, "first-day-2025": 34.0}
    floats = pd.DataFrame({"value": reported})
    return estimate_debuts(
        listed, floats, hkd_per_usd=7.8, american_round_usd_billion=20, level=0.9
    )


def test_returns_on_the_offer_price(debuts: Debuts) -> None:
    assert debuts.zhipu.first_day.value == pytest.approx(10)
    assert debuts.minimax.first_day.value == pytest.approx(100)
    assert debuts.zhipu.second_close == pytest.approx(30)
    assert debuts.minimax.second_close is None
    assert (debuts.zhipu.later, debuts.minimax.later) == pytest.approx((200, 400))
    assert debuts.later_date == date(2026, 2, 20)
    assert debuts.minimax.free_float == 5


def test_proceeds_in_dollars_over_the_currencys_band(debuts: Debuts) -> None:
    usd = debuts.zhipu.raised_usd
    assert (usd.low, usd.value, usd.high) == pytest.approx(
        (4.3481 / 7.85, 4.3481 / 7.8, 4.3481 / 7.75)
    )
    assert debuts.round_over_zhipu == pytest.approx(20 * 7.8 / 4.3481)
    assert debuts.round_over_both == pytest.approx(20 * 7.8 / 12.1)


@pytest.mark.parametrize(("raised", "agrees"), [(4.3481, True), (4.36, False)])
def test_the_sum_next_to_the_articles(*, debuts: Debuts, raised: float, agrees: bool) -> None:
    other = replace(debuts, zhipu=replace(debuts.zhipu, raised_hkd_billion=raised))
    assert other.sum_agrees == agrees


@pytest.mark.parametrize(("mean", "below"), [(34.0, True), (9.0, False)])
def test_zhipu_next_to_the_mean_of_its_market(*, debuts: Debuts, mean: float, below: bool) -> None:
    assert debuts.mean_of_2025 == 34
    assert replace(debuts, mean_of_2025=mean).zhipu_is_below_the_mean == below


def test_every_known_price_is_a_bar(debuts: Debuts) -> None:
    drawing = draw_debuts(debuts)
    assert list(drawing.data) == ["firm", "day", "percent"]
    assert len(drawing.data) == len(drawn.axes_of(drawing).patches) == 5
    assert set(drawing.data["day"]) == {"first close", "second close", "20 February 2026"}
    assert "MiniMax +400%" in drawn.texts(drawing)
