"""Registry of importers, and the import of all tables in one go."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from overtake.core import atomic
from overtake.core.errors import TableError
from overtake.data import spreadsheet, tables
from overtake.data.importing import unit_slips
from overtake.data.importing.package import assemble, descriptor
from overtake.data.tables import TableDescription

Importer = Callable[[Path], pd.DataFrame]
_IMPORTERS: dict[str, Importer] = {}


@dataclass(frozen=True)
class TableChange:
    """What an import did to one table.

    Attributes
    ----------
    added, removed, changed, kept : int
        Rows by primary key: new, gone, with another value, the same.
    """

    added: int
    removed: int
    changed: int
    kept: int


@dataclass(frozen=True)
class ImportReport:
    """What an import did.

    Attributes
    ----------
    changes : mapping of str to TableChange
        By table.
    skipped : mapping of str to str
        Tables that were left as they are, with the source file that is absent.
    """

    changes: Mapping[str, TableChange]
    skipped: Mapping[str, str]

    def summary(self) -> str:
        """Return the report as text, one line a table."""
        lines = [
            f"{name}: {c.added} added, {c.removed} removed, {c.changed} changed, {c.kept} kept"
            for name, c in self.changes.items()
        ]
        lines += [f"{name}: left as it is, {file} is absent" for name, file in self.skipped.items()]
        return "\n".join(lines)


def importer(name: str) -> Callable[[Importer], Importer]:
    """Register a function as the importer of the table `name`.

    The function takes the folder of source files and returns the table, with
    the columns that the table's descriptor lists.
    """

    def register(function: Importer) -> Importer:
        _IMPORTERS[name] = function
        return function

    return register


def import_tables(source: Path, data: Path) -> ImportReport:
    """Import every table whose source files are in `source`.

    Nothing is written unless every table passes its schema and rules.

    Parameters
    ----------
    source : pathlib.Path
        Folder with the publishers' files, each at the path that the
        descriptor's ``origin`` gives.
    data : pathlib.Path
        The ``data/`` folder.

    Raises
    ------
    TableError
        If a table breaks its schema; nothing is changed then.
    """
    skipped = {name: missing for name in _IMPORTERS if (missing := _absent(source, data, name))}
    texts = {name: _text(source, data, name) for name in sorted(_IMPORTERS) if name not in skipped}
    changes = {name: _change(data, name, text) for name, text in texts.items()}
    contents = {name: text.encode() for name, text in texts.items()}
    files = {data / "tables" / f"{name}.csv": content for name, content in contents.items()}
    package = assemble(data, contents).encode()
    atomic.write_all({**files, data / "datapackage.json": package})
    return ImportReport(changes, skipped)


def _absent(source: Path, data: Path, name: str) -> str:
    """Return the first source file of a table that is not there, or ""."""
    origin: list[str] = descriptor(data, name)["origin"]
    return next((file for file in origin if not (source / file).is_file()), "")


def _text(source: Path, data: Path, name: str) -> str:
    """Build a table and check it in the form in which it will be read back."""
    table = _description(data, name)
    fields = [f.name for f in table.fields]
    frame = _built(name, source)
    if missing := set(fields) - set(frame.columns):
        raise TableError(f"table {name}: its importer gives no {', '.join(sorted(missing))}")
    text = _as_csv(frame[fields].sort_values(list(table.primary_key), kind="stable"), table)
    tables.parse(text, table)
    return text


def _built(name: str, source: Path) -> pd.DataFrame:
    try:
        return _IMPORTERS[name](source)
    except (KeyError, ValueError) as error:
        raise TableError(f"table {name}: its source files have changed: {error}") from None


def _description(data: Path, name: str) -> TableDescription:
    content = descriptor(data, name)
    keys = [{"key": key} for key in content["sources"]]
    return tables.description_of({**content, "path": f"tables/{name}.csv", "sources": keys})


def _as_csv(frame: pd.DataFrame, table: TableDescription) -> str:
    """Write so that the same values are the same bytes."""
    columns = {f.name: _as_text(frame[f.name], f.type) for f in table.fields}
    return pd.DataFrame(columns).to_csv(index=False, lineterminator="\n")


def _as_text(column: "pd.Series[Any]", kind: str) -> "pd.Series[str]":
    match kind:
        case "boolean":
            return column.map({True: "true", False: "false"}, na_action="ignore").astype("string")
        case "date":
            return _dates(column)
        case "integer" | "number" | "year":
            return _numbers(column)
        case _:
            texts = column.astype("string").str.split().str.join(" ")
            return texts.map(spreadsheet.neutralise, na_action="ignore")


def _dates(column: "pd.Series[Any]") -> "pd.Series[str]":
    """Leave text as it is: guessing its format would turn 3/4/2022 into some day."""
    is_text = not pd.api.types.is_datetime64_any_dtype(column)
    dates = column if is_text else column.dt.strftime("%Y-%m-%d")
    return dates.astype("string")


def _numbers(column: "pd.Series[Any]") -> "pd.Series[str]":
    """Leave what is no number as it is, for the check to refuse by its line."""
    numbers = pd.to_numeric(column, errors="coerce")
    texts = numbers.map(_number, na_action="ignore").astype("string")
    return texts.where(numbers.notna(), column.astype("string"))


def _number(value: float) -> str:
    """Write the shortest text that reads back as the same number, without a bare ``.0``."""
    return repr(float(value)).removesuffix(".0")


def _read_back(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), dtype="string", keep_default_na=False, na_values=[""])


def _change(data: Path, name: str, text: str) -> TableChange:
    path = data / "tables" / f"{name}.csv"
    key = list(_description(data, name).primary_key)
    new = _read_back(text).fillna("").set_index(key)
    if not path.is_file():
        return TableChange(len(new), 0, 0, 0)
    old = _read_back(path.read_text(encoding="utf-8")).fillna("").set_index(key)
    unit_slips.require_none(old, new, _description(data, name))
    both = new.index.intersection(old.index)
    if list(new.columns) != list(old.columns):
        changed = len(both)
    else:
        changed = int((new.loc[both] != old.loc[both]).any(axis=1).sum())
    return TableChange(len(new) - len(both), len(old) - len(both), changed, len(both) - changed)
