"""The published forecast: the pool of all members, each of them beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.race.gap_pool import (
    JOINT,
    Failure,
    count_member,
    pool_chances,
    predict_chance,
    predict_longest_spell,
    simulate_members,
)
from models.race.race_batch import PastMembers
from models.race.race_parameters import CAPABILITY, list_quarters

from chapters.overtake_forecast.joint_model import EARLY, LATE, Chance, Outlook, Simulated

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from models.core.arrays import FloatArray
    from models.core.predictive import Predictive
    from models.race.lead_counts import LeadCounts
    from models.race.lead_forecast import LeadForecast
    from models.race.race_simulation import LeadPaths

NAMES = {
    "no_change": "no change",
    "past_mean": "past mean",
    "ar1": "return to the mean",
    "local_level": "wandering level",
    "random_walk": "random walk",
    JOINT: "joint model",
    "pool": "pool",
}
"""Members as figures and tables call them."""


@dataclass(frozen=True)
class Member:
    """What one member says.

    Attributes
    ----------
    name : str
        Key of `NAMES`.
    forecast : LeadForecast
        Its chances by day.
    """

    name: str
    forecast: LeadForecast

    @property
    def label(self) -> str:
        """What figures and tables call it."""
        return NAMES[self.name]

    @property
    def early(self) -> Chance:
        """By January 2029."""
        return Chance(EARLY, *self.forecast.on(EARLY))

    @property
    def late(self) -> Chance:
        """By January 2031."""
        return Chance(LATE, *self.forecast.on(LATE))

    @property
    def chances(self) -> tuple[Chance, ...]:
        """The chances, a day after the other."""
        return tuple(Chance(day, *self.forecast.on(day)) for day in self.forecast.dates)


@dataclass(frozen=True)
class Pooled:
    """The published forecast.

    By capability the pool is published, by any other meaning of leading the joint model.

    Attributes
    ----------
    chosen : Outlook
        The published forecast.
    pool : Member
        The pool, by capability.
    members : tuple of Member
        By capability, the joint model last.
    failed : tuple of Failure
        Members that could not be fitted, and are not in the pool.
    margin : float
        Index points by which a lead must be held to count: the index's error between two models.
    longest_spell, longest_spell_early : Predictive
        Longest spell in first place by January 2031, and by January 2029: ends of quarters in
        a row, by the pool.
    late_chance : Predictive
        Chance to have led by January 2031, over members and what each has fitted.
    """

    chosen: Outlook
    pool: Member
    members: tuple[Member, ...]
    failed: tuple[Failure, ...]
    margin: float
    longest_spell: Predictive
    longest_spell_early: Predictive
    late_chance: Predictive

    @property
    def is_pooled(self) -> bool:
        """Whether what is published is the pool."""
        return self.chosen.definition == CAPABILITY

    @property
    def lowest(self) -> Member:
        """The method that gives the smallest chance.

        It is that to have led by January 2031.
        """
        return min(self.members, key=lambda member: member.late.held.value)

    @property
    def highest(self) -> Member:
        """The method that gives the largest chance.

        It is that to have led by January 2031.
        """
        return max(self.members, key=lambda member: member.late.held.value)

    @property
    def n_members(self) -> int:
        """Methods of which the published chance of a Chinese lead is the mean."""
        return len(self.members)

    @property
    def members_that_see_none(self) -> int:
        """Members in none of whose paths a Chinese firm has led by January 2031."""
        return sum(not member.late.was_seen for member in self.members)

    @property
    def ceiling(self) -> float:
        """Chance of a Chinese lead by January 2031 if the joint model were sure of it.

        A share of 1.

        Assumptions act through that model alone, so that none lifts the pool above this.
        """
        others = [m.late.held.value for m in self.members if m.name != JOINT]
        return (sum(others) + 1) / (len(others) + 1)


@dataclass(frozen=True)
class PastCounts:
    """How the members that know the gap's past alone see the race.

    Attributes
    ----------
    counts : mapping of str to LeadCounts
        By member.
    failed : tuple of Failure
        Members that could not be fitted.
    n_months : int
        Months of the gap that they know.
    margin : float
        Points by which a lead must be held.
    """

    counts: Mapping[str, LeadCounts]
    failed: tuple[Failure, ...]
    n_months: int
    margin: float


def simulate_past(gaps: FloatArray, start: float, *, rng: np.random.Generator) -> PastMembers:
    """Simulate the members that know the gap's past alone, on the quarters of the joint race.

    Parameters
    ----------
    gaps : ndarray, shape (n,)
        The gap at the ends of months, points.
    start : float
        Decimal year at which the race begins.
    rng : Generator
        Source of all draws.
    """
    paths, failed = simulate_members(gaps, list_quarters(start), rng=rng)
    return PastMembers(paths, failed, gaps.size)


def count_past(past: PastMembers, margin: float) -> PastCounts:
    """Count those members' paths on which a Chinese firm leads, by a margin in points."""
    counts = {name: count_member(paths, margin) for name, paths in past.paths.items()}
    return PastCounts(counts, past.failed, past.n_months, margin)


def gather_paths(past: PastMembers, simulated: Simulated) -> dict[str, LeadPaths]:
    """Return all members' paths on the capability index, the joint model's last."""
    return {**past.paths, JOINT: simulated.paths[CAPABILITY]}


def pool_members(
    chosen: Outlook, joint: LeadForecast, past: PastCounts, counts: LeadCounts, *, level: float
) -> Pooled:
    """Pool the chances of the joint model with those of the members that know the past alone.

    Parameters
    ----------
    chosen : Outlook
        The joint model's, by the meaning of leading that the headline numbers rest on.
    joint : LeadForecast
        The joint model's chances by capability.
    past : PastCounts
        The other members.
    counts : LeadCounts
        What the joint model's chances by capability are read off.
    level : float
        Level of the intervals.
    """
    all_counts = {**past.counts, JOINT: counts}
    forecasts = {
        **{name: each.forecast(name, n=past.n_months, level=level)
           for name, each in past.counts.items()},
        JOINT: joint,
    }  # fmt: skip
    pool = pool_chances(forecasts, level)
    late, early = (
        predict_longest_spell(all_counts, date, level=level, n=past.n_months)
        for date in (LATE, EARLY)
    )
    return Pooled(
        chosen=Outlook(CAPABILITY, pool) if chosen.definition == CAPABILITY else chosen,
        pool=Member("pool", pool),
        members=tuple(Member(name, forecast) for name, forecast in forecasts.items()),
        failed=past.failed,
        margin=past.margin,
        longest_spell=late,
        longest_spell_early=early,
        late_chance=predict_chance(all_counts, pool.on(LATE)[2]),
    )
