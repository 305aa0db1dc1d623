"""Load and check the tables of ``data/``.

``data/datapackage.json`` (Frictionless Data Package 2) is the one description
of every table; the pandera schemas are built from it. A table that breaks a
rule is refused with its line, column, value and the rule.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from overtake.core.errors import TableError
from overtake.core.paths import Project
from overtake.data import spreadsheet

_SHOWN_FAILURES = 10
_LONGEST_SHOWN = 200
_DAYS = (pd.Timestamp.min.ceil("D"), pd.Timestamp.max.floor("D"))
"""First and last day that nanoseconds can count."""
_ISO_DATE_LENGTH = len("2026-11-24")
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
_LARGEST_EXACT = 2.0**53
"""Beyond it a whole number is not what stood in the file."""
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
    hash : str
        ``sha256:`` and the hash of the file, or "" if the package doesn't say.
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
    hash: str = ""


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


def credit(names: Sequence[str]) -> str:
    """Return who made tables: each producer once, with the vintages of the data."""
    vintages: dict[str, list[str]] = {}
    for table in map(describe, names):
        vintages.setdefault(table.credit, []).append(table.vintage)
    named = (f"{who} (data of {', '.join(sorted(set(v)))})" for who, v in vintages.items())
    return "; ".join(named)


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
    path = folder / table.path
    if not path.resolve().is_relative_to(folder.resolve()):
        raise TableError(f"table {table.name}: its path {table.path!r} leads out of {folder}")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise TableError(f"table {table.name}: {path} is missing") from None
    except OSError as error:
        raise TableError(f"table {table.name}: {path}: {error.strerror}") from None
    return parse(decode(content, table.name), table)


def decode(content: bytes, name: str) -> str:
    """Return the text of a CSV file.

    Raises
    ------
    TableError
        If it is not UTF-8, or begins with a byte order mark.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TableError(
            f"table {name}: not UTF-8: {error.reason} at byte {error.start}; save it as UTF-8"
        ) from None
    if text.startswith("\ufeff"):
        raise TableError(f"table {name}: begins with a byte order mark; save it as UTF-8 without")
    return text


def parse(text: str, table: TableDescription) -> pd.DataFrame:
    """Convert the text of a CSV file to a table, and check every rule.

    Parameters
    ----------
    text : str
        Content of the file; an empty cell is a missing value, and a text that
        a spreadsheet would execute has an apostrophe in front, which is taken
        away (see `overtake.data.spreadsheet`).
    table : TableDescription
        The table's description.

    Raises
    ------
    TableError
        Naming table, line, column, value and rule of the first failures, and
        the number of all.
    """
    cells = _cells(text, table)
    _require_inert(cells, table)
    columns = {f.name: _convert(cells[f.name], f, table.name) for f in table.fields}
    typed = pd.DataFrame(columns, index=cells.index)
    _validate(typed, table)
    return typed.reset_index(drop=True)


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
        hash=resource.get("hash", ""),
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


