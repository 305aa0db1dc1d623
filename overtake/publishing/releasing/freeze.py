"""Freeze a version: check, build the site, and write the release, all of it or nothing.

Everything is made in a clone of the commit, so that the checkout is touched
only at the end, by renaming finished files into their places. The record of
the release comes last: without it there is no release.
"""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from overtake.core import atomic, digests, plain_yaml
from overtake.core.errors import PublicationError, ReleaseError
from overtake.core.paths import ROOT_VARIABLE, Project
from overtake.data import tables
from overtake.publishing import history, publication
from overtake.publishing import published as addresses
from overtake.publishing.citations import references
from overtake.publishing.history import Commit
from overtake.publishing.publication import LICENCE
from overtake.publishing.releasing import materials, record
from overtake.publishing.releasing.record import Archive, Release, ReleasedFigure
from overtake.publishing.verification import outcomes
from overtake.runs import recorded, runs, store
from overtake.runs.recorded import Recorded
from overtake.runs.runs import Run

ZENODO_NAME = ".zenodo.json"
"""What Zenodo reads when it archives a release."""

_CHECKS = ("make", "check")
_LAST_LINES = 15
_NOT_PUBLISHED = (".doctrees", ".buildinfo", ".lock")


@dataclass(frozen=True)
class Frozen:
    """A finished release, and where its packed site lies.

    Attributes
    ----------
    release : Release
        The record.
    archive : pathlib.Path
        The packed site.
    """

    release: Release
    archive: Path


def freeze(project: Project, version: str, day: date) -> Frozen:
    """Release a version.

    Parameters
    ----------
    project : Project
        The checkout; nothing in it may differ from the commit.
    version : str
        The new version, such as ``1.2.0``.
    day : datetime.date
        The day of the release: the date of every citation.

    Returns
    -------
    Frozen
        What was written: ``CITATION.cff``, ``.zenodo.json``,
        ``figures/published.txt``, ``releases/<version>.json``,
        ``_build/releases/<version>.zip`` and ``<version>.cdx.json`` beside it.

    Raises
    ------
    ReleaseError
        If the version exists, a file is not committed, a check fails, a licence
        is not allowed, the book can't be built, or a run is not reproduced.
        Nothing was written then.
    PublicationError
        If a published figure is gone without a redirect. Nothing was written then.
    """
    with store.unless_held(project.runs, record.LOCK) as free:
        if not free:
            raise ReleaseError("another release is under way")
        return _freeze(project, version, day)


def _freeze(project: Project, version: str, day: date) -> Frozen:
    commit = _require_releasable(project, version, day)
    _call([*_CHECKS], project.root, "the checks fail, so nothing was released")
    project.archives.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".making-", dir=project.archives) as folder:
        clone = _clone(project, Path(folder) / "book")
        _write_citation(clone, version, day)
        bill = materials.bill(clone)
        _build(clone)
        site = digests.pack(dict(_pages(clone.site)))
        release = _record(clone, commit, Archive(*_named(version, site)))
        addresses.freeze(clone, release.figures)
        addresses.freeze_pages(clone, _documents(clone.site))
        attachments = {release.archive.name: site, bill_name(version): bill.encode()}
        _put(project, _files(project, clone, release, attachments))
    return Frozen(release, project.archives / release.archive.name)


def _require_releasable(project: Project, version: str, day: date) -> Commit:
    """Refuse what can be refused before anything is done."""
    publication.require_version(version, "version")
    before = record.read_all(project)
    if version in {release.version for release in before} or version in history.tags(project):
        raise ReleaseError(f"version {version} exists already; a released version never changes")
    if before and day < before[0].released:
        newest = before[0]
        raise ReleaseError(
            f"{day} lies before the release of {newest.version} on {newest.released}"
        )
    commit, changed = history.head(project), history.changes(project)
    if commit is None or changed is None:
        raise ReleaseError("a release is made from a commit, but this is no git repository")
    if changed:
        raise ReleaseError(
            f"these files are not as committed: {', '.join(sorted(changed))}; commit them, or "
            "`git restore` and `git clean` them, then release"
        )
    return commit


def _clone(project: Project, folder: Path) -> Project:
    """Return the commit in a folder of its own, with the finished runs of this one."""
    _call(["git", "clone", "--quiet", "--shared", str(project.root), str(folder)], Path.cwd())
    clone = Project(folder)
    if project.runs.is_dir():
        shutil.copytree(project.runs, clone.runs, copy_function=os.link, ignore=_HIDDEN)
    return clone


_HIDDEN = shutil.ignore_patterns(".*")


def _write_citation(clone: Project, version: str, day: date) -> None:
    """Set version and date in ``CITATION.cff``, leave all else as it stands, and tell Zenodo."""
    path = clone.root / publication.FILE_NAME
    text = path.read_text(encoding="utf-8")
    for name, value in (("version", version), ("date-released", day.isoformat())):
        text, count = re.subn(rf"(?m)^{name}:.*$", f"{name}: {value}", text)
        if count != 1:
            raise PublicationError(f"{path}: {name} must stand there once, on a line of its own")
    path.write_text(text, encoding="utf-8")
    (clone.root / ZENODO_NAME).write_text(_zenodo(clone), encoding="utf-8")


