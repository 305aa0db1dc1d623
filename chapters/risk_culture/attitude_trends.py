"""How fear of failure, chances seen and intentions move in China, beside the rest of the G20."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.society import survey_shares
from models.society.country_panel import PanelTrends, fit_panel_trends
from models.society.risk_taking import Direction, name_direction
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.risk_culture.intentions_to_start import STRAY_YEARS
from chapters.shared.countries import COLOURS
from chapters.shared.marks import draw_intervals, name_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.estimates import Estimate
    from models.society.survey_shares import CountryDifference

G20_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "ARG": "Argentina", "AUS": "Australia", "BRA": "Brazil", "CAN": "Canada", "CHN": "China",
        "DEU": "Germany", "FRA": "France", "GBR": "United Kingdom", "IDN": "Indonesia",
        "IND": "India", "ITA": "Italy", "JPN": "Japan", "KOR": "South Korea", "MEX": "Mexico",
        "RUS": "Russia", "SAU": "Saudi Arabia", "TUR": "Türkiye", "USA": "United States",
        "ZAF": "South Africa",
    }
)  # fmt: skip
"""Members of the G20 by ISO 3166 alpha-3 code."""

EMERGING = ("ARG", "BRA", "IDN", "IND", "MEX", "RUS", "SAU", "TUR", "ZAF")
"""Emerging members besides China."""

_ATTITUDES = {
    "fear_percent": "Fear of failure",
    "opportunity_percent": "Good opportunities",
    "intentions_percent": "Intends to start",
}
_ROWS = {("CHN", "pooled"): -0.24, ("CHN", "alone"): 0.0, ("USA", "pooled"): 0.24}
_LABELS = {
    ("CHN", "pooled"): "China, pooled",
    ("CHN", "alone"): "China alone",
    ("USA", "pooled"): "United States",
}


@dataclass(frozen=True)
class AttitudeTrend:
    """How one attitude moves in China.

    Estimates are in percentage points a year. Trends are pooled in part with those of other
    countries, where nothing else is said.

    Attributes
    ----------
    attitude : str
        What was asked.
    china : Estimate
        Yearly change in China, percentage points, pooled with other countries.
    usa : Estimate
        Yearly change in the United States, percentage points, pooled with other countries.
    less_usa : Estimate
        China's yearly change less the American, percentage points.
    less_emerging : Estimate
        China's yearly change less the mean of other emerging G20 countries, percentage points.
    alone : Estimate
        China's yearly change, percentage points, with nothing borrowed from other countries.
    own_weight : float
        How far China's trend rests on its own data, 0 to 1.
    before_last_year : Estimate
        China's yearly change up to the year before the last, percentage points.
    without_strays : Estimate
        China's yearly change without the years that stand out, percentage points.
    autocorrelation : float
        Correlation of shocks one year apart, in all G20 countries.
    pair : CountryDifference
        China and the United States alone, year by year.
    """

    attitude: str
    china: Estimate
    usa: Estimate
    less_usa: Estimate
    less_emerging: Estimate
    alone: Estimate
    own_weight: float
    before_last_year: Estimate
    without_strays: Estimate
    autocorrelation: float
    pair: CountryDifference

    @property
    def direction(self) -> Direction:
        """Which way the attitude went in China."""
        return name_direction(self.china)

    @property
    def rises_in_both(self) -> bool:
        """Whether it rose in China and in the United States."""
        return self.direction == name_direction(self.usa) == "rises"

    @property
    def next_to_usa(self) -> Direction:
        """Whether it rises faster ("rises") or slower ("falls") than in the United States."""
        return name_direction(self.less_usa)

    @property
    def pooling_decides(self) -> bool:
        """Whether the direction would be another one if nothing were borrowed."""
        return name_direction(self.alone) != self.direction


@dataclass(frozen=True)
class CountryTrend:
    """Trend of fear in one country.

    Attributes
    ----------
    country, name : str
        ISO 3166 alpha-3 code, and name.
    pooled : Estimate
        With partial pooling, in percentage points a year; n counts surveys.
    alone : float
        From the country's own data.
    """

    country: str
    name: str
    pooled: Estimate
    alone: float


@dataclass(frozen=True)
class AttitudeTrends:
    """Trends of three attitudes in the G20.

    Attributes
    ----------
    fear : AttitudeTrend
        Adults held back by fear of failure.
    opportunity : AttitudeTrend
        Adults who see good opportunities.
    intentions : AttitudeTrend
        Adults who intend to start a business.
    fear_by_country : tuple of CountryTrend
        Fear of failure in every country, the smallest trend first.
    fear_spread : Estimate
        Standard deviation between G20 countries of the trends of fear of failure, points a year.
    first_year, last_year : int
        Years of the panel.
    countries, surveys : int
        Its size.
    worldwide : Estimate
        Yearly change of Chinese intentions to start a business, percentage points, pooled with all
        countries surveyed.
    worldwide_countries : int
        Number of all countries surveyed.
    opportunity_jump : float
        Points by which the share of Chinese adults who see good opportunities changed in the last
        year.
    """

    fear: AttitudeTrend
    opportunity: AttitudeTrend
    intentions: AttitudeTrend
    fear_by_country: tuple[CountryTrend, ...]
    fear_spread: Estimate
    first_year: int
    last_year: int
    countries: int
    surveys: int
    worldwide: Estimate
    worldwide_countries: int
    opportunity_jump: float

    @property
    def attitudes(self) -> tuple[AttitudeTrend, ...]:
        """All three, in the order of the figure."""
        return self.fear, self.opportunity, self.intentions

    @property
    def countries_below_china(self) -> int:
        """Countries in which fear has a smaller trend than in China."""
        return [trend.country for trend in self.fear_by_country].index("CHN")

    @property
    def all_countries_overlap(self) -> bool:
        """Whether all countries' intervals of the trend of fear have a value in common."""
        trends = [trend.pooled for trend in self.fear_by_country]
        return max(t.low for t in trends) < min(t.high for t in trends)


