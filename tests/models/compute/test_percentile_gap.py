import math

import numpy as np
import pytest

from models.compute.percentile_gap import (
    Percentiles,
    bound_percentile_gap,
    compute_percentile_gap,
    sum_percentiles,
)
from models.core.errors import ModelInputError

NARROW, WIDE = Percentiles(80, 100, 125), Percentiles(5, 10, 20)


def test_percentile_gap_with_a_certain_quantity_keeps_the_others_spread() -> None:
    gap = compute_percentile_gap(Percentiles(100, 100, 100), WIDE, correlation=0.0).factor
    assert (gap.low, gap.value, gap.high) == pytest.approx((5.0, 10.0, 20.0))


def test_wholly_shared_equal_error_cancels() -> None:
    gap = compute_percentile_gap(Percentiles(50, 100, 200), WIDE, correlation=1.0).factor
    assert (gap.low, gap.high) == pytest.approx((10.0, 10.0))


@pytest.mark.parametrize("correlation", [-0.5, 0.0, 0.6])
def test_closed_form_agrees_with_simulation(correlation: float, rng: np.random.Generator) -> None:
    gap = compute_percentile_gap(NARROW, WIDE, correlation=correlation).factor
    spread = [[1, correlation], [correlation, 1]]
    normal = rng.multivariate_normal([0, 0], spread, size=400_000)
    draws = np.exp(
        NARROW.log_mean - WIDE.log_mean + NARROW.log_sd * normal[:, 0] - WIDE.log_sd * normal[:, 1]
    )
    low, median, high = np.quantile(draws, [0.05, 0.5, 0.95])
    assert (gap.low, gap.value, gap.high) == pytest.approx((low, median, high), rel=0.01)


def test_bounds_are_nested() -> None:
    bounds = bound_percentile_gap(NARROW, WIDE)
    assert bounds.independent.factor.low < bounds.shared.factor.low
    assert bounds.shared.factor.high < bounds.independent.factor.high


def test_percentiles_add_only_when_error_is_shared(rng: np.random.Generator) -> None:
    parts = [WIDE, WIDE, WIDE]
    shared = sum_percentiles(parts, correlation=1.0, rng=rng, draws=200_000)
    assert (shared.p5, shared.p50, shared.p95) == pytest.approx((15, 30, 60), rel=0.02)
    apart = sum_percentiles(parts, correlation=0.0, rng=rng, draws=200_000)
    assert shared.p5 < apart.p5 < apart.p95 < shared.p95


def test_independent_sum_has_the_mean_of_its_parts(rng: np.random.Generator) -> None:
    # Mean of a log-normal: exp(mu + sigma^2 / 2). A sum of many is nearly normal.
    total = sum_percentiles([WIDE] * 400, correlation=0.0, rng=rng)
    mean = 400 * math.exp(WIDE.log_mean + WIDE.log_sd**2 / 2)
    assert total.p50 == pytest.approx(mean, rel=0.005)


@pytest.mark.parametrize("values", [(0, 1, 2), (3, 2, 4), (1, 2, 1.5), (1, 2, math.inf)])
def test_bad_percentiles_are_refused(values: tuple[float, float, float]) -> None:
    with pytest.raises(ModelInputError, match="p5 <= p50 <= p95"):
        Percentiles(*values)


def test_impossible_correlations_are_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="correlation"):
        compute_percentile_gap(NARROW, WIDE, correlation=1.2)
    with pytest.raises(ModelInputError, match="correlation"):
        sum_percentiles([WIDE], correlation=-0.1, rng=rng)
    with pytest.raises(ModelInputError, match="at least one part"):
        sum_percentiles([], correlation=0.0, rng=rng)
