"""Whether more adults intend to start a business in China than in the United States."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.society import survey_shares
from models.society.risk_taking import Direction, name_direction
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared.countries import COLOURS, PAIR
from chapters.shared.marks import draw_country_lines, draw_median, label_countries

if TYPE_CHECKING:
    from datetime import date

    from models.core.estimates import Estimate
    from models.core.hypothesis import HypothesisTest
    from models.society.survey_shares import CountryDifference

_VALUE = "intentions_percent"
_PERCENT = 100
STRAY_YEARS = (2005, 2011)
"""Years in which the Chinese series stands out from its own line."""


@dataclass(frozen=True)
class Scatter:
    """How far the Chinese series strays from its own straight line.

    Attributes
    ----------
    observed : float
        Standard deviation around its straight line, percentage points.
    sampling : float
        Standard deviation that sampling alone would make, percentage points.
    n : int
        Years.
    """

    observed: float
    sampling: float
    n: int


@dataclass(frozen=True)
class Survey:
    """How large the survey of all countries is.

    Attributes
    ----------
    first_year, last_year : int
        Years with data.
    fewest, most : int
        Countries asked in a year.
    """

    first_year: int
    last_year: int
    fewest: int
    most: int


@dataclass(frozen=True)
class Intentions:
    """Adults who intend to start a business, in China and in the United States.

    Attributes
    ----------
    last_year : int
        Last year in which both were asked.
    china : Estimate
        Chinese adults who intend to start a business, %, in the last year with both countries.
    usa : Estimate
        American adults who intend to start a business, %, in the last year with both countries.
    china_at_first, usa_at_first : float
        Percent in each country's first year.
    difference : Estimate
        China less United States in the last year, in percentage points.
    equal : HypothesisTest
        The test that the two shares of the last year are equal.
    over_time : CountryDifference
        Adults who intend to start a business, China (first) and United States (second).
    trend_without_strays : Estimate
        Yearly change of China's less the American intentions to start a business, percentage
        points, without years that stand out.
    years_above : int
        Years in which the Chinese share was the higher one.
    scatter : Scatter
        Chinese adults who intend to start a business.
    years_before_claim : int
        From the last year to that of the claim.
    worldwide : Survey
        The countries behind the median.
    shares : pandas.DataFrame
        `country`, `year`, `percent`, `low`, `high`.
    median : pandas.DataFrame
        `year`, `percent` and `country`, which is "median".
    """

    last_year: int
    china: Estimate
    usa: Estimate
    china_at_first: float
    usa_at_first: float
    difference: Estimate
    equal: HypothesisTest
    over_time: CountryDifference
    trend_without_strays: Estimate
    years_above: int
    scatter: Scatter
    years_before_claim: int
    worldwide: Survey
    shares: pd.DataFrame
    median: pd.DataFrame

    @property
    def lead(self) -> Direction:
        """Which way China's lead over the United States went."""
        return name_direction(self.over_time.trend_difference)

    @property
    def lead_without_strays(self) -> Direction:
        """Which way it went without the years that stand out."""
        return name_direction(self.trend_without_strays)

    @property
    def more_than_sampling(self) -> bool:
        """Whether the Chinese series strays further than sampling explains."""
        return self.scatter.observed > self.scatter.sampling


