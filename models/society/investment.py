"""Two countries' yearly amounts compared: ratio, trend, scale, and the way from the peak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import require_table, select_countries
from models.core.yearly_series import fit_yearly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ONE_SERIES = ("series", "price_basis")


@dataclass(frozen=True)
class RatioTrend:
    """How the ratio of two countries' amounts moves.

    Attributes
    ----------
    mean_ratio : Estimate
        Geometric mean of leader over follower, over all years that both have.
    growth_per_year : Estimate
        Factor by which the ratio grows in a year; below 1 the gap closes.
    growth_p_value : float
        Two-sided, for the null hypothesis that the ratio does not change.
    latest_ratio : float
        Ratio in the last year, as published.
    years : tuple of int
        Years that both countries have.
    terms : int
        Terms of the long-run variance, see `models.core.yearly_series`.
    """

    mean_ratio: Estimate
    growth_per_year: Estimate
    growth_p_value: float
    latest_ratio: float
    years: tuple[int, ...]
    terms: int

    @property
    def growth_test(self) -> HypothesisTest:
        """The test of a constant ratio."""
        return HypothesisTest(
            "The ratio doesn't change over the years.", self.growth_p_value, len(self.years)
        )


@dataclass(frozen=True)
class PeakChange:
    """From the highest year to the last one. Descriptive: a peak is a selected maximum.

    Attributes
    ----------
    country : str
        ISO 3166 alpha-3 code.
    peak_year, latest_year : int
        Year of the highest amount, and last year.
    factor : float
        Latest over highest amount, at most 1.
    n : int
        Years.
    """

    country: str
    peak_year: int
    latest_year: int
    factor: float
    n: int


def align_amounts(
    amounts: pd.DataFrame, countries: Sequence[str], *, value: str = "investment_usd"
) -> pd.DataFrame:
    """Countries' amounts side by side, in the years that all of them have.

    Parameters
    ----------
    amounts : DataFrame
        Columns `country`, `year` and `value`; of one series and one price
        basis, where it has such columns.
    countries : sequence of str
        ISO 3166 alpha-3 codes.
    value : str
        Column of the amount, > 0.

    Returns
    -------
    DataFrame
        A column for each country, in order of year, which is the index.

    Raises
    ------
    ModelInputError
        If columns or a country are missing, a year comes twice, an amount is not
        positive, or series are mixed.
    """
    rows = _one_series(amounts, countries, value)
    return rows.pivot(index="year", columns="country", values=value)[[*countries]].dropna()  # noqa: PD010


def compute_yearly_ratio(
    amounts: pd.DataFrame, leader: str, follower: str, *, value: str = "investment_usd"
) -> pd.DataFrame:
    """Leader's amount over the follower's, in the years that both have.

    Parameters
    ----------
    amounts, value
        As `align_amounts`.
    leader, follower : str
        ISO 3166 alpha-3 codes.

    Returns
    -------
    DataFrame
        `year` and `ratio`, in order of year.

    Raises
    ------
    ModelInputError
        As `align_amounts`, and if there are no common years.
    """
    both = align_amounts(amounts, [leader, follower], value=value)
    if both.empty:
        raise ModelInputError(f"needs years with both {leader} and {follower}, got none")
    ratio = (both[leader] / both[follower]).to_numpy()
    return pd.DataFrame({"year": both.index.to_numpy(), "ratio": ratio})


def fit_ratio_trend(
    amounts: pd.DataFrame,
    leader: str,
    follower: str,
    *,
    value: str = "investment_usd",
    level: float = 0.9,
    terms: int | None = None,
) -> RatioTrend:
    """Mean and yearly growth of the ratio, from its logarithm.

    The intervals are robust to shocks that last; see `models.core.yearly_series`.

    Parameters
    ----------
    amounts, leader, follower, value
        As `compute_yearly_ratio`.
    level : float
        Confidence level.
    terms : int, optional
        See `models.core.yearly_series.fit_yearly`.

    Raises
    ------
    ModelInputError
        As `compute_yearly_ratio`, and if fewer than 4 years are common.
    """
    ratio = compute_yearly_ratio(amounts, leader, follower, value=value)
    years = ratio["year"].to_numpy()
    fit = fit_yearly(years, np.log(ratio["ratio"].to_numpy()), confidence=level, terms=terms)
    return RatioTrend(
        _exponential(fit.level, units.TIMES),
        _exponential(fit.slope, units.TIMES_A_YEAR),
        fit.slope_p_value,
        float(ratio["ratio"].iloc[-1]),
        tuple(int(year) for year in years),
        fit.terms,
    )


def normalise(
    amounts: pd.DataFrame,
    indicators: pd.DataFrame,
    *,
    by: str,
    value: str = "investment_usd",
) -> pd.DataFrame:
    """Amounts divided by an indicator of the same country and year (GDP, population).

    Parameters
    ----------
    amounts : DataFrame
        As `compute_yearly_ratio`.
    indicators : DataFrame
        Columns `country`, `year` and `by`; rows where it is empty are left out.
    by : str
        Column of the indicator, > 0; for instance "gdp_usd" or "population".
    value : str
        Column of the amount.

    Returns
    -------
    DataFrame
        Rows that have the indicator, with `value` divided by it.

    Raises
    ------
    ModelInputError
        If columns are missing, no row matches, an indicator is not positive,
        or comes twice for a country and year.
    """
    require_table(amounts, complete=["country", "year", value])
    require_table(indicators, complete=["country", "year"])
    if by not in indicators.columns:
        raise ModelInputError(f"needs column {by!r}, got {list(indicators.columns)}")
    known = indicators.loc[indicators[by].notna(), ["country", "year", by]]
    if known.duplicated(["country", "year"]).any():
        raise ModelInputError(f"needs {by} once for each country and year, got some twice")
    joined = amounts.merge(known, on=["country", "year"], how="inner", validate="many_to_one")
    require_table(joined, complete=[value, by], positive=[by])
    return joined.assign(**{value: joined[value] / joined[by]}).drop(columns=by)


def compute_latest_ratios(
    amounts: pd.DataFrame,
    indicators: pd.DataFrame,
    leader: str,
    follower: str,
    *,
    scales: Mapping[str, str],
    value: str = "investment_usd",
) -> pd.DataFrame:
    """Leader over follower in the last year that allows every scale: as it is, per GDP, per head.

    Parameters
    ----------
    amounts, leader, follower, value
        As `compute_yearly_ratio`.
    indicators : DataFrame
        Columns `country`, `year` and those of `scales`.
    scales : mapping of str to str
        Name of the scale and column of the indicator to divide by, > 0.

    Returns
    -------
    DataFrame
        `scale` ("amount" first), `year` and `ratio`.

    Raises
    ------
    ModelInputError
        As `compute_yearly_ratio` and `normalise`, or if no year allows all of them.
    """
    ratios = {"amount": compute_yearly_ratio(amounts, leader, follower, value=value)}
    for name, column in scales.items():
        scaled = normalise(amounts, indicators, by=column, value=value)
        ratios[name] = compute_yearly_ratio(scaled, leader, follower, value=value)
    common = set.intersection(*(set(rows["year"]) for rows in ratios.values()))
    if not common:
        raise ModelInputError(f"needs a year with {list(scales)} for {leader} and {follower}")
    year = max(common)
    found = {
        name: float(rows.loc[rows["year"] == year, "ratio"].iloc[0])
        for name, rows in ratios.items()
    }
    return pd.DataFrame({"scale": list(found), "year": year, "ratio": list(found.values())})


def measure_change_since_peak(
    amounts: pd.DataFrame, country: str, *, value: str = "investment_usd"
) -> PeakChange:
    """Compare a country's last year with its highest.

    Raises
    ------
    ModelInputError
        As `compute_yearly_ratio`.
    """
    own = _one_series(amounts, [country], value).sort_values("year")
    years, series = own["year"].to_numpy(dtype=int), own[value].to_numpy(dtype=float)
    peak = int(series.argmax())
    factor = float(series[-1] / series[peak])
    return PeakChange(country, int(years[peak]), int(years[-1]), factor, len(own))


def _one_series(amounts: pd.DataFrame, countries: Sequence[str], value: str) -> pd.DataFrame:
    rows = select_countries(amounts, countries, complete=["year", value], positive=[value])
    for column in _ONE_SERIES:
        found = set(rows[column]) if column in rows.columns else set()
        if len(found) > 1:
            raise ModelInputError(f"needs one {column}, got {sorted(map(str, found))}")
    if rows.duplicated(["country", "year"]).any():
        raise ModelInputError("needs one row for each country and year, got some twice")
    return rows


def _exponential(logarithm: Estimate, unit: str) -> Estimate:
    value, low, high = np.exp([logarithm.value, logarithm.low, logarithm.high])
    return Estimate(
        float(value), float(low), float(high), logarithm.level, logarithm.kind, logarithm.n, unit
    )
