"""Leading on paths that can be counted by hand, and what must hold of all paths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.core.errors import ModelInputError
from models.race.lead_events import EVENTS, measure_event_shares, measure_longest_spell

LEADS = arrays(float, (6, 4), elements=st.floats(-10, 10))


def test_a_path_is_counted_by_hand() -> None:
    lead = np.array([[-1.0, 3.0, 3.0, -1.0, 0.5, 0.5, 0.5]]).T
    assert measure_longest_spell(lead, 0.0).tolist() == [3]
    assert measure_longest_spell(lead, 1.0).tolist() == [2]
    terminal, ever, held = measure_event_shares(lead, [0, 1, 2, 6], margin=1.0, inner=1)[:, :, 0]
    assert terminal.tolist() == [0, 1, 1, 1]
    assert ever.tolist() == [0, 1, 1, 1]
    # Two in a row above the margin: from the third end of a quarter on.
    assert held.tolist() == [0, 0, 1, 1]


def test_one_lucky_quarter_is_no_lead() -> None:
    lead = np.array([[5.0, -1.0, 5.0, -1.0]]).T
    shares = measure_event_shares(lead, [3], margin=0.0, inner=1)
    assert dict(zip(EVENTS, shares[:, 0, 0], strict=True)) == {
        "terminal": 0.0,
        "ever": 1.0,
        "held": 0.0,
    }


@given(LEADS, st.floats(0, 5))
def test_who_held_the_lead_has_a_spell_of_two_and_was_ahead(
    lead: "np.typing.NDArray[np.float64]", margin: float
) -> None:
    shares = measure_event_shares(lead, [2, 5], margin=margin, inner=1)
    terminal, ever, held = shares[0], shares[1], shares[2]
    assert (held[1] == (measure_longest_spell(lead, margin) >= 2)).all()
    assert (held <= ever).all()
    assert (terminal <= ever).all()
    assert (np.diff(ever, axis=0) >= 0).all()
    assert (np.diff(held, axis=0) >= 0).all()


@given(LEADS, st.floats(0, 5), st.floats(0, 5))
def test_a_larger_margin_makes_no_spell_longer(
    lead: "np.typing.NDArray[np.float64]", first: float, second: float
) -> None:
    low, high = sorted((first, second))
    assert (measure_longest_spell(lead, high) <= measure_longest_spell(lead, low)).all()


def test_shares_are_of_each_draw() -> None:
    lead = np.array([[1.0, -1.0, 1.0, 1.0]])
    shares = measure_event_shares(lead, [0], margin=0.0, inner=2)
    assert shares[0, 0].tolist() == [0.5, 1.0]


def test_what_can_not_be_counted_is_refused() -> None:
    lead = np.ones((3, 4))
    with pytest.raises(ModelInputError, match="ascending quarters"):
        measure_event_shares(lead, [2, 1], margin=0.0, inner=1)
    with pytest.raises(ModelInputError, match="draws of 3"):
        measure_event_shares(lead, [1], margin=0.0, inner=3)
    with pytest.raises(ModelInputError, match="margin of 0 or more"):
        measure_longest_spell(lead, -1.0)
