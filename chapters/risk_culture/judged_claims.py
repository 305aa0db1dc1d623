"""The verdicts on the parts of the claims that the chapter tests."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from models.core import verdicts
from models.core.claim_parts import Part, count_same_verdicts, judge_part, report_no_data
from models.core.estimates import Estimate
from models.core.predictive import Predictive, pool_equally, spread_estimate, state_fact
from overtake.chapter.results import Judgement

from chapters.risk_culture.risk_measures import FUNDED_FIRMS, INTENTIONS, NEW_COMPANIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.verdicts import Confidence

    from chapters.risk_culture.findings import Found

ON_RECORD: Confidence = "high"
"""Of prices and sums that an exchange records."""

_MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "risk-taking-intentions": INTENTIONS,
        "risk-taking-intentions-us": f"{INTENTIONS}, next to US",
        "risk-taking-fear": "Without fear",
        "risk-taking-fear-us": "Without fear, next to US",
        "risk-taking-companies": NEW_COMPANIES,
        "risk-taking-funded-firms": FUNDED_FIRMS,
        "risk-taking-funded-firms-us": f"{FUNDED_FIRMS}, next to US",
    }
)
"""Measure of each part on risk-taking."""


def judge_claims(parts: Mapping[str, Part], found: Found) -> list[Judgement]:
    """List the verdicts on the parts of the three claims, each with its figure and its model.

    Parameters
    ----------
    parts : mapping of str to Part
        Of all claims.
    found : Found
        Facts of the sections.
    """
    return [
        *(_judge_growth(parts[part], found, name) for part, name in _MEASURES.items()),
        Judgement(report_no_data(parts["risk-taking-young"])),
        *_judge_debuts(parts, found),
        Judgement(
            judge_part(parts["state-size"], _share_closed(found), confidence="low"),
            "public-money",
            "models.society.risk_taking.compute_share_of_gap",
        ),
        Judgement(report_no_data(parts["state-helps"])),
    ]


def _judge_growth(part: Part, found: Found, name: str) -> Judgement:
    recent = found.measures.recent
    known = spread_estimate(recent.growths[name])
    others = [spread_estimate(each) for each in recent.list_others(name)]
    same = count_same_verdicts(part.rule, known, others) if part.rule else 0
    confidence = verdicts.judge_confidence(
        n=known.estimate.n,
        measures_agreeing=1,
        measures=1,
        checks_flipping=len(others) - same,
        checks=len(others),
    )
    verdict = judge_part(part, known, confidence=confidence)
    return Judgement(verdict, "risk-measures", "models.society.risk_taking.estimate_recent_growth")


def _judge_debuts(parts: Mapping[str, Part], found: Found) -> list[Judgement]:
    zhipu, minimax = found.debuts.zhipu, found.debuts.minimax
    lower = min(zhipu.first_day, minimax.first_day, key=lambda each: each.value)
    raised = zhipu.raised_hkd_billion
    money = Estimate(raised, raised, raised, lower.level, "range", 1, "billion HKD")
    model = "models.society.listing_returns.compute_returns_since_offer"
    judged = (("listings-debuts", lower), ("listings-sum", money))
    return [
        Judgement(
            judge_part(parts[name], state_fact(fact), confidence=ON_RECORD), "debut-returns", model
        )
        for name, fact in judged
    ]


def _share_closed(found: Found) -> Predictive:
    """Return the share of the gap that public funds would close, each published gap alike."""
    shares = found.funds.shares
    values = [each.value for each in shares]
    first = shares[0]
    span = Estimate(
        sum(values) / len(values), found.funds.lowest, found.funds.highest, first.level, "range",
        len(shares), first.unit,
    )  # fmt: skip
    return pool_equally([spread_estimate(each) for each in shares], span)
