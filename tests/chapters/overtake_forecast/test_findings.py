"""Headline numbers and verdicts are those that the sections found."""

from dataclasses import replace

import pytest

from chapters.overtake_forecast.chance_by_year import Benchmark
from chapters.overtake_forecast.findings import collect_numbers
from chapters.overtake_forecast.frontiers import Standing
from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.judged_claims import expect_spell, judge_claims, pool_chances
from chapters.overtake_forecast.one_judgement import Swings
from chapters.overtake_forecast.other_methods import Methods
from models.core import units
from models.core.estimates import Estimate
from models.race.race_parameters import JointCalibration
from tests.chapters.judged_parts import PARTS, parts_of, words_of
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


def closing_by(joint: JointForecast, points: float) -> JointCalibration:
    """Return what is fitted with a gap that closes by so many points a year."""
    closing = Estimate(points, points - 0.5, points + 0.5, 0.9, "confidence", 93, "points a year")
    return replace(joint.calibration, closing=closing)


def words(joint: JointForecast, late: float, swings: Swings, methods: Methods,  # noqa: F811
          benchmark: Benchmark) -> dict[str, str]:  # fmt: skip
    """Return the verdicts if a Chinese lead by January 2031 has this chance."""
    chance = Estimate(late, late, late, 0.9, "credible", 40, units.SHARE)
    forecasts = {
        name: replace(forecast, ever=(*forecast.ever[:-1], chance))
        for name, forecast in joint.forecasts.items()
    }
    given = replace(joint, forecasts=forecasts, calibration=closing_by(joint, 1.0))
    return words_of(judge_claims(PARTS, given, swings, methods, benchmark))


@pytest.mark.parametrize(
    ("late", "word"),
    [(0.03, "clearly against"), (0.1, "against"), (0.27, "leans against"), (0.97, "clearly for")],
)
def test_the_verdict_on_a_lead_is_its_probability(
    joint: JointForecast,
    swings: Swings,  # noqa: F811
    methods: Methods,  # noqa: F811
    benchmark: Benchmark,
    late: float,
    word: str,
) -> None:
    """A chance of 27% was once "undetermined", against the rule that the table stated."""
    found = words(joint, late, swings, methods, benchmark)
    assert found["leading-firm-2031"] == word
    assert set(found) == parts_of("leading-firm", "undecided")


def test_other_judgements_that_turn_the_verdict_take_confidence(
    joint: JointForecast,
    swings: Swings,  # noqa: F811
    methods: Methods,  # noqa: F811
    benchmark: Benchmark,
) -> None:
    turned = replace(swings, table=swings.table.assign(at_low=0.99, at_high=0.99))
    given = replace(joint, calibration=closing_by(joint, 1.0))
    leading = judge_claims(PARTS, given, turned, methods, benchmark)[0]
    assert leading.verdict.confidence == "low"


@pytest.mark.parametrize(("points", "word"), [(1.0, "clearly for"), (-1.0, "clearly against")])
def test_a_gap_that_widens_turns_its_part(
    joint: JointForecast,
    swings: Swings,  # noqa: F811
    methods: Methods,  # noqa: F811
    benchmark: Benchmark,
    points: float,
    word: str,
) -> None:
    given = replace(joint, calibration=closing_by(joint, points))
    found = words_of(judge_claims(PARTS, given, swings, methods, benchmark))
    assert found["undecided-closing"] == word


def test_the_spell_keeps_the_chance_and_the_pool_every_method() -> None:
    chance = Estimate(0.27, 0.1, 0.4, 0.9, "credible", 13, units.SHARE)
    spell = expect_spell(chance)
    assert spell.measure_share_between(2, 99) == pytest.approx(0.27)
    sure = Estimate(0.0, 0.0, 0.0, 0.9, "credible", 13, units.SHARE)
    pooled = pool_chances([chance, sure, sure])
    assert pooled.measure_share_between(5, 95) == pytest.approx(1 / 3, abs=0.01)
    assert min(pooled.values) >= 0
