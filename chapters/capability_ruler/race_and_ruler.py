"""What part of the gap's past is race, and what part is the ruler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.capability.index_error import refit_at_dates
from models.capability.index_fit import EPOCH_ANCHORS
from models.capability.vintages import known_at, split_changes, stand_at
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.capability_ruler import marks
from chapters.capability_ruler.published_path import FIRST_OFFICIAL

if TYPE_CHECKING:
    from chapters.capability_ruler.measurement import Ruler

_RACE, _RULER = style.CATEGORY_COLOURS[2], style.CATEGORY_COLOURS[1]
_HALF = 0.5
_TODAY, _THEN, _PUBLISHED = (style.CATEGORY_COLOURS[i] for i in (4, 1, 0))


SETTLED_AFTER_DAYS = 30
"""A frontier model's first results come in over weeks: until then its score is still new."""


@dataclass(frozen=True)
class Month:
    """One past day, as it looks now and as it looked then.

    Attributes
    ----------
    date : Timestamp
        The day.
    today : float
        American lead by today's index of the models then out, points.
    refitted : float
        American lead by an index of the models and benchmarks then out, points.
    published : float
        American lead as published then, points; not a number where nothing was.
    """

    date: pd.Timestamp
    today: float
    refitted: float
    published: float


@dataclass(frozen=True)
class RaceAndRuler:
    """The gap at past days by three rulers, and the published path split in two.

    Attributes
    ----------
    months : DataFrame
        One row a day, as `models.capability.index_error.refit_at_dates` gives them, with
        `published`.
    changes : DataFrame
        One row a vintage of today's definition but the first: change, ruler and race, and
        their sums so far. A model is new for `SETTLED_AFTER_DAYS` after its first score.
    at_once : DataFrame
        The same changes, where a model is old from its second vintage on.
    """

    months: pd.DataFrame
    changes: pd.DataFrame
    at_once: pd.DataFrame

    @property
    def first_month(self) -> pd.Timestamp:
        """First day on which both anchors were out."""
        return pd.Timestamp(self.months["date"].iloc[0])

    @property
    def n_months(self) -> int:
        """Days compared."""
        return len(self.months)

    @property
    def furthest(self) -> Month:
        """The day on which today's index and one of that time differ most."""
        apart = (self.months["gap"] - self.months["gap_both"]).abs()
        return _month(self.months.iloc[int(apart.argmax())])

    @property
    def usual_difference(self) -> float:
        """Usual difference of the gap by today's index and by one of what was then out, points.

        Root mean square, the last day left out.
        """
        rows = self.months.iloc[:-1]
        return float(np.sqrt(((rows["gap"] - rows["gap_both"]) ** 2).mean()))

    @property
    def by_models_alone(self) -> float:
        """Usual difference of the gap if later models alone are taken away, points.

        Root mean square, the last day left out; no benchmark is taken away.
        """
        rows = self.months.iloc[:-1]
        return float(np.sqrt(((rows["gap"] - rows["gap_models"]) ** 2).mean()))

    @property
    def first_vintage(self) -> pd.Timestamp:
        """The vintage from which changes are counted."""
        return FIRST_OFFICIAL

    @property
    def change(self) -> float:
        """Change of the published gap since then, in points."""
        return float(self.changes["change"].sum())

    @property
    def race(self) -> float:
        """Part of the published gap's change that came with new models, points."""
        return float(self.changes["race"].sum())

    @property
    def ruler(self) -> float:
        """Part of the published gap's change from new measurements of old models, points."""
        return float(self.changes["ruler"].sum())

    @property
    def ruler_share(self) -> float:
        """Share of the published gap's movement, up and down, from new measurements."""
        return _ruler_share(self.changes)

    @property
    def settled_after_days(self) -> int:
        """Days after its first score from which a model counts as old."""
        return SETTLED_AFTER_DAYS

    @property
    def ruler_at_once(self) -> float:
        """The gap's change by new measurements if models are old from their 2nd vintage, points."""
        return float(self.at_once["ruler"].sum())

    @property
    def ruler_share_at_once(self) -> float:
        """Share of the gap's moves by new measurements if models are old from their 2nd vintage."""
        return _ruler_share(self.at_once)

    @property
    def is_mostly_race(self) -> bool:
        """Whether new models made more of the movement than the ruler, by either rule."""
        return max(self.ruler_share, self.ruler_share_at_once) < _HALF

    @property
    def is_mostly_ruler(self) -> bool:
        """Whether the ruler made more of it, by either rule."""
        return min(self.ruler_share, self.ruler_share_at_once) > _HALF

    @property
    def sign_hangs_on_settling(self) -> bool:
        """Whether the ruler's sum has another sign if models are old from the second vintage on."""
        return self.ruler * self.ruler_at_once < 0

    @property
    def largest_revision(self) -> tuple[pd.Timestamp, float]:
        """Vintage whose new measurements moved the gap most, and by how many points."""
        row = self.changes.iloc[int(self.changes["ruler"].abs().argmax())]
        return pd.Timestamp(row["vintage"]), float(row["ruler"])

    @property
    def revised_alone(self) -> bool:
        """Whether that vintage brought no new best model."""
        row = self.changes.iloc[int(self.changes["ruler"].abs().argmax())]
        return bool(row["race"] == 0)


