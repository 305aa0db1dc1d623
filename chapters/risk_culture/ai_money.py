"""Private investment in AI in the last year: both countries' amounts, and what others report."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd
from models.core.estimates import Estimate
from models.society import investment

from chapters.shared.countries import PAIR

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLISHERS: Mapping[str, str] = MappingProxyType(
    {"private_quid": "Quid", "private_cset": "CSET", "venture_pitchbook": "PitchBook"}
)
"""Publisher of each series of investment."""

_REPORT_YEARS = (2024, 2025)
_REPORT = "private-investment-{country}-{year}"
REPORTS = tuple(
    _REPORT.format(country=country, year=year)
    for year in _REPORT_YEARS
    for country in ("usa", "chn")
)
"""Ids of what the AI Index reports in current dollars."""


@dataclass(frozen=True)
class LatestMoney:
    """Private investment in AI in the last year of one series.

    Attributes
    ----------
    publisher : str
        Publisher of the series.
    last_year : int
        Its last year with both countries.
    ratio : Estimate
        United States over China in that year; the range is that of all series with the year.
    usd_billion : tuple of float
        Amounts in that year: United States, China.
    reported_usd_billion : mapping of int to tuple of float
        The same as the AI Index gives them in current dollars, by year.
    """

    publisher: str
    last_year: int
    ratio: Estimate
    usd_billion: tuple[float, float]
    reported_usd_billion: Mapping[int, tuple[float, float]]


def compute_ratios(amounts: pd.DataFrame) -> pd.DataFrame:
    """Return `year`, `ratio` (United States over China) and `series`, each within one series.

    Parameters
    ----------
    amounts : pandas.DataFrame
        Table ``ai_investment``, or some of its years.
    """
    return pd.concat(
        [
            investment.compute_yearly_ratio(rows_of(amounts, name), "USA", "CHN").assign(
                series=name
            )
            for name in PUBLISHERS
        ],
        ignore_index=True,
    )


def rows_of(amounts: pd.DataFrame, series: str) -> pd.DataFrame:
    """Return both countries' rows of one series."""
    return amounts[amounts["country"].isin(PAIR) & (amounts["series"] == series)]


def read_latest(
    amounts: pd.DataFrame, published: pd.DataFrame, *, series: str, level: float
) -> LatestMoney:
    """Read the last year of a series, and how far the other series are from it.

    Parameters
    ----------
    amounts : pandas.DataFrame
        Table ``ai_investment``.
    published : pandas.DataFrame
        Table ``published_estimates``, by id.
    series : str
        A key of `PUBLISHERS`.
    level : float
        Level that the range carries.

    Raises
    ------
    ModelInputError
        If a series has no year with both countries.
    """
    ratios = compute_ratios(amounts)
    own = ratios[ratios["series"] == series].iloc[-1]
    same_year = ratios.loc[ratios["year"] == own["year"], "ratio"]
    ends = float(same_year.min()), float(same_year.max())
    both = investment.align_amounts(rows_of(amounts, series), PAIR).loc[own["year"]] / 1e9
    return LatestMoney(
        publisher=PUBLISHERS[series],
        last_year=int(own["year"]),
        ratio=Estimate(float(own["ratio"]), *ends, level, "range", len(same_year), "times"),
        usd_billion=(float(both["USA"]), float(both["CHN"])),
        reported_usd_billion=_read_reports(published["value"]),
    )


def _read_reports(published: pd.Series[float]) -> dict[int, tuple[float, float]]:
    return {
        year: (
            float(published[_REPORT.format(country="usa", year=year)]),
            float(published[_REPORT.format(country="chn", year=year)]),
        )
        for year in _REPORT_YEARS
    }
