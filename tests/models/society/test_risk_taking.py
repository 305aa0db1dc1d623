"""Counts against exact theory; growth and thresholds against known truths."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.society.risk_taking import (
    Measure,
    check_recent_growths,
    compare_counts,
    compute_share_of_gap,
    estimate_change_of_count_ratio,
    estimate_count,
    estimate_count_ratio,
    estimate_recent_growth,
    estimate_recent_growths,
    name_direction,
    track_recent_growth,
)


def yearly(values: dict[str, list[float]], first_year: int = 2018) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"country": country, "year": first_year + i, "amount": value}
            for country, series in values.items()
            for i, value in enumerate(series)
        ]
    )


def test_the_interval_of_a_count_of_zero_has_its_closed_form() -> None:
    interval = estimate_count(0, level=0.95)
    assert interval.low == 0
    assert interval.high == pytest.approx(-math.log(0.025))


def test_the_interval_of_a_count_is_the_tabulated_one() -> None:
    """Garwood's 95% limits for a count of 10, as in every table of them: 4.795 and 18.391."""
    interval = estimate_count(10, level=0.95)
    assert (interval.low, interval.high) == pytest.approx((4.795, 18.391), abs=1e-3)


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_a_ratio_s_limits_invert_the_binomial_test(first: int, second: int) -> None:
    ratio = estimate_count_ratio(first, second, level=0.9)
    for end, alternative in ((ratio.low, "greater"), (ratio.high, "less")):
        share = end / (1 + end)
        found = stats.binomtest(first, first + second, share, alternative=alternative).pvalue
        assert found == pytest.approx(0.05, rel=1e-4)


@given(st.integers(1, 500), st.integers(1, 500))
def test_swapping_the_counts_turns_the_ratio_over(first: int, second: int) -> None:
    one, other = estimate_count_ratio(first, second), estimate_count_ratio(second, first)
    assert one.value == pytest.approx(1 / other.value)
    assert one.low == pytest.approx(1 / other.high)


def test_the_ratio_s_interval_covers_at_least_its_level() -> None:
    rng = np.random.default_rng(1)
    draws = zip(rng.poisson(60, 400), rng.poisson(20, 400), strict=True)
    intervals = [estimate_count_ratio(int(a), int(b), level=0.9) for a, b in draws if b]
    covered = np.mean([low.low <= 3 <= low.high for low in intervals])
    assert covered >= 0.9 - 3 * math.sqrt(0.9 * 0.1 / 400)


@pytest.mark.parametrize(("first", "second"), [(0, 5), (5, 0), (-1, 5)])
def test_a_ratio_of_nothing_is_refused(first: int, second: int) -> None:
    with pytest.raises(ModelInputError, match="at least 1"):
        estimate_count_ratio(first, second)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ModelInputError, match="0 or more"):
        estimate_count(-1)


def test_exact_growth_comes_back_and_only_the_last_years_count() -> None:
    noise = [0.01, -0.01, 0.01, -0.01, 0.01]
    grown = [5.0, 900.0, *(100 * 1.2**i * math.exp(e) for i, e in enumerate(noise))]
    growth = estimate_recent_growth(yearly({"CHN": grown}), "CHN", value="amount", last_years=5)
    assert growth.value == pytest.approx(20, abs=0.5)
    assert growth.low < 20 < growth.high
    assert growth.n == 5


def test_growth_next_to_a_reference_is_that_of_the_ratio() -> None:
    own = [100.0, 121.0, 140.0, 176.0, 210.0]
    other = [7.0, 9.0, 8.0, 11.0, 10.0]
    both = estimate_recent_growth(
        yearly({"CHN": own, "USA": other}), "CHN", value="amount", last_years=5, reference="USA"
    )
    ratio = [a / b for a, b in zip(own, other, strict=True)]
    alone = estimate_recent_growth(yearly({"CHN": ratio}), "CHN", value="amount", last_years=5)
    assert (both.value, both.low, both.high) == pytest.approx((alone.value, alone.low, alone.high))


def test_too_few_years_are_refused() -> None:
    rows = yearly({"CHN": [1.0, 2.0, 4.0, 3.0]})
    with pytest.raises(ModelInputError, match="got 4"):
        estimate_recent_growth(rows, "CHN", value="amount", last_years=5)
    with pytest.raises(ModelInputError, match="4 or more"):
        estimate_recent_growth(rows, "CHN", value="amount", last_years=3)


def test_a_year_twice_is_refused() -> None:
    rows = pd.concat([yearly({"CHN": [1.0, 2.0, 4.0, 3.0]})] * 2)
    with pytest.raises(ModelInputError, match="twice"):
        estimate_recent_growth(rows, "CHN", value="amount", last_years=4)


def test_public_money_closes_the_gap_in_proportion() -> None:
    public = Estimate(10, 5, 20, 0.9, "range", 0, "billion USD a year")
    closed = compute_share_of_gap(public, 110, 10)
    assert (closed.value, closed.low, closed.high) == (10, 5, 20)


