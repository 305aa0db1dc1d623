import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.datasets import engel

from models.core.errors import ModelInputError
from models.core.exponential_growth import (
    fit_growth,
    fit_quantile,
    frontier_growth,
    quantile_growth,
    wild_cluster_growth,
    wild_cluster_p_value,
)
from models.core.frontier import record_mask, top_n_mask
from models.core.regression import Covariance
from tests.models.simulated import compute_table


def exact_series(growth: float) -> pd.DataFrame:
    """Half-yearly values that grow exactly, but for a ripple that is orthogonal to time."""
    dates = pd.date_range("2020-01-01", periods=8, freq="QS")
    years = (dates - dates[0]) / pd.Timedelta(days=365.25)
    ripple = 1e-6 * np.array([1, -1, -1, 1, 1, -1, -1, 1])
    return pd.DataFrame({"date": dates, "training_compute_flop": 1e23 * growth**years * 10**ripple})


@pytest.mark.parametrize(("tau", "slope"), [(0.05, 0.34336), (0.5, 0.56018), (0.95, 0.70907)])
def test_engel_quantile_slopes(tau: float, slope: float) -> None:
    # Koenker and Bassett (1982), as R's quantreg and statsmodels give them.
    data = engel.load_pandas().data
    design = np.column_stack([np.ones(len(data)), data["income"]])
    assert fit_quantile(design, data["foodexp"].to_numpy(), tau)[1] == pytest.approx(
        slope, abs=1e-4
    )


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


def test_wild_bootstrap_keeps_its_size_with_few_clusters() -> None:
    rng = np.random.default_rng(13)
    rejected = 0
    for _ in range(300):
        table = compute_table(rng, n=60, developers=7, developer_sd=0.5)
        p = wild_cluster_p_value(
            table, cluster="organization", null_growth=4.0, rng=rng, replications=199
        )
        rejected += p < 0.10
    assert 0.05 <= rejected / 300 <= 0.15


def test_wild_interval_ends_where_the_p_value_crosses(rng: np.random.Generator) -> None:
    table = compute_table(rng, n=60, developers=8, developer_sd=0.5)
    kwargs = {"cluster": "organization", "replications": 999}
    interval = wild_cluster_growth(table, rng=np.random.default_rng(5), **kwargs)
    for end, inward in ((interval.low, 1.01), (interval.high, 0.99)):
        inside, outside = (
            wild_cluster_p_value(
                table, null_growth=end * step, rng=np.random.default_rng(5), **kwargs
            )
            for step in (inward, 1 / inward)
        )
        assert outside < 0.1 < inside


def test_wild_interval_agrees_with_the_formula_where_clusters_are_many(
    rng: np.random.Generator,
) -> None:
    table = compute_table(rng, n=400, developers=80)
    wild = wild_cluster_growth(table, cluster="organization", rng=rng)
    formula = fit_growth(table, covariance="cluster", cluster="organization").annual_growth
    assert wild.low == pytest.approx(formula.low, rel=0.02)
    assert wild.high == pytest.approx(formula.high, rel=0.02)


def test_quantiles_of_parallel_noise_grow_alike(rng: np.random.Generator) -> None:
    table = compute_table(rng, n=300, growth=4.0)
    upper = quantile_growth(table, quantile=0.9, rng=rng, replications=60).annual_growth
    assert math.log10(upper.value) == pytest.approx(math.log10(4), abs=0.06)
    assert 0 < math.log10(upper.high / upper.low) < 0.1


def test_fanning_noise_raises_the_upper_quantile(rng: np.random.Generator) -> None:
    table = compute_table(rng, n=300, sd=0.0, growth=4.0)
    years = (table["date"] - table["date"].min()) / pd.Timedelta(days=365.25)
    fan = 10 ** (rng.uniform(-1, 1, len(table)) * 0.3 * years)
    fanned = table.assign(training_compute_flop=table["training_compute_flop"] * fan)
    upper = quantile_growth(fanned, quantile=0.9, rng=rng, replications=20)
    # The 0.9 quantile of a uniform on (-1, 1) is 0.8, so the slope gains 0.8 * 0.3.
    assert math.log10(upper.annual_growth.value) == pytest.approx(math.log10(4) + 0.24, abs=0.05)


