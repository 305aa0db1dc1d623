"""What one slider does at a time, and what American growth does under each import regime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.race.forecast_surface import ForecastSurface, trace_sliders
from models.race.race_definitions import LABELS
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared.race import TABLES

if TYPE_CHECKING:
    import pandas as pd

GROWTH = "us_compute_growth"
_COLUMNS = 2
"""Panels side by side."""
_TINTS = (0, 4, 1)
"""Places in the palette, of colours that are near no country's."""
HARDLY = 1.0
"""A change of a chance by fewer percentage points is hardly one."""


@dataclass(frozen=True)
class Spread:
    """Chances to have led by January 2031 over one slider's range.

    Chances are shares of 1.

    Attributes
    ----------
    name : str
        The parameter.
    lowest : float
        Lowest chance by January 2031 over its range.
    highest : float
        Highest chance by January 2031 over its range.
    """

    name: str
    lowest: float
    highest: float

    @property
    def label(self) -> str:
        """The judgement's short name."""
        return LABELS[self.name]

    @property
    def width(self) -> float:
        """Highest less lowest chance over its range, percentage points."""
        return 100 * (self.highest - self.lowest)


@dataclass(frozen=True)
class Fall:
    """What American growth takes from the chance under one import regime.

    Attributes
    ----------
    import_regime : str
        Chinese imports of chips.
    points : float
        Chance at low less chance at high growth, percentage points.
    """

    import_regime: str
    points: float


@dataclass(frozen=True)
class Curves:
    """The chance to have led by January 2031, one slider moved at a time.

    Attributes
    ----------
    table : DataFrame
        A row for each import regime, slider and place in its range.
    import_regime : str
        The one of the baseline.
    baseline : float
        The chance where the sliders start, as a share of 1.
    """

    table: pd.DataFrame
    import_regime: str
    baseline: float

    @property
    def at_baseline(self) -> pd.DataFrame:
        """The rows under the baseline's import regime."""
        return self.table[self.table["import_regime"] == self.import_regime]

    @property
    def of_growth(self) -> pd.DataFrame:
        """The rows in which American growth is moved."""
        return self.table[self.table["slider"] == GROWTH]

    @property
    def spreads(self) -> tuple[Spread, ...]:
        """The chances over each slider's range."""
        return tuple(
            Spread(str(name), float(part["held"].min()), float(part["held"].max()))
            for name, part in self.at_baseline.groupby("slider")
        )

    @property
    def widest(self) -> Spread:
        """The slider that moves the chance of a Chinese lead most."""
        return max(self.spreads, key=lambda spread: spread.width)

    @property
    def narrowest(self) -> Spread:
        """The slider that moves the chance of a Chinese lead least."""
        return min(self.spreads, key=lambda spread: spread.width)

    @property
    def growth_hardly_moves(self) -> bool:
        """Whether American growth moves the chance by less than a point under every regime."""
        return all(abs(fall.points) < HARDLY for fall in self.falls)

    @property
    def falls(self) -> tuple[Fall, ...]:
        """What US compute growth takes from the chance of a Chinese lead, by chip imports."""
        return tuple(
            Fall(str(name), 100 * float(part["held"].iloc[0] - part["held"].iloc[-1]))
            for name, part in self.of_growth.groupby("import_regime")
        )


def move_sliders(surface: ForecastSurface, *, baseline: float) -> Curves:
    """Move one slider at a time over its range, under each import regime.

    Parameters
    ----------
    surface : ForecastSurface
        The surface, with the parameters where its sliders start.
    baseline : float
        The chance there, as a share of 1.
    """
    start = surface.parameters
    return Curves(trace_sliders(surface, start), start.import_regime, baseline)


def draw_curves(curves: Curves) -> Drawing:
    """Draw a panel for each slider, with the chance where they start as a line across."""
    drawn = curves.at_baseline
    groups = list(drawn.groupby("slider"))
    figure, first = style.new_figure(4.4)
    first.remove()
    panels = figure.subplots(-(-len(groups) // _COLUMNS), _COLUMNS, sharey=True).ravel()
    for axes in panels[len(groups) :]:
        axes.remove()
    for axes, (name, part) in zip(panels, groups, strict=False):
        axes.axhline(100 * curves.baseline, color=style.REFERENCE_COLOUR, linewidth=1)
        axes.plot(part["value"], 100 * part["held"], color=style.CATEGORY_COLOURS[0])
        axes.set_title(LABELS[str(name)], loc="left", fontweight="bold")
        axes.locator_params(axis="x", nbins=4)
    panels[0].set_ylim(0, _leave_room(drawn))
    figure.supylabel("Chance to have led by January 2031, %", fontsize="medium")
    return Drawing(figure, drawn, tables=TABLES)


def draw_regimes(curves: Curves) -> Drawing:
    """Draw a curve of American growth for each import regime."""
    drawn = curves.of_growth
    figure, axes = style.new_figure(3.2)
    for row, (name, part) in enumerate(drawn.groupby("import_regime")):
        tint = style.CATEGORY_COLOURS[_TINTS[row]]
        axes.plot(part["value"], 100 * part["held"], color=tint)
        end = (float(part["value"].iloc[-1]), 100 * float(part["held"].iloc[-1]))
        style.label_line(axes, end, f"imports {name}", colour=tint)
    axes.set(xlabel="American inflow of compute, times a year",
             ylabel="Chance to have led by 2031, %",
             ylim=(0, _leave_room(drawn)))  # fmt: skip
    first, last = float(drawn["value"].min()), float(drawn["value"].max())
    axes.set_xlim(first, last + 0.35 * (last - first))
    return Drawing(figure, drawn, tables=TABLES)


def _leave_room(drawn: pd.DataFrame) -> float:
    """Upper end of the chances' axis, a little above the highest."""
    return min(100.0, 115 * float(drawn["held"].max()))
