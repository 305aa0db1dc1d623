import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.core.errors import ModelInputError
from models.core.exponential_growth import fit_growth
from models.core.regression import Covariance
from models.core.wild_cluster import fit_wild_cluster_growth
from tests.models.simulated import compute_table


def exact_series(growth: float) -> pd.DataFrame:
    """Half-yearly values that grow exactly, but for a ripple that is orthogonal to time."""
    dates = pd.date_range("2020-01-01", periods=8, freq="QS")
    years = (dates - dates[0]) / pd.Timedelta(days=365.25)
    ripple = 1e-6 * np.array([1, -1, -1, 1, 1, -1, -1, 1])
    return pd.DataFrame({"date": dates, "training_compute_flop": 1e23 * growth**years * 10**ripple})


def test_growth_of_an_exact_exponential() -> None:
    fit = fit_growth(exact_series(4.0))
    assert fit.annual_growth.value == pytest.approx(4.0, rel=1e-5)
    assert fit.doubling_time.value == pytest.approx(6.0, rel=1e-5)
    assert (fit.direction, fit.halving_time) == ("growing", None)


def test_doubling_time_is_the_reciprocal_of_the_slope(rng: np.random.Generator) -> None:
    fit = fit_growth(compute_table(rng))
    for month, growth in (("value", "value"), ("low", "high"), ("high", "low")):
        expected = 12 * math.log(2) / math.log(getattr(fit.annual_growth, growth))
        assert getattr(fit.doubling_time, month) == pytest.approx(expected)


def test_a_shrinking_series_has_a_halving_time() -> None:
    fit = fit_growth(exact_series(0.5))
    assert fit.direction == "shrinking"
    assert fit.doubling_time is None
    assert fit.halving_time.value == pytest.approx(12.0, rel=1e-4)


def test_a_flat_noisy_series_has_neither_time(rng: np.random.Generator) -> None:
    fit = fit_growth(compute_table(rng, growth=1.0, n=20, sd=2.0))
    assert fit.direction == "undetermined"
    assert fit.doubling_time is None
    assert fit.halving_time is None


def test_slope_matches_scipy(rng: np.random.Generator) -> None:
    table = compute_table(rng)
    years = (table["date"] - table["date"].min()) / pd.Timedelta(days=365.25)
    expected = stats.linregress(years, np.log10(table["training_compute_flop"]))
    fit = fit_growth(table, covariance="classical")
    assert fit.orders_of_magnitude_per_year.value == pytest.approx(expected.slope)
    half = stats.t.ppf(0.95, 78) * expected.stderr
    assert fit.orders_of_magnitude_per_year.high == pytest.approx(expected.slope + half)


def test_bands_match_the_textbook_formula(rng: np.random.Generator) -> None:
    table = compute_table(rng, n=30)
    years = ((table["date"] - table["date"].min()) / pd.Timedelta(days=365.25)).to_numpy()
    logs = np.log10(table["training_compute_flop"].to_numpy())
    line = stats.linregress(years, logs)
    s = math.sqrt(((logs - line.intercept - line.slope * years) ** 2).sum() / 28)
    at = (pd.Timestamp("2026-01-01") - table["date"].min()) / pd.Timedelta(days=365.25)
    lever = 1 / 30 + (at - years.mean()) ** 2 / ((years - years.mean()) ** 2).sum()
    t = stats.t.ppf(0.95, 28)
    bands = fit_growth(table, covariance="classical").predict(["2026-01-01"])
    center = line.intercept + line.slope * at
    assert np.log10(bands.median[0]) == pytest.approx(center)
    assert np.log10(bands.confidence_high[0]) == pytest.approx(center + t * s * math.sqrt(lever))
    assert np.log10(bands.prediction_low[0]) == pytest.approx(center - t * s * math.sqrt(1 + lever))


