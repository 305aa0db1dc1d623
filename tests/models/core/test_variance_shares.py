"""Shares of variance against closed forms."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from models.core.arrays import FloatArray
from models.core.errors import ModelInputError
from models.core.variance_shares import compute_variance_shares

Result = Callable[[FloatArray], FloatArray]


def exchanged(result: Result, k: int, *, n: int = 20_000, seed: int = 1) -> FloatArray:
    """Results with each group's draws from the first or the second sample, by the row's bits."""
    first, second = np.random.default_rng(seed).standard_normal((2, k, n))
    rows = []
    for row in range(1 << k):
        bits = np.array([row >> bit & 1 for bit in range(k)], dtype=bool)[:, np.newaxis]
        rows.append(result(np.where(bits, first, second)))
    return np.stack(rows)


def shares_of(result: Result, k: int, **size: int) -> list[float]:
    names = [f"x{i}" for i in range(k)]
    return [part.share for part in compute_variance_shares(exchanged(result, k, **size), names)]


def test_of_a_sum_each_group_has_its_own_variance() -> None:
    found = shares_of(lambda x: x[0] + 2 * x[1] + 0 * x[2], 3)
    assert found == pytest.approx([0.2, 0.8, 0.0], abs=0.01)


def test_what_acts_only_together_is_shared_alike() -> None:
    # A product of two has no variance alone; with x2, worth as much again, 1/4, 1/4 and 1/2.
    found = shares_of(lambda x: x[0] * x[1] + x[2], 3, n=60_000)
    assert found == pytest.approx([0.25, 0.25, 0.5], abs=0.02)


def test_published_values_of_the_ishigami_function() -> None:
    # Its Sobol indices are 0.3139, 0.4424, 0 and 0.2437 for x1 with x3, which both share
    # (Ishigami and Homma 1990): Shapley effects 0.4358, 0.4424 and 0.1219.
    def ishigami(x: FloatArray) -> FloatArray:
        a, b, c = np.pi * (2 * ndtr(x) - 1)
        return np.asarray(np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a))

    assert shares_of(ishigami, 3, n=60_000) == pytest.approx([0.4358, 0.4424, 0.1219], abs=0.01)


@given(weights=st.lists(st.floats(-5, 5), min_size=4, max_size=4), seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_shares_add_up_to_one(weights: list[float], seed: int) -> None:
    def result(x: FloatArray) -> FloatArray:
        w = np.asarray(weights)[:, np.newaxis]
        return np.asarray((w * x).sum(axis=0) + x[0] * x[3] > 0.3, dtype=float)

    assert sum(shares_of(result, 4, n=500, seed=seed)) == pytest.approx(1)


def test_the_error_is_that_of_repetitions() -> None:
    def chance(x: FloatArray) -> FloatArray:
        return np.asarray(x[0] + x[1] + x[0] * x[1] > 1, dtype=float)

    names = ["a", "b"]
    found = [
        compute_variance_shares(exchanged(chance, 2, n=1_000, seed=s), names) for s in range(60)
    ]
    spread = np.std([parts[0].share for parts in found])
    said = np.mean([parts[0].error for parts in found])
    assert said == pytest.approx(spread, rel=0.35)


@pytest.mark.parametrize(
    ("outcomes", "complaint"),
    [
        (np.ones((4, 100)), "does not vary"),
        (np.arange(60.0).reshape(3, 20), "needs 4 rows"),
        (np.arange(40.0).reshape(4, 10), "20 draws"),
    ],
)
def test_what_has_no_shares_is_refused(outcomes: FloatArray, complaint: str) -> None:
    with pytest.raises(ModelInputError, match=complaint):
        compute_variance_shares(outcomes, ["a", "b"])
