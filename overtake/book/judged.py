"""Verdicts on the parts of the claims, as pages and programs read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from overtake.chapter.results import RecordedClaim
from overtake.core import pages, prose
from overtake.data import tables
from overtake.runs.runs import Run
from overtake.runs.words.told import JudgedClaim

FILE_NAME = "ledger.json"
"""In the built site: every part with its rule and verdict, for programs."""


def line(claim: RecordedClaim) -> str:
    """Return a part on one line: what it says, its chip, and how good the evidence is."""
    sure = (
        f", [{claim.confidence}]{{.overtake-sure}} confidence."
        if claim.confidence
        else f". {pages.escape(claim.settled_by)}"
    )
    return f"{pages.escape(claim.says)} {pages.chip(claim)}{sure}"


def found(claim: RecordedClaim) -> str:
    """Return what was found of a part beside its rule, in one line of plain text."""
    if claim.estimate is None or claim.rule is None:
        return f"no data; these would settle it: {claim.settled_by}"
    rule = claim.rule
    asked = prose.rule(rule.direction, rule.threshold, rule.upper, rule.unit)
    return f"{rule.quantity}: {prose.sentence(claim.estimate)}; true if {asked}"


def by_claim(runs: Iterable[Run]) -> dict[str, list[JudgedClaim]]:
    """Return the judged parts of all runs, by claim."""
    parts: dict[str, list[JudgedClaim]] = {}
    for run in runs:
        for part in run.claims.values():
            parts.setdefault(part.claim, []).append(part)
    return parts


def records(runs: Mapping[str, Run], table: str) -> list[dict[str, Any]]:
    """Return every judged part as a record, in the order of the table of claims."""
    order = list(tables.load(table)["claim"]) if table else []
    parts = by_claim(runs.values())
    known = [*order, *(claim for claim in parts if claim not in order)]
    return [_record(part) for claim in known for part in parts.get(claim, [])]


def _record(part: JudgedClaim) -> dict[str, Any]:
    estimate, rule = part.estimate, part.rule
    return {
        "id": part.part,
        "claim": part.claim,
        "part": part.says,
        "question": part.question,
        "rule": {name: getattr(rule, name) for name in _RULE} if rule else None,
        "value": estimate.value if estimate else None,
        "interval": [estimate.low, estimate.high] if estimate else None,
        "probability_true": part.probability_true,
        "verdict": part.verdict,
        "confidence": part.confidence,
        "tested": part.tested,
        "data_until": part.data.until if part.data else None,
        "figure": part.figure or None,
        "model": part.model or None,
    }


_RULE = ("quantity", "direction", "threshold", "upper", "unit")
