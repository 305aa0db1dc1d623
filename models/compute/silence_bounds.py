"""Between which values silence leaves a comparison of training compute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.compute.compute_disclosure import MINIMUM_REPORTED, fit_known_trend, require_known
from models.compute.compute_gap import select_window
from models.core import units
from models.core.errors import ModelInputError
from models.core.input_checks import require_positive_number, require_table, select_countries
from models.core.timescale import Moment, to_decimal_year, to_decimal_years

if TYPE_CHECKING:
    from collections.abc import Sequence

Support = Literal["range", "trend", "above"]
_COMPUTE = "training_compute_flop"


@dataclass(frozen=True)
class Bounds:
    """What a result is on known values alone, and between which values silence leaves it.

    No sampling error is in the bounds: they say what could be hidden, not what chance
    could do. They are the smallest and largest value over all fillings of the unknown ones.

    Attributes
    ----------
    known : float
        From the models whose compute is known.
    low : float
        Smallest possible value.
    high : float
        Largest possible value.
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


def limit_silence(
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
    rows = select_countries(frame, countries, complete=["date"]).sort_values("date")
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


def bound_yearly_means(limits: pd.DataFrame) -> pd.DataFrame:
    """Bounds of the mean log10 compute by country and year.

    Parameters
    ----------
    limits : DataFrame
        From `limit_silence`.

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


def bound_growth(limits: pd.DataFrame, country: str) -> Bounds:
    """Bounds of a country's annual growth factor.

    The least-squares slope is linear in the outcomes, so that the bounds are exact: late
    models at one end of their limits, early ones at the other.

    Parameters
    ----------
    limits : DataFrame
        From `limit_silence`.

    Raises
    ------
    ModelInputError
        If the country has fewer than 3 rows.
    """
    side = select_countries(limits, [country], minimum=MINIMUM_REPORTED)
    years = to_decimal_years(side["date"])
    slope, *ends = _linear_bounds(side, years, np.array([0.0, 1.0]))
    return _bounds(10**slope, 10 ** ends[0], 10 ** ends[1], side, units.TIMES_A_YEAR)


def bound_trend_gap(
    limits: pd.DataFrame, *, date: Moment, leader: str = "USA", follower: str = "CHN"
) -> Bounds:
    """Bounds of the ratio of two countries' trend lines at a date.

    Raises
    ------
    ModelInputError
        If a country has fewer than 3 rows.
    """
    pair = select_countries(limits, [leader, follower], minimum=MINIMUM_REPORTED)
    at = to_decimal_year(date)
    ahead, behind = (
        _linear_bounds(side, to_decimal_years(side["date"]) - at, np.array([1.0, 0.0]))
        for side in (pair[pair["country"] == code] for code in (leader, follower))
    )
    known, low, high = ahead[0] - behind[0], ahead[1] - behind[2], ahead[2] - behind[1]
    return _bounds(10**known, 10**low, 10**high, pair, units.TIMES)


def bound_largest_gap(
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
    recent = select_window(limits, date=date, window_years=window_years)
    pair = select_countries(recent, [leader, follower], minimum=top)
    ahead, behind = (_top_means(pair[pair["country"] == code], top) for code in (leader, follower))
    known, low, high = ahead[0] - behind[0], ahead[1] - behind[2], ahead[2] - behind[1]
    return _bounds(10**known, 10**low, 10**high, pair, units.TIMES)


def _country_trends(table: pd.DataFrame, quantity: str) -> npt.NDArray[np.float64]:
    trends = np.empty(len(table))
    for country in table["country"].unique():
        own = (table["country"] == country).to_numpy()
        known = table.loc[own, "known"].to_numpy()
        require_known(int(known.sum()), country, quantity)
        values = 10 ** table.loc[own, "log"].to_numpy(dtype=float)
        trends[own] = fit_known_trend(to_decimal_years(table.loc[own, "date"]), values, known)
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
