"""Runs as they stand on record: what went into each, and the hash of all that came out.

Records come from the store, from a release, or from a file that anyone may
have made; they are checked before anything is done with them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from overtake.core import digests
from overtake.core.errors import RecordError

RECORD_NAME = "run.json"
FORMAT = 2
"""Version of the record's form; part of every run's identity."""
_ID_CHARACTERS = 16
_FILE_NAME = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in hexadecimal digits."""
RunId = Annotated[str, Field(pattern=rf"^[0-9a-f]{{{_ID_CHARACTERS}}}$")]
"""The identity of a run."""
_Path = Annotated[str, Field(pattern=rf"^({_FILE_NAME}/)*{_FILE_NAME}$")]
"""A path that stays within the folder it is relative to: no part starts with a dot."""


@dataclass(frozen=True)
class RunInputs:
    """Everything that a run's outcome depends on.

    Parameters are complete and typed; `source` is the SHA-256 of the notebook's code cells,
    and tables (with their schemas), local modules and the lock file have theirs. Python is
    a minor version, for instance ``3.11``.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    chapter: Annotated[str, Field(pattern=rf"^{_FILE_NAME}$")]
    parameters: dict[str, Any]
    source: Digest
    tables: dict[str, Digest]
    modules: dict[_Path, Digest]
    lock: Digest
    python: Annotated[str, Field(pattern=r"^\d+\.\d+$")]

    @cached_property
    def id(self) -> str:
        """The run's identity: a hash of all inputs."""
        content = {field.name: getattr(self, field.name) for field in fields(self)}
        text = json.dumps([FORMAT, content], sort_keys=True, allow_nan=False)
        return digests.of(text.encode())[:_ID_CHARACTERS]


@dataclass(frozen=True)
class Recorded:
    """A run on record.

    `outputs` has the SHA-256 of each file that it wrote, by its path in the run's folder;
    `place` says in words where the record stands; `folder` holds the files, if at hand.
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


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Annotated[int, Field(strict=True, ge=FORMAT, le=FORMAT)]
    id: RunId
    inputs: RunInputs
    outputs: dict[_Path, Digest]


def of_folder(folder: Path, place: str) -> Recorded:
    """Return the record that stands in a folder beside the run's files."""
    path = folder / RECORD_NAME
    return replace(parse(read_json(path), str(path)), place=place, folder=folder)


def parse(content: object, place: str) -> Recorded:
    """Check a record that was read at a place; a `RecordError` names it and the field."""
    try:
        record = _Record.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the whole"
        raise RecordError(f"{place} is damaged in field {field}: {first['msg'].lower()}") from None
    if record.inputs.id != record.id:
        raise RecordError(
            f"{place} is damaged: its field id is {record.id}, but its inputs are those of run "
            f"{record.inputs.id}, so one of the fields id and inputs was changed"
        )
    return Recorded(record.inputs, record.outputs, place)


def as_record(recorded: Recorded) -> dict[str, Any]:
    """Return a record as `parse` reads it."""
    return {
        "format": FORMAT,
        "id": recorded.id,
        "inputs": asdict(recorded.inputs),
        "outputs": dict(recorded.outputs),
    }


def as_text(recorded: Recorded) -> str:
    """Return a record as it stands beside its run's files."""
    return json.dumps(as_record(recorded), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write(inputs: RunInputs, folder: Path) -> None:
    """Write, beside a run's files, what went into it and the hash of each file."""
    outputs = {
        path.relative_to(folder).as_posix(): digests.of(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    text = as_text(Recorded(inputs, outputs, place=str(folder)))
    (folder / RECORD_NAME).write_text(text, encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Read names with values from a JSON file of ours; a `RecordError` says where it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise RecordError(f"{path} is damaged at character {error.pos}: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{path} is damaged: {error}") from None
    if not isinstance(content, dict):
        raise RecordError(f"{path} is damaged: it holds no names with values")
    return content
