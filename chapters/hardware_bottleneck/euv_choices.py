"""How the chances of Chinese EUV hang on each choice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.core import units
from models.core.estimates import Estimate, to_percent
from models.core.timescale import to_decimal_year
from models.supply import lithography

from chapters.hardware_bottleneck.euv_chances import (
    CLAIMED_YEAR,
    Chance,
    Euv,
    chance_of_chips,
    chance_of_volume,
    outlooks_of,
)
from chapters.hardware_bottleneck.euv_classes import (
    VOLUME,
    Choices,
    ClassName,
    Evidence,
    Follower,
    follow,
    measure_classes,
    select_class,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SPEEDS = (1.0, 1.5, 2.0, 3.0)
CHIPS_YEAR = 2028
_SEEDS = 2**32
_ANY_LEVEL = 0.9  # chances have none; that of the chapter is set where intervals are told
_NIKON_KRF = "nikon-krf"
# The year of chips with structures of 250 nm, for which KrF was first used in volume.
_KRF_IN_VOLUME = pd.Timestamp("1997-07-01")


@dataclass(frozen=True)
class Asked:
    """What one choice makes of the two questions.

    Attributes
    ----------
    chips : Chance
        Chance of working chips by the end of 2028, the government's target.
    volume : Chance
        Chance of Chinese EUV volume production by the end of 2030.
    """

    chips: Chance
    volume: Chance

    def at_level(self, level: float) -> Asked:
        """Return the same chances for intervals of another level."""
        return Asked(replace(self.chips, level=level), replace(self.volume, level=level))


@dataclass(frozen=True)
class OtherAnswers:
    """The chances under other choices, before any interval.

    Attributes
    ----------
    at_speed, choices, reached, given_up
        As in `Checks`.
    """

    at_speed: Mapping[float, Asked]
    choices: Mapping[str, Asked]
    reached: Mapping[str, int]
    given_up: Mapping[str, int]


@dataclass(frozen=True)
class Checks:
    """The chances under other choices.

    Attributes
    ----------
    here : Asked
        With the chapter's choices.
    at_speed : mapping of float to Asked
        At a multiple of earlier programmes' pace.
    choices : mapping of str to Asked
        By short name of the choice.
    without_prior : Estimate
        Chance of volume with Chinese EUV tools by 2030, by all lithography without a prior, %.
    reached, given_up : mapping of str to int
        Programmes by reference class whose end is known.

    Notes
    -----
    Without a prior the chance is that of maximum likelihood, with its profile interval. One
    event sets no limit, so that EUV programmes alone have none.
    """

    here: Asked
    at_speed: Mapping[float, Asked]
    choices: Mapping[str, Asked]
    without_prior: Estimate
    reached: Mapping[str, int]
    given_up: Mapping[str, int]

    @property
    def lowest(self) -> float:
        """The lowest published chance of volume of all choices, 0 to 1."""
        return self.lowest_volume.value

    @property
    def highest(self) -> float:
        """The highest published chance of volume of all choices, 0 to 1."""
        return self.highest_volume.value

    @property
    def lowest_volume(self) -> Estimate:
        """That chance, and its range over the reference classes."""
        return min((asked.volume.pooled for asked in self._all), key=attrgetter("value"))

    @property
    def highest_volume(self) -> Estimate:
        """As above, for the highest."""
        return max((asked.volume.pooled for asked in self._all), key=attrgetter("value"))

    @property
    def fewest_chips(self) -> float:
        """Lowest chance, over all choices, of working chips from a Chinese EUV tool by 2028."""
        return min(asked.chips.pooled.value for asked in self._all)

    @property
    def most_chips(self) -> float:
        """Highest chance, over all choices, of working chips from a Chinese EUV tool by 2028."""
        return max(asked.chips.pooled.value for asked in self._all)

    @property
    def _all(self) -> tuple[Asked, ...]:
        return self.here, *self.at_speed.values(), *self.choices.values()

    @property
    def every_chance(self) -> list[float]:
        """The published chance of volume here and under all other choices, 0 to 1."""
        return [asked.volume.pooled.value for asked in self._all]


@dataclass(frozen=True)
class _Question:
    """Ask both questions again of other tables, choices or speeds."""

    milestones: pd.DataFrame
    process_ramps: pd.DataFrame
    follower: Follower
    seed: int

    @cached_property
    def usual(self) -> dict[ClassName, Evidence]:
        """Durations by the chapter's own choices."""
        return self._measure(self.milestones, Choices())

    def of(self, milestones: pd.DataFrame) -> Asked:
        return self._ask(self._measure(milestones, Choices()), self.follower, Choices())

    def under(self, choices: Choices) -> Asked:
        is_usual = choices.asml_start == Choices().asml_start
        classes = self.usual if is_usual else self._measure(self.milestones, choices)
        return self._ask(classes, self.follower, choices)

    def at(self, speed_up: float) -> Asked:
        return self._ask(self.usual, replace(self.follower, speed_up=speed_up), Choices())

    def _measure(self, milestones: pd.DataFrame, choices: Choices) -> dict[ClassName, Evidence]:
        return measure_classes(milestones, self.process_ramps, choices.asml_start)

    def _ask(
        self, classes: Mapping[ClassName, Evidence], follower: Follower, choices: Choices
    ) -> Asked:
        # The same draws each time, so that only the choice makes a difference.
        rng = np.random.default_rng(self.seed)
        found = outlooks_of(classes, follower, choices, rng)
        return Asked(
            chance_of_chips(found, follower, CHIPS_YEAR),
            chance_of_volume(found, follower, CLAIMED_YEAR),
        )


