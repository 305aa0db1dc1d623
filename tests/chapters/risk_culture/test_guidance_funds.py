from types import SimpleNamespace

import pandas as pd
import pytest

from chapters.risk_culture.guidance_funds import GuidanceFunds, draw_shares, estimate_shares
from tests.chapters import drawn

MONEY = SimpleNamespace(
    publisher="Quid",
    last_year=2024,
    usd_billion=(50.0, 10.0),
    reported_usd_billion={2024: (100.0, 20.0), 2025: (170.0, 10.0)},
)


def found(active_years: int = 12) -> GuidanceFunds:
    published = {"guidance-funds-chn": 96.0, "ai-fund-chn": 91.0, "big-fund-iii": 350.0}
    return estimate_shares(
        MONEY,
        pd.DataFrame({"value": published}),
        yearly_usd_billion=4.0,
        active_years=active_years,
        cny_per_usd=7.0,
        level=0.9,
    )


def test_shares_of_each_gap() -> None:
    funds = found()
    assert [gap.billion_usd for gap in funds.gaps] == [40, 80, 160]
    assert funds.gaps[0].ratio == pytest.approx(funds.gaps[0].usa / funds.gaps[0].china)
    assert funds.gaps[0].ratio > 1
    assert list(funds.by_source) == ["Quid, 2024", "AI Index, 2024", "AI Index, 2025"]
    assert [share.value for share in funds.shares] == pytest.approx([10, 5, 2.5])
    assert [share.high for share in funds.shares] == pytest.approx([20, 10, 5])
    assert (funds.lowest, funds.highest) == pytest.approx((2.5, 20))


def test_the_newest_reported_ratio_is_of_two_published_amounts() -> None:
    ratio = found().newest_reported_ratio
    assert ratio.low == ratio.value == ratio.high == pytest.approx(17)
    assert (ratio.kind, ratio.n, ratio.unit) == ("range", 2, "times")


@pytest.mark.parametrize(("active_years", "most"), [(12, 8), (24, 4), (30, 4)])
def test_money_paid_out_in_fewer_years_is_more_a_year(active_years: int, most: float) -> None:
    yearly = found(active_years).yearly
    assert (yearly.value, yearly.low, yearly.high) == pytest.approx((4, 4, most))
    assert (yearly.kind, yearly.n) == ("range", 0)


def test_other_funds_in_dollars() -> None:
    funds = found()
    assert (funds.total, funds.ai_fund_yearly, funds.chip_fund) == pytest.approx((96, 1, 50))


def test_every_gap_has_a_dot_and_a_bar_and_the_threshold_a_line() -> None:
    drawing = draw_shares(found(), series="private_quid")
    assert list(drawing.data) == ["gap", "percent", "low", "high"]
    assert len(drawing.data) == drawn.dots(drawing) == drawn.bars(drawing) == 3
    assert drawn.texts(drawing) == {"half of the gap"}
