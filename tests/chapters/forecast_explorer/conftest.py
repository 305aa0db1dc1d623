"""A surface whose answer is known: only the efficiency gain and American growth move it."""

import numpy as np
import pytest

from chapters.forecast_explorer.accuracy import Misses, measure_misses
from models.core.response_surface import ResponseSurface
from models.race.forecast_surface import REGIMES, SLIDERS, ForecastSurface
from models.race.lead_forecast import LeadForecast
from models.race.race_parameters import JointParameters, list_forecast_dates
from models.race.surface_outcomes import CHANCES
from tests.models.race.examples import calibration, exactly

RACE = calibration(gap=6.0, volatility=5.0, luck=2.0)
NAMES = [axis.name for axis in SLIDERS]
GROWTH = {"closed": 0.0, "as now": -1.0, "open": -0.5}
"""Logits that American growth takes from the middle of its range to its end, by import regime."""


def response(growth: float) -> ResponseSurface:
    powers = np.zeros((3, len(SLIDERS)), dtype=int)
    powers[1, NAMES.index("efficiency_gain_oom_per_year")] = 1
    powers[2, NAMES.index("us_compute_growth")] = 1
    # Value, low and high end of every chance; the fan has the same shape.
    start = np.resize([-1.0, -2.0, 1.0], CHANCES.size)
    coefficients = np.stack([start, np.full(CHANCES.size, 3.0), np.full(CHANCES.size, growth)])
    still = np.zeros(CHANCES.size)
    return ResponseSurface(SLIDERS, powers, coefficients, CHANCES, np.zeros(4), still, 10)


@pytest.fixture(scope="session")
def surface() -> ForecastSurface:
    dates = list_forecast_dates()
    chance = tuple(exactly(0.3, 0.1) for _ in dates)
    return ForecastSurface(
        parameters=JointParameters(),
        surfaces={
            (definition, regime): response(GROWTH[regime])
            for definition in ("capability", "largest_run")
            for regime in REGIMES
        },
        sales={"revenue": LeadForecast("revenue", dates, chance, chance, chance)},
        fan_times=(2026.5, 2027.0, 2028.0, 2029.0, 2030.0, 2031.0),
        level=0.9,
        n_draws=40,
        seed=3,
        members={},
    )


@pytest.fixture(scope="session")
def measured(surface: ForecastSurface) -> Misses:
    """Return the surface's misses at points of full runs."""
    return measure_misses(surface, RACE, n_held_out=2, seed=4)
