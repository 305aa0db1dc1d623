"""Counts, recent growth and public money: what the claims about risk-taking rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from models.core import units
from models.core.distributions import chi2_quantile, normal_quantile, normal_tail
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, rescale
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import (
    require_level,
    require_positive_number,
)
from models.core.yearly_series import MINIMUM_YEARS, YearlyFit, fit_yearly
from models.society.investment import align_amounts

if TYPE_CHECKING:
    from collections.abc import Mapping

Direction = Literal["rises", "falls", "open"]

_PERCENT = 100.0
_GROWTH_UNIT = "percent a year"


@dataclass(frozen=True)
class Measure:
    """A yearly measure of risk-taking.

    Attributes
    ----------
    rows : DataFrame
        Columns `country`, `year` and `value`.
    value : str
        Column of the measure, > 0.
    reference : str, optional
        Country to divide by, where the measure is a comparison.
    """

    rows: pd.DataFrame
    value: str
    reference: str | None = None


@dataclass(frozen=True)
class CountRatioChange:
    """Change of a ratio of counts, and the test that it did not change.

    Attributes
    ----------
    change : Estimate
        Ratio in the later year over that in the earlier; n is the sum of the counts.
    p_value : float
        Two-sided.
    """

    change: Estimate
    p_value: float

    @property
    def test(self) -> HypothesisTest:
        """The test of an unchanged ratio."""
        return HypothesisTest(
            "The ratio of the two counts is the same in both years.", self.p_value, self.change.n
        )


def estimate_count(count: int, *, level: float = 0.9, unit: str = "") -> Estimate:
    """Exact interval for the mean of a Poisson count (Garwood 1936).

    Parameters
    ----------
    count : int
        Events counted, 0 or more.
    level : float
        Confidence level.
    unit : str
        What is counted.

    Raises
    ------
    ModelInputError
        If the count is negative.
    """
    from scipy import stats

    require_level(level)
    if count < 0:
        raise ModelInputError(f"needs a count of 0 or more, got {count}")
    tail = (1 - level) / 2
    low = float(chi2_quantile(tail, 2 * count)) / 2 if count else 0.0
    high = float(stats.chi2.isf(tail, 2 * count + 2)) / 2
    return Estimate(float(count), low, high, level, "confidence", count, unit)


def estimate_count_ratio(first: int, second: int, *, level: float = 0.9) -> Estimate:
    """Ratio of two Poisson rates observed over the same time, with its exact interval.

    Given their sum, the first count is binomial; Clopper and Pearson's limits
    for its share give the limits of the ratio (Przyborowski and Wilenski 1940,
    *Biometrika* 31).

    Parameters
    ----------
    first, second : int
        Events counted, both at least 1.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        First over second; n is the sum of the counts.

    Raises
    ------
    ModelInputError
        If a count is less than 1.
    """
    from statsmodels.stats.proportion import proportion_confint

    require_level(level)
    if min(first, second) < 1:
        raise ModelInputError(f"needs counts of at least 1, got {first} and {second}")
    total = first + second
    low, high = proportion_confint(first, total, alpha=1 - level, method="beta")
    ends = float(low / (1 - low)), float(high / (1 - high))
    return Estimate(first / second, *ends, level, "confidence", total, units.TIMES)


def compare_counts(first: int, second: int) -> HypothesisTest:
    """Exact two-sided test that two Poisson counts have one mean.

    Raises
    ------
    ModelInputError
        If a count is negative, or both are 0.
    """
    from scipy import stats

    if min(first, second) < 0 or first + second < 1:
        raise ModelInputError(f"needs counts of 0 or more, not both 0, got {first} and {second}")
    total = first + second
    p_value = float(stats.binomtest(first, total).pvalue)
    return HypothesisTest("As many are counted in both countries.", p_value, total)


def estimate_change_of_count_ratio(
    first: tuple[int, int], second: tuple[int, int], *, level: float = 0.9
) -> CountRatioChange:
    """How the ratio of two countries' counts changed between two years.

    A difference in differences on the log scale, with Woolf's interval (1955,
    *Annals of Human Genetics* 19): the four counts are taken as independent
    Poisson, so the interval holds chance only.

    Parameters
    ----------
    first, second : tuple of int
        A country's counts in the earlier and in the later year, each at least 1.
    level : float
        Confidence level.

    Raises
    ------
    ModelInputError
        If a count is less than 1.
    """
    require_level(level)
    if min(*first, *second) < 1:
        raise ModelInputError(f"needs counts of at least 1, got {first} and {second}")
    value = np.log(first[1] / first[0]) - np.log(second[1] / second[0])
    error = sum(1 / count for count in (*first, *second)) ** 0.5
    half = float(normal_quantile(0.5 + level / 2)) * error
    factor, low, high = (float(np.exp(end)) for end in (value, value - half, value + half))
    change = Estimate(factor, low, high, level, "confidence", sum((*first, *second)), units.TIMES)
    return CountRatioChange(change, float(2 * normal_tail(abs(value) / error)))


def estimate_recent_growth(
    rows: pd.DataFrame,
    country: str,
    *,
    value: str,
    last_years: int,
    reference: str | None = None,
    level: float = 0.9,
) -> Estimate:
    """Yearly growth of a measure over the last years with data, alone or next to a reference.

    The slope of the logarithm, with the interval of `models.core.yearly_series.fit_yearly`.

    Parameters
    ----------
    rows : DataFrame
        Columns `country`, `year` and `value` (> 0), one row a country and year.
    country : str
        ISO 3166 alpha-3 code.
    value : str
        Column of the measure.
    last_years : int
        Years with data to use, at least 4.
    reference : str, optional
        Country to divide by; then the growth is that of the ratio, and the
        years are the last ones that both have.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        In percent a year; n is the number of years.

    Raises
    ------
    ModelInputError
        If columns, countries or years are missing, a year comes twice, or a
        value is not positive.
    """
    slope = _fit_recent(Measure(rows, value, reference), country, last_years, level).slope
    value_, low, high = _PERCENT * np.expm1([slope.value, slope.low, slope.high])
    return Estimate(
        float(value_), float(low), float(high), level, "confidence", slope.n, _GROWTH_UNIT
    )


def check_recent_growths(
    measures: Mapping[str, Measure], country: str, *, last_years: int
) -> dict[str, HypothesisTest]:
    """Test that the measures do not change, by name; see `estimate_recent_growth`.

    Raises
    ------
    ModelInputError
        As `estimate_recent_growth`.
    """
    return {
        name: _fit_recent(measure, country, last_years, 0.9).slope_test
        for name, measure in measures.items()
    }


def track_recent_growth(
    measure: Measure, country: str, *, span: int, level: float = 0.9
) -> pd.DataFrame:
    """`estimate_recent_growth` as it would have been found at the end of every year.

    Parameters
    ----------
    measure : Measure
        The measure.
    country : str
        ISO 3166 alpha-3 code.
    span : int
        Years in each window, at least 4.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        `last_year`, `percent_a_year`, `low` and `high`, one row for each window.

    Raises
    ------
    ModelInputError
        As `estimate_recent_growth`.
    """
    codes = [country] if measure.reference is None else [country, measure.reference]
    ends = align_amounts(measure.rows, codes, value=measure.value).index[span - 1 :]
    if span < MINIMUM_YEARS or ends.empty:
        raise ModelInputError(f"needs {MINIMUM_YEARS} or more years, and {span} with {codes}")
    found = [
        estimate_recent_growth(
            measure.rows[measure.rows["year"] <= end],
            country,
            value=measure.value,
            last_years=span,
            reference=measure.reference,
            level=level,
        )
        for end in ends
    ]
    return pd.DataFrame(
        [(int(end), e.value, e.low, e.high) for end, e in zip(ends, found, strict=True)],
        columns=["last_year", "percent_a_year", "low", "high"],
    )


def estimate_recent_growths(
    measures: Mapping[str, Measure], country: str, *, last_years: int, level: float = 0.9
) -> dict[str, Estimate]:
    """Return `estimate_recent_growth` of several measures of one country, by name.

    Raises
    ------
    ModelInputError
        As `estimate_recent_growth`.
    """
    return {
        name: estimate_recent_growth(
            measure.rows,
            country,
            value=measure.value,
            last_years=last_years,
            reference=measure.reference,
            level=level,
        )
        for name, measure in measures.items()
    }


def name_direction(change: Estimate, *, unchanged: float = 0.0) -> Direction:
    """Say which way a change goes, as far as its interval tells.

    Parameters
    ----------
    change : Estimate
        A change with its interval.
    unchanged : float
        What no change would be: 0 for a difference, 1 for a factor.

    Returns
    -------
    {"rises", "falls", "open"}
        "open" if the interval holds no change.
    """
    if change.low > unchanged:
        return "rises"
    return "falls" if change.high < unchanged else "open"


def compute_share_of_gap(
    public_per_year: Estimate, leader: float, follower: float, *, unit: str = "% of the gap"
) -> Estimate:
    """How far a yearly public amount would close the gap between two yearly amounts.

    Every unit of public money counts as one unit of private money, which is
    generous: none of it replaces private money, and all of it reaches AI firms.

    Parameters
    ----------
    public_per_year : Estimate
        Stated range of the follower's public money.
    leader, follower : float
        Yearly amounts in the same unit; leader above follower.

    Returns
    -------
    Estimate
        In percent, with the kind and n of `public_per_year`.

    Raises
    ------
    ModelInputError
        If an amount is not positive, the public amount negative, or there is no gap.
    """
    require_positive_number(follower, "follower")
    require_positive_number(leader - follower, "gap (leader less follower)")
    if public_per_year.low < 0:
        raise ModelInputError(f"public money must not be negative, got {public_per_year.low}")
    return rescale(public_per_year, _PERCENT / (leader - follower), unit=unit)


def _fit_recent(measure: Measure, country: str, last_years: int, level: float) -> YearlyFit:
    codes = [country] if measure.reference is None else [country, measure.reference]
    wide = align_amounts(measure.rows, codes, value=measure.value)
    if last_years < MINIMUM_YEARS or len(wide) < last_years:
        raise ModelInputError(
            f"needs {MINIMUM_YEARS} or more last years, and {last_years} with {codes}, "
            f"got {len(wide)}"
        )
    recent = wide.tail(last_years)
    reference = 1.0 if measure.reference is None else recent[measure.reference]
    logarithms = np.log((recent[country] / reference).to_numpy(dtype=float))
    return fit_yearly(recent.index.to_numpy(), logarithms, confidence=level)