def test_without_a_gap_there_is_nothing_to_close() -> None:
    public = Estimate(10, 5, 20, 0.9, "range", 0)
    with pytest.raises(ModelInputError, match="gap"):
        compute_share_of_gap(public, 10, 10)
    with pytest.raises(ModelInputError, match="negative"):
        compute_share_of_gap(Estimate(1, -1, 2, 0.9, "range", 0), 20, 10)


def test_each_measure_keeps_its_own_column_and_reference() -> None:
    rows = yearly({"CHN": [100.0, 121.0, 140.0, 176.0], "USA": [7.0, 9.0, 8.0, 11.0]})
    doubled = rows.assign(twice=rows["amount"] ** 2)
    found = estimate_recent_growths(
        {
            "alone": Measure(doubled, "amount"),
            "squared": Measure(doubled, "twice"),
            "compared": Measure(doubled, "amount", "USA"),
        },
        "CHN",
        last_years=4,
    )
    factor = {name: 1 + estimate.value / 100 for name, estimate in found.items()}
    assert factor["squared"] == pytest.approx(factor["alone"] ** 2)
    other = estimate_recent_growth(rows, "USA", value="amount", last_years=4).value
    assert factor["compared"] == pytest.approx(factor["alone"] / (1 + other / 100))


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(0.1, 2, "rises"), (-2, -0.1, "falls"), (-1, 1, "open"), (0, 1, "open"), (-1, 0, "open")],
)
def test_an_interval_that_holds_zero_leaves_the_direction_open(
    low: float, high: float, word: str
) -> None:
    assert name_direction(Estimate((low + high) / 2, low, high, 0.9, "confidence", 5)) == word
    factor = Estimate(1 + (low + high) / 2, 1 + low, 1 + high, 0.9, "confidence", 5)
    assert name_direction(factor, unchanged=1.0) == word


def test_equal_counts_have_a_p_value_of_one_and_unequal_ones_the_binomial() -> None:
    assert compare_counts(20, 20).p_value == pytest.approx(1)
    # Ten against none: two tails of (1/2)^10.
    assert compare_counts(10, 0).p_value == pytest.approx(2 / 2**10)


def test_the_change_of_a_ratio_is_woolfs() -> None:
    found = estimate_change_of_count_ratio((200, 100), (300, 300), level=0.95)
    assert found.change.value == pytest.approx(0.5)
    error = math.sqrt(1 / 200 + 1 / 100 + 1 / 300 + 1 / 300)
    ends = [0.5 * math.exp(sign * 1.959964 * error) for sign in (-1, 1)]
    assert (found.change.low, found.change.high) == pytest.approx(ends)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(math.log(2) / error))


def test_intervals_of_the_change_of_a_ratio_cover(rng: np.random.Generator) -> None:
    counts = rng.poisson([150, 90, 600, 720], (400, 4))
    truth = (90 / 150) / (720 / 600)
    found = [
        estimate_change_of_count_ratio((a, b), (c, d)).change for a, b, c, d in counts.tolist()
    ]
    assert 0.85 <= np.mean([e.low <= truth <= e.high for e in found]) <= 0.95


def test_p_values_agree_with_the_intervals_of_growth(rng: np.random.Generator) -> None:
    for _ in range(20):
        rows = yearly({"CHN": list(np.exp(rng.normal(0.03, 0.1, 8).cumsum()))})
        measure = Measure(rows, "amount")
        grown = estimate_recent_growth(rows, "CHN", value="amount", last_years=6, level=0.9)
        p = check_recent_growths({"m": measure}, "CHN", last_years=6)["m"].p_value
        assert (p < 0.1) == (name_direction(grown) != "open")


def test_growth_by_last_year_is_what_would_have_been_found_then() -> None:
    rows = yearly({"CHN": [1, 2, 4, 8, 17, 8, 4, 2.1]}, first_year=2010)
    found = track_recent_growth(Measure(rows, "amount"), "CHN", span=5).set_index("last_year")
    assert found.index.tolist() == [2014, 2015, 2016, 2017]
    early = estimate_recent_growth(rows[rows["year"] <= 2014], "CHN", value="amount", last_years=5)
    assert found.loc[2014, "percent_a_year"] == pytest.approx(early.value)
    assert found.loc[2014, "low"] > 0 > found.loc[2017, "percent_a_year"]


def test_impossible_counts_and_spans_are_refused() -> None:
    with pytest.raises(ModelInputError, match="not both 0"):
        compare_counts(0, 0)
    with pytest.raises(ModelInputError, match="at least 1"):
        estimate_change_of_count_ratio((0, 5), (3, 4))
    with pytest.raises(ModelInputError, match="4 or more"):
        track_recent_growth(Measure(yearly({"CHN": [1, 2, 3]}), "amount"), "CHN", span=4)
