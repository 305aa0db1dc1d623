"""Freeze a version: check, build the site, and write the release.

Everything is made in a clone of the commit. The checkout is touched only at the end, the
record of the release last: without it there is no release.
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
from subprocess import PIPE, STDOUT, CalledProcessError
from tempfile import TemporaryDirectory

from overtake.core import atomic, digests, plain_yaml
from overtake.core.errors import PublicationError
from overtake.core.paths import ROOT_VARIABLE, Project
from overtake.data import tables
from overtake.publishing import history, materials, publication, published, releases
from overtake.publishing.citations.catalogue import references_of
from overtake.publishing.citations.kinds import ZENODO
from overtake.publishing.history import Commit
from overtake.publishing.publication import LICENCE
from overtake.publishing.releases import Archive, Release
from overtake.publishing.verification import outcomes
from overtake.runs import pools, runs

ZENODO_NAME = ".zenodo.json"  # what Zenodo reads when it archives a release
_LAST_LINES = 15
_NOT_PUBLISHED = (".doctrees", ".buildinfo", ".lock")


def freeze(project: Project, version: str, day: date) -> Release:
    """Release a version: its day is the date of every citation.

    Written are ``CITATION.cff``, ``.zenodo.json``, ``published.txt`` of figures and chapters,
    ``_build/releases/<version>.zip`` and ``<version>.cdx.json``, and ``releases/<version>.json``.
    Nothing is written if the version exists, a file is not committed, a check fails, a licence
    is not allowed, the book can't be built, a run is not reproduced, or a published figure is
    gone without a redirect.
    """
    commit = _require_releasable(project, version, day)
    _call(["make", "check"], project.root, "the checks fail, so nothing was released")
    project.archives.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".making-", dir=project.archives) as folder:
        clone = _clone(project, Path(folder) / "book")
        _write_citation(clone, version, day)
        bill = materials.bill(clone)
        _build(clone)
        site = digests.pack(dict(_pages(clone.site)))
        archive = Archive(f"{version}.zip", digests.of(site), len(site))
        release = _record(clone, commit, archive)
        published.read(clone).freeze(release.figures)
        published.read_pages(clone).freeze(_documents(clone.site))
        if _require_releasable(project, version, day) != commit:
            raise PublicationError(f"another commit than {commit.short} is checked out by now")
        lists = [f"{each.name}/{published.IDS_NAME}" for each in (clone.figures, clone.chapters)]
        made = (publication.FILE_NAME, ZENODO_NAME, *lists)
        _put(project, {
            project.archives / archive.name: site,
            project.archives / f"{version}.cdx.json": bill.encode(),
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
          project.root, "nothing was released")  # fmt: skip
    clone = Project(folder)
    if project.runs.is_dir():
        shutil.copytree(project.runs, clone.runs, copy_function=os.link,
                        ignore=shutil.ignore_patterns(".*"))  # fmt: skip
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
    said = publication.read(clone)
    fields = plain_yaml.read(clone.root / publication.FILE_NAME, PublicationError)
    keys = dict.fromkeys(key for name in tables.names() for key in tables.describe(name).sources)
    derived = [
        {
            "identifier": source.address,
            "relation": "isDerivedFrom",
            "resource_type": ZENODO[source.kind],
        }
        for source in references_of(clone, list(keys))
        if source.address
    ]
    content = {
        "title": said.title,
        "upload_type": "software",
        "description": f"<p>{html.escape(fields.get('abstract', said.title).strip())}</p>",
        "creators": [_creator(author) for author in said.authors],
        "version": said.version,
        "publication_date": said.released.isoformat(),
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
    _call([*command, *strict], clone.root, "the book can't be released", **{outcomes.VARIABLE: "1"})


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
    said = publication.read(clone)
    shown = [pools.ensure(clone, runs.plan(clone, name)) for name in clone.chapter_names()]
    verified = outcomes.read(clone)
    for run in shown:
        known = outcomes.of_run(verified, run)
        if known is None or known.outcome == "not reproduced":
            raise PublicationError(f"run {run.id} was not reproduced, so nothing was released")
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
