"""Newer tables built beside the present ones, from files fetched now."""

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from overtake.core.errors import UntrustedDownloadError
from overtake.core.paths import Project
from overtake.data.importing import ImportReport, TableChange, assemble, import_tables
from overtake.data.importing.package import descriptor
from overtake.publishing import vintages
from overtake.publishing.refreshing import sources
from overtake.publishing.refreshing.download import Downloaded
from overtake.publishing.refreshing.sources import Source, SourceFile
from overtake.publishing.vintages import Vintage
from overtake.runs.runs import read_record

LARGEST_LOSS = 0.1
"""Share of a table's rows whose loss looks like a file cut short."""

_DOWNLOADS = "downloads"
_DATED = re.compile(r"^(vintage|retrieved):.*$", re.MULTILINE)

Fetch = Callable[[str, Source, SourceFile, Path], Downloaded]
"""Fetches one file: its name with its source's, the source, the file, where it goes."""


@dataclass(frozen=True)
class Candidate:
    """Newer data that have replaced nothing yet.

    Attributes
    ----------
    data : pathlib.Path
        A ``data/`` folder of its own.
    report : ImportReport
        What differs, by table.
    downloads : mapping of str to Downloaded
        What was fetched, by file.
    vintage : Vintage
        The state of the data that it would be.
    """

    data: Path
    report: ImportReport
    downloads: Mapping[str, Downloaded]
    vintage: Vintage

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of the tables that differ."""
        return tuple(name for name, change in self.report.changes.items() if _differs(change))

    @property
    def losses(self) -> dict[str, TableChange]:
        """Tables that lose more rows than a publisher takes back."""
        changes = self.report.changes.items()
        return {name: change for name, change in changes if _lost(change) > LARGEST_LOSS}


def build(
    project: Project,
    wanted: Iterable[str],
    workspace: Path,
    *,
    fetch: Fetch,
    today: date,
) -> Candidate:
    """Fetch the files of sources and import them beside the present tables.

    A table needs all its files: those that come from other sources are fetched
    too. A table of which a file has no address is left as it is.

    Parameters
    ----------
    project : Project
        The checkout.
    wanted : iterable of str
        Names of sources, from `sources.named`.
    workspace : pathlib.Path
        Folder for downloads and tables; the caller removes it.
    fetch : callable
        Fetches one file.
    today : datetime.date
        Day that is noted as the one of retrieval.

    Raises
    ------
    DownloadError, UntrustedDownloadError
        If a file can't be had; nothing is changed.
    TableError
        If a table made from the files breaks its schema.
    """
    known = sources.read(project.data)
    downloads = {
        origin: fetch(origin, source, file, workspace / _DOWNLOADS / origin)
        for origin, source, file in _files(project, known, list(wanted))
    }
    for origin, download in downloads.items():
        _require_whole_rows(workspace / _DOWNLOADS / origin, download)
    data = _copied(project, workspace)
    # The schema refuses dates after `retrieved`, so the import must know today's.
    before = _dated(data, downloads, today)
    report = import_tables(workspace / _DOWNLOADS, data)
    for path, text in before.items():
        if path.stem not in report.changes or not _differs(report.changes[path.stem]):
            _write(path, text)
    _write(data / vintages.PACKAGE, assemble(data))
    package = read_record(data / vintages.PACKAGE)
    reached = {name: file for name, file in report.skipped.items() if _reads(project, name, wanted)}
    vintage = Vintage(vintages.id_of(package), package, current=False)
    return Candidate(data, ImportReport(report.changes, reached), downloads, vintage)


def _files(
    project: Project, known: Mapping[str, Source], wanted: list[str]
) -> list[tuple[str, Source, SourceFile]]:
    """List what to fetch: every file of a table that one of the sources feeds."""
    found = {}
    for origins in map(_origins, sorted((project.data / "descriptors").glob("*.yml"))):
        if any(sources.split(origin)[0] in wanted for origin in origins):
            for origin in origins:
                source, file = sources.split(origin)
                if source in known and file in known[source].files:
                    found[origin] = (origin, known[source], known[source].files[file])
    return [entry for entry in found.values() if entry[2].address]


def _origins(path: Path) -> list[str]:
    origins: list[str] = descriptor(path.parent.parent, path.stem)["origin"]
    return origins


def _reads(project: Project, name: str, wanted: Iterable[str]) -> bool:
    origins = _origins(project.data / "descriptors" / f"{name}.yml")
    return any(sources.split(origin)[0] in set(wanted) for origin in origins)


def _copied(project: Project, workspace: Path) -> Path:
    """Copy what an import reads and writes."""
    data = workspace / "data"
    for folder in ("tables", "descriptors"):
        shutil.copytree(project.data / folder, data / folder)
    shutil.copy(project.root / "references.bib", workspace)
    return data


def _dated(data: Path, downloads: Mapping[str, Downloaded], today: date) -> dict[Path, str]:
    """Date the descriptors of which every file was fetched; return their texts as they were."""
    before = {}
    for path in sorted((data / "descriptors").glob("*.yml")):
        origins = _origins(path)
        if origins and downloads.keys() >= set(origins):
            before[path] = path.read_text(encoding="utf-8")
            _write(path, _dated_text(before[path], [downloads[o].changed for o in origins], today))
    return before


def _dated_text(text: str, said: Iterable[str], today: date) -> str:
    """Note when files were changed and fetched; leave the rest of a descriptor as it is."""
    # A table is as old as its oldest file. A publisher that doesn't say when a file
    # was changed had this one today.
    days = {"vintage": min([str(today), *filter(None, said)]), "retrieved": str(today)}
    return _DATED.sub(lambda found: f"{found[1]}: '{days[found[1]]}'", text)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _require_whole_rows(path: Path, download: Downloaded) -> None:
    """Refuse a file in which a row has not as many cells as the header: it may be cut short."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UntrustedDownloadError(
            f"{download.address} is not UTF-8: {error.reason} at byte {error.start}"
        ) from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        width = len(next(rows, []))
        ragged = [rows.line_num for row in rows if row and len(row) != width]
    except csv.Error as error:
        raise UntrustedDownloadError(
            f"{download.address} ends within a cell, or is no CSV: {error}"
        ) from None
    if not width:
        raise UntrustedDownloadError(f"{download.address} is empty, or begins with an empty line")
    if ragged:
        raise UntrustedDownloadError(
            f"{download.address}: line {ragged[0]} has not the {width} cells of the header "
            f"({len(ragged)} such lines); the file may be cut short"
        )


def _differs(change: TableChange) -> bool:
    return bool(change.added or change.removed or change.changed)


def _lost(change: TableChange) -> float:
    before = change.removed + change.changed + change.kept
    return change.removed / before if before else 0.0