def ask_again(
    lithography_milestones: pd.DataFrame,
    process_ramps: pd.DataFrame,
    *,
    speed_up: float,
    rng: np.random.Generator,
) -> OtherAnswers:
    """Ask again with one choice changed at a time.

    Parameters
    ----------
    lithography_milestones, process_ramps : DataFrame
        As `chapters.hardware_bottleneck.euv_chances.estimate_euv` takes them.
    speed_up : float
        How many times as fast the follower moves as the class, with the chapter's choices.
    rng : numpy.random.Generator
        Source of the drawn years.
    """
    seed = int(rng.integers(_SEEDS))
    follower = follow(lithography_milestones, speed_up=speed_up, level=_ANY_LEVEL)
    ask = _Question(lithography_milestones, process_ramps, follower, seed)
    choices = _other_rows(ask) | _other_choices(ask)
    return OtherAnswers(
        {speed: ask.at(speed) for speed in SPEEDS if speed != speed_up},
        choices,
        *(_count(lithography_milestones, end) for end in ("reached", "abandoned")),
    )


def check_euv(euv: Euv, others: OtherAnswers) -> Checks:
    """Lay the answers of other choices beside the chapter's own.

    Parameters
    ----------
    euv : Euv
        With the chapter's choices.
    others : OtherAnswers
        With one choice changed at a time.
    """
    reached, given_up, level = others.reached, others.given_up, euv.level
    choices = {name: asked.at_level(level) for name, asked in others.choices.items()}
    choices["given up is never"] = _given_up_is_never(
        choices["without given up"], reached, given_up
    )
    at_speed = {speed: asked.at_level(level) for speed, asked in others.at_speed.items()}
    here = Asked(euv.chips_by[CHIPS_YEAR], euv.volume_by[CLAIMED_YEAR])
    return Checks(here, at_speed, choices, _without_prior(euv), reached, given_up)


def _without_prior(euv: Euv) -> Estimate:
    follower, outlook = euv.follower, euv.outlooks["lithography"]
    row = lithography.estimate_probability_by_year(
        outlook.durations,
        [CLAIMED_YEAR + 1.0],
        start_year=follower.started,
        speed_up=follower.speed_up,
        not_before=to_decimal_year(follower.last_seen),
        level=follower.level,
        weight="share",
    ).iloc[0]
    value, low, high = (float(row[end]) for end in ("probability", "low", "high"))
    n = outlook.model.volume.n
    return to_percent(Estimate(value, low, high, follower.level, "confidence", n, units.SHARE))


def _other_rows(ask: _Question) -> dict[str, Asked]:
    rows = ask.milestones
    programme = rows["programme"]
    given_up = rows.loc[rows["outcome"] == "abandoned", "programme"]
    krf = (programme == _NIKON_KRF) & (rows["milestone"] == VOLUME)
    in_volume = rows.assign(
        date=rows["date"].mask(krf, _KRF_IN_VOLUME),
        censored=rows["censored"] & ~krf,
        outcome=rows["outcome"].mask(krf, "reached"),
    )
    return {
        "increments": ask.of(rows.assign(increment=False)),
        "krf in 1997": ask.of(in_volume),
        "without krf": ask.of(rows[programme != _NIKON_KRF]),
        "without given up": ask.of(rows[~programme.isin(given_up)]),
    }


def _other_choices(ask: _Question) -> dict[str, Asked]:
    usual = Choices()
    return {
        "asml 2001": ask.under(replace(usual, asml_start="first light")),
        "asml 2006": ask.under(replace(usual, asml_start="full field")),
        "weibull": ask.under(replace(usual, family="weibull")),
        "half the prior": ask.under(usual.with_prior_medians(0.5)),
        "twice the prior": ask.under(usual.with_prior_medians(2.0)),
    }


def _count(milestones: pd.DataFrame, outcome: str) -> dict[str, int]:
    """Programmes of each class that ended so, on the way to volume."""
    found = {}
    for name in ("euv", "lithography"):
        rows = select_class(milestones, name)
        found[name] = int((rows.loc[rows["milestone"] == VOLUME, "outcome"] == outcome).sum())
    return found


def _given_up_is_never(
    lasting: Asked, reached: Mapping[str, int], given_up: Mapping[str, int]
) -> Asked:
    """Chance of the programmes that last, times that of lasting (a uniform prior's mean)."""
    chance = lasting.volume
    lasts = {name: (1 + reached[name]) / (2 + reached[name] + given_up[name]) for name in reached}
    never = replace(
        chance,
        euv=chance.euv * lasts["euv"],
        lithography=chance.lithography * lasts["lithography"],
    )
    return replace(lasting, volume=never)
