"""Runs as they stand on record: what went into each, and the hash of all that came out.

Records come from the store, from a release, or from a file that anyone may
have made; they are checked before anything is done with them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from overtake.core import digests
from overtake.core.errors import ProjectError, RecordError, ReferenceToRunError
from overtake.core.paths import Project
from overtake.runs.runs import FORMAT, RECORD_NAME, Run, RunInputs, read_record

_FILE_NAME = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_SHORTEST_PREFIX = 4
_HEXADECIMAL = re.compile("[0-9a-f]+")


@dataclass(frozen=True)
class Recorded:
    """A run on record.

    Attributes
    ----------
    inputs : RunInputs
        What the run was made from.
    outputs : mapping of str to str
        SHA-256 of each file that it wrote, by its path in the run's folder.
    place : str
        Where the record stands, in words.
    folder : pathlib.Path or None
        Folder that holds the files themselves, if they are at hand.
    """

    inputs: RunInputs
    outputs: Mapping[str, str]
    place: str
    folder: Path | None = None

    @property
    def id(self) -> str:
        """The run's identity."""
        return self.inputs.id

    @property
    def figures(self) -> tuple[str, ...]:
        """Ids of the run's figures."""
        paths = map(Path, self.outputs)
        return tuple(sorted({path.stem for path in paths if path.parent.name == "figures"}))

    def damaged_files(self) -> list[str]:
        """Return the files at hand that are missing or not what the record says."""
        if self.folder is None:
            return []
        return [
            name
            for name, recorded in self.outputs.items()
            if digests.of_file(self.folder / name) != recorded
        ]


def of_run(run: Run) -> Recorded:
    """Return the record of a run in the store; a `RecordError` names what is damaged."""
    return of_folder(run.folder, f"run {run.id} of the store")


def of_folder(folder: Path, place: str) -> Recorded:
    """Return the record that stands in a folder beside the run's files."""
    path = folder / RECORD_NAME
    found = parse(read_json(path), str(path))
    return Recorded(found.inputs, found.outputs, place, folder)


def parse(content: object, place: str) -> Recorded:
    """Check a record that was read at a place, which messages name.

    Raises
    ------
    RecordError
        If a field is missing or not as it must be, or the id is not the hash
        of the inputs.
    """
    try:
        record = _Record.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the whole"
        raise RecordError(f"{place} is damaged in field {field}: {first['msg'].lower()}") from None
    inputs = RunInputs(**record.inputs.model_dump())
    if inputs.id != record.id:
        raise RecordError(
            f"{place} is damaged: its field id is {record.id}, but its inputs are those of run "
            f"{inputs.id}, so one of the fields id and inputs was changed"
        )
    return Recorded(inputs, record.outputs, place)


def as_record(recorded: Recorded) -> dict[str, Any]:
    """Return a record as `parse` reads it."""
    return {
        "format": FORMAT,
        "id": recorded.id,
        "inputs": asdict(recorded.inputs),
        "outputs": dict(recorded.outputs),
    }


def read_json(path: Path) -> Any:  # noqa: ANN401  (whatever the file holds)
    """Read a JSON file of ours; say where it is damaged.

    Raises
    ------
    RecordError
        If it is not there, no UTF-8 or no JSON.
    """
    try:
        return read_record(path)
    except ProjectError as error:
        raise RecordError(str(error)) from None
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror}") from None


def all_runs(project: Project) -> Iterator[Run]:
    """Yield every finished run, newest first."""
    return _whole(project, "*")


def starting_with(project: Project, prefix: str) -> list[str]:
    """Return the ids of the finished runs whose ids start so, sorted; others are not read."""
    if not _HEXADECIMAL.fullmatch(prefix):
        return []
    return sorted(run.id for run in _whole(project, f"{prefix}*"))


def of_chapter(project: Project, chapter: str) -> list[Run]:
    """Return the finished runs of a chapter, newest first."""
    return [run for run in all_runs(project) if run.chapter == chapter]


def by_prefix(project: Project, prefix: str) -> Run:
    """Return the one run whose id starts with `prefix`.

    Raises
    ------
    ReferenceToRunError
        If there is none, more than one, or the prefix is too short to mean one.
    """
    if len(prefix) < _SHORTEST_PREFIX:
        raise ReferenceToRunError(
            f"{prefix!r}: a run is named by at least {_SHORTEST_PREFIX} characters of its id"
        )
    found = starting_with(project, prefix)
    if not found:
        raise ReferenceToRunError(f"no run in the store has an id that starts with {prefix!r}")
    if len(found) > 1:
        raise ReferenceToRunError(f"{prefix!r} may be any of the runs {', '.join(found)}")
    return Run(project.runs / found[0])


def _whole(project: Project, name: str) -> Iterator[Run]:
    records = sorted(
        project.runs.glob(f"{name}/{RECORD_NAME}"), key=lambda path: (-path.stat().st_mtime, path)
    )
    return (Run(path.parent) for path in records if _is_readable(Run(path.parent)))


def _is_readable(run: Run) -> bool:
    try:
        return of_run(run).id == run.id
    except RecordError:
        return False


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in hexadecimal digits."""
RunId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""The identity of a run."""


_Path = Annotated[str, Field(pattern=rf"^({_FILE_NAME}/)*{_FILE_NAME}$")]
"""A path that stays within the folder it is relative to: no part starts with a dot."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Inputs(_Strict):
    chapter: Annotated[str, Field(pattern=rf"^{_FILE_NAME}$")]
    parameters: dict[str, Any]
    source: Digest
    tables: dict[str, Digest]
    modules: dict[_Path, Digest]
    lock: Digest
    python: Annotated[str, Field(pattern=r"^\d+\.\d+$")]


class _Record(_Strict):
    format: Annotated[int, Field(ge=FORMAT, le=FORMAT)]
    id: RunId
    inputs: _Inputs
    outputs: dict[_Path, Digest]
