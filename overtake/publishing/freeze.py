"""Freeze a version: check, build the site, and write the release.

Everything is made in a clone of the commit. The checkout is touched only at the end, the
record of the release last: without it there is no release.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from subprocess import PIPE, STDOUT, CalledProcessError
from tempfile import TemporaryDirectory

from overtake.core import atomic, digests
from overtake.core.errors import PublicationError
from overtake.core.paths import ROOT_VARIABLE, Project
from overtake.data import tables
from overtake.publishing import (
    assembly,
    contents,
    deposit,
    history,
    materials,
    publication,
    published,
    releases,
    vintages,
)
from overtake.publishing.citations import edition
from overtake.publishing.citations.catalogue import BOOK, Catalogue
from overtake.publishing.contents import Packed
from overtake.publishing.history import Commit
from overtake.publishing.releases import Archive, Release
from overtake.publishing.verification import outcomes
from overtake.runs import pools, runs

_LAST_LINES = 15
_NOT_PUBLISHED = (".doctrees", ".buildinfo", ".lock")


def freeze(project: Project, version: str, day: date) -> Release:
    """Release a version: its day is the date of every citation.

    Written are ``CITATION.cff``, ``.zenodo.json``, ``published.txt`` of figures, tables, numbers
    and chapters, ``_build/releases/<version>.zip``, ``<version>.cdx.json`` and
    ``<version>.datacite.json``, and ``releases/<version>.json``. Nothing is written if the version
    exists, ``CITATION.cff`` gives no address, a file is not committed, a check fails, a licence is
    not allowed, the book can't be built, a run is not reproduced, or a published figure is gone
    without a redirect.
    """
    commit = _require_releasable(project, version, day)
    earlier = assembly.at_hand(releases.read_all(project), project.archives)
    _call(["make", "check"], project.root, "the checks fail, so nothing was released")
    project.archives.mkdir(parents=True, exist_ok=True)
    busy = PublicationError(
        f"another release is being made in {project.root}; call this again when it is done"
    )
    with (
        atomic.alone(project.archives, busy),
        TemporaryDirectory(prefix=".making-", dir=project.archives) as folder,
    ):
        clone = _clone(project, Path(folder) / "book")
        _write_citation(clone, version, day)
        bill = materials.bill(clone)
        _build(clone, version)
        packed = _pack(project, earlier, clone.site, Path(folder) / "contents")
        release = _record(clone, commit, _described(version, packed))
        published.read(clone).freeze(release.figures)
        published.read_tables(clone).freeze(release.tables)
        published.read_numbers(clone).freeze(releases.cited_numbers(release))
        published.read_pages(clone).freeze(_documents(clone.site))
        if _require_releasable(project, version, day) != commit:
            raise PublicationError(f"another commit than {commit.short} is checked out by now")
        folders = (
            clone.figures.name, published.DATA_FOLDER, published.NUMBERS_FOLDER,
            clone.chapters.name,
        )  # fmt: skip
        lists = [f"{folder}/{published.IDS_NAME}" for folder in folders]
        made = (publication.FILE_NAME, deposit.ZENODO_NAME, *lists)
        described = (clone.site / deposit.DATACITE_NAME).read_bytes()
        _put(project, {
            project.archives / release.archive.name: packed.content,
            project.archives / f"{version}.cdx.json": bill.encode(),
            project.archives / f"{version}.{deposit.DATACITE_NAME}": described,
            **{project.root / name: (clone.root / name).read_bytes() for name in made},
            releases.path_of(project, version): releases.as_json(release).encode(),
        })  # fmt: skip
    return release


def _require_releasable(project: Project, version: str, day: date) -> Commit:
    """Return the commit, or refuse what can be refused before anything is done."""
    publication.require_version(version, "version")
    before = releases.read_all(project)
    known = {release.version for release in before}
    if version in known or history.git(project, "rev-parse", "--verify", f"refs/tags/{version}"):
        raise PublicationError(
            f"version {version} exists already; a released version never changes"
        )
    if before and day < before[0].released:
        newest = f"release of {before[0].version} on {before[0].released}"
        raise PublicationError(f"{day} lies before the {newest}")
    _require_address(project, before)
    commit, changed = history.head(project), history.changes(project)
    if commit is None or changed is None:
        raise PublicationError("a release is made from a commit, but this is no git repository")
    if changed:
        raise PublicationError(
            f"these files are not as committed: {', '.join(sorted(changed))}; commit them, or "
            "`git restore` and `git clean` them, then release"
        )
    return commit


def _require_address(project: Project, before: Sequence[Release]) -> None:
    """Refuse a release that nobody could link to, or that would have another one's DOI."""
    said = publication.read(project, {})
    if missing := [
        f"`{name}: https://…`, {meaning}"
        for name, meaning, address in (
            ("url", "where the book will stand", said.site),
            ("repository-code", "where its repository is", said.repository),
        )
        if address is None
    ]:
        raise PublicationError(
            "a released version never changes, so it must know its addresses: write into "
            f"{publication.FILE_NAME} {' and '.join(missing)}"
        )
    for release in before:
        if said.doi and release.doi == said.doi:
            raise PublicationError(
                f"{publication.FILE_NAME}: doi {said.doi} is that of version {release.version}; "
                "reserve one for this version, or take it out"
            )


