"""Load and check the tables of ``data/``.

``data/datapackage.json`` (Frictionless Data Package 2) is the one description
of every table; the pandera schemas are built from it. A table that breaks a
rule is refused with its line, column, value and the rule.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from overtake.errors import TableError
from overtake.paths import Project

_SHOWN_FAILURES = 10
_HEADER_LINES = 1
_DTYPES = MappingProxyType(
    {
        "string": "string",
        "integer": "Int64",
        "year": "Int64",
        "number": "float64",
        "boolean": "boolean",
        "date": "datetime64[ns]",
    }
)
_LOADED: set[str] = set()


@dataclass(frozen=True)
class Licence:
    """A licence as the data package names it.

    Attributes
    ----------
    name, title, path : str
        Open Definition id, full title, address of the text.
    """

    name: str
    title: str
    path: str


@dataclass(frozen=True)
class FieldDescription:
    """One column of a table.

    Attributes
    ----------
    name, type, unit, description : str
        As in the data package; `unit` is "" for a pure number or text.
    constraints : mapping of str to object
        Frictionless constraints.
    """

    name: str
    type: str
    unit: str
    description: str
    constraints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TableDescription:
    """What the data package says of a table.

    Attributes
    ----------
    name, title, description : str
        Identity and content.
    path : str
        File, relative to ``data/``.
    vintage, retrieved : str
        ISO dates: when the publisher's file was last changed, when it was fetched.
    licenses : tuple of Licence
        Licences that allow it to be redistributed.
    sources : tuple of str
        Keys of ``references.bib``.
    credit : str
        Producers to name beside a figure.
    caveats : tuple of str
        What the table can't say.
    fields : tuple of FieldDescription
        Columns in their order.
    primary_key : tuple of str
        Columns that identify a row.
    rules : tuple of str
        Names of rules across columns; see `RULES`.
    rows : int
        Number of rows.
    """

    name: str
    title: str
    description: str
    path: str
    vintage: str
    retrieved: str
    licenses: tuple[Licence, ...]
    sources: tuple[str, ...]
    credit: str
    caveats: tuple[str, ...]
    fields: tuple[FieldDescription, ...]
    primary_key: tuple[str, ...]
    rules: tuple[str, ...]
    rows: int


def names() -> list[str]:
    """Return the names of all tables, sorted."""
    return sorted(_package(Project.find().data))


def describe(name: str) -> TableDescription:
    """Return what the data package says of a table.

    Raises
    ------
    TableError
        If there is no such table; the message lists those there are.
    """
    resources = _package(Project.find().data)
    if name not in resources:
        raise TableError(f"no table is called {name!r}; there are: {', '.join(sorted(resources))}")
    return description_of(resources[name])


def load(name: str) -> pd.DataFrame:
    """Return a table, checked against its schema and rules.

    Parameters
    ----------
    name : str
        The table's name. Chapters write it literally, so that a run knows
        which tables it depends on.

    Returns
    -------
    pandas.DataFrame
        Text as pandas strings, dates as ``datetime64``, whole numbers as
        ``Int64``, yes/no as ``boolean``; missing where the cell is empty.

    Raises
    ------
    TableError
        If the table is unknown or broken.
    """
    frame = read(Project.find().data, describe(name))
    _LOADED.add(name)
    return frame


def loaded() -> frozenset[str]:
    """Return the names of the tables that this process has loaded."""
    return frozenset(_LOADED)


def check_all() -> dict[str, int]:
    """Check every table.

    Returns
    -------
    dict of str to int
        Rows of each table, by name.

    Raises
    ------
    TableError
        For the first table that is broken.
    """
    folder = Project.find().data
    return {name: len(read(folder, describe(name))) for name in names()}


def read(folder: Path, table: TableDescription) -> pd.DataFrame:
    """Read and check the file of a table that lies in `folder`.

    Raises
    ------
    TableError
        If the file is missing or not UTF-8, or a row breaks the schema.
    """
    return check(_as_text(folder / table.path, table), table)


def check(text: pd.DataFrame, table: TableDescription) -> pd.DataFrame:
    """Convert a table of text cells to its types, and check every rule.

    Parameters
    ----------
    text : pandas.DataFrame
        Cells as text; missing where empty.
    table : TableDescription
        The table's description.

    Raises
    ------
    TableError
        Naming table, line, column, value and rule of the failures.
    """
    expected = [f.name for f in table.fields]
    if list(text.columns) != expected:
        raise TableError(
            f"table {table.name}: its columns are {list(text.columns)}, its schema says {expected}"
        )
    columns = {f.name: _convert(text[f.name], f, table.name) for f in table.fields}
    typed = pd.DataFrame(columns, index=text.index)
    _validate(typed, table)
    return typed


def description_of(resource: Mapping[str, Any]) -> TableDescription:
    """Return the description that a resource of a data package holds."""
    schema = resource["schema"]
    return TableDescription(
        name=resource["name"],
        title=resource["title"],
        description=resource["description"],
        path=resource["path"],
        vintage=resource["vintage"],
        retrieved=resource["retrieved"],
        licenses=tuple(Licence(**licence) for licence in resource["licenses"]),
        sources=tuple(source["key"] for source in resource["sources"]),
        credit=resource["credit"],
        caveats=tuple(resource["caveats"]),
        fields=tuple(_field(f) for f in schema["fields"]),
        primary_key=tuple(schema["primaryKey"]),
        rules=tuple(resource.get("rules", ())),
        rows=resource.get("rows", 0),
    )


def _field(entry: Mapping[str, Any]) -> FieldDescription:
    return FieldDescription(
        entry["name"],
        entry["type"],
        entry.get("unit", ""),
        entry["description"],
        entry.get("constraints", {}),
    )


def _package(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / "datapackage.json"
    if not path.is_file():
        raise TableError(f"{path} is missing; `overtake data import DIR` writes it")
    return _parsed_package(path, path.stat().st_mtime_ns)


@cache
def _parsed_package(path: Path, _changed: int) -> dict[str, dict[str, Any]]:
    package = json.loads(path.read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def _as_text(path: Path, table: TableDescription) -> pd.DataFrame:
    try:
        return pd.read_csv(
            path, dtype="string", encoding="utf-8", keep_default_na=False, na_values=[""]
        )
    except FileNotFoundError:
        raise TableError(f"table {table.name}: {path} is missing") from None
    except UnicodeDecodeError as error:
        raise TableError(f"table {table.name}: {path} is not UTF-8: {error.reason}") from None
    except pd.errors.ParserError as error:
        raise TableError(f"table {table.name}: {path} is not a table: {error}") from None


def _convert(cells: "pd.Series[Any]", column: FieldDescription, table: str) -> "pd.Series[Any]":
    converted = _CONVERTERS[column.type](cells)
    if (wrong := cells.notna() & converted.isna()).any():
        failures = [
            _failure(index, column.name, cells[index], f"type {column.type}")
            for index in cells.index[wrong]
        ]
        raise TableError(_message(table, failures))
    return converted


def _numbers(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    numbers = pd.to_numeric(cells.astype(object).where(cells.notna(), None), errors="coerce")
    return numbers.astype("float64")


def _whole_numbers(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    numbers = _numbers(cells)
    return numbers.where(numbers % 1 == 0).astype("Int64")


def _dates(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    return pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce").astype("datetime64[ns]")


def _booleans(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    return cells.map({"true": True, "false": False}, na_action="ignore").astype("boolean")


_CONVERTERS: Mapping[str, Callable[["pd.Series[Any]"], "pd.Series[Any]"]] = MappingProxyType(
    {
        "string": lambda cells: cells.astype("string"),
        "integer": _whole_numbers,
        "year": _whole_numbers,
        "number": _numbers,
        "boolean": _booleans,
        "date": _dates,
    }
)


def _validate(frame: pd.DataFrame, table: TableDescription) -> None:
    import pandera.errors

    try:
        _schema(table).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        raise TableError(_message(table.name, _failures(error.failure_cases, frame))) from None


def _schema(table: TableDescription) -> Any:  # noqa: ANN401  (pandera has no types)
    import pandera.pandas as pa

    columns = {
        f.name: pa.Column(
            _DTYPES[f.type],
            checks=_checks(f.constraints),
            nullable=not f.constraints.get("required", False),
            unique=bool(f.constraints.get("unique", False)),
        )
        for f in table.fields
    }
    rules = [pa.Check(RULES[rule], name=rule) for rule in table.rules]
    return pa.DataFrameSchema(columns, checks=rules, unique=list(table.primary_key), strict=True)


def _checks(constraints: Mapping[str, Any]) -> list[Any]:
    import pandera.pandas as pa

    makers: dict[str, Callable[[Any], Any]] = {
        "minimum": pa.Check.ge,
        "maximum": pa.Check.le,
        "enum": pa.Check.isin,
        "pattern": pa.Check.str_matches,
    }
    return [make(constraints[name]) for name, make in makers.items() if name in constraints]


def _failures(cases: pd.DataFrame, frame: pd.DataFrame) -> list[str]:
    failures = []
    for case in cases.itertuples():
        column = str(case.column)
        whole_row = case.schema_context == "DataFrameSchema"
        value = (
            frame.loc[case.index].to_dict()
            if whole_row and case.index in frame.index
            else case.failure_case
        )
        failures.append(
            _failure(case.index, column if not whole_row else "whole row", value, str(case.check))
        )
    return list(dict.fromkeys(failures))


def _failure(index: Any, column: str, value: Any, rule: str) -> str:  # noqa: ANN401
    line = f"line {int(index) + _HEADER_LINES + 1}" if index is not None else "no line"
    return f"{line}, column {column}: {value!r} breaks {rule!r}"


def _message(table: str, failures: list[str]) -> str:
    more = len(failures) - _SHOWN_FAILURES
    shown = [*failures[:_SHOWN_FAILURES], *([f"and {more} more"] if more > 0 else [])]
    return f"table {table}:\n" + "\n".join(f"  {failure}" for failure in shown)


def _percentiles_in_order(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Require 5th percentile <= median <= 95th percentile, or a median alone."""
    low, middle, high = (frame[f"h100e_p{p}"] for p in (5, 50, 95))
    return ((low <= middle) & (middle <= high)) | (low.isna() & high.isna())


def _prototype_before_volume(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Require that a lithography generation has its prototype before volume production."""
    prototypes = frame[frame["milestone"] == "prototype"].groupby("programme")["date"].min()
    known = frame["programme"].map(prototypes)
    return (frame["milestone"] != "volume_production") | known.isna() | (frame["date"] > known)


RULES: Mapping[str, Callable[[pd.DataFrame], "pd.Series[bool]"]] = MappingProxyType(
    {
        "percentiles_in_order": _percentiles_in_order,
        "prototype_before_volume": _prototype_before_volume,
    }
)
"""Rules across columns, by the name that a descriptor gives; True where a row is right."""
