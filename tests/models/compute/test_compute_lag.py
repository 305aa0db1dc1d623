"""Lags, hidden runs and binding inputs against cases that can be done by hand."""

import numpy as np
import pandas as pd
import pytest

from models.compute.compute_lag import estimate_lag_between_trends, find_follower_lags
from models.core.errors import ModelInputError
from models.core.exponential_growth import fit_growth
from models.core.structural_breaks import fit_interrupted_trend


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
    lags = find_follower_lags(runs())
    assert list(lags["model"]) == ["c", "d", "f"]
    assert list(lags["leader_model"][:2]) == ["a", "b"]
    assert lags["lag_months"][0] == pytest.approx(12 * 366 / 365.25)
    assert lags["lag_months"][1] == pytest.approx(12 * 365 / 365.25)


def test_a_record_that_the_leader_never_reached_has_no_lag() -> None:
    last = find_follower_lags(runs()).iloc[-1]
    assert pd.isna(last["leader_model"])
    assert pd.isna(last["lag_months"])


def test_lags_need_both_countries() -> None:
    with pytest.raises(ModelInputError, match="CHN"):
        find_follower_lags(runs()[lambda x: x["country"] == "USA"])


# Two lines, one of them with a kink


def test_lag_between_exact_lines_is_the_horizontal_distance(rng: np.random.Generator) -> None:
    dates = pd.date_range("2018-01-01", "2024-01-01", freq="QS")
    years = (dates - dates[0]).days.to_numpy() / 365.25
    ripple = 1e-6 * np.resize([1, -1, -1, 1], len(dates))
    ahead = pd.DataFrame({"date": dates, "training_compute_flop": 10 ** (22 + years + ripple)})
    logs = 20 + 1.5 * years - np.maximum(years - 3, 0) + ripple  # 20 + 4.5 + 1.5 at six years
    behind = pd.DataFrame({"date": dates, "training_compute_flop": 10**logs})
    leader = fit_growth(ahead)
    follower = fit_interrupted_trend(behind, break_date=dates[12])
    at = dates[0] + pd.Timedelta(days=6 * 365.25)
    lag = estimate_lag_between_trends(leader, follower, date=at, rng=rng)
    assert lag.value == pytest.approx(28 - (20 + 1.5 * years[12] + 0.5 * (6 - years[12])), abs=1e-3)
    assert lag.low <= lag.value <= lag.high
    with pytest.raises(ModelInputError, match="after the kink"):
        estimate_lag_between_trends(leader, follower, date="2019-01-01", rng=rng)
    flat = fit_growth(ahead.assign(training_compute_flop=10 ** (22 + 1e3 * ripple)))
    with pytest.raises(ModelInputError, match="leader that grows"):
        estimate_lag_between_trends(flat, follower, date=at, rng=rng)
