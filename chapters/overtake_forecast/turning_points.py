"""How far each parameter alone must move until the joint model's chance has another word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd
from models.core.verdicts import list_likelihood_bands, name_likelihood
from models.race.joint_sensitivity import Bounds, Effort, find_smallest_changes, try_bounds
from models.race.race_definitions import LABELS
from models.race.race_words import say_judgement

from chapters.overtake_forecast.joint_model import LATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.estimates import Estimate

    from chapters.overtake_forecast.race_inputs import Race

N_DRAWS, PATHS_PER_DRAW = 600, 20
CLOSE = 0.05
"""A change by less than this share of a parameter's range is a small one."""
N_NAMED = 3
_WORD = ("lower", "higher")
_COLUMNS = ["margin", "parameter", "value", "needed", "share_of_range"]


@dataclass(frozen=True)
class Change:
    """The nearest value of one parameter at which something turns.

    Attributes
    ----------
    parameter : str
        The parameter.
    margin : str
        What turns: the chance's word to the "lower" or the "higher" one, or the chance to
        "likely", a high likelihood.
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
        Where the chance's word of ICD 203 changes.
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
        """The parameters, that first which changes the chance's word soonest."""
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
    def paths_per_draw(self) -> int:
        """Paths of shocks for each of them."""
        return PATHS_PER_DRAW

    @property
    def nearest(self) -> Change:
        """The change that the chance's word is nearest to."""
        return self.turns[0].word

    @property
    def to_likely(self) -> tuple[Change, ...]:
        """The nearest changes that make a Chinese lead a high likelihood, three at most."""
        reached = [c for c in self._changes("likely") if c.is_within_bounds]
        return tuple(reached[:N_NAMED])

    @property
    def word(self) -> str:
        """Word for the chance at the values in use."""
        return name_likelihood(self.chance.value)

    @property
    def word_beyond(self) -> str:
        """Word once the nearest change is made."""
        words = [band.word for band in list_likelihood_bands()]
        return words[words.index(self.word) + (1 if self.nearest.margin == "higher" else -1)]

    def _changes(self, *margins: str) -> list[Change]:
        """Return the changes of some margins, the smallest first."""
        rows = self.table[self.table["margin"].isin(margins)].sort_values("share_of_range")
        return [
            Change(name, margin, value, None if isnan(needed) else needed,
                   None if isnan(share) else share)
            for margin, name, value, needed, share in rows[_COLUMNS].itertuples(index=False)
        ]  # fmt: skip


def try_ends(race: Race, *, margin: float) -> Bounds:
    """Move each parameter alone to either end of its range.

    Parameters
    ----------
    race : Race
        What is simulated, with the parameters in use.
    margin : float
        Points by which a lead on the index must be held.
    """
    return try_bounds(
        race.parameters,
        replace(race.calibration, lead_margin=margin),
        date=LATE,
        effort=Effort(race.seed, n_draws=N_DRAWS, paths_per_draw=PATHS_PER_DRAW),
    )


def search_words(race: Race, bounds: Bounds, chance: float, *, margin: float) -> pd.DataFrame:
    """Search each parameter for the value nearest to its own at which the word is another.

    Parameters
    ----------
    race, margin
        As `try_ends`.
    bounds : Bounds
        From `try_ends`.
    chance : float
        Chance to have led by January 2031 at the values in use.
    """
    return _search(race, bounds, list_word_ends(chance), chance, margin)


def search_likely(
    race: Race, bounds: Bounds, chance: float, *, margin: float, likely_from: float
) -> pd.DataFrame:
    """Search each parameter for the value at which the chance is a high likelihood.

    Parameters
    ----------
    race, bounds, chance, margin
        As `search_words`.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """
    return _search(race, bounds, {"likely": likely_from}, chance, margin)


def gather_turns(
    likely: pd.DataFrame, words: pd.DataFrame, chance: Estimate, *, likely_from: float
) -> Turns:
    """Put together what every parameter alone can turn.

    Parameters
    ----------
    likely, words : DataFrame
        From `search_likely` and `search_words`.
    chance : Estimate
        Chance to have led by January 2031 at the values in use.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """
    return Turns(pd.concat([likely, words], ignore_index=True), chance, likely_from)


def _search(
    race: Race, bounds: Bounds, thresholds: Mapping[str, float], chance: float, margin: float
) -> pd.DataFrame:
    return find_smallest_changes(
        race.parameters,
        replace(race.calibration, lead_margin=margin),
        bounds,
        thresholds,
        chance=chance,
        date=LATE,
        effort=Effort(race.seed, n_draws=N_DRAWS, paths_per_draw=PATHS_PER_DRAW),
    )


def list_word_ends(chance: float) -> dict[str, float]:
    """Return the ends of the band of chances that have the same word, but for 0 and 1.

    Parameters
    ----------
    chance : float
        A share of 1.
    """
    bands = list_likelihood_bands()
    at = [band.word for band in bands].index(name_likelihood(chance))
    ends = {"lower": bands[at - 1].upper if at else 0.0, "higher": bands[at].upper}
    return {name: end for name, end in ends.items() if 0 < end < 1}
