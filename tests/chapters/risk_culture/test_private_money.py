from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.risk_culture.ai_money import PUBLISHERS
from chapters.risk_culture.private_money import (
    AiInvestment,
    compare_investment,
    draw_investment,
)
from chapters.risk_culture.ratios import YearlyRatio, find_closest, list_ratios
from models.core.estimates import Estimate
from tests.chapters import drawn


def series(name: str, usa: list[float], first: int) -> pd.DataFrame:
    years = first + np.arange(len(usa))
    parts = [
        pd.DataFrame({"country": code, "year": years, "investment_usd": amounts})
        for code, amounts in (("USA", usa), ("CHN", [1e9] * len(usa)))
    ]
    return pd.concat(parts).assign(series=name, price_basis=name)


@pytest.fixture
def money() -> AiInvestment:
    """China stays at 1 billion; in the first series the United States double every year."""
    amounts = pd.concat(
        [
            series("private_quid", [8e9, 1e9, 2e9, 4e9, 8e9, 16e9], 2014),
            series("private_cset", [160e9, 80e9, 40e9, 20e9, 10e9], 2015),
            series("venture_pitchbook", [3e9, 6e9, 3e9, 6e9], 2015),
        ],
        ignore_index=True,
    )
    gdp = pd.DataFrame(
        {
            "country": ["USA"] * 4 + ["CHN"] * 4,
            "year": [2015, 2016, 2017, 2018] * 2,
            "gdp_usd": [2e12] * 4 + [1e12] * 4,
        }
    )
    reported = {
        "private-investment-usa-2024": 100.0, "private-investment-chn-2024": 10.0,
        "private-investment-usa-2025": 60.0, "private-investment-chn-2025": 20.0,
    }  # fmt: skip
    return compare_investment(
        amounts,
        gdp,
        pd.DataFrame({"value": reported}),
        series="private_quid",
        since=2015,
        recent_years=4,
        level=0.9,
    )


def test_the_trend_ends_with_the_latest_ratio(money: AiInvestment) -> None:
    assert (money.latest.publisher, money.latest.last_year) == ("Quid", 2019)
    assert money.latest.ratio.value == money.trend.latest_ratio == 16


def test_trends_start_with_the_first_year(money: AiInvestment) -> None:
    assert money.trend.years == (2015, 2016, 2017, 2018, 2019)
    assert money.trend.growth_per_year.value == pytest.approx(2)
    assert [other.publisher for other in money.others] == ["CSET", "PitchBook"]
    assert money.others[0].trend.growth_per_year.value == pytest.approx(0.5)


def test_the_last_years_are_seen_from_china(money: AiInvestment) -> None:
    assert money.recent.value == pytest.approx(-50)
    assert (money.first_recent_year, money.recent.n) == (2016, 4)


def test_money_next_to_gdp_and_as_reported(money: AiInvestment) -> None:
    per_gdp = money.per_gdp
    assert (per_gdp.year, per_gdp.ratio) == (2018, pytest.approx(4))
    assert (per_gdp.usa, per_gdp.china) == pytest.approx((4, 1))
    assert money.reported == (YearlyRatio(2024, 10), YearlyRatio(2025, 3))


@pytest.mark.parametrize(
    ("low", "high", "way"), [(1.1, 2, "rises"), (0.5, 0.9, "falls"), (0.9, 1.1, "open")]
)
def test_the_gap_goes_as_its_factor_says(
    money: AiInvestment, low: float, high: float, way: str
) -> None:
    growth = Estimate((low + high) / 2, low, high, 0.9, "confidence", 5)
    assert replace(money, trend=replace(money.trend, growth_per_year=growth)).gap == way


def test_ratios_are_told_one_by_one() -> None:
    table = pd.DataFrame({"year": [2017, 2018, 2019], "ratio": [2.0, 0.5, 3.0]})
    assert list_ratios(table)[-1] == YearlyRatio(2019, 3)
    assert find_closest(table) == YearlyRatio(2018, 0.5)


def test_every_series_is_drawn_and_the_chosen_one_thick(money: AiInvestment) -> None:
    drawing = draw_investment(money)
    assert list(drawing.data) == ["year", "ratio", "series"]
    assert len(drawing.data) == drawn.marked_points(drawing) == 5 + 5 + 4
    assert drawn.texts(drawing) == set(PUBLISHERS.values())
    thick = [line for line in drawn.axes_of(drawing).lines if line.get_linewidth() > 2]
    assert [list(line.get_ydata()) for line in thick] == [[1, 2, 4, 8, 16]]
