"""Survey shares compared: one share, two countries over time, and a rank among many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.core import units
from models.core.arrays import FloatArray, require_bounded
from models.core.bootstrap import estimate_by_percentiles
from models.core.distributions import normal_quantile, wilson_interval
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import (
    require_level,
    require_positive_number,
    require_replications,
    require_table,
    select_countries,
)
from models.core.yearly_series import MINIMUM_YEARS, fit_yearly

if TYPE_CHECKING:
    import pandas as pd

_PERCENT = 100.0
_MINIMUM_COUNTRIES = 3


@dataclass(frozen=True)
class CountryDifference:
    """Two countries' yearly shares compared in the years that both have.

    Attributes
    ----------
    difference : Estimate
        Mean of the first share less the second, percentage points.
    trend_difference : Estimate
        Percentage points a year by which the first share rises faster than the second.
    trend_p_value : float
        Two-sided, for the null hypothesis that both have one trend.
    years : tuple of int
        Years in which both countries were surveyed.
    terms : int
        Terms of the long-run variance, see `models.core.yearly_series`.
    """

    difference: Estimate
    trend_difference: Estimate
    trend_p_value: float
    years: tuple[int, ...]
    terms: int

    @property
    def trend_test(self) -> HypothesisTest:
        """The test of one trend in both countries."""
        return HypothesisTest(
            "The share changes by as many points a year in both countries.",
            self.trend_p_value,
            len(self.years),
        )


def estimate_share(
    share: float, sample_size: int, *, design_effect: float = 1.0, level: float = 0.9
) -> Estimate:
    """Wilson's score interval for a survey share (Wilson 1927).

    Parameters
    ----------
    share : float
        Between 0 and 1.
    sample_size : int
        People asked.
    design_effect : float
        Variance under the survey's design over that of a simple random sample
        (Kish 1965), at least 1; the sample counts as `sample_size` divided by it.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        A share; n is the effective sample, rounded down.

    Raises
    ------
    ModelInputError
        If the share is not in [0, 1], the effective sample is less than 1, or
        the design effect less than 1.
    """
    require_level(level)
    p = float(require_bounded(share, "share", low=0, high=1))
    effective = sample_size / float(require_bounded(design_effect, "design_effect", low=1))
    if effective < 1:
        raise ModelInputError(f"needs an effective sample of at least 1, got {effective}")
    low, high = wilson_interval(p * effective, effective, level)
    ends = (max(float(low), 0.0), min(float(high), 1.0))
    low, high, n = min(ends[0], p), max(ends[1], p), int(effective)
    return Estimate(p, low, high, level, "confidence", n, units.SHARE)


def estimate_share_difference(first: Estimate, second: Estimate, *, level: float = 0.9) -> Estimate:
    """Difference of two independent survey shares, with Newcombe's hybrid interval.

    For two countries in one year, or one country in two years; Newcombe (1998,
    *Statistics in Medicine* 17, method 10), which combines Wilson's limits.

    Parameters
    ----------
    first, second : Estimate
        From `estimate_share`; their n are the effective samples.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        First minus second, in percentage points; n is the smaller sample.

    Raises
    ------
    ModelInputError
        If a share is not in [0, 1] or rests on nobody.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    require_level(level)
    samples = [(share.value * share.n, share.n) for share in (first, second)]
    if min(first.n, second.n) < 1:
        raise ModelInputError(f"needs shares with a sample, got n = {first.n} and {second.n}")
    require_bounded([first.value, second.value], "shares", low=0, high=1)
    low, high = confint_proportions_2indep(
        *samples[0], *samples[1], method="newcomb", compare="diff", alpha=1 - level
    )
    value, low, high = (_PERCENT * float(s) for s in (first.value - second.value, low, high))
    return Estimate(
        value, low, high, level, "confidence", min(first.n, second.n), units.PERCENTAGE_POINTS
    )


def compare_shares(first: Estimate, second: Estimate) -> HypothesisTest:
    """Score test that two independent shares are equal, two-sided.

    Parameters
    ----------
    first, second : Estimate
        From `estimate_share`; their n are the effective samples.

    Raises
    ------
    ModelInputError
        If a share is not in [0, 1] or rests on nobody, or nobody or everybody said yes.
    """
    from statsmodels.stats.proportion import proportions_ztest

    require_bounded([first.value, second.value], "shares", low=0, high=1)
    if min(first.n, second.n) < 1:
        raise ModelInputError(f"needs shares with a sample, got n = {first.n} and {second.n}")
    said_yes = [first.value * first.n, second.value * second.n]
    if sum(said_yes) in {0, first.n + second.n}:
        raise ModelInputError("needs shares that differ from 0 and 1 in the two taken together")
    p_value = float(proportions_ztest(said_yes, [first.n, second.n])[1])
    return HypothesisTest("The share is the same in both samples.", p_value, first.n + second.n)


def compute_visible_change(
    share: float, sample_size: int, *, design_effect: float = 1.0, level: float = 0.9
) -> float:
    """Smallest change of a share between two surveys whose interval leaves out zero.

    Wald's approximation, for two surveys of one size and shares near `share`.

    Parameters
    ----------
    share : float
        Between 0 and 1.
    sample_size : int
        People asked in each survey.
    design_effect : float
        As `estimate_share`.
    level : float
        Confidence level.

    Returns
    -------
    float
        As a share.

    Raises
    ------
    ModelInputError
        If a number is out of its range.
    """
    require_level(level)
    p = float(require_bounded(share, "share", low=0, high=1))
    effective = _effective_sample(sample_size, design_effect)
    return float(normal_quantile(0.5 + level / 2) * (2 * p * (1 - p) / effective) ** 0.5)


