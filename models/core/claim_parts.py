"""The parts of the claims: each with its rule, and what becomes of it.

A part is judged by its rule and by the distribution of the rule's quantity. Where nothing
was measured, "no data" is its verdict: it has no probability and no confidence, and says what
would settle it.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from models.core.errors import ModelInputError
from models.core.verdicts import (
    NO_DATA,
    Confidence,
    Rule,
    ScaleWord,
    compute_probability_true,
    name_likelihood,
    read_verdict,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from models.core.predictive import Predictive

VerdictWord = ScaleWord | Literal["no data"]

_TEXTS = ("part", "claim", "says", "question", "tested", "settled_by")
_RULE = ("quantity", "unit", "direction", "threshold", "upper")
_SAID: Mapping[str, str] = MappingProxyType(
    {
        "clearly against": "speak clearly against it",
        "against": "speak against it",
        "leans against": "lean against it",
        "can't tell": "can't tell",
        "leans for": "lean towards it",
        "for": "speak for it",
        "clearly for": "speak clearly for it",
        NO_DATA: "are missing",
    }
)
"""What the data do, by verdict, to stand in a sentence behind "the data"."""


@dataclass(frozen=True)
class Part:
    """One part of a claim that data could settle.

    Attributes
    ----------
    id, claim : str
        Its name, and that of the claim.
    says, question : str
        What it says, and the same as a question.
    tested, settled_by : str
        What was tested and what not, and what would settle it.
    rule : Rule or None
        What must hold for it to be true; None where nothing that is measured would do.
    """

    id: str
    claim: str
    says: str
    question: str
    tested: str
    settled_by: str
    rule: Rule | None


@dataclass(frozen=True)
class Verdict:
    """What the data say of one part of a claim.

    Attributes
    ----------
    part : Part
        What is judged.
    verdict : str
        Place on the scale of `models.core.verdicts.read_verdict`, or "no data".
    probability_true : float or None
        Probability that the rule is met; None without data.
    predictive : Predictive or None
        Distribution of the rule's quantity; None without data.
    confidence : {"low", "moderate", "high"} or None
        How good the evidence is; None without data.
    """

    part: Part
    verdict: VerdictWord
    probability_true: float | None
    predictive: Predictive | None
    confidence: Confidence | None

    def __post_init__(self) -> None:
        """Refuse a probability or confidence without data, and data without them."""
        found = (self.probability_true, self.predictive, self.confidence)
        if (self.verdict == NO_DATA) != all(each is None for each in found) or (
            self.verdict != NO_DATA and None in found
        ):
            raise ModelInputError(
                f"{self.part.id}: a verdict has a probability, a distribution and a confidence, "
                f"and {NO_DATA!r} none of them"
            )

    @property
    def said(self) -> str:
        """What the data do, to stand in a sentence behind "the data"."""
        return _SAID[self.verdict]

    @property
    def likelihood(self) -> str | None:
        """Word of ICD 203 for the probability."""
        return None if self.probability_true is None else name_likelihood(self.probability_true)


def read_parts(claim_parts: pd.DataFrame) -> dict[str, Part]:
    """Read the parts of all claims, by name.

    Parameters
    ----------
    claim_parts : DataFrame
        Columns part, claim, says, question, tested, settled_by, and those of the rule:
        quantity, unit, direction, threshold, upper; empty where there is none.

    Raises
    ------
    ModelInputError
        If columns are missing, a part comes twice, or a rule is none.
    """
    if absent := sorted({*_TEXTS, *_RULE} - set(claim_parts.columns)):
        raise ModelInputError(f"the parts of the claims need columns {absent}")
    names = list(claim_parts["part"])
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise ModelInputError(f"a part comes twice: {', '.join(doubled)}")
    return {str(row["part"]): _read_part(row) for row in claim_parts.to_dict("records")}


def judge_part(part: Part, predictive: Predictive, *, confidence: Confidence) -> Verdict:
    """Judge a part by its rule.

    Parameters
    ----------
    part : Part
        With a rule.
    predictive : Predictive
        Distribution of the rule's quantity.
    confidence : {"low", "moderate", "high"}
        From `models.core.verdicts.judge_confidence`.

    Raises
    ------
    ModelInputError
        If the part has no rule, or as `compute_probability_true`.
    """
    if part.rule is None:
        raise ModelInputError(f"{part.id} has no rule by which it could be judged")
    probability = compute_probability_true(part.rule, predictive)
    return Verdict(part, read_verdict(probability), probability, predictive, confidence)


def report_no_data(part: Part) -> Verdict:
    """Say of a part that nothing was measured.

    Raises
    ------
    ModelInputError
        If the part does not say what would settle it.
    """
    if not part.settled_by.strip():
        raise ModelInputError(f"{part.id} has no data and does not say what would settle it")
    return Verdict(part, NO_DATA, None, None, None)


def count_same_verdicts(rule: Rule, chosen: Predictive, others: Iterable[Predictive]) -> int:
    """Count the distributions by which a part would get the verdict that it gets by the chosen.

    Parameters
    ----------
    rule : Rule
        Of the part.
    chosen : Predictive
        By which it is judged.
    others : iterable of Predictive
        The quantity by other choices.
    """
    word = read_verdict(compute_probability_true(rule, chosen))
    return sum(read_verdict(compute_probability_true(rule, each)) == word for each in others)


def _read_part(row: Mapping[Hashable, Any]) -> Part:
    id_, claim, says, question, tested, settled_by = (str(row[name]) for name in _TEXTS)
    rule = None if pd.isna(row["quantity"]) else _read_rule(row)
    return Part(id_, claim, says, question, tested, settled_by, rule)


def _read_rule(row: Mapping[Hashable, Any]) -> Rule:
    upper = None if pd.isna(row["upper"]) else float(row["upper"])
    return Rule(
        str(row["quantity"]), str(row["unit"]), row["direction"], float(row["threshold"]), upper
    )
