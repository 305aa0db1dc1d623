"""The joint model's answer: the chance that a Chinese firm leads, by each meaning of leading."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.core.estimates import Estimate
from models.core.verdicts import name_likelihood
from models.race.lead_forecast import LeadForecast
from models.race.race_definitions import DEFINITIONS, LARGEST_RUN
from models.race.race_forecasts import sweep
from models.race.race_parameters import (
    CAPABILITY,
    JointCalibration,
    JointParameters,
    LeadingDefinition,
    list_forecast_dates,
)
from models.race.race_simulation import LeadPaths, simulate_leads

EARLY, LATE = list_forecast_dates()[2], list_forecast_dates()[4]
"""Ends of the three to five years after the claim, ISO dates."""
PATHS_PER_DRAW = 50


@dataclass(frozen=True)
class Chance:
    """Chance that a Chinese firm leads, for one day.

    Attributes
    ----------
    day : str
        ISO date.
    on_the_day, by_then, held : Estimate
        Shares of 1: that one is ahead on the day, that one has been ahead at some end of a
        quarter by then, and that one has led: held first place by more than the ruler's error
        at two of them in a row or more.
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
        """Three years after the claim."""
        return Chance(EARLY, *self.forecast.on(EARLY))

    @property
    def late(self) -> Chance:
        """Five years after the claim."""
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
    def by_capability(self) -> JointParameters:
        """The judgements in use, with leading by the capability index."""
        return replace(self.parameters, leading_definition=CAPABILITY)

    @property
    def n_paths(self) -> int:
        """Paths that each chance is counted on."""
        return PATHS_PER_DRAW * self.n_draws

    def _outlook(self, name: LeadingDefinition) -> Outlook:
        return Outlook(name, self.forecasts[name])


def forecast_race(
    parameters: JointParameters,
    calibration: JointCalibration,
    *,
    seed: int,
    n_draws: int,
    level: float,
) -> JointForecast:
    """Run the joint model for every meaning of leading, on one set of random numbers.

    Parameters
    ----------
    parameters : JointParameters
        What is judged.
    calibration : JointCalibration
        What is fitted, with the races in revenue and valuation.
    seed : int
        Seed of all draws.
    n_draws : int
        Draws of what is fitted, with `PATHS_PER_DRAW` paths each.
    level : float
        Level of the credible intervals.
    """
    scenarios = [replace(parameters, leading_definition=name) for name in DEFINITIONS]
    found = sweep(
        scenarios,
        calibration,
        seed=seed,
        n_draws=n_draws,
        paths_per_draw=PATHS_PER_DRAW,
        level=level,
    )
    forecasts = dict(zip(DEFINITIONS, found, strict=True))
    return JointForecast(parameters, calibration, forecasts, seed, n_draws)


def simulate_paths(joint: JointForecast) -> dict[LeadingDefinition, LeadPaths]:
    """Simulate the lead by capability and by the largest run, on the chances' own paths.

    Parameters
    ----------
    joint : JointForecast
        With the judgements in use.
    """
    measures: tuple[LeadingDefinition, ...] = (CAPABILITY, LARGEST_RUN)
    found = simulate_leads(
        [replace(joint.parameters, leading_definition=name) for name in measures],
        joint.calibration,
        seed=joint.seed,
        n_draws=joint.n_draws,
        paths_per_draw=PATHS_PER_DRAW,
    )
    return dict(zip(measures, found, strict=True))
