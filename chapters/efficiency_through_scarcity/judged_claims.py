"""The verdicts on the parts of the claims that the chapter tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core import verdicts
from models.core.claim_parts import Part, count_same_verdicts, judge_part, report_no_data
from models.core.predictive import Predictive, spread_estimate
from overtake.chapter.results import Judgement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.capability.compute_efficiency import Premium
    from models.core.verdicts import Confidence

    from chapters.efficiency_through_scarcity.findings import Capability

_PREMIUM = "models.capability.compute_efficiency.estimate_premium"
_SHIFT = "models.capability.compute_efficiency.estimate_premium_shift"
_PRICE = "Price of a token"
"""How the resource of the price is named among the resources."""


def judge_claims(parts: Mapping[str, Part], capability: Capability) -> list[Judgement]:
    """List the verdicts on the parts of the claims that the chapter tests.

    Parameters
    ----------
    parts : mapping of str to Part
        Of all claims.
    capability : Capability
        What the sections on capability found.
    """
    return [*_judge_leaner(parts, capability), *_judge_codesign(parts, capability)]


def _judge_leaner(parts: Mapping[str, Part], capability: Capability) -> list[Judgement]:
    fit, part = capability.premium.fit, parts["leaner-flop"]
    known = capability.choices.whatever_silent_models_used
    others = [spread_estimate(row.premium) for row in capability.choices.rows]
    confidence = _trust(fit.n_clusters, part, known, others)
    flop = Judgement(judge_part(part, known, confidence=confidence), "premium", _PREMIUM)
    return [flop, _judge_dollar(parts["leaner-dollar"], capability)]


def _judge_dollar(part: Part, capability: Capability) -> Judgement:
    """Judge by the price of a token; where it is not bounded, it tells nothing."""
    found = [row for row in capability.resources.rows if row.name.startswith(_PRICE)]
    if not found or found[0].factor.low <= 0:
        return Judgement(report_no_data(part))
    known = spread_estimate(found[0].factor, scale="log")
    # Its models come from one Chinese firm, which is one observation.
    return Judgement(
        judge_part(part, known, confidence=_trust(1, part, known, ())),
        "intelligence-efficiency",
        _PREMIUM,
        ("token_prices",),
    )


def _judge_codesign(parts: Mapping[str, Part], capability: Capability) -> list[Judgement]:
    shift = capability.change.shift
    after, change = spread_estimate(shift.after), spread_estimate(shift.shift)
    compute, grew = parts["codesign-compute"], parts["codesign-after-controls"]
    n = min(shift.n_before, shift.n_after)
    tables = ("model_architectures", "serving_benchmarks")
    return [
        _judge_active(parts["codesign-active"], capability.choices.equal_active),
        Judgement(
            judge_part(compute, after, confidence=_trust_known(capability, compute, after)),
            "premium-change",
            _SHIFT,
        ),
        Judgement(
            judge_part(grew, change, confidence=_trust(n, grew, change, ())),
            "premium-change",
            _SHIFT,
            tables,
        ),
        Judgement(report_no_data(parts["codesign-cause"])),
    ]


def _judge_active(part: Part, equal_active: Premium | None) -> Judgement:
    if equal_active is None:
        return Judgement(report_no_data(part))
    known = spread_estimate(equal_active.premium)
    return Judgement(
        judge_part(part, known, confidence=_trust(equal_active.n_clusters, part, known, ())),
        "intelligence-efficiency",
        _PREMIUM,
        ("ai_models",),
    )


def _trust(n: int, part: Part, known: Predictive, others: Sequence[Predictive]) -> Confidence:
    """Ask how many other choices give another verdict."""
    same = count_same_verdicts(part.rule, known, others) if part.rule else 0
    return verdicts.judge_confidence(
        n=n,
        measures_agreeing=1,
        measures=1,
        checks_flipping=len(others) - same,
        checks=len(others),
    )


def _trust_known(capability: Capability, part: Part, known: Predictive) -> Confidence:
    """Trust little what silent models could make or unmake."""
    if not capability.choices.sign_is_identified:
        return "low"
    return _trust(capability.change.shift.n_clusters, part, known, ())
