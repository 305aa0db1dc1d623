"""Released versions: their records ``releases/<version>.json``, their sites, and the feed.

What archives hold is said in `overtake.publishing.contents`, how the sites get under
``/v/<version>/`` of the newest book in `overtake.publishing.assembly`.
"""

import json
import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

from lxml import etree
from lxml.builder import ElementMaker
from pydantic import ConfigDict, PlainValidator, TypeAdapter, ValidationError, ValidationInfo

from overtake.chapter.results import RecordedNumber
from overtake.core import digests
from overtake.core.errors import RecordError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing.publication import LICENCE, Publication
from overtake.runs import recorded
from overtake.runs.recorded import Digest, Recorded, RunId
from overtake.runs.runs import Run

FOLDER = "v"  # of the site, which holds the released versions
FEED_NAME = "feed.xml"
FEED_TYPE = "application/atom+xml"

_FORMATS = (1, 2)  # the second has archives of contents, see `Archive`
_STRICT = ConfigDict(extra="forbid", strict=True)
_ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class ReleasedFigure:
    """A figure as it was released: its message, and the SHA-256 of each file by name."""

    __pydantic_config__ = _STRICT

    chapter: str
    run: RunId
    title: str
    files: Mapping[str, Digest]


@dataclass(frozen=True)
class Archive:
    """What was packed of a release's site: the file's name, hash and bytes.

    `needs` names the versions whose archives hold the rest of it. It is None if the archive is
    the whole site, a file for each address, as in records of format 1.
    """

    __pydantic_config__ = _STRICT

    name: str
    sha256: Digest
    size: int
    needs: tuple[str, ...] | None = None


def _parsed(run: object, info: ValidationInfo) -> Recorded:
    return recorded.parse(run, f"the record of release {info.data.get('version')}")


@dataclass(frozen=True)
class Release:
    """A released version: its day and commit, and all that it shows."""

    __pydantic_config__ = _STRICT

    version: str
    released: date
    commit: str
    figures: Mapping[str, ReleasedFigure]  # by id
    tables: Mapping[str, Digest]  # SHA-256 of each one's file
    numbers: Mapping[str, Mapping[str, RecordedNumber]]  # by chapter and name
    verdicts: Mapping[str, Mapping[str, str]]  # by chapter and claim
    runs: tuple[Annotated[Recorded, PlainValidator(_parsed)], ...]
    archive: Archive
    reaches: Mapping[str, str] = field(default_factory=dict)  # day that each table reaches
    # What records have since citations name the version; those before are not cited from here.
    key: str = ""  # the beginning of the citations' keys
    data: str = ""  # id of the state of all data
    doi: str = ""  # "" if it has none
    shown: Mapping[str, Digest] = field(default_factory=dict)  # by id of what can be cited


@dataclass(frozen=True)
class ReleasedVersion:
    """A figure in a release."""

    version: str
    released: str  # ISO date
    run: str
    path: str  # its address there from the book's root, with a slash at its beginning; stable


def root_of(version: str) -> str:
    """Return where a version stands for good, from the book's root."""
    return f"/{FOLDER}/{version}"


def path_of(project: Project, version: str) -> Path:
    """Return where the record of a version stands."""
    return project.releases / f"{version}.json"


def read_all(project: Project) -> list[Release]:
    """Return every release, newest first."""
    found = [read(path) for path in project.releases.glob("*.json")]
    return sorted(found, key=_age, reverse=True)


def _age(release: Release) -> tuple[date, list[tuple[int, str]]]:
    """Return what orders releases: the day, and the numbers of the version as numbers."""
    parts = re.findall(r"\d+|[A-Za-z]+", release.version)
    return release.released, [(int(p), "") if p.isdigit() else (-1, p) for p in parts]


def figures_of(shown: Iterable[Run]) -> dict[str, ReleasedFigure]:
    """Return the figures of runs as a release keeps them, by id."""
    return {
        name: ReleasedFigure(run.chapter, run.id, figure.title, figure.files)
        for run in shown
        for name, figure in run.figures.items()
    }


def tables_of(project: Project) -> dict[str, str]:
    """Return the SHA-256 of each table's file, by name."""
    paths = {name: project.data / tables.describe(name).path for name in tables.names()}
    return {name: digests.of_file(path) for name, path in paths.items()}


