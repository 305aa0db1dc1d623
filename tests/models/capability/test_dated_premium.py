"""The question on the premium: its chance in closed form and by simulation, and its settling."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models.capability.compute_efficiency import estimate_premium
from models.capability.dated_premium import (
    PREMIUM,
    compute_chance_of_premium,
    measure_premium_by,
    settle,
)
from models.core.dated_events import DatedEvent
from models.core.errors import ModelInputError
from models.core.estimates import Estimate

HALF = float(stats.norm.ppf(0.95))


def premium(value: float, n: int = 60) -> Estimate:
    """An estimate with a standard error of 1."""
    return Estimate(value, value - HALF, value + HALF, 0.9, "confidence", n, "points")


def test_as_many_models_again_halve_the_variance_that_is_left() -> None:
    chance = compute_chance_of_premium(premium(1.0), n_new=60)
    assert chance == pytest.approx(stats.norm.cdf(np.sqrt(2)))
    assert compute_chance_of_premium(premium(0.0), n_new=5) == pytest.approx(0.5)
    few, many = (compute_chance_of_premium(premium(1.0), n_new=n) for n in (1, 10_000))
    assert few > 0.999
    assert many == pytest.approx(stats.norm.cdf(1), abs=0.01)


def test_the_chance_is_that_of_simulated_new_models(rng: np.random.Generator) -> None:
    n, m, draws = 40, 20, 20_000
    truth = rng.normal(0.6, 1, draws)  # flat prior: about the estimate, with its error
    new = rng.normal(truth, np.sqrt(n / m))
    later = (n * 0.6 + m * new) / (n + m)
    chance = compute_chance_of_premium(premium(0.6, n), n_new=m)
    assert (later >= 0).mean() == pytest.approx(chance, abs=0.01)


@pytest.mark.parametrize(("half", "n_new"), [(HALF, 0), (0.0, 3)])
def test_no_models_or_no_interval_is_refused(half: float, n_new: int) -> None:
    with pytest.raises(ModelInputError):
        compute_chance_of_premium(
            Estimate(1, 1 - half, 1 + half, 0.9, "confidence", 9, "points"), n_new=n_new
        )


def test_it_is_settled_by_the_regression_of_the_chapter(rng: np.random.Generator) -> None:
    n = 40
    country = np.where(np.arange(n) % 2, "CHN", "USA")
    orders, days = rng.uniform(22, 26, n), pd.date_range("2024-01-01", periods=n, freq="25D")
    index = pd.DataFrame({
        "country": country, "organization": [f"o{i % 6}" for i in range(n)], "date": days,
        "training_compute_flop": 10**orders,
        "eci": 5 * orders + 3.0 * (country == "CHN") + rng.normal(0, 0.5, n),
    })  # fmt: skip
    due = days[-2]
    assert measure_premium_by(index, days[-1] + pd.Timedelta(days=1)) is None
    value = measure_premium_by(index, due)
    assert value == pytest.approx(estimate_premium(index.iloc[:-1]).premium.value)
    assert value == pytest.approx(3, abs=0.6)
    event = DatedEvent("?", PREMIUM, "at least", 0.0, "", f"{due:%Y-%m-%d}", "points", "", 0.9)
    settled = settle(vars(event), index, reached="2030-01-01")
    assert settled is not None
    assert settled.happened