@settings(max_examples=25, deadline=None)
@given(scale=st.floats(1e-6, 1e6), shift=st.integers(-3000, 3000))
def test_growth_ignores_the_unit_and_the_calendar(scale: float, shift: int) -> None:
    table = compute_table(np.random.default_rng(3), n=30)
    moved = table.assign(
        training_compute_flop=table["training_compute_flop"] * scale,
        date=table["date"] + pd.Timedelta(days=shift),
    )
    before, after = fit_growth(table), fit_growth(moved)
    assert after.annual_growth.value == pytest.approx(before.annual_growth.value, rel=1e-8)
    assert after.annual_growth.high == pytest.approx(before.annual_growth.high, rel=1e-8)
    assert after.residual_sd == pytest.approx(before.residual_sd, rel=1e-8)


def test_row_order_does_not_matter(rng: np.random.Generator) -> None:
    table = compute_table(rng)
    shuffled = table.sample(frac=1, random_state=1)
    first = fit_growth(table, covariance="cluster", cluster="organization")
    second = fit_growth(shuffled, covariance="cluster", cluster="organization")
    assert second.annual_growth.low == pytest.approx(first.annual_growth.low)


@pytest.mark.parametrize("covariance", ["hc3", "cluster"])
def test_coverage_of_the_confidence_interval(covariance: Covariance) -> None:
    rng = np.random.default_rng(11)
    cluster = "organization" if covariance == "cluster" else None
    hits = 0
    for _ in range(300):
        table = compute_table(rng, n=120, developers=30)
        fit = fit_growth(table, covariance=covariance, cluster=cluster)
        hits += fit.annual_growth.low <= 4.0 <= fit.annual_growth.high
    assert 0.85 <= hits / 300 <= 0.95


def test_coverage_of_the_prediction_band() -> None:
    rng = np.random.default_rng(12)
    hits = 0
    for _ in range(300):
        bands = fit_growth(compute_table(rng, n=40)).predict(["2024-07-01"])
        years = (pd.Timestamp("2024-07-01") - pd.Timestamp("2018-01-01")).days / 365.25
        new = 10 ** (22 + math.log10(4) * years + rng.normal(0, 0.5))
        hits += bands.prediction_low[0] <= new <= bands.prediction_high[0]
    assert 0.85 <= hits / 300 <= 0.95


def test_same_seed_same_result(rng: np.random.Generator) -> None:
    table = compute_table(rng)
    first, second = (
        fit_wild_cluster_growth(table, cluster="organization", rng=np.random.default_rng(1))
        for _ in range(2)
    )
    assert first == second


def broken(**columns: object) -> pd.DataFrame:
    return exact_series(4.0).assign(**columns)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (exact_series(4.0).iloc[:3], "at least 4 rows"),
        (broken(training_compute_flop=[1.0, 2, 3, 4, 5, 6, 7, np.nan]), "complete"),
        (broken(training_compute_flop=[1.0, 2, 3, 4, 5, 6, 7, np.inf]), "finite"),
        (broken(training_compute_flop=[1.0, 2, 3, 4, 5, 6, 7, 0.0]), "positive"),
        (broken(training_compute_flop=["a"] * 8), "numeric"),
        (broken(training_compute_flop=1e23), "varies"),
        (broken(date=pd.Timestamp("2020-01-01")), "independent regressors"),
        (broken(date=[pd.NaT, *pd.date_range("2020", periods=7)]), "complete"),
        (exact_series(4.0).drop(columns="date"), "needs columns"),
    ],
)
def test_bad_tables_are_refused(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        fit_growth(table)


def test_bad_settings_are_refused(rng: np.random.Generator) -> None:
    table = compute_table(rng)
    with pytest.raises(ModelInputError, match="level"):
        fit_growth(table, level=90)
    with pytest.raises(ModelInputError, match="replications"):
        fit_wild_cluster_growth(table, cluster="organization", rng=rng, replications=5)
    with pytest.raises(ModelInputError, match="at least one date"):
        fit_growth(table).predict([])
    with pytest.raises(ModelInputError, match="3 clusters"):
        fit_wild_cluster_growth(table.assign(organization="one"), cluster="organization", rng=rng)


# Selected maxima
