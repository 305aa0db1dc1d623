"""Newer tables built beside the present ones, what they move, and how they take their place."""

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from overtake.core import atomic
from overtake.core.errors import OvertakeError, PublicationError, UntrustedDownloadError
from overtake.core.paths import Project
from overtake.data.importing import (
    ImportReport,
    TableChange,
    assemble,
    import_tables,
    origins,
)
from overtake.data.tables import PACKAGE_FILE
from overtake.publishing import vintages
from overtake.publishing.refreshing.download import Downloaded, SourceFile, sources
from overtake.publishing.vintages import Vintage
from overtake.runs import pools, runs, store
from overtake.runs.compare import ChapterComparison, compare_runs
from overtake.runs.engine import Limits
from overtake.runs.pools import NO_LIMITS, Pool
from overtake.runs.recorded import read_json
from overtake.runs.runs import Run

LARGEST_LOSS = 0.1
"""Share of a table's rows whose loss looks like a file cut short."""

_DOWNLOADS = "downloads.json"
_DATED = re.compile(r"^(vintage|retrieved):.*$", re.MULTILINE)

Fetch = Callable[[str, SourceFile, Path], Downloaded]
"""Fetches one file: its name with its source's, the file, where it goes."""


@dataclass(frozen=True)
class Candidate:
    """Newer data that have replaced nothing yet: a ``data/`` folder of their own."""

    data: Path
    report: ImportReport
    downloads: Mapping[str, Downloaded]
    vintage: Vintage

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of the tables that differ."""
        return tuple(name for name, change in self.report.changes.items() if change.differs)

    @property
    def losses(self) -> dict[str, TableChange]:
        """Tables that lose more rows than a publisher takes back."""
        changes = self.report.changes.items()
        return {name: change for name, change in changes if change.lost > LARGEST_LOSS}


@dataclass(frozen=True)
class Effects:
    """What newer data move in the chapters that read a changed table, and why some fail."""

    chapters: tuple[ChapterComparison, ...]
    failed: Mapping[str, str]

    def require_runs(self) -> None:
        """Refuse newer data with which a chapter fails."""
        if self.failed:
            raise PublicationError(
                f"with the newer data {', '.join(self.failed)} would fail, so nothing was "
                "replaced. Mend the chapter or its models; or, to mend them with the newer data in "
                "place, replace these without a run: --tables-only --apply"
            )


def build(
    project: Project, wanted: Collection[str], workspace: Path, *, fetch: Fetch, today: date
) -> Candidate:
    """Fetch the files of sources and import them beside the present tables, in a workspace.

    A table needs all its files: those that come from other sources are fetched
    too. A table of which a file has no address is left as it is. `today` is
    noted as the day of retrieval; the caller removes the workspace.
    """
    folder, data = workspace / "downloads", workspace / "data"
    fed = {
        name: files
        for name, files in origins(project.data).items()
        if any(file.partition("/")[0] in wanted for file in files)
    }
    needed = {file for files in fed.values() for file in files}
    downloads = {}
    for name, source in sources(project.data).items():
        for within, file in source.files.items():
            origin = f"{name}/{within}"
            if file.address and origin in needed:
                downloads[origin] = fetch(origin, file, folder / origin)
                _require_whole_rows(folder / origin, file.address)
    for name in ("tables", "descriptors"):
        shutil.copytree(project.data / name, data / name)
    shutil.copy(project.data / PACKAGE_FILE, data)
    shutil.copy(project.root / "references.bib", workspace)
    # The schema refuses dates after `retrieved`, so the import must know today's.
    before = _dated(data, downloads, today)
    report = import_tables(folder, data)
    for path, text in before.items():
        if not report.changes[path.stem].differs:
            path.write_bytes(text.encode())
    (data / PACKAGE_FILE).write_bytes(assemble(data).encode())
    skipped = {name: file for name, file in report.skipped.items() if name in fed}
    vintage = Vintage(read_json(data / PACKAGE_FILE))
    return Candidate(data, ImportReport(report.changes, skipped), downloads, vintage)


def effects(project: Project, candidate: Candidate, limits: Limits = NO_LIMITS) -> Effects:
    """Run the chapters that read a changed table under both states of the data.

    The runs go to the store, where the next build finds them once the newer data are
    applied. A `ChapterError` is one under the present data.
    """
    before = [runs.plan(project, name) for name in project.chapter_names()]
    with vintages.data_at(candidate.data):
        after = [runs.plan(project, name) for name in project.chapter_names()]
    touched = [pair for pair in zip(before, after, strict=True) if pair[0].id != pair[1].id]
    if not touched:
        return Effects((), {})
    old = pools.ensure_all(project, [pair[0] for pair in touched], limits=limits)
    new, failed = dict[str, Run](), dict[str, str]()
    with vintages.data_at(candidate.data), Pool(project, limits=limits) as pool:
        for chapter, future in {
            inputs.chapter: pool.submit(inputs) for _, inputs in touched
        }.items():
            try:
                new[chapter] = future.result()
            except OvertakeError as error:  # newer data may break a chapter
                failed[chapter] = str(error)
    return Effects(tuple(compare_runs(old[name], new[name]) for name in old if name in new), failed)


def apply(project: Project, candidate: Candidate, accepted_losses: Iterable[str] = ()) -> None:
    """Put the newer data in the place of the present ones, which git must have.

    The description with the hashes is written last: whatever happens before,
    what doesn't fit it is refused, and ``git restore data`` mends it. A
    `PublicationError` names the tables that would lose many rows, unless accepted.
    """
    losses = {name: c for name, c in candidate.losses.items() if name not in set(accepted_losses)}
    if losses:
        told = ", ".join(f"{name} {c.removed} rows" for name, c in losses.items())
        names = " ".join(f"--accept-losses {name}" for name in losses)
        raise PublicationError(
            f"more than {LARGEST_LOSS:.0%} of a table would be lost ({told}): the file may be cut "
            f"short. If the publisher took them back, say so: {names}"
        )
    vintages.require_committed(project)
    record = project.data / _DOWNLOADS
    known = read_json(record) if record.is_file() else {}
    known |= {name: asdict(each) for name, each in candidate.downloads.items()}
    with store.explained(project.data):
        for name in candidate.changed:
            for path in (f"tables/{name}.csv", f"descriptors/{name}.yml"):
                atomic.write(project.data / path, (candidate.data / path).read_bytes())
        atomic.write(record, (json.dumps(known, indent=1, sort_keys=True) + "\n").encode())
        atomic.write(project.data / PACKAGE_FILE, (candidate.data / PACKAGE_FILE).read_bytes())


def _dated(data: Path, downloads: Mapping[str, Downloaded], today: date) -> dict[Path, str]:
    """Date the descriptors of which every file was fetched; return their texts as they were."""
    before = {}
    for name, files in origins(data).items():
        if files and downloads.keys() >= set(files):
            path = data / "descriptors" / f"{name}.yml"
            before[path] = path.read_text(encoding="utf-8")
            text = _dated_text(before[path], [downloads[f].changed for f in files], today)
            path.write_bytes(text.encode())
    return before


def _dated_text(text: str, said: Iterable[str], today: date) -> str:
    """Note when files were changed and fetched; leave the rest of a descriptor as it is."""
    # A table is as old as its oldest file. A publisher that doesn't say when a file
    # was changed had this one today.
    days = {"vintage": min([str(today), *filter(None, said)]), "retrieved": str(today)}
    return _DATED.sub(lambda found: f"{found[1]}: '{days[found[1]]}'", text)


def _require_whole_rows(path: Path, address: str) -> None:
    """Refuse a file in which a row has not as many cells as the header: it may be cut short."""
    problem = ""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        width = len(next(rows, []))
        ragged = [rows.line_num for row in rows if row and len(row) != width]
        if not width:
            problem = "is empty, or begins with an empty line"
        elif ragged:
            problem = f"may be cut short: line {ragged[0]} has not the {width} cells of the header"
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8: {error.reason} at byte {error.start}"
    except csv.Error as error:
        problem = f"ends within a cell, or is no CSV: {error}"
    if problem:
        raise UntrustedDownloadError(f"{address} {problem}")
