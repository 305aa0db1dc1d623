"""A race whose state is known, and tables of two countries on parallel lines."""

import numpy as np
import pandas as pd
import pytest

from chapters.overtake_forecast import chance_by_year, joint_model, model_fit
from chapters.overtake_forecast.chance_by_year import Benchmark
from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.model_fit import Fitted
from models.race.lead_forecast import Contest
from models.race.race_parameters import JointParameters
from tests.models.race.examples import calibration, exactly
from tests.models.simulated import race_tables

SINCE = "2023-01-01"
REVENUE = Contest("Revenue", exactly(0.5, 0.3), exactly(0.0), 1.0, 0.3, "2026-01-10")
SALES = {"revenue": REVENUE, "valuation": REVENUE}


@pytest.fixture(scope="session")
def tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return race_tables(behind=6.0)


@pytest.fixture(scope="session")
def joint() -> JointForecast:
    race = calibration(gap=6.0, volatility=5.0, luck=2.0, sales=SALES)
    return joint_model.forecast_race(JointParameters(), race, seed=5, n_draws=40, level=0.9)


@pytest.fixture(scope="session")
def fitted(joint: JointForecast, tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> Fitted:
    return model_fit.describe_fit(joint, tables[0], since=SINCE, level=0.9)


@pytest.fixture(scope="session")
def benchmark(tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> Benchmark:
    index, ai_models, _ = tables
    return chance_by_year.walk_randomly(
        index, ai_models, since=SINCE, trend_weight=0.5, volatility_factor=2.0, level=0.9,
        rng=np.random.default_rng(1),
    )  # fmt: skip