def estimate_intentions(
    attitudes: pd.DataFrame,
    worldwide: pd.DataFrame,
    *,
    said_on: date,
    sample_size: int,
    design_effect: float,
    level: float,
) -> Intentions:
    """Compare the two countries' intentions to start a business.

    Parameters
    ----------
    attitudes : pandas.DataFrame
        Table ``entrepreneurial_attitudes``.
    worldwide : pandas.DataFrame
        Table ``entrepreneurship``, for the median of all countries surveyed.
    said_on : datetime.date
        Day of the claim.
    sample_size : int
        Adults asked in each country and year.
    design_effect : float
        Variance of the survey's design over that of a simple random sample.
    level : float
        Level of the intervals.

    Raises
    ------
    ModelInputError
        If the two countries share fewer than 4 years.
    """
    asked = attitudes[attitudes["country"].isin(PAIR)]
    percents = asked[["country", "year", _VALUE]].to_numpy().tolist()
    intervals = {
        (str(country), int(year)): survey_shares.estimate_share(
            percent / _PERCENT, sample_size, design_effect=design_effect, level=level
        )
        for country, year, percent in percents
    }
    by_country = asked.set_index(["country", "year"])[_VALUE]
    lead = (by_country["CHN"] - by_country["USA"]).dropna()
    last_year = int(lead.index[-1])
    china, usa = (intervals[country, last_year] for country in ("CHN", "USA"))
    return Intentions(
        last_year=last_year,
        china=china,
        usa=usa,
        china_at_first=float(by_country["CHN"].iloc[0]),
        usa_at_first=float(by_country["USA"].iloc[0]),
        difference=survey_shares.estimate_share_difference(china, usa, level=level),
        equal=survey_shares.compare_shares(china, usa),
        over_time=_difference(asked, level),
        trend_without_strays=_difference(
            asked[~asked["year"].isin(STRAY_YEARS)], level
        ).trend_difference,
        years_above=int((lead > 0).sum()),
        scatter=_measure_scatter(asked[asked["country"] == "CHN"], sample_size / design_effect),
        years_before_claim=said_on.year - last_year,
        worldwide=_describe(worldwide),
        shares=_tabulate(intervals),
        median=_median(worldwide),
    )


def draw_intentions(intentions: Intentions) -> Drawing:
    """Draw both countries' shares with their intervals, and the median of all countries."""
    figure, axes = style.new_figure(3.6)
    draw_median(axes, intentions.median, "percent")
    draw_country_lines(axes, intentions.shares, "percent")
    label_countries(axes, {"CHN": (2006.2, 33, "right"), "USA": (2007, 7, "below")})
    style.label_line(axes, (2008.1, 14.5), "Median country", colour=COLOURS["other"], side="left")
    axes.set_ylim(0, 50)
    axes.set_xticks([2005, 2010, 2015, 2020])
    axes.set_xlabel("Survey year")
    axes.set_ylabel("Adults who intend to start, %")
    data = pd.concat([intentions.shares, intentions.median], ignore_index=True)
    return Drawing(figure, data, ("entrepreneurship", "entrepreneurial_attitudes"))


def _difference(asked: pd.DataFrame, level: float) -> CountryDifference:
    return survey_shares.estimate_country_difference(asked, "CHN", "USA", value=_VALUE, level=level)


def _measure_scatter(chinese: pd.DataFrame, effective_sample: float) -> Scatter:
    line = np.polynomial.Polynomial.fit(chinese["year"], chinese[_VALUE], 1)
    strays = chinese[_VALUE] - line(chinese["year"].astype(float))
    share = chinese[_VALUE].mean() / _PERCENT
    return Scatter(
        observed=float(np.sqrt((strays**2).sum() / (len(strays) - 2))),
        sampling=_PERCENT * float(np.sqrt(share * (1 - share) / effective_sample)),
        n=len(chinese),
    )


def _describe(worldwide: pd.DataFrame) -> Survey:
    asked = worldwide.groupby("year")["country"].nunique()
    return Survey(
        int(asked.index.min()), int(asked.index.max()), int(asked.min()), int(asked.max())
    )


def _tabulate(intervals: dict[tuple[str, int], Estimate]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (country, year, _PERCENT * share.value, _PERCENT * share.low, _PERCENT * share.high)
            for (country, year), share in intervals.items()
        ],
        columns=["country", "year", "percent", "low", "high"],
    )


def _median(worldwide: pd.DataFrame) -> pd.DataFrame:
    median = worldwide.groupby("year")[_VALUE].median().reset_index()
    return median.rename(columns={_VALUE: "percent"}).assign(country="median")