def cited_numbers(release: Release) -> list[str]:
    """Return the ids of the headline numbers that have a page in a release, and so a citation."""
    return [name for name in release.shown if "/" in name]


def _archive(archive: Archive) -> dict[str, object]:
    """Describe an archive, as the format of its record does."""
    described = asdict(archive)
    if archive.needs is None:
        del described["needs"]
    return described


def versions(released: Iterable[Release], ids: Collection[str]) -> list[ReleasedVersion]:
    """Return those of the releases that have a figure, under one of its ids, in their order."""
    return [
        ReleasedVersion(each.version, each.released.isoformat(), each.figures[name].run,
                        f"{root_of(each.version)}/figures/{name}/")
        for each in released for name in ids if name in each.figures
    ]  # fmt: skip


def read(path: Path) -> Release:
    """Read the record of a release."""
    content = recorded.read_json(path)
    if not isinstance(content, dict) or content.pop("format", None) not in _FORMATS:
        known = " or ".join(map(str, _FORMATS))
        raise RecordError(f"{path} is damaged in field format: it is not {known}")
    try:
        release = TypeAdapter(Release).validate_json(json.dumps(content))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the whole"
        raise RecordError(f"{path} is damaged in field {field}: {first['msg'].lower()}") from None
    if release.version != path.stem:
        raise RecordError(f"{path} is damaged in field version: it says {release.version!r}")
    return release


def as_json(release: Release) -> str:
    """Write a record, the same for the same release."""
    content = {
        "format": _FORMATS[release.archive.needs is not None],
        "version": release.version,
        "released": release.released.isoformat(),
        "commit": release.commit,
        "key": release.key,
        "data": release.data,
        "doi": release.doi,
        "archive": _archive(release.archive),
        "figures": {name: asdict(figure) for name, figure in sorted(release.figures.items())},
        "tables": dict(sorted(release.tables.items())),
        "reaches": dict(sorted(release.reaches.items())),
        "numbers": {
            chapter: {name: asdict(number) for name, number in sorted(numbers.items())}
            for chapter, numbers in sorted(release.numbers.items())
        },
        "verdicts": {name: dict(found) for name, found in sorted(release.verdicts.items())},
        "runs": [recorded.as_record(run) for run in release.runs],
        "shown": dict(sorted(release.shown.items())),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def feed(releases: Sequence[Release], published: Publication) -> bytes:
    """Write the feed of releases, newest first, as Atom (RFC 4287); nothing in it is today's.

    Identities depend on the book's name and the version alone, so that a feed reader knows an
    entry again wherever the book stands.
    """
    atom = ElementMaker(namespace=_ATOM, nsmap={None: _ATOM})

    def link(rel: str, path: str, type: str) -> etree._Element:
        href = f"{published.site}/{path}" if published.site else path
        return atom.link(rel=rel, href=href, type=type)

    def entry(release: Release, before: Release | None) -> etree._Element:
        return atom.entry(
            atom.id(_identity(published.short_title, release.version)),
            atom.title(f"{published.short_title} {release.version}"),
            atom.updated(_moment(release.released)),
            atom.published(_moment(release.released)),
            link("alternate", f"{FOLDER}/{release.version}/index.html", "text/html"),
            atom.summary(summary(release, before)),
        )

    root = atom.feed(
        atom.id(_identity(published.short_title)),
        atom.title(published.title),
        atom.updated(_moment(releases[0].released if releases else published.released)),
        link("self", FEED_NAME, FEED_TYPE),
        link("alternate", "index.html", "text/html"),
        *(atom.author(atom.name(author.name)) for author in published.authors),
        atom.rights(LICENCE.title),
        *map(entry, releases, [*releases[1:], None]),
        {_LANGUAGE: "en"},
    )
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def summary(release: Release, before: Release | None) -> str:
    """Return what a release holds, and which of its figures say something else than before."""
    now = release.figures
    held = f"{len(now)} figures of {len(release.runs)} runs, {len(release.tables)} tables."
    if before is None:
        return f"First edition: {held}"
    then = before.figures
    retold = [name for name in now.keys() & then.keys() if now[name].title != then[name].title]
    return (
        f"{held} Since {before.version}: {len(now.keys() - then.keys())} figures are new, "
        f"{len(then.keys() - now.keys())} are gone, {len(retold)} say something else."
    )


def _identity(*parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, "\n".join(parts)).urn


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
