"""The chance to lead: closed forms, limits, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.race import lead_forecast


def known(value: float, unit: str = "points") -> Estimate:
    """Return an estimate with no error."""
    return Estimate(value, value, value, 0.9, "confidence", 30, unit)


def contest(
    gap: float = 8.0, closing: float = 1.0, volatility: float = 4.0
) -> lead_forecast.Contest:
    return lead_forecast.Contest("index", known(gap), known(closing), 1.0, volatility, "2026-01-01")


def chances(c: lead_forecast.Contest, *dates: str) -> lead_forecast.LeadForecast:
    return lead_forecast.lead_probability(c, dates, rng=np.random.default_rng(1), n_draws=200)


def test_without_error_in_gap_and_rate_it_is_the_normal_probability() -> None:
    forecast = chances(contest(), "2030-01-01")
    t = 1461 / 365.25
    expected = stats.norm.cdf((1.0 * t - 8.0) / (4.0 * np.sqrt(t)))
    assert forecast.terminal[0].value == pytest.approx(expected, rel=1e-12)
    assert forecast.terminal[0].low == pytest.approx(forecast.terminal[0].high)


def test_error_in_the_rate_widens_like_a_normal_mixture() -> None:
    sd = 3.0
    spread = sd * float(stats.norm.ppf(0.95))
    uncertain = lead_forecast.Contest(
        "index", known(8.0), Estimate(0.0, -spread, spread, 0.9, "confidence", 30, "points/year"),
        1.0, 4.0, "2026-01-01",
    )  # fmt: skip
    forecast = lead_forecast.lead_probability(
        uncertain, ["2030-01-01"], rng=np.random.default_rng(2), n_draws=200_000
    )
    t = 4.0
    expected = stats.norm.cdf(-8.0 / np.hypot(4.0 * np.sqrt(t), sd * t))
    assert forecast.terminal[0].value == pytest.approx(expected, abs=0.003)


def test_ever_is_at_least_terminal_and_never_falls() -> None:
    dates = [f"{year}-01-01" for year in range(2027, 2040)]
    frame = chances(contest(), *dates).to_frame()
    assert (frame["ever"] >= frame["terminal"]).all()
    assert frame["ever"].is_monotonic_increasing


@pytest.mark.parametrize("step", [1, 2, 4])
def test_volatility_is_recovered_from_a_random_walk(step: int) -> None:
    walk = pd.Series(np.random.default_rng(5).normal(0.3, 2.0, 20_000).cumsum())
    found = lead_forecast.yearly_volatility(walk, step_quarters=step)
    assert found == pytest.approx(4.0, rel=0.05)


def test_volatility_of_noise_about_a_level_falls_with_the_step() -> None:
    noise = pd.Series(np.random.default_rng(6).normal(0, 2.0, 20_000))
    short, long = (lead_forecast.yearly_volatility(noise, step_quarters=q) for q in (1, 4))
    assert long == pytest.approx(short / 2, rel=0.05)


def test_gap_series_is_the_difference_of_running_maxima() -> None:
    frame = pd.DataFrame(
        {
            "model": list("abcd"),
            "country": ["USA", "CHN", "USA", "CHN"],
            "date": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-05-01", "2024-08-01"]),
            "eci": [10.0, 7.0, 15.0, 16.0],
        }
    )
    later = pd.DataFrame(
        {"model": ["e"], "country": ["FRA"], "date": pd.to_datetime(["2024-12-31"]), "eci": [1.0]}
    )
    series = lead_forecast.gap_series(
        pd.concat([frame, later], ignore_index=True), since="2024-01-01", value="eci"
    )
    assert series["gap"].tolist() == [3.0, 8.0, -1.0, -1.0]


def test_difference_adds_half_widths_in_quadrature() -> None:
    first = Estimate(5.0, 2.0, 8.0, 0.9, "confidence", 10, units.ORDERS)
    second = Estimate(1.0, -3.0, 5.0, 0.9, "confidence", 20, units.ORDERS)
    both = lead_forecast.difference(first, second)
    assert (both.value, both.low, both.high, both.n) == (4.0, -1.0, 9.0, 30)


def test_a_weight_shrinks_value_and_interval() -> None:
    half = lead_forecast.scaled(Estimate(2.0, -4.0, 6.0, 0.9, "confidence", 10, ""), 0.5)
    assert (half.value, half.low, half.high) == (1.0, -2.0, 3.0)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ModelInputError, match="date after"):
        chances(contest(), "2025-01-01")
    with pytest.raises(ModelInputError, match="weight"):
        lead_forecast.scaled(known(1.0), 1.5)
    with pytest.raises(ModelInputError, match="changes or more"):
        lead_forecast.yearly_volatility(pd.Series([1.0, 2.0]), step_quarters=1)
    with pytest.raises(ModelInputError, match="one of"):
        chances(contest(), "2031-01-01").on("2032-01-01")
