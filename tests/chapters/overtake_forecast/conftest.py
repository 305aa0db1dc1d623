"""A race whose state is known, and tables of two countries on parallel lines."""

import numpy as np
import pandas as pd
import pytest

from chapters.overtake_forecast import joint_model, model_fit
from chapters.overtake_forecast.joint_model import JointForecast, Simulated
from chapters.overtake_forecast.model_fit import Fitted
from chapters.overtake_forecast.pooled import Pooled, count_past, pool_members
from chapters.overtake_forecast.race_inputs import Race
from models.race.equal_compute_gain import list_gains_by_start
from models.race.gap_pool import simulate_members
from models.race.lead_forecast import Contest
from models.race.race_batch import PastMembers
from models.race.race_calibration import list_quarterly_gaps
from models.race.race_parameters import JointCalibration, JointParameters
from tests.models.race.examples import calibration, exactly
from tests.models.simulated import race_tables

SINCE = "2023-01-01"
REVENUE = Contest("Revenue", exactly(0.5, 0.3), 0.0, 0.3)
SALES = {"revenue": REVENUE, "valuation": REVENUE}
MARGIN = 1.0


def forecast(
    calibration: JointCalibration, *, seed: int, n_draws: int
) -> tuple[JointForecast, Simulated]:
    """Return what the joint model says at the values in use, and its paths."""
    parameters = JointParameters()
    simulated = joint_model.simulate_race(
        Race(parameters, calibration, seed), margin=calibration.lead_margin, n_draws=n_draws
    )
    sold = joint_model.count_sales(
        calibration.sales, calibration.start, closing=parameters.sales_closing_oom_per_year,
        volatility_factor=parameters.volatility_factor, seed=seed, n_draws=n_draws,
    )  # fmt: skip
    found = joint_model.summarise_race(calibration, simulated.counts, sold, level=0.9)
    return JointForecast(parameters, calibration, found, seed, n_draws), simulated


@pytest.fixture(scope="session")
def tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return race_tables(behind=6.0)


@pytest.fixture(scope="session")
def forecast_and_paths() -> tuple[JointForecast, Simulated]:
    known = calibration(gap=6.0, volatility=5.0, luck=2.0, sales=SALES, lead_margin=MARGIN)
    return forecast(known, seed=5, n_draws=40)


@pytest.fixture(scope="session")
def joint(forecast_and_paths: tuple[JointForecast, Simulated]) -> JointForecast:
    return forecast_and_paths[0]


@pytest.fixture(scope="session")
def simulated(forecast_and_paths: tuple[JointForecast, Simulated]) -> Simulated:
    return forecast_and_paths[1]


@pytest.fixture(scope="session")
def race(joint: JointForecast) -> Race:
    return Race(joint.parameters, joint.calibration, joint.seed)


@pytest.fixture(scope="session")
def fitted(race: Race, tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> Fitted:
    index = tables[0]
    past_gaps = list_quarterly_gaps(index, since=SINCE, value="eci")
    return model_fit.describe_fit(
        race.parameters, race.calibration, model_fit.simulate_fit(race), past_gaps,
        list_gains_by_start(index, level=0.9), level=0.9,
    )  # fmt: skip


@pytest.fixture(scope="session")
def past_members(simulated: Simulated) -> PastMembers:
    """Return the members that know the past alone, from a gap of about 6 points."""
    gaps = 6 + np.random.default_rng(1).normal(0, 2, 30)
    times = simulated.paths["capability"].times
    paths, failed = simulate_members(gaps, times, rng=np.random.default_rng(2), draws=40, inner=50)
    return PastMembers(paths, failed, gaps.size)


@pytest.fixture(scope="session")
def pool(joint: JointForecast, simulated: Simulated, past_members: PastMembers) -> Pooled:
    return pool_members(
        joint.chosen, joint.capability.forecast, count_past(past_members, MARGIN),
        simulated.counts["capability"], level=0.9,
    )  # fmt: skip
