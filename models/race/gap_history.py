"""The gap's past as it was known on a day, from the index of that day.

From the first vintage on, the index of a day is the newest file that was there. For days
before, no file is kept: the index is fitted anew to the models and benchmarks then out,
without those of the last weeks, since a model's first score comes with a delay. Its unit is
set by two models that were out all along. What later files show a new score to be revised by is
put on the follower's best model by `move_newest`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from models.capability.index_error import keep_models_with_results
from models.capability.index_fit import Anchors, IndexFit, fit_index
from models.capability.index_standing import FOLLOWER, LEADER
from models.capability.vintages import estimate_delay, known_at, measure_gap_revision
from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from models.core.arrays import FloatArray
    from models.core.estimates import Estimate
    from models.core.timescale import Moment

Source = Literal["vintage", "refit"]
ENTRY_MONTHS = 6
"""Months after the follower's first model from which the gap counts: before, it is its entry."""
UNIT_SETTERS = ("Llama 2-70B", "Claude 3 Opus")
"""Two well measured models, 13 points apart and out by February 2024, that set a refit's unit."""
_MONTHS_OF_REVISION = 3
_OFFICIAL = "published"
"""Kind of a file of the index as it is defined today."""


@dataclass(frozen=True)
class PastIndex:
    """What the index of later days says of earlier ones.

    Attributes
    ----------
    vintages : DataFrame
        Table ``index_vintages``.
    results : DataFrame
        The newest results of table ``index_scores``.
    newest : IndexFit
        The index fitted to them: it sets the unit of every refit.
    about : DataFrame
        By model: country, organization and training_compute_flop, as known today.
    delay_days : float
        From a release to the first score.
    """

    vintages: pd.DataFrame
    results: pd.DataFrame
    newest: IndexFit
    about: pd.DataFrame
    delay_days: float

    @property
    def first_vintage(self) -> pd.Timestamp:
        """Day of the first file."""
        return pd.Timestamp(self.vintages["vintage"].min())


@dataclass(frozen=True)
class KnownIndex:
    """The index as known on a day.

    Attributes
    ----------
    day : Timestamp
        The day.
    source : {"vintage", "refit"}
        Whether it is a file of that time, or made again.
    models : DataFrame
        Columns model, organization, country, date, eci and training_compute_flop.
    """

    day: pd.Timestamp
    source: Source
    models: pd.DataFrame


@dataclass(frozen=True)
class FirstScores:
    """How late scores come, and how far they are revised, by the files of today's definition.

    Attributes
    ----------
    delay : Estimate
        Days from a model's release to its first score on the index.
    revision : Estimate
        Revision of a published gap within three months, points (root mean square).
    """

    delay: Estimate
    revision: Estimate


def measure_first_scores(vintages: pd.DataFrame) -> FirstScores:
    """Measure delay and revision on the files since the first one of today's definition.

    Raises
    ------
    ModelInputError
        If there is no such file, or too few of them.
    """
    first = vintages.loc[vintages["kind"] == _OFFICIAL, "vintage"].min()
    official = vintages[vintages["vintage"] >= first]
    return FirstScores(
        estimate_delay(official, released_since=first).days,
        measure_gap_revision(official, days=30 * _MONTHS_OF_REVISION),
    )


def read_past_index(
    vintages: pd.DataFrame, scores: pd.DataFrame, index: pd.DataFrame, *, delay_days: float
) -> PastIndex:
    """Put together what past days are known by.

    Parameters
    ----------
    vintages, scores, index : DataFrame
        Tables ``index_vintages``, ``index_scores`` and ``capability_index``.
    delay_days : float
        From a release to the first score, as `measure_first_scores` gives it.
    """
    results = scores[scores["vintage"] == scores["vintage"].max()]
    newest = vintages.sort_values("vintage", kind="stable").groupby("model")
    about = newest[["country", "organization"]].last()
    compute = index.drop_duplicates("model").set_index("model")["training_compute_flop"]
    about["organization"] = about["organization"].fillna(pd.Series(about.index, about.index))
    return PastIndex(
        vintages,
        results,
        fit_index(results),
        about.assign(training_compute_flop=compute.reindex(about.index)),
        delay_days,
    )


