"""The dates at which Chinese growth changes most, in three selections of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.hardware_bottleneck.marks import dash_dates, label_controls, new_panels
from chapters.hardware_bottleneck.samples import BOTH_CONTROLS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from models.core.break_search import BreakSearch

    from chapters.hardware_bottleneck.policy_breaks import AtControls, PolicyBreaks

AS_EPOCH_CHOSE = "As Epoch AI chose"


@dataclass(frozen=True)
class SearchedBreak:
    """A break searched for in one selection of Chinese models.

    Attributes
    ----------
    selection : str
        Which models.
    found : BreakSearch
        Search over all dates.
    precedes_controls : bool
        Whether its best date lies before the controls of October 2022.
    """

    selection: str
    found: BreakSearch
    precedes_controls: bool

    @property
    def passes(self) -> bool:
        """Whether the largest F passes its critical value."""
        return self.found.sup_f > self.found.critical_value

    @property
    def peak_over_critical(self) -> float:
        """Largest F over its critical value."""
        return self.found.sup_f / self.found.critical_value

    @property
    def n(self) -> int:
        """Models."""
        return self.found.best.n_before + self.found.best.n_after


@dataclass(frozen=True)
class Searches:
    """The breaks searched for, side by side.

    Attributes
    ----------
    rows : tuple of SearchedBreak
        Break in Chinese growth of training compute.
    controls : AtControls of Timestamp
        Dates of the controls.
    """

    rows: tuple[SearchedBreak, ...]
    controls: AtControls[pd.Timestamp]

    @property
    def passing(self) -> tuple[SearchedBreak, ...]:
        """Breaks that pass their critical value."""
        return tuple(row for row in self.rows if row.passes)


def compare_searches(breaks: PolicyBreaks, as_epoch_chose: BreakSearch) -> Searches:
    """Put the searches of this chapter beside one in Epoch AI's selection.

    Parameters
    ----------
    breaks : PolicyBreaks
        Of this chapter's selections.
    as_epoch_chose : BreakSearch
        Of the models that Epoch AI chose.
    """
    found = {name: each.search for name, each in breaks.chinese()}
    first = breaks.controls.first
    rows = (
        SearchedBreak(name, search, search.best.break_date < first)
        for name, search in {**found, AS_EPOCH_CHOSE: as_epoch_chose}.items()
    )
    return Searches(tuple(rows), breaks.controls)


def draw_searches(searches: Searches) -> Drawing:
    """Draw each search's F over its critical value, month by month."""
    figure, panels = new_panels([row.selection for row in searches.rows], 5.2)
    profiles = pd.concat([_profile(row) for row in searches.rows])
    dates = (searches.controls.first, searches.controls.second)
    for axes, row in zip(panels, searches.rows, strict=True):
        _draw_profile(axes, profiles[profiles["series"] == row.selection])
        dash_dates(axes, dates)
    label_controls(panels[0], dates)
    panels[0].set_ylim(0, max(1.25, 1.15 * profiles["f_over_critical"].max()))
    style.year_ticks(panels[-1])
    panels[-1].set_xlabel("Month of the break")
    figure.supylabel("F over its critical value", fontsize=10)
    columns = ["series", "date", "f", "f_over_critical", "change_oom", "in_confidence_set"]
    tables = ("ai_models", "language_models_2025_04", BOTH_CONTROLS)
    return Drawing(figure, profiles[columns], tables)


def _profile(row: SearchedBreak) -> pd.DataFrame:
    profile = row.found.profile
    over_critical = profile["f"] / row.found.critical_value
    return profile.assign(series=row.selection, f_over_critical=over_critical)


def _draw_profile(axes: Axes, rows: pd.DataFrame) -> None:
    dates, heights = rows["date"], rows["f_over_critical"]
    axes.plot(dates, heights, color=style.TEXT_COLOUR)
    axes.fill_between(
        dates, 1, heights, where=heights > 1, color=style.CATEGORY_COLOURS[1], alpha=0.35, lw=0,
        interpolate=True,
    )  # fmt: skip
    axes.axhline(1, color=style.REFERENCE_COLOUR, lw=1)
