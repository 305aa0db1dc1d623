import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.capability.compute_efficiency import (
    algorithmic_progress,
    capability_premium,
    curved_premium,
    doubling_months,
    excess_of_one,
    permutation_p_value,
    premium_permutation_p_value,
    premium_shift,
    premium_trend,
)
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from tests.models.simulated import capability_table


def test_premium_recovers_the_truth() -> None:
    rng = np.random.default_rng(21)
    hits = {"premium": 0, "multiplier": 0, "slope": 0}
    for _ in range(200):
        fit = capability_premium(capability_table(rng, premium=4.0))
        hits["premium"] += fit.premium.low <= 4.0 <= fit.premium.high
        multiplier = fit.compute_multiplier
        hits["multiplier"] += multiplier.low <= 10**0.4 <= multiplier.high
        slope = fit.points_per_order_of_magnitude
        hits["slope"] += slope.low <= 10.0 <= slope.high
    assert all(170 <= count <= 192 for count in hits.values()), hits


def test_a_premium_beside_a_curve_is_not_taken_for_one() -> None:
    table = capability_table(np.random.default_rng(23), premium=4.0, sd=0.0)
    logs = np.log10(table["training_compute_flop"])
    bent = table.assign(eci=table["eci"] - 3 * (logs - 24) ** 2)
    found = curved_premium(bent)
    assert found.value == pytest.approx(4, abs=0.01)  # dates of release are whole days
    assert capability_premium(bent).premium.value != pytest.approx(4, abs=0.05)


