"""An index as it was published day by day: what was known when, and what was revised later.

A score may change for two reasons: new models come, or the index measures old ones anew.
The first is the race, the second the ruler. A forecast that is tried on the past may use
only what `known_at` gives; `measure_gap_revision` says how much of its later error comes
from the ruler alone.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.capability.index_standing import FOLLOWER, LEADER, Standing, compare, line_up
from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.timescale import Moment

_COLUMNS = ("vintage", "model", "release_date", "country", "score")


@dataclass(frozen=True)
class Revision:
    """How much scores changed after they were first given.

    Attributes
    ----------
    mean : float
        Mean change of a score from its first to its last file, points.
    sd : float
        Standard deviation of the change of a score from its first to its last file, points.
    n : int
        Models.
    table : DataFrame
        One row a model: model, first_vintage, first_score, last_score, change.
    """

    mean: float
    sd: float
    n: int
    table: pd.DataFrame


@dataclass(frozen=True)
class Delay:
    """Days from a model's release to its first score, on the days that are seen.

    Attributes
    ----------
    days : Estimate
        Median, with the quartiles as its range of level 0.5.
    table : DataFrame
        One row a model: model, release_date, first_vintage, days.
    """

    days: Estimate
    table: pd.DataFrame


def known_at(vintages: pd.DataFrame, moment: Moment) -> pd.DataFrame:
    """Return the rows of the newest vintage of a day or before it.

    Parameters
    ----------
    vintages : DataFrame
        Columns vintage, model, release_date, country and score.
    moment : date
        The day.

    Raises
    ------
    ModelInputError
        If there is no vintage yet.
    """
    day = pd.Timestamp(moment)
    seen = vintages.loc[vintages["vintage"] <= day, "vintage"]
    if seen.empty:
        first = vintages["vintage"].min()
        raise ModelInputError(f"no vintage of {day:%Y-%m-%d} or before; the first is of {first}")
    newest: pd.Timestamp = seen.max()
    return vintages.loc[vintages["vintage"] == newest]


def stand_at(vintage: pd.DataFrame, *, leader: str = LEADER, follower: str = FOLLOWER) -> Standing:
    """Return gap and lag by one vintage, its own dates of release included.

    Raises
    ------
    ModelInputError
        As `models.capability.index_standing.compare`.
    """
    dated = vintage[vintage["release_date"].notna()]
    field = line_up(dated, leader=leader, follower=follower)
    return compare(field, dated.set_index("model")["score"])


def trace_gap(
    vintages: pd.DataFrame, *, leader: str = LEADER, follower: str = FOLLOWER
) -> pd.DataFrame:
    """Return the standing by each vintage, in order of day.

    Returns
    -------
    DataFrame
        vintage, gap, lag_months, leader_model, leader_score, follower_model,
        follower_score and models (of both countries).

    Raises
    ------
    ModelInputError
        If a column is missing, or a vintage has no dated model of a country.
    """
    if missing := sorted(set(_COLUMNS) - set(vintages.columns)):
        raise ModelInputError(f"vintages need the columns {', '.join(missing)}")
    rows = []
    for day, vintage in vintages.groupby("vintage", sort=True):
        at = stand_at(vintage, leader=leader, follower=follower)
        rows.append(
            {
                "vintage": day,
                "gap": at.gap,
                "lag_months": at.lag_months,
                "leader_model": at.leader_model,
                "leader_score": at.leader_score,
                "follower_model": at.follower_model,
                "follower_score": at.follower_score,
                "models": int(vintage["country"].isin([leader, follower]).sum()),
            }
        )
    return pd.DataFrame(rows)


def split_changes(
    vintages: pd.DataFrame,
    *,
    settled_after_days: int = 0,
    leader: str = LEADER,
    follower: str = FOLLOWER,
) -> pd.DataFrame:
    """Split each change of the gap, from vintage to vintage, into race and ruler.

    The ruler's part is the change among the settled models that both vintages score; the rest
    came with models that the later one is the first to score or that were still being measured,
    or left with those that only the earlier one has.

    Parameters
    ----------
    vintages : DataFrame
        As `known_at`; of one definition.
    settled_after_days : int
        A model is settled from this many days after the first vintage that scores it, and from
        the beginning if the first of all does.
    leader, follower : str
        The two countries.

    Returns
    -------
    DataFrame
        One row a vintage but the first: vintage, change, ruler and race; the last two sum
        to the first.
    """
    days = sorted(vintages["vintage"].unique())
    by_day = {day: vintages[vintages["vintage"] == day] for day in days}
    sides = {"leader": leader, "follower": follower}
    settled_from = vintages.groupby("model")["vintage"].min() + pd.Timedelta(
        days=settled_after_days
    )
    settled_from[settled_from.index.isin(by_day[days[0]]["model"])] = days[0]
    rows = []
    for earlier, later in itertools.pairwise(days):
        before, after = by_day[earlier], by_day[later]
        settled = set(settled_from.index[settled_from <= earlier])
        common = set(before["model"]) & set(after["model"]) & settled
        old, new = (_gap(each[each["model"].isin(common)], sides) for each in (before, after))
        change = _gap(after, sides) - _gap(before, sides)
        rows.append(
            {"vintage": later, "change": change, "ruler": new - old, "race": change - new + old}
        )
    return pd.DataFrame(rows)


def estimate_revision(
    vintages: pd.DataFrame, *, released_since: Moment, lowest: float = -np.inf
) -> Revision:
    """Compare the first with the last score of the models that came in while one looked on.

    Parameters
    ----------
    vintages : DataFrame
        As `known_at`; of one definition.
    released_since : date
        Models released before that day are left aside.
    lowest : float
        So are models whose last score is below this, in points.

    Raises
    ------
    ModelInputError
        If fewer than 3 models were scored twice.
    """
    ends = _first_and_last(vintages)
    new = ends["release_date"] >= pd.Timestamp(released_since)
    twice = ends["last_vintage"] > ends["first_vintage"]
    kept = ends[new & twice & (ends["last_score"] >= lowest)]
    if len(kept) < 3:  # noqa: PLR2004  (a standard deviation of fewer says nothing)
        raise ModelInputError(f"a revision needs 3 models that were scored twice, got {len(kept)}")
    kept = kept.assign(change=kept["last_score"] - kept["first_score"])
    change = kept["change"]
    columns = ["model", "first_vintage", "first_score", "last_score", "change"]
    table = kept[columns].sort_values("change", ignore_index=True)
    return Revision(float(change.mean()), float(change.std()), len(kept), table)


def estimate_delay(vintages: pd.DataFrame, *, released_since: Moment) -> Delay:
    """Return the days from release to first score.

    Parameters
    ----------
    vintages : DataFrame
        As `known_at`. The release date is that of a model's last vintage.
    released_since : date
        Models released before that day are left aside: the first vintage found them scored.

    Raises
    ------
    ModelInputError
        If there is no such model.
    """
    ends = _first_and_last(vintages)
    kept = ends[ends["release_date"] >= pd.Timestamp(released_since)]
    if kept.empty:
        raise ModelInputError(f"no model was released since {released_since}")
    days = (kept["first_vintage"] - kept["release_date"]).dt.days
    low, middle, high = (float(days.quantile(q)) for q in (0.25, 0.5, 0.75))
    table = kept[["model", "release_date", "first_vintage"]].assign(days=days)
    return Delay(
        Estimate(middle, low, high, 0.5, "range", len(kept), "days"),
        table.sort_values("days", ignore_index=True),
    )


def measure_gap_revision(
    vintages: pd.DataFrame,
    *,
    days: int,
    level: float = 0.90,
    leader: str = LEADER,
    follower: str = FOLLOWER,
) -> Estimate:
    """Return how far a published gap moves by revision alone within some days.

    For each vintage that has another at least `days` later, the gap among the models of the
    earlier one is read from both. What new models change is left out.

    Returns
    -------
    Estimate
        Root mean square of the revisions in points; the range holds the middle `level` of
        their sizes. Vintages overlap, so that n overstates what is known.

    Raises
    ------
    ModelInputError
        If fewer than 3 vintages have a later one.
    """
    order = sorted(vintages["vintage"].unique())
    by_day = {day: vintages[vintages["vintage"] == day] for day in order}
    sides = {"leader": leader, "follower": follower}
    changes = []
    for early in order:
        later = [day for day in order if day - early >= pd.Timedelta(days=days)]
        if later:
            common = set(by_day[early]["model"]) & set(by_day[later[0]]["model"])
            old, new = (
                _gap(by_day[day][by_day[day]["model"].isin(common)], sides)
                for day in (early, later[0])
            )
            changes.append(new - old)
    if len(changes) < 3:  # noqa: PLR2004  (as above)
        raise ModelInputError(f"only {len(changes)} vintages have another {days} days later")
    sizes = np.abs(changes)
    low, high = np.quantile(sizes, [0.5 - level / 2, 0.5 + level / 2])
    value = float(np.sqrt(np.mean(np.square(changes))))
    ends = (min(float(low), value), max(float(high), value))
    return Estimate(value, *ends, level, "range", len(changes), units.POINTS)


def _gap(rows: pd.DataFrame, sides: Mapping[str, str]) -> float:
    """Return leader's best less follower's best among some rows."""
    best = rows.groupby("country")["score"].max()
    return float(best[sides["leader"]] - best[sides["follower"]])


def _first_and_last(vintages: pd.DataFrame) -> pd.DataFrame:
    ordered = vintages.sort_values("vintage", kind="stable").groupby("model", as_index=False)
    return ordered.agg(
        first_vintage=("vintage", "first"),
        first_score=("score", "first"),
        last_vintage=("vintage", "last"),
        last_score=("score", "last"),
        release_date=("release_date", "last"),
    )
