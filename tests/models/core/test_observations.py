"""How far an observation moves a chance: by hand, and the parts make the whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.observations import measure_shift


def test_by_hand() -> None:
    observed = np.repeat([True, False], [40, 60])
    event = np.concatenate([np.repeat([True, False], [20, 20]), np.repeat([True, False], [6, 54])])
    shift = measure_shift(event, observed)
    assert (shift.observed, shift.before, shift.if_so, shift.if_not) == pytest.approx(
        (0.4, 0.26, 0.5, 0.1)
    )
    assert shift.expected_move == pytest.approx(0.4 * 0.24 + 0.6 * 0.16)


@given(st.integers(0, 2**32 - 1), st.floats(0.2, 0.8))
def test_the_chance_before_is_the_mean_of_those_after(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    shift = measure_shift(rng.random(400) < share, rng.random(400) < 0.5)
    mean = shift.observed * shift.if_so + (1 - shift.observed) * shift.if_not
    assert mean == pytest.approx(shift.before)


@pytest.mark.parametrize(("n", "seen"), [(100, 19), (100, 81), (30, 30)])
def test_an_observation_that_hardly_ever_is_either_way_is_refused(n: int, seen: int) -> None:
    with pytest.raises(ModelInputError, match="on either side"):
        measure_shift(np.zeros(n), np.arange(n) < seen)


def test_events_and_observations_go_together() -> None:
    with pytest.raises(ModelInputError, match="as many"):
        measure_shift(np.zeros(50), np.zeros(49))


def test_weights_count_draws_more_than_once() -> None:
    rng = np.random.default_rng(1)
    event, observed, times = rng.random(200) < 0.4, rng.random(200) < 0.5, rng.integers(1, 4, 200)
    weighted = measure_shift(event, observed, weights=times)
    repeated = measure_shift(np.repeat(event, times), np.repeat(observed, times))
    assert vars(weighted) == pytest.approx(vars(repeated))
