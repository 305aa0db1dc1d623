"""Base rates counted by hand, and every source on one scale."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.overtake_forecast.chance_by_year import Benchmark
from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.other_methods import Methods, compare_methods, draw_methods
from tests.models.simulated import trail


@pytest.fixture(scope="module")
def methods(joint: JointForecast, benchmark: Benchmark) -> Methods:
    days = ["2023-01-01", "2024-01-01", "2025-01-01"]
    index = pd.concat([trail("USA", days, [100.0, 120.0, 130.0]), trail("CHN", days[1:], [125, 1])])
    runs = index[index["country"] == "USA"].assign(training_compute_flop=[1e24, 1e25, 1e26])
    return compare_methods(
        joint, benchmark, index, runs, likely_from=0.55, level=0.9, rng=np.random.default_rng(2)
    )


def test_changes_of_the_lead_are_counted(methods: Methods) -> None:
    # By index: from a US firm to a Chinese one and back; in compute: from one US firm to the next.
    assert (methods.index_changes.changes, methods.index_changes.by_country) == (2, 1)
    assert (methods.run_changes.changes, methods.run_changes.by_country) == (2, 0)
    assert methods.run_changes.years == pytest.approx(15.0, abs=0.01)
    assert methods.late.runs.value < methods.late.index.value


def test_years_hold_each_method_and_those_that_were_named(
    methods: Methods, joint: JointForecast, benchmark: Benchmark
) -> None:
    assert [row.year for row in methods.years if row.was_named] == [2029, 2030, 2031]
    assert len(methods.years) == 5
    assert methods.late.joint == joint.capability.late.by_then
    assert methods.late.walk == benchmark.late


def test_a_trend_that_goes_on_in_full_is_another_chance(
    methods: Methods, benchmark: Benchmark
) -> None:
    closes = benchmark.capability.past_closing.value > 0
    assert (methods.full_trend.value > benchmark.late.value) is closes


def test_the_span_of_other_methods_leaves_the_joint_model_out(methods: Methods) -> None:
    sure = replace(methods.late.joint, value=1.0, high=1.0)
    moved = replace(methods, years=(*methods.years[:-1], replace(methods.late, joint=sure)))
    assert moved.highest_of_others == methods.highest_of_others < 1
    others = [methods.late.walk, methods.full_trend, methods.late.index, methods.late.runs]
    assert methods.lowest_of_others == min(e.value for e in others)


def test_speakers_are_drawn_as_ranges_without_a_dot(methods: Methods) -> None:
    drawing = draw_methods(methods)
    assert drawing.data["source"].tolist() == [source.name for source in methods.sources]
    assert drawing.data["chance"].isna().tolist() == [False] * 5 + [True] * 2
    assert drawing.data[["low", "high"]].iloc[-2:].to_numpy().tolist() == [[0.0, 0.2], [0.55, 1.0]]
    assert len(drawing.figure.axes[0].lines) == 7 + 5
