import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.verdicts import (
    Confidence,
    join_verdicts,
    judge_confidence,
    judge_interval,
    judge_measures,
    judge_probability,
    list_likelihood_bands,
    name_likelihood,
)

OPPOSITE = {
    "less than 1 in 100": "more than 99 in 100",
    "almost no chance": "almost certain",
    "very unlikely": "very likely",
    "unlikely": "likely",
    "roughly even chance": "roughly even chance",
}
OPPOSITE |= {high: low for low, high in OPPOSITE.items()}


def estimate(value: float, low: float, high: float, unit: str = "×") -> Estimate:
    return Estimate(value, low, high, 0.9, "confidence", 40, unit)


# ICD 203 (2015), D.6.e.2.a.
@pytest.mark.parametrize(
    ("percent", "word"),
    [
        (0, "less than 1 in 100"),
        (0.9, "less than 1 in 100"),
        (1, "almost no chance"),
        (3, "almost no chance"),
        (12, "very unlikely"),
        (30, "unlikely"),
        (50, "roughly even chance"),
        (70, "likely"),
        (90, "very likely"),
        (97, "almost certain"),
        (99, "almost certain"),
        (99.5, "more than 99 in 100"),
        (100, "more than 99 in 100"),
    ],
)
def test_words_are_those_of_the_directive(percent: float, word: str) -> None:
    assert name_likelihood(percent / 100) == word


# Lin's "less than 20%" is at most "very unlikely": 20% itself is the next word.
@pytest.mark.parametrize(
    ("border", "word"),
    [
        (0.05, "very unlikely"),
        (0.20, "unlikely"),
        (0.45, "roughly even chance"),
        (0.55, "roughly even chance"),
        (0.80, "likely"),
        (0.95, "very likely"),
    ],
)
def test_a_border_takes_the_word_nearer_to_even(border: float, word: str) -> None:
    assert name_likelihood(border) == word


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_an_event_and_its_opposite_mirror_each_other(basis_points: int) -> None:
    p = basis_points / 10_000
    assert name_likelihood(1 - p) == OPPOSITE[name_likelihood(p)]


@pytest.mark.parametrize("p", [-0.01, 1.01, math.nan])
def test_what_is_no_probability_has_no_word(p: float) -> None:
    with pytest.raises(ModelInputError, match="probability"):
        name_likelihood(p)


@pytest.mark.parametrize(
    ("low", "value", "high", "verdict"),
    [
        (12, 20, 60, "supported"),
        (10, 20, 100, "supported"),
        (2, 4, 9, "not supported"),
        (101, 120, 300, "not supported"),
        (5, 20, 60, "partly supported"),
        (20, 60, 150, "partly supported"),
        (5, 8, 60, "undetermined"),
        (5, 31, 150, "undetermined"),
    ],
)
def test_one_to_two_orders_of_magnitude(
    low: float, value: float, high: float, verdict: str
) -> None:
    result = judge_interval("compute-gap", estimate(value, low, high), 10, 100, confidence="low")
    assert result.verdict == verdict
    assert result.likelihood_word is None


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(1.1, 3, "supported"), (0.2, 0.9, "not supported"), (0.8, 3, "undetermined")],
)
def test_a_claim_with_one_end_is_undetermined_when_the_interval_straddles_it(
    low: float, high: float, verdict: str
) -> None:
    result = judge_interval("leaner", estimate(low, low, high), 1, math.inf, confidence="low")
    assert result.verdict == verdict


def test_the_reason_is_computed_from_the_estimate() -> None:
    result = judge_interval("gap", estimate(20, 12, 60), 10, 100, confidence="high")
    assert (
        result.reason == "20 × (90% confidence interval 12 to 60, n = 40); the claim: 10 to 100 ×"
    )
    large = judge_interval(
        "stock", estimate(401698, 324871, 496849, ""), -math.inf, 1e6, confidence="high"
    )
    assert large.reason.startswith("401,698 (90% confidence interval 324,871 to 496,849, n = 40)")
    assert large.reason.endswith("the claim: at most 1,000,000")
    falling = judge_interval(
        "change", estimate(-2, -4, 1, "points"), 0, math.inf, confidence="high"
    )
    assert falling.reason.startswith("−2 points (90% confidence interval −4 to 1,")
    assert falling.reason.endswith("the claim: at least 0 points")