def test_without_one_developer_by_hand(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    fit = capability_premium(table)
    premiums = {}
    for name in table["organization"].unique():
        kept = table[table["organization"] != name]
        premiums[name] = capability_premium(kept).premium.value
    assert fit.without_one_developer.low == pytest.approx(min(premiums.values()))
    assert fit.without_one_developer.high == pytest.approx(max(premiums.values()))
    moved = {name: abs(value - fit.premium.value) for name, value in premiums.items()}
    assert fit.most_influential_developer == max(moved, key=lambda name: moved[name])


@settings(max_examples=15, deadline=None)
@given(scale=st.floats(1e-3, 1e3), stretch=st.floats(0.1, 10))
def test_the_units_do_not_matter(scale: float, stretch: float) -> None:
    table = capability_table(np.random.default_rng(22), premium=3.0)
    moved = table.assign(
        training_compute_flop=table["training_compute_flop"] * scale, eci=table["eci"] * stretch
    )
    before, after = capability_premium(table), capability_premium(moved)
    assert after.premium.value == pytest.approx(before.premium.value * stretch, rel=1e-6)
    assert after.compute_multiplier.high == pytest.approx(before.compute_multiplier.high, rel=1e-6)
    one, two = algorithmic_progress(table), algorithmic_progress(moved)
    assert two.annual_factor.low == pytest.approx(one.annual_factor.low, rel=1e-6)


def test_swapping_countries_flips_the_premium(rng: np.random.Generator) -> None:
    table = capability_table(rng, premium=3.0)
    one = capability_premium(table)
    two = capability_premium(table, country="USA", base="CHN")
    assert two.premium.value == pytest.approx(-one.premium.value)
    assert two.compute_multiplier.value == pytest.approx(1 / one.compute_multiplier.value)


def test_the_multiplier_is_none_where_compute_explains_nothing(rng: np.random.Generator) -> None:
    table = capability_table(rng, per_order=0.0)
    assert capability_premium(table).compute_multiplier is None


def test_shift_recovers_the_truth() -> None:
    rng = np.random.default_rng(23)
    hits = 0
    for _ in range(200):
        table = capability_table(rng, n=200)
        late = (table["date"] >= "2023-06-01") & (table["country"] == "CHN")
        shifted = table.assign(eci=table["eci"] + 5.0 * late)
        fit = premium_shift(shifted, date="2023-06-01")
        hits += fit.shift.low <= 5.0 <= fit.shift.high
    assert 170 <= hits <= 192


def test_shift_is_after_minus_before(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    fit = premium_shift(table)
    assert fit.shift.value == pytest.approx(fit.after.value - fit.before.value)
    chinese = table["country"] == "CHN"
    before = table["date"] < "2022-10-07"
    assert (fit.n_before, fit.n_after) == ((chinese & before).sum(), (chinese & ~before).sum())


def published_table() -> pd.DataFrame:
    """Models that lie on Epoch's joint fit but for a residual orthogonal to it."""
    rng = np.random.default_rng(24)
    n = 68
    years, logs = rng.uniform(0, 5, n), rng.uniform(22, 26, n)
    dates = pd.Timestamp("2020-01-01") + pd.to_timedelta((years * 365.25).round(), unit="D")
    exact = (dates - pd.Timestamp("2020-01-01")) / pd.Timedelta(days=365.25)
    design = np.column_stack([np.ones(n), logs, exact])
    noise = rng.normal(0, 0.4, n)
    noise -= design @ np.linalg.lstsq(design, noise, rcond=None)[0]
    return pd.DataFrame(
        {
            "date": dates,
            "organization": [f"lab-{i}" for i in range(n)],
            "training_compute_flop": 10**logs,
            "eci": -6.6235 + 0.3107 * logs + 0.3747 * np.asarray(exact) + noise,
        }
    )


def test_progress_of_the_published_slopes() -> None:
    # Epoch AI (2025): 0.3107 per order of magnitude, 0.3747 per year: 1.206 OOM a year.
    progress = algorithmic_progress(published_table(), covariance="classical")
    assert progress.orders_of_magnitude_per_year.value == pytest.approx(1.206, abs=5e-4)
    assert progress.annual_factor.value == pytest.approx(16.07, abs=0.02)


def test_fieller_and_delta_intervals(rng: np.random.Generator) -> None:
    fit = algorithmic_progress(published_table(), covariance="classical")
    draws = rng.multivariate_normal(
        fit.regression.coefficients, fit.regression.covariance, size=200_000
    )
    ratio = draws[:, 2] / draws[:, 1]
    low, high = np.quantile(ratio, [0.025, 0.975])
    assert fit.fieller.low == pytest.approx(low, rel=0.01)
    assert fit.fieller.high == pytest.approx(high, rel=0.01)
    _, b, c = fit.regression.coefficients
    v = fit.regression.covariance
    relative = v[2, 2] / c**2 + v[1, 1] / b**2 - 2 * v[1, 2] / (b * c)
    rate = fit.orders_of_magnitude_per_year
    half = stats.t.ppf(0.975, 65) * abs(c / b) * math.sqrt(relative)
    assert (rate.low, rate.high) == pytest.approx((c / b - half, c / b + half))


def test_progress_recovers_the_truth() -> None:
    rng = np.random.default_rng(25)
    hits = 0
    for _ in range(200):
        rate = algorithmic_progress(capability_table(rng), level=0.90).orders_of_magnitude_per_year
        hits += rate.low <= 1.2 <= rate.high
    assert 170 <= hits <= 192


def test_bad_tables_are_refused(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    with pytest.raises(ModelInputError, match="rows of CHN, got 0"):
        capability_premium(table[table["country"] == "USA"])
    with pytest.raises(ModelInputError, match="complete"):
        capability_premium(table.assign(training_compute_flop=np.nan))
    with pytest.raises(ModelInputError, match="positive"):
        algorithmic_progress(table.assign(training_compute_flop=0.0))
    with pytest.raises(ModelInputError, match="independent regressors"):
        capability_premium(table.assign(training_compute_flop=1e24))
    with pytest.raises(ModelInputError, match="2 models of CHN before"):
        premium_shift(table, date="2000-01-01")
    with pytest.raises(ModelInputError, match="rise with compute"):
        algorithmic_progress(table.assign(eci=-table["eci"]))
    with pytest.raises(ModelInputError, match="6 rows"):
        algorithmic_progress(table.iloc[:5])
    assert math.isfinite(capability_premium(table).p_value)


def test_a_trend_of_the_premium_is_recovered() -> None:
    rng, hits = np.random.default_rng(26), {"per_year": 0, "at_end": 0}
    for _ in range(100):
        table = capability_table(rng, premium=2.0)
        years = (table["date"] - table["date"].min()).dt.days / 365.25
        table["eci"] += 3.0 * years * (table["country"] == "CHN")
        trend = premium_trend(table)
        hits["per_year"] += trend.per_year.low <= 3.0 <= trend.per_year.high
        hits["at_end"] += trend.at_end.low <= 2.0 + 3.0 * years.max() <= trend.at_end.high
    assert all(80 <= count <= 97 for count in hits.values()), hits


def test_trend_needs_both_countries(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    with pytest.raises(ModelInputError, match="rows of CHN"):
        premium_trend(table[table["country"] == "USA"])


def test_permutation_finds_a_premium_and_keeps_its_level() -> None:
    rng = np.random.default_rng(27)

    def p_value(premium: float) -> float:
        table = capability_table(rng, premium=premium, n=90, developers=12)
        return premium_permutation_p_value(table, rng=rng, replications=199)

    rejected = sum(p_value(0.0) <= 0.1 for _ in range(200))
    assert 8 <= rejected <= 35
    assert p_value(8.0) <= 0.02


def test_permutation_over_all_relabellings_of_few_developers(rng: np.random.Generator) -> None:
    # One Chinese developer of five: the p-value is its rank among five over five.
    table = capability_table(rng, n=60, developers=5, premium=0.0)
    lone = table["organization"] == "lab-0"
    table["country"] = np.where(lone, "CHN", "USA")
    sizes = []
    for name in table["organization"].unique():
        named = np.where(table["organization"] == name, "CHN", "USA")
        fit = capability_premium(table.assign(country=named), covariance="hc3")
        sizes.append((abs(fit.premium.value), name == "lab-0"))
    own = next(size for size, is_own in sizes if is_own)
    exact = sum(size >= own - 1e-9 for size, _ in sizes) / 5
    found = premium_permutation_p_value(table, rng=rng, replications=5000)
    assert found == pytest.approx(exact, abs=0.03)


def test_permutation_refuses_a_developer_of_two_countries(rng: np.random.Generator) -> None:
    table = capability_table(rng).assign(organization="everyone")
    with pytest.raises(ModelInputError, match="one country"):
        premium_permutation_p_value(table, rng=rng)


def test_a_control_takes_out_what_it_explains(rng: np.random.Generator) -> None:
    table = capability_table(rng, n=400, premium=2.0)
    chinese = table["country"] == "CHN"
    table["taught"] = rng.random(400) < np.where(chinese, 0.6, 0.1)
    table["eci"] += 8.0 * table["taught"]
    plain, held = (capability_premium(table, controls=names) for names in ((), ("taught",)))
    assert plain.premium.value == pytest.approx(6, abs=1.5)
    assert held.premium.value == pytest.approx(2, abs=1.5)
    assert held.without_one_developer.low <= held.premium.value
    date = "2023-07-01"
    shifts = (premium_shift(table, date=date, controls=names) for names in ((), ("taught",)))
    plain_shift, held_shift = shifts
    assert held_shift.before.value < plain_shift.before.value - 2
    assert premium_trend(table, controls=("taught",)).at_end.value < 5
    with pytest.raises(ModelInputError, match="independent regressors"):
        capability_premium(table.assign(taught=True), controls=("taught",))
    with pytest.raises(ModelInputError, match="columns"):
        capability_premium(table, controls=("absent",))


def test_progress_without_each_developer_by_hand(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    rates = algorithmic_progress(table).without_one_developer
    assert set(rates.index) == set(table["organization"])
    kept = table[table["organization"] != "lab-3"]
    alone = algorithmic_progress(kept).orders_of_magnitude_per_year.value
    assert rates["lab-3"] == pytest.approx(alone)


def test_doubling_time_of_tenfold_growth() -> None:
    tenfold = Estimate(1.0, 0.5, 2.0, 0.9, "confidence", 10, "OOM/year")
    months = doubling_months(tenfold)
    assert (months.value, months.low, months.high) == pytest.approx(
        (3.6124, 1.8062, 7.2247), rel=1e-4
    )
    assert doubling_months(Estimate(1.0, -0.1, 2.0, 0.9, "confidence", 10)) is None


def test_prediction_interval_of_one_model_covers() -> None:
    rng = np.random.default_rng(12)
    hits = 0
    for _ in range(200):
        table = capability_table(rng, n=40, premium=0.0)
        table["country"] = ["CHN"] + ["USA"] * 39
        one = excess_of_one(table, "m0")
        hits += one.low <= 0 <= one.high
    assert 170 <= hits <= 192
    assert one.kind == "prediction"
    with pytest.raises(ModelInputError, match="one model"):
        excess_of_one(table, "m1")


def test_permutation_p_value_by_hand() -> None:
    assert permutation_p_value(np.array([2.0, 1.0, -3.0, 2.0, np.nan])) == 3 / 4
