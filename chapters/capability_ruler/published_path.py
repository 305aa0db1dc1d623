"""What the index said on each day, and what is wrong with its vintages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd
from models.capability.vintage_faults import FaultyRow, find_faults
from models.capability.vintages import trace_gap
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.capability_ruler import marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

REFERENCES: Mapping[str, float | None] = MappingProxyType(
    {"Claude 3.5 Sonnet": 130.0, "GPT-5": 150.0, "GPT-4 (Mar 2023)": None}
)
"""Models by which a moved scale shows: both anchors, and one that is known by its median."""
FIRST_OFFICIAL = pd.Timestamp("2025-12-19")
"""First file of the index as it is defined today: one score for all versions of a model."""
_OTHER_DEFINITION = pd.Timestamp("2025-12-02")
_EARLIER_INPUTS = "refit_pre_eci_inputs"
_OFFICIAL, _REFIT, _OTHER = "as defined today", "refit of earlier results", "per version"
_CHANGES: Mapping[str, pd.Timestamp] = MappingProxyType(
    {
        "one score\na model": FIRST_OFFICIAL,
        "new\nintervals": pd.Timestamp("2026-07-15"),
        "release\ndates": pd.Timestamp("2026-09-13"),
    }
)
"""What changed in the index's definition, and from which vintage on."""
_MARKERS = {_OFFICIAL: "o", _REFIT: "s", _OTHER: "D"}
_LINES = {_REFIT: "refits of\nearlier\nresults"}
_EXAMPLES = 3
_LOWER = (0, 0, 30)
"""Points by which the words at a change stand lower than those at the first."""
_OFFICIAL_COLOUR, _REFIT_COLOUR = style.CATEGORY_COLOURS[0], style.REFERENCE_COLOUR


@dataclass(frozen=True)
class Day:
    """What one vintage says.

    Attributes
    ----------
    date : Timestamp
        Day of the vintage.
    gap : float
        American best less Chinese best, points.
    lag_months : float
        Months by which the Chinese best came after the American line.
    leader_model, follower_model : str
        The best models.
    """

    date: pd.Timestamp
    gap: float
    lag_months: float
    leader_model: str
    follower_model: str


@dataclass(frozen=True)
class FaultGroup:
    """Faulty rows of one kind.

    Attributes
    ----------
    fault : str
        What is wrong.
    n : int
        Rows.
    vintages : tuple of Timestamp
        Where they were first seen, each day once.
    rows : tuple of FaultyRow
        All of them.
    """

    fault: str
    n: int
    vintages: tuple[pd.Timestamp, ...]
    rows: tuple[FaultyRow, ...]

    @property
    def examples(self) -> tuple[FaultyRow, ...]:
        """The first few."""
        return self.rows[:_EXAMPLES]


@dataclass(frozen=True)
class PublishedPath:
    """The gap by every vintage, and the faulty rows.

    Attributes
    ----------
    path : DataFrame
        One row a vintage, as `models.capability.vintages.trace_gap` gives them, with `kind`
        and `moved`, whether a reference model is off.
    faults : tuple of FaultyRow
        Row by row.
    """

    path: pd.DataFrame
    faults: tuple[FaultyRow, ...]

    @property
    def official(self) -> pd.DataFrame:
        """The vintages of today's definition."""
        return self.path[self.path["kind"] == _OFFICIAL]

    @property
    def latest(self) -> Day:
        """The newest published version of the index."""
        return _day(self.path.iloc[-1])

    @property
    def first(self) -> Day:
        """The first vintage of today's definition."""
        return _day(self.official.iloc[0])

    @property
    def narrowest(self) -> Day:
        """Of the index's published versions, the one with the smallest gap.

        Only the vintages of today's definition count.
        """
        return _day(self.official.iloc[int(self.official["gap"].argmin())])

    @property
    def widest(self) -> Day:
        """Of the index's published versions, the one with the largest gap.

        Only the vintages of today's definition count.
        """
        return _day(self.official.iloc[int(self.official["gap"].argmax())])

    @property
    def came_down(self) -> bool:
        """Whether the narrowest gap came after the widest."""
        return self.narrowest.date > self.widest.date

    @property
    def lag_span(self) -> tuple[float, float]:
        """Shortest and longest Chinese lag over the index's published versions, in months.

        Only the vintages of today's definition count.
        """
        lags = self.official["lag_months"]
        return float(lags.min()), float(lags.max())

    @property
    def n_vintages(self) -> int:
        """Vintages that are shown."""
        return len(self.path)

    @property
    def n_official(self) -> int:
        """Vintages of today's definition."""
        return len(self.official)

    @property
    def fault_groups(self) -> tuple[FaultGroup, ...]:
        """Faulty rows by kind."""
        counted = Counter(row.fault for row in self.faults)
        return tuple(_group(fault, self.faults) for fault in counted)

    @property
    def listed_twice(self) -> bool:
        """Whether a vintage holds one model under two names."""
        return any(row.fault == "listed twice" for row in self.faults)

    @property
    def dateless(self) -> bool:
        """Whether a scored model of the two countries has no date."""
        return any(row.fault == "no date" for row in self.faults)


