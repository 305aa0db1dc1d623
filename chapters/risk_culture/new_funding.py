"""How many AI firms find their first money in the United States for each in China."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.society import investment, risk_taking
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.risk_culture.ratios import YearlyRatio, find_closest, list_ratios
from chapters.shared.marks import draw_country_lines, label_countries

if TYPE_CHECKING:
    from models.core.estimates import Estimate
    from models.core.hypothesis import HypothesisTest
    from models.society.investment import RatioTrend

VALUE = "newly_funded_firms"
"""Column of the table ``funded_firms``."""


@dataclass(frozen=True)
class FundedFirms:
    """AI firms that were funded for the first time.

    Attributes
    ----------
    last_year : int
        Last year with data.
    usa : int
        American AI firms funded for the first time in the last year.
    china : int
        Chinese AI firms funded for the first time in the last year.
    ratio : Estimate
        American over Chinese AI firms funded for the first time in the last year, times.
    equal : HypothesisTest
        The test that as many are funded in both countries, in the last year.
    trend : RatioTrend
        AI firms funded for the first time, United States over China.
    recent : Estimate
        Yearly change of the number of Chinese AI firms funded for the first time, last years, %.
    closest : YearlyRatio
        AI firms funded for the first time, in the year when China came closest.
    before : tuple of YearlyRatio
        AI firms funded for the first time, in the two years before the last.
    china_peak_year, china_peak : int
        Year of China's highest number, and that number.
    by_year : pandas.DataFrame
        `country`, `year`, `firms`, `low`, `high`.
    rows : pandas.DataFrame
        Rows of the table since the first year of the trend.
    """

    last_year: int
    usa: int
    china: int
    ratio: Estimate
    equal: HypothesisTest
    trend: RatioTrend
    recent: Estimate
    closest: YearlyRatio
    before: tuple[YearlyRatio, ...]
    china_peak_year: int
    china_peak: int
    by_year: pd.DataFrame
    rows: pd.DataFrame

    @property
    def china_is_past_its_peak(self) -> bool:
        """Whether China's highest number lies before the last year."""
        return self.china_peak_year < self.last_year


def compare_funded_firms(
    firms: pd.DataFrame, *, since: int, recent_years: int, level: float
) -> FundedFirms:
    """Compare the two countries' newly funded AI firms.

    Parameters
    ----------
    firms : pandas.DataFrame
        Table ``funded_firms``.
    since : int
        First year.
    recent_years : int
        Last years to tell of apart, at least 4.
    level : float
        Level of the intervals.

    Raises
    ------
    ModelInputError
        If there are fewer than 4 years with both countries.
    """
    rows = firms[firms["year"] >= since]
    last_year = int(rows["year"].max())
    counts = rows.set_index(["country", "year"])[VALUE]
    usa, china = int(counts["USA", last_year]), int(counts["CHN", last_year])
    ratios = investment.compute_yearly_ratio(rows, "USA", "CHN", value=VALUE)
    return FundedFirms(
        last_year=last_year,
        usa=usa,
        china=china,
        ratio=risk_taking.estimate_count_ratio(usa, china, level=level),
        equal=risk_taking.compare_counts(usa, china),
        trend=investment.fit_ratio_trend(rows, "USA", "CHN", value=VALUE, level=level),
        recent=risk_taking.estimate_recent_growth(
            firms, "CHN", value=VALUE, last_years=recent_years, level=level
        ),
        closest=find_closest(ratios),
        before=list_ratios(ratios)[-3:-1],
        china_peak_year=int(counts["CHN"].idxmax()),
        china_peak=int(counts["CHN"].max()),
        by_year=_tabulate(rows, level),
        rows=rows,
    )


def draw_funded_firms(firms: FundedFirms) -> Drawing:
    """Draw both countries' numbers with the intervals of Poisson counts."""
    figure, axes = style.new_figure(3.4)
    draw_country_lines(axes, firms.by_year, "firms")
    label_countries(axes, {"USA": (2018, 600, "above"), "CHN": (2019, 270, "above")})
    axes.set_ylim(0, None)
    axes.set_xlabel("Year")
    axes.set_ylabel("Newly funded AI firms")
    return Drawing(figure, firms.by_year, ("funded_firms",))


def _tabulate(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    counts = [int(count) for count in rows[VALUE]]
    bars = [risk_taking.estimate_count(count, level=level) for count in counts]
    return pd.DataFrame(
        {
            "country": rows["country"].to_list(),
            "year": rows["year"].to_list(),
            "firms": [bar.value for bar in bars],
            "low": [bar.low for bar in bars],
            "high": [bar.high for bar in bars],
        }
    )
