"""From numbers to words: likelihood, verdict and confidence, each by a stated rule.

What a claim says is split into parts, and each part has one rule: where a quantity must lie
for the part to be true. The verdict is the probability of that, read off one scale, whose
ends are those of Intelligence Community Directive 203 (2015), section D.6.e.2.a, as are the
likelihood words. Confidence is another matter: how good the evidence is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from models.core.arrays import require_bounded
from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.predictive import Predictive

Confidence = Literal["low", "moderate", "high"]

BELOW_SCALE = "less than 1 in 100"
ABOVE_SCALE = "more than 99 in 100"
# Upper end of each band, below one half; the bands above one half mirror them.
_LOWER_BANDS = (
    (0.01, BELOW_SCALE),
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
)
_MIRRORED = {
    BELOW_SCALE: ABOVE_SCALE,
    "almost no chance": "almost certain",
    "very unlikely": "very likely",
    "unlikely": "likely",
}
_EVEN = "roughly even chance"
# 1 - 0.8 is not 0.2 in binary; twelve digits are far finer than any probability here.
_DIGITS = 12
_FEW = 10
_MANY = 30
_CLEAR_MAJORITY = 2 / 3
_TOLERATED_FLIPS = 1 / 4


@dataclass(frozen=True)
class LikelihoodBand:
    """Probabilities that have one word, from the end of the band before.

    Attributes
    ----------
    word : str
        Of `name_likelihood` or `read_verdict`.
    upper : float
        Upper end.
    includes_upper : bool
        Whether the end itself has this word.
    """

    word: str
    upper: float
    includes_upper: bool


def name_likelihood(probability: float) -> str:
    """Word of ICD 203 for a probability.

    A probability on the border of two bands takes the word nearer to even, so
    that an event and its opposite always mirror each other. Below 1% and above
    99%, where the directive has no word, the text says so in figures.

    Parameters
    ----------
    probability : float
        Between 0 and 1.

    Raises
    ------
    ModelInputError
        If the probability is not in [0, 1].
    """
    p = round(float(require_bounded(probability, "probability", low=0, high=1)), _DIGITS)
    return next(
        band.word
        for band in list_likelihood_bands()
        if p < band.upper or (band.includes_upper and p == band.upper)
    )


def list_likelihood_bands() -> tuple[LikelihoodBand, ...]:
    """Return the rule of `name_likelihood` as bands from 0 to 1, for programs that repeat it."""
    return _list_bands(_LOWER_BANDS, _EVEN, _MIRRORED)


def judge_confidence(
    *, n: int, measures_agreeing: int, measures: int, checks_flipping: int = 0, checks: int = 0
) -> Confidence:
    """Confidence in a verdict, from the amount and the agreement of the evidence.

    High: at least 30 independent observations, all measures agree, and no
    robustness check flips the verdict. Low: fewer than 10 observations, or at
    most two thirds of the measures agree, or more than a quarter of the checks
    flip it. Moderate: everything between. A single measure agrees with itself,
    so one measure alone is never high.

    Parameters
    ----------
    n : int
        Independent observations (clusters, where rows are clustered).
    measures_agreeing, measures : int
        Measures that give the same verdict, of all that were computed.
    checks_flipping, checks : int
        Robustness checks that change the verdict, of all that were run.

    Raises
    ------
    ModelInputError
        If a count is negative, no measure is given, or a part exceeds its whole.
    """
    _require_part(measures_agreeing, measures, "measures", minimum=1)
    _require_part(checks_flipping, checks, "checks", minimum=0)
    if n < 0:
        raise ModelInputError(f"n must not be negative, got {n}")
    agreement = measures_agreeing / measures
    flips = checks_flipping / checks if checks else 0.0
    if n < _FEW or (measures > 1 and agreement <= _CLEAR_MAJORITY) or flips > _TOLERATED_FLIPS:
        return "low"
    if n >= _MANY and measures > 1 and agreement == 1 and checks_flipping == 0:
        return "high"
    return "moderate"


Direction = Literal["at least", "above", "at most", "below", "between"]
ScaleWord = Literal[
    "clearly against", "against", "leans against", "can't tell", "leans for", "for", "clearly for"
]
NO_DATA: Final = "no data"
"""Stands for the verdict where nothing was measured; it is no place on the scale."""

# Upper end of each verdict below the middle; those above it mirror them.
_VERDICTS_AGAINST = (
    (0.05, "clearly against"),
    (0.20, "against"),
    (0.45, "leans against"),
)
_VERDICTS_FOR: Mapping[str, str] = MappingProxyType(
    {"clearly against": "clearly for", "against": "for", "leans against": "leans for"}
)


@dataclass(frozen=True)
class Rule:
    """What must hold of a quantity for a statement to be true.

    Attributes
    ----------
    quantity : str
        Its name.
    unit : str
        Its unit, as `models.core.units` writes it.
    direction : {"at least", "above", "at most", "below", "between"}
        Where it must lie; both ends of "between" are in.
    threshold : float
        The end, or the lower one of "between".
    upper : float or None
        The upper end of "between", and None otherwise.

    Raises
    ------
    ModelInputError
        If the direction is unknown, or an end is missing, of no meaning or out of order.
    """

    quantity: str
    unit: str
    direction: Direction
    threshold: float
    upper: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no rule."""
        if self.direction not in get_args(Direction):
            raise ModelInputError(
                f"a rule's direction is one of {', '.join(get_args(Direction))}: {self.direction!r}"
            )
        if (self.upper is not None) != (self.direction == "between"):
            raise ModelInputError(f"an upper end belongs to `between`, and to it alone: {self}")
        ends = [self.threshold] if self.upper is None else [self.threshold, self.upper]
        if not all(map(math.isfinite, ends)) or ends != sorted(ends):
            raise ModelInputError(f"a rule's ends must be finite and in order, got {ends}")

    def is_met(self, value: float) -> bool:
        """Tell whether a value of the quantity makes the statement true."""
        match self.direction:
            case "at least":
                return value >= self.threshold
            case "above":
                return value > self.threshold
            case "at most":
                return value <= self.threshold
            case "below":
                return value < self.threshold
            case "between":
                return self.threshold <= value <= cast("float", self.upper)


