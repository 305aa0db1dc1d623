"""Headline numbers and verdicts are those that the sections found."""

from dataclasses import replace
from typing import Any

import pytest

from chapters.overtake_forecast.chance_by_year import Benchmark
from chapters.overtake_forecast.findings import collect_numbers, judge_claims
from chapters.overtake_forecast.frontiers import Standing
from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.one_judgement import Swings
from chapters.overtake_forecast.other_methods import Methods
from models.race.race_parameters import LeadingDefinition
from tests.chapters.overtake_forecast.test_frontiers import standing  # noqa: F401
from tests.chapters.overtake_forecast.test_one_judgement import effects, swings  # noqa: F401
from tests.chapters.overtake_forecast.test_other_methods import methods  # noqa: F401
from tests.chapters.overtake_forecast.test_past_forecasts import past


def test_numbers_come_with_their_vintage_and_in_percent(
    joint: JointForecast,
    benchmark: Benchmark,
    methods: Methods,  # noqa: F811
    standing: Standing,  # noqa: F811
) -> None:
    scored = past()
    found = collect_numbers(joint, benchmark, methods, standing, scored, data_until="2026-03-05")
    assert next(iter(found)) == "probability_2027_ever"
    assert len(found) == 10 + 6
    assert {number.data_until for number in found.values()} == {"2026-03-05"}
    late = found["probability_2031_terminal"].estimate
    assert late.value == pytest.approx(100 * joint.chosen.late.on_the_day.value)
    assert found["random_walk_2031_ever"].estimate.unit == "%"
    assert found["capability_gap_points"].estimate == standing.gap
    assert found["backtest_crps_ratio"].estimate == scored.ratio


@pytest.mark.parametrize(("chosen", "confidence"), [("capability", "low"), ("largest_run", "high")])
def test_a_verdict_by_capability_is_checked_by_other_judgements(
    joint: JointForecast,
    swings: Swings,  # noqa: F811
    chosen: LeadingDefinition,
    confidence: str,
) -> None:
    sure: dict[str, Any] = {"low": 0.9, "value": 0.95, "high": 1.0, "n": 40}
    late = replace(joint.chosen.late.by_then, **sure)
    forecasts = {
        name: replace(forecast, ever=(*forecast.ever[:-1], late))
        for name, forecast in joint.forecasts.items()
    }
    given = replace(
        joint, forecasts=forecasts, parameters=replace(joint.parameters, leading_definition=chosen)
    )
    flipping = replace(swings, table=swings.table.assign(at_low=0.1, at_high=0.1))
    leading, undecided = judge_claims(given, flipping, likely_from=0.55)
    assert (leading.verdict.verdict, leading.verdict.confidence) == ("supported", confidence)
    assert (leading.figure, undecided.figure) == ("forecast-probability", "forecast-definitions")
    assert undecided.verdict.claim == "undecided"
