"""A batch gives what each set of parameters gives alone, in order."""

from dataclasses import asdict
from typing import Any

import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.core.estimates import to_percent
from models.race.gap_pool import pool_chances
from models.race.race_batch import (
    calibrate_race,
    name_chances,
    prepare_headlines,
    read_joint_parameters,
    simulate_past_members,
)
from models.race.race_forecasts import forecast_overtake
from models.race.race_parameters import JointParameters, list_forecast_dates
from tests.models.simulated import chips_sold, race_tables, world_tables

COMMON = {
    "seed": 3,
    "interval_level": 0.9,
    "trend_start_year": 2023,
    "sales_volatility": 0.3,
    "lead_margin_errors": 1.0,
    "n_draws": 25,
}


@pytest.fixture(autouse=True)
def ruler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the index err by 1.5 points."""
    monkeypatch.setattr("models.race.race_batch.measure_ruler_error", lambda *_, **__: 1.5)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    index, models, _ = race_tables()
    world = world_tables()
    sales = pd.DataFrame(
        {
            "id": ["revenue-openai-2025", "valuation-openai-2025", "minimax-revenue-2025"],
            "value": [13.0, 500.0, 53.0],
        }
    )
    listings = pd.DataFrame(
        {"firm": ["MiniMax", "Zhipu"], "market_value_first_close_hkd_million": [100e3, 60e3]}
    )
    nothing = pd.DataFrame()  # the ruler's error is set by `ruler`
    return {
        **world,
        "chips_sold": chips_sold(),
        "index_scores": nothing,
        "index_vintages": nothing,
        "capability_index": index,
        "ai_models": models,
        "published_estimates": pd.concat([world["published_estimates"], sales]),
        "listings": listings,
    }


def values(**changes: Any) -> dict[str, Any]:
    return {**asdict(JointParameters()), **COMMON, **changes}


def test_each_of_a_batch_is_what_it_is_alone(tables: dict[str, pd.DataFrame]) -> None:
    batch = [
        values(),
        values(leading_definition="revenue"),
        values(n_draws=30, import_regime="open"),
        values(seed=4),
        values(euv_volume_year=2027.0),
    ]
    found = prepare_headlines(tables)(batch)
    assert found == [prepare_headlines(tables)([one])[0] for one in batch]
    assert found[0]["probability_2031_ever"] != found[3]["probability_2031_ever"]


def test_the_numbers_are_the_model_s(tables: dict[str, pd.DataFrame]) -> None:
    given = values(us_compute_growth=1.1)
    calibration = calibrate_race(tables, given)
    joint = forecast_overtake(read_joint_parameters(given), calibration, seed=3, n_draws=25)
    members = simulate_past_members(tables, given, calibration)
    assert calibration.lead_margin == 1.5
    assert members.failed == ()
    pool = pool_chances({**members.count_chances(1.5, 0.9), "joint": joint}, 0.9)
    found = prepare_headlines(tables)([given])[0]
    assert found == {**name_chances(pool), "closing_rate": calibration.closing}
    assert found["probability_2031_lead"] == to_percent(pool.on(list_forecast_dates()[-1])[2])
    assert found["probability_2031_lead"].unit == "%"


def test_by_any_other_meaning_it_is_the_joint_race_alone(tables: dict[str, pd.DataFrame]) -> None:
    given = values(leading_definition="largest_run")
    calibration = calibrate_race(tables, given)
    joint = forecast_overtake(read_joint_parameters(given), calibration, seed=3, n_draws=25)
    found = prepare_headlines(tables)([given])[0]
    assert found == {**name_chances(joint), "closing_rate": calibration.closing}


def test_a_larger_margin_makes_a_lead_rarer_and_first_passage_no_rarer(
    tables: dict[str, pd.DataFrame],
) -> None:
    small, large = prepare_headlines(tables)(
        [values(lead_margin_errors=0.0), values(lead_margin_errors=3.0)]
    )
    assert large["probability_2031_lead"].value < small["probability_2031_lead"].value
    assert large["probability_2031_ever"] == small["probability_2031_ever"]


def test_a_missing_parameter_is_named(tables: dict[str, pd.DataFrame]) -> None:
    given = values()
    del given["diffusion_rate"]
    with pytest.raises(ModelInputError, match="needs parameters diffusion_rate"):
        prepare_headlines(tables)([given])
    with pytest.raises(ModelInputError, match="needs parameters seed"):
        prepare_headlines(tables)([{"n_draws": 20}])
