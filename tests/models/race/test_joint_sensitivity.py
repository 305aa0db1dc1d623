"""How far a parameter must move, where the model itself can be asked."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from models.core.errors import ModelInputError
from models.race.joint_sensitivity import Effort, find_smallest_changes, try_bounds
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
GAIN = "efficiency_gain_oom_per_year"


@pytest.fixture(scope="module")
def known() -> JointCalibration:
    return calibration(gap=3.0, volatility=3.0)


def chance_at(known: JointCalibration, gain: float) -> float:
    size = {"n_draws": EFFORT.n_draws, "paths_per_draw": EFFORT.paths_per_draw}
    at = JointParameters(efficiency_gain_oom_per_year=gain)
    return sweep([at], known, seed=EFFORT.seed, **size)[0].on(LATE)[2].value


def found(known: JointCalibration, thresholds: Mapping[str, float], chance: float) -> pd.DataFrame:
    bounds = try_bounds(JointParameters(), known, date=LATE, effort=EFFORT)
    return find_smallest_changes(
        JointParameters(), known, bounds, thresholds, chance=chance, date=LATE, effort=EFFORT
    )


def test_the_smallest_change_lands_on_the_threshold(known: JointCalibration) -> None:
    rows = found(known, {"even": 0.5}, chance_at(known, 0.0)).set_index("parameter")
    needed = rows.loc[GAIN, "needed"]
    assert chance_at(known, needed) == pytest.approx(0.5, abs=0.02)
    assert rows.loc[GAIN, "share_of_range"] == pytest.approx(needed / np.ptp(BOUNDS[GAIN]))
    assert np.isnan(rows.loc["euv_volume_year", "needed"])
    assert rows["share_of_range"].dropna().is_monotonic_increasing


def test_a_larger_run_s_chance_anchors_the_small_ones(known: JointCalibration) -> None:
    own = chance_at(known, 0.0)
    plain, higher = (
        found(known, {"even": 0.5}, chance).set_index("parameter").loc[GAIN, "needed"]
        for chance in (own, own + 0.05)
    )
    assert higher < plain
    at = found(known, {"own": 0.2}, 0.2 + 1e-9).set_index("parameter").loc[GAIN, "needed"]
    assert at == pytest.approx(0, abs=1e-3)


def test_the_nearer_of_two_crossings_counts(known: JointCalibration) -> None:
    own = chance_at(known, 0.0)
    rows = found(known, {"up": own + 0.1, "down": own / 2}, own)
    by_margin = rows[rows["parameter"] == GAIN].set_index("margin")["needed"]
    assert by_margin["down"] < 0 < by_margin["up"]


def test_each_threshold_is_searched_as_if_it_were_alone(known: JointCalibration) -> None:
    own = chance_at(known, 0.0)
    goals = {"up": own + 0.1, "down": own / 2}
    alone = [found(known, {name: goal}, own) for name, goal in goals.items()]
    pd.testing.assert_frame_equal(found(known, goals, own), pd.concat(alone, ignore_index=True))


def test_bounds_are_the_model_s_own_chances(known: JointCalibration) -> None:
    bounds = try_bounds(JointParameters(), known, date=LATE, effort=EFFORT)
    assert expit(bounds.own) == pytest.approx(chance_at(known, 0.0))
    least = 0.5 / (EFFORT.n_draws * EFFORT.paths_per_draw)
    for (name, end), odds in zip(bounds.ends, bounds.odds, strict=True):
        if name == GAIN:
            expected = np.clip(chance_at(known, end), least, 1 - least)
            assert expit(odds) == pytest.approx(expected)


def test_what_is_no_chance_is_refused(known: JointCalibration) -> None:
    for thresholds, chance in (({}, 0.2), ({"sure": 1.0}, 0.2), ({"even": 0.5}, 0.0)):
        with pytest.raises(ModelInputError, match="between 0 and 1"):
            found(known, thresholds, chance)
