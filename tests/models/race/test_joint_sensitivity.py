"""Sensitivity of the joint race where the answer is known."""

import numpy as np
import pytest

from models.core.errors import ModelInputError
from models.race.joint_sensitivity import (
    Effort,
    compute_joint_sobol,
    compute_joint_tornado,
    find_smallest_changes,
)
from models.race.lead_forecast import LeadForecast
from models.race.race_forecasts import sweep
from models.race.race_parameters import (
    BOUNDS,
    JointCalibration,
    JointParameters,
    list_forecast_dates,
)
from tests.models.race.examples import calibration

LATE = list_forecast_dates()[-1]
EFFORT = Effort(seed=2, n_draws=20, paths_per_draw=50)


@pytest.fixture(scope="module")
def known() -> JointCalibration:
    return calibration(gap=8.0, volatility=3.0)


def passed(forecast: LeadForecast) -> float:
    return forecast.on(LATE)[1].value


def test_a_tornado_has_the_chances_of_the_model(known: JointCalibration) -> None:
    rows = compute_joint_tornado(
        JointParameters(),
        known,
        {"unseen_h100e_thousand": (1500.0, 1500.0), "efficiency_gain_oom_per_year": (-0.1, 0.2)},
        LATE,
        effort=EFFORT,
    )
    assert rows["assumption"].tolist() == ["efficiency_gain_oom_per_year", "unseen_h100e_thousand"]
    expected = sweep(
        [JointParameters(efficiency_gain_oom_per_year=x) for x in (-0.1, 0.2)],
        known, seed=2, n_draws=20, paths_per_draw=50,
    )  # fmt: skip
    assert rows.loc[0, ["at_low", "at_high"]].tolist() == [passed(f) for f in expected]
    assert rows.loc[1, "at_low"] == rows.loc[1, "at_high"]


def test_sobol_finds_the_input_that_matters_and_how_well_it_is_foretold(
    known: JointCalibration,
) -> None:
    found = compute_joint_sobol(
        JointParameters(),
        known,
        {
            "efficiency_gain_oom_per_year": (-0.2, 0.3),
            "euv_volume_year": (2036.0, 2040.0),  # after the forecast: moves nothing
            "import_regime": (0.0, 3.0),
        },
        [LATE],
        effort=EFFORT,
        n_evaluations=64,
    )
    table = found.to_frame().set_index("input")
    assert table.index[0] == "efficiency_gain_oom_per_year"
    assert table.loc["euv_volume_year", "total"] < 0.02
    assert found.surrogates[LATE].q_squared > 0.8
    assert (table["total_half_width"] >= 0).all()


def test_the_smallest_change_lands_on_the_threshold(known: JointCalibration) -> None:
    rows = find_smallest_changes(
        JointParameters(), known, {"even": lambda f: passed(f) - 0.5}, effort=EFFORT
    ).set_index("parameter")
    needed = rows.loc["efficiency_gain_oom_per_year", "needed"]
    reached = sweep(
        [JointParameters(efficiency_gain_oom_per_year=needed)],
        known, seed=2, n_draws=20, paths_per_draw=50,
    )  # fmt: skip
    assert passed(reached[0]) == pytest.approx(0.5, abs=0.03)
    width = np.ptp(BOUNDS["efficiency_gain_oom_per_year"])
    assert rows.loc["efficiency_gain_oom_per_year", "share_of_range"] == pytest.approx(
        needed / width
    )
    assert np.isnan(rows.loc["euv_volume_year", "needed"])
    assert rows["share_of_range"].dropna().is_monotonic_increasing


def test_what_is_no_judgement_is_refused(known: JointCalibration) -> None:
    with pytest.raises(ModelInputError, match="fame"):
        compute_joint_tornado(JointParameters(), known, {"fame": (0, 1)}, LATE, effort=EFFORT)
    with pytest.raises(ModelInputError, match="margin"):
        find_smallest_changes(JointParameters(), known, {}, effort=EFFORT)
