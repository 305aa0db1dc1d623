"""The verdicts on the parts of the claims that the chapter tests."""

from collections.abc import Mapping, Sequence

import numpy as np

from chapters.overtake_forecast.chance_by_year import Benchmark
from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.one_judgement import Swings
from chapters.overtake_forecast.other_methods import Methods
from models.core import verdicts
from models.core.claim_parts import Part, judge_part
from models.core.estimates import Estimate, to_percent
from models.core.predictive import Predictive, pool_equally, spread_estimate, summarise_draws
from models.core.verdicts import Confidence
from models.race.race_definitions import CAPABILITY
from overtake.chapter.results import Judgement

MODEL = "models.race.race_forecasts.forecast_overtake"
_CLOSING = "models.capability.frontier_gap.fit_frontier_trend"
_QUARTERS = "quarters"
_SPELL = 2.0
"""Quarters that a lead lasts, where it is only known whether there is one."""


def judge_claims(
    parts: Mapping[str, Part],
    joint: JointForecast,
    swings: Swings,
    methods: Methods,
    benchmark: Benchmark,
) -> list[Judgement]:
    """List the verdicts on the parts of the claims that the chapter tests.

    Parameters
    ----------
    parts : mapping of str to Part
        Of all claims.
    joint, swings, methods, benchmark
        Facts of the chapter's sections.
    """
    by_capability = joint.parameters.leading_definition == CAPABILITY
    checked = swings.chances() if by_capability else []
    late, early = joint.chosen.late.by_then, joint.chosen.early.by_then
    chances = [late, methods.late.index, benchmark.late]
    closing = joint.calibration.closing
    return [
        Judgement(
            judge_part(
                parts["leading-firm-2031"], expect_spell(late), confidence=_trust(late, checked)
            ),
            "forecast-probability",
            MODEL,
        ),
        Judgement(
            judge_part(parts["leading-firm-2029"], expect_spell(early), confidence="low"),
            "forecast-probability",
            MODEL,
        ),
        Judgement(
            judge_part(parts["undecided-chance"], pool_chances(chances), confidence="low"),
            "forecast-definitions",
            MODEL,
        ),
        Judgement(
            judge_part(
                parts["undecided-closing"],
                spread_estimate(closing),
                confidence=verdicts.judge_confidence(n=closing.n, measures_agreeing=1, measures=1),
            ),
            "forecast-frontiers",
            _CLOSING,
        ),
    ]


def expect_spell(chance: Estimate) -> Predictive:
    """Return the longest spell in first place, as far as the chance of one tells it."""
    middle = _SPELL if chance.value > 0.5 else 0.0  # noqa: PLR2004  (a median)
    high = _SPELL if chance.value > (1 - chance.level) / 2 else 0.0
    spell = Estimate(middle, 0.0, high, chance.level, "prediction", chance.n, _QUARTERS)
    return summarise_draws([0.0, _SPELL], spell, weights=[1 - chance.value, chance.value])


def pool_chances(chances: Sequence[Estimate]) -> Predictive:
    """Return the chance of a lead, %, as methods and what is fitted of each leave it open."""
    shown = [to_percent(chance) for chance in chances]
    middle = float(np.mean([each.value for each in shown]))
    low, high = min(each.low for each in shown), max(each.high for each in shown)
    pooled = pool_equally(
        [spread_estimate(each) for each in shown],
        Estimate(middle, low, high, shown[0].level, "range", len(shown), "%"),
    )
    return summarise_draws(np.clip(pooled.values, 0, 100), pooled.estimate, weights=pooled.weights)


def _trust(chance: Estimate, checked: Sequence[float]) -> Confidence:
    """Ask how many other judgements give another verdict."""
    word = verdicts.read_verdict(chance.value)
    return verdicts.judge_confidence(
        n=chance.n,
        measures_agreeing=1,
        measures=1,
        checks_flipping=sum(verdicts.read_verdict(each) != word for each in checked),
        checks=len(checked),
    )
