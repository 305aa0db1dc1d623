"""A specification curve holds every combination, says which were refused, and ranks choices."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.specification_curve import compute_specification_curve, pool_curves

CHOICES = {"base": ["one", "ten"], "shift": ["none", "small", "large"]}
PREFERRED = {"base": "one", "shift": "none"}
NUMBERS = {"one": 1.0, "ten": 10.0, "none": 0.0, "small": 1.0, "large": 4.0}


def added(options: Mapping[str, str]) -> Estimate:
    value = NUMBERS[options["base"]] + NUMBERS[options["shift"]]
    return Estimate(value, value - 0.5, value + 0.5, 0.9, "confidence", 7, "points")


def test_every_combination_is_there_once_and_sorted() -> None:
    curve = compute_specification_curve(added, CHOICES, preferred=PREFERRED)
    assert curve.table["value"].tolist() == [1, 2, 5, 10, 11, 14]
    assert curve.infeasible.empty
    assert curve.table.loc[curve.table["preferred"], "value"].tolist() == [1]
    assert (curve.preferred_rank, curve.median, curve.unit) == (1, 7.5, "points")


def test_shares_are_counts_over_the_answers() -> None:
    curve = compute_specification_curve(added, CHOICES, preferred=PREFERRED)
    assert curve.share_within(2, 10) == pytest.approx(3 / 6)
    assert curve.share_excluding(10.2) == pytest.approx(5 / 6)


def test_the_choice_that_matters_most_comes_first() -> None:
    medians = compute_specification_curve(added, CHOICES, preferred=PREFERRED).medians_by_option()
    assert medians["choice"].tolist() == ["base", "base", "shift", "shift", "shift"]
    assert medians["median"].tolist() == [2, 11, 5.5, 6.5, 9.5]


def test_what_the_data_cannot_answer_is_listed_with_its_reason() -> None:
    def picky(options: Mapping[str, str]) -> Estimate:
        if options["shift"] == "large":
            raise ModelInputError("needs at least 5 rows, got 2")
        return added(options)

    curve = compute_specification_curve(picky, CHOICES, preferred=PREFERRED)
    assert len(curve.table) == 4
    assert curve.infeasible["base"].tolist() == ["one", "ten"]
    assert set(curve.infeasible["reason"]) == {"needs at least 5 rows, got 2"}
    with pytest.raises(ModelInputError, match="preferred specification has no answer: needs"):
        compute_specification_curve(picky, CHOICES, preferred={"base": "one", "shift": "large"})


@pytest.mark.parametrize(
    ("choices", "preferred", "message"),
    [
        ({"base": []}, {"base": "one"}, "'base' needs different options"),
        ({"base": ["one", "one"]}, {"base": "one"}, "'base' needs different options"),
        ({"base": ["one"]}, {"base": "two"}, "one option of each choice"),
        ({"base": ["one"]}, {}, "one option of each choice"),
        ({"value": ["one"]}, {"value": "one"}, "must not be called value"),
    ],
)
def test_choices_that_make_no_curve_are_refused(
    choices: dict[str, list[str]], preferred: dict[str, str], message: str
) -> None:
    with pytest.raises(ModelInputError, match=message):
        compute_specification_curve(added, choices, preferred=preferred)


def test_answers_in_two_units_are_refused() -> None:
    def mixed(options: Mapping[str, str]) -> Estimate:
        return Estimate(1, 0, 2, 0.9, "confidence", 3, options["base"])

    with pytest.raises(ModelInputError, match="one level and unit"):
        compute_specification_curve(mixed, CHOICES, preferred=PREFERRED)


def test_curves_of_different_choices_are_pooled() -> None:
    first = compute_specification_curve(added, CHOICES, preferred=PREFERRED)
    other = compute_specification_curve(
        lambda options: added({"base": options["root"], "shift": "none"}),
        {"root": ["one", "ten"]},
        preferred={"root": "ten"},
    )
    pooled = pool_curves({"a": first, "b": other}, name="curve", preferred="a")
    assert pooled.choices == ("curve", "base", "shift", "root")
    assert len(pooled.table) == len(first.table) + len(other.table)
    assert pooled.table["value"].is_monotonic_increasing
    assert pooled.table["preferred"].sum() == 1
    assert pooled.table.loc[pooled.table["curve"] == "b", "base"].isna().all()
    assert set(pooled.medians_by_option()["option"]) == {
        *CHOICES["base"],
        *CHOICES["shift"],
        "a",
        "b",
    }
    assert (pooled.level, pooled.unit) == (first.level, first.unit)


def test_curves_that_do_not_fit_are_not_pooled() -> None:
    curve = compute_specification_curve(added, CHOICES, preferred=PREFERRED)
    with pytest.raises(ModelInputError, match="needs 'b' among"):
        pool_curves({"a": curve}, name="curve", preferred="b")
    with pytest.raises(ModelInputError, match="no other choice called 'base'"):
        pool_curves({"a": curve}, name="base", preferred="a")
    with pytest.raises(ModelInputError, match="one level and unit"):
        pool_curves({"a": curve, "b": replace(curve, unit="×")}, name="curve", preferred="a")
