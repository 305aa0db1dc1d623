"""Who was at the frontier at the time: running maximum, record setters, running top n.

Records are selected maxima: a least-squares interval on them is too narrow.
Re-select inside a bootstrap, or show the three selections side by side.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core.errors import ModelInputError
from models.core.input_checks import require_table


def mark_records(
    frame: pd.DataFrame, *, value: str = "training_compute_flop", date: str = "date"
) -> pd.Series[bool]:
    """Mark the rows that beat every row of an earlier date, and every row of their own.

    Of several rows that set the same record on one day, the first is marked.

    Parameters
    ----------
    frame : DataFrame
        `value` and `date` complete.

    Returns
    -------
    Series of bool
        On the index of `frame`.

    Raises
    ------
    ModelInputError
        If the table is empty, or a value or date is missing.
    """
    require_table(frame, complete=[value, date])
    order = _best_first_within_a_day(frame, value, date)
    values = frame[value].to_numpy(dtype=float)[order]
    before = np.concatenate([[-np.inf], np.maximum.accumulate(values)[:-1]])
    return _mask(frame, order[values > before])


def select_records(
    frame: pd.DataFrame, *, value: str = "training_compute_flop", date: str = "date"
) -> pd.DataFrame:
    """Return the record-setting rows in order of date: the steps of the frontier.

    Raises
    ------
    ModelInputError
        As `mark_records`.
    """
    return frame[mark_records(frame, value=value, date=date)].sort_values(date, kind="stable")


def mark_top_n(
    frame: pd.DataFrame,
    *,
    top: int,
    value: str = "training_compute_flop",
    date: str = "date",
) -> pd.Series[bool]:
    """Mark the rows that were among the `top` highest up to and on their own date.

    The running top-n of Epoch AI (Sevilla and Roldán 2024, "Training compute of
    frontier AI models grows by 4-5x per year"). A row is in if fewer than `top`
    rows of its date or earlier are strictly higher.

    Raises
    ------
    ModelInputError
        As `mark_records`, and if `top` is less than 1.
    """
    require_table(frame, complete=[value, date])
    values, dates = frame[value].to_numpy(dtype=float), frame[date].to_numpy()
    return pd.Series(trace_running_top(values, dates, top), index=frame.index)


def trace_running_top(
    values: npt.NDArray[np.float64], dates: npt.NDArray[Any], top: int
) -> npt.NDArray[np.bool_]:
    """Mark what was among the `top` highest up to and on its own date, as `mark_top_n`.

    For bootstraps, which have checked their input once.

    Parameters
    ----------
    values, dates : ndarray, shape (n,)
        Complete; in any order.
    top : int
        At least 1.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    ModelInputError
        If `top` is less than 1.
    """
    if top < 1:
        raise ModelInputError(f"top must be at least 1, got {top}")
    higher = (values[np.newaxis, :] > values[:, np.newaxis]) & (
        dates[np.newaxis, :] <= dates[:, np.newaxis]
    )
    marked: npt.NDArray[np.bool_] = higher.sum(axis=1) < top
    return marked


def _best_first_within_a_day(frame: pd.DataFrame, value: str, date: str) -> npt.NDArray[np.intp]:
    position = np.arange(len(frame))
    return np.lexsort((position, -frame[value].to_numpy(dtype=float), frame[date].to_numpy()))


def _mask(frame: pd.DataFrame, rows: npt.NDArray[np.intp]) -> pd.Series[bool]:
    marked = np.zeros(len(frame), dtype=bool)
    marked[rows] = True
    return pd.Series(marked, index=frame.index, dtype=bool)
