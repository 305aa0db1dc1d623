"""How scores are revised after they were first given, and how late they come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from models.capability.vintages import (
    Delay,
    Revision,
    estimate_delay,
    estimate_revision,
    measure_gap_revision,
)

from chapters.capability_ruler.published_path import FIRST_OFFICIAL

if TYPE_CHECKING:
    import pandas as pd
    from models.core.estimates import Estimate


@dataclass(frozen=True)
class RevisedModel:
    """A model and how far its score moved.

    Attributes
    ----------
    model : str
        Its name.
    change : float
        Last less first score, points.
    """

    model: str
    change: float


@dataclass(frozen=True)
class Revisions:
    """Revision of scores and of the gap, and the delay of first scores.

    Attributes
    ----------
    scores : Revision
        Scores of models released since the index has been defined as today.
    gap : Estimate
        Root mean square revision of a published gap after `days` or a little more, in points.
    delay : Delay
        Days from release to first score.
    days : int
        Days over which the gap's revision is measured.
    watched_days : int
        Days from the first to the last vintage.
    """

    scores: Revision
    gap: Estimate
    delay: Delay
    days: int
    watched_days: int

    @property
    def spans_apart(self) -> int:
        """Spans of so many days that lie side by side."""
        return self.watched_days // self.days

    @property
    def median_delay(self) -> Estimate:
        """Median days to the first score; the range holds the middle half of the models."""
        return self.delay.days

    @property
    def delay_days(self) -> tuple[int, int, int]:
        """Lower quartile, median and upper quartile of the delay, in whole days."""
        days = self.delay.days
        return round(days.low), round(days.value), round(days.high)

    @property
    def most_raised(self) -> RevisedModel:
        """The model whose score rose most after it was first given."""
        row = self.scores.table.iloc[-1]
        return RevisedModel(str(row["model"]), float(row["change"]))

    @property
    def most_lowered(self) -> RevisedModel:
        """The model whose score fell most after it was first given."""
        row = self.scores.table.iloc[0]
        return RevisedModel(str(row["model"]), float(row["change"]))

    @property
    def scores_rise(self) -> bool:
        """Whether first scores were too low on average, by two standard errors."""
        return self.scores.mean > 2 * self.scores.sd / float(np.sqrt(self.scores.n))


def measure_revisions(
    index_vintages: pd.DataFrame, *, lowest: float, days: int, level: float
) -> Revisions:
    """Measure revision and delay on the vintages of today's definition.

    Parameters
    ----------
    index_vintages : DataFrame
        The book's table of this name.
    lowest : float
        Last score from which on a model counts, in points.
    days : int
        Days over which the gap's revision is measured.
    level : float
        Of the range of the gap's revision.
    """
    official = index_vintages[index_vintages["vintage"] >= FIRST_OFFICIAL]
    return Revisions(
        estimate_revision(official, released_since=FIRST_OFFICIAL, lowest=lowest),
        measure_gap_revision(official, days=days, level=level),
        estimate_delay(official, released_since=FIRST_OFFICIAL),
        days,
        int((official["vintage"].max() - official["vintage"].min()).days),
    )
