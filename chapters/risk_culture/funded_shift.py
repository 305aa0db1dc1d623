"""Whether the two countries' newly funded AI firms parted after venture capital's highest year."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.society import risk_taking
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.risk_culture.new_funding import VALUE
from chapters.shared.countries import COLOURS
from chapters.shared.marks import draw_upright_intervals

if TYPE_CHECKING:
    from models.core.estimates import Estimate
    from models.core.hypothesis import HypothesisTest

SMALLEST_TOLD_P = 0.001


@dataclass(frozen=True)
class Window:
    """Growth as it would have been found at the end of a year.

    Attributes
    ----------
    last_year : int
        Last year of the window.
    percent_a_year, low, high : float
        Yearly change of China's newly funded AI firms with its interval, %.
    """

    last_year: int
    percent_a_year: float
    low: float
    high: float

    @property
    def rises(self) -> bool:
        """Whether the whole interval lies above zero."""
        return self.low > 0


@dataclass(frozen=True)
class FundedShift:
    """China's newly funded AI firms over the American, from the peak to the last year.

    Attributes
    ----------
    peak_year, last_year : int
        Highest year of Chinese venture capital, and last year of the counts.
    change : Estimate
        China over United States in the last year, over the same in the peak year, times.
    test : HypothesisTest
        Of the null hypothesis that the ratio did not change.
    level : float
        Level of the intervals.
    venture_change : float
        Change of Chinese over American venture capital, each from its own highest year, times.
    windows : tuple of Window
        Growth of China's count in every window of the same length.
    """

    peak_year: int
    last_year: int
    change: Estimate
    test: HypothesisTest
    level: float
    venture_change: float
    windows: tuple[Window, ...]

    @property
    def countries_parted(self) -> bool:
        """Whether chance alone would hardly change the ratio of the counts so much."""
        return self.test.p_value < 1 - self.level

    @property
    def p_value_is_minute(self) -> bool:
        """Whether the p-value is too small to be told by its digits."""
        return self.test.p_value < SMALLEST_TOLD_P

    @property
    def venture_moved_more_alike(self) -> bool:
        """Whether venture capital of the two countries moved more alike than the counts."""
        return abs(math.log(self.venture_change)) < abs(math.log(self.change.value))

    @property
    def percent_unseen(self) -> float:
        """Newly funded Chinese AI firms that counts would have to miss to explain the change, %."""
        return 100 * (1 - self.change.value)

    @property
    def windows_to_peak(self) -> tuple[Window, ...]:
        """Windows that end in the peak year or before."""
        return tuple(each for each in self.windows if each.last_year <= self.peak_year)

    @property
    def windows_after_peak(self) -> tuple[Window, ...]:
        """Windows that end after the peak year."""
        return tuple(each for each in self.windows if each.last_year > self.peak_year)

    @property
    def answer_turned(self) -> bool:
        """Whether all windows up to the peak rise, and none after it."""
        to_peak = all(each.rises for each in self.windows_to_peak)
        return to_peak and not any(each.rises for each in self.windows_after_peak)


def estimate_shift(
    funded_firms: pd.DataFrame, *, peak_year: int, venture_change: float, span: int, level: float
) -> FundedShift:
    """Compare the two countries' counts in the peak year and in the last one.

    Parameters
    ----------
    funded_firms : pandas.DataFrame
        `country`, `year` and `newly_funded_firms`.
    peak_year : int
        Highest year of Chinese venture capital.
    venture_change : float
        Change of China's venture capital over that of the American, times.
    span : int
        Years in each window, at least 4.
    level : float
        Confidence level.

    Raises
    ------
    ModelInputError
        If a count is less than 1, or there are fewer years than `span`.
    KeyError
        If the peak year has no counts.
    """
    counts = funded_firms.set_index(["country", "year"])[VALUE]
    last_year = int(funded_firms["year"].max())
    china, usa = (
        (int(counts[code, peak_year]), int(counts[code, last_year])) for code in ("CHN", "USA")
    )
    shift = risk_taking.estimate_change_of_count_ratio(china, usa, level=level)
    windows = risk_taking.track_recent_growth(
        risk_taking.Measure(funded_firms, VALUE), "CHN", span=span, level=level
    )
    rows = tuple(
        Window(int(year), *map(float, growth)) for year, *growth in windows.itertuples(index=False)
    )
    return FundedShift(peak_year, last_year, shift.change, shift.test, level, venture_change, rows)


def draw_windows(shift: FundedShift, *, span: int) -> Drawing:
    """Draw China's growth in every window of `span` years, by its last year."""
    windows = pd.DataFrame(
        [astuple(window) for window in shift.windows],
        columns=["last_year", "percent_a_year", "low", "high"],
    )
    figure, axes = style.new_figure(3.0)
    axes.axhline(0, color=style.REFERENCE_COLOUR, linewidth=1.4)
    draw_upright_intervals(axes, windows, "last_year", "percent_a_year", colour=COLOURS["CHN"])
    axes.set_ylim(-60, 130)
    axes.set_xticks(windows["last_year"])
    axes.set_xlabel(f"Last of the {span} years")
    axes.set_ylabel("Change, % a year")
    return Drawing(figure, windows, ("funded_firms",))
