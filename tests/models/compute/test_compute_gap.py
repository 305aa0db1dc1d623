import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.compute.compute_gap import (
    Percentiles,
    cluster_sum_gap,
    disclosure_share,
    growth_to_close,
    lag_decomposition,
    lag_implied_by_gap,
    largest_run_gap,
    percentile_gap,
    percentile_gap_bounds,
    rows_in_window,
    sum_of_percentiles,
    trend_gap,
    years_to_parity,
)
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from tests.models.simulated import compute_table

DATE = "2024-01-01"


def two_countries(
    rng: np.random.Generator, *, behind: float = 1.0, growth: float = 4.0, n: int = 60
) -> pd.DataFrame:
    ahead = compute_table(rng, n=n, growth=4.0, developers=n // 3)
    second = compute_table(
        rng, n=n, growth=growth, developers=n // 3, country="CHN", level=22 - behind
    )
    return pd.concat([ahead, second], ignore_index=True)


# Largest runs


def test_largest_run_gap_by_hand(rng: np.random.Generator) -> None:
    table = pd.DataFrame(
        {
            "model": ["old giant", "us big", "us small", "cn big", "cn later", "joint"],
            "organization": ["a", "a", "b", "c", "d", "e"],
            "country": ["USA", "USA", "USA", "CHN", "CHN", None],
            "date": pd.to_datetime(
                ["2019-01-01", "2023-01-01", "2023-06-01", "2023-03-01", "2024-06-01", "2023-01-01"]
            ),
            "training_compute_flop": [1e30, 2e25, 5e24, 1e24, 1e28, 1e29],
        }
    )
    gap = largest_run_gap(table, date=DATE, rng=rng)
    assert gap.factor.value == pytest.approx(20.0)
    assert (gap.leader_models, gap.follower_models) == (("us big",), ("cn big",))
    # Without laboratory a the leader's largest run is 5e24; without c nobody is left.
    assert 10**gap.without_one_developer.low == pytest.approx(5.0)
    assert (gap.n_leader, gap.n_follower) == (2, 1)


def test_swapping_countries_flips_the_sign(rng: np.random.Generator) -> None:
    table = two_countries(rng)
    one = largest_run_gap(table, date=DATE, rng=rng, top=3).orders_of_magnitude
    other = largest_run_gap(
        table, date=DATE, rng=rng, top=3, leader="CHN", follower="USA"
    ).orders_of_magnitude
    assert other.value == pytest.approx(-one.value)


# Trends


def test_trend_gap_recovers_the_truth() -> None:
    rng = np.random.default_rng(5)
    hits = {"gap": 0, "widening": 0}
    for _ in range(200):
        fit = trend_gap(two_countries(rng, behind=1.0, growth=3.0), date=DATE)
        truth = 1.0 + math.log10(4 / 3) * 2191 / 365.25
        hits["gap"] += fit.orders_of_magnitude.low <= truth <= fit.orders_of_magnitude.high
        hits["widening"] += fit.widening.low <= math.log10(4 / 3) <= fit.widening.high
    assert 170 <= hits["gap"] <= 192
    assert 170 <= hits["widening"] <= 192


@settings(max_examples=15, deadline=None)
@given(scale=st.floats(1e-3, 1e3))
def test_trend_gap_ignores_the_unit_and_flips_with_the_countries(scale: float) -> None:
    table = two_countries(np.random.default_rng(6))
    scaled = table.assign(training_compute_flop=table["training_compute_flop"] * scale)
    one = trend_gap(table, date=DATE).orders_of_magnitude
    two = trend_gap(scaled, date=DATE, leader="CHN", follower="USA").orders_of_magnitude
    assert two.value == pytest.approx(-one.value, abs=1e-8)
    assert two.low == pytest.approx(-one.high, abs=1e-8)


def test_trend_gap_is_the_difference_of_separate_lines(rng: np.random.Generator) -> None:
    table = two_countries(rng)
    lines = []
    for country in ("USA", "CHN"):
        rows = table[table["country"] == country]
        years = (rows["date"] - pd.Timestamp(DATE)) / pd.Timedelta(days=365.25)
        lines.append(np.polyfit(years, np.log10(rows["training_compute_flop"]), 1))
    fit = trend_gap(table, date=DATE)
    assert fit.widening.value == pytest.approx(lines[0][0] - lines[1][0])
    assert fit.orders_of_magnitude.value == pytest.approx(lines[0][1] - lines[1][1])


# Quantities known by percentiles

NARROW, WIDE = Percentiles(80, 100, 125), Percentiles(5, 10, 20)


def test_percentile_gap_with_a_certain_quantity_keeps_the_others_spread() -> None:
    gap = percentile_gap(Percentiles(100, 100, 100), WIDE, correlation=0.0).factor
    assert (gap.low, gap.value, gap.high) == pytest.approx((5.0, 10.0, 20.0))


def test_wholly_shared_equal_error_cancels() -> None:
    gap = percentile_gap(Percentiles(50, 100, 200), WIDE, correlation=1.0).factor
    assert (gap.low, gap.high) == pytest.approx((10.0, 10.0))


@pytest.mark.parametrize("correlation", [-0.5, 0.0, 0.6])
def test_closed_form_agrees_with_simulation(correlation: float, rng: np.random.Generator) -> None:
    gap = percentile_gap(NARROW, WIDE, correlation=correlation).factor
    spread = [[1, correlation], [correlation, 1]]
    normal = rng.multivariate_normal([0, 0], spread, size=400_000)
    draws = np.exp(
        NARROW.log_mean - WIDE.log_mean + NARROW.log_sd * normal[:, 0] - WIDE.log_sd * normal[:, 1]
    )
    low, median, high = np.quantile(draws, [0.05, 0.5, 0.95])
    assert (gap.low, gap.value, gap.high) == pytest.approx((low, median, high), rel=0.01)


def test_bounds_are_nested() -> None:
    bounds = percentile_gap_bounds(NARROW, WIDE)
    assert bounds.independent.factor.low < bounds.shared.factor.low
    assert bounds.shared.factor.high < bounds.independent.factor.high


def test_percentiles_add_only_when_error_is_shared(rng: np.random.Generator) -> None:
    parts = [WIDE, WIDE, WIDE]
    shared = sum_of_percentiles(parts, correlation=1.0, rng=rng, draws=200_000)
    assert (shared.p5, shared.p50, shared.p95) == pytest.approx((15, 30, 60), rel=0.02)
    apart = sum_of_percentiles(parts, correlation=0.0, rng=rng, draws=200_000)
    assert shared.p5 < apart.p5 < apart.p95 < shared.p95


def test_independent_sum_has_the_mean_of_its_parts(rng: np.random.Generator) -> None:
    # Mean of a log-normal: exp(mu + sigma^2 / 2). A sum of many is nearly normal.
    total = sum_of_percentiles([WIDE] * 400, correlation=0.0, rng=rng)
    mean = 400 * math.exp(WIDE.log_mean + WIDE.log_sd**2 / 2)
    assert total.p50 == pytest.approx(mean, rel=0.005)


@pytest.mark.parametrize("values", [(0, 1, 2), (3, 2, 4), (1, 2, 1.5), (1, 2, math.inf)])
def test_bad_percentiles_are_refused(values: tuple[float, float, float]) -> None:
    with pytest.raises(ModelInputError, match="p5 <= p50 <= p95"):
        Percentiles(*values)


# Clusters


def test_cluster_sum_gap_by_hand(rng: np.random.Generator) -> None:
    table = pd.DataFrame({"country": ["USA"] * 3 + ["CHN"] * 2, "h100e": [50, 30, 20, 5, 5.0]})
    gap = cluster_sum_gap(table, rng=rng)
    assert gap.factor.value == pytest.approx(10.0)
    # Three draws of the leader sum to 60 at least and 150 at most; China's do not vary.
    assert 6 <= gap.factor.low < gap.factor.high <= 15


def test_cluster_sum_coverage() -> None:
    rng = np.random.default_rng(7)
    hits = 0
    truth = math.log10(10)
    for _ in range(200):
        sizes = np.concatenate([10 * rng.gamma(2, 1, 60), rng.gamma(2, 1, 60)])
        table = pd.DataFrame({"country": ["USA"] * 60 + ["CHN"] * 60, "h100e": sizes})
        gap = cluster_sum_gap(table, rng=rng, replications=200).orders_of_magnitude
        hits += gap.low <= truth <= gap.high
    assert 170 <= hits <= 192


# Time


def test_published_years_to_parity() -> None:
    assert years_to_parity(10, growth_follower=5, growth_leader=4) == pytest.approx(10.32, abs=0.01)


@pytest.mark.parametrize(("gap", "growth"), [(10, 4.00), (100, 7.12)])
def test_published_growth_to_close(gap: float, growth: float) -> None:
    assert growth_to_close(gap, years=4, rival_growth=2.25) == pytest.approx(growth, abs=0.01)


@given(st.floats(1.01, 1e4), st.floats(0.5, 20), st.floats(1.01, 10))
def test_the_two_are_each_others_inverse(gap: float, years: float, rival: float) -> None:
    growth = growth_to_close(gap, years=years, rival_growth=rival)
    assume(growth > rival * (1 + 1e-6))
    back = years_to_parity(gap, growth_follower=growth, growth_leader=rival)
    assert back == pytest.approx(years, rel=1e-6)


def test_no_parity_without_faster_growth() -> None:
    assert years_to_parity(10, growth_follower=4, growth_leader=4) == math.inf
    assert years_to_parity(1, growth_follower=2, growth_leader=4) == 0


@pytest.mark.parametrize("gap", [0.5, 0, math.nan, math.inf])
def test_a_gap_below_one_is_refused(gap: float) -> None:
    with pytest.raises(ModelInputError, match="gap_factor"):
        growth_to_close(gap, years=4, rival_growth=2)
    with pytest.raises(ModelInputError, match="gap_factor"):
        years_to_parity(gap, growth_follower=3, growth_leader=2)


def sure(value: float, unit: str = "") -> Estimate:
    return Estimate(value, value, value, 0.9, "confidence", 10, unit)


def test_implied_lag_of_a_sure_gap_at_sure_growth() -> None:
    lag = lag_implied_by_gap(sure(16.0), sure(4.0))
    assert (lag.low, lag.value, lag.high) == pytest.approx((24.0, 24.0, 24.0))


def test_implied_lag_agrees_with_simulation(rng: np.random.Generator) -> None:
    gap = Estimate(10, 5, 20, 0.9, "confidence", 20)
    growth = Estimate(4, 3, 16 / 3, 0.9, "confidence", 50)
    z = 2 * 1.6448536
    numerator = math.log(10) + math.log(4) / z * rng.standard_normal(400_000)
    denominator = math.log(4) + math.log(16 / 9) / z * rng.standard_normal(400_000)
    low, high = np.quantile(12 * numerator / denominator, [0.05, 0.95])
    lag = lag_implied_by_gap(gap, growth)
    assert (lag.low, lag.high) == pytest.approx((low, high), rel=0.01)
    assert lag.n == 20


def test_implied_lag_needs_growth() -> None:
    with pytest.raises(ModelInputError, match="growth above 1"):
        lag_implied_by_gap(sure(10.0), Estimate(1.5, 0.9, 2.5, 0.9, "confidence", 9))


# Disclosure


def test_disclosure_share_with_wilson_interval() -> None:
    # Newcombe (1998), table I: 81 of 263, 95% Wilson interval 0.2553 to 0.3662.
    compute = [1e24] * 81 + [np.nan] * 182 + [1e24]
    table = pd.DataFrame(
        {
            "country": ["USA"] * 263 + ["CHN"],
            "date": pd.Timestamp("2025-05-05"),
            "training_compute_flop": compute,
        }
    )
    shares = disclosure_share(table, level=0.95).set_index("country")
    assert shares.loc["USA", ["n", "disclosed"]].tolist() == [263, 81]
    assert shares.loc["USA", "low"] == pytest.approx(0.2553, abs=1e-4)
    assert shares.loc["USA", "high"] == pytest.approx(0.3662, abs=1e-4)


def test_bad_tables_are_refused(rng: np.random.Generator) -> None:
    table = two_countries(rng)
    with pytest.raises(ModelInputError, match="rows of CHN, got 0"):
        trend_gap(table[table["country"] == "USA"], date=DATE)
    with pytest.raises(ModelInputError, match="rows of USA, got 0"):
        largest_run_gap(table, date="2010-01-01", rng=rng)
    with pytest.raises(ModelInputError, match="different countries"):
        trend_gap(table, date=DATE, follower="USA")
    with pytest.raises(ModelInputError, match="positive"):
        trend_gap(table.assign(training_compute_flop=-1.0), date=DATE)
    with pytest.raises(ModelInputError, match="top"):
        largest_run_gap(table, date=DATE, rng=rng, top=0)
    with pytest.raises(ModelInputError, match="window_years"):
        largest_run_gap(table, date=DATE, rng=rng, window_years=0)
    with pytest.raises(ModelInputError, match="rows of CHN"):
        cluster_sum_gap(table.iloc[:5], quantity="training_compute_flop", rng=rng)
    with pytest.raises(ModelInputError, match="column country"):
        disclosure_share(table.drop(columns="country"))
    with pytest.raises(ModelInputError, match="correlation"):
        percentile_gap(NARROW, WIDE, correlation=1.2)
    with pytest.raises(ModelInputError, match="correlation"):
        sum_of_percentiles([WIDE], correlation=-0.1, rng=rng)
    with pytest.raises(ModelInputError, match="at least one part"):
        sum_of_percentiles([], correlation=0.0, rng=rng)


def test_a_gap_at_the_end_of_its_interval_is_rejected_at_its_level(
    rng: np.random.Generator,
) -> None:
    gap = trend_gap(two_countries(rng), date=DATE)
    assert gap.p_value_of(gap.factor.high) == pytest.approx(0.1)
    assert gap.p_value_of(gap.factor.low) == pytest.approx(0.1)
    assert gap.p_value_of(gap.factor.value) == pytest.approx(1.0)
    with pytest.raises(ModelInputError, match="factor"):
        gap.p_value_of(0)


# What lies between the worth of a gap and the lag observed


def test_lag_decomposition_in_closed_form(rng: np.random.Generator) -> None:
    parts = lag_decomposition(sure(16.0), sure(4.0), sure(2.0), sure(9.0, "months"), rng=rng)
    assert parts.compute_only.value == pytest.approx(24.0)  # 16 is 4 squared
    assert parts.with_shared_progress.value == pytest.approx(16.0)  # 16 is 8 to the 4/3
    assert parts.unexplained_months.value == pytest.approx(7.0)
    assert parts.unexplained_factor.value == pytest.approx(8 ** (7 / 12))


def test_without_progress_the_lag_is_that_of_compute(rng: np.random.Generator) -> None:
    gap, growth = Estimate(16.0, 8.0, 32.0, 0.9, "confidence", 9), sure(4.0)
    parts = lag_decomposition(gap, growth, sure(1.0), sure(24.0, "months"), rng=rng)
    implied = lag_implied_by_gap(gap, growth)
    assert parts.with_shared_progress.value == pytest.approx(implied.value, rel=0.02)
    assert parts.with_shared_progress.low == pytest.approx(implied.low, rel=0.03)
    assert parts.unexplained_factor.value == pytest.approx(1.0, rel=0.03)


def test_older_algorithms_lengthen_the_lag(rng: np.random.Generator) -> None:
    months = [
        lag_decomposition(
            sure(16.0), sure(4.0), sure(2.0), sure(9.0, "months"), rng=rng, diffusion_months=d
        ).with_shared_progress.value
        for d in (0.0, 6.0, 24.0)
    ]
    assert months == pytest.approx([16.0, 18.0, 24.0])  # at the lag itself nothing is shared


def test_a_lag_needs_growth_and_a_known_age(rng: np.random.Generator) -> None:
    shrinking = Estimate(1.2, 0.9, 1.6, 0.9, "confidence", 9, "times")
    with pytest.raises(ModelInputError, match="growth of compute above 1"):
        lag_decomposition(sure(9.0), shrinking, sure(2.0), sure(9.0, "months"), rng=rng)
    with pytest.raises(ModelInputError, match="diffusion_months"):
        lag_decomposition(
            sure(9.0), sure(4.0), sure(2.0), sure(9.0, "months"), rng=rng, diffusion_months=-1
        )


def test_a_window_ends_on_its_date_and_begins_after_its_start() -> None:
    days = pd.to_datetime(["2024-01-09", "2024-01-11", "2026-01-10", "2026-01-11"])
    rows = rows_in_window(pd.DataFrame({"date": days}), date="2026-01-10", window_years=2)
    assert list(rows["date"]) == list(days[1:3])