def _cells(text: str, table: TableDescription) -> pd.DataFrame:
    """Return the cells as text; the index is the line on which each row ends."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    expected = [f.name for f in table.fields]
    try:
        header, rows = next(reader, []), [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise TableError(f"table {table.name}: line {reader.line_num}: no CSV: {error}") from None
    if header != expected:
        raise TableError(
            f"table {table.name}: its columns are {header}, its schema says {expected}"
        )
    if uneven := [(line, row) for line, row in rows if len(row) != len(expected)]:
        rule = f"{len(expected)} cells a row"
        failures = [_failure(line, "whole row", row, rule) for line, row in uneven]
        raise TableError(_message(table.name, failures))
    lines, cells = [line for line, _ in rows], [row for _, row in rows]
    return pd.DataFrame(cells, index=lines, columns=expected, dtype=object)


def _require_inert(cells: pd.DataFrame, table: TableDescription) -> None:
    """Refuse a text that a spreadsheet would execute."""
    failures = [
        _failure(line, column.name, cell, "no formula; a text gets an apostrophe in front")
        for column in table.fields
        if column.type == "string"
        for line, cell in zip(cells.index, cells[column.name], strict=True)
        if not cell.startswith("'") and spreadsheet.acts(cell)
    ]
    if failures:
        raise TableError(_message(table.name, failures))


def _convert(cells: "pd.Series[Any]", column: FieldDescription, table: str) -> "pd.Series[Any]":
    converted = _CONVERTERS[column.type](cells)
    if (wrong := (cells != "") & converted.isna()).any():
        failures = [
            _failure(line, column.name, cells[line], f"type {column.type}")
            for line in cells.index[wrong]
        ]
        raise TableError(_message(table, failures))
    return converted


def _texts(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    return cells.map(spreadsheet.restore).where(cells != "", None).astype("string")


def _numbers(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    return numbers.where(numbers.abs() != float("inf"))


def _whole_numbers(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    numbers = _numbers(cells)
    exact = (numbers % 1 == 0) & (numbers.abs() < _LARGEST_EXACT)
    return numbers.where(exact).astype("Int64")


def _dates(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    # The parser alone would take 2026-1-2, which is not ISO 8601.
    padded = cells.where(cells.str.len() == _ISO_DATE_LENGTH)
    days = pd.to_datetime(padded, format="%Y-%m-%d", errors="coerce")
    return days.where(days.between(*_DAYS)).astype("datetime64[ns]")


def _booleans(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    return cells.map({"true": True, "false": False}).astype("boolean")


_CONVERTERS: Mapping[str, Callable[["pd.Series[Any]"], "pd.Series[Any]"]] = MappingProxyType(
    {
        "string": _texts,
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
        failures = _failures(error.failure_cases, frame, table)
        raise TableError(_message(table.name, failures)) from None


def _schema(table: TableDescription) -> Any:  # noqa: ANN401  (pandera has no types)
    import pandera.pandas as pa

    columns = {f.name: _column(f, table) for f in table.fields}
    # A rule decides itself what a missing value means.
    rules = [pa.Check(RULES[name].holds, name=name, ignore_na=False) for name in table.rules]
    return pa.DataFrameSchema(columns, checks=rules, unique=list(table.primary_key), strict=True)


def _column(column: FieldDescription, table: TableDescription) -> Any:  # noqa: ANN401
    import pandera.pandas as pa

    required = column.constraints.get("required", False) or column.name in table.primary_key
    return pa.Column(
        _DTYPES[column.type],
        checks=[*_checks(column.constraints), *_not_from_the_future(column, table)],
        nullable=not required,
        unique=bool(column.constraints.get("unique", False)),
    )


def _not_from_the_future(column: FieldDescription, table: TableDescription) -> list[Any]:
    """Require that what a date tells of lay in the past when the file was fetched."""
    import pandera.pandas as pa

    if column.type != "date":
        return []
    day = pd.to_datetime(table.retrieved, format="%Y-%m-%d", errors="coerce")
    if pd.isna(day):
        raise TableError(f"table {table.name}: retrieved is no ISO date: {table.retrieved!r}")
    rule = f"no date after {table.retrieved}, the day of retrieval"
    return [pa.Check.le(day, error=rule)]


def _checks(constraints: Mapping[str, Any]) -> list[Any]:
    import pandera.pandas as pa

    makers: dict[str, Callable[..., Any]] = {
        "minimum": pa.Check.ge,
        "maximum": pa.Check.le,
        "enum": pa.Check.isin,
        "pattern": pa.Check.str_matches,
    }
    return [
        make(constraints[name], error=f"{name} {constraints[name]}")
        for name, make in makers.items()
        if name in constraints
    ]


def _failures(cases: pd.DataFrame, frame: pd.DataFrame, table: TableDescription) -> list[str]:
    """Say each failure once, in the order of the lines."""
    found = [_told(case, frame, table) for case in cases.sort_values("index").itertuples()]
    return list(dict.fromkeys(found))


def _told(case: Any, frame: pd.DataFrame, table: TableDescription) -> str:  # noqa: ANN401
    rule = _FRICTIONLESS_WORDS.get(case.check, case.check)
    if case.schema_context != "DataFrameSchema":
        return _failure(case.index, case.column, case.failure_case, rule)
    columns = RULES[rule].columns if rule in RULES else table.primary_key
    values = tuple(str(frame.loc[case.index, c]) for c in columns if c in frame)
    return _failure(case.index, ", ".join(c for c in columns if c in frame), values, rule)


_FRICTIONLESS_WORDS = MappingProxyType(
    {
        "not_nullable": "required",
        "field_uniqueness": "unique",
        "multiple_fields_uniqueness": "primaryKey",
    }
)


def _failure(line: int, column: str, value: object, rule: str) -> str:
    return f"line {line}, column {column}: {_shown(value)} breaks {rule!r}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _message(table: str, failures: list[str]) -> str:
    total = f"{len(failures)} failure{'s' * (len(failures) > 1)}"
    shown = failures[:_SHOWN_FAILURES]
    if len(shown) < len(failures):
        total += f", the first {_SHOWN_FAILURES} are"
    return f"table {table}, {total}:\n" + "\n".join(f"  {failure}" for failure in shown)


@dataclass(frozen=True)
class Rule:
    """A rule across columns.

    Attributes
    ----------
    columns : tuple of str
        Columns that a message shows; those that a table lacks are left out.
    holds : callable
        Takes the table; returns True for each row that is right.
    """

    columns: tuple[str, ...]
    holds: Callable[[pd.DataFrame], "pd.Series[bool]"]


def _percentiles_in_order(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Require 5th percentile <= median <= 95th percentile, or a median alone."""
    low, middle, high = (frame[f"h100e_p{p}"] for p in (5, 50, 95))
    return ((low <= middle) & (middle <= high)) | (low.isna() & high.isna())


def _prototype_before_volume(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Require that a lithography generation has its prototype before volume production."""
    prototypes = frame[frame["milestone"] == "prototype"].groupby("programme")["date"].min()
    known = frame["programme"].map(prototypes)
    return (
        (frame["milestone"] != "first_volume_production") | known.isna() | (frame["date"] > known)
    )


def _country_of_all(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Require that `country` is empty unless it is the only one of `countries`."""
    alone = (frame["countries"] == frame["country"]).fillna(value=False).astype(bool)
    return frame["country"].isna() | alone


def _cumulative(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Require that the median of a cumulative series never falls."""
    holders = [c for c in ("owner", "maker") if c in frame]
    steps = frame.sort_values("quarter_end").groupby(holders)["h100e_p50"].diff()
    return ~(steps < 0).reindex(frame.index)


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "percentiles_in_order": Rule(
            ("h100e_p5", "h100e_p50", "h100e_p95"),
            _percentiles_in_order,
        ),
        "cumulative": Rule(("owner", "maker", "quarter_end", "h100e_p50"), _cumulative),
        "country_of_all": Rule(("country", "countries"), _country_of_all),
        "prototype_before_volume": Rule(
            ("programme", "milestone", "date"),
            _prototype_before_volume,
        ),
    }
)
"""Rules across columns, by the name that a descriptor gives."""
