import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.society.investment import (
    compute_latest_ratios,
    compute_yearly_ratio,
    fit_ratio_trend,
    measure_change_since_peak,
    normalise,
)

YEARS = np.arange(2013, 2025)


def amounts(leader: list[float], follower: list[float], first: int = 2013) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"country": code, "year": first + np.arange(len(v)), "investment_usd": v})
        for code, v in (("USA", leader), ("CHN", follower))
    ]
    return pd.concat(parts, ignore_index=True).assign(series="private_quid", price_basis="2021")


def exponential(rng: np.random.Generator, growth: float, sd: float) -> pd.DataFrame:
    common = rng.normal(0, 0.5, YEARS.size)
    logs = np.log(5) + np.log(growth) * np.arange(YEARS.size) + rng.normal(0, sd, YEARS.size)
    return amounts(list(np.exp(common + logs)), list(np.exp(common)))


def test_ratio_in_the_years_that_both_have() -> None:
    ratio = compute_yearly_ratio(amounts([2.0, 6, 12], [1.0, 2]), "USA", "CHN")
    assert ratio["year"].tolist() == [2013, 2014]
    assert ratio["ratio"].tolist() == [2, 3]


# AI Index 2025 and 2026 (Stanford HAI): 109.1 against 9.3, 285.9 against 12.4 billion dollars.
def test_published_ratios() -> None:
    ratio = compute_yearly_ratio(amounts([109.1, 285.9], [9.3, 12.4], first=2024), "USA", "CHN")
    assert ratio["ratio"].tolist() == pytest.approx([11.7, 23.1], abs=0.05)


def test_exact_growth_comes_back() -> None:
    growing = amounts(list(4 * 1.3 ** np.arange(12)), [2.0] * 12)
    trend = fit_ratio_trend(growing, "USA", "CHN")
    assert trend.growth_per_year.value == pytest.approx(1.3)
    assert trend.growth_per_year.high == pytest.approx(1.3)
    assert trend.mean_ratio.value == pytest.approx(2 * 1.3**5.5)
    assert trend.latest_ratio == pytest.approx(2 * 1.3**11)
    assert trend.years == tuple(YEARS)


def test_growth_intervals_cover_what_they_claim(rng: np.random.Generator) -> None:
    trends = [fit_ratio_trend(exponential(rng, 1.1, 0.3), "USA", "CHN") for _ in range(200)]
    covered = [t.growth_per_year.low <= 1.1 <= t.growth_per_year.high for t in trends]
    assert 0.85 <= np.mean(covered) <= 0.95


@settings(max_examples=40, deadline=None)
@given(rate=st.floats(0.01, 100), seed=st.integers(0, 99))
def test_the_currency_of_one_country_moves_the_ratio_and_not_its_growth(
    rate: float, seed: int
) -> None:
    table = exponential(np.random.default_rng(seed), 1.2, 0.3)
    other = table.assign(
        investment_usd=table["investment_usd"].where(
            table["country"] == "CHN", table["investment_usd"] * rate
        )
    )
    one, two = (fit_ratio_trend(t, "USA", "CHN") for t in (table, other))
    assert two.mean_ratio.value == pytest.approx(rate * one.mean_ratio.value)
    assert two.growth_per_year.low == pytest.approx(one.growth_per_year.low)


def test_normalising_divides_by_the_indicator_of_the_year() -> None:
    indicators = pd.DataFrame(
        {
            "country": ["USA", "USA", "CHN"],
            "year": [2013, 2014, 2013],
            "gdp_usd": [100.0, np.nan, 50.0],
        }
    )
    result = normalise(amounts([2.0, 6], [1.0, 2]), indicators, by="gdp_usd")
    assert result["year"].tolist() == [2013, 2013]
    assert result["investment_usd"].tolist() == pytest.approx([0.02, 0.02])
    assert "gdp_usd" not in result


def test_change_since_the_peak() -> None:
    change = measure_change_since_peak(amounts([1.0], [2.0, 10, 8, 4]), "CHN")
    assert (change.peak_year, change.latest_year, change.n) == (2014, 2016, 4)
    assert change.factor == pytest.approx(0.4)


def test_zeros_of_other_countries_do_not_matter() -> None:
    other = pd.DataFrame({"country": ["ALB"], "year": [2013], "investment_usd": [0.0]})
    table = pd.concat([amounts([4.0], [2.0]).drop(columns=["series", "price_basis"]), other])
    assert compute_yearly_ratio(table, "USA", "CHN")["ratio"].tolist() == [2]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (amounts([1.0, 2], []), "CHN"),
        (amounts([1.0, 2], [1.0, 0]), "positive"),
        (amounts([1.0, 2], [1.0, np.nan]), "complete"),
        (amounts([1.0], [1.0]).assign(series=["private_quid", "private_cset"]), "one series"),
        (amounts([1.0], [1.0]).assign(price_basis=["2021", "current"]), "one price_basis"),
        (pd.concat([amounts([1.0], [1.0])] * 2), "twice"),
        (amounts([1.0], [1.0]).assign(year=[2013, 2014]), "years with both"),
    ],
)
def test_bad_amounts_are_refused(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        compute_yearly_ratio(table, "USA", "CHN")


def test_a_trend_on_three_years_is_refused() -> None:
    with pytest.raises(ModelInputError, match="at least 4 years"):
        fit_ratio_trend(amounts([1.0, 2, 3], [1.0, 1, 1]), "USA", "CHN")


@pytest.mark.parametrize(
    ("indicators", "message"),
    [
        (pd.DataFrame({"country": ["USA"], "year": [1990], "gdp_usd": [1.0]}), "at least 1 rows"),
        (pd.DataFrame({"country": ["USA"], "year": [2013], "gdp_usd": [0.0]}), "positive"),
        (pd.DataFrame({"country": ["USA"], "year": [2013]}), "gdp_usd"),
        (
            pd.DataFrame({"country": ["USA"] * 2, "year": [2013] * 2, "gdp_usd": [1.0, 2.0]}),
            "once for each",
        ),
    ],
)
def test_bad_indicators_are_refused(indicators: pd.DataFrame, message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        normalise(amounts([1.0], [1.0]), indicators, by="gdp_usd")


def test_latest_ratios_divide_by_each_scale_in_the_last_common_year() -> None:
    indicators = pd.DataFrame(
        {
            "country": ["USA", "USA", "CHN", "CHN"],
            "year": [2013, 2014] * 2,
            "gdp_usd": [20.0, 20.0, 10.0, 10.0],
            "population": [1.0, np.nan, 4.0, 4.0],
        }
    )
    found = compute_latest_ratios(
        amounts([6.0, 9.0], [2.0, 2.0]),
        indicators,
        "USA",
        "CHN",
        scales={"per GDP": "gdp_usd", "per head": "population"},
    ).set_index("scale")
    assert set(found["year"]) == {2013}
    assert found["ratio"].to_dict() == pytest.approx(
        {"amount": 3.0, "per GDP": 1.5, "per head": 12.0}
    )


def test_scales_of_different_years_give_no_ratio() -> None:
    indicators = pd.DataFrame(
        {
            "country": ["USA", "USA", "CHN", "CHN"],
            "year": [2013, 2014] * 2,
            "gdp_usd": [20.0, np.nan, 10.0, np.nan],
            "population": [np.nan, 1.0, np.nan, 4.0],
        }
    )
    scales = {"per GDP": "gdp_usd", "per head": "population"}
    with pytest.raises(ModelInputError, match="needs a year"):
        compute_latest_ratios(
            amounts([6.0, 9.0], [2.0, 2.0]), indicators, "USA", "CHN", scales=scales
        )
