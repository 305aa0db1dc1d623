"""What the chapter publishes: its headline numbers, and the verdicts on the parts of its claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core import units
from models.core.claim_parts import Part, judge_part
from models.core.estimates import Estimate
from models.core.predictive import spread_estimate
from models.core.verdicts import judge_confidence
from overtake.chapter.results import Judgement, Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chapters.infrastructure.coverage import Coverage
    from chapters.infrastructure.site_power import SitePower
    from chapters.infrastructure.three_measures import Comparison
    from chapters.infrastructure.time_to_power import TimeToPower


def collect_numbers(
    *,
    power: SitePower,
    coverage: Coverage,
    times: TimeToPower,
    comparison: Comparison,
    data_until: Mapping[str, str],
) -> dict[str, Number]:
    """Collect the headline numbers, most important first.

    Parameters
    ----------
    power, coverage, times, comparison
        Facts of the chapter's sections.
    data_until : mapping of str to str
        Day to which each table's data reach.
    """
    sites, chips = data_until["data_center_timelines"], data_until["chips_owned"]
    older = min(sites, chips)
    return {
        "ai_power_ratio": Number(coverage.as_share, older),
        "site_power_times": Number(_seen_times(power, coverage.ratio), sites),
        "speed_ratio": Number(times.ratio, sites),
        "months_to_power_us": Number(times.usa, sites),
        "coverage_china": Number(coverage.china.share, older),
        "coverage_us": Number(coverage.usa.share, older),
        "growth_ratio_2030": Number(
            comparison.judged[1].ratio, f"{comparison.published.growth_said_on:%Y-%m-%d}"
        ),
    }


def judge_claims(
    parts: Mapping[str, Part], comparison: Comparison, coverage: Coverage, times: TimeToPower
) -> list[Judgement]:
    """List the verdicts on the parts of the claim that the chapter tests.

    Parameters
    ----------
    parts : mapping of str to Part
        Of all claims.
    comparison, coverage, times
        Facts of the chapter's sections.
    """
    power, _, speed = (each.ratio for each in comparison.judged)
    judged = (
        ("infrastructure-power", spread_estimate(power, scale="log"), not coverage.gap_stays),
        ("infrastructure-growth", spread_estimate(comparison.expected_growth, scale="log"), False),
        ("infrastructure-speed", spread_estimate(speed, scale="log"), times.choice_decides),
    )
    return [
        Judgement(
            judge_part(
                parts[name],
                known,
                confidence=judge_confidence(
                    n=known.estimate.n,
                    measures_agreeing=1,
                    measures=1,
                    checks_flipping=int(flips),
                    checks=1,
                ),
            ),
            "infrastructure-measures",
            "chapters.infrastructure.three_measures",
        )
        for name, known, flips in judged
    ]


def _seen_times(power: SitePower, like: Estimate) -> Estimate:
    """Return how many times the Chinese power the American sites have: seen, so no interval."""
    times = power.times_china
    return Estimate(times, times, times, like.level, "range", power.all_sites, units.TIMES)
