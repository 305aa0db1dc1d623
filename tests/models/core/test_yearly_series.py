import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.yearly_series import count_default_terms, fit_yearly

REPLICATIONS = 400


def autocorrelated(rng: np.random.Generator, n: int, correlation: float) -> np.ndarray:
    shocks = rng.standard_normal(n)
    series = np.empty(n)
    series[0] = shocks[0] / (1 - correlation**2) ** 0.5
    for i in range(1, n):
        series[i] = correlation * series[i - 1] + shocks[i]
    return series


def test_level_and_slope_are_those_of_least_squares(rng: np.random.Generator) -> None:
    years = np.array([2010, 2011, 2013, 2014, 2015, 2018])
    values = rng.normal(40, 3, 6)
    fit = fit_yearly(years, values, unit="points")
    other = sm.OLS(values, sm.add_constant(years.astype(float))).fit()
    assert fit.level.value == pytest.approx(values.mean(), rel=1e-12)
    assert fit.slope.value == pytest.approx(other.params[1], rel=1e-8)
    assert fit.slope.unit == "points a year"


def test_with_all_terms_the_interval_is_the_classical_one(rng: np.random.Generator) -> None:
    # All n - 2 polynomials orthogonal to the line span the residuals of least squares.
    years = np.arange(2013.0, 2021.0)
    values = rng.normal(0, 1, 8)
    fit = fit_yearly(years, values, terms=6)
    classical = sm.OLS(values, sm.add_constant(years)).fit().conf_int(0.1)[1]
    assert (fit.slope.low, fit.slope.high) == pytest.approx(tuple(classical), rel=1e-8)


@pytest.mark.parametrize(("n", "correlation"), [(6, 0.0), (12, 0.0), (12, 0.3), (20, 0.5)])
def test_intervals_cover_what_they_claim(
    n: int, correlation: float, rng: np.random.Generator
) -> None:
    fits = [
        fit_yearly(np.arange(n), 3 + 0.5 * np.arange(n) + autocorrelated(rng, n, correlation))
        for _ in range(REPLICATIONS)
    ]
    covered = np.mean([fit.slope.low <= 0.5 <= fit.slope.high for fit in fits])
    assert 0.85 <= covered <= 0.95


def test_level_interval_covers_when_shocks_last(rng: np.random.Generator) -> None:
    fits = [
        fit_yearly(np.arange(20), 3 + autocorrelated(rng, 20, 0.5)) for _ in range(REPLICATIONS)
    ]
    covered = np.mean([fit.level.low <= 3 <= fit.level.high for fit in fits])
    assert 0.85 <= covered <= 0.95


def test_terms_follow_the_published_rate() -> None:
    assert [count_default_terms(n) for n in (4, 20, 100, 200)] == [2, 2, 8, 13]


@settings(max_examples=50, deadline=None)
@given(
    shift=st.floats(-1e3, 1e3),
    values=st.lists(st.floats(-100, 100), min_size=5, max_size=12).filter(
        lambda x: float(np.ptp(x)) > 1e-3
    ),
)
def test_a_shift_moves_the_level_and_leaves_the_slope(shift: float, values: list[float]) -> None:
    years = np.arange(len(values))
    before, after = fit_yearly(years, values), fit_yearly(years, np.array(values) + shift)
    assert after.level.value == pytest.approx(before.level.value + shift, abs=1e-6)
    assert after.slope.high == pytest.approx(before.slope.high, abs=1e-6)


@pytest.mark.parametrize(
    ("years", "values", "message"),
    [
        ([1, 2, 3], [1, 2, 4], "at least 4 years"),
        ([1, 2, 3, 4], [1, 2, 4], "at least 4 years"),
        ([1, 2, 2, 4], [1, 2, 4, 3], "each year once"),
        ([1, 2, 3, 4], [1, np.nan, 4, 3], "values"),
        ([1, 2, 3, 4], [7, 7, 7, 7], "vary"),
    ],
)
def test_bad_series_are_refused(years: list[int], values: list[float], message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        fit_yearly(years, values)


@pytest.mark.parametrize("terms", [0, 3])
def test_terms_out_of_range_are_refused(terms: int) -> None:
    with pytest.raises(ModelInputError, match="terms"):
        fit_yearly([1, 2, 3, 4], [1, 2, 4, 3], terms=terms)


def test_a_level_of_one_is_refused() -> None:
    with pytest.raises(ModelInputError, match="level"):
        fit_yearly([1, 2, 3, 4], [1, 2, 4, 3], confidence=1.0)


def test_the_p_value_with_all_terms_is_the_classical_one(rng: np.random.Generator) -> None:
    years = np.arange(2013.0, 2021.0)
    values = rng.normal(0, 1, 8) + 0.3 * years
    classical = sm.OLS(values, sm.add_constant(years)).fit().pvalues[1]
    assert fit_yearly(years, values, terms=6).slope_p_value == pytest.approx(classical, rel=1e-6)
