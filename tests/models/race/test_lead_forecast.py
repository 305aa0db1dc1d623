"""Races of which only bounds are known, against closed forms; and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.race.lead_events import measure_event_shares
from models.race.lead_forecast import (
    Contest,
    LeadForecast,
    simulate_contest,
    summarise_shares,
    track_gap,
)
from tests.models.race.examples import chance, exactly


def ahead_at_the_end(contest: Contest, quarters: int = 16) -> float:
    rng = np.random.default_rng(1)
    lead = simulate_contest(contest, quarters, draws=400, inner=200, rng=rng)
    return float((lead[-1] > 0).mean())


def test_without_error_in_the_gap_it_is_the_normal_probability() -> None:
    found = ahead_at_the_end(Contest("index", exactly(8.0), 1.0, 4.0))
    assert found == pytest.approx(stats.norm.cdf((1.0 * 4 - 8) / (4 * 2)), abs=0.005)


def test_error_in_the_gap_widens_like_a_normal_mixture() -> None:
    spread = 3.0 * float(stats.norm.ppf(0.95))
    uncertain = Contest("index", Estimate(8.0, 8 - spread, 8 + spread, 0.9, "range", 0), 0.0, 4.0)
    expected = stats.norm.cdf(-8.0 / np.hypot(4.0 * 2, 3.0))
    assert ahead_at_the_end(uncertain) == pytest.approx(expected, abs=0.02)


def test_watched_at_ends_of_quarters_a_lead_is_seen_less_often_than_by_the_day() -> None:
    # First passage of a driftless walk watched all the time: twice the terminal chance
    # (reflection principle); at the ends of quarters some passages are missed.
    rng = np.random.default_rng(2)
    lead = simulate_contest(Contest("i", exactly(4.0), 0.0, 4.0), 16, draws=400, inner=100, rng=rng)
    shares = measure_event_shares(lead, [15], margin=0.0, inner=100).mean(axis=2)[:, 0]
    terminal, ever, held = map(float, shares)
    assert held < ever < 2 * stats.norm.cdf(-4.0 / 8.0)
    assert terminal < ever


def test_the_interval_over_draws_leaves_out_the_noise_of_few_paths() -> None:
    rng = np.random.default_rng(3)
    noise = rng.binomial(20, 0.3, 4000) / 20
    (alone,) = summarise_shares(noise[np.newaxis], 20, 40, 0.9)
    assert alone.high - alone.low < 0.1
    true = rng.uniform(0.1, 0.5, 4000)
    (found,) = summarise_shares(rng.binomial(20, true)[np.newaxis] / 20, 20, 40, 0.9)
    assert (found.low, found.high) == pytest.approx((0.12, 0.48), abs=0.04)


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
    series = track_gap(
        pd.concat([frame, later], ignore_index=True), since="2024-01-01", value="eci"
    )
    assert series["gap"].tolist() == [3.0, 8.0, -1.0, -1.0]


def test_a_forecast_gives_its_three_chances_by_date() -> None:
    day, one, two, three = "2031-01-10", *(chance(x, x, x) for x in (0.1, 0.2, 0.15))
    forecast = LeadForecast("capability", (day,), (one,), (two,), (three,))
    assert forecast.on(day) == (one, two, three)
    row = forecast.to_frame().iloc[0]
    assert (row["terminal"], row["ever"], row["held"], row["held_low"]) == (0.1, 0.2, 0.15, 0.15)
    with pytest.raises(ModelInputError, match="one of"):
        forecast.on("2032-01-10")
