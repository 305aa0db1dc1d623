"""From the publishers' files to the book's own tables.

The book's package ``importers`` holds a function for each table that comes from
a publisher. `import_tables` reads a folder of downloads, builds every table that
its files allow, checks them all, and only then replaces what was there. A newer
download is imported the same way, and the report says what changed.
"""

import importlib
import io
import json
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import yaml
from pybtex.backends.plaintext import Backend
from pybtex.database import BibliographyData, Entry, parse_file
from pybtex.richtext import Text

from overtake.core import atomic, digests
from overtake.core.errors import TableError
from overtake.data import reach, spreadsheet, tables
from overtake.data.tables import PACKAGE_FILE, TableDescription

_NEW = MappingProxyType(
    {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "tables",
        "title": "Tables",
    }
)
"""What a package says of itself until somebody writes another name and title into it."""
_CSV = MappingProxyType(
    {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
)
_PACKAGE = "importers"
_MOST_MAKERS = 2
_FEWEST_SLIPPED = 3
_SHARE_SLIPPED = 0.5
_TOLERANCE = 0.02
"""How far a row may be off a power of 1,000, as a share: rows are revised too."""
_POWERS = (-4, -3, -2, -1, 1, 2, 3, 4)


@dataclass(frozen=True)
class Importer:
    """What builds a table from a folder of publishers' files; called as its function is."""

    table: str
    build: Callable[[Path], pd.DataFrame]

    def __call__(self, source: Path) -> pd.DataFrame:
        """Return the table that the files in `source` give."""
        return self.build(source)


@dataclass(frozen=True)
class TableChange:
    """What an import did to a table's rows, by primary key."""

    added: int
    removed: int
    changed: int
    kept: int

    @property
    def differs(self) -> bool:
        """Whether the table is another than before."""
        return bool(self.added or self.removed or self.changed)

    @property
    def lost(self) -> float:
        """Share of the rows that are gone."""
        before = self.removed + self.changed + self.kept
        return self.removed / before if before else 0.0


@dataclass(frozen=True)
class ImportReport:
    """What an import did, by table; `skipped` are left for the source file that is absent."""

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


def importer(table: str) -> Callable[[Callable[[Path], pd.DataFrame]], Importer]:
    """Make a function the importer of a table.

    It takes the folder of source files and returns the columns that the descriptor lists.
    """
    return lambda build: Importer(table, build)


def importers() -> dict[str, Importer]:
    """Return the importers of the book's package ``importers`` by table; none if it has none."""
    try:
        package = importlib.import_module(_PACKAGE)
    except ModuleNotFoundError as error:
        if error.name != _PACKAGE:
            raise
        return {}
    names = [each.name for each in pkgutil.walk_packages(package.__path__, f"{_PACKAGE}.")]
    members = [each for name in names for each in vars(importlib.import_module(name)).values()]
    return {each.table: each for each in members if isinstance(each, Importer)}


def import_tables(source: Path, data: Path) -> ImportReport:
    """Import every table whose source files are in `source`, as descriptors name its ``origin``.

    Nothing is written unless every table passes its schema and rules. The package with the
    hashes is written last: until then the new tables are not the files that it describes,
    and are refused.
    """
    skipped, contents, known = {}, {}, importers()
    for name, origin in origins(data).items():
        if missing := [file for file in origin if not (source / file).is_file()]:
            skipped[name] = missing[0]
        elif origin:
            contents[name] = _text(source, data, name, known.get(name)).encode()
    changes = {name: _change(data, name, content.decode()) for name, content in contents.items()}
    package = assemble(data, contents).encode()
    for name, content in contents.items():
        atomic.write(data / "tables" / f"{name}.csv", content)
    atomic.write(data / PACKAGE_FILE, package)
    return ImportReport(changes, skipped)


def origins(data: Path) -> dict[str, list[str]]:
    """Return the publishers' files behind each table, as ``source/file``; none if curated."""
    names = [path.stem for path in sorted((data / "descriptors").glob("*.yml"))]
    return {name: descriptor(data, name).get("origin", []) for name in names}


def assemble(data: Path, contents: Mapping[str, bytes] = MappingProxyType({})) -> str:
    """Return the text of ``datapackage.json``; what it says of itself stays.

    A Frictionless Data Package 2, with bytes, SHA-256 and rows of each table:
    those in `contents`, by name, as they will be, all others as they stand. The
    sources' titles and addresses come from ``references.bib`` beside `data`.
    """
    path = data / PACKAGE_FILE
    before: Mapping[str, Any] = json.loads(path.read_bytes()) if path.is_file() else _NEW
    bibliography = parse_file(str(data.parent / "references.bib"))
    names = [each.stem for each in sorted((data / "descriptors").glob("*.yml"))]
    resources = [_resource(data, name, bibliography, contents) for name in names]
    return json.dumps({**before, "resources": resources}, indent=1, ensure_ascii=False) + "\n"


def descriptor(data: Path, name: str) -> dict[str, Any]:
    """Return the descriptor of a table as it stands in its YAML file, with days as texts."""
    text = (data / "descriptors" / f"{name}.yml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    dated = [key for key in ("vintage", "retrieved", "reaches") if key in content]
    return {**content, **{key: str(content[key]) for key in dated}}


def _text(source: Path, data: Path, name: str, build: Importer | None) -> str:
    """Build a table and check it in the form in which it will be read back."""
    if build is None:
        raise TableError(
            f'table {name}: no function of the package importers/ is marked @importer("{name}"). '
            "Write one, or let its descriptor's `origin` be empty"
        )
    try:
        frame = build(source)
    except (KeyError, ValueError) as error:
        raise TableError(f"table {name}: its source files have changed: {error}") from None
    table = _description(data, name)
    fields = [f.name for f in table.fields]
    if missing := set(fields) - set(frame.columns):
        raise TableError(f"table {name}: its importer gives no {', '.join(sorted(missing))}")
    ordered = frame[fields].sort_values(list(table.primary_key), kind="stable")
    columns = {f.name: _as_text(ordered[f.name], f.type) for f in table.fields}
    text = pd.DataFrame(columns).to_csv(index=False, lineterminator="\n")
    tables.parse(text, table)
    return text


def _description(data: Path, name: str) -> TableDescription:
    content = descriptor(data, name)
    given = list(map(_entry, content["sources"]))
    return tables.description_of({**content, "path": f"tables/{name}.csv", "sources": given})


def _as_text(column: "pd.Series[Any]", kind: str) -> "pd.Series[str]":
    """Write cells so that the same values are the same bytes."""
    match kind:
        case "boolean":
            return column.map({True: "true", False: "false"}, na_action="ignore").astype("string")
        case "date":
            # Text stays as it is: guessing its format would turn 3/4/2022 into some day.
            is_text = not pd.api.types.is_datetime64_any_dtype(column)
            return (column if is_text else column.dt.strftime("%Y-%m-%d")).astype("string")
        case "integer" | "number" | "year":
            # What is no number stays as it is, for the check to refuse by its line.
            numbers = pd.to_numeric(column, errors="coerce")
            texts = numbers.map(_number, na_action="ignore").astype("string")
            return texts.where(numbers.notna(), column.astype("string"))
        case _:
            texts = column.astype("string").str.split().str.join(" ")
            return texts.map(spreadsheet.neutralise, na_action="ignore")


def _number(value: float) -> str:
    """Write the shortest text that reads back as the same number, without a bare ``.0``."""
    return repr(float(value)).removesuffix(".0")


def _change(data: Path, name: str, text: str) -> TableChange:
    path, table = data / "tables" / f"{name}.csv", _description(data, name)
    key = list(table.primary_key)
    new = _read_back(text).set_index(key)
    if not path.is_file():
        return TableChange(len(new), 0, 0, 0)
    old = _read_back(path.read_text(encoding="utf-8")).set_index(key)
    require_no_unit_slips(old, new, table)
    both = new.index.intersection(old.index)
    changed = len(both)
    if list(new.columns) == list(old.columns):
        changed = int((new.loc[both] != old.loc[both]).any(axis=1).sum())
    return TableChange(len(new) - len(both), len(old) - len(both), changed, len(both) - changed)


def _read_back(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), dtype="string", keep_default_na=False)


def require_no_unit_slips(old: pd.DataFrame, new: pd.DataFrame, table: TableDescription) -> None:
    """Refuse a vintage in which a column's unit seems to have changed.

    A publisher that goes over from FLOP to PFLOP, or from thousands to millions, changes no
    name and breaks no bound. But a power of 1,000 between two vintages of the same rows is
    no news. `old` and `new` hold texts and are indexed by the primary key.

    Raises
    ------
    TableError
        If at least three rows, and half of those that both vintages have, differ by the
        same power of 1,000.
    """
    if old.index.has_duplicates or new.index.has_duplicates:
        return  # the schema refuses that by itself
    both = new.index.intersection(old.index)
    for column in table.fields:
        if column.type in {"number", "integer"} and column.name in {*old.columns} & {*new.columns}:
            _require_same_unit(old.loc[both, column.name], new.loc[both, column.name], table.name)


def _require_same_unit(old: "pd.Series[str]", new: "pd.Series[str]", table: str) -> None:
    before = pd.to_numeric(old, errors="coerce").astype("float64")
    after = pd.to_numeric(new, errors="coerce").astype("float64")
    known = before.ne(0) & before.notna() & after.ne(0) & after.notna()
    ratios = after[known] / before[known]
    for power in _POWERS:
        factor = 1000.0**power
        slipped = ratios[np.abs(ratios / factor - 1) < _TOLERANCE]
        if len(slipped) >= max(_FEWEST_SLIPPED, _SHARE_SLIPPED * len(ratios)):
            example = slipped.index[0]
            raise TableError(
                f"table {table}, column {new.name}: {len(slipped)} of {len(ratios)} rows are "
                f"{factor:g} times what they were, for instance {example}: {old[example]}, now "
                f"{new[example]}. Has the publisher changed the unit? Then convert it in the "
                "importer; if the old values were wrong, remove the old table first"
            )


def _resource(
    data: Path, name: str, bibliography: BibliographyData, contents: Mapping[str, bytes]
) -> dict[str, Any]:
    content = descriptor(data, name)
    given = map(_entry, content.pop("sources"))
    path = f"tables/{name}.csv"
    raw = contents[name] if name in contents else (data / path).read_bytes()
    return {
        **content,
        "reaches": reach.resolve(content, raw),
        "path": path,
        **_CSV,
        "bytes": len(raw),
        "hash": f"sha256:{digests.of(raw)}",
        "rows": raw.count(b"\n") - 1,
        "sources": [_source(entry, bibliography) for entry in given],
    }


def _entry(source: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a descriptor says of a source: its key alone, or what it gave too."""
    return {"key": source} if isinstance(source, str) else source


def _source(given: Mapping[str, Any], bibliography: BibliographyData) -> dict[str, Any]:
    entry = bibliography.entries[given["key"]]
    address = entry.fields.get("url") or f"https://doi.org/{entry.fields['doi']}"
    told = {"title": _plain(entry.fields["title"]), "path": address, "by": _makers(entry)}
    return {"key": given["key"], **told, **given}


def _makers(entry: Entry) -> str:
    """Name who made a publication in short: its house, or up to two authors, or the first."""
    if house := entry.fields.get("organization"):
        return _plain(house)
    persons = entry.persons.get("author", [])
    names = [_plain(" ".join((*each.prelast_names, *each.last_names))) for each in persons]
    if len(names) > _MOST_MAKERS or "others" in names:
        return f"{names[0]} et al."
    return " and ".join(names)


def _plain(latex: str) -> str:
    return str(Text.from_latex(latex).render(Backend()))
