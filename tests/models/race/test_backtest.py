"""Scores against closed forms, and a backtest whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.race import backtest
from models.race.race_parameters import JointParameters
from tests.models.simulated import race_tables


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
    assert summary.ratio_to_no_change["model"].high < 0.5
    assert summary.n_forecasts == 5
    assert summary.coverage_90 == {"model": 1.0}


def test_when_nothing_changes_the_model_is_no_better_than_no_change() -> None:
    summary = backtest.summarise_backtest(scored(closing=0.0))
    assert summary.ratio_to_no_change["model"].value == pytest.approx(1.0, abs=0.1)


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


def test_too_few_origins_are_refused() -> None:
    with pytest.raises(ModelInputError, match="two origins"):
        backtest.summarise_backtest(scored(1.0).iloc[:2])
    with pytest.raises(ModelInputError, match="needs an origin"):
        backtest.backtest_gap(
            linear_frontiers(1.0), origins=["2020-01-01"], horizons_months=[6], window_years=2,
            shock_sd=1.0, rng=np.random.default_rng(3),
        )  # fmt: skip


def joint(compute_growth: tuple[float, float], later_shift: float = 0.0) -> pd.DataFrame:
    index, models, chips = race_tables()
    later = index["date"] > "2024-07-01"
    moved = index.assign(eci=index["eci"].where(~later, index["eci"] + later_shift))
    naive = backtest.backtest_gap(
        index, origins=["2024-07-01", "2025-01-01"], horizons_months=[6, 12], window_years=2,
        shock_sd=1.0, rng=np.random.default_rng(3),
    )  # fmt: skip
    return backtest.score_joint_race(
        moved, models, chips, naive, compute_growth=lambda _: compute_growth,
        parameters=JointParameters(trend_weight=0.0, diffusion_rate=0.0), since="2023-01-01",
        seed=1, n_draws=60, paths_per_draw=20,
    )  # fmt: skip


def test_where_compute_grows_alike_the_joint_race_keeps_a_parallel_gap() -> None:
    scores = joint((0.3, 0.3))
    np.testing.assert_allclose(scores["mean_joint"], scores["outcome"], atol=2.5)
    assert scores["inside_90_joint"].all()
    summary = backtest.summarise_backtest(scores, ("joint", "no_change"))
    assert summary.coverage_90 == {"joint": 1.0}


def test_a_leader_whose_compute_grows_faster_is_forecast_to_pull_away() -> None:
    alike, apart = joint((0.3, 0.3)), joint((0.6, 0.3))
    wider = (apart["mean_joint"] - alike["mean_joint"]) / (alike["horizon_months"] / 12)
    # Ten points for ten times the compute, as simulated.
    np.testing.assert_allclose(wider, 10 * 0.3, rtol=0.25)


def test_the_joint_race_sees_nothing_after_the_origin() -> None:
    first, second = joint((0.3, 0.3)), joint((0.3, 0.3), later_shift=50.0)
    assert first["mean_joint"].iloc[0] == second["mean_joint"].iloc[0]


def test_trailing_growth_is_that_of_the_year_before() -> None:
    _, _, chips = race_tables()
    usa, china = backtest.measure_trailing_growth(chips, "2025-03-01")
    assert usa == pytest.approx(4 * np.log10(1.2), rel=0.03)
    assert china == pytest.approx(4 * np.log10(1.1), rel=1e-9)
    with pytest.raises(ModelInputError, match="a year before"):
        backtest.measure_trailing_growth(chips, "2022-06-01")


def test_no_origin_with_enough_behind_it_is_refused() -> None:
    index, models, chips = race_tables()
    naive = pd.DataFrame({"origin": [pd.Timestamp("2022-03-01")], "horizon_months": [6],
                          "outcome": [5.0]})  # fmt: skip
    with pytest.raises(ModelInputError, match="joint race can be fitted"):
        backtest.score_joint_race(
            index, models, chips, naive, compute_growth=lambda _: (0.3, 0.3),
            parameters=JointParameters(), since="2023-01-01", seed=1,
        )  # fmt: skip
