from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.price_fall import (
    SCORE,
    PricedModel,
    Prices,
    draw_prices,
    estimate_prices,
)
from chapters.shared import countries
from models.core.errors import ModelInputError

N = 48
THRESHOLD = 40.0


def price_table() -> pd.DataFrame:
    """Prices that fall tenfold a year and rise tenfold over forty points of score."""
    years = np.linspace(0, 2, N)
    score = 40 + 20 * np.cos(np.arange(N))
    country = np.resize(["USA", "USA", "CHN", "FRA"], N)
    return pd.DataFrame(
        {
            "model": [f"m{i}" for i in range(N)],
            "maker": [f"{c}-{i % 5}" for i, c in enumerate(country)],
            "country": country,
            "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(years * 365.25, unit="D"),
            "usd_per_million_tokens": 10 ** (1 + score / 40 - years + 1e-6 * np.sin(np.arange(N))),
            SCORE: score,
        }
    )


def estimated(table: pd.DataFrame) -> Prices:
    return estimate_prices(
        table, threshold_percent=THRESHOLD, level=0.9, rng=np.random.default_rng(1)
    )


@pytest.fixture(scope="module")
def prices() -> Prices:
    return estimated(price_table())


def test_the_fall_and_the_slope_are_the_true_ones(prices: Prices) -> None:
    assert prices.trend.fall_per_year.value == pytest.approx(10, rel=1e-3)
    assert prices.trend.score_per_tenfold == pytest.approx(40, rel=1e-3)
    assert prices.trend.country_factor.value == pytest.approx(1, rel=1e-3)


def test_models_are_chosen_by_score_and_country(prices: Prices) -> None:
    table = price_table()
    able = table[table[SCORE] >= THRESHOLD]
    assert prices.n_able == len(able)
    cheapest = able[able["country"] != "CHN"].sort_values("usd_per_million_tokens").head(3)
    assert [priced.model for priced in prices.rivals] == list(cheapest["model"])
    assert len(prices.chinese) == prices.trend.n_country == N // 4
    assert prices.chinese[0] == PricedModel(
        "m2", "CHN-2", float(table["usd_per_million_tokens"].iloc[2])
    )
    assert prices.chinese_makers == tuple(f"CHN-{i}" for i in range(5))


def test_the_cheapest_rival_is_held_against_every_chinese_model(prices: Prices) -> None:
    rival = replace(prices.rivals[0], usd=2.0)
    cheaper, dearer = (replace(prices.chinese[0], usd=usd) for usd in (1.0, 3.0))
    assert replace(prices, rivals=(rival,), chinese=(dearer,)).rival_is_cheapest
    assert not replace(prices, rivals=(rival,), chinese=(dearer, cheaper)).rival_is_cheapest


def test_the_newest_able_model_says_how_far_prices_reach(prices: Prices) -> None:
    table = price_table()
    assert prices.last_release == table.loc[table[SCORE] >= THRESHOLD, "date"].max()


def test_lows_are_told_from_first_to_last(prices: Prices) -> None:
    lows = prices.records["usd_per_million_tokens"]
    assert prices.n_records == len(lows)
    assert (prices.first_low_usd, prices.last_low_usd) == (lows.max(), lows.min())


def test_rows_without_a_score_are_left_out(prices: Prices) -> None:
    unscored = price_table().assign(**{SCORE: np.nan})
    both = pd.concat([price_table(), unscored], ignore_index=True)
    assert estimated(both).trend.fall_per_year == prices.trend.fall_per_year


def test_without_a_chinese_model_there_is_no_comparison() -> None:
    with pytest.raises(ModelInputError, match="CHN"):
        estimated(price_table().assign(country="USA"))


def test_each_able_model_is_one_mark_of_its_group(prices: Prices) -> None:
    drawing = draw_prices(prices)
    assert len(drawing.data) == prices.n_able
    (axes,) = drawing.figure.axes
    groups = {line.get_color(): len(line.get_xdata()) for line in axes.lines[1:]}
    counts = drawing.data["country"].value_counts()
    assert groups == {
        countries.COLOURS["USA"]: counts["USA"],
        countries.COLOURS["CHN"]: counts["CHN"],
        countries.COLOURS["other"]: counts["FRA"],
    }