def test_a_share_that_no_draw_had_is_small_and_has_no_interval_of_zero() -> None:
    never = Estimate(0, 0, 0, 0.9, "credible", 11, "%")
    result = judge_measures("undecided", {"owned": never}, 5, 95, confidence="low")
    assert result.reason == "owned under 0.1% (n = 11): not supported; the claim: 5% to 95%"
    level = estimate(0, 0, 0, "%")
    counted = judge_measures("share", {"firms": level}, 5, 95, confidence="low")
    assert "firms 0% (90% confidence interval 0% to 0%, n = 40)" in counted.reason


@pytest.mark.parametrize(
    ("p", "low", "high", "verdict", "word"),
    [
        (0.10, 0.04, 0.18, "not supported", "very unlikely"),
        (0.70, 0.60, 0.90, "supported", "likely"),
        (0.40, 0.20, 0.70, "undetermined", "unlikely"),
    ],
)
def test_high_likelihood(p: float, low: float, high: float, verdict: str, word: str) -> None:
    result = judge_probability(
        "leading-firm", estimate(p, low, high, ""), 0.55, 1, confidence="low"
    )
    assert (result.verdict, result.likelihood_word) == (verdict, word)


def test_less_than_twenty_percent_has_one_end() -> None:
    result = judge_probability("lin", estimate(0.1, 0.02, 0.3, ""), 0, 0.2, confidence="moderate")
    assert result.verdict == "undetermined"
    assert result.reason.endswith("the claim: at most 20%")


@pytest.mark.parametrize(
    ("measures", "verdict"),
    [
        ({"a": (12, 20, 60), "b": (11, 30, 90)}, "supported"),
        ({"a": (2, 4, 6), "b": (1, 5, 9)}, "not supported"),
        ({"a": (12, 20, 60), "b": (2, 4, 6)}, "partly supported"),
        ({"a": (5, 8, 60), "b": (2, 4, 6)}, "undetermined"),
    ],
)
def test_several_measures(measures: dict[str, tuple[float, ...]], verdict: str) -> None:
    estimates = {name: estimate(m[1], m[0], m[2]) for name, m in measures.items()}
    result = judge_measures("gap", estimates, 10, 100, confidence="low")
    assert result.verdict == verdict
    assert all(name in result.reason for name in measures)


def test_measures_in_different_units_are_refused() -> None:
    mixed = {"a": estimate(1, 0, 2, "×"), "b": estimate(1, 0, 2, "points")}
    with pytest.raises(ModelInputError, match="one unit"):
        judge_measures("gap", mixed, 0, 1, confidence="low")
    with pytest.raises(ModelInputError, match="one unit"):
        judge_measures("gap", {}, 0, 1, confidence="low")


