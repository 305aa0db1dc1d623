import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.compute.compute_allocation import (
    bound_research_gap,
    compute_research_gap,
    find_delivery_share,
    simulate_research_gap,
    subtract_delivery,
)
from models.core.errors import ModelInputError
from models.core.estimates import Estimate

shares = st.floats(0, 0.99)


def between(low: float, value: float, high: float, n: int = 0) -> Estimate:
    return Estimate(value, low, high, 0.9, "range", n)


def test_research_compute_is_what_delivery_leaves() -> None:
    assert subtract_delivery([100.0, 10.0], 0.8).tolist() == pytest.approx([20, 2])


def test_a_tenfold_gap_becomes_twentyfive_fold() -> None:
    # 10 x (1 - 0.5) / (1 - 0.8).
    assert compute_research_gap(10, 0.5, 0.8) == pytest.approx(25)


@settings(deadline=None)
@given(gap=st.floats(0.01, 1e4), share=shares)
def test_equal_shares_leave_the_gap_as_it_is(gap: float, share: float) -> None:
    assert compute_research_gap(gap, share, share) == pytest.approx(gap)


@settings(deadline=None)
@given(gap=st.floats(0.01, 1e4), leader=shares, follower=shares, more=st.floats(0, 1))
def test_gap_rises_with_the_followers_delivery_and_falls_with_the_leaders(
    gap: float, leader: float, follower: float, more: float
) -> None:
    here = float(compute_research_gap(gap, leader, follower))
    assert compute_research_gap(gap, leader, follower + more * (0.99 - follower)) >= here * (
        1 - 1e-12
    )
    assert compute_research_gap(gap, leader + more * (0.99 - leader), follower) <= here * (
        1 + 1e-12
    )


def test_range_is_reached_at_the_ends() -> None:
    result = bound_research_gap(
        between(4, 12, 31, n=9), between(0.3, 0.5, 0.6), between(0.5, 0.75, 0.9)
    )
    assert result.value == pytest.approx(24)
    assert result.low == pytest.approx(4 * 0.4 / 0.5)
    assert result.high == pytest.approx(31 * 0.7 / 0.1)
    assert (result.kind, result.n) == ("range", 9)


def test_simulation_lies_within_the_range_and_needs_no_shares_to_be_exact(
    rng: np.random.Generator,
) -> None:
    gap, fixed = between(4, 11.136, 31), between(0.5, 0.5, 0.5)
    result = simulate_research_gap(gap, fixed, fixed, rng)
    assert result.low == pytest.approx(4, rel=0.03)
    assert result.high == pytest.approx(31, rel=0.03)
    wide = bound_research_gap(gap, between(0.3, 0.5, 0.6), between(0.5, 0.75, 0.9))
    inner = simulate_research_gap(gap, between(0.3, 0.5, 0.6), between(0.5, 0.75, 0.9), rng)
    assert wide.low < inner.low < inner.value < inner.high < wide.high


@settings(deadline=None)
@given(factor=st.floats(1, 50), leader=shares)
def test_the_delivery_share_for_a_factor_gives_that_factor(factor: float, leader: float) -> None:
    share = float(find_delivery_share(factor, leader))
    assert compute_research_gap(1, leader, share) == pytest.approx(factor)


def test_twice_the_total_gap_needs_three_quarters_of_delivery() -> None:
    assert find_delivery_share(2, 0.5) == pytest.approx(0.75)


@pytest.mark.parametrize("arguments", [(0, 0.5, 0.5), (10, -0.1, 0.5), (10, 0.5, 1.0)])
def test_impossible_shares_and_gaps_are_refused(arguments: tuple[float, float, float]) -> None:
    with pytest.raises(ModelInputError):
        compute_research_gap(*arguments)


def test_other_impossible_input_is_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="total_compute"):
        subtract_delivery(-1, 0.5)
    with pytest.raises(ModelInputError, match="gap_factor"):
        find_delivery_share(0.2, 0.5)
    fixed = between(0.5, 0.5, 0.5)
    with pytest.raises(ModelInputError, match="path"):
        simulate_research_gap(between(4, 12, 31), fixed, fixed, rng, n_paths=0)