def compute_probability_true(rule: Rule, predictive: Predictive) -> float:
    """Probability that a rule is met, by what is known of its quantity.

    Parameters
    ----------
    rule : Rule
        What must hold.
    predictive : Predictive
        The quantity's distribution.

    Raises
    ------
    ModelInputError
        If the distribution is of another unit than the rule.
    """
    if predictive.estimate.unit != rule.unit:
        raise ModelInputError(
            f"a rule on {rule.quantity} in {rule.unit!r} can't be held against a number in "
            f"{predictive.estimate.unit!r}"
        )
    pairs = zip(predictive.values, predictive.weights, strict=True)
    return min(1.0, math.fsum(weight for value, weight in pairs if rule.is_met(value)))


def read_verdict(probability: float) -> ScaleWord:
    """Place on the scale of verdicts of the probability that a statement is true.

    The ends of the scale are those of ICD 203. A probability on the border of two places
    takes the one nearer to even, so that a statement and its opposite mirror each other.

    Parameters
    ----------
    probability : float
        Between 0 and 1.

    Raises
    ------
    ModelInputError
        If the probability is not in [0, 1].
    """
    p = round(float(require_bounded(probability, "probability", low=0, high=1)), _DIGITS)
    return next(
        cast("ScaleWord", band.word)
        for band in list_verdict_scale()
        if p < band.upper or (band.includes_upper and p == band.upper)
    )


def list_verdict_scale() -> tuple[LikelihoodBand, ...]:
    """Return the scale of `read_verdict` as bands from 0 to 1, for words and programs."""
    return _list_bands(_VERDICTS_AGAINST, "can't tell", _VERDICTS_FOR)


def _require_part(part: int, whole: int, what: str, *, minimum: int) -> None:
    if whole < minimum or not 0 <= part <= whole:
        raise ModelInputError(f"needs at least {minimum} {what}, got {part} of {whole}")


def _list_bands(
    below: Sequence[tuple[float, str]], middle: str, mirrored: Mapping[str, str]
) -> tuple[LikelihoodBand, ...]:
    """Return bands from 0 to 1 whose upper half mirrors the lower."""
    above = [
        (mirrored[word], 1.0 if i == 0 else round(1 - below[i - 1][0], _DIGITS))
        for i, (_, word) in enumerate(below)
    ]
    even = (middle, round(1 - below[-1][0], _DIGITS))
    return (
        *(LikelihoodBand(word, upper, includes_upper=False) for upper, word in below),
        *(LikelihoodBand(*band, includes_upper=True) for band in (even, *reversed(above))),
    )
