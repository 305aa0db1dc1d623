"""The distributions are scipy's to the last digit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from models.core import distributions as ours

P = np.linspace(0.0005, 0.9995, 1501)
X = np.linspace(-9, 9, 1501)
FREEDOM = (1, 2, 3, 7, 30, 117.5, 400)


def test_the_normal_distribution() -> None:
    assert np.array_equal(ours.normal_quantile(P), stats.norm.ppf(P))
    assert np.array_equal(ours.normal_cdf(X), stats.norm.cdf(X))
    assert np.array_equal(ours.normal_tail(X), stats.norm.sf(X))
    assert np.array_equal(ours.normal_density(X), stats.norm.pdf(X))
    assert np.array_equal(ours.normal_log_density(X), stats.norm.logpdf(X))
    assert float(ours.normal_quantile(0.95)) == float(stats.norm.ppf(0.95))


@pytest.mark.parametrize("freedom", FREEDOM)
def test_student_s_t_chi_squared_and_f(freedom: float) -> None:
    assert np.array_equal(ours.t_quantile(P, freedom), stats.t.ppf(P, freedom))
    assert np.array_equal(ours.t_cdf(X, freedom), stats.t.cdf(X, freedom))
    assert np.array_equal(ours.t_tail(X, freedom), stats.t.sf(X, freedom))
    assert np.array_equal(ours.chi2_quantile(P, freedom), stats.chi2.ppf(P, freedom))
    assert np.array_equal(ours.chi2_tail(X[X > 0], freedom), stats.chi2.sf(X[X > 0], freedom))
    assert np.array_equal(ours.f_quantile(P, freedom, 7), stats.f.ppf(P, freedom, 7))


@given(
    n=st.integers(1, 10**6),
    share=st.floats(0, 1),
    level=st.floats(0.5, 0.999),
)
def test_wilson_s_interval_is_that_of_statsmodels(n: int, share: float, level: float) -> None:
    theirs = proportion_confint(share * n, n, alpha=1 - level, method="wilson")
    assert tuple(map(float, ours.wilson_interval(share * n, n, level))) == theirs
