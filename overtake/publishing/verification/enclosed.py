"""Crates that anyone may have made: opened if every file is what the crate and its record say.

Nothing but the crate is needed for that. It proves no more than that the crate agrees with
itself; what it says is compared with this checkout in `repacked`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from overtake.core import digests, plain_json
from overtake.core.errors import ChapterSourceError, RecordError
from overtake.publishing import crates
from overtake.publishing.crates import (
    DATA_FOLDER,
    LOCK_PATH,
    METADATA_NAME,
    PACKAGE_PATH,
    RUN_FOLDER,
)
from overtake.publishing.verification import archives, metadata
from overtake.publishing.verification.metadata import Metadata
from overtake.runs import chapter_source, digested, recorded
from overtake.runs.recorded import RECORD_NAME, Recorded, RunInputs

_RECORD_PATH = f"{RUN_FOLDER}{RECORD_NAME}"

_NO_NOTEBOOK = (ChapterSourceError, ValueError, KeyError, AttributeError, TypeError, RecursionError)

_Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Crate:
    """A crate that agrees with itself: its files by name, what it says, and the run in it."""

    files: _Files
    said: Metadata
    recorded: Recorded

    @property
    def figure(self) -> str:
        """The figure that it says it is of, "" if it is of the whole run."""
        main = self.said.root.get("mainEntity")
        drawings = {f"{RUN_FOLDER}figures/{each}.svg": each for each in self.recorded.figures}
        return drawings.get(main.get("@id", ""), "") if isinstance(main, dict) else ""


@contextmanager
def opened(path: Path) -> Iterator[Crate]:
    """Open a crate; the files of its run are in a folder that lives as long as this."""
    files = archives.read(path)
    needed = (METADATA_NAME, _RECORD_PATH)
    archives.refuse(path, [f"it holds no {name}" for name in needed if name not in files])
    try:
        said = metadata.parse(files[METADATA_NAME])
    except RecordError as error:
        raise RecordError(f"{path}: {error}") from None
    archives.refuse(path, list(metadata.unlike_files(said, files)))
    with TemporaryDirectory(prefix="overtake-crate-") as folder:
        try:
            _unpack_run(files, Path(folder))
        except OSError as error:  # a name that is too long, or a file's and a folder's
            raise RecordError(f"{path} can't be unpacked: {error.strerror}") from None
        run = recorded.of_folder(Path(folder), f"the crate {path.name}")
        archives.refuse(path, list(_unlike_record(files, run)))
        yield Crate(files, said, run)


def _unpack_run(files: _Files, folder: Path) -> None:
    for name, content in files.items():
        if name.startswith(RUN_FOLDER):
            target = folder / name.removeprefix(RUN_FOLDER)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _unlike_record(files: _Files, run: Recorded) -> Iterator[str]:
    """Say which files are not those that went into the run, or came out of it, by its record."""
    outputs = {f"{RUN_FOLDER}{name}": digest for name, digest in run.outputs.items()}
    tables, problems = _tables(files.get(PACKAGE_PATH, b""), run.inputs)
    yield from problems
    wanted = {LOCK_PATH: run.inputs.lock, **run.inputs.modules, **outputs}
    notebook = crates.notebook_path(run.inputs.chapter)
    known = {METADATA_NAME, PACKAGE_PATH, notebook, _RECORD_PATH, *tables, *wanted}
    for name in sorted(known - files.keys()):
        yield f"{name} is missing, without which the run is not whole"
    for name in sorted(files.keys() - known):
        yield f"{name} is neither an input nor an output of the run"
    for name, digest in wanted.items():
        if name in files and digests.of(files[name]) != digest:
            yield f"{name} is not the one that the record of the run names"
    for path, name in tables.items():
        if path in files and not _is_table(files, path, name, run.inputs):
            yield f"{path} with its description is not the table {name} that the run used"
    if notebook in files and not _has_code(files[notebook], run.inputs):
        yield f"{notebook} has other code than the run executed"
    if files[_RECORD_PATH] != recorded.as_text(run).encode():
        yield f"{_RECORD_PATH} is not written as a run writes it"


def _tables(package: bytes, inputs: RunInputs) -> tuple[dict[str, str], list[str]]:
    """Return the name of each table of a run by its path, and what is wrong with that list."""
    paths = {name: each.get("path") for name, each in _described(package).items()}
    missing = [name for name in inputs.tables if not isinstance(paths.get(name), str)]
    return (
        {f"{DATA_FOLDER}{paths[name]}": name for name in inputs.tables if name not in missing},
        [f"{PACKAGE_PATH} does not describe the table {name}" for name in missing],
    )


def _described(package: bytes) -> dict[str, dict[str, object]]:
    """Return what a data package says of each table; nothing if it is none."""
    try:
        resources = plain_json.loads(package.decode())["resources"]
        return {str(each["name"]): dict(each) for each in resources}
    except (ValueError, KeyError, TypeError):
        return {}


def _is_table(files: _Files, path: str, name: str, inputs: RunInputs) -> bool:
    described = _described(files[PACKAGE_PATH])[name]
    return digested.of_table(files[path], described) == inputs.tables[name]


def _has_code(notebook: bytes, inputs: RunInputs) -> bool:
    try:
        parsed = chapter_source.parse(notebook, inputs.chapter)
    except _NO_NOTEBOOK:  # no run was ever made from it
        return False
    return chapter_source.code_digest(parsed) == inputs.source