def estimate_country_difference(
    shares: pd.DataFrame,
    first: str,
    second: str,
    *,
    value: str,
    level: float = 0.9,
    terms: int | None = None,
) -> CountryDifference:
    """Difference of two countries' survey shares, with year effects taken out.

    With two countries, a panel regression on country with an effect for every
    year is the regression of the yearly differences on a constant; that is what
    is computed, with intervals robust to shocks that last
    (`models.core.yearly_series.fit_yearly`).

    Parameters
    ----------
    shares : DataFrame
        Columns `country`, `year` and `value` (percent).
    first, second : str
        ISO 3166 alpha-3 codes.
    value : str
        Column of the share, in percent.
    level : float
        Confidence level.
    terms : int, optional
        Terms of the long-run variance.

    Raises
    ------
    ModelInputError
        If a column is missing, a share is not in 0 to 100, a country has a year
        twice, or the two share fewer than 4 years.
    """
    rows = _percentages(select_countries(shares, [first, second]), value)
    wide = _one_row_a_year(rows, value)[[first, second]].dropna()
    if len(wide) < MINIMUM_YEARS:
        raise ModelInputError(
            f"needs at least {MINIMUM_YEARS} years with both {first} and {second}, got {len(wide)}"
        )
    years = wide.index.to_numpy()
    fit = fit_yearly(
        years,
        (wide[first] - wide[second]).to_numpy(),
        confidence=level,
        unit=units.PERCENTAGE_POINTS,
        terms=terms,
    )
    return CountryDifference(
        fit.level, fit.slope, fit.slope_p_value, tuple(int(y) for y in years), fit.terms
    )


def estimate_percentile_rank(
    shares: pd.DataFrame,
    country: str,
    year: int,
    rng: np.random.Generator,
    *,
    value: str,
    sample_size: int,
    design_effect: float = 1.0,
    replications: int = 2000,
    level: float = 0.9,
) -> Estimate:
    """Rank of a country among all surveyed in a year: the percent of the others below it.

    Ties count one half. The interval is a parametric bootstrap: every
    country's share is redrawn from its binomial sampling distribution. It holds
    sampling error only; that the surveyed countries differ from year to year is
    not in it.

    Parameters
    ----------
    shares : DataFrame
        Columns `country`, `year` and `value` (percent); a country without a value
        was not asked.
    country : str
        ISO 3166 alpha-3 code.
    year : int
        Calendar year.
    rng : numpy.random.Generator
        Source of the draws.
    value : str
        Column of the share, in percent.
    sample_size : int
        People asked in each country; a stated figure of the survey.
    design_effect : float
        As `estimate_share`.
    replications : int
        Draws.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        In percent; n is the number of countries.

    Raises
    ------
    ModelInputError
        If the country was not surveyed in the year, or with fewer than 2 others.
    """
    require_level(level)
    require_replications(replications)
    require_table(shares, complete=["country", "year"])
    if value not in shares.columns:
        raise ModelInputError(f"needs a column {value!r}, got {list(shares.columns)}")
    rows = _percentages(shares[(shares["year"] == year) & shares[value].notna()], value)
    select_countries(rows, [country])
    wide = _one_row_a_year(rows, value)
    if wide.shape[1] < _MINIMUM_COUNTRIES:
        raise ModelInputError(f"needs {_MINIMUM_COUNTRIES} countries in {year}: {wide.shape[1]}")
    at = list(wide.columns).index(country)
    observed = wide.to_numpy(dtype=float) / _PERCENT
    effective = _effective_sample(sample_size, design_effect)
    draws = rng.binomial(effective, np.repeat(observed, replications, axis=0)) / effective
    return estimate_by_percentiles(
        float(_percent_below(observed, at)[0]),
        _percent_below(draws, at),
        level=level,
        n=wide.shape[1],
        unit="percent",
    )


def _percentages(shares: pd.DataFrame, value: str) -> pd.DataFrame:
    require_table(shares, complete=["country", "year", value])
    require_bounded(shares[value].to_numpy(dtype=float), value, low=0, high=_PERCENT)
    return shares


def _one_row_a_year(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    if rows.duplicated(["country", "year"]).any():
        raise ModelInputError("needs one row for each country and year, got some twice")
    return rows.pivot(index="year", columns="country", values=value)  # noqa: PD010


def _effective_sample(sample_size: int, design_effect: float) -> int:
    require_positive_number(sample_size, "sample_size")
    effective = int(sample_size / float(require_bounded(design_effect, "design_effect", low=1)))
    if effective < 1:
        raise ModelInputError(f"needs an effective sample of at least 1, got {effective}")
    return effective


def _percent_below(shares: FloatArray, at: int) -> FloatArray:
    own = shares[:, [at]]
    others = np.delete(shares, at, axis=1)
    below = (others < own).mean(axis=1) + (others == own).mean(axis=1) / 2
    return np.asarray(_PERCENT * below)
