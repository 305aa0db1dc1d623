import numpy as np
import pandas as pd
import pytest

from models.capability.frontier_gap import estimate_frontier_gap, fit_frontier_trend, trace_frontier
from tests.models.capability.examples import BOTH
from tests.models.simulated import staircase, trail


def test_frontier_by_hand() -> None:
    assert trace_frontier(BOTH, country="CHN")["eci"].tolist() == [90, 105, 120]


def test_frontier_gap_by_hand(rng: np.random.Generator) -> None:
    gap = estimate_frontier_gap(BOTH, date="2024-12-31", rng=rng)
    assert gap.value == 15.0
    assert gap.unit == "points"


def test_frontier_trend_of_exact_lines(rng: np.random.Generator) -> None:
    # A record every quarter, 12 and 20 points a year.
    dates = list(pd.date_range("2023-01-01", periods=12, freq="QS").astype(str))
    t = (pd.to_datetime(dates) - pd.Timestamp("2023-01-01")) / pd.Timedelta(days=365.25)
    table = pd.concat(
        [trail("USA", dates, list(120 + 12 * t)), trail("CHN", dates, list(100 + 20 * t))]
    )
    trend = fit_frontier_trend(
        table, since="2023-01-01", date="2025-01-01", rng=rng, top=1, replications=50
    )
    assert trend.leader.value == pytest.approx(12.0)
    assert trend.follower.value == pytest.approx(20.0)
    assert (trend.closing.low, trend.closing.high) == pytest.approx((8.0, 8.0))
    assert trend.gap.value == pytest.approx(20 - 8 * 731 / 365.25)


def test_frontier_trend_covers_the_truth() -> None:
    rng = np.random.default_rng(9)
    hits = 0
    for _ in range(30):
        table = staircase(rng, lag_months=6, n=60)
        trend = fit_frontier_trend(
            table, since="2023-06-01", date="2026-01-01", rng=rng, replications=60
        )
        hits += trend.closing.low <= 0 <= trend.closing.high
    assert hits >= 24
