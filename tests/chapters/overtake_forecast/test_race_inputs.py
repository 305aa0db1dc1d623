"""What is fitted once and scaled is what is fitted with the parameters."""

from dataclasses import replace

import numpy as np
import pytest

from chapters.overtake_forecast import race_inputs
from chapters.overtake_forecast.race_inputs import (
    fit_race,
    scale_calibration,
    select_race,
    state_intervals,
)
from models.race.race_calibration import calibrate
from models.race.race_parameters import JointCalibration, JointParameters
from tests.chapters.overtake_forecast.conftest import SALES
from tests.models.race.examples import calibration
from tests.models.simulated import race_tables


@pytest.fixture
def unit(monkeypatch: pytest.MonkeyPatch) -> JointCalibration:
    """Return a fit whose margin and volatility are what the fit was given."""

    def calibrate(_: object, given: dict[str, float]) -> JointCalibration:
        assert (given["seed"], "interval_level" in given) == (3, False)
        return calibration(sales=SALES, lead_margin=given["lead_margin_errors"] * 2.5)

    monkeypatch.setattr(race_inputs, "calibrate_race", calibrate)
    return fit_race({}, {"seed": 3})


def test_the_margin_is_so_many_errors_and_sales_are_shaken_as_told(unit: JointCalibration) -> None:
    found = scale_calibration(unit, sales_volatility=0.5, lead_margin_errors=2.0)
    assert unit.lead_margin == 2.5
    assert found.lead_margin == 5.0
    assert {name: x.volatility for name, x in found.sales.items()} == {
        name: 0.5 * x.volatility for name, x in SALES.items()
    }


def test_what_moves_no_path_is_left_out_of_the_race(unit: JointCalibration) -> None:
    assert not {"leading_definition", "sales_closing_oom_per_year"} & set(race_inputs.OF_RACE)
    race = select_race(unit, {"memory_growth": 3.0}, seed=4)
    assert race.parameters == JointParameters(memory_growth=3.0)
    assert (race.calibration.sales, race.calibration.lead_margin, race.seed) == ({}, 0.0, 4)


def test_another_level_moves_the_ends_of_what_is_shown_and_nothing_else() -> None:
    index, models, chips = race_tables()
    since = "2023-01-01"
    fitted = calibrate(
        index, models, chips, since=since, sales={}, level=0.9, lead_margin=1.0,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    same, narrow = (
        state_intervals(
            fitted, index, models, since=since, level=level, rng=np.random.default_rng(1)
        )
        for level in (0.9, 0.5)
    )
    for name in ("closing", "equal_compute_gain", "relative_points"):
        known, other = getattr(fitted, name), getattr(narrow, name)
        assert getattr(same, name) == known
        assert (other.value, other.level) == (known.value, 0.5)
        assert known.low < other.low <= other.high < known.high
    shown = {name: getattr(fitted, name) for name in ("closing", "equal_compute_gain",
                                                      "relative_points")}  # fmt: skip
    assert replace(narrow, **shown) == fitted