def estimate_attitude_trends(
    attitudes: pd.DataFrame, worldwide: pd.DataFrame, *, last_year: int, level: float
) -> AttitudeTrends:
    """Estimate the trends of the three attitudes in all countries of the G20.

    Parameters
    ----------
    attitudes : pandas.DataFrame
        Table ``entrepreneurial_attitudes``.
    worldwide : pandas.DataFrame
        Table ``entrepreneurship``.
    last_year : int
        Last year to use: the last in which China was surveyed.
    level : float
        Level of the intervals.

    Raises
    ------
    ModelInputError
        If fewer than 5 countries have 4 years or more.
    """
    rows = attitudes[attitudes["year"] <= last_year]
    panels = {value: fit_panel_trends(rows, value=value, level=level) for value in _ATTITUDES}
    fear, opportunity, intentions = (
        _estimate_attitude(rows, panels[value], value=value, level=level) for value in _ATTITUDES
    )
    fears = panels["fear_percent"]
    wide = fit_panel_trends(worldwide, value="intentions_percent", level=level)
    seen = rows[rows["country"] == "CHN"].set_index("year")["opportunity_percent"]
    return AttitudeTrends(
        fear=fear,
        opportunity=opportunity,
        intentions=intentions,
        fear_by_country=_order_countries(fears),
        fear_spread=fears.slope_sd,
        first_year=int(rows["year"].min()),
        last_year=last_year,
        countries=fears.countries,
        surveys=fears.rows,
        worldwide=wide.own["CHN"],
        worldwide_countries=wide.countries,
        opportunity_jump=float(seen[last_year] - seen[last_year - 1]),
    )


def draw_attitude_trends(trends: AttitudeTrends) -> Drawing:
    """Draw China's trends, pooled and alone, beside the American."""
    data = pd.DataFrame(
        [
            (trend.attitude, country, kind, e.value, e.low, e.high)
            for trend in trends.attitudes
            for (country, kind), e in zip(_ROWS, (trend.china, trend.alone, trend.usa), strict=True)
        ],
        columns=["attitude", "country", "kind", "points_a_year", "low", "high"],
    )
    figure, axes = style.new_figure(3.4)
    axes.axvline(0, color=style.REFERENCE_COLOUR, linewidth=1.4)
    name_rows(axes, [trend.attitude.replace(" ", "\n", 1) for trend in trends.attitudes])
    for series, shift in _ROWS.items():
        own = data[(data["country"] == series[0]) & (data["kind"] == series[1])]
        colour = COLOURS[series[0]]
        at = np.arange(len(own)) + shift
        draw_intervals(axes, at, own, "points_a_year", colours=colour, width=4)
        if series[1] == "alone":
            axes.plot(own["points_a_year"], at, "o", color=colour, mfc="white", zorder=4)
        end = (float(own["high"].iloc[0]), float(at[0]))
        axes.annotate(
            _LABELS[series], end, xytext=(6, 0), textcoords="offset points", va="center",
            color=colour,
        )  # fmt: skip
    axes.set_xlim(-2, 3)
    axes.set_xlabel("Change, points a year")
    return Drawing(figure, data, ("entrepreneurial_attitudes",))


def draw_fear_by_country(trends: AttitudeTrends) -> Drawing:
    """Draw the trend of fear in every country of the G20, pooled and alone."""
    data = pd.DataFrame(
        [
            (t.country, t.pooled.value, t.pooled.low, t.pooled.high, t.alone, t.pooled.n)
            for t in trends.fear_by_country
        ],
        columns=["country", "points_a_year", "low", "high", "alone", "n"],
    )
    figure, axes = style.new_figure(5.2)
    at = np.arange(len(data))
    colours = [COLOURS.get(code, COLOURS["other"]) for code in data["country"]]
    axes.axvline(0, color=style.REFERENCE_COLOUR, linewidth=1.4)
    draw_intervals(axes, at, data, "points_a_year", colours=colours)
    axes.scatter(data["alone"], at, facecolors="white", edgecolors=colours, s=30, zorder=4)
    axes.set_yticks(at, labels=[trend.name for trend in trends.fear_by_country])
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("Change of fear of failure, points a year")
    return Drawing(figure, data, ("entrepreneurial_attitudes",))


def _estimate_attitude(
    rows: pd.DataFrame, panel: PanelTrends, *, value: str, level: float
) -> AttitudeTrend:
    strays = (rows["country"] == "CHN") & rows["year"].isin(STRAY_YEARS)
    before, without = (
        fit_panel_trends(kept, value=value, level=level)
        for kept in (rows[rows["year"] < rows["year"].max()], rows[~strays])
    )
    return AttitudeTrend(
        attitude=_ATTITUDES[value],
        china=panel.own["CHN"],
        usa=panel.own["USA"],
        less_usa=panel.difference("CHN", ["USA"]),
        less_emerging=panel.difference("CHN", EMERGING),
        alone=panel.separate["CHN"],
        own_weight=panel.weight["CHN"],
        before_last_year=before.own["CHN"],
        without_strays=without.own["CHN"],
        autocorrelation=panel.autocorrelation,
        pair=survey_shares.estimate_country_difference(
            rows, "CHN", "USA", value=value, level=level
        ),
    )


def _order_countries(panel: PanelTrends) -> tuple[CountryTrend, ...]:
    trends = [
        CountryTrend(code, G20_NAMES[code], own, panel.separate[code].value)
        for code, own in panel.own.items()
    ]
    return tuple(sorted(trends, key=lambda trend: trend.pooled.value))
