"""Errors and critical values for few and unequal clusters."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from models.core.cluster_robust import fit_cluster_robust
from models.core.errors import ModelInputError
from models.core.quadratic_forms import compute_chance_below_zero
from models.core.regression import LinearFit, fit_linear

SIZES = [25, 9, 6, 4, 3, 3, 2, 2, 1]


def clustered(rng: np.random.Generator, correlation: float = 0.0) -> LinearFit:
    """Nine unequal clusters, of which three are of the kind whose effect is sought."""
    codes = np.repeat(np.arange(len(SIZES)), SIZES)
    kind = (codes % 3 == 0).astype(float)
    within = np.sqrt(1 - correlation) * rng.normal(size=len(codes))
    y = np.sqrt(correlation) * rng.normal(size=len(SIZES))[codes] + within
    x = np.linspace(-1, 1, len(codes))
    design = pd.DataFrame({"const": 1.0, "x": x, "kind": kind})
    return fit_linear(design, y, covariance="cluster", groups=codes)


@given(st.integers(1, 60), st.floats(0.5, 40))
def test_a_ratio_of_mean_squares_follows_the_f_distribution(freedom: int, ratio: float) -> None:
    weights = np.concatenate([[1.0], np.full(freedom, -ratio / freedom)])
    expected = stats.f.cdf(ratio, 1, freedom)
    assert compute_chance_below_zero(weights) == pytest.approx(expected, abs=1e-6)


def test_a_sum_of_one_sign_is_certain() -> None:
    assert compute_chance_below_zero(np.array([1.0, 2.0])) == 0
    assert compute_chance_below_zero(np.array([-1.0, -2.0])) == 1


def test_two_unequal_sums_agree_with_simulation(rng: np.random.Generator) -> None:
    weights = np.array([2.0, 0.5, -1.0, -0.7, -0.1])
    drawn = rng.normal(size=(200_000, 5)) ** 2 @ weights
    assert compute_chance_below_zero(weights) == pytest.approx((drawn <= 0).mean(), abs=0.005)


def test_clusters_of_one_row_have_the_error_of_hc2(rng: np.random.Generator) -> None:
    x = rng.normal(size=30)
    design = np.column_stack([np.ones(30), x])
    y = x + rng.normal(size=30) * np.abs(x)
    known = sm.OLS(y, design).fit(cov_type="HC2")
    spread, _ = fit_cluster_robust(design, np.asarray(known.resid), np.arange(30))
    np.testing.assert_allclose(spread, known.cov_params(), rtol=1e-9)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_the_mean_of_equal_clusters_has_students_t(rng: np.random.Generator, level: float) -> None:
    codes = np.repeat(np.arange(6), 4)
    y = rng.normal(size=6)[codes] + rng.normal(size=24)
    fit = fit_linear(pd.DataFrame({"const": np.ones(24)}), y, covariance="cluster", groups=codes)
    means = y.reshape(6, 4).mean(axis=1)
    own = stats.t.interval(level, 5, means.mean(), stats.sem(means))
    found = fit.combination({"const": 1.0}, level)
    assert (found.low, found.high) == pytest.approx(own, rel=1e-5)
    known = stats.ttest_1samp(means, 0.3).pvalue
    assert fit.p_value({"const": 1.0}, null=0.3) == pytest.approx(known, abs=1e-6)


def test_the_error_is_unbiased_where_rows_are_alike(rng: np.random.Generator) -> None:
    fits = [clustered(rng) for _ in range(2000)]
    estimates = np.array([fit.coefficients[2] for fit in fits])
    squares = np.mean([fit.covariance[2, 2] for fit in fits])
    assert squares == pytest.approx(estimates.var(), rel=0.1)


def test_critical_values_exceed_those_of_as_many_equal_clusters(rng: np.random.Generator) -> None:
    assert clustered(rng).critical_value({"kind": 1.0}, 0.9) > stats.t.ppf(0.95, 8)


@pytest.mark.parametrize("correlation", [0.0, 0.4])
def test_few_unequal_clusters_are_covered(rng: np.random.Generator, correlation: float) -> None:
    fits = (clustered(rng, correlation) for _ in range(400))
    held = [abs(fit.coefficients[2]) <= half_width(fit) for fit in fits]
    # The usual clustered interval holds 71% here.
    assert 0.84 <= np.mean(held) <= 0.95


def half_width(fit: LinearFit) -> float:
    found = fit.combination({"kind": 1.0}, 0.9)
    return found.high - found.value


def test_p_values_and_intervals_agree(rng: np.random.Generator) -> None:
    fit = clustered(rng, 0.3)
    for level in (0.8, 0.9, 0.95):
        end = fit.combination({"kind": 1.0}, level).high
        assert fit.p_value({"kind": 1.0}, null=end) == pytest.approx(1 - level, abs=1e-5)


def test_a_coefficient_that_no_residual_tells_is_refused() -> None:
    codes = np.repeat(np.arange(4), 2)
    design = np.eye(4)[codes]
    fit = fit_linear(
        pd.DataFrame(design), [1.0, 2, 3, 4, 5, 7, 7, 8], covariance="cluster", groups=codes
    )
    with pytest.raises(ModelInputError, match="more clusters"):
        fit.critical_value({"0": 1.0}, 0.9)