@pytest.mark.parametrize(
    ("low", "high", "message"),
    [(2, 1, "lower end first"), (math.nan, 1, "lower end"), (-math.inf, math.inf, "one end")],
)
def test_impossible_claims_are_refused(low: float, high: float, message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        judge_interval("x", estimate(1, 0, 2), low, high, confidence="low")


def test_probabilities_out_of_range_are_refused() -> None:
    with pytest.raises(ModelInputError, match="probability"):
        judge_probability("x", estimate(0.9, 0.8, 1.1), 0, 0.2, confidence="low")
    with pytest.raises(ModelInputError, match="claimed range"):
        judge_probability("x", estimate(0.9, 0.8, 1), 0, 20, confidence="low")


@pytest.mark.parametrize(
    ("n", "agreeing", "measures", "flips", "checks", "confidence"),
    [
        (60, 5, 5, 0, 8, "high"),
        (60, 5, 5, 1, 8, "moderate"),
        (60, 4, 5, 0, 8, "moderate"),
        (60, 2, 3, 0, 8, "low"),
        (60, 5, 5, 3, 8, "low"),
        (29, 5, 5, 0, 8, "moderate"),
        (9, 5, 5, 0, 8, "low"),
        (0, 1, 1, 0, 0, "low"),
        (60, 1, 1, 0, 0, "moderate"),
    ],
)
def test_confidence_rule(
    n: int, agreeing: int, measures: int, flips: int, checks: int, confidence: Confidence
) -> None:
    found = judge_confidence(
        n=n,
        measures_agreeing=agreeing,
        measures=measures,
        checks_flipping=flips,
        checks=checks,
    )
    assert found == confidence


@settings(deadline=None)
@given(n=st.integers(0, 99), agreeing=st.integers(1, 5), flips=st.integers(0, 4))
def test_more_evidence_never_lowers_confidence(n: int, agreeing: int, flips: int) -> None:
    order = ["low", "moderate", "high"]

    def rank(n: int, agreeing: int, flips: int) -> int:
        return order.index(
            judge_confidence(
                n=n, measures_agreeing=agreeing, measures=5, checks_flipping=flips, checks=4
            )
        )

    here = rank(n, agreeing, flips)
    assert rank(n + 1, agreeing, flips) >= here
    assert rank(n, min(agreeing + 1, 5), flips) >= here
    assert rank(n, agreeing, max(flips - 1, 0)) >= here


@pytest.mark.parametrize(
    "counts",
    [
        {"n": -1, "measures_agreeing": 1, "measures": 1},
        {"n": 5, "measures_agreeing": 0, "measures": 0},
        {"n": 5, "measures_agreeing": 3, "measures": 2},
        {"n": 5, "measures_agreeing": 1, "measures": 1, "checks_flipping": 2, "checks": 1},
    ],
)
def test_impossible_counts_are_refused(counts: dict[str, int]) -> None:
    with pytest.raises(ModelInputError):
        judge_confidence(**counts)


@given(p=st.floats(0, 1))
@example(p=0.01)
@example(p=0.05)
@example(p=0.2)
@example(p=0.45)
@example(p=0.55)
@example(p=0.8)
@example(p=1 - 0.2)
@example(p=0.95)
@example(p=0.99)
@example(p=1.0)
def test_bands_for_programs_say_what_the_function_says(p: float) -> None:
    rounded = round(p, 12)
    word = next(
        band.word
        for band in list_likelihood_bands()
        if rounded < band.upper or (band.includes_upper and rounded == band.upper)
    )
    assert word == name_likelihood(p)


@pytest.mark.parametrize(
    ("days", "shares", "word"),
    [
        ((40, 60), (0.5, 0.7), "supported"),
        ((5, 9), (0.9, 1.2), "not supported"),
        ((40, 60), (0.9, 1.2), "partly supported"),
        ((40, 60), (0.7, 1.2), "partly supported"),
        ((20, 60), (0.9, 1.2), "undetermined"),
        ((20, 60), (0.7, 1.2), "undetermined"),
    ],
)
def test_measures_in_different_units_are_joined_by_the_rule_of_measures(
    days: tuple[float, float], shares: tuple[float, float], word: str
) -> None:
    wait = judge_interval("c", estimate(days[0], *days, "days"), 30, math.inf, confidence="low")
    share = judge_interval("c", estimate(shares[0], *shares), -math.inf, 0.8, confidence="low")
    joined = join_verdicts("c", {"wait": wait, "speed": share}, confidence="moderate")
    assert (joined.verdict, joined.confidence, joined.likelihood_word) == (word, "moderate", None)
    assert wait.reason in joined.reason
    assert f"speed: {share.verdict}" in joined.reason


def test_joining_nothing_is_refused() -> None:
    with pytest.raises(ModelInputError, match="at least one measure"):
        join_verdicts("c", {}, confidence="low")