def test_same_seed_same_result(rng: np.random.Generator) -> None:
    table = compute_table(rng)
    first, second = (
        wild_cluster_growth(table, cluster="organization", rng=np.random.default_rng(1))
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


@pytest.mark.parametrize("quantile", [0.0, 1.0, 1.5])
def test_bad_quantiles_are_refused(quantile: float, rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="quantile"):
        quantile_growth(exact_series(4.0), quantile=quantile, rng=rng)


def test_bad_settings_are_refused(rng: np.random.Generator) -> None:
    table = compute_table(rng)
    with pytest.raises(ModelInputError, match="level"):
        fit_growth(table, level=90)
    with pytest.raises(ModelInputError, match="null_growth"):
        wild_cluster_p_value(table, cluster="organization", null_growth=0, rng=rng)
    with pytest.raises(ModelInputError, match="replications"):
        wild_cluster_growth(table, cluster="organization", rng=rng, replications=5)
    with pytest.raises(ModelInputError, match="at least one date"):
        fit_growth(table).predict([])
    with pytest.raises(ModelInputError, match="3 clusters"):
        wild_cluster_growth(table.assign(organization="one"), cluster="organization", rng=rng)


# Selected maxima


@pytest.mark.parametrize("top", [None, 5])
def test_frontier_growth_is_the_slope_of_the_selected_rows(
    top: int | None, rng: np.random.Generator
) -> None:
    table = compute_table(rng, n=90)
    since = "2020-01-01"
    mask = record_mask(table) if top is None else top_n_mask(table, top=top)
    chosen = table[mask & (table["date"] >= since)]
    found = frontier_growth(table, rng=rng, top=top, since=since, replications=50)
    assert found.annual_growth.value == pytest.approx(fit_growth(chosen).annual_growth.value)
    assert found.annual_growth.n == len(chosen)
    assert found.n_considered == 90


@pytest.mark.slow
@pytest.mark.parametrize(("top", "least"), [(None, 160), (5, 164), (10, 170)])
def test_selection_within_the_bootstrap_covers_better_than_least_squares(
    top: int | None, least: int
) -> None:
    rng, hits, naive, tried = np.random.default_rng(38), 0, 0, 0
    while tried < 200:
        table = compute_table(rng, n=200, developers=25, sd=0.8, years=9)
        since = "2021-01-01"
        mask = record_mask(table) if top is None else top_n_mask(table, top=top)
        chosen = table[mask & (table["date"] >= since)]
        if len(chosen) < 4:
            continue
        tried += 1
        found = frontier_growth(
            table, rng=rng, top=top, since=since, cluster="organization", replications=200
        ).annual_growth
        plain = fit_growth(chosen).annual_growth
        hits += found.low <= 4.0 <= found.high
        naive += plain.low <= 4.0 <= plain.high
    assert least <= hits <= 194
    assert naive <= hits


def test_one_resample_at_a_time_gives_the_same_slopes() -> None:
    table = compute_table(np.random.default_rng(39), n=40, developers=8)
    found = frontier_growth(
        table, rng=np.random.default_rng(40), top=3, cluster="organization", replications=50
    ).annual_growth
    ordered = table.sort_values("date", kind="stable")
    codes, labels = pd.factorize(ordered["organization"])
    counts = np.random.default_rng(40).multinomial(len(labels), np.full(8, 1 / 8), size=50)
    slopes = []
    for count in counts[:, codes]:
        sample = ordered.loc[ordered.index.repeat(count)].reset_index(drop=True)
        chosen = sample[top_n_mask(sample, top=3)]
        slopes.append(fit_growth(chosen).orders_of_magnitude_per_year.value)
    low, high = 10 ** np.quantile(slopes, [0.05, 0.95])
    assert (found.low, found.high) == pytest.approx((low, high))


def test_a_frontier_without_models_is_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="4 models at the frontier, got 0"):
        frontier_growth(compute_table(rng), rng=rng, top=3, since="2030-01-01")
    with pytest.raises(ModelInputError, match="top must be at least 1"):
        frontier_growth(compute_table(rng), rng=rng, top=0)
