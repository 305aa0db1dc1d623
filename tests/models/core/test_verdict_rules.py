"""Rules and the scale of verdicts: a quantity that crosses a threshold changes the answer."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.predictive import Predictive, spread_estimate, state_fact, summarise_draws
from models.core.verdicts import (
    Direction,
    Rule,
    compute_probability_true,
    list_verdict_scale,
    read_verdict,
)

VALUES = st.floats(-1e6, 1e6, allow_nan=False)
OPPOSITES: list[tuple[Direction, Direction]] = [("at least", "below"), ("at most", "above")]


def known(value: float, unit: str = "times") -> Predictive:
    return state_fact(Estimate(value, value, value, 0.9, "range", 1, unit))


def rule(direction: Direction, threshold: float, upper: float | None = None) -> Rule:
    return Rule("ratio", "times", direction, threshold, upper)


@pytest.mark.parametrize(
    ("direction", "below", "at", "over"),
    [
        ("at least", 0, 1, 1),
        ("above", 0, 0, 1),
        ("at most", 1, 1, 0),
        ("below", 1, 0, 0),
    ],
)
def test_a_fact_makes_a_rule_true_or_false_on_each_side_of_its_threshold(
    direction: Direction, below: float, at: float, over: float
) -> None:
    found = [
        compute_probability_true(rule(direction, 10.0), known(value)) for value in (9.0, 10.0, 11.0)
    ]
    assert found == [below, at, over]


def test_both_ends_of_between_are_in() -> None:
    between = rule("between", 10.0, 100.0)
    found = [
        compute_probability_true(between, known(value)) for value in (9.99, 10.0, 100.0, 100.01)
    ]
    assert found == [0, 1, 1, 0]


@given(st.lists(VALUES, min_size=1, max_size=30), VALUES, st.sampled_from(OPPOSITES))
def test_a_rule_and_its_opposite_share_the_whole_probability(
    draws: list[float], threshold: float, pair: tuple[Direction, Direction]
) -> None:
    unit = Estimate(0.0, 0.0, 0.0, 0.9, "credible", 1, "times")
    predictive = summarise_draws(draws, unit)
    both = [compute_probability_true(rule(each, threshold), predictive) for each in pair]
    assert math.isclose(sum(both), 1.0)


@given(st.floats(-50, 50), st.floats(0.5, 20), st.floats(-100, 100), st.floats(0, 30))
def test_a_quantity_moved_up_never_makes_at_least_less_probable(
    centre: float, half: float, threshold: float, step: float
) -> None:
    def chance(value: float) -> float:
        estimate = Estimate(value, value - half, value + half, 0.9, "confidence", 9, "times")
        return compute_probability_true(rule("at least", threshold), spread_estimate(estimate))

    assert chance(centre) <= chance(centre + step)


def test_an_interval_that_begins_at_the_threshold_gives_the_share_above_it() -> None:
    estimate = Estimate(20.0, 10.0, 30.0, 0.9, "confidence", 9, "times")
    found = compute_probability_true(rule("at least", 10.0), spread_estimate(estimate))
    assert found == pytest.approx(0.95, abs=1 / 400)


@pytest.mark.parametrize(
    ("probability", "verdict"),
    [
        (0.0, "clearly against"),
        (0.0499, "clearly against"),
        (0.05, "against"),
        (0.2, "leans against"),
        (0.27, "leans against"),
        (0.45, "can't tell"),
        (0.5, "can't tell"),
        (0.55, "can't tell"),
        (0.5501, "leans for"),
        (0.8, "leans for"),
        (0.95, "for"),
        (0.9501, "clearly for"),
        (1.0, "clearly for"),
    ],
)
def test_the_scale_has_the_ends_of_icd_203(probability: float, verdict: str) -> None:
    assert read_verdict(probability) == verdict


@given(st.floats(0, 1))
def test_a_statement_and_its_opposite_get_mirrored_verdicts(probability: float) -> None:
    words = [band.word for band in list_verdict_scale()]
    first, second = (
        words.index(read_verdict(probability)),
        words.index(read_verdict(1 - probability)),
    )
    assert first + second == len(words) - 1


def test_ignorance_is_no_support() -> None:
    """The interval rule called 6% to 60% supported for "at least 5%", and 1% to 99% not."""
    wide = Estimate(50.0, 1.0, 99.0, 0.9, "credible", 9, "%")
    between = Rule("chance", "%", "between", 40.0, 60.0)
    assert read_verdict(compute_probability_true(between, spread_estimate(wide))) != "clearly for"


@pytest.mark.parametrize(
    ("direction", "threshold", "upper"),
    [
        ("between", 10.0, None),
        ("between", 10.0, 9.0),
        ("at least", 10.0, 20.0),
        ("at least", math.nan, None),
        ("above", math.inf, None),
        ("over", 1.0, None),
    ],
)
def test_what_is_no_rule_is_refused(
    direction: Direction, threshold: float, upper: float | None
) -> None:
    with pytest.raises(ModelInputError):
        rule(direction, threshold, upper)


def test_a_number_in_another_unit_is_refused() -> None:
    with pytest.raises(ModelInputError, match="times"):
        compute_probability_true(rule("at least", 1.0), known(2.0, "%"))


@pytest.mark.parametrize("probability", [-0.1, 1.1, math.nan])
def test_what_is_no_probability_is_refused(probability: float) -> None:
    with pytest.raises(ModelInputError):
        read_verdict(probability)
