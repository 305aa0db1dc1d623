import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.core.errors import ModelInputError
from models.society.survey_shares import (
    country_difference,
    percentile_rank,
    share_difference,
    share_difference_p_value,
    share_interval,
    visible_change,
)

YEARS = np.arange(2002, 2018)


def survey(rng: np.random.Generator, gap: float = 5.0, trend: float = 0.0) -> pd.DataFrame:
    """Two countries that share strong effects of the year."""
    year_effect = rng.uniform(-12, 12, YEARS.size)
    other = 30 + year_effect + rng.normal(0, 1, YEARS.size)
    own = 30 + gap + trend * (YEARS - YEARS.mean()) + year_effect + rng.normal(0, 1, YEARS.size)
    return pd.DataFrame(
        {
            "country": ["CHN"] * YEARS.size + ["USA"] * YEARS.size,
            "year": np.tile(YEARS, 2),
            "intentions_percent": np.concatenate([own, other]),
        }
    )


def many_countries(shares: list[float], year: int = 2021) -> pd.DataFrame:
    codes = ["CHN", *(f"C{i:02d}" for i in range(len(shares) - 1))]
    return pd.DataFrame({"country": codes, "year": year, "mostly_harm_percent": shares})


# Newcombe (1998), Statistics in Medicine 17:857, table I, method 3: 81 of 263, 15 of 148.
@pytest.mark.parametrize(
    ("events", "n", "low", "high"), [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)]
)
def test_wilson_interval_is_the_published_one(events: int, n: int, low: float, high: float) -> None:
    interval = share_interval(events / n, n, level=0.95)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_a_design_effect_divides_the_sample() -> None:
    assert share_interval(0.3, 2000, design_effect=2.0) == share_interval(0.3, 1000)


@settings(deadline=None)
@given(share=st.floats(0, 1), n=st.integers(1, 10_000))
def test_wilson_interval_holds_the_share_and_stays_a_share(share: float, n: int) -> None:
    interval = share_interval(share, n)
    assert 0 <= interval.low <= share <= interval.high <= 1


def test_wilson_interval_covers_what_it_claims(rng: np.random.Generator) -> None:
    drawn = rng.binomial(400, 0.23, 1000) / 400
    covered = [x.low <= 0.23 <= x.high for x in (share_interval(float(s), 400) for s in drawn)]
    assert 0.85 <= np.mean(covered) <= 0.95


# Newcombe (1998), Statistics in Medicine 17:873, table II, method 10, contrast (a): 56/70, 48/80.
def test_difference_of_shares_is_the_published_one() -> None:
    difference = share_difference(
        share_interval(56 / 70, 70), share_interval(48 / 80, 80), level=0.95
    )
    assert difference.value == pytest.approx(20)
    assert (difference.low, difference.high) == pytest.approx((5.24, 33.39), abs=5e-3)
    assert (difference.n, difference.unit) == (70, "percentage points")


def test_difference_is_that_of_a_panel_with_year_effects(rng: np.random.Generator) -> None:
    table = survey(rng)
    years = pd.get_dummies(table["year"]).to_numpy(dtype=float)
    design = np.column_stack([table["country"] == "CHN", years]).astype(float)
    panel = sm.OLS(table["intentions_percent"].to_numpy(), design).fit()
    result = country_difference(table, "CHN", "USA", value="intentions_percent")
    assert result.difference.value == pytest.approx(panel.params[0], rel=1e-9)
    assert result.years == tuple(YEARS)
    assert result.difference.n == YEARS.size


def test_effects_of_the_year_cancel(rng: np.random.Generator) -> None:
    result = country_difference(
        survey(rng, gap=5, trend=0.8), "CHN", "USA", value="intentions_percent"
    )
    assert result.trend_difference.value == pytest.approx(0.8, abs=0.2)
    assert result.trend_difference.high - result.trend_difference.low < 1


def test_difference_intervals_cover_what_they_claim(rng: np.random.Generator) -> None:
    results = [
        country_difference(survey(rng, gap=5), "CHN", "USA", value="intentions_percent")
        for _ in range(200)
    ]
    covered = [r.difference.low <= 5 <= r.difference.high for r in results]
    assert 0.85 <= np.mean(covered) <= 0.95


def test_swapping_the_countries_changes_the_sign(rng: np.random.Generator) -> None:
    table = survey(rng)
    one = country_difference(table, "CHN", "USA", value="intentions_percent").difference
    two = country_difference(table, "USA", "CHN", value="intentions_percent").difference
    assert (one.low, one.high) == pytest.approx((-two.high, -two.low))


def test_rank_counts_the_others_below() -> None:
    shares = [50.0, 10, 20, 30, 90]
    rank = percentile_rank(
        many_countries(shares),
        "CHN",
        2021,
        np.random.default_rng(1),
        value="mostly_harm_percent",
        sample_size=1_000_000,
    )
    assert (rank.value, rank.low, rank.high, rank.n) == (75, 75, 75, 5)


