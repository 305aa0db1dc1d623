"""The published forecast: the pool of all members, each of them beside it."""

from dataclasses import dataclass

from chapters.overtake_forecast.joint_model import EARLY, LATE, Chance, JointForecast, Outlook
from models.core.predictive import Predictive
from models.race.gap_pool import (
    JOINT,
    Failure,
    pool_chances,
    predict_chance,
    predict_longest_spell,
)
from models.race.lead_forecast import LeadForecast
from models.race.race_batch import PastMembers
from models.race.race_parameters import CAPABILITY
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
        """Three years after the claim."""
        return Chance(EARLY, *self.forecast.on(EARLY))

    @property
    def late(self) -> Chance:
        """Five years after the claim."""
        return Chance(LATE, *self.forecast.on(LATE))

    @property
    def chances(self) -> tuple[Chance, ...]:
        """The chances, a day after the other."""
        return tuple(Chance(day, *self.forecast.on(day)) for day in self.forecast.dates)


@dataclass(frozen=True)
class Pooled:
    """The published forecast.

    Attributes
    ----------
    chosen : Outlook
        What is published: the pool by capability, the joint model by any other meaning.
    pool : Member
        The pool, by capability.
    members : tuple of Member
        By capability, the joint model last.
    failed : tuple of Failure
        Members that could not be fitted, and are not in the pool.
    margin : float
        Points by which a lead must be held: the ruler's error.
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
        """Member with the smallest chance to have led by January 2031."""
        return min(self.members, key=lambda member: member.late.held.value)

    @property
    def highest(self) -> Member:
        """Member with the largest."""
        return max(self.members, key=lambda member: member.late.held.value)

    @property
    def n_members(self) -> int:
        """Members of the pool."""
        return len(self.members)

    @property
    def members_that_see_none(self) -> int:
        """Members in none of whose paths a Chinese firm has led by January 2031."""
        return sum(not member.late.was_seen for member in self.members)

    @property
    def ceiling(self) -> float:
        """Chance to have led by January 2031 if the joint model were sure of it, share of 1.

        Assumptions act through that model alone, so that none lifts the pool above this.
        """
        others = [m.late.held.value for m in self.members if m.name != JOINT]
        return (sum(others) + 1) / (len(others) + 1)


def pool_members(
    joint: JointForecast, past: PastMembers, joint_paths: LeadPaths, *, level: float
) -> tuple[Pooled, dict[str, LeadPaths]]:
    """Count every member's chances on its paths, and pool them.

    Parameters
    ----------
    joint : JointForecast
        The joint model, by every meaning of leading.
    past : PastMembers
        The members that know the gap's past alone.
    joint_paths : LeadPaths
        Of the joint model, on the capability index.
    level : float
        Level of the intervals.

    Returns
    -------
    tuple
        What is published, and all members' paths by name.
    """
    margin = joint.calibration.lead_margin
    paths = {**past.paths, JOINT: joint_paths}
    forecasts = {**past.count_chances(margin, level), JOINT: joint.capability.forecast}
    pool = pool_chances(forecasts, level)
    chosen = joint.chosen
    if chosen.definition == CAPABILITY:
        chosen = Outlook(CAPABILITY, pool)
    late, early = (
        predict_longest_spell(paths, date, margin=margin, level=level, n=past.n_months)
        for date in (LATE, EARLY)
    )
    found = Pooled(
        chosen=chosen,
        pool=Member("pool", pool),
        members=tuple(Member(name, forecast) for name, forecast in forecasts.items()),
        failed=past.failed,
        margin=margin,
        longest_spell=late,
        longest_spell_early=early,
        late_chance=predict_chance(paths, pool.on(LATE)[2], margin=margin),
    )
    return found, paths
