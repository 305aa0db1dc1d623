"""From numbers to words: likelihood, verdict and confidence, each by a stated rule.

Likelihood words are those of Intelligence Community Directive 203 (2015),
section D.6.e.2.a. Likelihood and confidence answer different questions and are
never mixed: how probable, and how good the evidence is.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, cast, get_args

from models.core import units
from models.core.arrays import require_bounded
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, to_percent
from models.core.predictive import Predictive

VerdictWord = Literal["supported", "partly supported", "not supported", "undetermined"]
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
_SMALLEST_SHOWN = 0.001
_NO_DRAW = "under 0.1%"
"""What thousands of draws can say of a chance that none of them had."""


@dataclass(frozen=True)
class Verdict:
    """What the evidence says about one claim.

    Attributes
    ----------
    claim : str
        The claim's id in the ledger.
    verdict : {"supported", "partly supported", "not supported", "undetermined"}
        The word, by the rule of the function that made it.
    reason : str
        One computed line: the estimate, its interval, n and the claimed range.
    likelihood_word : str or None
        ICD 203 word, where the claim is about a probability.
    confidence : {"low", "moderate", "high"}
        How good the evidence is; see `judge_confidence`.
    """

    claim: str
    verdict: VerdictWord
    reason: str
    likelihood_word: str | None
    confidence: Confidence


@dataclass(frozen=True)
class LikelihoodBand:
    """Probabilities that have one word, from the end of the band before.

    Attributes
    ----------
    word : str
        Of `name_likelihood`.
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


def judge_interval(
    claim: str,
    estimate: Estimate,
    claimed_low: float,
    claimed_high: float,
    *,
    confidence: Confidence,
) -> Verdict:
    """Judge a claim that a quantity lies in a range.

    Supported: the whole interval lies in the claimed range. Not supported: no
    part of it does. Partly supported: the claimed range has two ends, holds the
    estimate, and the interval leaves it at one end only. Undetermined: the rest;
    the data cannot tell.

    Parameters
    ----------
    claim : str
        Id of the claim.
    estimate : Estimate
        The quantity with its interval.
    claimed_low, claimed_high : float
        Ends of the claimed range; minus or plus infinity for a claim with one end.
    confidence : {"low", "moderate", "high"}
        From `judge_confidence`.

    Raises
    ------
    ModelInputError
        If the claimed range is upside down, not a number, or has no end at all.
    """
    word = _interval_rule(estimate, claimed_low, claimed_high)
    claimed = _claimed(claimed_low, claimed_high, estimate.unit)
    reason = f"{_described(estimate)}; {claimed}"
    return Verdict(claim, word, reason, None, confidence)


def judge_probability(
    claim: str,
    probability: Estimate,
    claimed_low: float,
    claimed_high: float,
    *,
    confidence: Confidence,
) -> Verdict:
    """Judge a claim about a probability, and give the likelihood word beside the verdict.

    The rule is that of `judge_interval`; a claimed end of 0 or 1 is no
    end ("less than 20%" is the range 0 to 0.2).

    Raises
    ------
    ModelInputError
        If the probability or the claimed range leaves [0, 1], or the claimed
        range is everything.
    """
    require_bounded([probability.low, probability.high], "probability", low=0, high=1)
    require_bounded([claimed_low, claimed_high], "claimed range", low=0, high=1)
    low = -math.inf if claimed_low == 0 else claimed_low
    high = math.inf if claimed_high == 1 else claimed_high
    word = _interval_rule(probability, low, high)
    claimed = _claimed(100 * low, 100 * high, units.PERCENT)
    reason = f"probability {_described(to_percent(probability))}; {claimed}"
    return Verdict(claim, word, reason, name_likelihood(probability.value), confidence)


def judge_measures(
    claim: str,
    estimates: Mapping[str, Estimate],
    claimed_low: float,
    claimed_high: float,
    *,
    confidence: Confidence,
) -> Verdict:
    """Judge one claim by several measures of the same quantity.

    If all measures give one verdict, it is that. Else, if at least one supports the
    claim wholly or partly, it is partly supported: it holds by some measures. Else the
    measures disagree without any support, and it is undetermined.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        One estimate for each named measure, all in one unit.

    Raises
    ------
    ModelInputError
        As `judge_interval`, and if there is no measure or units differ.
    """
    if not estimates or len({estimate.unit for estimate in estimates.values()}) > 1:
        raise ModelInputError(f"needs measures in one unit, got {dict(estimates)}")
    words = {
        name: _interval_rule(estimate, claimed_low, claimed_high)
        for name, estimate in estimates.items()
    }
    listed = "; ".join(f"{name} {_described(estimates[name])}: {words[name]}" for name in words)
    unit = next(iter(estimates.values())).unit
    reason = f"{listed}; {_claimed(claimed_low, claimed_high, unit)}"
    return Verdict(claim, _joint_rule(set(words.values())), reason, None, confidence)


