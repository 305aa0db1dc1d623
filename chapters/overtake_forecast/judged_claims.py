"""The verdicts on the parts of the claims that the chapter tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core import verdicts
from models.core.claim_parts import Part, judge_part
from models.core.estimates import to_percent
from models.core.predictive import Predictive, spread_estimate
from overtake.chapter.results import Judgement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.verdicts import Confidence

    from chapters.overtake_forecast.joint_model import JointForecast
    from chapters.overtake_forecast.pooled import Pooled

MODEL = "models.race.gap_pool.predict_longest_spell"
_CHANCE = "models.race.gap_pool.predict_chance"
_CLOSING = "models.capability.frontier_gap.fit_frontier_trend"


def judge_claims(parts: Mapping[str, Part], joint: JointForecast, pool: Pooled) -> list[Judgement]:
    """List the verdicts on the parts of the claims that the chapter tests.

    Parameters
    ----------
    parts : mapping of str to Part
        Of all claims.
    joint, pool
        Facts of the chapter's sections.
    """
    closing = joint.calibration.closing
    confidence = trust_members(pool)
    spells = {
        "leading-firm-2031": pool.longest_spell,
        "leading-firm-2029": pool.longest_spell_early,
    }
    return [
        *(
            Judgement(
                judge_part(parts[name], spell, confidence=confidence), "forecast-probability", MODEL
            )
            for name, spell in spells.items()
        ),
        Judgement(
            judge_part(
                parts["undecided-chance"], in_percent(pool.late_chance), confidence=confidence
            ),
            "forecast-probability",
            _CHANCE,
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


def trust_members(pool: Pooled) -> Confidence:
    """Ask how many members of the pool give its verdict on a lead by January 2031."""
    words = [verdicts.read_verdict(member.late.held.value) for member in pool.members]
    word = verdicts.read_verdict(pool.pool.late.held.value)
    return verdicts.judge_confidence(
        n=pool.pool.late.held.n, measures_agreeing=words.count(word), measures=len(words)
    )


def in_percent(chance: Predictive) -> Predictive:
    """Return the distribution of a chance, a share of 1, in percent."""
    values = tuple(100 * value for value in chance.values)
    return Predictive(to_percent(chance.estimate), values, chance.weights)
