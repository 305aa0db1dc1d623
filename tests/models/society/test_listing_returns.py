from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import TTestIndPower

from models.core.errors import ModelInputError
from models.society.listing_returns import (
    ReturnDistribution,
    compare_with_mean,
    compute_power,
    compute_returns_since_offer,
    estimate_share_below,
    find_detectable_difference,
    find_listings_needed,
    fit_counted_returns,
    simulate_power,
)


def test_returns_of_a_table_keep_missing_prices_missing() -> None:
    table = pd.DataFrame(
        {"firm": ["a", "b"], "offer": [100.0, 50.0], "first": [110, 100], "second": [120, np.nan]}
    )
    returns = compute_returns_since_offer(table, offer="offer", prices=["first", "second"])
    assert returns["first"].tolist() == pytest.approx([0.1, 1.0])
    assert returns["second"].isna().tolist() == [False, True]


# Cohen (1988), table 2.4.1, two-sided 5%, power 0.80: n for d = 0.2, 0.5, 0.8, 1.0.
@pytest.mark.parametrize(("effect", "n"), [(0.2, 393), (0.5, 64), (0.8, 26), (1.0, 17)])
def test_listings_needed_are_those_of_cohens_tables(effect: float, n: int) -> None:
    assert find_listings_needed(effect * 0.6, 0.6) == pytest.approx(n, abs=1)


@settings(max_examples=30, deadline=None)
@given(effect=st.floats(0.1, 3), sign=st.sampled_from([-1, 1]))
def test_needed_listings_reach_the_power_and_one_fewer_do_not(effect: float, sign: int) -> None:
    n = find_listings_needed(sign * effect, 1.0)
    assert compute_power(effect, 1.0, n=n, n_reference=n) >= 0.8
    if n > 2:
        assert compute_power(effect, 1.0, n=n - 1, n_reference=n - 1) < 0.8


@pytest.mark.parametrize(("effect", "n", "n_reference"), [(1.0, 2, 2), (5.0, 2, 2), (0.4, 30, 90)])
def test_power_is_that_of_statsmodels(effect: float, n: int, n_reference: int) -> None:
    expected = TTestIndPower().power(effect, n, 0.05, ratio=n_reference / n)
    found = compute_power(effect, 1.0, n=n, n_reference=n_reference)
    assert found == pytest.approx(expected, abs=1e-7)


def test_power_far_out_is_a_number_where_statsmodels_has_none(rng: np.random.Generator) -> None:
    assert np.isnan(TTestIndPower().power(8.0, 2, 0.001, ratio=1))
    first, second = rng.normal(8, 1, (200_000, 2)), rng.normal(0, 1, (200_000, 2))
    rejected = stats.ttest_ind(first, second, axis=1).pvalue < 0.001
    found = compute_power(8.0, 1.0, n=2, n_reference=2, significance=0.001)
    assert found == pytest.approx(rejected.mean(), abs=0.002)


def test_power_is_the_share_of_simulated_tests_that_reject(rng: np.random.Generator) -> None:
    first, second = rng.normal(1.5, 1, (4000, 2)), rng.normal(0, 1, (4000, 50))
    rejected = stats.ttest_ind(first, second, axis=1).pvalue < 0.05
    expected = compute_power(1.5, 1.0, n=2, n_reference=50)
    assert rejected.mean() == pytest.approx(expected, abs=0.025)


def test_what_two_listings_could_show_has_the_power_asked_for() -> None:
    difference = find_detectable_difference(0.6, n=2, n_reference=100)
    found = compute_power(difference, 0.6, n=2, n_reference=100)
    assert found == pytest.approx(0.8, abs=1e-6)
    assert difference > 1.2


def test_more_listings_detect_smaller_differences() -> None:
    sizes = [find_detectable_difference(0.6, n=n, n_reference=100) for n in (2, 5, 20, 100)]
    assert sizes == sorted(sizes, reverse=True)


def test_bad_tables_of_prices_are_refused() -> None:
    table = pd.DataFrame({"offer": [100.0], "first": [-1.0]})
    with pytest.raises(ModelInputError, match="positive"):
        compute_returns_since_offer(table, offer="offer", prices=["first"])
    with pytest.raises(ModelInputError, match="second"):
        compute_returns_since_offer(table, offer="offer", prices=["second"])
    with pytest.raises(ModelInputError, match="offer"):
        compute_returns_since_offer(table.drop(columns="offer"), offer="offer", prices=["first"])