def split_past(ruler: Ruler, index_vintages: pd.DataFrame) -> RaceAndRuler:
    """Refit the index to what was out at the end of each month, and split the published path.

    Parameters
    ----------
    ruler : Ruler
        Today's index.
    index_vintages : DataFrame
        The book's table of this name.
    """
    official = index_vintages[index_vintages["vintage"] >= FIRST_OFFICIAL]
    dates = [*_month_ends(ruler), ruler.vintage]
    months = refit_at_dates(ruler.results, ruler.field, dates, start=ruler.fit)
    published = [_published(official, day) for day in months["date"]]
    changes = split_changes(official, settled_after_days=SETTLED_AFTER_DAYS)
    sums = changes[["change", "race", "ruler"]].cumsum().add_prefix("total_")
    return RaceAndRuler(
        months.assign(published=published), changes.join(sums), split_changes(official)
    )


def draw_months(found: RaceAndRuler) -> Drawing:
    """Draw the gap at the end of each month by three rulers."""
    rows = found.months
    figure, axes = style.new_figure(3.7)
    lines = (
        ("gap", "today's index", _TODAY, "-"),
        ("gap_both", "index of what was out", _THEN, "--"),
        ("published", "published then", _PUBLISHED, "-"),
    )
    for column, _, colour, dash in lines:
        axes.plot(rows["date"], rows[column], dash, color=colour, marker="o", markersize=3.5)
    top = max(rows[column].max() for column, *_ in lines)
    axes.set_ylim(0, 1.3 * top)
    for place, (_, words, colour, _) in enumerate(lines):
        axes.text(
            0.02, 0.96 - 0.075 * place, words, transform=axes.transAxes, color=colour, va="top",
            fontweight="bold",
        )  # fmt: skip
    axes.set_ylabel(marks.GAP_LABEL)
    axes.set_xlabel("End of month")
    marks.quarter_ticks(axes)
    columns = ["date", "gap", "gap_models", "gap_both", "published", "models", "benchmarks"]
    return Drawing(figure, rows[columns], ("index_scores", "index_vintages"))


def draw_split(found: RaceAndRuler) -> Drawing:
    """Draw the change of the published gap, and its two parts, summed up."""
    rows = found.changes
    figure, axes = style.new_figure(3.5)
    start = pd.DataFrame({"vintage": [FIRST_OFFICIAL], "total_race": [0.0], "total_ruler": [0.0]})
    lines = pd.concat([start, rows[["vintage", "total_race", "total_ruler"]]])
    axes.axhline(0, color=style.REFERENCE_COLOUR, linewidth=1)
    for column, words, colour, height in (
        ("total_race", "race: new models", _RACE, 0.97),
        ("total_ruler", "ruler: settled models measured anew", _RULER, 0.09),
    ):
        axes.step(lines["vintage"], lines[column], where="post", color=colour)
        axes.text(
            0.02, height, words, transform=axes.transAxes, va="top", color=colour,
            fontweight="bold",
        )  # fmt: skip
    axes.set_ylabel("Change of the gap, summed (points)")
    axes.set_xlabel("Day on which the index was published")
    axes.margins(y=0.22)
    marks.quarter_ticks(axes)
    return Drawing(figure, rows, ("index_vintages",))


def _ruler_share(changes: pd.DataFrame) -> float:
    moved = changes[["race", "ruler"]].abs().sum()
    return float(moved["ruler"] / moved.sum())


def _month_ends(ruler: Ruler) -> list[pd.Timestamp]:
    released = ruler.results.groupby("model")["release_date"].first()
    both = max(released[EPOCH_ANCHORS.low], released[EPOCH_ANCHORS.high])
    return [day for day in pd.date_range(both, ruler.vintage, freq="ME") if day < ruler.vintage]


def _published(official: pd.DataFrame, day: pd.Timestamp) -> float:
    if day < FIRST_OFFICIAL:
        return float("nan")
    return stand_at(known_at(official, day)).gap


def _month(row: pd.Series[float]) -> Month:
    return Month(
        pd.Timestamp(row["date"]),
        float(row["gap"]),
        float(row["gap_both"]),
        float(row["published"]),
    )
