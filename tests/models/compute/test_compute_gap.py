import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.compute.compute_disclosure import count_disclosed
from models.compute.compute_gap import (
    estimate_cluster_gap,
    estimate_largest_run_gap,
    estimate_trend_gap,
    select_window,
)
from models.core.errors import ModelInputError
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
            "model": ["old giant", "us big", "us small", "cn big", "cn small", "cn later", "joint"],
            "organization": ["a", "a", "b", "c", "c", "d", "e"],
            "country": ["USA", "USA", "USA", "CHN", "CHN", "CHN", None],
            "date": pd.to_datetime(
                ["2019-01-01", "2023-01-01", "2023-06-01", "2023-03-01", "2023-03-02"]
                + 2 * ["2024-06-01"]
            ),
            "training_compute_flop": [1e30, 2e25, 5e24, 1e24, 5e23, 1e28, 1e29],
        }
    )
    gap = estimate_largest_run_gap(table, date=DATE, rng=rng)
    assert gap.factor.value == pytest.approx(20.0)
    assert (gap.leader_models, gap.follower_models) == (("us big",), ("cn big",))
    # Without laboratory a the leader's largest run is 5e24; without c nobody is left.
    assert 10**gap.without_one_developer.low == pytest.approx(5.0)
    assert (gap.n_leader, gap.n_follower) == (2, 2)


def test_swapping_countries_flips_the_sign(rng: np.random.Generator) -> None:
    table = two_countries(rng)
    one = estimate_largest_run_gap(table, date=DATE, rng=rng, top=3).orders_of_magnitude
    other = estimate_largest_run_gap(
        table, date=DATE, rng=rng, top=3, leader="CHN", follower="USA"
    ).orders_of_magnitude
    assert other.value == pytest.approx(-one.value)


# Trends


def test_trend_gap_recovers_the_truth() -> None:
    rng = np.random.default_rng(5)
    hits = {"gap": 0, "widening": 0}
    for _ in range(200):
        fit = estimate_trend_gap(two_countries(rng, behind=1.0, growth=3.0), date=DATE)
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
    one = estimate_trend_gap(table, date=DATE).orders_of_magnitude
    two = estimate_trend_gap(scaled, date=DATE, leader="CHN", follower="USA").orders_of_magnitude
    assert two.value == pytest.approx(-one.value, abs=1e-8)
    assert two.low == pytest.approx(-one.high, abs=1e-8)


def test_trend_gap_is_the_difference_of_separate_lines(rng: np.random.Generator) -> None:
    table = two_countries(rng)
    lines = []
    for country in ("USA", "CHN"):
        rows = table[table["country"] == country]
        years = (rows["date"] - pd.Timestamp(DATE)) / pd.Timedelta(days=365.25)
        lines.append(np.polyfit(years, np.log10(rows["training_compute_flop"]), 1))
    fit = estimate_trend_gap(table, date=DATE)
    assert fit.widening.value == pytest.approx(lines[0][0] - lines[1][0])
    assert fit.orders_of_magnitude.value == pytest.approx(lines[0][1] - lines[1][1])


# Clusters


def test_cluster_sum_gap_by_hand(rng: np.random.Generator) -> None:
    table = pd.DataFrame({"country": ["USA"] * 3 + ["CHN"] * 2, "h100e": [50, 30, 20, 5, 5.0]})
    gap = estimate_cluster_gap(table, rng=rng)
    assert gap.factor.value == pytest.approx(10.0)
    # China's sizes are equal, so that the leader's 27 resamples are all that varies; of those
    # with an error of their own, nine in ten are so many errors off or fewer.
    draws = np.array(list(itertools.product([50, 30, 20.0], repeat=3)))
    errors = draws.std(axis=1, ddof=1) / draws.mean(axis=1)
    distances = np.abs(np.log10(draws.sum(axis=1) / 100))[errors > 0] / errors[errors > 0]
    half = np.quantile(distances, 0.9) * np.std([50, 30, 20], ddof=1) / (100 / 3)
    orders = gap.orders_of_magnitude
    assert (orders.low, orders.high) == pytest.approx((1 - half, 1 + half), rel=0.05)


def test_cluster_sum_coverage() -> None:
    rng = np.random.default_rng(7)
    hits = 0
    truth = math.log10(10)
    for _ in range(200):
        sizes = np.concatenate([10 * rng.gamma(2, 1, 60), rng.gamma(2, 1, 60)])
        table = pd.DataFrame({"country": ["USA"] * 60 + ["CHN"] * 60, "h100e": sizes})
        gap = estimate_cluster_gap(table, rng=rng, replications=200).orders_of_magnitude
        hits += gap.low <= truth <= gap.high
    assert 170 <= hits <= 192


def test_bad_tables_are_refused(rng: np.random.Generator) -> None:
    table = two_countries(rng)
    with pytest.raises(ModelInputError, match="rows of CHN, got 0"):
        estimate_trend_gap(table[table["country"] == "USA"], date=DATE)
    with pytest.raises(ModelInputError, match="rows of USA, got 0"):
        estimate_largest_run_gap(table, date="2010-01-01", rng=rng)
    with pytest.raises(ModelInputError, match="different countries"):
        estimate_trend_gap(table, date=DATE, follower="USA")
    with pytest.raises(ModelInputError, match="positive"):
        estimate_trend_gap(table.assign(training_compute_flop=-1.0), date=DATE)
    with pytest.raises(ModelInputError, match="top"):
        estimate_largest_run_gap(table, date=DATE, rng=rng, top=0)
    with pytest.raises(ModelInputError, match="window_years"):
        estimate_largest_run_gap(table, date=DATE, rng=rng, window_years=0)
    with pytest.raises(ModelInputError, match="rows of CHN"):
        estimate_cluster_gap(table.iloc[:5], quantity="training_compute_flop", rng=rng)
    with pytest.raises(ModelInputError, match="column country"):
        count_disclosed(table.drop(columns="country"))


def test_a_gap_at_the_end_of_its_interval_is_rejected_at_its_level(
    rng: np.random.Generator,
) -> None:
    gap = estimate_trend_gap(two_countries(rng), date=DATE)
    assert gap.p_value_of(gap.factor.high) == pytest.approx(0.1)
    assert gap.p_value_of(gap.factor.low) == pytest.approx(0.1)
    assert gap.p_value_of(gap.factor.value) == pytest.approx(1.0)
    with pytest.raises(ModelInputError, match="factor"):
        gap.p_value_of(0)


def test_a_window_ends_on_its_date_and_begins_after_its_start() -> None:
    days = pd.to_datetime(["2024-01-09", "2024-01-11", "2026-01-10", "2026-01-11"])
    rows = select_window(pd.DataFrame({"date": days}), date="2026-01-10", window_years=2)
    assert list(rows["date"]) == list(days[1:3])
