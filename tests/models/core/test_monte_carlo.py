from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from models.capability.average_lag import AverageLag, estimate_average_lag
from models.capability.capability_gap import CapabilityLag, estimate_capability_lag
from models.capability.frontier_gap import estimate_frontier_gap
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.monte_carlo import count_digits, measure_end_error
from tests.models.simulated import staircase

SEEDS = range(4)


def number(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, 0.9, "confidence", 10, "points")


def test_the_error_of_an_end_is_that_of_a_normal_quantile(rng: np.random.Generator) -> None:
    # Var of a quantile: p (1 - p) / n f², with f the density there (Serfling 1980, 2.3.3).
    n, p = 40_000, 0.05
    expected = (p * (1 - p) / n) ** 0.5 / stats.norm.pdf(stats.norm.ppf(p))
    found = [measure_end_error(rng.standard_normal(n), level=0.9) for _ in range(20)]
    assert np.mean(found) == pytest.approx(expected, rel=0.3)


@pytest.mark.parametrize(
    ("error", "digits"), [(0.0, 2), (0.001, 2), (0.09, 2), (0.1, 2), (0.3, 1), (2.0, 1)]
)
def test_a_digit_that_the_seed_moves_is_not_printed(error: float, digits: int) -> None:
    assert count_digits(number(6.4, 4.1, 9.0), error) == digits


def test_the_smallest_of_the_three_numbers_decides() -> None:
    assert count_digits(number(64, 41, 90), 0.9) == 2
    assert count_digits(number(64, 4.1, 90), 0.9) == 1


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e3))
def test_a_unit_of_the_last_digit_is_no_less_than_the_error(value: float, error: float) -> None:
    digits = count_digits(number(value, value, value), error)
    if digits > 1:
        assert 10 ** (np.floor(np.log10(value)) - digits + 1) >= error * (1 - 1e-9)


@pytest.mark.parametrize("error", [-1.0, float("nan"), float("inf")])
def test_an_error_that_is_none_is_refused(error: float) -> None:
    with pytest.raises(ModelInputError, match="finite"):
        count_digits(number(1, 0, 2), error)
    with pytest.raises(ModelInputError, match="40 draws"):
        measure_end_error(np.arange(5.0), level=0.9)


def last_place(estimate: Estimate, digits: int) -> float:
    """A unit of the last digit of the smallest number that is printed of an estimate."""
    smallest = min(abs(x) for x in (estimate.value, estimate.low, estimate.high))
    return float(10.0 ** (np.floor(np.log10(smallest)) - digits + 1))


def spread_over_seeds(estimate: Callable[[np.random.Generator], Estimate]) -> float:
    found = [estimate(np.random.default_rng(seed)) for seed in SEEDS]
    assert len({each.value for each in found}) == 1
    return float(np.ptp([[each.low, each.high] for each in found], axis=0).max())


def test_the_digits_of_gaps_and_lags_stand_under_other_seeds() -> None:
    """Four seeds seldom differ by more than three errors, each a unit at most."""
    table = staircase(np.random.default_rng(4), lag_months=7, n=40)

    def gap(rng: np.random.Generator) -> Estimate:
        return estimate_frontier_gap(table, date="2026-01-01", rng=rng)

    def average(rng: np.random.Generator) -> AverageLag:
        return estimate_average_lag(table, since="2024-01-01", rng=rng)

    def lag(rng: np.random.Generator) -> CapabilityLag:
        return estimate_capability_lag(table, date="2026-01-01", rng=rng)

    one = np.random.default_rng(9)
    for estimate, digits in (
        (gap, 2),
        (lambda rng: average(rng).mean, average(one).digits),
        (lambda rng: lag(rng).lag, lag(one).digits),
    ):
        assert spread_over_seeds(estimate) <= 3.5 * last_place(estimate(one), digits)
