"""Dated questions by which the forecast will be scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.race.dated_forecasts import DatedForecast, PathsByMeasure, make_dated_forecasts
from models.race.race_definitions import LARGEST_RUN, DatedQuestion, ask_dated_questions
from models.race.race_parameters import CAPABILITY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.race.race_simulation import LeadPaths

    from chapters.overtake_forecast.joint_model import Simulated

SETTLED_BY = "models.race.dated_forecasts:settle"
"""Function that says later what came of a forecast."""


@dataclass(frozen=True)
class Questions:
    """What the pool says of days to come, at the values in use.

    Attributes
    ----------
    shown : tuple of DatedQuestion
        Dated questions.
    """

    shown: tuple[DatedQuestion, ...]


def gather_paths(members: Mapping[str, LeadPaths], simulated: Simulated) -> PathsByMeasure:
    """Return the paths that questions are answered with.

    Parameters
    ----------
    members : mapping of str to LeadPaths
        On the capability index, by member of the pool.
    simulated : Simulated
        Of the joint model; the largest runs have no other one.
    """
    return {CAPABILITY: list(members.values()), LARGEST_RUN: [simulated.paths[LARGEST_RUN]]}


def ask_questions(paths: PathsByMeasure) -> Questions:
    """Answer the questions that the chapter shows.

    Parameters
    ----------
    paths : mapping
        From `gather_paths`.
    """
    return Questions(tuple(ask_dated_questions(paths)))


def forecasts_to_log(paths: PathsByMeasure, as_of: str) -> list[DatedForecast]:
    """Return the forecasts that the log keeps until a table settles them.

    Parameters
    ----------
    paths : mapping
        From `gather_paths`.
    as_of : str
        ISO date to which the data reach.
    """
    return make_dated_forecasts(paths, as_of)
