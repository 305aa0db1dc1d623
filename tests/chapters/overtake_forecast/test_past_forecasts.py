"""Scores of past forecasts that are made up, and of ones on straight lines."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.overtake_forecast import past_forecasts
from chapters.overtake_forecast.chance_by_year import Benchmark
from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.past_forecasts import (
    FORECASTERS,
    PastForecasts,
    draw_past_forecasts,
    score_past_forecasts,
    summarise_scores,
)
from tests.chapters.overtake_forecast.conftest import SINCE

CRPS = {"joint": 3.0, "model": 4.0, "no_change": 2.0, "linear_trend": 6.0}


def scores(**crps: float) -> pd.DataFrame:
    """Return three days' forecasts, two of them at the start of a half-year."""
    days = pd.to_datetime(["2024-07-01", "2024-10-01", "2025-01-01"])
    rows = pd.DataFrame({"origin": days, "horizon_months": [6, 12, 6], "outcome": [8.0, 9.0, 7.0]})
    for who, score in (CRPS | crps).items():
        rows = rows.assign(**{f"mean_{who}": [1.0, 2.0, 3.0], f"crps_{who}": score})
    inside = {
        f"inside_{n}{who}": [True, n == 90, False] for n in (50, 90) for who in ("", "_joint")
    }
    return rows.assign(sd_joint=2.0, **inside)


def past(alike: float = 2.0, **crps: float) -> PastForecasts:
    return summarise_scores(scores(**crps), scores(joint=alike), level=0.9)


def test_each_forecaster_is_scored_against_no_change() -> None:
    found = {score.forecaster: score for score in past().by_forecaster}
    assert list(found) == list(FORECASTERS)
    assert [found[who].ratio.value for who in FORECASTERS] == [1.5, 2.0, 1.0, 3.0]
    assert found["joint"].inside_50 == pytest.approx(1 / 3)
    assert found["joint"].inside_90 == pytest.approx(2 / 3)
    assert found["no_change"].inside_50 is None
    assert past().half_years.n_forecasts == 2


@pytest.mark.parametrize(("joint", "worse"), [(2.5, True), (1.5, False)])
def test_it_is_worse_if_its_error_is_larger_than_that_of_no_change(
    joint: float, *, worse: bool
) -> None:
    assert past(joint=joint).is_worse is worse


@pytest.mark.parametrize(("joint", "beats"), [(3.9, True), (5.0, False), (7.0, False)])
def test_it_beats_the_trends_if_it_is_better_than_both(joint: float, *, beats: bool) -> None:
    assert past(joint=joint).beats_trends is beats


@pytest.mark.parametrize(("alike", "at_fault"), [(2.0, True), (3.0, False)])
def test_compute_is_at_fault_if_equal_growth_does_better(alike: float, *, at_fault: bool) -> None:
    assert past(alike=alike).compute_is_at_fault is at_fault


def test_outcomes_span_from_the_first_day_to_the_last_outcome() -> None:
    assert past().months_spanned == 15  # July 2024 to October 2025
    assert past().half_years_spanned == 2


def test_each_forecast_is_drawn_twice() -> None:
    drawing = draw_past_forecasts(past())
    axes = drawing.figure.axes[0]
    assert len(drawing.data) == 3
    _, joint, no_change = axes.lines
    assert list(joint.get_ydata()) == list(no_change.get_ydata()) == [1.0, 2.0, 3.0]
    bars = axes.collections[0].get_segments()
    assert [bar[1, 1] - bar[0, 1] for bar in bars] == pytest.approx([6.58] * 3)


def test_on_parallel_lines_the_gap_is_foretold_and_compute_alone_spoils_it(
    joint: JointForecast,
    benchmark: Benchmark,
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(past_forecasts, "ORIGINS", ("2024-07-01", "2025-01-01"))
    index, ai_models, chips = tables
    found = score_past_forecasts(
        replace(joint, seed=3), benchmark, index, ai_models, chips, since=SINCE, level=0.9,
        rng=np.random.default_rng(4),
    )  # fmt: skip
    assert set(found.scores["horizon_months"]) == {6, 12, 18}
    assert found.scores["origin"].min() == pd.Timestamp("2024-07-01")
    # American owners' chips grow faster in these tables, which the parallel lines don't follow.
    assert found.alike_ratio.value < found.ratio.value
    assert found.compute_is_at_fault
