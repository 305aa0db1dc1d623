import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.compute.gap_in_time import (
    convert_gap_to_lag,
    decompose_lag,
    find_growth_to_close,
    find_years_to_parity,
)
from models.core.errors import ModelInputError
from models.core.estimates import Estimate


def test_published_years_to_parity() -> None:
    assert find_years_to_parity(10, growth_follower=5, growth_leader=4) == pytest.approx(
        10.32, abs=0.01
    )


@pytest.mark.parametrize(("gap", "growth"), [(10, 4.00), (100, 7.12)])
def test_published_growth_to_close(gap: float, growth: float) -> None:
    assert find_growth_to_close(gap, years=4, rival_growth=2.25) == pytest.approx(growth, abs=0.01)


@given(st.floats(1.01, 1e4), st.floats(0.5, 20), st.floats(1.01, 10))
def test_the_two_are_each_others_inverse(gap: float, years: float, rival: float) -> None:
    growth = find_growth_to_close(gap, years=years, rival_growth=rival)
    assume(growth > rival * (1 + 1e-6))
    back = find_years_to_parity(gap, growth_follower=growth, growth_leader=rival)
    assert back == pytest.approx(years, rel=1e-6)


def test_no_parity_without_faster_growth() -> None:
    assert find_years_to_parity(10, growth_follower=4, growth_leader=4) == math.inf
    assert find_years_to_parity(1, growth_follower=2, growth_leader=4) == 0


@pytest.mark.parametrize("gap", [0.5, 0, math.nan, math.inf])
def test_a_gap_below_one_is_refused(gap: float) -> None:
    with pytest.raises(ModelInputError, match="gap_factor"):
        find_growth_to_close(gap, years=4, rival_growth=2)
    with pytest.raises(ModelInputError, match="gap_factor"):
        find_years_to_parity(gap, growth_follower=3, growth_leader=2)


def sure(value: float, unit: str = "") -> Estimate:
    return Estimate(value, value, value, 0.9, "confidence", 10, unit)


def test_implied_lag_of_a_sure_gap_at_sure_growth() -> None:
    lag = convert_gap_to_lag(sure(16.0), sure(4.0))
    assert (lag.low, lag.value, lag.high) == pytest.approx((24.0, 24.0, 24.0))


def test_implied_lag_agrees_with_simulation(rng: np.random.Generator) -> None:
    gap = Estimate(10, 5, 20, 0.9, "confidence", 20)
    growth = Estimate(4, 3, 16 / 3, 0.9, "confidence", 50)
    z = 2 * 1.6448536
    numerator = math.log(10) + math.log(4) / z * rng.standard_normal(400_000)
    denominator = math.log(4) + math.log(16 / 9) / z * rng.standard_normal(400_000)
    low, high = np.quantile(12 * numerator / denominator, [0.05, 0.95])
    lag = convert_gap_to_lag(gap, growth)
    assert (lag.low, lag.high) == pytest.approx((low, high), rel=0.01)
    assert lag.n == 20


def test_implied_lag_needs_growth() -> None:
    with pytest.raises(ModelInputError, match="growth above 1"):
        convert_gap_to_lag(sure(10.0), Estimate(1.5, 0.9, 2.5, 0.9, "confidence", 9))


def test_lag_decomposition_in_closed_form(rng: np.random.Generator) -> None:
    parts = decompose_lag(sure(16.0), sure(4.0), sure(2.0), sure(9.0, "months"), rng=rng)
    assert parts.compute_only.value == pytest.approx(24.0)  # 16 is 4 squared
    assert parts.with_shared_progress.value == pytest.approx(16.0)  # 16 is 8 to the 4/3
    assert parts.unexplained_months.value == pytest.approx(7.0)
    assert parts.unexplained_factor.value == pytest.approx(8 ** (7 / 12))


def test_without_progress_the_lag_is_that_of_compute(rng: np.random.Generator) -> None:
    gap, growth = Estimate(16.0, 8.0, 32.0, 0.9, "confidence", 9), sure(4.0)
    parts = decompose_lag(gap, growth, sure(1.0), sure(24.0, "months"), rng=rng)
    implied = convert_gap_to_lag(gap, growth)
    assert parts.with_shared_progress.value == pytest.approx(implied.value, rel=0.02)
    assert parts.with_shared_progress.low == pytest.approx(implied.low, rel=0.03)
    assert parts.unexplained_factor.value == pytest.approx(1.0, rel=0.03)


def test_older_algorithms_lengthen_the_lag(rng: np.random.Generator) -> None:
    months = [
        decompose_lag(
            sure(16.0), sure(4.0), sure(2.0), sure(9.0, "months"), rng=rng, diffusion_months=d
        ).with_shared_progress.value
        for d in (0.0, 6.0, 24.0)
    ]
    assert months == pytest.approx([16.0, 18.0, 24.0])  # at the lag itself nothing is shared


def test_a_lag_needs_growth_and_a_known_age(rng: np.random.Generator) -> None:
    shrinking = Estimate(1.2, 0.9, 1.6, 0.9, "confidence", 9, "times")
    with pytest.raises(ModelInputError, match="growth of compute above 1"):
        decompose_lag(sure(9.0), shrinking, sure(2.0), sure(9.0, "months"), rng=rng)
    with pytest.raises(ModelInputError, match="diffusion_months"):
        decompose_lag(
            sure(9.0), sure(4.0), sure(2.0), sure(9.0, "months"), rng=rng, diffusion_months=-1
        )