def join_verdicts(
    claim: str, verdicts: Mapping[str, Verdict], *, confidence: Confidence
) -> Verdict:
    """Judge one claim by verdicts on measures that differ in unit and threshold.

    The rule is that of `judge_measures`.

    Parameters
    ----------
    claim : str
        Id of the claim.
    verdicts : mapping of str to Verdict
        One for each named measure.
    confidence : {"low", "moderate", "high"}
        From `judge_confidence`.

    Raises
    ------
    ModelInputError
        If there is no measure.
    """
    if not verdicts:
        raise ModelInputError("needs a verdict on at least one measure, got none")
    reason = "; ".join(f"{name}: {each.verdict} ({each.reason})" for name, each in verdicts.items())
    word = _joint_rule({each.verdict for each in verdicts.values()})
    return Verdict(claim, word, reason, None, confidence)


def _joint_rule(words: set[VerdictWord]) -> VerdictWord:
    if len(words) == 1:
        return next(iter(words))
    return "partly supported" if words & {"supported", "partly supported"} else "undetermined"


def _interval_rule(estimate: Estimate, low: float, high: float) -> VerdictWord:
    _require_claimed_range(low, high)
    if low <= estimate.low and estimate.high <= high:
        return "supported"
    if estimate.high < low or high < estimate.low:
        return "not supported"
    two_ends = math.isfinite(low) and math.isfinite(high)
    one_end_left = (estimate.low < low) != (estimate.high > high)
    if two_ends and one_end_left and low <= estimate.value <= high:
        return "partly supported"
    return "undetermined"


def _described(estimate: Estimate) -> str:
    if _seen_in_no_draw(estimate):
        return f"{_NO_DRAW} (n = {estimate.n})"
    interval = (
        "stated range"
        if estimate.kind == "range"
        else (f"{estimate.level:.0%} {estimate.kind} interval")
    )
    sign = _sign(estimate.unit)
    ends = f"{_number(estimate.low)}{sign} to {_number(estimate.high)}{sign}"
    return f"{_quantity(estimate.value, estimate.unit)} ({interval} {ends}, n = {estimate.n})"


def _seen_in_no_draw(estimate: Estimate) -> bool:
    """Return whether it is a share of draws, in percent, that none of them had."""
    nothing = estimate.value == estimate.low == estimate.high == 0
    return nothing and estimate.unit == "%" and estimate.kind in {"credible", "prediction"}


def _quantity(value: float, unit: str) -> str:
    gap = "" if not unit or unit.startswith("%") else " "
    return f"{_number(value)}{gap}{unit}"


def _claimed(low: float, high: float, unit: str) -> str:
    if math.isinf(low):
        return f"the claim: at most {_quantity(high, unit)}"
    if math.isinf(high):
        return f"the claim: at least {_quantity(low, unit)}"
    return f"the claim: {_number(low)}{_sign(unit)} to {_quantity(high, unit)}"


def _sign(unit: str) -> str:
    """Return the sign that stands at each of several percentages."""
    return "%" if unit.startswith("%") else ""


def _number(value: float) -> str:
    """Three digits, without an exponent where a reader can do without."""
    if 0 < value < _SMALLEST_SHOWN:
        return f"under {_SMALLEST_SHOWN}"
    written = f"{value:,.0f}" if 1e3 <= abs(value) < 1e15 else f"{value:.3g}"  # noqa: PLR2004
    return written.replace("-", "−")


def _require_claimed_range(low: float, high: float) -> None:
    if math.isnan(low) or math.isnan(high) or low > high:
        raise ModelInputError(f"claimed range must have its lower end first, got [{low}, {high}]")
    if math.isinf(low) and math.isinf(high):
        raise ModelInputError("claimed range must have at least one end, got none")


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
