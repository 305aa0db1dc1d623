"""What is wrong with the vintages of an index, row by row: nothing is mended or dropped here."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from models.capability.index_standing import FOLLOWER, LEADER

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

Fault = Literal["scale moved", "listed twice", "renamed", "country changed", "no date"]
SCALE_TOLERANCE = 0.6
"""Points by which a reference model may be off."""
_SAME_SCORE = 0.005
_RENAMED_DAYS = 45
_RENAMED_POINTS = 0.05


@dataclass(frozen=True)
class FaultyRow:
    """One row that a reader should know of.

    Attributes
    ----------
    fault : str
        What is wrong.
    vintage : Timestamp
        Where it was first seen.
    model : str
        Which model.
    detail : str
        Against what: values as they stand.
    """

    fault: Fault
    vintage: pd.Timestamp
    model: str
    detail: str


def find_faults(
    vintages: pd.DataFrame,
    *,
    references: Mapping[str, float | None],
    leader: str = LEADER,
    follower: str = FOLLOWER,
) -> tuple[FaultyRow, ...]:
    """Return every faulty row, by kind and day.

    Parameters
    ----------
    vintages : DataFrame
        Columns vintage, model, organization, release_date, country, countries and score.
    references : mapping of str to float or None
        Models by which a moved scale shows: their set value, or None for the median of all
        vintages.
    """
    return (
        *find_moved_scales(vintages, references),
        *find_listed_twice(vintages),
        *find_renamed(vintages),
        *find_changed_countries(vintages),
        *find_dateless(vintages, (leader, follower)),
    )


def find_moved_scales(
    vintages: pd.DataFrame,
    references: Mapping[str, float | None],
    tolerance: float = SCALE_TOLERANCE,
) -> tuple[FaultyRow, ...]:
    """Return reference models that are off their value by more than the tolerance."""
    found = []
    for model, value in references.items():
        rows = vintages[vintages["model"] == model]
        expected = float(rows["score"].median()) if value is None else value
        off = rows[(rows["score"] - expected).abs() > tolerance]
        for vintage, score in zip(off["vintage"], off["score"], strict=True):
            detail = f"{score:.2f}, elsewhere {expected:.2f}"
            found.append(FaultyRow("scale moved", vintage, model, detail))
    return tuple(sorted(found, key=lambda row: row.vintage))


def find_listed_twice(vintages: pd.DataFrame) -> tuple[FaultyRow, ...]:
    """Return models of one vintage that share developer, day of release and score."""
    rows = vintages.dropna(subset=["organization", "release_date"])
    rows = rows.assign(rounded=(rows["score"] / _SAME_SCORE).round())
    twice = rows.groupby(["vintage", "organization", "release_date", "rounded"])["model"]
    others = {names.index[0]: names.iloc[1] for _, names in twice if len(names) > 1}
    first = rows.loc[list(others), ["vintage", "model"]]
    return tuple(
        FaultyRow("listed twice", vintage, model, f"also as {other}")
        for vintage, model, other in zip(
            first["vintage"], first["model"], others.values(), strict=True
        )
    )


def find_renamed(vintages: pd.DataFrame) -> tuple[FaultyRow, ...]:
    """Return names that gave way to another for the same developer, day and score.

    Each pair of names is given once, where it first shows; the score may have moved by a
    twentieth of a point from one vintage to the next.
    """
    days = sorted(vintages["vintage"].unique())
    dated = vintages.dropna(subset=["organization", "release_date"])
    by_day = {day: dated[dated["vintage"] == day].set_index("model") for day in days}
    found: dict[frozenset[str], FaultyRow] = {}
    for earlier, later in itertools.pairwise(days):
        gone = by_day[earlier].loc[by_day[earlier].index.difference(by_day[later].index)]
        new = by_day[later].loc[by_day[later].index.difference(by_day[earlier].index)]
        pairs = gone.reset_index().merge(new.reset_index(), on="organization")
        apart = (pairs["release_date_x"] - pairs["release_date_y"]).abs().dt.days
        near = (pairs["score_x"] - pairs["score_y"]).abs() <= _RENAMED_POINTS
        for old, name in pairs.loc[
            near & (apart <= _RENAMED_DAYS), ["model_x", "model_y"]
        ].to_numpy():
            row = FaultyRow("renamed", later, str(name), f"before as {old}")
            found.setdefault(frozenset((old, name)), row)
    return tuple(found.values())


def find_changed_countries(vintages: pd.DataFrame) -> tuple[FaultyRow, ...]:
    """Return models whose countries differ between vintages, where they first do."""
    found = []
    known = vintages.dropna(subset=["countries"]).sort_values("vintage", kind="stable")
    for model, rows in known.groupby("model"):
        other = rows[rows["countries"] != rows["countries"].iloc[0]]
        if len(other):
            detail = f"{other['countries'].iloc[0]}, before {rows['countries'].iloc[0]}"
            found.append(FaultyRow("country changed", other["vintage"].iloc[0], str(model), detail))
    return tuple(found)


def find_dateless(vintages: pd.DataFrame, countries: tuple[str, ...]) -> tuple[FaultyRow, ...]:
    """Return scored models of some countries without a date of release."""
    rows = vintages[vintages["release_date"].isna() & vintages["country"].isin(countries)]
    return tuple(
        FaultyRow("no date", vintage, str(model), f"score {score:.2f}")
        for vintage, model, score in rows[["vintage", "model", "score"]].itertuples(index=False)
    )
