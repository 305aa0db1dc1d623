"""The verdicts on the parts of the claims that the chapter tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core import units, verdicts
from models.core.claim_parts import Part, judge_part, report_no_data
from models.core.estimates import Estimate
from models.core.predictive import Predictive, spread_estimate, state_fact
from overtake.chapter.results import Judgement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.verdicts import Confidence

    from chapters.hardware_bottleneck.euv_chances import EuvTold
    from chapters.hardware_bottleneck.euv_choices import Checks
    from chapters.hardware_bottleneck.gap_measures import GapMeasures, JudgedGap
    from chapters.hardware_bottleneck.power_supply import Power

ON_RECORD: Confidence = "high"
"""Of what statistics record and nobody disputes."""


def judge_claims(
    parts: Mapping[str, Part],
    *,
    gaps: GapMeasures,
    euv: EuvTold,
    checks: Checks,
    memory_over_wafers: Predictive,
    power: Power,
) -> list[Judgement]:
    """List the verdicts on the parts of the claims that the chapter tests.

    Parameters
    ----------
    parts : mapping of str to Part
        Of all claims.
    gaps, euv, checks, power
        Facts of the chapter's sections.
    memory_over_wafers : Predictive
        As in `Production`.
    """
    return [
        *_judge_gaps(parts, gaps),
        *_judge_euv(parts, euv, checks),
        Judgement(
            judge_part(parts["production"], memory_over_wafers, confidence="low"),
            "hardware-production",
            "models.supply.fab_output.find_limiting_input",
        ),
        *_judge_power(parts, power),
    ]


def _judge_gaps(parts: Mapping[str, Part], gaps: GapMeasures) -> list[Judgement]:
    measures = {
        "compute-gap-chips": gaps.chips,
        "compute-gap-clusters": gaps.clusters,
        "compute-gap-largest-run": gaps.runs,
        "compute-gap-runs-of-year": gaps.summed,
    }
    return [
        Judgement(
            judge_part(parts[name], each.predictive, confidence=_trust_gap(each, gaps)),
            "hardware-gap",
            "models.compute.compute_gap",
        )
        for name, each in measures.items()
    ]


def _trust_gap(judged: JudgedGap, gaps: GapMeasures) -> Confidence:
    """Ask how many other ways to measure it lie on the other side of the claimed range's ends."""
    low, high = gaps.claimed
    leaves = not low <= judged.gap.value <= high
    return verdicts.judge_confidence(
        n=judged.gap.n,
        measures_agreeing=1,
        measures=1,
        checks_flipping=sum(check.leaves_band != leaves for check in gaps.checks),
        checks=len(gaps.checks),
    )


def _judge_euv(parts: Mapping[str, Part], euv: EuvTold, checks: Checks) -> list[Judgement]:
    words = [verdicts.read_verdict(chance) for chance in checks.every_chance]
    confidence = verdicts.judge_confidence(
        n=euv.n_reached,
        measures_agreeing=1,
        measures=1,
        checks_flipping=sum(word != words[0] for word in words[1:]),
        checks=len(words) - 1,
    )
    chips, volume = euv.working_chips, euv.volume
    judged: Sequence[tuple[str, Predictive]] = (
        ("euv-2030-target", chips),
        ("euv-2030-chips", chips),
        ("euv-2030-not-before", volume),
        ("euv-2030-volume", volume),
    )
    return [
        Judgement(
            judge_part(parts[name], year, confidence=confidence),
            "hardware-euv",
            "models.supply.lithography",
        )
        for name, year in judged
    ]


def _judge_power(parts: Mapping[str, Part], power: Power) -> list[Judgement]:
    ratio = power.generation_ratio
    recorded = Estimate(ratio, ratio, ratio, power.level, "range", 2, units.TIMES)
    added, fed = power.added_difference, power.fed_difference
    judged = (
        ("power-generation", state_fact(recorded), ON_RECORD),
        ("power-additions", spread_estimate(added), _trust_years(added)),
        ("power-fed", spread_estimate(fed), _trust_years(fed)),
    )
    model = "models.supply.electric_power"
    return [
        *(
            Judgement(judge_part(parts[name], known, confidence=sure), "hardware-generation", model)
            for name, known, sure in judged
        ),
        Judgement(report_no_data(parts["power-data-centres"])),
    ]


def _trust_years(difference: Estimate) -> Confidence:
    return verdicts.judge_confidence(n=difference.n, measures_agreeing=1, measures=1)
