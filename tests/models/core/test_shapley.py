"""Parts of a difference follow the axioms that define them, and the games whose answer is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.shapley import attribute_difference


def test_one_left_glove_and_two_right_ones_are_worth_what_the_textbook_says() -> None:
    def pairs(held: frozenset[str]) -> float:
        return float("left" in held and bool(held & {"right", "other"}))

    parts = attribute_difference(pairs, ["left", "right", "other"])
    assert parts == pytest.approx({"left": 2 / 3, "right": 1 / 6, "other": 1 / 6})


@given(st.lists(st.floats(-100, 100), min_size=8, max_size=8))
def test_parts_sum_to_the_difference_for_any_numbers(values: list[float]) -> None:
    def value(taken: frozenset[str]) -> float:
        return values[sum(2**i for i, name in enumerate("abc") if name in taken)]

    parts = attribute_difference(value, ["a", "b", "c"])
    assert sum(parts.values()) == pytest.approx(values[7] - values[0], abs=1e-9)


def test_what_adds_up_is_split_as_it_adds_up_and_what_never_matters_gets_nothing() -> None:
    worth = {"date": 2.0, "model": -3.5, "idle": 0.0}
    parts = attribute_difference(lambda taken: 7 + sum(worth[name] for name in taken), list(worth))
    assert parts == pytest.approx(worth)


def test_an_effect_of_two_together_is_shared_alike() -> None:
    parts = attribute_difference(lambda taken: 4.0 * ({"a", "b"} <= taken), ["a", "b"])
    assert parts == pytest.approx({"a": 2.0, "b": 2.0})


def test_no_choice_makes_no_step() -> None:
    assert attribute_difference(lambda _: 5.0, []) == {}


def test_repeated_choices_and_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(ModelInputError, match="different choices"):
        attribute_difference(lambda _: 0.0, ["a", "a"])
    with pytest.raises(ModelInputError, match="finite number"):
        attribute_difference(lambda taken: float("nan") if taken else 0.0, ["a"])