@pytest.mark.parametrize(
    ("difference", "sd", "power", "significance"),
    [(0, 1, 0.8, 0.05), (1, 0, 0.8, 0.05), (1, 1, 1.0, 0.05), (1, 1, 0.04, 0.05), (1, 1, 0.8, 0)],
)
def test_impossible_tests_are_refused(
    difference: float, sd: float, power: float, significance: float
) -> None:
    with pytest.raises(ModelInputError):
        find_listings_needed(difference, sd, power=power, significance=significance)


def test_differences_too_small_for_any_number_are_refused() -> None:
    with pytest.raises(ModelInputError, match="listings needed"):
        find_listings_needed(1e-5, 1.0)


def test_a_test_that_no_difference_passes_is_refused() -> None:
    with pytest.raises(ModelInputError, match="no difference is detectable"):
        find_detectable_difference(0.6, n=2, n_reference=2, significance=1e-9)


def test_one_listing_has_no_spread() -> None:
    with pytest.raises(ModelInputError, match="2 listings"):
        find_detectable_difference(0.6, n=1, n_reference=100)


COUNTS, EDGES = (16, 9, 9, 9), (0.0, 0.2, 0.4)


def test_a_counted_distribution_is_recovered(rng: np.random.Generator) -> None:
    returns = np.expm1(rng.normal(0.1, 0.3, 20_000))
    counts = np.histogram(returns, [-1, *EDGES, np.inf])[0]
    fitted = fit_counted_returns(counts, EDGES)
    assert (fitted.location, fitted.scale) == pytest.approx((0.1, 0.3), abs=0.01)
    assert fitted.mean == pytest.approx(returns.mean(), abs=0.01)
    assert fitted.standard_deviation == pytest.approx(returns.std(), abs=0.02)


def test_a_fitted_distribution_gives_back_its_counts() -> None:
    fitted = fit_counted_returns(COUNTS, EDGES)
    expected = np.array([16, 25, 34]) / 43
    assert fitted.share_below(EDGES) == pytest.approx(expected, abs=0.03)
    assert fitted.n == 43


def test_counts_bound_the_share_below() -> None:
    share = estimate_share_below(0.1317, COUNTS, EDGES)
    assert share.value == pytest.approx((16 + 25) / 86)
    # So far apart that either bound is missed on one side only, with a chance of 10%.
    assert share.low == pytest.approx(stats.beta.ppf(0.1, 16.5, 27.5), abs=0.005)
    assert share.high == pytest.approx(stats.beta.ppf(0.9, 25.5, 18.5), abs=0.005)
    assert estimate_share_below(5.0, COUNTS, EDGES).high == 1
    assert estimate_share_below(-0.5, (0, 3, 5, 9), EDGES).low == 0


def test_counts_that_leave_nothing_open_give_an_interval_with_two_tails() -> None:
    share = estimate_share_below(0.1, (20, 0, 12, 11), EDGES)
    ends = stats.beta.ppf([0.05, 0.95], 20.5, 23.5)
    assert (share.low, share.high) == pytest.approx(tuple(ends))


def test_two_returns_are_compared_with_a_mean_as_by_hand() -> None:
    # Mean 0.6, standard error 0.5, t with 1 degree of freedom (a Cauchy): p = 1 - 2 atan(t) / pi.
    compared = compare_with_mean([0.1, 1.1], 0.1, level=0.9)
    assert compared.p_value == pytest.approx(1 - 2 * np.arctan(1.0) / np.pi)
    half = 0.5 * np.tan(0.45 * np.pi)
    assert (compared.mean.low, compared.mean.high) == pytest.approx((0.6 - half, 0.6 + half))


def test_simulated_power_is_the_computed_one_without_skew(rng: np.random.Generator) -> None:
    # A log-normal of small scale is nearly normal.
    distribution = ReturnDistribution(0.0, 0.05, 100)
    spread = distribution.standard_deviation
    computed = compute_power(0.03, spread, n=30, n_reference=30)
    assert simulate_power(distribution, 0.03, rng, n=30) == pytest.approx(computed, abs=0.04)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_counted_returns((1, 2), EDGES), "one count more"),
        (lambda: fit_counted_returns(COUNTS, (0.2, 0.0, 0.4)), "rising"),
        (lambda: fit_counted_returns((5, 5, 0, 0), EDGES), "3 or more"),
        (lambda: estimate_share_below(0.1, (0, 0, 0, 0), EDGES), "not all 0"),
        (lambda: compare_with_mean([0.1], 0.0), "2 or more"),
        (lambda: ReturnDistribution(0, 1, 5).share_below([-1.0]), "positive"),
        (
            lambda: simulate_power(ReturnDistribution(0, 1, 5), 1, np.random.default_rng(0), n=1),
            "2 listings",
        ),
    ],
)
def test_bad_distributions_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        call()
