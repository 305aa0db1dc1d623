"""What others published of gap, lag and growth, as estimates and as rows to show."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from models.core import units
from models.core.estimates import Estimate, IntervalKind

_ENDS = ["value", "low", "high"]
_UNITS = {"ratio": units.TIMES, "percent": units.PERCENT}


@dataclass(frozen=True)
class PublishedFigure:
    """A row of the published figures, as a table shows it.

    Attributes
    ----------
    quantity : str
        What it is.
    value, low, high : float or None
        As far as they were published, in `unit`.
    unit : str
        Unit as it is read.
    publisher : str
        Who published it.
    date : Timestamp or None
        Day of publication, where it is known.
    """

    quantity: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    publisher: str
    date: pd.Timestamp | None

    @property
    def ends(self) -> tuple[float, ...]:
        """Published ends of the range."""
        return tuple(end for end in (self.low, self.high) if end is not None)


def published_estimate(
    published_estimates: pd.DataFrame, id: str, *, unit: str, n: int = 0
) -> Estimate:
    """Return a published number with its interval; without a level it is a range.

    Parameters
    ----------
    published_estimates : DataFrame
        What others published.
    id : str
        Of the row; it must have a value and both ends.
    unit : str
        Unit as it is read.
    n : int
        Observations behind it, where they were published.

    Raises
    ------
    ModelInputError
        If a number is missing.
    """
    row = _row(published_estimates, id)
    value, low, high = (float(row[end]) for end in _ENDS)
    unlevelled = pd.isna(row["level"])
    kind: IntervalKind = "range" if unlevelled else "confidence"
    return Estimate(value, low, high, 0.9 if unlevelled else float(row["level"]), kind, n, unit)


def published_value(published_estimates: pd.DataFrame, id: str) -> float:
    """Return a published number; where there is only an upper end, that one."""
    row = _row(published_estimates, id)
    return float(row[["value", "high"]].dropna().iloc[0])


def published_span(published_estimates: pd.DataFrame, id: str) -> tuple[float, float]:
    """Return both ends of a published range."""
    row = _row(published_estimates, id)
    return float(row["low"]), float(row["high"])


def published_on(
    published_estimates: pd.DataFrame, topics: tuple[str, ...]
) -> tuple[PublishedFigure, ...]:
    """Return the published figures on some topics, in the table's order."""
    rows = published_estimates[published_estimates["topic"].isin(topics)]
    return tuple(_figure(row) for _, row in rows.iterrows())


def _row(published_estimates: pd.DataFrame, id: str) -> pd.Series[float]:
    return published_estimates[published_estimates["id"] == id].iloc[0]


def _figure(row: pd.Series[float]) -> PublishedFigure:
    unit = str(row["unit"])
    value, low, high = (None if pd.isna(row[end]) else float(row[end]) for end in _ENDS)
    date = None if pd.isna(row["date"]) else pd.Timestamp(row["date"])
    return PublishedFigure(
        str(row["quantity"]),
        value,
        low,
        high,
        _UNITS.get(unit, unit),
        str(row["publisher"]),
        date,
    )
