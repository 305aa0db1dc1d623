"""The joint model's answer: the chance that a Chinese firm leads, by each meaning of leading."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from models.core.verdicts import name_likelihood
from models.race.lead_counts import LeadCounts, count_leads, join_counts
from models.race.lead_forecast import Contest, LeadForecast, simulate_contest
from models.race.race_definitions import DEFINITIONS, LARGEST_RUN
from models.race.race_parameters import (
    CAPABILITY,
    JointCalibration,
    JointParameters,
    LeadingDefinition,
    list_forecast_dates,
    list_quarters,
)
from models.race.race_simulation import LeadPaths, simulate_batches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.estimates import Estimate

    from chapters.overtake_forecast.race_inputs import Race

EARLY, LATE = list_forecast_dates()[2], list_forecast_dates()[4]
"""Ends of the three to five years after the claim, ISO dates."""
PATHS_PER_DRAW = 50
SIMULATED: tuple[LeadingDefinition, ...] = (CAPABILITY, LARGEST_RUN, "compute_stock")
"""Meanings of leading that the race is simulated for; of the others only bounds are known."""


@dataclass(frozen=True)
class Chance:
    """Chance that a Chinese firm leads, for one day.

    All are shares of 1. To have led is to have held first place at two ends of quarters in a row or
    more, on the index by more than the ruler's error.

    Attributes
    ----------
    day : str
        ISO date.
    on_the_day : Estimate
        Chance that a Chinese firm is in first place on the day.
    by_then : Estimate
        Chance that a Chinese firm is ahead at the end of some quarter, by however little.
    held : Estimate
        Chance that a Chinese firm takes the lead and holds it for two quarter-ends.
    """

    day: str
    on_the_day: Estimate
    by_then: Estimate
    held: Estimate

    @property
    def year(self) -> int:
        """The day's year."""
        return int(self.day[:4])

    @property
    def likelihood(self) -> str:
        """Word of ICD 203 for the chance that one has led by then."""
        return name_likelihood(self.held.value)

    @property
    def was_seen(self) -> bool:
        """Whether a Chinese firm had led by then on any path."""
        return self.held.value > 0


@dataclass(frozen=True)
class Outlook:
    """What the joint model says by one meaning of leading.

    Attributes
    ----------
    definition : str
        Key of `models.race.race_definitions.DEFINITIONS`.
    forecast : LeadForecast
        The chances by day.
    """

    definition: LeadingDefinition
    forecast: LeadForecast

    @property
    def label(self) -> str:
        """The measure's name."""
        return DEFINITIONS[self.definition]

    @property
    def chances(self) -> tuple[Chance, ...]:
        """The chances, a day after the other."""
        return tuple(Chance(day, *self.forecast.on(day)) for day in self.forecast.dates)

    @property
    def early(self) -> Chance:
        """By January 2029."""
        return Chance(EARLY, *self.forecast.on(EARLY))

    @property
    def late(self) -> Chance:
        """By January 2031."""
        return Chance(LATE, *self.forecast.on(LATE))


@dataclass(frozen=True)
class JointForecast:
    """What the joint model says, and what it was given.

    Attributes
    ----------
    parameters : JointParameters
        What is judged, with the chosen meaning of leading.
    calibration : JointCalibration
        What is fitted.
    forecasts : mapping of str to LeadForecast
        By meaning of leading, the other judgements being the same.
    seed : int
        Seed of all draws.
    n_draws : int
        Draws of what is fitted.
    """

    parameters: JointParameters
    calibration: JointCalibration
    forecasts: Mapping[LeadingDefinition, LeadForecast]
    seed: int
    n_draws: int

    @property
    def chosen(self) -> Outlook:
        """By the meaning of leading that the headline numbers rest on."""
        return self._outlook(self.parameters.leading_definition)

    @property
    def capability(self) -> Outlook:
        """By the capability index, whatever is chosen."""
        return self._outlook(CAPABILITY)

    @property
    def compute_owned(self) -> Outlook:
        """By compute owned, whatever is chosen."""
        return self._outlook("compute_stock")

    def outlooks(self) -> tuple[Outlook, ...]:
        """Return what it says by every meaning of leading."""
        return tuple(self._outlook(name) for name in self.forecasts)

    @property
    def n_paths(self) -> int:
        """Paths that each chance is counted on."""
        return PATHS_PER_DRAW * self.n_draws

    def _outlook(self, name: LeadingDefinition) -> Outlook:
        return Outlook(name, self.forecasts[name])