def trace_path(index_vintages: pd.DataFrame) -> PublishedPath:
    """Read the gap off every vintage, and look for faulty rows.

    Parameters
    ----------
    index_vintages : DataFrame
        The book's table of this name.
    """
    faults = find_faults(index_vintages, references=REFERENCES)
    moved = {row.vintage for row in faults if row.fault == "scale moved"}
    kinds = index_vintages.groupby("vintage")["kind"].first()
    path = trace_gap(index_vintages)
    shown = [
        _kind(day, kind)
        for day, kind in zip(path["vintage"], kinds.reindex(path["vintage"]), strict=True)
    ]
    return PublishedPath(path.assign(kind=shown, moved=path["vintage"].isin(moved)), faults)


def draw_path(found: PublishedPath) -> Drawing:
    """Draw the gap by day of vintage, kinds told apart, changes of definition marked."""
    path = found.path
    figure, axes = style.new_figure(3.9)
    axes.step(
        found.official["vintage"], found.official["gap"], where="post", color=_OFFICIAL_COLOUR,
        linewidth=1, alpha=0.6,
    )  # fmt: skip
    for kind, marker in _MARKERS.items():
        colour = _OFFICIAL_COLOUR if kind == _OFFICIAL else _REFIT_COLOUR
        for moved, face in ((False, colour), (True, "white")):
            rows = path[(path["kind"] == kind) & (path["moved"] == moved)]
            axes.plot(
                rows["vintage"], rows["gap"], marker, color=colour, markerfacecolor=face,
                markersize=5,
            )  # fmt: skip
    axes.set_ylim(0, 1.4 * path["gap"].max())
    _label_kinds(axes, path)
    _mark_changes(axes)
    axes.set_ylabel(marks.GAP_LABEL)
    axes.set_xlabel("Day on which the index was published")
    marks.quarter_ticks(axes)
    columns = ["vintage", "kind", "moved", "gap", "lag_months", "leader_model", "follower_model"]
    return Drawing(figure, path[columns], ("index_vintages",))


def _label_kinds(axes: Axes, path: pd.DataFrame) -> None:
    """Write each kind's name over, under or beside its marks."""
    from matplotlib import dates

    places = {
        _OFFICIAL: ("gap", "max", 0.7, "left", _OFFICIAL_COLOUR),
        _REFIT: ("gap", "min", -1.3, "left", _REFIT_COLOUR),
        _OTHER: ("gap", "max", 0.5, "right", _REFIT_COLOUR),
    }
    for kind, (column, end, apart, side, colour) in places.items():
        rows = path[path["kind"] == kind]
        if rows.empty:
            continue
        day = rows["vintage"].min()
        at = (dates.date2num(day), float(rows[column].agg(end)) + apart)
        axes.annotate(
            _LINES.get(kind, kind), at, xytext=(4 if side == "left" else 3, 0),
            textcoords="offset points", ha=side, va="center", color=colour, fontweight="bold",
        )  # fmt: skip


def _mark_changes(axes: Axes) -> None:
    """Mark what changed in the definition, the words one step lower each time."""
    from matplotlib import dates

    top = axes.get_ylim()[1]
    for place, (words, day) in enumerate(_CHANGES.items()):
        axes.axvline(
            dates.date2num(day), color=style.REFERENCE_COLOUR, linewidth=0.8, linestyle=":"
        )
        axes.annotate(
            words, (dates.date2num(day), top), xytext=(-3, -3 - _LOWER[place]),
            textcoords="offset points", ha="right", va="top", fontsize=8.5,
            color=style.TEXT_COLOUR, bbox=style.GROUND,
        )  # fmt: skip


def _kind(vintage: pd.Timestamp, kind: str) -> str:
    if vintage == _OTHER_DEFINITION:
        return _OTHER
    return _REFIT if kind == _EARLIER_INPUTS else _OFFICIAL


def _group(fault: str, faults: tuple[FaultyRow, ...]) -> FaultGroup:
    rows = tuple(row for row in faults if row.fault == fault)
    days = tuple(sorted({row.vintage for row in rows}))
    return FaultGroup(fault, len(rows), days, rows)


def _day(row: pd.Series[float]) -> Day:
    return Day(
        pd.Timestamp(row["vintage"]),
        float(row["gap"]),
        float(row["lag_months"]),
        str(row["leader_model"]),
        str(row["follower_model"]),
    )
