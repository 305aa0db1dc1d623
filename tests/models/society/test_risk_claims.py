import numpy as np
import pandas as pd
import pytest

from models.core.estimates import Estimate
from models.society.risk_claims import (
    GrowthVerdict,
    agrees_with,
    judge_debuts,
    judge_public_money,
    judge_recent_growth,
)
from models.society.risk_taking import Measure

YEARS = np.arange(2010, 2020)


def growing(factor: float) -> Measure:
    wiggle = 1 + 0.001 * np.cos(YEARS)
    firms = wiggle * factor ** (YEARS - 2010.0)
    rows = pd.DataFrame({"country": "CHN", "year": YEARS, "firms": firms})
    return Measure(rows, "firms")


def turning() -> Measure:
    """Fall for six years, then rise for four."""
    steps = np.concatenate([np.arange(6, 0, -1), [1.5, 2.0, 2.5, 3.0]])
    return Measure(pd.DataFrame({"country": "CHN", "year": YEARS, "firms": 1.1**steps}), "firms")


def judged(**measures: Measure) -> GrowthVerdict:
    return judge_recent_growth("bold", measures, "CHN", last_years=5, spans=range(4, 8), level=0.9)


@pytest.mark.parametrize(
    ("factors", "word", "counts"),
    [
        ((1.1, 1.2), "supported", (2, 0)),
        ((1.1, 0.9), "partly supported", (1, 1)),
        ((0.8, 0.9), "not supported", (0, 2)),
    ],
)
def test_growth_in_every_measure_supports_and_falls_speak_against(
    factors: tuple[float, float], word: str, counts: tuple[int, int]
) -> None:
    found = judged(first=growing(factors[0]), second=growing(factors[1]))
    assert found.verdict.verdict == word
    assert (found.rising, found.falling) == counts
    assert found.undecided == 0
    assert found.verdict.reason.startswith(
        f"of 2 measures over 5 years each, {counts[0]} rise, {counts[1]} fall"
    )
    assert found.verdict.reason.endswith("at 90% confidence; none asks young entrepreneurs")


def test_spans_that_give_another_verdict_are_counted() -> None:
    steady, turned = judged(one=growing(1.1)), judged(one=turning())
    assert steady.other_spans == (4, 6, 7)
    assert steady.other_verdicts == 0
    assert turned.other_verdicts > 0
    assert turned.verdict.confidence == "low"


@pytest.mark.parametrize(
    ("first_days", "claimed", "word"),
    [
        ({"A": 13.2, "B": 109.0}, 4.35, "supported"),
        ({"A": 13.2, "B": 109.0}, 4.53, "partly supported"),
        ({"A": -13.2, "B": 109.0}, 4.35, "undetermined"),
    ],
)
def test_two_debuts(first_days: dict[str, float], claimed: float, word: str) -> None:
    verdict = judge_debuts("listings", first_days, raised={"A": 4.3481}, claimed=claimed)
    assert verdict.verdict == word
    assert verdict.confidence == "low"
    assert f"A raised HK$4.348 billion against the {claimed} claimed (n = 2" in verdict.reason
    assert "B 109% above the offer price" in verdict.reason


def test_sums_agree_to_two_decimals() -> None:
    assert agrees_with(4.3481, 4.35)
    assert not agrees_with(4.3449, 4.35)


@pytest.mark.parametrize(
    ("low", "high", "word", "told"),
    [
        (60.0, 123.4, "supported", "60% to 123%"),
        (2.04, 9.0, "not supported", "2.0% to 9.0%"),
        (2.0, 24.4, "undetermined", "2.0% to 24%"),
    ],
)
def test_public_money_by_the_share_of_the_gap(
    low: float, high: float, word: str, told: str
) -> None:
    shares = {
        "one": Estimate(low, low, (low + high) / 2, 0.9, "range", 0, "%"),
        "two": Estimate(high, low, high, 0.9, "range", 0, "%"),
    }
    verdict = judge_public_money("state", shares, for_at_least=50, against_below=10)
    assert verdict.verdict == word
    assert f"would close {told} of the yearly gap (stated range, 2 gaps; for: 50%" in verdict.reason
