import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.verdicts import (
    Confidence,
    judge_confidence,
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
