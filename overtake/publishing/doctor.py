"""Examine a checkout for what faults leave behind, and mend it.

Nothing is deleted that might be the only copy of something: it is moved into
the quarantine. What can't be decided here is told, with what to do.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from overtake.book.editions import documents
from overtake.core import atomic, digests, locked
from overtake.core.errors import OvertakeError, RecordError, StoreError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import history, published
from overtake.publishing import releases as record
from overtake.publishing.verification import outcomes
from overtake.runs import quarantine, recorded, store
from overtake.runs.runs import RECORD_NAME, Run


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be.

    Attributes
    ----------
    place : str
        Where.
    problem : str
        What is wrong.
    mend : callable or None
        Mends it, and says how; None if it can't be mended here.
    advice : str
        What to do if it can't.
    """

    place: str
    problem: str
    mend: Callable[[], str] | None = None
    advice: str = ""


@dataclass(frozen=True)
class Treated:
    """What became of a finding.

    Attributes
    ----------
    finding : Finding
        The finding.
    done : str
        What was done; "" if nothing was.
    advice : str
        What is left to do; "" if nothing is.
    """

    finding: Finding
    done: str
    advice: str


def examine(project: Project) -> Iterator[Finding]:
    """Yield what is wrong, what must be mended first first.

    Mend each finding before asking for the next: later ones may depend on it.
    """
    for check in _CHECKS:
        yield from check(project)


def treat(finding: Finding) -> Treated:
    """Mend a finding if it can be."""
    if finding.mend is None:
        return Treated(finding, "", finding.advice)
    try:
        return Treated(finding, finding.mend(), finding.advice)
    except (OSError, OvertakeError) as error:
        return Treated(finding, "", str(error))


def _journals(project: Project) -> Iterator[Finding]:
    """Bring to its end what was to replace several files at once."""
    for journal in sorted(project.unfinished.glob("*.json")):
        if atomic.is_under_way(journal):
            what, advice = f"{journal.stem} is under way", "call again when it has ended"
            yield Finding(_shown(project, journal), what, None, advice)
            continue
        what = f"an interrupted {journal.stem}: some files are new, some are old"
        yield Finding(_shown(project, journal), what, partial(_finish, project, journal))


def _finish(project: Project, journal: Path) -> str:
    with atomic.held(journal):
        if not journal.exists():
            return "nothing: it has come to its end meanwhile"
        try:
            replacements = atomic.read_journal(journal)
        except StoreError:
            return _moved(project, journal, "a damaged journal")
        if atomic.finish(journal, replacements):
            return f"brought to its end: {len(replacements)} files are in their places"
        return f"given up: {len(replacements)} files are as they were before"


def _leftovers(project: Project) -> Iterator[Finding]:
    """Find what a killed process has written beside the places of files."""
    named = {
        str(each.staged)
        for journal in project.unfinished.glob("*.json")
        for each in _named_in(journal)
    }
    for folder in _written_folders(project):
        for path in sorted(folder.glob(f"{atomic.MARK}*")):
            owner = path.name.removeprefix(atomic.MARK).partition("-")[0]
            alive = owner.isdecimal() and psutil.pid_exists(int(owner))
            if not alive and str(path.absolute()) not in named:
                yield _aside(project, path, "a file that a killed process did not finish")


def _named_in(journal: Path) -> list[atomic.Replacement]:
    try:
        return atomic.read_journal(journal)
    except StoreError:
        return []


def _written_folders(project: Project) -> list[Path]:
    """Return the folders in which files are replaced: the sources, and some of ``_build``.

    Runs and pages, which are many, are written in other ways; hidden folders
    (``.git``, ``.venv``) are not ours.
    """
    built = project.verification.parent
    found = [project.archives, project.sweeps, project.unfinished, documents.folder(project), built]
    for top in dict.fromkeys((project.root, project.data)):
        for folder, below, _ in os.walk(top):
            below[:] = [n for n in below if n[0] not in "._" and n != "node_modules"]
            found.append(Path(folder))
    return list(dict.fromkeys(found))


def _staged_runs(project: Project) -> Iterator[Finding]:
    for folder in store.staging(project.runs):
        with store.unless_held(project.runs, folder.stem) as free:
            if free:
                yield _aside(project, folder, "a run that a killed process did not finish")


def check_runs(project: Project) -> Iterator[Finding]:
    """Compare every file of every run with what its record says."""
    if not project.runs.is_dir():
        return
    for path in sorted(project.runs.iterdir()):
        if path.name.startswith("."):
            continue
        with store.unless_held(project.runs, path.name) as free:
            if free and (problem := _problem_of_run(path)):
                yield _aside(project, path, problem)


def _problem_of_run(folder: Path) -> str:
    """Say what is wrong with a run, or ""."""
    if not (folder / RECORD_NAME).is_file():
        return "no run: it has no record"
    try:
        run = recorded.of_run(Run(folder))
    except RecordError as error:
        return f"a damaged run: {error}"
    if run.id != folder.name:
        return f"a run under a wrong name: its id is {run.id}"
    if damaged := run.damaged_files():
        return f"a damaged run: not as recorded: {', '.join(damaged)}"
    here = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    if added := sorted(here - {RECORD_NAME, *run.outputs}):
        return f"a changed run: it has files that it did not write: {', '.join(added)}"
    return ""


