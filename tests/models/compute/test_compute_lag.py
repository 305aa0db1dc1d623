"""Lags, hidden runs and binding inputs against cases that can be done by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.compute.compute_lag import (
    difference,
    follower_lags,
    growth_with_undisclosed,
    lag_between_trends,
    limiting_input,
    spread_by_factor,
)
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.exponential_growth import fit_growth
from models.core.structural_breaks import interrupted_trend


def runs() -> pd.DataFrame:
    rows = [
        ("a", "USA", "2020-01-01", 1e20),
        ("b", "USA", "2021-01-01", 1e22),
        ("c", "CHN", "2021-01-01", 5e19),
        ("d", "CHN", "2022-01-01", 2e21),
        ("e", "CHN", "2022-06-01", 1e21),
        ("f", "CHN", "2023-01-01", 1e23),
        ("joint", None, "2019-01-01", 1e24),
    ]
    frame = pd.DataFrame(rows, columns=["model", "country", "date", "training_compute_flop"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


def test_each_record_is_set_against_the_first_run_of_the_leader_as_large() -> None:
    lags = follower_lags(runs())
    assert list(lags["model"]) == ["c", "d", "f"]
    assert list(lags["leader_model"][:2]) == ["a", "b"]
    assert lags["lag_months"][0] == pytest.approx(12 * 366 / 365.25)
    assert lags["lag_months"][1] == pytest.approx(12 * 365 / 365.25)


def test_a_record_that_the_leader_never_reached_has_no_lag() -> None:
    last = follower_lags(runs()).iloc[-1]
    assert pd.isna(last["leader_model"])
    assert pd.isna(last["lag_months"])


def test_lags_need_both_countries() -> None:
    with pytest.raises(ModelInputError, match="CHN"):
        follower_lags(runs()[lambda x: x["country"] == "USA"])


def simulated(rng: np.random.Generator, n: int, shift: float) -> pd.DataFrame:
    """Trend of 0.6 OOM a year; disclosure falls with time, hidden runs lie higher."""
    years = rng.uniform(0, 6, n)
    hidden = rng.random(n) < years / 8
    logs = 20 + 0.6 * years + shift * hidden + rng.normal(0, 0.4, n)
    return pd.DataFrame(
        {
            "date": pd.Timestamp("2018-01-01") + pd.to_timedelta(years * 365.25, unit="D"),
            "organization": rng.integers(0, 40, n).astype(str),
            "training_compute_flop": np.where(hidden, np.nan, 10**logs),
            "truth": 10**logs,
        }
    )


def test_the_right_shift_recovers_the_slope_of_all_runs() -> None:
    rng = np.random.default_rng(5)
    frame = simulated(rng, 3000, 0.8)
    years = (frame["date"] - pd.Timestamp("2018-01-01")) / pd.Timedelta(days=365.25)
    truth = 10 ** np.polyfit(years, np.log10(frame["truth"]), 1)[0]
    guessed = growth_with_undisclosed(frame, shift_oom=0.8, rng=rng, imputations=10)
    ignored = growth_with_undisclosed(frame, shift_oom=0.0, rng=rng, imputations=10)
    assert guessed.annual_growth.value == pytest.approx(truth, rel=0.03)
    assert ignored.annual_growth.high < truth
    assert guessed.n_disclosed + guessed.n_imputed == 3000


def test_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    results = [
        growth_with_undisclosed(simulated(rng, 120, 0.5), shift_oom=0.5, rng=rng, imputations=5)
        for _ in range(60)
    ]
    # The slope of all runs is the trend plus the drift of the hidden share, 0.5 / 8 a year.
    slope = 10 ** (0.6 + 0.5 / 8)
    covered = [r.annual_growth.low <= slope <= r.annual_growth.high for r in results]
    assert 0.78 <= np.mean(covered) <= 1.0


def test_undisclosed_growth_refuses_too_few_disclosed_runs() -> None:
    frame = simulated(np.random.default_rng(1), 40, 0.0)
    frame.loc[3:, "training_compute_flop"] = np.nan
    with pytest.raises(ModelInputError, match="rows"):
        growth_with_undisclosed(frame, shift_oom=0.0, rng=np.random.default_rng(1))
    with pytest.raises(ModelInputError, match="imputations"):
        growth_with_undisclosed(frame, shift_oom=0.0, rng=np.random.default_rng(1), imputations=1)


def test_the_tightest_input_is_counted_on_each_path() -> None:
    table = limiting_input(
        {"wafers": np.array([1.0, 5.0, 2.0, 9.0]), "memory": np.array([2.0, 3.0, 2.0, 1.0])}
    )
    assert list(table["share_binding"]) == [0.5, 0.5]
    assert list(table["median"]) == [3.5, 2.0]
    with pytest.raises(ModelInputError, match="two inputs"):
        limiting_input({"wafers": np.ones(2)})
    with pytest.raises(ModelInputError, match="paths"):
        limiting_input({"wafers": np.ones(2), "memory": np.ones(3)})


@settings(deadline=None, max_examples=20)
@given(st.floats(0.1, 1e6), st.floats(1.0, 20.0))
def test_nine_tenths_of_a_judgement_lie_within_its_factor(median: float, factor: float) -> None:
    draws = spread_by_factor(median, factor, np.random.default_rng(3), n_paths=20_000)
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
    assert middle == pytest.approx(median, rel=0.1)
    assert low == pytest.approx(median / factor, rel=0.15)
    assert high == pytest.approx(median * factor, rel=0.15)


def test_a_judgement_of_nothing_is_nothing() -> None:
    assert not spread_by_factor(0.0, 2.0, np.random.default_rng(1), n_paths=5).any()
    with pytest.raises(ModelInputError, match="factor"):
        spread_by_factor(1.0, 0.5, np.random.default_rng(1), n_paths=5)


def test_half_widths_of_a_difference_add_in_squares() -> None:
    first = Estimate(10, 7, 13, 0.9, "confidence", 10, "TWh")
    second = Estimate(4, 0, 8, 0.9, "confidence", 8, "TWh")
    result = difference(first, second)
    assert (result.value, result.low, result.high, result.n) == (6, 1, 11, 8)
    with pytest.raises(ModelInputError, match="unit"):
        difference(first, Estimate(4, 0, 8, 0.9, "confidence", 8, "GW"))


# Two lines, one of them with a kink


def test_lag_between_exact_lines_is_the_horizontal_distance(rng: np.random.Generator) -> None:
    dates = pd.date_range("2018-01-01", "2024-01-01", freq="QS")
    years = (dates - dates[0]).days.to_numpy() / 365.25
    ripple = 1e-6 * np.resize([1, -1, -1, 1], len(dates))
    ahead = pd.DataFrame({"date": dates, "training_compute_flop": 10 ** (22 + years + ripple)})
    logs = 20 + 1.5 * years - np.maximum(years - 3, 0) + ripple  # 20 + 4.5 + 1.5 at six years
    behind = pd.DataFrame({"date": dates, "training_compute_flop": 10**logs})
    leader = fit_growth(ahead)
    follower = interrupted_trend(behind, break_date=dates[12])
    at = dates[0] + pd.Timedelta(days=6 * 365.25)
    lag = lag_between_trends(leader, follower, date=at, rng=rng)
    assert lag.value == pytest.approx(28 - (20 + 1.5 * years[12] + 0.5 * (6 - years[12])), abs=1e-3)
    assert lag.low <= lag.value <= lag.high
    with pytest.raises(ModelInputError, match="after the kink"):
        lag_between_trends(leader, follower, date="2019-01-01", rng=rng)
    flat = fit_growth(ahead.assign(training_compute_flop=10 ** (22 + 1e3 * ripple)))
    with pytest.raises(ModelInputError, match="leader that grows"):
        lag_between_trends(flat, follower, date=at, rng=rng)