def _clone(project: Project, folder: Path) -> Project:
    """Return the commit in a folder of its own, with the finished runs of this one."""
    _call(["git", "clone", "--quiet", "--shared", str(project.root), str(folder)],
          project.root, "nothing was released")  # fmt: skip
    clone = Project(folder)
    if project.runs.is_dir():
        shutil.copytree(project.runs, clone.runs, copy_function=os.link,
                        ignore=shutil.ignore_patterns(".*"))  # fmt: skip
    return clone


def _write_citation(clone: Project, version: str, day: date) -> None:
    """Set version and date in ``CITATION.cff``, leave all else as it stands, and tell Zenodo.

    They stand there once, and once more in the report's entry, if it gives them.
    """
    path = clone.root / publication.FILE_NAME
    text = path.read_text(encoding="utf-8")
    for name, value in (("version", version), ("date-released", day.isoformat())):
        own = re.findall(rf"(?m)^{name}:", text)
        if len(own) != 1:
            raise PublicationError(f"{path}: {name} must stand there once, on a line of its own")
        text = re.sub(rf"(?m)^( *){name}:.*$", rf"\g<1>{name}: {value}", text)
    path.write_text(text, encoding="utf-8")
    said = publication.read(clone, {})
    (clone.root / deposit.ZENODO_NAME).write_text(deposit.zenodo(said, clone), encoding="utf-8")


def _build(clone: Project, version: str) -> None:
    """Build the site at the book's own addresses, and repeat every run that it shows."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "."]
    strict = ["-W", "-n", "--keep-going"]
    variables = {
        outcomes.VARIABLE: "1",
        publication.RELEASE_VARIABLE: version,
        publication.SITE_VARIABLE: "",
        publication.REPOSITORY_VARIABLE: "",
    }
    _call([*command, *strict], clone.root, "the book can't be released", **variables)


def _call(command: list[str], folder: Path, complaint: str, **variables: str) -> None:
    """Call a program in a project's folder; if it fails, the lines that say why, or its last."""
    here = {ROOT_VARIABLE: str(folder), "PYTHONPATH": str(folder)}
    environment = {**os.environ, **here, **variables}
    try:
        subprocess.run(  # noqa: S603  (no shell)
            command, cwd=folder, env=environment, stdout=PIPE, stderr=STDOUT, text=True, check=True
        )
    except OSError as error:
        raise PublicationError(f"{complaint}: {command[0]}: {error.strerror}") from None
    except CalledProcessError as error:
        lines = [line.strip() for line in error.stdout.splitlines() if line.strip()]
        telling = [line for line in lines if "WARNING" in line or "rror:" in line]
        why = "\n".join((telling or lines)[-_LAST_LINES:])
        raise PublicationError(f"{complaint}: `{' '.join(command)}` says\n{why}") from None


def _pack(project: Project, earlier: Sequence[Release], site: Path, folder: Path) -> Packed:
    """Pack what a site has that none of the earlier releases has, whose archives are at hand.

    The archive is taken apart again, so that none is released which can't be.
    """
    archive = folder.with_name("archive.zip")
    try:
        known = assembly.gather(earlier, project.archives, folder)
        packed = contents.pack(dict(files_of(site)), known, earlier[-1].version if earlier else "")
        archive.write_bytes(packed.content)
        known.add("this", archive)
    except OSError as error:
        raise PublicationError(
            f"{folder} can't be written, so nothing was released: {error}"
        ) from None
    return packed


def _described(version: str, packed: Packed) -> Archive:
    content = packed.content
    return Archive(f"{version}.zip", digests.of(content), len(content), packed.needs)


def files_of(site: Path) -> Iterator[tuple[str, bytes]]:
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
    said = replace(publication.read(clone, {}), is_being_released=True)
    shown = [pools.ensure(clone, runs.plan(clone, name)) for name in clone.chapter_names()]
    verified = outcomes.read(clone)
    for run in shown:
        known = outcomes.of_run(verified, run)
        if known is None or known.outcome == "not reproduced":
            raise PublicationError(f"run {run.id} was not reproduced, so nothing was released")
    catalogue = Catalogue.of_runs(clone, said, {run.chapter: run for run in shown})
    return Release(
        version=said.version,
        released=said.released,
        commit=commit.id,
        figures=releases.figures_of(shown),
        tables=releases.tables_of(clone),
        numbers={run.chapter: run.results.numbers for run in shown},
        verdicts={
            run.chapter: {name: each.verdict for name, each in sorted(run.results.claims.items())}
            for run in shown
        },
        runs=tuple(run.record for run in shown),
        archive=archive,
        reaches=tables.reaches(),
        key=edition.of(catalogue.find(BOOK), said, clone).key,
        data=vintages.current(clone).id,
        doi=said.doi,
        shown={name: catalogue.find(name).shows for name in catalogue.ids},
    )


def _put(project: Project, files: Mapping[Path, bytes]) -> None:
    """Put all files in their places; the record comes last, and makes them a release."""
    try:
        atomic.write_all(files)
    except OSError as error:
        raise PublicationError(
            f"{project.root} can't be written, so nothing was released: {error}. "
            f"`git restore .` and `git clean -f` in {project.root} bring back what stood there"
        ) from None
