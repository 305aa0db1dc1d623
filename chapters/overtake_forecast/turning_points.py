"""How far each parameter alone must move to change the verdict."""

from dataclasses import dataclass
from math import isnan

import pandas as pd

from chapters.overtake_forecast.joint_model import LATE, JointForecast
from models.core.estimates import Estimate
from models.core.verdicts import Place, ScaleWord, find_place
from models.race.joint_sensitivity import Effort, Margin, find_smallest_changes
from models.race.race_definitions import LABELS
from models.race.race_words import say_judgement

N_DRAWS, PATHS_PER_DRAW = 200, 25
CLOSE = 0.05
"""A change by less than this share of a parameter's range is a small one."""
N_NAMED = 3
_LESS, _MORE = "less", "more"
_WORD = (_LESS, _MORE)
_COLUMNS = ["margin", "parameter", "value", "needed", "share_of_range"]


@dataclass(frozen=True)
class Change:
    """The nearest value of one parameter at which something turns.

    Attributes
    ----------
    parameter : str
        The parameter.
    margin : str
        What turns: whether the verdict is "less" or "more" in favour, or a lead "likely".
    value : float
        The value in use.
    needed : float or None
        The one needed; None where none within the parameter's bounds is enough.
    share_of_range : float or None
        Their distance over the width of the bounds.
    """

    parameter: str
    margin: str
    value: float
    needed: float | None
    share_of_range: float | None

    @property
    def label(self) -> str:
        """The parameter's short name."""
        return LABELS[self.parameter]

    @property
    def is_within_bounds(self) -> bool:
        """Whether some value within the bounds is enough."""
        return self.needed is not None

    @property
    def is_a_change(self) -> bool:
        """Whether another value than the one in use is needed, and enough."""
        return self.share_of_range is not None and self.share_of_range > 0

    @property
    def is_small(self) -> bool:
        """Whether a small part of the range is enough."""
        return self.share_of_range is not None and self.share_of_range < CLOSE

    @property
    def instead(self) -> str:
        """The needed value and the one in use, as a noun phrase; nothing where there is none."""
        return "" if self.needed is None else say_judgement(self.parameter, self.needed, self.value)


@dataclass(frozen=True)
class Turn:
    """What one parameter alone can turn.

    Attributes
    ----------
    word : Change
        Where the verdict changes: the chance leaves its place on the scale.
    likely : Change
        Where a Chinese lead becomes a high likelihood itself.
    """

    word: Change
    likely: Change


@dataclass(frozen=True)
class Turns:
    """What every parameter alone can turn, on the capability index.

    Attributes
    ----------
    table : DataFrame
        A row for each margin and parameter.
    chance : Estimate
        Chance to have led by January 2031 at the values in use.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """

    table: pd.DataFrame
    chance: Estimate
    likely_from: float

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The parameters, that first which changes the verdict's word soonest."""
        likely = {change.parameter: change for change in self._changes("likely")}
        word = self._changes(*_WORD)
        soonest = {change.parameter: change for change in reversed(word)}
        return tuple(
            Turn(soonest[name], likely[name])
            for name in dict.fromkeys(change.parameter for change in word)
        )

    @property
    def n_draws(self) -> int:
        """Draws of what is fitted, for each value that is tried."""
        return N_DRAWS

    @property
    def nearest(self) -> Change:
        """The change that the verdict's word is nearest to."""
        return self.turns[0].word

    @property
    def to_likely(self) -> tuple[Change, ...]:
        """The nearest changes that make a Chinese lead a high likelihood, three at most."""
        reached = [c for c in self._changes("likely") if c.is_within_bounds]
        return tuple(reached[:N_NAMED])

    @property
    def verdict(self) -> ScaleWord:
        """Verdict on a Chinese lead at the values in use."""
        return self._place.word

    @property
    def verdict_beyond(self) -> ScaleWord | None:
        """Verdict once the nearest change is made."""
        return self._place.below if self.nearest.margin == _LESS else self._place.above

    @property
    def _place(self) -> Place:
        return find_place(self.chance.value)

    def _changes(self, *margins: str) -> list[Change]:
        """Return the changes of some margins, the smallest first."""
        rows = self.table[self.table["margin"].isin(margins)].sort_values("share_of_range")
        return [
            Change(name, margin, value, None if isnan(needed) else needed,
                   None if isnan(share) else share)
            for margin, name, value, needed, share in rows[_COLUMNS].itertuples(index=False)
        ]  # fmt: skip


def find_turning_points(joint: JointForecast, *, likely_from: float) -> Turns:
    """Search each parameter for the value nearest to its own at which something turns.

    Parameters
    ----------
    joint : JointForecast
        With the judgements in use; leading is by capability here.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """
    place = find_place(joint.capability.late.by_then.value)
    margins: dict[str, Margin] = {
        _LESS: lambda forecast: forecast.on(LATE)[1].value - place.lower,
        _MORE: lambda forecast: forecast.on(LATE)[1].value - place.upper,
        "likely": lambda forecast: forecast.on(LATE)[1].value - likely_from,
    }
    effort = Effort(joint.seed, n_draws=N_DRAWS, paths_per_draw=PATHS_PER_DRAW)
    table = find_smallest_changes(joint.by_capability, joint.calibration, margins, effort=effort)
    return Turns(table, joint.capability.late.by_then, likely_from)
