"""The joint model's chances by every meaning of leading, where they are known."""

from dataclasses import replace

import pytest

from chapters.overtake_forecast.joint_model import (
    EARLY,
    LATE,
    SIMULATED,
    Chance,
    JointForecast,
    Simulated,
)
from models.core.estimates import Estimate
from models.race.race_forecasts import forecast_overtake
from models.race.race_parameters import JointParameters
from models.race.race_simulation import simulate_leads
from tests.chapters.overtake_forecast.conftest import SALES, forecast
from tests.models.race.examples import calibration


def test_each_meaning_is_what_the_model_says_alone(joint: JointForecast) -> None:
    for name, found in joint.forecasts.items():
        only = JointParameters(leading_definition=name)
        assert found == forecast_overtake(only, joint.calibration, seed=5, n_draws=40)
    assert [outlook.definition for outlook in joint.outlooks()] == list(joint.forecasts)
    assert joint.n_paths == 2000


def test_paths_are_those_that_the_chances_are_counted_on(
    joint: JointForecast, simulated: Simulated
) -> None:
    assert tuple(simulated.counts) == SIMULATED
    for name, paths in simulated.paths.items():
        only = JointParameters(leading_definition=name)
        (alone,) = simulate_leads([only], joint.calibration, seed=5, n_draws=40)
        assert (paths.lead == alone.lead).all()
        share = (paths.lead[:, :, -1] > 0).mean()
        assert joint.forecasts[name].terminal[-1].value == pytest.approx(share)


def test_the_chosen_meaning_moves_nothing_else(joint: JointForecast) -> None:
    other = replace(joint, parameters=replace(joint.parameters, leading_definition="revenue"))
    assert (joint.chosen.label, other.chosen.label) == ("Capability index", "Revenue")
    assert other.capability == joint.capability == joint.chosen
    assert joint.compute_owned.definition == "compute_stock"


@pytest.mark.parametrize(
    ("gap", "value", "likelihood"),
    [(400.0, 0.0, "less than 1 in 100"), (-400.0, 1.0, "more than 99 in 100")],
)
def test_a_race_that_is_decided_has_no_chance_left(
    gap: float, value: float, likelihood: str
) -> None:
    decided = calibration(gap=gap, volatility=1e-6, sales=SALES)
    found = forecast(decided, seed=1, n_draws=20)[0].chosen
    chances = [(c.on_the_day.value, c.by_then.value, c.held.value) for c in found.chances]
    # By January 2027 fewer than two ends of quarters have been seen from some starts.
    assert chances[1:] == [(value, value, value)] * 4
    assert found.late.likelihood == likelihood
    assert found.late.was_seen == (value > 0)
    assert (found.early.day, found.late.day) == (EARLY, LATE)


def test_a_chance_seen_on_few_paths_was_seen() -> None:
    few, none = (Estimate(v, 0.0, v, 0.9, "credible", 9) for v in (1e-4, 0.0))
    chance = Chance(LATE, none, few, few)
    assert (chance.year, chance.was_seen, replace(chance, held=none).was_seen) == (
        2031,
        True,
        False,
    )
