"""Priors of one quantity: their ends, and what they can't leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.priors import Prior


def test_the_ends_are_those_that_are_said() -> None:
    assert Prior(2.0, 4.0, "data").ends(10.0) == pytest.approx((5.0, 40.0))
    assert Prior(3.0, 3.0, "judgement", origin=2025.0).ends(2031.0) == pytest.approx((2027, 2043))
    assert Prior(19.0, 19.0, "judgement", "odds").ends(0.5) == pytest.approx((0.05, 0.95))


@given(
    middle=st.floats(0, 1),
    below=st.floats(1, 50),
    above=st.floats(1, 50),
    score=st.floats(-8, 8),
)
def test_a_share_stays_a_share(middle: float, below: float, above: float, score: float) -> None:
    drawn = float(Prior(below, above, "judgement", "odds").draw(middle, score))
    assert 0 <= drawn <= 1
    assert (drawn >= middle - 1e-12) if score >= 0 else (drawn <= middle + 1e-12)


@given(middle=st.floats(0.1, 10), below=st.floats(1, 50), above=st.floats(1, 50))
def test_the_middle_is_drawn_at_no_score_and_no_spread_holds_it(
    middle: float, below: float, above: float
) -> None:
    prior = Prior(below, above, "judgement")
    assert float(prior.draw(middle, 0.0)) == pytest.approx(middle)
    assert prior.ends(middle, 0.0) == pytest.approx((middle, middle))


def test_a_range_without_its_middle_is_refused() -> None:
    with pytest.raises(ModelInputError, match="factors of 1 or more"):
        Prior(0.5, 2.0, "judgement")
