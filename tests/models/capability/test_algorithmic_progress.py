import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models.capability.algorithmic_progress import (
    compute_doubling_months,
    estimate_algorithmic_progress,
    estimate_two_stage_rate,
)
from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from tests.models.simulated import capability_table


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
    progress = estimate_algorithmic_progress(published_table(), covariance="classical")
    assert progress.orders_of_magnitude_per_year.value == pytest.approx(1.206, abs=5e-4)
    assert progress.annual_factor.value == pytest.approx(16.07, abs=0.02)


def on_a_plane(logs: np.ndarray, years: np.ndarray) -> pd.DataFrame:
    """Scores of one point for each order of magnitude and 1.2 a year, without scatter."""
    dates = pd.Timestamp("2020-01-01") + pd.to_timedelta((years * 365.25).round(), unit="D")
    exact = (dates - pd.Timestamp("2020-01-01")) / pd.Timedelta(days=365.25)
    return pd.DataFrame({
        "date": dates, "organization": "lab", "training_compute_flop": 10**logs,
        "eci": logs + 1.2 * np.asarray(exact),
    })  # fmt: skip


def test_in_two_stages_compute_takes_what_it_shares_with_the_date() -> None:
    logs, years = (axis.ravel() for axis in np.meshgrid(np.arange(20.0, 26), np.arange(0.0, 6)))
    apart = estimate_two_stage_rate(on_a_plane(logs, years))
    assert apart == pytest.approx(1.2, abs=0.01)  # compute and date share nothing
    together = estimate_two_stage_rate(on_a_plane(20 + years + 0.1 * np.sin(9 * logs), years))
    assert 0 <= together < 0.02  # all of it goes to compute
    with pytest.raises(ModelInputError):
        estimate_two_stage_rate(on_a_plane(logs, years).head(5))


def test_fieller_and_delta_intervals(rng: np.random.Generator) -> None:
    fit = estimate_algorithmic_progress(published_table(), covariance="classical")
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
        rate = estimate_algorithmic_progress(
            capability_table(rng), level=0.90
        ).orders_of_magnitude_per_year
        hits += rate.low <= 1.2 <= rate.high
    assert 170 <= hits <= 192


def test_progress_without_each_developer_by_hand(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    rates = estimate_algorithmic_progress(table).without_one_developer
    assert set(rates.index) == set(table["organization"])
    kept = table[table["organization"] != "lab-3"]
    alone = estimate_algorithmic_progress(kept).orders_of_magnitude_per_year.value
    assert rates["lab-3"] == pytest.approx(alone)


def test_doubling_time_of_tenfold_growth() -> None:
    tenfold = Estimate(1.0, 0.5, 2.0, 0.9, "confidence", 10, units.ORDERS_A_YEAR)
    months = compute_doubling_months(tenfold)
    assert (months.value, months.low, months.high) == pytest.approx(
        (3.6124, 1.8062, 7.2247), rel=1e-4
    )
    assert compute_doubling_months(Estimate(1.0, -0.1, 2.0, 0.9, "confidence", 10)) is None
