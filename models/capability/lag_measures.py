"""One gap, many lags: the ways in which a distance in capability is told in months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from models.core.errors import ModelInputError
from models.core.frontier import select_records
from models.core.input_checks import select_countries
from models.core.timescale import MONTHS_PER_YEAR, Moment, to_decimal_year, to_decimal_years

if TYPE_CHECKING:
    from models.core.regression import FloatArray

Measure = Literal["since_reached", "at_release", "trend_line", "mean_of_days"]


def measure_lag(
    frame: pd.DataFrame,
    *,
    measure: Measure,
    date: Moment,
    since: Moment,
    model: str | None = None,
    ahead_by: float = 0.0,
    leader: str = "USA",
    follower: str = "CHN",
) -> float:
    """Months by which a model of the follower trails the leader's frontier.

    Parameters
    ----------
    frame : DataFrame
        Columns model, date, country and score; rows of other countries are left aside.
    measure : {"since_reached", "at_release", "trend_line", "mean_of_days"}
        "since_reached": from the day on which the leader's frontier first had the score of
        the follower's model to `date`; it grows by a day a day. "at_release": to the release
        of that model. "trend_line": to that release, from the day on which a line through
        the leader's records had the score. "mean_of_days": "since_reached" of the
        follower's best model on each day, averaged, each side's first record left out, as
        Epoch AI does (2 January 2026).
    date : str, date or Timestamp
        Models released after it are left aside.
    since : str, date or Timestamp
        First day of the records of the line, and of the days averaged.
    model : str, optional
        The follower's model; its best one by default.
    ahead_by : float
        Points by which the leader must have passed the score before it counts as ahead.

    Raises
    ------
    ModelInputError
        If the model is not there by the date, a country has none, or too few are left for
        the line or the days.
    """
    seen = frame[frame["date"] <= pd.Timestamp(date)]
    pair = select_countries(seen, (leader, follower), complete=["model", "date", "score"])
    ahead = select_records(pair[pair["country"] == leader], value="score")
    behind = pair[pair["country"] == follower]
    if measure == "mean_of_days":
        return _mean_of_days(ahead, select_records(behind, value="score"), date, since, ahead_by)
    chosen = _choose(behind, model)
    score, released = float(chosen["score"]), to_decimal_year(pd.Timestamp(str(chosen["date"])))
    if measure == "trend_line":
        return MONTHS_PER_YEAR * (released - _year_on_line(ahead, score, since))
    end = released if measure == "at_release" else to_decimal_year(date)
    return MONTHS_PER_YEAR * (end - _year_reached(ahead, score + ahead_by, end))


def name_first_to_reach(
    frame: pd.DataFrame,
    *,
    date: Moment,
    model: str | None = None,
    leader: str = "USA",
    follower: str = "CHN",
) -> tuple[str, str | None]:
    """Name the follower's model, and the leader's first model with at least its score.

    Parameters
    ----------
    frame, date, model, leader, follower
        As in `measure_lag`.

    Raises
    ------
    ModelInputError
        If the model is not there by the date, or a country has none.
    """
    seen = frame[frame["date"] <= pd.Timestamp(date)]
    pair = select_countries(seen, (leader, follower), complete=["model", "date", "score"])
    chosen = _choose(pair[pair["country"] == follower], model)
    ahead = select_records(pair[pair["country"] == leader], value="score")
    reached = ahead[ahead["score"] >= chosen["score"]]
    return str(chosen["model"]), None if reached.empty else str(reached["model"].iloc[0])


def _choose(behind: pd.DataFrame, model: str | None) -> pd.Series[float]:
    if model is None:
        return behind.iloc[int(behind["score"].to_numpy().argmax())]
    named = behind[behind["model"] == model]
    if len(named) != 1:
        raise ModelInputError(f"needs one model {model!r} by the date, got {len(named)}")
    return named.iloc[0]


def _year_reached(ahead: pd.DataFrame, score: float, end: float) -> float:
    """When the leader's records first had a score; the end where they never did."""
    reached = ahead[ahead["score"] >= score]
    return end if reached.empty else to_decimal_year(reached["date"].iloc[0])


def _year_on_line(ahead: pd.DataFrame, score: float, since: Moment) -> float:
    records = ahead[ahead["date"] >= pd.Timestamp(since)]
    if len(records) < 3:  # noqa: PLR2004
        raise ModelInputError(f"needs 3 records of the leader since {since}, got {len(records)}")
    years = to_decimal_years(records["date"])
    origin = float(years.mean())
    slope, level = np.polyfit(years - origin, records["score"].to_numpy(dtype=float), 1)
    return origin + (score - float(level)) / float(slope)


def _mean_of_days(
    ahead: pd.DataFrame, behind: pd.DataFrame, date: Moment, since: Moment, ahead_by: float
) -> float:
    ahead, behind = ahead.iloc[1:], behind.iloc[1:]
    if ahead.empty or behind.empty:
        raise ModelInputError("needs two records of each country, got fewer")
    starts = (pd.Timestamp(since), behind["date"].iloc[0], ahead["date"].iloc[0])
    days = pd.date_range(max(starts), pd.Timestamp(date))
    if days.empty:
        raise ModelInputError(f"needs a day from {max(starts):%Y-%m-%d} to {date}, got none")
    held = _step(behind, days)
    passed = np.searchsorted(ahead["score"].to_numpy(dtype=float), held + ahead_by, side="left")
    on = np.append(to_decimal_years(ahead["date"]), np.inf)[passed]
    months = MONTHS_PER_YEAR * np.maximum(to_decimal_years(days) - on, 0)
    return float(months.mean())


def _step(records: pd.DataFrame, days: pd.DatetimeIndex) -> FloatArray:
    """Return the record that stood on each day."""
    rows = records["date"].searchsorted(days, side="right") - 1
    return records["score"].to_numpy(dtype=float)[rows]
