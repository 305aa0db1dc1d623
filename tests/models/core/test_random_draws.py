import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.random_draws import (
    draw_lognormal,
    draw_normal,
    draw_uniform,
    draw_within_factor,
    summarise,
)

# Standard normal scores of the 5%, 50% and 95% points.
SCORES = np.array([-1.6448536269514722, 0.0, 1.6448536269514722])


def estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, 0.9, "confidence", 10, "points")


@settings(deadline=None)
@given(value=st.floats(-1e6, 1e6), below=st.floats(0, 1e6), above=st.floats(0, 1e6))
def test_normal_draws_have_the_quantiles_of_the_estimate(
    value: float, below: float, above: float
) -> None:
    drawn = draw_normal(estimate(value, value - below, value + above), SCORES)
    np.testing.assert_allclose(drawn, [value - below, value, value + above], rtol=1e-9, atol=1e-6)


def test_lognormal_draws_have_the_quantiles_of_the_estimate() -> None:
    np.testing.assert_allclose(draw_lognormal(estimate(10, 4, 31), SCORES), [4, 10, 31], rtol=1e-12)


def test_uniform_draws_fill_the_range_evenly() -> None:
    np.testing.assert_allclose(draw_uniform(estimate(0.9, 0, 1), SCORES), [0.05, 0.5, 0.95])


def test_symmetric_draws_have_the_normal_mean_and_spread(rng: np.random.Generator) -> None:
    drawn = draw_normal(estimate(5, 5 - 1.6448536, 5 + 1.6448536), rng.standard_normal(100_000))
    assert drawn.mean() == pytest.approx(5, abs=0.015)
    assert drawn.std() == pytest.approx(1, abs=0.01)


def test_summary_is_the_median_and_the_interval() -> None:
    summary = summarise(np.arange(101.0), 0.9, "prediction", 7, "TWh")
    assert (summary.value, summary.low, summary.high) == pytest.approx((50, 5, 95))
    assert (summary.kind, summary.n, summary.unit) == ("prediction", 7, "TWh")


def test_a_value_outside_its_interval_is_refused() -> None:
    with pytest.raises(ModelInputError, match="inside"):
        draw_normal(estimate(9, 0, 1), SCORES)


def test_a_lognormal_that_reaches_zero_is_refused() -> None:
    with pytest.raises(ModelInputError, match="above 0"):
        draw_lognormal(estimate(1, 0, 2), SCORES)


def test_scores_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(ModelInputError, match="scores"):
        draw_uniform(estimate(1, 0, 2), np.array([np.nan]))


@settings(deadline=None, max_examples=20)
@given(st.floats(0.1, 1e6), st.floats(1.0, 20.0))
def test_nine_tenths_of_a_judgement_lie_within_its_factor(median: float, factor: float) -> None:
    draws = draw_within_factor(median, factor, np.random.default_rng(3), n_paths=20_000)
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
    assert middle == pytest.approx(median, rel=0.1)
    assert low == pytest.approx(median / factor, rel=0.15)
    assert high == pytest.approx(median * factor, rel=0.15)


def test_a_judgement_of_nothing_is_nothing() -> None:
    assert not draw_within_factor(0.0, 2.0, np.random.default_rng(1), n_paths=5).any()
    with pytest.raises(ModelInputError, match="factor"):
        draw_within_factor(1.0, 0.5, np.random.default_rng(1), n_paths=5)
