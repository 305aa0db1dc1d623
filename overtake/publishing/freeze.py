"""Freeze a version: check, build the site, and write the release.

Everything is made in a clone of the commit. The checkout is touched only at
the end: each file appears in its place whole, the record of the release last.
Without it there is no release, and git has all that stood there before.
"""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from overtake.core import atomic, digests, plain_yaml
from overtake.core.errors import PublicationError
from overtake.core.paths import ROOT_VARIABLE, Project
from overtake.data import tables
from overtake.publishing import history, materials, publication, releases
from overtake.publishing import published as addresses
from overtake.publishing.citations import references
from overtake.publishing.history import Commit
from overtake.publishing.publication import LICENCE
from overtake.publishing.releases import Archive, Release, ReleasedFigure
from overtake.publishing.verification import outcomes
from overtake.runs import recorded, runs
from overtake.runs.recorded import Recorded
from overtake.runs.runs import Run

ZENODO_NAME = ".zenodo.json"
"""What Zenodo reads when it archives a release."""

_CHECKS = ["make", "check"]
_LAST_LINES = 15
_NOT_PUBLISHED = (".doctrees", ".buildinfo", ".lock")
_HIDDEN = shutil.ignore_patterns(".*")


def freeze(project: Project, version: str, day: date) -> Release:
    """Release a version: its day is the date of every citation.

    Written are ``CITATION.cff``, ``.zenodo.json``, ``published.txt`` of figures
    and chapters, ``_build/releases/<version>.zip`` and ``<version>.cdx.json``,
    and ``releases/<version>.json``.

    Raises
    ------
    PublicationError
        If the version exists, a file is not committed, a check fails, a licence
        is not allowed, the book can't be built, or a run is not reproduced.
        Nothing was written then.
    PublicationError
        If a published figure is gone without a redirect. Nothing was written then.
    """
    commit = _require_releasable(project, version, day)
    _call(_CHECKS, project.root, "the checks fail, so nothing was released", {})
    project.archives.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".making-", dir=project.archives) as folder:
        clone = _clone(project, Path(folder) / "book")
        _write_citation(clone, version, day)
        bill = materials.bill(clone)
        _build(clone)
        site = digests.pack(dict(_pages(clone.site)))
        archive = Archive(f"{version}.zip", digests.of(site), len(site))
        release = _record(clone, commit, archive)
        addresses.freeze(clone, release.figures)
        addresses.freeze_pages(clone, _documents(clone.site))
        if _require_releasable(project, version, day) != commit:
            raise PublicationError(f"another commit than {commit.short} is checked out by now")
        attachments = {archive.name: site, f"{version}.cdx.json": bill.encode()}
        _put(project, _files(project, clone, release, attachments))
    return release


def _require_releasable(project: Project, version: str, day: date) -> Commit:
    """Return the commit, or refuse what can be refused before anything is done."""
    publication.require_version(version, "version")
    before = releases.read_all(project)
    if version in {release.version for release in before} or version in history.tags(project):
        raise PublicationError(
            f"version {version} exists already; a released version never changes"
        )
    if before and day < before[0].released:
        newest = before[0]
        raise PublicationError(
            f"{day} lies before the release of {newest.version} on {newest.released}"
        )
    commit, changed = history.head(project), history.changes(project)
    if commit is None or changed is None:
        raise PublicationError("a release is made from a commit, but this is no git repository")
    if changed:
        raise PublicationError(
            f"these files are not as committed: {', '.join(sorted(changed))}; commit them, or "
            "`git restore` and `git clean` them, then release"
        )
    return commit


def _clone(project: Project, folder: Path) -> Project:
    """Return the commit in a folder of its own, with the finished runs of this one."""
    _call(["git", "clone", "--quiet", "--shared", str(project.root), str(folder)],
          project.root, "nothing was released", {})  # fmt: skip
    clone = Project(folder)
    if project.runs.is_dir():
        shutil.copytree(project.runs, clone.runs, copy_function=os.link, ignore=_HIDDEN)
    return clone


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
    keys = dict.fromkeys(key for name in tables.names() for key in tables.describe(name).sources)
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
    strict = ["-W", "-n", "--keep-going"]
    verifying = {outcomes.VARIABLE: "1"}
    _call([*command, *strict], clone.root, "the book can't be released", verifying)


def _call(command: list[str], folder: Path, complaint: str, variables: Mapping[str, str]) -> None:
    """Call a program in a project's folder; its last lines say why it failed."""
    here = {ROOT_VARIABLE: str(folder), "PYTHONPATH": str(folder)}
    try:
        done = subprocess.run(  # noqa: S603  (no shell)
            command,
            cwd=folder,
            env={**os.environ, **here, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        raise PublicationError(f"{complaint}: {command[0]}: {error.strerror}") from None
    if done.returncode:
        raise PublicationError(f"{complaint}: `{' '.join(command)}` says\n{_why(done.stdout)}")


def _why(said: str) -> str:
    """Return the lines of a failed program that say why, or its last ones."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "WARNING" in line or "rror:" in line]
    return "\n".join((telling or lines)[-_LAST_LINES:])


def _pages(site: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a site that readers may ask for."""
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site)
        if path.is_file() and name.parts[0] not in _NOT_PUBLISHED:
            yield name.as_posix(), path.read_bytes()


def _documents(site: Path) -> list[str]:
    """Return the names of the pages that a site was made from; their sources stand beside them."""
    sources = site / "_sources"
    paths = [path.relative_to(sources) for path in sources.rglob("*") if path.is_file()]
    return sorted(path.with_name(path.name.partition(".")[0]).as_posix() for path in paths)


def _record(clone: Project, commit: Commit, archive: Archive) -> Release:
    """Describe what the built book shows."""
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
        raise PublicationError(f"run {run.id} was not reproduced, so nothing was released")
    return recorded.of_run(run)


def _files(
    project: Project, clone: Project, release: Release, attachments: Mapping[str, bytes]
) -> dict[Path, bytes]:
    """Return what a release writes; the record last."""
    lists = [f"{each.name}/{addresses.IDS_NAME}" for each in (clone.figures, clone.chapters)]
    of_clone = (publication.FILE_NAME, ZENODO_NAME, *lists)
    return {
        **{project.archives / name: content for name, content in attachments.items()},
        **{project.root / name: (clone.root / name).read_bytes() for name in of_clone},
        releases.path_of(project, release.version): releases.as_json(release).encode(),
    }


def _put(project: Project, files: Mapping[Path, bytes]) -> None:
    """Put all files in their places; the record comes last, and makes them a release."""
    try:
        atomic.write_all(files)
    except OSError as error:
        raise PublicationError(
            f"{project.root} can't be written, so nothing was released: {error}. "
            f"`git restore .` and `git clean -f` in {project.root} bring back what stood there"
        ) from None
