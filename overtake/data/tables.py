"""Load and check the tables of ``data/``.

``data/datapackage.json`` (Frictionless Data Package 2) is the one description
of every table; the pandera schemas are built from it. A table that breaks a
rule is refused with its line, column, value and the rule; one that is not the
file which the package describes, with the command that mends it.
"""

import csv
import importlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from overtake.core import digests
from overtake.core.errors import TableError
from overtake.core.paths import Project
from overtake.data import sources, spreadsheet
from overtake.data.sources import Attribution

if TYPE_CHECKING:
    import pandas as pd

_SHOWN_FAILURES = 10
_LONGEST_SHOWN = 200
_ISO_DATE_LENGTH = len("2026-11-24")
_YEAR_LENGTH = len("2026")
_LARGEST_EXACT = 2.0**53
"""Beyond it a whole number is not what stood in the file."""
PACKAGE_FILE = "datapackage.json"
"""File of ``data/`` that describes all tables."""
VINTAGE = "vintage"
"""Under which a loaded table's ``attrs`` hold the day of the publisher's file."""
RULES_FILE = "importers/rules.py"
"""File of the book that holds the rules across columns."""
_FRICTIONLESS_WORDS = MappingProxyType(
    {
        "not_nullable": "required",
        "field_uniqueness": "unique",
        "multiple_fields_uniqueness": "primaryKey",
    }
)
"""What pandera calls otherwise."""


@dataclass(frozen=True)
class Licence:
    """A licence as the data package names it: Open Definition id, full title, address."""

    name: str
    title: str
    path: str


@dataclass(frozen=True)
class FieldDescription:
    """One column of a table, as the data package has it; `unit` is "" for a text or pure number."""

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
    path : str
        File, relative to ``data/``.
    vintage, retrieved : str
        ISO dates: when the publisher's file was last changed, when it was fetched.
    sources : tuple of str
        Keys of ``references.bib``.
    credit : str
        Producers to name beside a figure.
    reaches : str
        ISO date: last day that its observations describe; see `overtake.data.reach`.
    historical : bool
        Whether it is a closed record of the past, to which nothing newer belongs.
    caveats : tuple of str
        What the table can't say.
    rules : tuple of str
        Names of rules across columns; see `rule`.
    hash : str
        ``sha256:`` and the hash of the file, or "" if the package doesn't say.
    attribution : Attribution
        Which of the sources gave which rows and columns.
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
    reaches: str
    historical: bool = False
    hash: str = ""
    attribution: Attribution = field(default_factory=Attribution)


@dataclass(frozen=True)
class Rule:
    """A rule across columns: those that a message shows, and a function that is True for a row."""

    columns: tuple[str, ...]
    holds: Callable[["pd.DataFrame"], "pd.Series[bool]"]


def rule(*columns: str) -> Callable[[Callable[["pd.DataFrame"], "pd.Series[bool]"]], Rule]:
    """Make a function of ``importers/rules.py`` a rule, which descriptors name as it is named.

    The function takes the table and returns True for each row that is right; a
    message about another shows `columns`, but those that the table lacks.
    """
    return lambda holds: Rule(columns, holds)


def names() -> list[str]:
    """Return the names of all tables, sorted."""
    return sorted(_package(Project.find().data))


def describe(name: str) -> TableDescription:
    """Return what the data package says of a table, which must be there."""
    resources = _package(Project.find().data)
    if name not in resources:
        raise TableError(f"no table is called {name!r}; there are: {', '.join(sorted(resources))}")
    return description_of(resources[name])


def load(name: str) -> "pd.DataFrame":
    """Return a table, checked against its schema and rules.

    Chapters write its name literally, so that a run knows which tables it depends on. Text
    comes as pandas strings, dates as ``datetime64``, whole numbers as ``Int64``, yes/no as
    ``boolean``; missing where the cell is empty. The frame's ``attrs`` hold its `VINTAGE`.
    """
    return read(Project.find().data, describe(name))


def vintages() -> dict[str, str]:
    """Return the vintage of every table, by name."""
    return {name: describe(name).vintage for name in names()}


def reaches() -> dict[str, str]:
    """Return the last day that each table's observations describe, by name; ISO dates."""
    return {name: describe(name).reaches for name in names()}


def check_all() -> dict[str, int]:
    """Check every table, and return the number of rows of each; the first broken is refused."""
    folder = Project.find().data
    return {name: len(read(folder, describe(name))) for name in names()}


