"""What the change of all adults' intentions allows for the young, whom no table shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.society import survey_shares
from models.society.ecological_inference import PartChange, Whole, bound_change_of_part
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared.countries import COLOURS
from chapters.shared.marks import draw_intervals, name_rows

if TYPE_CHECKING:
    from models.core.estimates import Estimate

_FEW_YEARS = 5
_STRAY_YEAR = 2005
_PERCENT = 100


@dataclass(frozen=True)
class YoungAdults:
    """What is assumed of adults aged 18 to 34 among those aged 18 to 64.

    Attributes
    ----------
    weight_first, weight_last : float
        Their share in the first and in the last survey years, 0 to 1.
    ratio_low, ratio_high : float
        Least and most times as often that they intend to start as the older.
    """

    weight_first: float
    weight_last: float
    ratio_low: float
    ratio_high: float


@dataclass(frozen=True)
class Assumption:
    """A change under one assumption.

    Attributes
    ----------
    name : str
        What is assumed.
    change : Estimate
        Stated range, in percentage points.
    """

    name: str
    change: Estimate


@dataclass(frozen=True)
class Deeds:
    """Early-stage entrepreneurs in one year, the only point by age at hand.

    Attributes
    ----------
    all_percent : float
        All adults, %, as reported.
    young_percent : float
        Adults aged 18 to 34, %, as reported.
    ratio : float
        The young over the older, times.
    """

    all_percent: float
    young_percent: float
    ratio: float


@dataclass(frozen=True)
class YoungChange:
    """How far intentions among the young may have changed.

    Attributes
    ----------
    change : PartChange
        Intentions to start: the young (part) of all Chinese adults (whole).
    without_stray : PartChange
        Intentions to start without 2005: the young (part) of all Chinese adults (whole).
    first_years, last_years : tuple of int
        First and last survey year behind each of the two means.
    middle_ratio : float
        Times as often as older Chinese that the young intend to start: middle of the assumed range.
    deeds : Deeds
        Early-stage entrepreneurs in China, 2015.
    asked : int
        Young Chinese adults among those asked in a survey year.
    visible_points : float
        Smallest change of young Chinese adults' share between two years that would show, percentage
        points.
    """

    change: PartChange
    without_stray: PartChange
    first_years: tuple[int, int]
    last_years: tuple[int, int]
    middle_ratio: float
    deeds: Deeds
    asked: int
    visible_points: float

    @property
    def whole_fell(self) -> bool:
        """Whether intentions fell among all adults."""
        return self.change.whole < 0

    @property
    def sign_is_open(self) -> bool:
        """Whether the young may have moved either way if nothing is assumed."""
        return self.change.logical.low < 0 < self.change.logical.high

    @property
    def ageing_may_explain(self) -> bool:
        """Whether ageing alone may have changed the whole by as much as was observed."""
        ageing, whole = self.change.ageing, self.change.whole
        return ageing.low <= whole if self.whole_fell else whole <= ageing.high

    @property
    def could_have_held(self) -> bool:
        """Whether some ratio would mean that the young have not fallen."""
        return self.change.break_even_ratio is not None

    @property
    def needs_a_higher_ratio(self) -> bool:
        """Whether that ratio lies above the middle one."""
        ratio = self.change.break_even_ratio
        return ratio is not None and ratio > self.middle_ratio

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """The ranges, from no assumption on; the last is of the whole."""
        change = self.change
        return (
            Assumption("Nothing assumed", change.logical),
            Assumption("Ratio within the range", change.free_ratio),
            Assumption("Ratio constant", change.constant_ratio),
            Assumption("Ageing alone (on the whole)", change.ageing),
        )


def bound_young(
    attitudes: pd.DataFrame,
    published: pd.DataFrame,
    *,
    young: YoungAdults,
    sample_size: int,
    design_effect: float,
    level: float,
) -> YoungChange:
    """Bound the change among the young by that of all Chinese adults.

    Parameters
    ----------
    attitudes : pandas.DataFrame
        Table ``entrepreneurial_attitudes``.
    published : pandas.DataFrame
        Table ``published_estimates``, by id.
    young : YoungAdults
        What is assumed of the young.
    sample_size : int
        Adults asked in each year.
    design_effect : float
        Variance of the survey's design over that of a simple random sample.
    level : float
        Level of the intervals.

    Raises
    ------
    ModelInputError
        If the assumed ratios are out of order.
    """
    chinese = attitudes[attitudes["country"] == "CHN"].sort_values("year")
    shares = chinese.set_index("year")["intentions_percent"] / _PERCENT
    years = [int(year) for year in shares.index]
    share_now = float(shares.tail(_FEW_YEARS).mean())
    asked = int(sample_size * young.weight_last)
    visible = survey_shares.compute_visible_change(
        share_now, asked, design_effect=design_effect, level=level
    )
    return YoungChange(
        change=_bound(shares, share_now, young, level),
        without_stray=_bound(shares.drop(_STRAY_YEAR, errors="ignore"), share_now, young, level),
        first_years=(years[0], years[_FEW_YEARS - 1]),
        last_years=(years[-_FEW_YEARS], years[-1]),
        middle_ratio=(young.ratio_low * young.ratio_high) ** 0.5,
        deeds=_read_deeds(published["value"], young.weight_last),
        asked=asked,
        visible_points=_PERCENT * visible,
    )


def draw_young(young: YoungChange) -> Drawing:
    """Draw the range under each assumption, and the change of the whole."""
    data = pd.DataFrame(
        [(a.name, a.change.value, a.change.low, a.change.high) for a in young.assumptions],
        columns=["assumption", "points", "low", "high"],
    )
    figure, axes = style.new_figure(2.8)
    whole = young.change.whole
    axes.axvline(0, color=style.REFERENCE_COLOUR, linewidth=1.4)
    axes.axvline(whole, color=style.REFERENCE_COLOUR, linewidth=1.4, ls="--")
    axes.annotate(
        "the whole", (whole, -0.8), xytext=(-4, 0), textcoords="offset points", va="center",
        ha="right", color=style.REFERENCE_COLOUR,
    )  # fmt: skip
    draw_intervals(axes, np.arange(len(data)), data, "points", colours=COLOURS["CHN"], width=7)
    name_rows(axes, [name.replace(" (", "\n(") for name in data["assumption"]])
    axes.set_ylim(len(data) - 0.5, -1.1)
    axes.set_xlabel("Change of intentions to start, points")
    return Drawing(figure, data, ("entrepreneurial_attitudes",))


def _bound(
    shares: pd.Series[float], share_now: float, young: YoungAdults, level: float
) -> PartChange:
    return bound_change_of_part(
        Whole(float(shares.head(_FEW_YEARS).mean()), young.weight_first),
        Whole(share_now, young.weight_last),
        lowest_ratio=young.ratio_low,
        highest_ratio=young.ratio_high,
        level=level,
    )


def _read_deeds(published: pd.Series[float], weight: float) -> Deeds:
    everyone = float(published["activity-chn-2015"])
    young = float(published["young-activity-chn-2015"])
    older = (everyone - weight * young) / (1 - weight)
    return Deeds(everyone, young, young / older)
