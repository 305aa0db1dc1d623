"""What the models ask of their input, refused in one place and in one tone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Sequence


def require_table(
    frame: pd.DataFrame,
    *,
    complete: Sequence[str],
    positive: Sequence[str] = (),
    minimum: int = 1,
) -> None:
    """Refuse a table that lacks columns, rows or values.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    complete : sequence of str
        Columns that must be there and hold no missing or infinite value.
    positive : sequence of str
        Columns of `complete` whose every value must exceed 0.
    minimum : int
        Fewest rows.

    Raises
    ------
    ModelInputError
        If one of these does not hold; the message names what is needed and what came.
    """
    absent = [name for name in complete if name not in frame.columns]
    if absent:
        raise ModelInputError(f"needs columns {absent}, got {list(frame.columns)}")
    if len(frame) < minimum:
        raise ModelInputError(f"needs at least {minimum} rows, got {len(frame)}")
    for name in complete:
        _require_values(frame[name])
    for name in positive:
        _require_positive(frame[name])


def require_level(level: float) -> None:
    """Refuse a coverage level outside (0, 1).

    Raises
    ------
    ModelInputError
        If `level` is not a probability strictly between 0 and 1.
    """
    if not 0 < level < 1:
        raise ModelInputError(f"level must lie between 0 and 1, got {level}")


def require_positive_number(value: float, what: str) -> None:
    """Refuse a number that is not finite and greater than 0.

    Raises
    ------
    ModelInputError
        If `value` is not a positive finite number; the message calls it `what`.
    """
    if not (np.isfinite(value) and value > 0):
        raise ModelInputError(f"{what} must be a positive finite number, got {value}")


def require_replications(replications: int, minimum: int = 20) -> None:
    """Refuse too few bootstrap or simulation draws.

    Raises
    ------
    ModelInputError
        If `replications` is less than `minimum`.
    """
    if replications < minimum:
        raise ModelInputError(f"needs at least {minimum} replications, got {replications}")


def select_countries(
    frame: pd.DataFrame,
    countries: Sequence[str],
    *,
    complete: Sequence[str] = (),
    positive: Sequence[str] = (),
    minimum: int = 1,
) -> pd.DataFrame:
    """Return the rows of the named countries, complete and enough of each.

    Rows of other countries, and joint rows whose `country` is empty, are left
    aside: they belong to neither side.

    Parameters
    ----------
    frame : DataFrame
        Column `country` holds ISO 3166 alpha-3 codes, empty for joint work.
    countries : sequence of str
        Codes, all different.
    complete, positive : sequence of str
        As in `require_table`, asked of the returned rows only.
    minimum : int
        Fewest rows of each country.

    Raises
    ------
    ModelInputError
        If a country is named twice or has fewer than `minimum` rows, or as
        `require_table`.
    """
    if "country" not in frame.columns:
        raise ModelInputError(f"needs a column country, got {list(frame.columns)}")
    if len(set(countries)) < len(countries):
        raise ModelInputError(f"needs different countries, got {list(countries)}")
    counts = frame["country"].value_counts()
    for code in countries:
        found = int(counts.get(code, 0))
        if found < minimum:
            raise ModelInputError(f"needs at least {minimum} rows of {code}, got {found}")
    chosen = frame[frame["country"].isin(list(countries))]
    require_table(chosen, complete=complete, positive=positive)
    return chosen


def _require_values(column: pd.Series[float]) -> None:
    missing = int(column.isna().sum())
    if missing:
        raise ModelInputError(f"column {column.name!r} must be complete, {missing} values missing")
    if pd.api.types.is_float_dtype(column) and not np.isfinite(column.to_numpy(dtype=float)).all():
        raise ModelInputError(f"column {column.name!r} must be finite, got an infinite value")


def _require_positive(column: pd.Series[float]) -> None:
    if not pd.api.types.is_numeric_dtype(column):
        raise ModelInputError(f"column {column.name!r} must be numeric, got {column.dtype}")
    lowest = float(column.min())
    if not lowest > 0:
        raise ModelInputError(f"column {column.name!r} must be positive, got {lowest}")


def read_clusters(frame: pd.DataFrame, cluster: str) -> npt.NDArray[np.object_]:
    """Return the cluster of each row.

    Raises
    ------
    ModelInputError
        If one is missing.
    """
    require_table(frame, complete=[cluster])
    return frame[cluster].to_numpy(dtype=object)
