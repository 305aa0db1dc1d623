"""What the evidence says of the claims about risk-taking, debuts and public money.

The words of a verdict follow the rules of `models.core.verdicts`; what is added here is
the reason in one line, and how sure of it the evidence lets us be.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.core.estimates import Estimate
from models.core.verdicts import (
    Verdict,
    confidence_level,
    verdict_from_interval,
    verdict_from_measures,
)
from models.society.risk_taking import (
    Direction,
    Measure,
    direction,
    recent_growths,
    verdict_by_thresholds,
)

_LARGEST_TWO_DIGITS = 99.5


@dataclass(frozen=True)
class GrowthVerdict:
    """A verdict from the recent growth of several measures, and how far it hangs on the span.

    Attributes
    ----------
    verdict : Verdict
        From the span asked for.
    growths : mapping of str to Estimate
        Recent growth of each measure, percent a year.
    other_spans : tuple of int
        Numbers of last years that the verdict was also made from.
    other_verdicts : int
        Of these, the spans that give another verdict.
    """

    verdict: Verdict
    growths: Mapping[str, Estimate]
    other_spans: tuple[int, ...]
    other_verdicts: int

    @property
    def rising(self) -> int:
        """Measures that rise, as far as the interval tells."""
        return self._count("rises")

    @property
    def falling(self) -> int:
        """Measures that fall, as far as the interval tells."""
        return self._count("falls")

    @property
    def undecided(self) -> int:
        """Measures whose interval holds zero."""
        return self._count("open")

    def _count(self, way: Direction) -> int:
        return sum(direction(growth) == way for growth in self.growths.values())


def judge_recent_growth(
    claim: str,
    measures: Mapping[str, Measure],
    country: str,
    *,
    last_years: int,
    spans: Sequence[int],
    level: float,
) -> GrowthVerdict:
    """Judge a claim that a country's measures rise, from their last years with data.

    The confidence follows from the years, from how many measures go the same way,
    and from how often another span gives another verdict.

    Parameters
    ----------
    claim : str
        Id of the claim.
    measures : mapping of str to Measure
        Measures of what should rise, by name.
    country : str
        ISO 3166 alpha-3 code.
    last_years : int
        Last years with data behind the verdict, at least 4.
    spans : sequence of int
        Numbers of last years to try besides; `last_years` itself is left out.
    level : float
        Confidence level.

    Raises
    ------
    ModelInputError
        If a measure has too few years, or as `verdict_from_measures`.
    """
    others = tuple(years for years in spans if years != last_years)
    by_span = {
        years: recent_growths(measures, country, last_years=years, level=level)
        for years in (last_years, *others)
    }
    verdicts = {
        years: verdict_from_measures(claim, growths, 0.0, float("inf"), confidence="low")
        for years, growths in by_span.items()
    }
    flips = sum(verdicts[years].verdict != verdicts[last_years].verdict for years in others)
    found = GrowthVerdict(verdicts[last_years], by_span[last_years], others, flips)
    reason = (
        f"of {len(measures)} measures over {last_years} years each, {found.rising} rise, "
        f"{found.falling} fall and the rest can't be told from level at {level:.0%} "
        "confidence; none asks young entrepreneurs"
    )
    confidence = confidence_level(
        n=last_years,
        measures_agreeing=max(Counter(map(direction, found.growths.values())).values()),
        measures=len(measures),
        checks_flipping=flips,
        checks=len(others),
    )
    return replace(found, verdict=replace(found.verdict, reason=reason, confidence=confidence))


def judge_debuts(
    claim: str, first_days: Mapping[str, float], *, raised: Mapping[str, float], claimed: float
) -> Verdict:
    """Judge a claim that two listings closed above their offer price, and that one raised a sum.

    If the sum differs, the claim is at most partly supported.

    Parameters
    ----------
    claim : str
        Id of the claim.
    first_days : mapping of str to float
        Return at the first close on the offer price by firm, %.
    raised : mapping of str to float
        The firm whose sum is claimed, and what it raised, billion HKD.
    claimed : float
        Sum claimed, billion HKD, to two decimals.
    """
    ((raiser, sum_raised),) = raised.items()
    returns = list(first_days.values())
    n = len(returns)
    span = Estimate(sum(returns) / n, min(returns), max(returns), 0.9, "range", n, "%")
    verdict = verdict_from_interval(
        claim,
        span,
        0.0,
        float("inf"),
        confidence=confidence_level(n=n, measures_agreeing=n, measures=n),
    )
    told = " and ".join(f"{firm} {value:.0f}%" for firm, value in first_days.items())
    return replace(
        verdict,
        verdict=verdict.verdict if agrees_with(sum_raised, claimed) else "partly supported",
        reason=(
            f"{told} above the offer price at the first close; {raiser} raised "
            f"HK${sum_raised:.3f} billion against the {claimed} claimed "
            f"(n = {n}: two facts, no trend)"
        ),
    )


def agrees_with(amount: float, claimed: float) -> bool:
    """Tell whether an amount, rounded to two decimals, is the one claimed."""
    return round(amount, 2) == claimed


def judge_public_money(
    claim: str, shares: Mapping[str, Estimate], *, for_at_least: float, against_below: float
) -> Verdict:
    """Judge a claim that public money would help, by how much of a gap it would close.

    Parameters
    ----------
    claim : str
        Id of the claim.
    shares : mapping of str to Estimate
        Shares of several gaps that the money would close, % (stated ranges).
    for_at_least, against_below : float
        Thresholds of `models.society.risk_taking.verdict_by_thresholds`, %.

    Raises
    ------
    ModelInputError
        As `verdict_by_thresholds`.
    """
    verdict = verdict_by_thresholds(
        claim,
        shares,
        for_at_least=for_at_least,
        against_below=against_below,
        confidence=confidence_level(n=0, measures_agreeing=1, measures=len(shares)),
    )
    lowest = min(share.low for share in shares.values())
    highest = max(share.high for share in shares.values())
    return replace(
        verdict,
        reason=(
            f"public funds of the known size would close {_two_digits(lowest)}% to "
            f"{_two_digits(highest)}% of the yearly gap (stated range, {len(shares)} gaps; "
            f"for: {for_at_least:g}% or more, against: below {against_below:g}%); no data here "
            "show whether they help"
        ),
    )


def _two_digits(value: float) -> str:
    """Write a number with two significant digits, whole numbers as they are."""
    if abs(value) >= _LARGEST_TWO_DIGITS:
        return f"{value:,.0f}"
    return f"{value:#.2g}".rstrip(".")
