"""Dated questions by which the forecast will be scored."""

from dataclasses import dataclass

from chapters.overtake_forecast.joint_model import JointForecast
from models.race.dated_forecasts import DatedForecast, make_dated_forecasts
from models.race.race_definitions import DatedQuestion, ask_dated_questions

SETTLED_BY = "models.race.dated_forecasts:settle"
"""Function that says later what came of a forecast."""


@dataclass(frozen=True)
class Questions:
    """What the joint model says of days to come, at the values in use.

    Attributes
    ----------
    shown : tuple of DatedQuestion
        Questions for readers, with the chance of yes.
    """

    shown: tuple[DatedQuestion, ...]


def ask_questions(joint: JointForecast) -> Questions:
    """Answer the questions that the chapter shows.

    Parameters
    ----------
    joint : JointForecast
        With the judgements in use.
    """
    found = ask_dated_questions(
        joint.parameters, joint.calibration, seed=joint.seed, n_draws=joint.n_draws
    )
    return Questions(tuple(found))


def forecasts_to_log(joint: JointForecast) -> list[DatedForecast]:
    """Return the forecasts that the log keeps until a table settles them.

    Parameters
    ----------
    joint : JointForecast
        With the judgements in use.
    """
    return make_dated_forecasts(
        joint.parameters, joint.calibration, seed=joint.seed, n_draws=joint.n_draws
    )
