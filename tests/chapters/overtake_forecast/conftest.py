"""A race whose state is known, and tables of two countries on parallel lines."""

import numpy as np
import pandas as pd
import pytest

from chapters.overtake_forecast import joint_model, model_fit
from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.model_fit import Fitted
from chapters.overtake_forecast.pooled import Pooled, pool_members
from models.race.gap_pool import simulate_members
from models.race.lead_forecast import Contest
from models.race.race_batch import PastMembers
from models.race.race_parameters import JointParameters
from models.race.race_simulation import LeadPaths
from tests.models.race.examples import calibration, exactly
from tests.models.simulated import race_tables

SINCE = "2023-01-01"
REVENUE = Contest("Revenue", exactly(0.5, 0.3), 0.0, 0.3)
SALES = {"revenue": REVENUE, "valuation": REVENUE}


@pytest.fixture(scope="session")
def tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return race_tables(behind=6.0)


@pytest.fixture(scope="session")
def joint() -> JointForecast:
    race = calibration(gap=6.0, volatility=5.0, luck=2.0, sales=SALES, lead_margin=1.0)
    return joint_model.forecast_race(JointParameters(), race, seed=5, n_draws=40, level=0.9)


@pytest.fixture(scope="session")
def fitted(joint: JointForecast, tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> Fitted:
    return model_fit.describe_fit(joint, tables[0], since=SINCE, level=0.9)


@pytest.fixture(scope="session")
def pooled_paths(joint: JointForecast) -> tuple[Pooled, dict[str, LeadPaths]]:
    """Return the pool and its members' paths, from a gap of about 6 points."""
    gaps = 6 + np.random.default_rng(1).normal(0, 2, 30)
    joint_paths = joint_model.simulate_paths(joint)["capability"]
    paths, failed = simulate_members(
        gaps, joint_paths.times, rng=np.random.default_rng(2), draws=40, inner=50
    )
    past = PastMembers(paths, failed, gaps.size)
    return pool_members(joint, past, joint_paths, level=0.9)


@pytest.fixture(scope="session")
def pool(pooled_paths: tuple[Pooled, dict[str, LeadPaths]]) -> Pooled:
    return pooled_paths[0]