def test_countries_that_were_not_asked_are_left_aside(rng: np.random.Generator) -> None:
    rank = percentile_rank(
        many_countries([50.0, 10, 20, np.nan]),
        "CHN",
        2021,
        rng,
        value="mostly_harm_percent",
        sample_size=1000,
    )
    assert (rank.value, rank.n) == (100, 3)


def test_small_samples_make_the_rank_uncertain(rng: np.random.Generator) -> None:
    shares = list(np.linspace(20, 30, 41))
    shares.insert(0, 25.1)
    ranks = [
        percentile_rank(
            many_countries(shares),
            "CHN",
            2021,
            rng,
            value="mostly_harm_percent",
            sample_size=n,
            design_effect=1.5,
        )
        for n in (300, 3000)
    ]
    assert ranks[0].high - ranks[0].low > 1.5 * (ranks[1].high - ranks[1].low) > 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"country": "USA"}, "CHN"),
        ({"intentions_percent": 130.0}, "intentions_percent"),
        ({"intentions_percent": np.nan}, "complete"),
        ({"year": 2010}, "twice"),
    ],
)
def test_bad_surveys_are_refused(
    change: dict[str, object], message: str, rng: np.random.Generator
) -> None:
    with pytest.raises(ModelInputError, match=message):
        country_difference(survey(rng).assign(**change), "CHN", "USA", value="intentions_percent")


def test_few_common_years_are_refused(rng: np.random.Generator) -> None:
    table = survey(rng)
    few = table[(table["country"] == "USA") | (table["year"] < 2005)]
    with pytest.raises(ModelInputError, match="at least 4 years with both CHN and USA, got 3"):
        country_difference(few, "CHN", "USA", value="intentions_percent")


@pytest.mark.parametrize(
    ("share", "n", "design_effect"), [(1.2, 100, 1), (0.5, 0, 1), (0.5, 100, 0.5), (0.5, 2, 3)]
)
def test_impossible_samples_are_refused(share: float, n: int, design_effect: float) -> None:
    with pytest.raises(ModelInputError):
        share_interval(share, n, design_effect=design_effect)


@pytest.mark.parametrize(
    ("year", "country", "n"), [(2019, "CHN", 1000), (2021, "USA", 1000), (2021, "CHN", 0)]
)
def test_rank_without_the_country_the_year_or_a_sample_is_refused(
    year: int, country: str, n: int, rng: np.random.Generator
) -> None:
    table = many_countries([50.0, 10, 20])
    with pytest.raises(ModelInputError, match="help_percent"):
        percentile_rank(table, "CHN", 2021, rng, value="help_percent", sample_size=1000)
    with pytest.raises(ModelInputError):
        percentile_rank(table, country, year, rng, value="mostly_harm_percent", sample_size=n)


def test_rank_from_less_than_one_effective_answer_is_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="effective sample"):
        percentile_rank(
            many_countries([50.0, 10, 20]),
            "CHN",
            2021,
            rng,
            value="mostly_harm_percent",
            sample_size=2,
            design_effect=3.0,
        )


def test_rank_among_two_is_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="3 countries"):
        percentile_rank(
            many_countries([50.0, 10]), "CHN", 2021, rng, value="mostly_harm_percent", sample_size=9
        )


def test_a_share_that_rests_on_nobody_is_refused() -> None:
    asked = share_interval(0.5, 100)
    nobody = type(asked)(0.5, 0.4, 0.6, 0.9, "range", 0)
    with pytest.raises(ModelInputError, match="n = 100 and 0"):
        share_difference(asked, nobody)


def test_the_p_value_of_two_shares_is_the_chi_squared_one() -> None:
    first, second = share_interval(0.20, 500), share_interval(0.15, 400)
    table = [[100, 400], [60, 340]]
    expected = stats.chi2_contingency(table, correction=False)[1]
    assert share_difference_p_value(first, second) == pytest.approx(expected)


def test_shares_of_nobody_have_no_p_value() -> None:
    nobody = share_interval(0.0, 500)
    with pytest.raises(ModelInputError, match="differ from 0 and 1"):
        share_difference_p_value(nobody, nobody)


def test_a_visible_change_is_just_outside_the_interval() -> None:
    # 1.644854 sqrt(2 * 0.2 * 0.8 / 500) = 0.0416
    visible = visible_change(0.2, 1000, design_effect=2, level=0.9)
    assert visible == pytest.approx(0.04161, abs=1e-5)
    first, second = share_interval(0.2 + visible, 500), share_interval(0.2, 500)
    assert share_difference(first, second).low == pytest.approx(0, abs=0.3)
    with pytest.raises(ModelInputError, match="share"):
        visible_change(1.2, 1000)
