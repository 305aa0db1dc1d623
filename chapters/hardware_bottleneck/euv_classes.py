"""The two reference classes of a Chinese EUV tool, and what each lets expect of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from models.core.timescale import to_decimal_year, to_decimal_years
from models.supply import lithography
from models.supply.duration_models import DurationModel, DurationPrior, Family, compute_posterior
from models.supply.lithography_chain import ChainModel, ChainYears, draw_chain
from overtake.data.used import Used

if TYPE_CHECKING:
    from models.core.arrays import FloatArray

CANDIDATE = "china-euv"
ASML_EUV = "asml-euv"
PROTOTYPE, CHIPS = "prototype", "first_working_chips"
VOLUME = "first_volume_production"

ClassName = Literal["euv", "lithography"]
CLASSES: tuple[ClassName, ...] = ("euv", "lithography")
"""EUV programmes, and all programmes of a light that was new to their makers."""

N_DRAWS = 40_000
"""Paths for each class: a chance of one half is known to a quarter of a point."""

AsmlStart = Literal["both", "first light", "full field"]
Evidence = Mapping[str, pd.DataFrame]
"""Durations of a class by what they lead to: working chips, volume, and the ramp."""

_RAMP = "ramp"
_ASML_FIRST_LIGHT = 2001.5  # Reuters, and the article after it, name the year


def _stated_priors() -> Mapping[str, DurationPrior]:
    medians = {CHIPS: 3.0, VOLUME: 10.0, _RAMP: 1.0}
    return MappingProxyType({name: DurationPrior(years) for name, years in medians.items()})


@dataclass(frozen=True)
class Follower:
    """The Chinese tool beside those before it.

    Attributes
    ----------
    started : float
        Decimal year of its prototype.
    last_seen : datetime.date
        The day by which it is known to have made no working chips.
    speed_up : float
        How many times as fast it moves as the reference class.
    level : float
        Of the intervals.
    """

    started: float
    last_seen: pd.Timestamp
    speed_up: float
    level: float

    def years_by(self, year: int) -> float:
        """Years that it will have had by the end of a calendar year."""
        return year + 1 - self.started


@dataclass(frozen=True)
class Choices:
    """What an outlook rests on beside the tables.

    Attributes
    ----------
    asml_start : {"both", "first light", "full field"}
        From which tool ASML's EUV counts: that of 2001, which the article names, or that of
        2006 in the table, which printed whole fields. They share an end, and so are one
        programme, in equal parts if both count: the Chinese tool, of which one knows that it
        makes light, may be at the stage of either.
    priors : mapping of str to DurationPrior
        Of the ways to working chips and to volume, and of the ramp: judgements.
    family : {"lognormal", "weibull"}
        Of all durations.
    """

    asml_start: AsmlStart = "both"
    priors: Mapping[str, DurationPrior] = field(default_factory=_stated_priors)
    family: Family = "lognormal"

    def with_prior_medians(self, factor: float) -> Choices:
        """Return the same with medians so many times as long."""
        priors = {
            name: replace(prior, median_years=factor * prior.median_years)
            for name, prior in self.priors.items()
        }
        return replace(self, priors=priors)


@dataclass(frozen=True)
class Learned:
    """What one reference class teaches, whoever follows.

    Attributes
    ----------
    durations : DataFrame
        As in `Outlook`.
    model : ChainModel
        As in `Outlook`.
    """

    durations: pd.DataFrame
    model: ChainModel


@dataclass(frozen=True)
class Outlook:
    """What one reference class lets expect.

    Attributes
    ----------
    durations : DataFrame
        Years from prototype to volume: programme, duration_years, observed, share (of one
        programme's weight).
    model : ChainModel
        Posteriors of the durations.
    years : ChainYears
        Draws of the Chinese tool's milestones.
    """

    durations: pd.DataFrame
    model: ChainModel
    years: ChainYears


def follow(lithography_milestones: pd.DataFrame, *, speed_up: float, level: float) -> Follower:
    """Read where the Chinese tool stands."""
    own = lithography_milestones[lithography_milestones["programme"] == CANDIDATE]
    dates = own.set_index("milestone")["date"]
    return Follower(to_decimal_year(dates[PROTOTYPE]), dates[CHIPS], speed_up, level)


def milestones_of(programmes: Iterable[str], *milestones: str) -> Used:
    """Return the rows of these milestones of the programmes and of the Chinese tool."""
    where = {"programme": (CANDIDATE, *programmes), "milestone": (PROTOTYPE, *milestones)}
    return Used("lithography_milestones", where)


def select_class(lithography_milestones: pd.DataFrame, name: ClassName) -> pd.DataFrame:
    """Return the milestones of a class: earlier programmes, increments of a tool left aside."""
    earlier = lithography_milestones["programme"] != CANDIDATE
    whole = lithography_milestones[earlier & ~lithography_milestones["increment"].astype(bool)]
    return whole[whole["generation"].str.startswith("EUV")] if name == "euv" else whole


def durations_to(milestones: pd.DataFrame, event: str, asml_start: AsmlStart) -> pd.DataFrame:
    """Return the years from prototype to an event: programme, duration_years, observed, share."""
    durations = lithography.select_reference_durations(milestones, start=PROTOTYPE, end=event)
    is_asml = durations["programme"] == ASML_EUV
    if not is_asml.any():
        return durations.assign(share=1.0)
    dates = milestones.set_index(["programme", "milestone"])["date"]
    starts = {
        "first light": _ASML_FIRST_LIGHT,
        "full field": to_decimal_year(dates[ASML_EUV, PROTOTYPE]),
    }
    counted = np.array(list(starts.values()) if asml_start == "both" else [starts[asml_start]])
    end = to_decimal_year(dates[ASML_EUV, event])
    asml = pd.DataFrame(
        {
            "programme": ASML_EUV,
            "duration_years": end - counted,
            "observed": bool(durations.loc[is_asml, "observed"].iloc[0]),
            "share": 1 / len(counted),
        }
    )
    return pd.concat([durations[~is_asml].assign(share=1.0), asml], ignore_index=True)


def measure_ramps(process_ramps: pd.DataFrame) -> pd.DataFrame:
    """Return the years from risk to volume production: duration_years, observed."""
    years = to_decimal_years(process_ramps["volume_production"]) - to_decimal_years(
        process_ramps["risk_production"]
    )
    return pd.DataFrame({"duration_years": years, "observed": True})


def measure_classes(
    lithography_milestones: pd.DataFrame, process_ramps: pd.DataFrame, asml_start: AsmlStart
) -> dict[ClassName, Evidence]:
    """Measure how long each step took in each reference class.

    Parameters
    ----------
    lithography_milestones, process_ramps : DataFrame
        As `chapters.hardware_bottleneck.euv_chances.estimate_euv` takes them.
    asml_start : {"both", "first light", "full field"}
        As in `Choices`.

    Raises
    ------
    ModelInputError
        If no programme of a class has dated working chips, or volume production.
    """
    ramps = measure_ramps(process_ramps).assign(share=1.0)
    found: dict[ClassName, Evidence] = {}
    for name in CLASSES:
        rows = select_class(lithography_milestones, name)
        to_event = {event: durations_to(rows, event, asml_start) for event in (CHIPS, VOLUME)}
        found[name] = {**to_event, _RAMP: ramps}
    return found


def learn(evidence: Evidence, choices: Choices) -> Learned:
    """Learn from a reference class how long each step takes.

    Parameters
    ----------
    evidence : mapping of str to DataFrame
        Durations of the class, by what they lead to.
    choices : Choices
        What it rests on beside them.
    """
    posteriors = {
        name: compute_posterior(
            durations, choices.priors[name], family=choices.family, weight="share"
        )
        for name, durations in evidence.items()
    }
    model = ChainModel(posteriors[CHIPS], posteriors[VOLUME], posteriors[_RAMP])
    return Learned(evidence[VOLUME], model)


def average_chances(
    model: DurationModel, follower: Follower, decimal_years: npt.ArrayLike
) -> FloatArray:
    """Return the chance of an event by each decimal year, without draws and intervals."""
    return lithography.compute_mean_probability(
        model,
        decimal_years,
        start_year=follower.started,
        speed_up=follower.speed_up,
        not_before=to_decimal_year(follower.last_seen),
    )


def expect(learned: Learned, follower: Follower, rng: np.random.Generator) -> Outlook:
    """Draw the Chinese tool's milestones from a reference class.

    Parameters
    ----------
    learned : Learned
        What the class teaches.
    follower : Follower
        The Chinese tool.
    rng : numpy.random.Generator
        Source of the draws.
    """
    years = draw_chain(
        learned.model,
        N_DRAWS,
        rng,
        start_year=follower.started,
        speed_up=follower.speed_up,
        not_before=to_decimal_year(follower.last_seen),
    )
    return Outlook(learned.durations, learned.model, years)
