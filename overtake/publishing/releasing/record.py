"""The record of a released version, which git keeps in ``releases/<version>.json``."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from overtake.core.errors import RecordError
from overtake.core.paths import Project
from overtake.runs import recorded
from overtake.runs.recorded import Digest, Recorded, RunId

_FORMAT = 1
LOCK = "release"
"""Name of the lock that a release under way holds, among those of runs."""


@dataclass(frozen=True)
class ReleasedFigure:
    """A figure as it was released.

    Attributes
    ----------
    chapter, run : str
        The chapter's name and the run's id.
    title : str
        The figure's message.
    files : mapping of str to str
        SHA-256 of each file as the run wrote it, by file name.
    """

    chapter: str
    run: str
    title: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Archive:
    """The packed site of a release.

    Attributes
    ----------
    name : str
        The file's name.
    sha256 : str
        Its hash.
    size : int
        Its bytes.
    """

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Release:
    """A released version.

    Attributes
    ----------
    version : str
        The version.
    released : datetime.date
        The day of the release.
    commit : str
        The commit that it was made from.
    figures : mapping of str to ReleasedFigure
        Every released figure, by id.
    tables : mapping of str to str
        SHA-256 of each table's file, by name.
    runs : tuple of Recorded
        The records of the runs that the book shows.
    archive : Archive
        The packed site.
    """

    version: str
    released: date
    commit: str
    figures: Mapping[str, ReleasedFigure]
    tables: Mapping[str, str]
    runs: tuple[Recorded, ...]
    archive: Archive

    def run(self, id: str) -> Recorded | None:
        """Return the record of a run, if the release has it."""
        return next((run for run in self.runs if run.id == id), None)


@dataclass(frozen=True)
class ReleasedVersion:
    """A figure in a release: its version, ISO date and run, and the figure's address there.

    The address starts at the book's root with a slash, and never changes.
    """

    version: str
    released: str
    run: str
    path: str


def path_of(project: Project, version: str) -> Path:
    """Return where the record of a version stands."""
    return project.releases / f"{version}.json"


def read_all(project: Project) -> list[Release]:
    """Return every release, newest first.

    Raises
    ------
    RecordError
        If a record is damaged; names file and field.
    """
    found = [read(path) for path in sorted(project.releases.glob("*.json"))]
    return sorted(found, key=lambda release: (release.released, release.version), reverse=True)


def versions(releases: Iterable[Release], id: str) -> list[ReleasedVersion]:
    """Return those of the releases that have a figure, in their order."""
    return [
        ReleasedVersion(
            version=release.version,
            released=release.released.isoformat(),
            run=release.figures[id].run,
            path=f"/v/{release.version}/figures/{id}/",
        )
        for release in releases
        if id in release.figures
    ]


def read(path: Path) -> Release:
    """Read the record of a release.

    Raises
    ------
    RecordError
        If it is damaged; names the field or the place in the file.
    """
    try:
        raw = _Release.model_validate_json(json.dumps(recorded.read_json(path)))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the whole"
        raise RecordError(f"{path} is damaged in field {field}: {first['msg'].lower()}") from None
    if raw.version != path.stem:
        raise RecordError(f"{path} is damaged in field version: it says {raw.version!r}")
    place = f"the record of release {raw.version}"
    return Release(
        version=raw.version,
        released=raw.released,
        commit=raw.commit,
        figures={name: ReleasedFigure(**dict(figure)) for name, figure in raw.figures.items()},
        tables=raw.tables,
        runs=tuple(recorded.parse(run, place) for run in raw.runs),
        archive=Archive(**dict(raw.archive)),
    )


def as_json(release: Release) -> str:
    """Write a record, the same for the same release."""
    content = {
        "format": _FORMAT,
        "version": release.version,
        "released": release.released.isoformat(),
        "commit": release.commit,
        "archive": asdict(release.archive),
        "figures": {name: asdict(figure) for name, figure in sorted(release.figures.items())},
        "tables": dict(sorted(release.tables.items())),
        "runs": [recorded.as_record(run) for run in release.runs],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Figure(_Strict):
    chapter: str
    run: RunId
    title: str
    files: dict[str, Digest]


class _Archive(_Strict):
    name: str
    sha256: Digest
    size: int


class _Release(_Strict):
    format: int
    version: str
    released: date
    commit: str
    archive: _Archive
    figures: dict[str, _Figure]
    tables: dict[str, Digest]
    runs: list[dict[str, Any]]
