"""What the scores of past forecasts come to, on scores that are made up."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from chapters.overtake_forecast.parameters import OvertakeForecast
from chapters.overtake_forecast.past_forecasts import (
    TABLES,
    PastForecasts,
    draw_past_forecasts,
    know_past,
    measure_past,
    score_pool,
    summarise_scores,
)
from models.core.estimates import Estimate
from models.race.backtest import Backtest
from models.race.gap_history import FirstScores
from models.race.gap_pool import Failure
from models.race.race_calibration import (
    list_quarterly_gaps,
    select_known_scores,
    write_first_day,
)
from overtake.data import tables
from tests.conftest import ROOT

CRPS = {"no_change": 2.0, "past_mean": 1.5, "joint": 2.2, "pool": 1.6}
GAPS = [30.0, 8, 9, 7, 8, 9, 8, 7, 9, 8, 8, 9]


def scores(inside: float = 1.0, **crps: float) -> pd.DataFrame:
    """Return a year's forecasts, one a month, by four forecasters."""
    rows = [
        {
            "origin": origin, "horizon_months": months, "member": member,
            "source": "vintage" if at > 7 else "refit", "gap_then": 8.0, "outcome": 8.0,
            "mean": 8.0, "crps": score + 0.1 * (at % 2) * (member == "pool"), "log_score": 2.0,
            "inside_50": 0.5, "inside_90": inside, "pit": 0.5,
        }
        for at, origin in enumerate(pd.date_range("2024-06-30", periods=12, freq="ME"))
        for months in (6, 12, 18)
        for member, score in (CRPS | crps).items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def past(inside: float = 1.0, gaps: list[float] = GAPS, **crps: float) -> PastForecasts:
    first = FirstScores(*(Estimate(v, v, v, 0.9, "range", 9) for v in (28.0, 2.0)))
    failed = (Failure("joint", "2024-06-30: too short"),)
    return summarise_scores(Backtest(scores(inside, **crps), failed), first, gaps, level=0.9)


def test_the_pool_comes_first_and_members_by_their_error() -> None:
    found = past()
    assert [row.label for row in found.shown] == ["pool", "past mean", "no change", "joint model"]
    assert [row.ratio for row in found.shown] == pytest.approx([0.825, 0.75, 1.0, 1.1])
    assert found.shown[0].ratio_from_files == pytest.approx(0.825)
    assert found.joint_ratio == pytest.approx(1.1)
    assert found.ratio.value == pytest.approx(0.825)
    assert found.n_better == 1
    assert found.joint_is_worst
    assert not past(joint=1.9).joint_is_worst
    assert past(pool=2.1).n_better == 2


def test_the_joint_model_s_bias_is_of_a_year_ahead() -> None:
    rows = scores()
    far = (rows["member"] == "joint") & (rows["horizon_months"] == 12)
    rows.loc[far, "mean"] = 6.5
    assert replace(past(), scores=rows).joint_bias == pytest.approx(-1.5)
    assert replace(past(), scores=rows[~far]).joint_bias == 0


@pytest.mark.parametrize(("pool", "worse"), [(1.6, False), (2.1, True)])
def test_it_is_worse_if_its_error_is_larger_than_that_of_no_change(
    pool: float, *, worse: bool
) -> None:
    assert past(pool=pool).is_worse is worse


@pytest.mark.parametrize(("pool", "near"), [(1.5, True), (1.6, False)])
def test_it_is_near_the_best_within_five_percent(pool: float, *, near: bool) -> None:
    found = past(pool=pool)
    assert found.best_label == "past mean"
    assert found.is_near_best is near


@pytest.mark.parametrize(("inside", "too_much"), [(1.0, True), (0.8, False)])
def test_intervals_that_hold_more_than_they_should_are_said_to(
    inside: float, *, too_much: bool
) -> None:
    assert past(inside).covers_too_much is too_much


@pytest.mark.parametrize(("pool", "apart"), [(1.0, True), (1.94, False)])
def test_the_test_tells_clear_differences(pool: float, *, apart: bool) -> None:
    found = past(pool=pool)
    assert found.shortest is not None
    assert found.shortest.horizon == 6
    assert found.tells_apart is apart


def test_a_return_that_only_the_first_quarter_makes_is_said_to_hang_on_it() -> None:
    wandering = [30.0, 8, 8.5, 9, 9.5, 10, 10.5, 11.1, 11.5, 12, 12.6, 13]
    assert past(gaps=wandering).hangs_on_first
    assert not past().hangs_on_first


def test_outcomes_span_from_the_first_day_to_the_last_outcome() -> None:
    assert (past().months_spanned, past().spans_apart) == (29, 2)


def test_each_forecaster_is_a_dot_at_its_error_the_smallest_first() -> None:
    found = past()
    axes = draw_past_forecasts(found).figure.axes[0]
    naive, *dots = axes.lines
    assert naive.get_xdata()[0] == found.summary.members["no_change"].overall.crps
    errors = [float(dot.get_xdata()[0]) for dot in dots]
    assert errors == sorted(each.score.overall.crps for each in found.shown)
    assert [text.get_text() for text in axes.texts] == [f"{error:.2f}" for error in errors]
    (largest,) = [d for d in dots if d.get_markersize() == max(x.get_markersize() for x in dots)]
    assert largest.get_xdata()[0] == pytest.approx(1.65), "the pool"


@pytest.mark.slow
def test_the_recorded_backtest_is_what_the_tables_give() -> None:
    given = OvertakeForecast()
    loaded = {name: tables.load(name) for name in TABLES}
    loaded["capability_index"] = select_known_scores(loaded["capability_index"])
    since = write_first_day(given.trend_start_year)
    index = loaded["capability_index"]
    known = know_past(loaded["index_vintages"], loaded["index_scores"], index)
    days = measure_past(
        known, index, loaded["ai_models"], loaded["chips_owned"], loaded["chips_in_china"],
        since=since,
    )  # fmt: skip
    gaps = list_quarterly_gaps(index, since=since, value="eci")
    found = summarise_scores(
        score_pool(days, {}, seed=given.seed), known.first_scores, gaps,
        level=given.interval_level,
    )  # fmt: skip
    recorded = json.loads((ROOT / "benchmarks/results/backtest.json").read_text(encoding="utf-8"))
    assert recorded["pool"]["crps"] == pytest.approx(found.summary.pool.overall.crps)
    assert {name: each["crps"] for name, each in recorded["members"].items()} == pytest.approx(
        {name: each.overall.crps for name, each in found.summary.members.items()}
    )
