"""How the chance of Chinese EUV hangs on each choice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from chapters.hardware_bottleneck import paths
from chapters.hardware_bottleneck.euv_chances import (
    CLAIMED_YEAR,
    PRIOR,
    PROTOTYPE,
    VOLUME,
    Euv,
    chances_by_year,
    durations_to,
    reference_class,
)
from models.core import units
from models.core.estimates import Estimate, to_percent
from models.core.random_draws import draw_normal, summarise
from models.core.timescale import to_decimal_year
from models.supply.duration_models import DurationModel, DurationPrior, compute_posterior

SPEEDS = (1.0, 1.5, 2.0, 3.0)
_ASML_EUV, _ASML_IMMERSION = "asml-euv", "asml-arf-immersion"
_PUBLISHED_PROTOTYPE = pd.Timestamp("2001-07-01")  # the date that Reuters gives
# ASML's way to volume counted from three starts, which share one end and so are one observation:
# the prototype of 2001 of the article, the alpha tool of 2006, the first light of NXE:3100.
_ASML_STARTS = (2001.5, 2006.62, 2010.98)


@dataclass(frozen=True)
class Checks:
    """The chance of volume production by the end of the claimed year under other choices.

    Attributes
    ----------
    chance : Estimate
        With the chapter's choices, 0 to 1.
    at_speed : mapping of float to Estimate
        If the follower moves so many times as fast as the class, %.
    choices : mapping of str to Estimate
        By short name of the choice, %.
    reached, given_up : int
        Programmes whose end is known.
    """

    chance: Estimate
    at_speed: Mapping[float, Estimate]
    choices: Mapping[str, Estimate]
    reached: int
    given_up: int

    @property
    def lowest(self) -> float:
        """The lowest chance of all choices, 0 to 1."""
        return min(self.every_chance)

    @property
    def highest(self) -> float:
        """The highest chance of all choices, 0 to 1."""
        return max(self.every_chance)

    @property
    def every_chance(self) -> list[float]:
        """The chapter's own chance and those of all other choices, 0 to 1."""
        others = (*self.at_speed.values(), *self.choices.values())
        return [self.chance.value, *(other.value / 100 for other in others)]


def check_euv(
    lithography_milestones: pd.DataFrame, euv: Euv, *, rng: np.random.Generator
) -> Checks:
    """Ask again with one choice changed at a time.

    Parameters
    ----------
    lithography_milestones : DataFrame
        As `chapters.hardware_bottleneck.euv_chances.estimate_euv` takes them.
    euv : Euv
        With the chapter's choices.
    rng : numpy.random.Generator
        For the choice that counts programmes given up as never.
    """
    milestones = reference_class(lithography_milestones)
    chance = euv.volume.chance[CLAIMED_YEAR]
    at_speed = {
        speed: _chance(euv, euv.volume.model, speed)
        for speed in SPEEDS
        if speed != euv.follower.speed_up
    }
    choices = {name: _chance(euv, model) for name, model in _other_models(milestones, euv).items()}
    choices |= _without_prior(euv)
    ends = milestones.loc[milestones["milestone"] == VOLUME, "outcome"]
    reached, given_up = int((ends == "reached").sum()), int((ends == "abandoned").sum())
    choices["given up is never"] = _given_up_is_never(
        choices["without given up"], reached, given_up, rng
    )
    return Checks(
        chance=chance,
        at_speed={speed: to_percent(other) for speed, other in at_speed.items()},
        choices={name: to_percent(other) for name, other in choices.items()},
        reached=reached,
        given_up=given_up,
    )


def _chance(euv: Euv, model: DurationModel, speed_up: float | None = None) -> Estimate:
    table = euv.follower.chances(model, [CLAIMED_YEAR], speed_up)
    return chances_by_year(table, [CLAIMED_YEAR], euv.volume.model.n, euv.volume.level)[
        CLAIMED_YEAR
    ]


def _other_models(milestones: pd.DataFrame, euv: Euv) -> dict[str, DurationModel]:
    """Posteriors from other programmes, counts, families and priors."""
    programme = milestones["programme"]
    given_up = milestones.loc[milestones["outcome"] == "abandoned", "programme"]
    durations = euv.volume.durations

    def from_rows(rows: pd.DataFrame) -> DurationModel:
        return compute_posterior(durations_to(rows, VOLUME), PRIOR)

    return {
        "asml prototype of 2001": from_rows(_with_early_prototype(milestones)),
        "without asml euv": from_rows(milestones[programme != _ASML_EUV]),
        "without asml immersion": from_rows(milestones[programme != _ASML_IMMERSION]),
        "without given up": from_rows(milestones[~programme.isin(given_up)]),
        "weibull": compute_posterior(durations, PRIOR, family="weibull"),
        "three starts": _three_starts(milestones, durations),
        "prior of 5 years": compute_posterior(durations, DurationPrior(5.0)),
        "prior of 20 years": compute_posterior(durations, DurationPrior(20.0)),
    }


def _without_prior(euv: Euv) -> dict[str, Estimate]:
    """Chances by maximum likelihood, whose profile intervals are confidence intervals."""
    found = {}
    for family in ("lognormal", "weibull"):
        table = euv.follower.likelihood_chances(euv.volume.durations, [CLAIMED_YEAR], family)
        by_year = chances_by_year(table, [CLAIMED_YEAR], euv.volume.model.n, euv.volume.level)
        found[f"likelihood {family}"] = replace(by_year[CLAIMED_YEAR], kind="confidence")
    return found


def _with_early_prototype(milestones: pd.DataFrame) -> pd.DataFrame:
    moved = milestones.copy()
    asml = (moved["programme"] == _ASML_EUV) & (moved["milestone"] == PROTOTYPE)
    moved.loc[asml, "date"] = _PUBLISHED_PROTOTYPE
    return moved


def _three_starts(milestones: pd.DataFrame, durations: pd.DataFrame) -> DurationModel:
    ends = milestones.set_index(["programme", "milestone"])["date"]
    asml_end = to_decimal_year(ends[_ASML_EUV, VOLUME])
    starts = pd.DataFrame(
        {
            "programme": _ASML_EUV,
            "duration_years": asml_end - np.array(_ASML_STARTS),
            "observed": True,
            "share": 1 / len(_ASML_STARTS),
        }
    )
    others = durations[durations["programme"] != _ASML_EUV].assign(share=1.0)
    return compute_posterior(pd.concat([others, starts]), PRIOR, weight="share")


def _given_up_is_never(
    lasting: Estimate, reached: int, given_up: int, rng: np.random.Generator
) -> Estimate:
    """Chance of the programmes that last, times that of lasting (a uniform prior's posterior)."""
    chance = draw_normal(lasting, rng.standard_normal(paths.N_PATHS)).clip(0, 1)
    ever = rng.beta(1 + reached, 1 + given_up, paths.N_PATHS)
    return summarise(chance * ever, lasting.level, "credible", reached + given_up, units.SHARE)
