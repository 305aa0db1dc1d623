"""Parts of a change sum to it, each input is in one of them, whatever could not be run."""

import math
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.publishing.why import splitting
from overtake.publishing.why.splitting import INPUTS, Corner

FINITE = st.floats(-1e6, 1e6, allow_nan=False)


def corners(differing: tuple[str, ...]) -> list[Corner]:
    sizes = range(len(differing) + 1)
    return [frozenset(each) for size in sizes for each in combinations(differing, size)]


@st.composite
def measured(draw: st.DrawFn) -> tuple[tuple[str, ...], dict[Corner, float]]:
    """Return inputs that differ, and values at both ends and at some corners between."""
    chosen = draw(st.sets(st.sampled_from(INPUTS), min_size=1))
    differing = tuple(each for each in INPUTS if each in chosen)
    known = corners(differing)
    between = draw(st.sets(st.sampled_from(known[1:-1]))) if known[1:-1] else set()
    return differing, {each: draw(FINITE) for each in (known[0], *between, known[-1])}


@given(measured())
def test_parts_sum_to_the_change_and_share_out_the_inputs(
    given: tuple[tuple[str, ...], dict[Corner, float]],
) -> None:
    differing, values = given
    parts = splitting.split(differing, values, {}, {})
    change = values[frozenset(differing)] - values[frozenset()]
    assert math.isclose(math.fsum(p.change for p in parts), change, abs_tol=1e-6)
    assert sorted(chain(*(p.inputs for p in parts))) == sorted(differing)
    assert all(p.low <= p.change <= p.high and p.orders >= 1 for p in parts)


@given(measured())
def test_no_order_would_have_told_more_apart(
    given: tuple[tuple[str, ...], dict[Corner, float]],
) -> None:
    differing, values = given
    most = max(
        sum(each in values for each in splitting.corners(order)) - 1
        for order in splitting.orders(differing)
    )
    assert len(splitting.split(differing, values, {}, {})) == most


def test_the_environment_comes_first_then_code_data_and_judgement() -> None:
    first, *_ = orders = splitting.orders(("judgement", "data", "environment", "code"))
    assert first == INPUTS
    assert len(orders) == 24
    assert all(order[0] == "environment" for order in orders[:6])


def test_what_lies_between_is_the_obstacle() -> None:
    ends = {frozenset[str](): 1.0, frozenset({"code", "data"}): 4.0}
    why = {frozenset({"code"}): "a column is missing", frozenset({"data"}): "a package is gone"}
    (part,) = splitting.split(("code", "data"), ends, {frozenset({"code", "data"}): "abc"}, why)
    assert part.inputs == ("code", "data")
    assert (part.change, part.run, part.obstacle) == (3, "abc", "a column is missing")
    assert part.low == part.high == pytest.approx(3)
