"""Headline numbers and verdicts are those that the sections found."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chapters.overtake_forecast.findings import collect_numbers, judge_claims
from chapters.overtake_forecast.frontiers import Standing
from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.one_judgement import Swings
from chapters.overtake_forecast.other_methods import Methods
from chapters.overtake_forecast.pooled import Pooled
from models.race.race_parameters import LeadingDefinition
from tests.chapters.overtake_forecast.test_frontiers import standing  # noqa: F401
from tests.chapters.overtake_forecast.test_one_judgement import swings  # noqa: F401
from tests.chapters.overtake_forecast.test_other_methods import methods  # noqa: F401
from tests.chapters.overtake_forecast.test_past_forecasts import past


def test_numbers_come_with_their_vintage_and_in_percent(
    joint: JointForecast,
    pool: Pooled,
    methods: Methods,  # noqa: F811
    standing: Standing,  # noqa: F811
) -> None:
    scored = past()
    closing = joint.calibration.closing
    found = collect_numbers(
        pool, methods, standing, scored, closing=closing, data_until="2026-03-05"
    )
    assert next(iter(found)) == "probability_2027_lead"
    assert len(found) == 15 + 6 + 5
    assert {number.data_until for number in found.values()} == {"2026-03-05"}
    late = found["probability_2031_terminal"].estimate
    assert late.value == pytest.approx(100 * pool.chosen.late.on_the_day.value)
    assert found["random_walk_2031_lead"].estimate.unit == "%"
    members = [found[f"{member.name}_2031_lead"].estimate.value for member in pool.members]
    assert found["probability_2031_lead"].estimate.value == pytest.approx(np.mean(members))
    assert found["capability_gap_points"].estimate == standing.gap
    assert found["backtest_crps_ratio"].estimate == scored.ratio


@pytest.mark.parametrize(("chosen", "confidence"), [("capability", "low"), ("largest_run", "high")])
def test_a_verdict_by_capability_is_checked_by_other_judgements(
    joint: JointForecast,
    pool: Pooled,
    swings: Swings,  # noqa: F811
    chosen: LeadingDefinition,
    confidence: str,
) -> None:
    sure: dict[str, Any] = {"low": 0.9, "value": 0.95, "high": 1.0, "n": 40}
    late = replace(joint.chosen.late.held, **sure)
    forecasts = {
        name: replace(forecast, held=(*forecast.held[:-1], late))
        for name, forecast in joint.forecasts.items()
    }
    given = replace(
        joint, forecasts=forecasts, parameters=replace(joint.parameters, leading_definition=chosen)
    )
    sure_pool = replace(pool, pool=replace(pool.pool, forecast=forecasts["capability"]))
    flipping = replace(swings, table=swings.table.assign(at_low=0.1, at_high=0.1))
    leading, undecided = judge_claims(given, sure_pool, flipping, likely_from=0.55)
    assert (leading.verdict.verdict, leading.verdict.confidence) == ("supported", confidence)
    assert (leading.figure, undecided.figure) == ("forecast-probability", "forecast-definitions")
    assert undecided.verdict.claim == "undecided"
