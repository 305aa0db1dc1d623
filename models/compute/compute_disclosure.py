"""Who publishes training compute, and how far silence could move a comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.compute.compute_gap import rows_in_window
from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_positive_number, require_table, rows_of_countries
from models.core.regression import fit_linear
from models.core.timescale import Moment, decimal_year, decimal_years

MINIMUM_REPORTED = 3


Support = Literal["range", "trend", "above"]
_COMPUTE = "training_compute_flop"


@dataclass(frozen=True)
class Bounds:
    """What a result is on known values alone, and between which values silence leaves it.

    No sampling error is in the bounds: they say what could be hidden, not what chance
    could do.

    Attributes
    ----------
    known : float
        From the models whose compute is known.
    low, high : float
        Smallest and largest value over all fillings of the unknown ones.
    n_known, n_silent : int
        Models.
    unit : str
        Of the three numbers.
    """

    known: float
    low: float
    high: float
    n_known: int
    n_silent: int
    unit: str


@dataclass(frozen=True)
class ReportingSelection:
    """How the models whose compute is known differ from the silent ones.

    Attributes
    ----------
    difference : Estimate
        Capability of models with known compute minus that of models without, at
        equal date; negative where the better models are silent.
    p_value : float
        Of no difference.
    n_reported, n_silent : int
        Models.
    """

    difference: Estimate
    p_value: float
    n_reported: int
    n_silent: int


def reporting_selection(
    frame: pd.DataFrame,
    *,
    country: str,
    cluster: str,
    score: str = "eci",
    quantity: str = _COMPUTE,
    level: float = 0.90,
) -> ReportingSelection:
    """Regress capability on date and on whether compute is known, for one country.

    Standard errors are clustered by `cluster` (Liang and Zeger 1986).

    Parameters
    ----------
    frame : DataFrame
        Columns country, date, `score`, `cluster`, and `quantity`, which may be missing.

    Raises
    ------
    ModelInputError
        If fewer than 3 models are on either side, or a date or score is missing.
    """
    rows = rows_of_countries(frame, (country,), complete=["date", score, cluster], minimum=6)
    reported = rows[quantity].notna().to_numpy(dtype=float)
    n_reported = int(reported.sum())
    if min(n_reported, len(rows) - n_reported) < MINIMUM_REPORTED:
        raise ModelInputError(
            f"needs {MINIMUM_REPORTED} models of {country} with and without {quantity}, "
            f"got {n_reported} and {len(rows) - n_reported}"
        )
    years = decimal_years(rows["date"])
    design = pd.DataFrame({"const": 1.0, "year": years - years.mean(), "reported": reported})
    fit = fit_linear(
        design,
        rows[score].to_numpy(dtype=float),
        covariance="cluster",
        groups=rows[cluster].to_numpy(dtype=object),
    )
    weights = {"reported": 1.0}
    difference = fit.combination(weights, level, units.POINTS)
    return ReportingSelection(difference, fit.p_value(weights), n_reported, len(rows) - n_reported)


def with_assumed_compute(
    frame: pd.DataFrame,
    factors: Mapping[str, float],
    *,
    quantity: str = _COMPUTE,
) -> pd.DataFrame:
    """Fill unknown compute with a multiple of the country's known trend at the date.

    A sensitivity analysis, not an imputation: each silent model of a country is
    given `factor` times the compute on the country's log-linear trend.

    Parameters
    ----------
    frame : DataFrame
        Columns country, date and `quantity`.
    factors : mapping of str to float
        Multiple of the trend by country code; rows of other countries are dropped.

    Returns
    -------
    DataFrame
        Rows of the named countries, `quantity` complete.

    Raises
    ------
    ModelInputError
        If a factor is not positive, or a country has fewer than 3 known values.
    """
    sides = []
    for country, factor in factors.items():
        require_positive_number(factor, f"factor of {country}")
        side = rows_of_countries(frame, (country,), complete=["date"])
        sides.append(_filled(side, country, factor, quantity))
    return pd.concat(sides).sort_index()


def limits_of_silence(
    frame: pd.DataFrame,
    *,
    countries: Sequence[str] = ("USA", "CHN"),
    support: Support,
    reach_oom: float = 0.5,
    quantity: str = _COMPUTE,
) -> pd.DataFrame:
    """State for each model between which values its log10 compute must lie.

    A known value lies at itself. An unknown one lies

    - "range": between the least and the largest known value of its year, of all
      `countries` together: the worst case of Manski (1989, 2003) with the support
      taken from the data;
    - "trend": within `reach_oom` of its country's trend at its date;
    - "above": from its country's trend to the largest known value of its year, for
      the conjecture that firms hide what is large (a monotone selection, Manski and
      Pepper 2000).

    Parameters
    ----------
    frame : DataFrame
        Columns country, date and `quantity` (empty: unknown); rows of other countries,
        or of several, are left aside.
    reach_oom : float
        Orders of magnitude either way, for "trend".

    Returns
    -------
    DataFrame
        Columns country, year, date, known (bool), log, low, high (log10), in order of date.

    Raises
    ------
    ModelInputError
        If a country has fewer than 3 known values, a year has none, or a known value
        is not positive.
    """
    require_positive_number(reach_oom, "reach_oom")
    rows = rows_of_countries(frame, countries, complete=["date"]).sort_values("date")
    known = rows[quantity].notna().to_numpy()
    require_table(rows[known], complete=[quantity], positive=[quantity])
    logs = np.log10(rows[quantity].to_numpy(dtype=float))
    year = pd.DatetimeIndex(rows["date"]).year
    table = rows[["country", "date"]].assign(year=year, known=known, log=logs)
    by_year = table.groupby("year")["log"]
    least = by_year.transform("min").to_numpy(dtype=float)
    largest = by_year.transform("max").to_numpy(dtype=float)
    if np.isnan(least).any():
        raise ModelInputError(f"needs a known {quantity} in each year, got none in some")
    trend = _country_trends(table, quantity)
    ends: dict[Support, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]] = {
        "range": (least, largest),
        "trend": (trend - reach_oom, trend + reach_oom),
        "above": (trend, np.maximum(trend, largest)),
    }
    low, high = ends[support]
    return table.assign(low=np.where(known, logs, low), high=np.where(known, logs, high))


def yearly_mean_bounds(limits: pd.DataFrame) -> pd.DataFrame:
    """Bounds of the mean log10 compute by country and year.

    Parameters
    ----------
    limits : DataFrame
        From `limits_of_silence`.

    Returns
    -------
    DataFrame
        Columns country, year, n, n_known, known (mean of the known, empty where there
        is none), low, high.
    """
    grouped = limits.groupby(["country", "year"])
    return grouped.agg(
        n=("known", "size"),
        n_known=("known", "sum"),
        known=("log", "mean"),
        low=("low", "mean"),
        high=("high", "mean"),
    ).reset_index()


def growth_bounds(limits: pd.DataFrame, country: str) -> Bounds:
    """Bounds of a country's annual growth factor.

    The least-squares slope is linear in the outcomes, so that the bounds are exact: late
    models at one end of their limits, early ones at the other.

    Parameters
    ----------
    limits : DataFrame
        From `limits_of_silence`.

    Raises
    ------
    ModelInputError
        If the country has fewer than 3 rows.
    """
    side = rows_of_countries(limits, [country], minimum=MINIMUM_REPORTED)
    years = decimal_years(side["date"])
    slope, *ends = _linear_bounds(side, years, np.array([0.0, 1.0]))
    return _bounds(10**slope, 10 ** ends[0], 10 ** ends[1], side, units.TIMES_A_YEAR)


def trend_gap_bounds(
    limits: pd.DataFrame, *, date: Moment, leader: str = "USA", follower: str = "CHN"
) -> Bounds:
    """Bounds of the ratio of two countries' trend lines at a date.

    Raises
    ------
    ModelInputError
        If a country has fewer than 3 rows.
    """
    pair = rows_of_countries(limits, [leader, follower], minimum=MINIMUM_REPORTED)
    at = decimal_year(date)
    ahead, behind = (
        _linear_bounds(side, decimal_years(side["date"]) - at, np.array([1.0, 0.0]))
        for side in (pair[pair["country"] == code] for code in (leader, follower))
    )
    known, low, high = ahead[0] - behind[0], ahead[1] - behind[2], ahead[2] - behind[1]
    return _bounds(10**known, 10**low, 10**high, pair, units.TIMES)


def largest_gap_bounds(
    limits: pd.DataFrame,
    *,
    date: Moment,
    top: int,
    window_years: float,
    leader: str = "USA",
    follower: str = "CHN",
) -> Bounds:
    """Bounds of the ratio of the geometric means of the `top` largest runs of a window.

    Raises
    ------
    ModelInputError
        If a country has fewer than `top` known runs in the window.
    """
    recent = rows_in_window(limits, date=date, window_years=window_years)
    pair = rows_of_countries(recent, [leader, follower], minimum=top)
    ahead, behind = (_top_means(pair[pair["country"] == code], top) for code in (leader, follower))
    known, low, high = ahead[0] - behind[0], ahead[1] - behind[2], ahead[2] - behind[1]
    return _bounds(10**known, 10**low, 10**high, pair, units.TIMES)


def _country_trends(table: pd.DataFrame, quantity: str) -> npt.NDArray[np.float64]:
    trends = np.empty(len(table))
    for country in table["country"].unique():
        own = (table["country"] == country).to_numpy()
        known = table.loc[own, "known"].to_numpy()
        _require_known(int(known.sum()), country, quantity)
        values = 10 ** table.loc[own, "log"].to_numpy(dtype=float)
        trends[own] = _trend(decimal_years(table.loc[own, "date"]), values, known)
    return trends


def _linear_bounds(
    side: pd.DataFrame, years: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]
) -> tuple[float, float, float]:
    """Combine intercept and slope: of the known rows, and exact bounds over all."""
    known = side["known"].to_numpy(dtype=bool)
    of_known = weights @ np.linalg.pinv(_line(years[known])) @ side["log"].to_numpy()[known]
    influence = weights @ np.linalg.pinv(_line(years))
    low, high = side["low"].to_numpy(), side["high"].to_numpy()
    least = float(influence @ np.where(influence > 0, low, high))
    largest = float(influence @ np.where(influence > 0, high, low))
    return float(of_known), least, largest


def _line(years: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.column_stack([np.ones_like(years), years])


def _top_means(side: pd.DataFrame, top: int) -> tuple[float, float, float]:
    known = side.loc[side["known"], "log"].to_numpy()
    if len(known) < top:
        raise ModelInputError(f"needs {top} known runs of each country, got {len(known)}")
    columns = (known, side["low"].to_numpy(), side["high"].to_numpy())
    means = [float(np.sort(logs)[-top:].mean()) for logs in columns]
    return means[0], means[1], means[2]


def _bounds(known: float, low: float, high: float, rows: pd.DataFrame, unit: str) -> Bounds:
    n_known = int(rows["known"].sum())
    return Bounds(known, low, high, n_known, len(rows) - n_known, unit)


def _require_known(found: int, country: str, quantity: str) -> None:
    if found < MINIMUM_REPORTED:
        raise ModelInputError(
            f"needs {MINIMUM_REPORTED} values of {quantity} of {country}, got {found}"
        )


def _filled(side: pd.DataFrame, country: str, factor: float, quantity: str) -> pd.DataFrame:
    known = side[quantity].notna().to_numpy()
    _require_known(int(known.sum()), country, quantity)
    require_table(side[known], complete=[quantity], positive=[quantity])
    values = side[quantity].to_numpy(dtype=float)
    trend = _trend(decimal_years(side["date"]), values, known)
    return side.assign(**{quantity: np.where(known, values, factor * 10**trend)})


def _trend(
    years: npt.NDArray[np.float64], values: npt.NDArray[np.float64], known: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Log10 of the trend of the known values, at every date."""
    centred = years - years.mean()
    line = np.polyfit(centred[known], np.log10(values[known]), 1)
    return np.asarray(np.polyval(line, centred))
