"""Scores against closed forms, and a backtest whose answer is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from models import backtest
from models.errors import ModelInputError


def test_crps_of_a_normal_is_the_integral_that_defines_it() -> None:
    mean, sd, outcome = 1.3, 2.1, 2.9
    below, _ = integrate.quad(lambda x: stats.norm.cdf(x, mean, sd) ** 2, -40, outcome)
    above, _ = integrate.quad(lambda x: (1 - stats.norm.cdf(x, mean, sd)) ** 2, outcome, 40)
    assert backtest.crps_normal(mean, sd, outcome) == pytest.approx(below + above, rel=1e-8)


def test_crps_of_a_standard_normal_at_its_mean() -> None:
    expected = (np.sqrt(2) - 1) / np.sqrt(np.pi)
    assert backtest.crps_normal(0, 1, 0) == pytest.approx(expected, rel=1e-12)


def test_crps_of_draws_tends_to_that_of_their_distribution() -> None:
    draws = np.random.default_rng(7).normal(1.3, 2.1, 200_000)
    assert backtest.crps_sample(draws, 2.9) == pytest.approx(
        float(backtest.crps_normal(1.3, 2.1, 2.9)), abs=0.01
    )


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=30), st.floats(-50, 50))
def test_crps_of_draws_is_the_double_sum(draws: list[float], outcome: float) -> None:
    x = np.array(draws)
    expected = np.abs(x - outcome).mean() - np.abs(x[:, None] - x).mean() / 2
    assert backtest.crps_sample(draws, outcome) == pytest.approx(expected, abs=1e-9)


def linear_frontiers(closing: float) -> pd.DataFrame:
    """Return two frontiers on straight lines whose gap closes at a constant rate."""
    days = pd.date_range("2021-01-01", "2026-01-01", freq="30D")
    years = np.arange(len(days)) * 30 / 365.25
    frames = [
        pd.DataFrame(
            {
                "model": [f"{code} {i}" for i in range(len(days))],
                "organization": [f"{code} lab {i % 4}" for i in range(len(days))],
                "country": code,
                "date": days,
                "eci": start + growth * years,
            }
        )
        for code, start, growth in (("USA", 120.0, 10.0), ("CHN", 100.0, 10.0 + closing))
    ]
    return pd.concat(frames, ignore_index=True)


def scored(closing: float) -> pd.DataFrame:
    return backtest.backtest_gap(
        linear_frontiers(closing),
        origins=["2024-01-01", "2024-07-01", "2025-01-01"],
        horizons_months=[6, 12],
        window_years=2,
        shock_sd=1.0,
        rng=np.random.default_rng(3),
    )


def test_on_straight_lines_the_model_is_right_and_no_change_is_not() -> None:
    scores = scored(closing=3.0)
    assert np.abs(scores["mean_model"] - scores["outcome"]).max() < 0.3
    assert np.abs(scores["mean_linear_trend"] - scores["outcome"]).max() < 0.6
    assert (scores["mean_no_change"] - scores["outcome"]).min() > 1.2
    summary = backtest.summarise_backtest(scores)
    assert summary.ratio_to_no_change.high < 0.5
    assert summary.n_forecasts == 5
    assert summary.coverage_90 == 1.0


def test_when_nothing_changes_the_model_is_no_better_than_no_change() -> None:
    summary = backtest.summarise_backtest(scored(closing=0.0))
    assert summary.ratio_to_no_change.value == pytest.approx(1.0, abs=0.1)


def test_a_share_of_the_trend_runs_from_no_change_to_the_trend_in_full() -> None:
    scores = scored(closing=3.0)
    by_weight = backtest.crps_by_weight(scores, [0.0, 0.5, 1.0]).set_index("weight")["crps"]
    assert by_weight[0.0] == pytest.approx(scores["crps_no_change"].mean())
    assert by_weight[1.0] == pytest.approx(scores["crps_model"].mean())
    assert by_weight[1.0] < by_weight[0.5] < by_weight[0.0]


def test_only_what_was_known_at_the_origin_is_used() -> None:
    frame = linear_frontiers(3.0)
    later = frame["date"] > "2024-01-01"
    changed = frame.assign(eci=frame["eci"].where(~later, frame["eci"] + 50.0))
    results = [
        backtest.backtest_gap(
            table,
            origins=["2024-01-01"],
            horizons_months=[6],
            window_years=2,
            shock_sd=1.0,
            rng=np.random.default_rng(3),
        )
        for table in (frame, changed)
    ]
    assert results[0]["mean_model"].iloc[0] == results[1]["mean_model"].iloc[0]


@pytest.mark.parametrize("sd", [0.0, -1.0, float("nan")])
def test_a_spread_that_is_none_is_refused(sd: float) -> None:
    with pytest.raises(ModelInputError, match="positive"):
        backtest.crps_normal(0, sd, 1)


def test_too_few_draws_and_origins_are_refused() -> None:
    with pytest.raises(ModelInputError, match="draws or more"):
        backtest.crps_sample([1.0], 1)
    with pytest.raises(ModelInputError, match="weights between"):
        backtest.crps_by_weight(scored(1.0), [1.1])
    with pytest.raises(ModelInputError, match="two origins"):
        backtest.summarise_backtest(scored(1.0).iloc[:2])
    with pytest.raises(ModelInputError, match="needs an origin"):
        backtest.backtest_gap(
            linear_frontiers(1.0), origins=["2020-01-01"], horizons_months=[6], window_years=2,
            shock_sd=1.0, rng=np.random.default_rng(3),
        )  # fmt: skip
