"""Headline numbers and verdicts are those that the sections found."""

from dataclasses import replace

import numpy as np
import pytest

from chapters.overtake_forecast.findings import collect_numbers
from chapters.overtake_forecast.frontiers import Standing
from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.judged_claims import in_percent, judge_claims, trust_members
from chapters.overtake_forecast.other_methods import Methods
from chapters.overtake_forecast.pooled import Pooled
from models.core.estimates import Estimate
from models.core.predictive import summarise_draws
from tests.chapters.judged_parts import PARTS, parts_of, words_of
from tests.chapters.overtake_forecast.test_definitions_of_leading import compared
from tests.chapters.overtake_forecast.test_frontiers import standing  # noqa: F401
from tests.chapters.overtake_forecast.test_other_methods import methods  # noqa: F401
from tests.chapters.overtake_forecast.test_past_forecasts import past


def test_numbers_come_with_their_vintage_and_in_percent(
    joint: JointForecast,
    pool: Pooled,
    methods: Methods,  # noqa: F811
    standing: Standing,  # noqa: F811
) -> None:
    scored, definitions = past(), compared(joint, pool)
    closing = joint.calibration.closing
    found = collect_numbers(
        pool, methods, standing, scored, definitions, closing=closing, data_until="2026-03-05"
    )
    assert next(iter(found)) == "probability_2027_lead"
    assert len(found) == 15 + 6 + 5 + 1
    assert {number.data_until for number in found.values()} == {"2026-03-05"}
    late = found["probability_2031_terminal"].estimate
    assert late.value == pytest.approx(100 * pool.chosen.late.on_the_day.value)
    assert found["random_walk_2031_lead"].estimate.unit == "%"
    members = [found[f"{member.name}_2031_lead"].estimate.value for member in pool.members]
    assert found["probability_2031_lead"].estimate.value == pytest.approx(np.mean(members))
    assert found["capability_gap_points"].estimate == standing.gap
    assert found["backtest_crps_ratio"].estimate == scored.ratio
    runs = joint.forecasts["largest_run"].held[-1]
    assert found["largest_run_2031_lead"].estimate.value == pytest.approx(100 * runs.value)


def judged(joint: JointForecast, pool: Pooled) -> dict[str, str]:
    return words_of(judge_claims(PARTS, joint, pool))


@pytest.mark.parametrize(
    ("chance", "word"),
    [(0.03, "clearly against"), (0.1, "against"), (0.27, "leans against"), (0.97, "clearly for")],
)
def test_the_verdict_on_a_lead_is_its_probability(
    joint: JointForecast, pool: Pooled, chance: float, word: str
) -> None:
    """A chance of 27% was once "undetermined", against the rule that the table stated."""
    spell = summarise_draws([0.0, 2.0], pool.longest_spell.estimate, weights=[1 - chance, chance])
    found = judged(joint, replace(pool, longest_spell=spell))
    assert found["leading-firm-2031"] == word
    assert set(found) == parts_of("leading-firm", "undecided")


@pytest.mark.parametrize(("points", "word"), [(1.0, "clearly for"), (-1.0, "clearly against")])
def test_a_gap_that_widens_turns_its_part(
    joint: JointForecast, pool: Pooled, points: float, word: str
) -> None:
    closing = Estimate(points, points - 0.5, points + 0.5, 0.9, "confidence", 93, "points a year")
    given = replace(joint, calibration=replace(joint.calibration, closing=closing))
    assert judged(given, pool)["undecided-closing"] == word


def test_members_that_disagree_take_confidence(pool: Pooled) -> None:
    late = pool.pool.late.held
    same = [
        replace(member, forecast=replace(member.forecast, held=(*member.forecast.held[:-1], late)))
        for member in pool.members
    ]
    other = replace(late, value=0.99, low=0.9, high=1.0)
    odd = [
        replace(member, forecast=replace(member.forecast, held=(*member.forecast.held[:-1], other)))
        for member in pool.members
    ]
    assert trust_members(replace(pool, members=tuple(same))) != "low"
    assert trust_members(replace(pool, members=tuple(odd))) == "low"


def test_the_chance_is_judged_in_percent(pool: Pooled) -> None:
    chance = in_percent(pool.late_chance)
    assert chance.estimate.unit == "%"
    share = pool.late_chance.measure_share_between(0.05, 0.95)
    assert chance.measure_share_between(5, 95) == pytest.approx(share, abs=0.01)