def _zenodo(clone: Project) -> str:
    """Describe the release as Zenodo's deposit metadata."""
    published = publication.read(clone)
    fields = plain_yaml.read(clone.root / publication.FILE_NAME, PublicationError)
    with _in(clone):
        keys = dict.fromkeys(
            key for name in tables.names() for key in tables.describe(name).sources
        )
    derived = [
        {"identifier": source.address, "relation": "isDerivedFrom", "resource_type": "dataset"}
        for source in references.of_keys(clone, list(keys))
        if source.address
    ]
    content = {
        "title": published.title,
        "upload_type": "software",
        "description": f"<p>{html.escape(fields.get('abstract', published.title).strip())}</p>",
        "creators": [_creator(author) for author in published.authors],
        "version": published.version,
        "publication_date": published.released.isoformat(),
        "access_right": "open",
        "license": fields.get("license", "MIT"),
        "notes": f"Code: MIT. Text and figures: {LICENCE.title}. Each table: see data/.",
        "related_identifiers": derived,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _creator(author: publication.Author) -> dict[str, str]:
    name = f"{author.family}, {author.given}" if author.given else author.family
    orcid = {"orcid": author.orcid.rsplit("/", 1)[-1]} if author.orcid else {}
    return {"name": name, **orcid}


def _build(clone: Project) -> None:
    """Build the site, and repeat every run that it shows."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "."]
    _call(
        [*command, "-W", "-n", "--keep-going"],
        clone.root,
        "the book can't be released",
        {outcomes.VARIABLE: "1"},
    )


def _call(
    command: list[str],
    folder: Path,
    complaint: str = "nothing was released",
    variables: Mapping[str, str] | None = None,
) -> None:
    """Call a program in a project's folder; its last lines say why it failed."""
    environment = {**os.environ, ROOT_VARIABLE: str(folder), "PYTHONPATH": str(folder)}
    try:
        done = subprocess.run(  # noqa: S603  (no shell)
            command,
            cwd=folder,
            env=environment | dict(variables or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        raise ReleaseError(f"{complaint}: {command[0]}: {error.strerror}") from None
    if done.returncode:
        raise ReleaseError(f"{complaint}: `{' '.join(command)}` says\n{_why(done.stdout)}")


def _why(said: str) -> str:
    """Return the lines of a failed program that say why, or its last ones."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "WARNING" in line or "rror:" in line]
    return "\n".join((telling or lines)[-_LAST_LINES:])


def _pages(site: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a site that readers may ask for, without versions released earlier."""
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site)
        if path.is_file() and name.parts[0] != "v" and name.parts[0] not in _NOT_PUBLISHED:
            yield name.as_posix(), path.read_bytes()


def bill_name(version: str) -> str:
    """Return the name of the file that lists what a version is made with."""
    return f"{version}.cdx.json"


def _documents(site: Path) -> list[str]:
    """Return the names of the pages that a site was made from; their sources stand beside them."""
    sources = site / "_sources"
    paths = [path.relative_to(sources) for path in sources.rglob("*") if path.is_file()]
    return sorted(path.with_name(path.name.partition(".")[0]).as_posix() for path in paths)


def _named(version: str, site: bytes) -> tuple[str, str, int]:
    return f"{version}.zip", digests.of(site), len(site)


def _record(clone: Project, commit: Commit, archive: Archive) -> Release:
    """Describe what the built book shows."""
    with _in(clone):
        published = publication.read(clone)
        shown = [runs.ensure(clone, runs.plan(clone, name)) for name in clone.chapter_names()]
        return Release(
            version=published.version,
            released=published.released,
            commit=commit.id,
            figures={name: figure for run in shown for name, figure in _figures(run)},
            tables={
                name: digests.of_file(clone.data / tables.describe(name).path)
                for name in tables.names()
            },
            runs=tuple(_required(clone, run) for run in shown),
            archive=archive,
        )


def _figures(run: Run) -> Iterator[tuple[str, ReleasedFigure]]:
    for name, figure in run.figures.items():
        yield name, ReleasedFigure(run.chapter, run.id, figure.title, figure.files)


def _required(clone: Project, run: Run) -> Recorded:
    """Return the record of a run that the build has reproduced."""
    known = outcomes.of_run(outcomes.read(clone), run)
    if known is None or known.outcome == "not reproduced":
        raise ReleaseError(f"run {run.id} was not reproduced, so nothing was released")
    return recorded.of_run(run)


@contextmanager
def _in(clone: Project) -> Iterator[None]:
    """Let the tables be those of the clone, which are the same, wherever we were called from."""
    before = os.environ.get(ROOT_VARIABLE)
    os.environ[ROOT_VARIABLE] = str(clone.root)
    try:
        yield
    finally:
        if before is None:
            del os.environ[ROOT_VARIABLE]
        else:
            os.environ[ROOT_VARIABLE] = before


def _files(
    project: Project, clone: Project, release: Release, attachments: Mapping[str, bytes]
) -> dict[Path, bytes]:
    """Return what a release writes; the record last."""
    lists = [f"{each.name}/{addresses.IDS_NAME}" for each in (clone.figures, clone.chapters)]
    of_clone = (publication.FILE_NAME, ZENODO_NAME, *lists)
    return {
        **{project.archives / name: content for name, content in attachments.items()},
        **{project.root / name: (clone.root / name).read_bytes() for name in of_clone},
        record.path_of(project, release.version): record.as_json(release).encode(),
    }


def _put(project: Project, files: Mapping[Path, bytes]) -> None:
    """Put all files in their places; the record comes last, and makes them a release."""
    try:
        atomic.write_all(files)
    except OSError as error:
        raise ReleaseError(
            f"{project.root} can't be written, nothing was released: {error}"
        ) from None