@dataclass(frozen=True)
class Simulated:
    """Paths of the joint model, and what they are counted to.

    Attributes
    ----------
    counts : mapping of str to LeadCounts
        By meaning of leading: those of `SIMULATED`.
    paths : mapping of str to LeadPaths
        The lead by capability and by the largest run, on the same paths.
    """

    counts: Mapping[LeadingDefinition, LeadCounts]
    paths: Mapping[LeadingDefinition, LeadPaths]


def simulate_race(race: Race, *, margin: float, n_draws: int) -> Simulated:
    """Simulate the lead by every meaning that has paths, on one set of random numbers.

    Parameters
    ----------
    race : Race
        What is simulated.
    margin : float
        Points by which a lead on the index must be held: only that ruler errs.
    n_draws : int
        Draws of what is fitted, with `PATHS_PER_DRAW` paths each.
    """
    times = list_quarters(race.calibration.start)
    shape = (n_draws, PATHS_PER_DRAW, times.size)
    paths: dict[LeadingDefinition, LeadPaths] = {
        name: LeadPaths(times, np.empty(shape)) for name in (CAPABILITY, LARGEST_RUN)
    }
    counts: dict[LeadingDefinition, list[LeadCounts]] = {name: [] for name in SIMULATED}
    batches = simulate_batches(race.calibration, None, n_draws, PATHS_PER_DRAW, race.seed)
    for part, batch in batches:
        for name, counted in counts.items():
            lead = batch.lead(replace(race.parameters, leading_definition=name))
            held_by = margin if name == CAPABILITY else 0.0
            counted.append(count_leads(lead, times, margin=held_by, inner=PATHS_PER_DRAW))
            if name in paths:
                paths[name].lead[part] = lead.T.reshape(-1, *shape[1:])
    return Simulated({name: join_counts(parts) for name, parts in counts.items()}, paths)


def count_sales(
    contests: Mapping[LeadingDefinition, Contest],
    start: float,
    *,
    closing: float,
    volatility_factor: float,
    seed: int,
    n_draws: int,
) -> dict[LeadingDefinition, LeadCounts]:
    """Simulate the lead in revenue and in valuation, and count it.

    Parameters
    ----------
    contests : mapping of str to Contest
        Where the two sides stand.
    start : float
        Decimal year at which the race begins.
    closing : float
        Rate at which the gaps close, factors of 10 a year.
    volatility_factor : float
        Multiplies the contests' volatility.
    seed, n_draws
        As `simulate_race`.
    """
    times = list_quarters(start)
    return {
        name: count_leads(
            simulate_contest(
                replace(known, closing=closing, volatility=volatility_factor * known.volatility),
                times.size,
                draws=n_draws,
                inner=PATHS_PER_DRAW,
                rng=np.random.default_rng([seed, 0]),
            ),
            times,
            margin=0.0,
            inner=PATHS_PER_DRAW,
        )
        for name, known in contests.items()
    }


def summarise_race(
    calibration: JointCalibration,
    simulated: Mapping[LeadingDefinition, LeadCounts],
    sold: Mapping[LeadingDefinition, LeadCounts],
    *,
    level: float,
) -> dict[LeadingDefinition, LeadForecast]:
    """Return the chances by every meaning of leading.

    Parameters
    ----------
    calibration : JointCalibration
        What is fitted, with the races in revenue and valuation.
    simulated, sold : mapping of str to LeadCounts
        From `simulate_race` and from `count_sales`.
    level : float
        Level of the credible intervals.

    Raises
    ------
    ModelInputError
        If the level is not in (0, 1).
    """
    forecasts = {
        **{name: counts.forecast(name, n=calibration.n, level=level)
           for name, counts in simulated.items()},
        **{name: counts.forecast(name, n=calibration.sales[name].gap.n, level=level)
           for name, counts in sold.items()},
    }  # fmt: skip
    return {name: forecasts[name] for name in DEFINITIONS}
