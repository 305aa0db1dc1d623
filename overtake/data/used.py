"""Which rows and columns of a table a figure uses, and the sources that they come from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from overtake.core.errors import TableError
from overtake.data import tables

if TYPE_CHECKING:
    import pandas as pd

    from overtake.data.sources import Source
    from overtake.data.tables import TableDescription

_SHOWN = 5


@dataclass(frozen=True)
class Used:
    """Rows and columns of a table: all, as far as none are named.

    Attributes
    ----------
    table : str
        Its name.
    where : mapping of str to collection
        By column the values that a used row may have: best those by which the section itself
        chose its rows, so that they can't come apart.
    columns : tuple of str
        The columns that are used.
    """

    table: str
    where: Mapping[str, Collection[object]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()


def sources_of(used: Used) -> tuple[str, ...]:
    """Return the keys of the sources that gave these rows and columns, in the table's order.

    Raises
    ------
    TableError
        If the table lacks a column that is named, or has no row with one of the values, or a
        row names a source that its descriptor does not list.
    """
    table = tables.describe(used.table)
    if len(table.sources) < 2:  # noqa: PLR2004  (one source gave all there is)
        return table.sources
    frame = tables.load(used.table)
    _require_columns(frame, used)
    rows = _chosen(frame, used)
    columns = used.columns or tuple(frame.columns)
    found = {*_named(rows, columns, table)}
    for source in table.attribution.sources:
        if _gave(source, rows, columns, is_named_by_rows=bool(table.attribution.columns)):
            found.add(source.key)
    return tuple(key for key in table.sources if key in found)


def _chosen(frame: "pd.DataFrame", used: Used) -> "pd.DataFrame":
    """Return the rows that are used."""
    for column, values in used.where.items():
        known = set(frame[column].dropna())
        if strange := [value for value in values if value not in known]:
            raise TableError(
                f"table {used.table}: a figure uses rows whose {column} is "
                f"{', '.join(map(repr, strange[:_SHOWN]))}, and there is none"
            )
    rows = frame
    for column, values in used.where.items():
        rows = rows[rows[column].isin(list(values))]
    return rows


def _require_columns(frame: "pd.DataFrame", used: Used) -> None:
    if strange := sorted({*used.where, *used.columns} - {*frame.columns}):
        raise TableError(
            f"table {used.table}: a figure uses its columns {', '.join(strange)}, but it has: "
            f"{', '.join(frame.columns)}"
        )


def _named(rows: "pd.DataFrame", columns: Collection[str], table: "TableDescription") -> list[str]:
    """Return the keys that rows hold themselves, of the columns that are used."""
    held = [
        name
        for name, spoken_for in table.attribution.columns.items()
        if not spoken_for or not {*spoken_for}.isdisjoint(columns)
    ]
    keys = [str(key) for name in held for key in rows[name].dropna()]
    if strange := sorted({*keys} - {*table.sources}):
        raise TableError(
            f"table {table.name}: rows name the sources {', '.join(strange[:_SHOWN])}, which "
            "its descriptor doesn't list under `sources`"
        )
    return keys


def _gave(
    source: "Source", rows: "pd.DataFrame", columns: Collection[str], *, is_named_by_rows: bool
) -> bool:
    """Tell whether a source gave any of these rows and columns, by its entry."""
    if source.is_whole:
        return not is_named_by_rows
    if source.columns and {*source.columns}.isdisjoint(columns):
        return False
    given = rows
    for column, values in source.rows.items():
        given = given[given[column].astype("string").isin(list(values))]
    return not given.empty
