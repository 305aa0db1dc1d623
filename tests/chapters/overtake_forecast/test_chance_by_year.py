"""The benchmark, and the chances beside it."""

from dataclasses import replace

import numpy as np
import pytest
from models.race.closed_form_race import compute_first_passage_probability

from chapters.overtake_forecast.chance_by_year import (
    Benchmark,
    ChanceByYear,
    compare_with_benchmark,
    draw_chances,
)
from chapters.overtake_forecast.joint_model import JointForecast, Outlook
from models.core.estimates import Estimate


@pytest.fixture(scope="module")
def chances(joint: JointForecast, benchmark: Benchmark) -> ChanceByYear:
    return compare_with_benchmark(joint, benchmark, likely_from=0.55)


def with_late(chances: ChanceByYear, low: float, high: float) -> ChanceByYear:
    late = Estimate((low + high) / 2, low, high, 0.9, "credible", 12)
    forecast = chances.joint.forecast
    forecast = replace(forecast, ever=(*forecast.ever[:-1], late))
    return replace(chances, joint=Outlook(chances.joint.definition, forecast))


def test_the_benchmark_has_the_tables_gap_and_part_of_the_trend(benchmark: Benchmark) -> None:
    walk = benchmark.capability
    assert walk.gap.value == pytest.approx(6.0, abs=4.0)
    assert walk.closing.value == pytest.approx(walk.past_closing.value / 2)
    middle = compute_first_passage_probability(
        walk.gap.value, walk.closing.value, walk.volatility, 5.0
    )
    assert benchmark.late.low <= float(middle) <= benchmark.late.high


@pytest.mark.parametrize(
    ("low", "high", "lin", "yao"), [(0.1, 0.6, True, True), (0.3, 0.5, False, False)]
)
def test_the_late_interval_allows_what_it_reaches(
    chances: ChanceByYear, low: float, high: float, *, lin: bool, yao: bool
) -> None:
    moved = with_late(chances, low, high)
    assert (moved.allows_lin, moved.allows_yao) == (lin, yao)


def test_every_year_is_drawn_by_model_and_benchmark(chances: ChanceByYear) -> None:
    drawing = draw_chances(chances)
    assert drawing.data["model"].tolist() == ["joint"] * 5 + ["random walk"] * 5
    ever, terminal, walk = (line.get_ydata() for line in drawing.figure.axes[0].lines)
    assert np.concatenate([ever, walk]) == pytest.approx(100 * drawing.data["ever"])
    assert list(terminal) == pytest.approx([100 * e.value for e in chances.joint.forecast.terminal])


def test_labels_that_would_meet_are_kept_apart(chances: ChanceByYear) -> None:
    axes = draw_chances(with_late(chances, 0.0, 0.0)).figure.axes[0]
    labels = ("leads that day", "has led by then", "random walk,\nhas led by then")
    heights = sorted(text.xy[1] for text in axes.texts if text.get_text() in labels)
    assert len(heights) == 3
    assert min(np.diff(heights)) >= 9 - 1e-9