def read(folder: Path, table: TableDescription) -> "pd.DataFrame":
    """Read and check the file of a table that lies in `folder`.

    Refused are a file that is missing or not UTF-8, a row that breaks the schema, and a file
    that is not the one which the package describes.
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
    misfit = _misfit(content, table, path)
    try:
        frame = parse(_decoded(content, table.name), table)
    except TableError as error:
        raise TableError(f"{error}\n{misfit}".rstrip()) from None
    if misfit:
        raise TableError(misfit)
    frame.attrs[VINTAGE] = table.vintage
    return frame


def _misfit(content: bytes, table: TableDescription, path: Path) -> str:
    """Say what helps if a file is not the one that the package describes; else ""."""
    if table.hash in {"", f"sha256:{digests.of(content)}"}:
        return ""
    return (
        f"table {table.name}: {path} is not the file that datapackage.json describes. An import "
        "may have been interrupted: `git restore data` brings the committed tables back; if the "
        "file is meant as it is, `overtake data describe`"
    )


def _decoded(content: bytes, name: str) -> str:
    """Return the text of a CSV file, or refuse one of another encoding."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TableError(
            f"table {name}: not UTF-8: {error.reason} at byte {error.start}; save it as UTF-8"
        ) from None
    if text.startswith("\ufeff"):
        raise TableError(f"table {name}: begins with a byte order mark; save it as UTF-8 without")
    return text


def parse(text: str, table: TableDescription) -> "pd.DataFrame":
    """Convert the text of a CSV file to a table, and check every rule.

    An empty cell is a missing value. A text that a spreadsheet would execute has an
    apostrophe in front, which is taken away: see `overtake.data.spreadsheet`. A `TableError`
    has line, column, value and rule of the first failures, and the number of all.
    """
    import pandas as pd

    cells = _cells(text, table)
    columns = {f.name: _converted(cells[f.name], f, table.name) for f in table.fields}
    typed = pd.DataFrame(columns, index=cells.index)
    _validate(typed, table)
    return typed.reset_index(drop=True)


def description_of(resource: Mapping[str, Any]) -> TableDescription:
    """Return the description that a resource of a data package holds."""
    said = ("name", "title", "description", "path", "vintage", "retrieved", "credit")
    schema = resource["schema"]
    return TableDescription(
        **{name: resource[name] for name in said},
        licenses=tuple(Licence(**licence) for licence in resource["licenses"]),
        sources=tuple(source["key"] for source in resource["sources"]),
        caveats=tuple(resource["caveats"]),
        fields=tuple(FieldDescription(**{"unit": ""} | entry) for entry in schema["fields"]),
        primary_key=tuple(schema["primaryKey"]),
        rules=tuple(resource.get("rules", ())),
        rows=resource.get("rows", 0),
        reaches=resource.get("reaches", last_day(resource["vintage"])),
        historical=resource.get("historical", False),
        hash=resource.get("hash", ""),
        attribution=sources.of_resource(resource),
    )


def last_day(vintage: str) -> str:
    """Return a vintage as a day: of a year, which some publishers give, the last."""
    return f"{vintage}-12-31" if len(vintage) == _YEAR_LENGTH else vintage


