from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.datasets import grunfeld, longley

from models.core.errors import ModelInputError
from models.core.regression import (
    LinearFit,
    compute_fieller_interval,
    compute_partial_coefficients,
    fit_linear,
)

# NIST Statistical Reference Datasets, Longley, certified values.
LONGLEY = [
    -3482258.63459582,
    15.0618722713733,
    -0.0358191792925910,
    -2.02022980381683,
    -1.03322686717359,
    -0.0511041056535807,
    1829.15146461355,
]
LONGLEY_ERRORS = [
    890420.383607373,
    84.9149257747669,
    0.0334910077722432,
    0.488399681651699,
    0.214274163161675,
    0.226073200069370,
    455.478499142212,
]


@pytest.fixture
def longley_fit() -> LinearFit:
    data = longley.load_pandas()
    return fit_linear(sm.add_constant(data.exog), data.endog, covariance="classical")


def test_longley_coefficients(longley_fit: LinearFit) -> None:
    np.testing.assert_allclose(longley_fit.coefficients, LONGLEY, rtol=1e-7)


def test_longley_standard_errors(longley_fit: LinearFit) -> None:
    errors = np.sqrt(np.diag(longley_fit.covariance))
    np.testing.assert_allclose(errors, LONGLEY_ERRORS, rtol=1e-7)


def test_longley_fit(longley_fit: LinearFit) -> None:
    assert longley_fit.residual_sd == pytest.approx(304.854073561965, rel=1e-7)
    assert longley_fit.r_squared == pytest.approx(0.995479004577296, rel=1e-9)
    quantile = longley_fit.critical_value({"YEAR": 1.0}, 0.95)
    assert quantile == pytest.approx(stats.t.ppf(0.975, 9))


def test_longley_interval_is_the_t_interval(longley_fit: LinearFit) -> None:
    estimate = longley_fit.combination({"YEAR": 1.0}, 0.95)
    half = stats.t.ppf(0.975, 9) * LONGLEY_ERRORS[-1]
    assert estimate.low == pytest.approx(LONGLEY[-1] - half, rel=1e-7)
    assert estimate.high == pytest.approx(LONGLEY[-1] + half, rel=1e-7)


def test_grunfeld_fixed_effects() -> None:
    # Least squares with firm dummies, the 10 firms of Stata's and R's table (plm).
    data = grunfeld.load_pandas().data
    data = data[data["firm"] != "American Steel"]
    firms = pd.get_dummies(data["firm"], dtype=float).reset_index(drop=True)
    design = pd.concat([data[["value", "capital"]].reset_index(drop=True), firms], axis=1)
    fit = fit_linear(design, data["invest"], covariance="classical")
    np.testing.assert_allclose(fit.coefficients[:2], [0.11012, 0.31007], atol=1e-4)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance))[:2], [0.01186, 0.01735], atol=1e-4)


def test_hc3_matches_its_formula(rng: np.random.Generator) -> None:
    x = rng.normal(size=30)
    y = 1 + 2 * x + rng.normal(size=30) * np.abs(x)
    design = np.column_stack([np.ones(30), x])
    bread = np.linalg.inv(design.T @ design)
    residuals = y - design @ (bread @ design.T @ y)
    leverage = np.einsum("ij,jk,ik->i", design, bread, design)
    meat = design.T @ (design * ((residuals / (1 - leverage)) ** 2)[:, None])
    fit = fit_linear(pd.DataFrame(design, columns=["const", "x"]), y, covariance="hc3")
    np.testing.assert_allclose(fit.covariance, bread @ meat @ bread, rtol=1e-10)


def test_fieller_solves_its_equation() -> None:
    means, spread, q = np.array([3.0, 2.0]), np.array([[0.2, 0.05], [0.05, 0.1]]), 1.7
    for ratio in compute_fieller_interval(means, spread, q):
        variance = spread[0, 0] - 2 * ratio * spread[0, 1] + ratio**2 * spread[1, 1]
        assert (means[0] - ratio * means[1]) ** 2 == pytest.approx(q**2 * variance)


def test_fieller_is_unbounded_where_the_denominator_may_be_zero() -> None:
    assert compute_fieller_interval(np.array([1.0, 1.0]), np.eye(2), 1.7) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"response": [1.0, 2, 3, np.nan, 5, 6]}, "finite"),
        ({"response": [2.0] * 6}, "varies"),
        ({"response": [1.0, 2, 3]}, "one response per row"),
        ({"design": pd.DataFrame({"const": 1.0, "x": [3.0] * 6})}, "independent regressors"),
        ({"design": pd.DataFrame({"const": 1.0, "x": [1.0, 2, 3]}), "response": [1, 2, 4]}, "rows"),
        ({"covariance": "cluster"}, "groups"),
        ({"covariance": "robust"}, "hc3"),
        ({"covariance": "cluster", "groups": [1, 1, 1, 2, 2, 2]}, "3 clusters"),
        ({"covariance": "cluster", "groups": ["a", "b", None, "c", "d", "e"]}, "empty"),
    ],
)
def test_bad_input_is_refused(change: dict[str, Any], message: str) -> None:
    good = {
        "design": pd.DataFrame({"const": 1.0, "x": np.arange(6.0)}),
        "response": [1.0, 3.0, 2.0, 5.0, 4.0, 6.0],
    }
    arguments = good | change
    with pytest.raises(ModelInputError, match=message):
        fit_linear(arguments.pop("design"), arguments.pop("response"), **arguments)


def test_unknown_regressor_is_refused(longley_fit: LinearFit) -> None:
    with pytest.raises(ModelInputError, match="needs regressors"):
        longley_fit.combination({"population": 1.0}, 0.9)


def test_partial_coefficients_are_those_of_the_full_regressions(rng: np.random.Generator) -> None:
    controls = np.column_stack([np.ones(50), rng.normal(size=50)])
    candidates, response = rng.normal(size=(50, 4)), rng.normal(size=50)
    found = compute_partial_coefficients(
        np.column_stack([candidates, controls[:, 1]]), response, controls
    )
    for column, value in zip(candidates.T, found, strict=False):
        whole = np.linalg.lstsq(np.column_stack([controls, column]), response)[0]
        assert value == pytest.approx(whole[-1])
    assert np.isnan(found[-1])
