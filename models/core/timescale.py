"""Dates as decimal years, so that slopes are per year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core.errors import ModelInputError

DAYS_PER_YEAR = 365.25
MONTHS_PER_YEAR = 12.0
_ORIGIN = pd.Timestamp("2000-01-01")
_ORIGIN_YEAR = 2000.0

Dates = pd.DatetimeIndex | Sequence[str] | Sequence[date] | Sequence[pd.Timestamp]
Moment = str | date | pd.Timestamp


def to_decimal_years(dates: Dates | pd.Series[pd.Timestamp]) -> npt.NDArray[np.float64]:
    """Dates as years of 365.25 days, counted so that 2000-01-01 is 2000.0.

    Raises
    ------
    ModelInputError
        If a date is missing or cannot be read.
    """
    try:
        index = pd.DatetimeIndex(pd.Series(dates).to_numpy(dtype="datetime64[ns]"))
    except (ValueError, TypeError) as error:
        raise ModelInputError(f"needs dates, got {error}") from error
    if bool(index.isna().any()):
        raise ModelInputError(
            f"needs complete dates, {int(np.count_nonzero(index.isna()))} missing"
        )
    days = (index - _ORIGIN) / pd.Timedelta(days=1)
    return _ORIGIN_YEAR + np.asarray(days, dtype=float) / DAYS_PER_YEAR


def to_decimal_year(moment: Moment) -> float:
    """One date as a decimal year; see `to_decimal_years`."""
    return float(to_decimal_years([pd.Timestamp(moment)])[0])


def to_timestamp(year: float) -> pd.Timestamp:
    """Return the day that a decimal year falls on: the inverse of `to_decimal_year`."""
    return (_ORIGIN + pd.Timedelta(days=(year - _ORIGIN_YEAR) * DAYS_PER_YEAR)).round("D")


def write_date(moment: pd.Timestamp) -> str:
    """Write a day out, for instance ``7 October 2022``."""
    return f"{moment.day} {moment:%B %Y}"


def count_months_between(earlier: Moment, later: Moment) -> float:
    """Months from one date to another; negative where the second comes first."""
    days = (pd.Timestamp(later) - pd.Timestamp(earlier)).days
    return days / DAYS_PER_YEAR * MONTHS_PER_YEAR
