"""Bounds on a part of a population, against their definitions and against made-up parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.society.ecological_inference import Whole, bound_change_of_part

shares = st.floats(0.0, 1.0)
weights = st.floats(0.05, 0.95)


def test_bounds_are_those_of_duncan_and_davis() -> None:
    assert Whole(0.15, 0.4).bounds == pytest.approx((0.0, 0.375))
    assert Whole(0.8, 0.4).bounds == pytest.approx((0.5, 1.0))


@given(shares, shares, weights)
def test_bounds_hold_whatever_part_and_rest_are(part: float, rest: float, weight: float) -> None:
    low, high = Whole(weight * part + (1 - weight) * rest, weight).bounds
    assert low - 1e-9 <= part <= high + 1e-9


@given(st.floats(0.05, 0.9), st.floats(0.05, 0.9), weights)
def test_the_part_comes_back_from_its_ratio(part: float, rest: float, weight: float) -> None:
    whole = Whole(weight * part + (1 - weight) * rest, weight)
    assert whole.part(part / rest) == pytest.approx(part)


def test_with_equal_shares_part_and_whole_change_alike() -> None:
    change = bound_change_of_part(Whole(0.3, 0.4), Whole(0.2, 0.4), lowest_ratio=1, highest_ratio=1)
    assert change.whole == pytest.approx(-10)
    assert change.constant_ratio.value == pytest.approx(-10)
    assert change.constant_ratio.low == change.constant_ratio.high
    assert change.ageing.value == pytest.approx(0)


def test_each_assumption_narrows_the_range() -> None:
    change = bound_change_of_part(
        Whole(0.3, 0.45), Whole(0.2, 0.37), lowest_ratio=1, highest_ratio=2.5
    )
    for wide, narrow in (
        (change.logical, change.free_ratio),
        (change.free_ratio, change.constant_ratio),
    ):
        assert wide.low <= narrow.low <= narrow.value <= narrow.high <= wide.high
        assert wide.kind == "range"


def test_ageing_is_the_fall_at_fixed_shares() -> None:
    # 0.4 of the part and 0.2 of the rest; the part shrinks from 0.5 to 0.4: 0.1 times 0.2.
    change = bound_change_of_part(
        Whole(0.3, 0.5), Whole(0.28, 0.4), lowest_ratio=2, highest_ratio=2
    )
    assert change.ageing.value == pytest.approx(-2.0)
    assert change.constant_ratio.value == pytest.approx(0.0)
    assert change.break_even_ratio == pytest.approx(2.0)


def test_no_ratio_can_make_up_for_a_collapse() -> None:
    change = bound_change_of_part(Whole(0.5, 0.5), Whole(0.1, 0.5), lowest_ratio=1, highest_ratio=1)
    assert change.break_even_ratio is None


@pytest.mark.parametrize(("share", "weight"), [(1.2, 0.4), (0.3, 0.0), (0.3, 1.0), (-0.1, 0.5)])
def test_impossible_wholes_are_refused(share: float, weight: float) -> None:
    with pytest.raises(ModelInputError, match="must lie"):
        Whole(share, weight)


def test_impossible_ratios_are_refused() -> None:
    whole = Whole(0.3, 0.4)
    with pytest.raises(ModelInputError, match="positive"):
        bound_change_of_part(whole, whole, lowest_ratio=0, highest_ratio=1)
    with pytest.raises(ModelInputError, match="out of order"):
        bound_change_of_part(whole, whole, lowest_ratio=2, highest_ratio=1)
