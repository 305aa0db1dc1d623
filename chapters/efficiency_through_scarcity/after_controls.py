"""Whether the premium grew after the export controls, or drifts at any date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.capability.compute_efficiency import (
    MINIMUM_PER_SIDE,
    PremiumShift,
    PremiumTrend,
    estimate_premium_shift,
    estimate_premium_trend,
)
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.compared_models import (
    DEVELOPER,
    ComparedModels,
    fill_silent_models,
)
from chapters.efficiency_through_scarcity.marks import GREY
from chapters.efficiency_through_scarcity.sides import Side, SideCounts, count_sides, side_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

_SCANNED = pd.date_range("2023-10-01", "2025-07-01", freq="QS")
_FIRST_CONTROLS = "advanced-computing-2022"
_LIGHT_GREY = "#9A9A9A"


@dataclass(frozen=True)
class Change:
    """The premium before and after a control, and how it moves without one.

    Attributes
    ----------
    control : pandas.Timestamp
        Day of the control.
    shift : PremiumShift
        Chinese models at equal compute, before and after the export control.
    trend : PremiumTrend
        Chinese models at equal compute, by models of known compute alone.
    trend_filled : PremiumTrend
        Chinese models at equal compute, silent models put on the trend of the known ones.
    scan : pandas.DataFrame
        The change at the control and at the first day of each quarter.
    first_controls : pandas.Timestamp
        Day of the first export controls.
    n_before_first : int
        Chinese models of the index from before that day.
    """

    control: pd.Timestamp
    shift: PremiumShift
    trend: PremiumTrend
    trend_filled: PremiumTrend
    scan: pd.DataFrame
    first_controls: pd.Timestamp
    n_before_first: int

    @property
    def side(self) -> Side:
        """On which side of zero the change's interval lies."""
        return side_of(self.shift.shift)

    @property
    def rose(self) -> bool:
        """Whether the premium is larger after the control than before."""
        return self.shift.shift.value > 0

    @property
    def size(self) -> float:
        """Size of the change, whatever its direction, index points."""
        return abs(self.shift.shift.value)

    @property
    def trend_side(self) -> Side:
        """On which side of zero the trend's interval lies."""
        return side_of(self.trend.per_year)

    @property
    def trend_filled_side(self) -> Side:
        """On which side of zero the trend's interval lies with silent models filled."""
        return side_of(self.trend_filled.per_year)

    @property
    def is_control(self) -> pd.Series[bool]:
        """Which row of the scan is the control; the others have no meaning of their own."""
        return self.scan["date"] == self.control

    @property
    def arbitrary(self) -> SideCounts:
        """How many changes at arbitrary dates lie above zero, below it, and around it."""
        return count_sides(self.scan[~self.is_control])

    @property
    def largest_arbitrary(self) -> float:
        """Largest change of Chinese models' premium at an arbitrary date, index points."""
        return float(self.scan.loc[~self.is_control, "change"].max())

    @property
    def smallest(self) -> float:
        """Smallest change of the scan, index points."""
        return float(self.scan["change"].min())

    @property
    def largest(self) -> float:
        """Largest change of the scan, index points."""
        return float(self.scan["change"].max())

    @property
    def n_scanned(self) -> int:
        """Dates of the scan, that of the control included."""
        return len(self.scan)


def estimate_change(
    models: ComparedModels, export_controls: pd.DataFrame, *, control_date: str, level: float
) -> Change:
    """Estimate the change of the premium after a control, and after arbitrary dates.

    Quarters with fewer than 2 models of a country on a side are left out.

    Parameters
    ----------
    models : ComparedModels
        The models; those with known compute are compared.
    export_controls : pandas.DataFrame
        Table ``export_controls``, for the day of the first ones.
    control_date : str
        Day of the control, ISO date.
    level : float
        Of the intervals.

    Raises
    ------
    ModelInputError
        If a country has fewer than 2 models before or after the control.
    """
    known, control = models.known, pd.Timestamp(control_date)
    days = sorted({*(d for d in _SCANNED if _smaller_side(known, d) >= MINIMUM_PER_SIDE), control})
    shifts = {
        day: estimate_premium_shift(known, date=day, cluster=DEVELOPER, level=level) for day in days
    }
    trend, trend_filled = (
        estimate_premium_trend(frame, cluster=DEVELOPER, level=level)
        for frame in (known, fill_silent_models(models.pair, 1.0))
    )
    is_first = export_controls["measure"] == _FIRST_CONTROLS
    (first,) = pd.DatetimeIndex(export_controls.loc[is_first, "date"])
    return Change(
        control,
        shifts[control],
        trend,
        trend_filled,
        _tabulate(shifts),
        first,
        _count_chinese_before(models, first),
    )


def draw_change(change: Change) -> Drawing:
    """Draw the change of the premium at the control and at arbitrary dates.

    Parameters
    ----------
    change : Change
        What was estimated.
    """
    import matplotlib.dates as mdates

    figure, axes = style.new_figure(3.6)
    axes.axhline(0, color=style.REFERENCE_COLOUR, linewidth=1.5)
    placebo, chosen = change.scan[~change.is_control], change.scan[change.is_control]
    axes.vlines(placebo["date"], placebo["low"], placebo["high"], color=_LIGHT_GREY, linewidth=2.5)
    axes.plot(placebo["date"], placebo["change"], "o", color=GREY, mfc="white")
    colour = style.TEXT_COLOUR
    axes.vlines(chosen["date"], chosen["low"], chosen["high"], color=colour, linewidth=3.5)
    axes.plot(chosen["date"], chosen["change"], "o", color=colour, ms=8)
    _label(axes, f"control of {change.control:%-d %B %Y}", 0.95, colour)
    _label(axes, "arbitrary dates", 0.87, GREY)
    axes.set_ylim(change.scan["low"].min() - 2, change.scan["high"].max() + 12)
    axes.xaxis.set_major_locator(mdates.MonthLocator(bymonth=(1, 7)))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m"))
    axes.set(xlabel="Date that splits the models", ylabel="Change of the premium, points")
    return Drawing(figure, change.scan, ("capability_index",))


def _label(axes: Axes, text: str, height: float, colour: str) -> None:
    axes.annotate(
        text, (0.02, height), xycoords="axes fraction", va="top", color=colour, fontweight="bold"
    )


def _smaller_side(known: pd.DataFrame, day: pd.Timestamp) -> int:
    """Count the models of the country and side of the day that has fewest."""
    counts = pd.crosstab(known["country"], known["date"] >= day)
    return int(counts.reindex(columns=[False, True], fill_value=0).to_numpy().min())


def _count_chinese_before(models: ComparedModels, day: pd.Timestamp) -> int:
    is_chinese = models.dated["country"] == "CHN"
    return int((is_chinese & (models.dated["date"] < day)).sum())


def _tabulate(shifts: Mapping[pd.Timestamp, PremiumShift]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (day, s.shift.value, s.shift.low, s.shift.high, s.n_before, s.n_after)
            for day, s in shifts.items()
        ],
        columns=["date", "change", "low", "high", "n_before", "n_after"],
    )
