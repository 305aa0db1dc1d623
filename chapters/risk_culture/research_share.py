"""How much of their GDP the two countries spend on research and development."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.society import risk_taking, survey_shares
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared.countries import PAIR
from chapters.shared.marks import draw_country_lines, label_countries

if TYPE_CHECKING:
    import pandas as pd

SHARE = "rd_percent_of_gdp"


@dataclass(frozen=True)
class ResearchShare:
    """Research and development as a share of GDP.

    Attributes
    ----------
    first_year : int
        First year that any of the two countries has.
    last_year : int
        Last year that both have.
    china : float
        Chinese spending on research and development, % of GDP, last year with both countries.
    usa : float
        American spending on research and development, % of GDP, last year with both countries.
    comparison : CountryDifference
        Research and development in GDP: China (first), United States (second).
    shares : pandas.DataFrame
        `country`, `year` and `rd_percent_of_gdp`.
    """

    first_year: int
    last_year: int
    china: float
    usa: float
    comparison: survey_shares.CountryDifference
    shares: pd.DataFrame

    @property
    def direction(self) -> risk_taking.Direction:
        """Which way China's share moves next to the American, as far as the interval tells."""
        return risk_taking.name_direction(self.comparison.trend_difference)


def estimate_shares(country_indicators: pd.DataFrame, *, level: float) -> ResearchShare:
    """Compare the two countries' shares of GDP in the last common year, and over time.

    Parameters
    ----------
    country_indicators : pandas.DataFrame
        `country`, `year` and `rd_percent_of_gdp`, %; rows without the share are left out.
    level : float
        Confidence level.

    Raises
    ------
    ModelInputError
        If the countries have fewer than 4 years in common.
    """
    known = country_indicators["country"].isin(PAIR) & country_indicators[SHARE].notna()
    shares = country_indicators.loc[known, ["country", "year", SHARE]]
    comparison = survey_shares.estimate_country_difference(
        shares, "CHN", "USA", value=SHARE, level=level
    )
    last_year = comparison.years[-1]
    last = shares[shares["year"] == last_year].set_index("country")[SHARE]
    return ResearchShare(
        first_year=int(shares["year"].min()),
        last_year=last_year,
        china=float(last["CHN"]),
        usa=float(last["USA"]),
        comparison=comparison,
        shares=shares,
    )


def draw_shares(research: ResearchShare) -> Drawing:
    """Draw both countries' shares by year."""
    figure, axes = style.new_figure(3.0)
    draw_country_lines(axes, research.shares, SHARE)
    label_countries(axes, {"USA": (2010, 2.85, "above"), "CHN": (2012, 1.75, "below")})
    axes.set_ylim(0, 4)
    axes.set_xlabel("Year")
    axes.set_ylabel("R&D, % of GDP")
    return Drawing(figure, research.shares, ("country_indicators",))
