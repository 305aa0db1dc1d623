"""How many dollars of private money AI gets in the United States for each in China."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from models.society import investment, risk_taking
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.risk_culture import ai_money
from chapters.risk_culture.ai_money import PUBLISHERS, LatestMoney
from chapters.risk_culture.ratios import YearlyRatio, find_closest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from models.core.estimates import Estimate
    from models.society.investment import RatioTrend
    from models.society.risk_taking import Direction

    from chapters.shared.marks import Side

_VALUE = "investment_usd"
_LABELS: Mapping[str, tuple[float, float, Side]] = MappingProxyType(
    {
        "private_quid": (2021.6, 3.0, "below"),
        "private_cset": (2017.6, 11.5, "above"),
        "venture_pitchbook": (2018.6, 0.68, "right"),
    }
)


@dataclass(frozen=True)
class SeriesTrend:
    """A series and the trend of its ratio.

    Attributes
    ----------
    publisher : str
        Who publishes it.
    trend : RatioTrend
        United States over China.
    """

    publisher: str
    trend: RatioTrend


@dataclass(frozen=True)
class MoneyPerGdp:
    """Private money for AI next to GDP, in the last year with both.

    Attributes
    ----------
    year : int
        That year.
    ratio : float
        United States over China, times.
    usa : float
        American investment, thousandths of GDP.
    china : float
        Chinese investment, thousandths of GDP.
    """

    year: int
    ratio: float
    usa: float
    china: float


@dataclass(frozen=True)
class AiInvestment:
    """Private investment in AI, United States over China.

    Attributes
    ----------
    latest : LatestMoney
        The last year of the chosen series.
    trend : RatioTrend
        Private AI investment by the chosen series, United States over China.
    others : tuple of SeriesTrend
        Private AI investment by another series.
    closest : YearlyRatio
        Private AI investment by the chosen series, when China came closest.
    recent : Estimate
        Yearly change of Chinese over American private AI investment in the last years, %.
    recent_years : int
        Number of those years.
    per_gdp : MoneyPerGdp
        Private AI investment by the chosen series, next to GDP.
    reported : tuple of YearlyRatio
        Private AI investment as the AI Index gives it, in current dollars.
    rows : pandas.DataFrame
        Amounts of the chosen series.
    ratios : pandas.DataFrame
        `year`, `ratio` and `series`, of all series.
    """

    latest: LatestMoney
    trend: RatioTrend
    others: tuple[SeriesTrend, ...]
    closest: YearlyRatio
    recent: Estimate
    recent_years: int
    per_gdp: MoneyPerGdp
    reported: tuple[YearlyRatio, ...]
    rows: pd.DataFrame
    ratios: pd.DataFrame

    @property
    def gap(self) -> Direction:
        """Which way the ratio went over all years."""
        return risk_taking.name_direction(self.trend.growth_per_year, unchanged=1.0)

    @property
    def first_recent_year(self) -> int:
        """First of the last years."""
        return self.latest.last_year - self.recent_years + 1


def compare_investment(
    amounts: pd.DataFrame,
    indicators: pd.DataFrame,
    published: pd.DataFrame,
    *,
    series: str,
    since: int,
    recent_years: int,
    level: float,
) -> AiInvestment:
    """Compare the two countries' private investment in AI within each series.

    Parameters
    ----------
    amounts : pandas.DataFrame
        Table ``ai_investment``.
    indicators : pandas.DataFrame
        Table ``country_indicators``.
    published : pandas.DataFrame
        Table ``published_estimates``, by id.
    series : str
        Series behind the headline: a key of `PUBLISHERS`.
    since : int
        First year.
    recent_years : int
        Last years to tell of apart, at least 4.
    level : float
        Level of the intervals.

    Raises
    ------
    ModelInputError
        If a series has fewer than 4 years with both countries.
    """
    latest = ai_money.read_latest(amounts, published, series=series, level=level)
    recent_amounts = amounts[amounts["year"] >= since]
    ratios = ai_money.compute_ratios(recent_amounts)
    rows = {name: ai_money.rows_of(recent_amounts, name) for name in PUBLISHERS}
    trends = {
        name: investment.fit_ratio_trend(own, "USA", "CHN", level=level)
        for name, own in rows.items()
    }
    return AiInvestment(
        latest=latest,
        trend=trends[series],
        others=tuple(
            SeriesTrend(PUBLISHERS[name], each) for name, each in trends.items() if name != series
        ),
        closest=find_closest(ratios[ratios["series"] == series]),
        recent=risk_taking.estimate_recent_growth(
            ai_money.rows_of(amounts, series),
            "CHN",
            value=_VALUE,
            last_years=recent_years,
            reference="USA",
            level=level,
        ),
        recent_years=recent_years,
        per_gdp=_divide_by_gdp(rows[series], indicators, level),
        reported=tuple(
            YearlyRatio(year, usa / chn) for year, (usa, chn) in latest.reported_usd_billion.items()
        ),
        rows=rows[series],
        ratios=ratios,
    )


def draw_investment(found: AiInvestment) -> Drawing:
    """Draw the ratio of every series by year; the chosen one is thick."""
    figure, axes = style.new_figure(3.6)
    for number, (name, own) in enumerate(found.ratios.groupby("series")):
        colour, publisher = style.CATEGORY_COLOURS[number], PUBLISHERS[str(name)]
        width = 2.6 if publisher == found.latest.publisher else 1.3
        axes.plot(
            own["year"], own["ratio"], color=colour, linewidth=width, marker="o",
            markersize=1.6 * width,
        )  # fmt: skip
        x, y, side = _LABELS[str(name)]
        style.label_line(axes, (x, y), publisher, colour=colour, side=side)
    axes.axhline(1, color=style.REFERENCE_COLOUR, linewidth=1.2)
    axes.set_yscale("log")
    axes.set_yticks([0.5, 1, 2, 5, 10, 20], labels=["0.5", "1", "2", "5", "10", "20"])
    axes.minorticks_off()
    axes.set_xlabel("Year")
    axes.set_ylabel("United States over China, times")
    return Drawing(figure, found.ratios, ("ai_investment",))


def _divide_by_gdp(rows: pd.DataFrame, indicators: pd.DataFrame, level: float) -> MoneyPerGdp:
    per_gdp = investment.normalise(rows, indicators, by="gdp_usd")
    trend = investment.fit_ratio_trend(per_gdp, "USA", "CHN", level=level)
    year = trend.years[-1]
    usa, china = _amounts_of(per_gdp, year)
    return MoneyPerGdp(year, trend.latest_ratio, 1000 * usa, 1000 * china)


def _amounts_of(rows: pd.DataFrame, year: int) -> tuple[float, float]:
    """Return the amounts of the United States and of China in a year."""
    by_country = rows[rows["year"] == year].set_index("country")[_VALUE]
    return float(by_country["USA"]), float(by_country["CHN"])