def _locks(project: Project) -> Iterator[Finding]:
    """Find locks that nobody holds, of runs that are not there."""
    for lock in store.lock_files(project.runs):
        if not (project.runs / lock.stem).exists():
            with store.unless_held(project.runs, lock.stem) as free:
                if free:
                    yield Finding(
                        _shown(project, lock),
                        "a lock that nobody holds, of a run that is not there",
                        partial(_removed, lock),
                    )


def _removed(lock: Path) -> str:
    lock.unlink(missing_ok=True)  # whoever waits for it sees that, and takes a new one
    return "removed; it was empty"


def _verification(project: Project) -> Iterator[Finding]:
    try:
        outcomes.read(project)
    except RecordError as error:
        yield _aside(project, project.verification, str(error))


def _data(project: Project) -> Iterator[Finding]:
    """Compare the tables with what is said of them."""
    package = project.data / "datapackage.json"
    advice = "`git restore data` brings back what was; `overtake data describe` takes what is"
    try:
        resources = json.loads(package.read_text(encoding="utf-8"))["resources"]
        described = [tables.description_of(resource) for resource in resources]
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Finding(_shown(project, package), f"can't be read: {error!r}", None, advice)
        return
    for table in described:
        path = project.data / table.path
        if table.hash and table.hash != f"sha256:{digests.of_file(path)}":
            problem = "not the file that datapackage.json describes"
            yield Finding(_shown(project, path), problem, None, advice)
            continue
        try:
            tables.read(project.data, table)
        except OvertakeError as error:
            yield Finding(_shown(project, path), str(error), None, advice)


def _published_ids(project: Project) -> Iterator[Finding]:
    """Compare figures and pages with those that git and the releases know were given out."""
    released = {name for release in _releases_at_hand(project) for name in release.figures}
    yield from _ids(project, project.figures, published.read, released)
    yield from _ids(project, project.chapters, published.read_pages, set())


def _ids(
    project: Project,
    folder: Path,
    read: Callable[[Project], published.PublishedAddresses],
    released: set[str],
) -> Iterator[Finding]:
    path = folder / published.IDS_NAME
    committed = history.committed(project, f"{folder.name}/{published.IDS_NAME}") or b""
    known = {*committed.decode("utf-8", "replace").split(), *released}
    try:
        have = set(read(project).ids)
    except (OvertakeError, UnicodeDecodeError) as error:
        if not known:
            yield Finding(_shown(project, path), str(error), None, "mend the line that is named")
            return
        yield _aside(project, path, f"damaged: {error}")
        have = set()
    if lost := sorted(known - have):
        yield Finding(
            _shown(project, path),
            f"{len(lost)} ids that were given out are missing: {', '.join(lost[:5])}",
            partial(_restored, path, known | have),
        )


def _restored(path: Path, ids: Iterable[str]) -> str:
    atomic.write(path, "".join(f"{name}\n" for name in sorted(ids)).encode())
    return "added again, from git and the records of releases"


def _releases_at_hand(project: Project) -> Iterator[record.Release]:
    for path in sorted(project.releases.glob("*.json")):
        try:
            yield record.read(path)
        except RecordError:
            continue


def _releases(project: Project) -> Iterator[Finding]:
    """Check the records of releases, their sites, and what an interrupted release has left."""
    for path in sorted(project.releases.glob("*.json")):
        try:
            release = record.read(path)
        except RecordError as error:
            shown = _shown(project, path)
            yield Finding(shown, str(error), None, f"`git restore {shown}`")
            continue
        site = project.archives / release.archive.name
        if site.is_file() and digests.of_file(site) != release.archive.sha256:
            yield _aside(
                project, site, "not the site that was released",
                "fetch it from where the release is published (docs/releasing.md)",
            )  # fmt: skip
    yield from _interrupted_release(project)


def _interrupted_release(project: Project) -> Iterator[Finding]:
    if not project.archives.is_dir():
        return
    with store.unless_held(project.unfinished, "release") as free:
        if not free:
            return
        for folder in sorted(project.archives.glob(".making-*")):
            yield _aside(project, folder, "what an interrupted release worked in")
        known = {release.archive.name for release in _releases_at_hand(project)}
        for site in sorted(project.archives.glob("*.zip")):
            if site.name not in known:
                yield _aside(project, site, "a site of which no release has a record")


def _environment(project: Project) -> Iterator[Finding]:
    for deviation in locked.deviations(project):
        yield Finding("environment", deviation, None, "`make environment` installs what is locked")


_CHECKS: tuple[Callable[[Project], Iterator[Finding]], ...] = (
    _journals, _leftovers, _staged_runs, check_runs, _locks, _verification, _data,
    _published_ids, _releases, _environment,
)  # fmt: skip


def _aside(project: Project, path: Path, problem: str, advice: str = "") -> Finding:
    return Finding(_shown(project, path), problem, partial(_moved, project, path, problem), advice)


def _moved(project: Project, path: Path, reason: str) -> str:
    return f"moved to {_shown(project, quarantine.put_aside(project, path, reason))}"


def _shown(project: Project, path: Path) -> str:
    if path.is_relative_to(project.root):
        return path.relative_to(project.root).as_posix()
    return str(path)
