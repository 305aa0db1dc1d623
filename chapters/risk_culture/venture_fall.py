"""What became of venture capital in all fields since its highest year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from models.core.estimates import Estimate
from models.society import investment
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared.countries import PAIR
from chapters.shared.marks import draw_country_lines, label_countries

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Fall:
    """A country's venture capital from its highest year to its last.

    Attributes
    ----------
    peak_year, last_year : int
        Year of the highest amount, and the last with data.
    change : Estimate
        Last over highest amount, times; the upper end adds deals that may become known
        later; n counts years.
    """

    peak_year: int
    last_year: int
    change: Estimate

    @property
    def percent(self) -> float:
        """By how much it fell, %."""
        return 100 * (1 - self.change.value)

    @property
    def percent_with_late_deals(self) -> float:
        """By how much it fell with the most that may become known later, %."""
        return 100 * (1 - self.change.high)


@dataclass(frozen=True)
class VentureFall:
    """Venture capital of both countries since its highest year.

    Attributes
    ----------
    usa : Fall
        American venture capital from its highest year to the last.
    china : Fall
        Chinese venture capital from its highest year to the last.
    amounts : pandas.DataFrame
        `country`, `year` and `billion_usd` (current prices).
    """

    usa: Fall
    china: Fall
    amounts: pd.DataFrame

    @property
    def both_fell(self) -> bool:
        """Whether the last amount lies below the highest in both countries."""
        return max(self.usa.change.value, self.china.change.value) < 1

    @property
    def peaked_together(self) -> bool:
        """Whether both countries have their highest amount in one year."""
        return self.usa.peak_year == self.china.peak_year

    @property
    def fell_together(self) -> bool:
        """Whether both fell, from the same year."""
        return self.both_fell and self.peaked_together

    @property
    def china_over_usa(self) -> float:
        """China's share of its highest amount over the American share of its own, times."""
        return self.china.change.value / self.usa.change.value


def estimate_fall(
    venture_capital: pd.DataFrame, *, missing_percent: float, level: float
) -> VentureFall:
    """Compare the last year of venture capital with the highest one.

    Parameters
    ----------
    venture_capital : pandas.DataFrame
        `country`, `year` and `investment_usd`.
    missing_percent : float
        Most that deals found later may add to the last year, %.
    level : float
        Level that the stated ranges carry.
    """
    falls = {
        code: _fall(
            investment.measure_change_since_peak(venture_capital, code), missing_percent, level
        )
        for code in PAIR
    }
    own = venture_capital[venture_capital["country"].isin(PAIR)]
    amounts = own.assign(billion_usd=own["investment_usd"] / 1e9).drop(columns="investment_usd")
    return VentureFall(falls["USA"], falls["CHN"], amounts)


def _fall(peak: investment.PeakChange, missing_percent: float, level: float) -> Fall:
    late = 1 + missing_percent / 100
    change = Estimate(peak.factor, peak.factor, peak.factor * late, level, "range", peak.n, "times")
    return Fall(peak.peak_year, peak.latest_year, change)


def draw_fall(fall: VentureFall) -> Drawing:
    """Draw the yearly amounts of both countries."""
    figure, axes = style.new_figure(3.2)
    draw_country_lines(axes, fall.amounts, "billion_usd")
    label_countries(axes, {"USA": (2018, 190, "left"), "CHN": (2020.2, 72, "below")})
    axes.set_ylim(0, None)
    axes.set_xticks(np.arange(2004, 2021, 4))
    axes.set_xlabel("Year")
    axes.set_ylabel("Billion USD (current)")
    return Drawing(figure, fall.amounts, ("venture_capital",))