def _package(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / PACKAGE_FILE
    if not path.is_file():
        raise TableError(f"{path} is missing; `overtake data import DIR` writes it")
    return _parsed_package(path, path.stat().st_mtime_ns)


@cache
def _parsed_package(path: Path, _changed: int) -> dict[str, dict[str, Any]]:
    package = json.loads(path.read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def _cells(text: str, table: TableDescription) -> "pd.DataFrame":
    """Return the cells as text; the index is the line on which each row ends."""
    import pandas as pd

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
    rule = f"{len(expected)} cells a row"
    _refuse(
        table.name,
        [_failure(line, "whole row", row, rule) for line, row in rows if len(row) != len(expected)],
    )
    lines, cells = [line for line, _ in rows], [row for _, row in rows]
    return pd.DataFrame(cells, index=lines, columns=expected, dtype=object)


def _converted(cells: "pd.Series[Any]", column: FieldDescription, table: str) -> "pd.Series[Any]":
    """Return a column as its type; refuse a text that a spreadsheet would execute."""
    if column.type == "string":
        acts = cells.map(lambda cell: not cell.startswith("'") and spreadsheet.acts(cell))
        _refuse(table, _failures(cells[acts], "no formula; a text gets an apostrophe in front"))
        return cells.map(spreadsheet.restore).where(cells != "", None).astype("string")
    converted = _typed(cells, column.type)
    _refuse(table, _failures(cells[(cells != "") & converted.isna()], f"type {column.type}"))
    return converted


def _typed(cells: "pd.Series[Any]", kind: str) -> "pd.Series[Any]":
    """Return cells as numbers, days or truth values; missing where they are none."""
    import pandas as pd

    match kind:
        case "boolean":
            return cells.map({"true": True, "false": False}).astype("boolean")
        case "date":
            # The parser alone would take 2026-1-2, which is not ISO 8601.
            padded = cells.where(cells.str.len() == _ISO_DATE_LENGTH)
            days = pd.to_datetime(padded, format="%Y-%m-%d", errors="coerce")
            # Nanoseconds can't count others.
            countable = (pd.Timestamp.min.ceil("D"), pd.Timestamp.max.floor("D"))
            return days.where(days.between(*countable)).astype("datetime64[ns]")
        case "number":
            numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
            return numbers.where(numbers.abs() != float("inf"))
        case "integer" | "year":
            numbers = _typed(cells, "number")
            exact = (numbers % 1 == 0) & (numbers.abs() < _LARGEST_EXACT)
            return numbers.where(exact).astype("Int64")
        case _:
            raise TableError(f"column {cells.name}: no table knows the type {kind!r}")


def _validate(frame: "pd.DataFrame", table: TableDescription) -> None:
    import pandera.errors
    import pandera.pandas as pa

    columns = {f.name: _column(f, table) for f in table.fields}
    # A rule decides itself what a missing value means.
    rules = {name: _rule_named(name, table.name) for name in table.rules}
    checks = [pa.Check(rule.holds, name=name, ignore_na=False) for name, rule in rules.items()]
    key = list(table.primary_key)
    schema = pa.DataFrameSchema(columns, checks=checks, unique=key, strict=True)
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases.sort_values("index").itertuples()
    else:
        return
    _refuse(table.name, [_told(case, frame, table, rules) for case in cases])


def _rule_named(name: str, table: str) -> Rule:
    try:
        found = getattr(
            importlib.import_module(RULES_FILE.removesuffix(".py").replace("/", ".")), name
        )
    except (ModuleNotFoundError, AttributeError):
        found = None
    if not isinstance(found, Rule):
        raise TableError(f"table {table}: {RULES_FILE} has no rule {name!r}")
    return found


def _column(column: FieldDescription, table: TableDescription) -> Any:  # noqa: ANN401
    import pandas as pd
    import pandera.pandas as pa

    makers: dict[str, Callable[..., Any]] = {
        "minimum": pa.Check.ge,
        "maximum": pa.Check.le,
        "enum": pa.Check.isin,
        "pattern": pa.Check.str_matches,
    }
    given = column.constraints
    checks = [make(given[k], error=f"{k} {given[k]}") for k, make in makers.items() if k in given]
    if column.type == "date" and "maximum" not in given:
        # What a date tells of lay in the past when the file was fetched; a descriptor that
        # holds plans says how far ahead they may lie.
        day = pd.to_datetime(table.retrieved, format="%Y-%m-%d", errors="coerce")
        if pd.isna(day):
            raise TableError(f"table {table.name}: retrieved is no ISO date: {table.retrieved!r}")
        checks += [pa.Check.le(day, error=f"no date after {day:%Y-%m-%d}, the day of retrieval")]
    return pa.Column(
        checks=checks,
        nullable=not given.get("required", False) and column.name not in table.primary_key,
        unique=bool(given.get("unique", False)),
    )


def _told(
    case: Any,  # noqa: ANN401
    frame: "pd.DataFrame",
    table: TableDescription,
    rules: Mapping[str, Rule],
) -> str:
    broken = _FRICTIONLESS_WORDS.get(case.check, case.check)
    if case.schema_context != "DataFrameSchema":
        return _failure(case.index, case.column, case.failure_case, broken)
    columns = rules[broken].columns if broken in rules else table.primary_key
    shown = [column for column in columns if column in frame]
    values = tuple(str(frame.loc[case.index, column]) for column in shown)
    return _failure(case.index, ", ".join(shown), values, broken)


def _failures(cells: "pd.Series[Any]", rule: str) -> list[str]:
    return [_failure(line, str(cells.name), cell, rule) for line, cell in cells.items()]


def _failure(line: object, column: str, value: object, rule: str) -> str:
    text = repr(value)
    shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return f"line {line}, column {column}: {shown} breaks {rule!r}"


def _refuse(table: str, failures: list[str]) -> None:
    """Refuse a table for its failures, each told once, if there are any."""
    failures = list(dict.fromkeys(failures))
    if not failures:
        return
    total = f"{len(failures)} failure{'s' * (len(failures) > 1)}"
    if len(failures) > _SHOWN_FAILURES:
        total += f", the first {_SHOWN_FAILURES} are"
    raise TableError("\n  ".join([f"table {table}, {total}:", *failures[:_SHOWN_FAILURES]]))
