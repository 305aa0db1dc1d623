import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.extreme_values import draw_expected_top


def expect(values: np.ndarray, *, top: int = 1, seed: int = 3) -> np.ndarray:
    return draw_expected_top(values, top=top, rng=np.random.default_rng(seed), draws=4000)


def test_the_largest_of_many_exponentials_is_as_published() -> None:
    # The largest of n exponentials has the mean 1 + 1/2 + … + 1/n (Rényi 1953).
    values = -np.log((np.arange(1, 2001) - 0.5) / 2000)
    harmonic = (1 / np.arange(1, 2001)).sum()
    assert np.median(expect(values)) == pytest.approx(harmonic, abs=0.6)


@settings(max_examples=20, deadline=None)
@given(scale=st.floats(0.1, 10), shift=st.floats(-50, 50), top=st.integers(1, 4))
def test_it_moves_with_place_and_scale(scale: float, shift: float, top: int) -> None:
    values = np.random.default_rng(1).normal(size=40)
    moved = expect(shift + scale * values, top=top)
    np.testing.assert_allclose(moved, shift + scale * expect(values, top=top), atol=1e-8)


def test_the_mean_of_more_is_smaller_and_better_known() -> None:
    values = np.random.default_rng(2).normal(size=60)
    one, five = expect(values), expect(values, top=5)
    assert np.median(one) > np.median(five)
    assert one.std() > five.std()


def test_values_all_alike_have_no_tail() -> None:
    assert set(expect(np.full(9, 4.0))) == {4.0}


@pytest.mark.parametrize(("n", "top"), [(1, 1), (3, 3), (5, 0)])
def test_too_few_values_are_refused(n: int, top: int) -> None:
    with pytest.raises(ModelInputError, match="more values"):
        expect(np.arange(n, dtype=float), top=top)
