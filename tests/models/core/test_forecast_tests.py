"""The test of two forecasts: a closed form, its size, and its power."""

import numpy as np
import pytest
from scipy import stats

from models.core.errors import ModelInputError
from models.core.forecast_tests import compare_forecasts


def test_one_step_ahead_it_is_the_paired_t_test() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.exponential(1, (2, 30))
    found = compare_forecasts(first, second, horizon=1)
    expected = stats.ttest_rel(first, second)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.difference == pytest.approx(float(np.mean(first - second)))


def test_swapping_the_forecasts_swaps_the_sign_alone() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.exponential(1, (2, 40))
    one, other = (compare_forecasts(*p, horizon=6) for p in ((first, second), (second, first)))
    assert one.statistic == pytest.approx(-other.statistic)
    assert one.p_value == pytest.approx(other.p_value)


def test_equal_forecasts_that_overlap_are_told_apart_about_as_often_as_stated() -> None:
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(400):
        noise = rng.standard_normal(60 + 5)
        overlapping = np.convolve(noise, np.ones(6), mode="valid")
        found += compare_forecasts(overlapping, np.zeros(60), horizon=6).p_value < 0.05
    assert 0.01 <= found / 400 <= 0.13


def test_a_forecast_that_is_clearly_better_is_found() -> None:
    rng = np.random.default_rng(4)
    worse = rng.exponential(1, 60)
    assert compare_forecasts(worse / 2, worse, horizon=3).p_value < 0.01


def test_what_can_not_be_compared_is_refused() -> None:
    with pytest.raises(ModelInputError, match="above the horizon"):
        compare_forecasts(np.ones(6), np.zeros(6), horizon=6)
    with pytest.raises(ModelInputError, match="above the horizon"):
        compare_forecasts(np.ones(6), np.zeros(7), horizon=1)
    with pytest.raises(ModelInputError, match="different amounts"):
        compare_forecasts(np.ones(9), np.zeros(9), horizon=2)
