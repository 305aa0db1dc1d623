"""Distributions that a run keeps: shares as those of the draws, quantiles as stated."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.predictive import (
    MOST_VALUES,
    Predictive,
    Scale,
    pool_equally,
    spread_estimate,
    state_fact,
    summarise_draws,
)

RATIO = Estimate(8.4, 4.6, 15.0, 0.9, "credible", 12, "times")
INFINITE = float("inf")


def test_shares_of_many_draws_are_those_of_the_draws_within_half_a_value() -> None:
    draws = np.random.default_rng(1).lognormal(size=20_000)
    kept = summarise_draws(draws, RATIO)
    assert len(kept.values) == MOST_VALUES
    for threshold in (0.2, 1.0, 3.0, 9.0):
        share = kept.measure_share_between(threshold, INFINITE)
        assert share == pytest.approx(np.mean(draws >= threshold), abs=0.5 / MOST_VALUES + 1e-9)


def test_few_values_are_kept_exactly() -> None:
    kept = summarise_draws([0, 2, 2, 5], RATIO, weights=[1, 1, 1, 2])
    assert kept.values == (0.0, 2.0, 5.0)
    assert kept.weights == pytest.approx((0.2, 0.4, 0.4))
    assert kept.measure_share_between(2, 5) == pytest.approx(0.8)


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_spread_estimate_has_its_interval_as_quantiles(scale: Scale) -> None:
    kept = spread_estimate(RATIO, scale=scale)
    assert kept.measure_share_between(-INFINITE, 4.6) == pytest.approx(0.05, abs=0.002)
    assert kept.measure_share_between(-INFINITE, 8.4) == pytest.approx(0.5, abs=0.002)
    assert kept.measure_share_between(15.0, INFINITE) == pytest.approx(0.05, abs=0.002)


def test_a_symmetric_spread_is_normal() -> None:
    kept = spread_estimate(Estimate(0.0, -1.6449, 1.6449, 0.9, "confidence", 40, "points"))
    for threshold in (-2.0, -0.5, 1.0):
        assert kept.measure_share_between(-INFINITE, threshold) == pytest.approx(
            stats.norm.cdf(threshold), abs=0.002
        )


def test_a_fact_is_certain_and_a_pool_is_the_mean_of_its_members() -> None:
    three = state_fact(replace(RATIO, value=3.0, low=3.0, high=3.0))
    nine = state_fact(replace(RATIO, value=9.0, low=9.0, high=9.0))
    assert nine.measure_share_between(5, INFINITE) == 1
    assert pool_equally([three, nine, nine], RATIO).measure_share_between(
        5, INFINITE
    ) == pytest.approx(2 / 3)


def test_what_is_no_distribution_is_refused() -> None:
    for values, weights in (
        ((), ()),
        ((1.0,), (0.5,)),
        ((2.0, 1.0), (0.5, 0.5)),
        ((1.0, 2.0), (1.5, -0.5)),
        ((float("nan"),), (1.0,)),
    ):
        with pytest.raises(ModelInputError):
            Predictive(RATIO, values, weights)
    with pytest.raises(ModelInputError, match="finite draws"):
        summarise_draws([1.0, float("nan")], RATIO)
    with pytest.raises(ModelInputError, match="positive interval"):
        spread_estimate(replace(RATIO, low=-1.0), scale="log")
    with pytest.raises(ModelInputError, match="outside its interval"):
        spread_estimate(replace(RATIO, value=20.0))
    with pytest.raises(ModelInputError, match="one member or more"):
        pool_equally([], RATIO)
