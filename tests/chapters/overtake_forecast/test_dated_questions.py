"""Questions about a race that is decided."""

from chapters.overtake_forecast.dated_questions import (
    ask_questions,
    forecasts_to_log,
    gather_paths,
)
from chapters.overtake_forecast.joint_model import JointForecast, Simulated
from models.race.dated_forecasts import PathsByMeasure
from tests.chapters.overtake_forecast.conftest import SALES, forecast
from tests.models.race.examples import calibration


def paths(simulated: Simulated) -> PathsByMeasure:
    return gather_paths({"joint": simulated.paths["capability"]}, simulated)


def test_a_follower_far_behind_is_neither_near_nor_ahead() -> None:
    _, decided = forecast(calibration(gap=50.0, volatility=1e-6, sales=SALES), seed=1, n_draws=20)
    near, far_behind, ahead, has_led, _ = ask_questions(paths(decided)).shown
    assert (near.probability, far_behind.probability) == (0.0, 1.0)
    assert (ahead.probability, has_led.probability) == (0.0, 0.0)


def test_what_is_logged_is_dated_after_the_data(joint: JointForecast, simulated: Simulated) -> None:
    logged = forecasts_to_log(paths(simulated), joint.calibration.as_of)
    assert all(forecast.due > joint.calibration.as_of for forecast in logged)
    assert {forecast.table for forecast in logged} == {"capability_index", "ai_models"}