def know_index(past: PastIndex, day: Moment) -> KnownIndex:
    """Return the index as it was known on a day.

    Parameters
    ----------
    past : PastIndex
        From `read_past_index`.
    day : date
        The day.

    Raises
    ------
    ModelInputError
        If too little was out to fit an index.
    """
    moment = pd.Timestamp(day)
    if moment >= past.first_vintage:
        seen = known_at(past.vintages, moment).dropna(subset=["release_date"])
        rows = seen[["model", "release_date", "score"]].rename(columns={"release_date": "date"})
        return KnownIndex(moment, "vintage", _described(rows, past))
    return KnownIndex(moment, "refit", _described(_refit(past, moment), past))


def move_newest(known: KnownIndex, points: float) -> KnownIndex:
    """Move the score of the follower's best model, unless it is older than three months.

    A score is revised in the first months after a release; a refit from later results has
    the revised one.

    Parameters
    ----------
    known : KnownIndex
        From `know_index`.
    points : float
        By which the score is raised.
    """
    rivals = known.models[known.models["country"] == FOLLOWER]
    if rivals.empty:
        return known
    best = int(rivals["eci"].to_numpy(dtype=float).argmax())
    if rivals["date"].iloc[best] < known.day - pd.DateOffset(months=_MONTHS_OF_REVISION):
        return known
    moved = known.models.copy()
    moved.loc[rivals.index[best], "eci"] = float(rivals["eci"].iloc[best]) + points
    return replace(known, models=moved)


def trace_monthly_gaps(
    models: pd.DataFrame,
    *,
    until: Moment,
    since: Moment,
    leader: str = LEADER,
    follower: str = FOLLOWER,
) -> FloatArray:
    """Gap between two countries' best models, month by month back from a day.

    Parameters
    ----------
    models : DataFrame
        Columns country, date and eci.
    until : date
        The last day; the others lie whole months before it.
    since : date
        No earlier day counts, nor one in the first `ENTRY_MONTHS` of the follower.

    Returns
    -------
    ndarray, shape (n,)
        Leader minus follower in points, in order.

    Raises
    ------
    ModelInputError
        If a country has no model by then.
    """
    sides = [
        models[models["country"] == code].sort_values("date", kind="stable")
        for code in (leader, follower)
    ]
    end = pd.Timestamp(until)
    if any(side.empty or side["date"].iloc[0] > end for side in sides):
        raise ModelInputError(f"needs models of {leader} and {follower} by {end:%Y-%m-%d}")
    first = max(
        pd.Timestamp(since),
        sides[0]["date"].iloc[0],
        sides[1]["date"].iloc[0] + pd.DateOffset(months=ENTRY_MONTHS),
    )
    months = (end.year - first.year) * 12 + end.month - first.month
    days = [end - pd.DateOffset(months=back) for back in range(max(months, 0), -1, -1)]
    kept = pd.DatetimeIndex([day for day in days if day >= first] or [end])
    best = []
    for side in sides:
        highest = np.maximum.accumulate(side["eci"].to_numpy(dtype=float))
        best.append(highest[side["date"].searchsorted(kept, side="right") - 1])
    return np.asarray(best[0] - best[1])


def _refit(past: PastIndex, day: pd.Timestamp) -> pd.DataFrame:
    scored_by = day - pd.Timedelta(days=past.delay_days)
    results = past.results
    out = results[(results["release_date"] <= scored_by) & ~(results["benchmark_date"] > day)]
    scores = past.newest.scores
    low, high = UNIT_SETTERS
    anchors = Anchors(low, float(scores[low]), high, float(scores[high]))
    fit = fit_index(keep_models_with_results(out), anchors=anchors, start=past.newest)
    released = results.groupby("model")["release_date"].first()
    rows = fit.scores.reset_index()
    return rows.assign(date=rows["model"].map(released))


def _described(rows: pd.DataFrame, past: PastIndex) -> pd.DataFrame:
    models = rows.rename(columns={"score": "eci"}).join(past.about, on="model")
    return models.dropna(subset=["country", "date"]).reset_index(drop=True)
