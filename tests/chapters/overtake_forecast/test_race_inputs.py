"""What is fitted once and scaled is what is fitted with the parameters."""

import pytest

from chapters.overtake_forecast import race_inputs
from chapters.overtake_forecast.race_inputs import fit_race, scale_calibration, select_race
from models.race.race_parameters import JointCalibration, JointParameters
from tests.chapters.overtake_forecast.conftest import SALES
from tests.models.race.examples import calibration


@pytest.fixture
def unit(monkeypatch: pytest.MonkeyPatch) -> JointCalibration:
    """Return a fit whose margin and volatility are what the fit was given."""

    def calibrate(_: object, given: dict[str, float]) -> JointCalibration:
        assert given["seed"] == 3
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
