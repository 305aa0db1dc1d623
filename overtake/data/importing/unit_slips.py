"""Columns whose unit seems to have changed between two vintages of a table.

A publisher that goes over from FLOP to PFLOP, or from thousands to millions,
changes no name and breaks no bound. But a power of 1,000 between two vintages
of the same rows is no news.
"""

import numpy as np
import pandas as pd

from overtake.core.errors import TableError
from overtake.data.tables import TableDescription

_FEWEST_ROWS = 3
_SHARE = 0.5
_TOLERANCE = 0.02
"""How far a row may be off a power of 1,000, as a share: rows are revised too."""
_POWERS = (-4, -3, -2, -1, 1, 2, 3, 4)


def require_none(old: pd.DataFrame, new: pd.DataFrame, table: TableDescription) -> None:
    """Refuse a vintage in which a column's unit seems to have changed.

    Parameters
    ----------
    old, new : pandas.DataFrame
        The two vintages, as text, indexed by the primary key.
    table : TableDescription
        The table.

    Raises
    ------
    TableError
        If at least three rows, and half of those that both vintages have,
        differ by the same power of 1,000; names column, factor and rows.
    """
    if old.index.has_duplicates or new.index.has_duplicates:
        return  # the schema refuses that by itself
    both = new.index.intersection(old.index)
    for column in table.fields:
        if column.type in {"number", "integer"} and column.name in {*old.columns} & {*new.columns}:
            _require_same(old.loc[both, column.name], new.loc[both, column.name], table.name)


def _require_same(old: "pd.Series[str]", new: "pd.Series[str]", table: str) -> None:
    ratios = _ratios(old, new)
    for power in _POWERS:
        factor = 1000.0**power
        slipped = ratios[np.abs(ratios / factor - 1) < _TOLERANCE]
        if len(slipped) >= max(_FEWEST_ROWS, _SHARE * len(ratios)):
            example = slipped.index[0]
            raise TableError(
                f"table {table}, column {new.name}: {len(slipped)} of {len(ratios)} rows are "
                f"{factor:g} times what they were, for instance {example}: {old[example]}, now "
                f"{new[example]}. Has the publisher changed the unit? Then convert it in the "
                "importer; if the old values were wrong, remove the old table first"
            )


def _ratios(old: "pd.Series[str]", new: "pd.Series[str]") -> "pd.Series[float]":
    before = pd.to_numeric(old, errors="coerce").astype("float64")
    after = pd.to_numeric(new, errors="coerce").astype("float64")
    known = before.ne(0) & before.notna() & after.ne(0) & after.notna()
    return after[known] / before[known]
