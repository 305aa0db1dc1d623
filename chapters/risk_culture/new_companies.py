"""How many new companies were registered in China."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.society import risk_taking
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared.marks import draw_country_lines, label_countries

if TYPE_CHECKING:
    import pandas as pd
    from models.core.estimates import Estimate

COMPANIES = "new_companies"


@dataclass(frozen=True)
class Registered:
    """New companies registered in one year.

    Attributes
    ----------
    year : int
        The year.
    companies : int
        New limited-liability companies registered.
    """

    year: int
    companies: int


@dataclass(frozen=True)
class NewCompanies:
    """New limited-liability companies in China.

    Attributes
    ----------
    first : Registered
        China's first year with data.
    last : Registered
        China's last year with data.
    highest : Registered
        China's year with most new companies.
    recent : Estimate
        Yearly change of China's new limited-liability companies over the last years, %.
    by_year : pandas.DataFrame
        China's rows: `country`, `year` and `new_companies`.
    """

    first: Registered
    last: Registered
    highest: Registered
    recent: Estimate
    by_year: pd.DataFrame


def estimate_registrations(
    business_registrations: pd.DataFrame, *, recent_years: int, level: float
) -> NewCompanies:
    """Find how China's number of new companies changed.

    Parameters
    ----------
    business_registrations : pandas.DataFrame
        `country`, `year` and `new_companies`, in order of year.
    recent_years : int
        Last years with data that the recent change looks at, at least 4.
    level : float
        Confidence level.

    Raises
    ------
    ModelInputError
        If there are fewer years than `recent_years`.
    """
    own = business_registrations[business_registrations["country"] == "CHN"]
    years = [Registered(int(y), int(n)) for y, n in zip(own["year"], own[COMPANIES], strict=True)]
    highest = max(years, key=lambda each: each.companies)
    recent = risk_taking.estimate_recent_growth(
        own, "CHN", value=COMPANIES, last_years=recent_years, level=level
    )
    return NewCompanies(years[0], years[-1], highest, recent, own)


def draw_registrations(found: NewCompanies) -> Drawing:
    """Draw China's new companies by year."""
    figure, axes = style.new_figure(2.8)
    thousand = found.by_year.assign(thousand=found.by_year[COMPANIES] / 1000)
    draw_country_lines(axes, thousand, "thousand")
    label_countries(axes, {"CHN": (2014, 235, "left")})
    axes.set_ylim(0, None)
    axes.set_xlabel("Year")
    axes.set_ylabel("New companies, thousand")
    return Drawing(figure, found.by_year, ("business_registrations",))
