"""All that a chapter's runs need, as bytes that travel with a task.

A worker of a cluster shares no disk with us. It gets the chapter, the tables
that the chapter loads, the code and the lock file, lays them out as a small
project, and sends the finished run back.
"""

import gzip
import hashlib
import io
import json
import sys
import tarfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from overtake.core import locked
from overtake.core.errors import ClusterError
from overtake.core.paths import Project
from overtake.runs import runs, store
from overtake.runs.runs import Run, RunInputs

_CODE = (("models", "*"), ("overtake", "*"), ("chapters", "*.py"), ("importers", "*.py"))
"""Folders of code, and what of each a run may need."""
_SETTINGS = ("_config.yml", "_toc.yml", "uv.lock", "data/datapackage.json")


@dataclass(frozen=True)
class Bundle:
    """A chapter with all its inputs but the parameters.

    Attributes
    ----------
    digest : str
        SHA-256 of `content`.
    content : bytes
        Compressed archive of files relative to the project's root.
    """

    digest: str
    content: bytes


def of_chapter(project: Project, inputs: RunInputs) -> Bundle:
    """Pack what the runs of a chapter need."""
    package = json.loads((project.data / "datapackage.json").read_text(encoding="utf-8"))
    tables = [f"data/{r['path']}" for r in package["resources"] if r["name"] in inputs.tables]
    code = [
        path.relative_to(project.root).as_posix()
        for folder, pattern in _CODE
        for path in sorted((project.root / folder).rglob(pattern))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    chapter = project.chapter(inputs.chapter).relative_to(project.root).as_posix()
    content = pack(project.root, sorted([*_SETTINGS, chapter, *tables, *code]))
    return Bundle(hashlib.sha256(content).hexdigest(), content)


def pack(root: Path, names: Iterable[str]) -> bytes:
    """Return files as a compressed archive without times or owners: same files, same bytes."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as archive,
    ):
        for name in names:
            content = (root / name).read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Lay an archive out below a folder; nothing in it can reach outside.

    Raises
    ------
    ClusterError
        If it is damaged or holds anything but plain files.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ClusterError(f"what came over the network can't be unpacked: {error}") from None


def receive(project: Project, inputs: RunInputs, content: bytes) -> Run:
    """Put a run that another machine has executed into the store, if it is whole.

    Raises
    ------
    ClusterError
        If it is not the run that was asked for, or a file is not what its record says.
    """
    with store.locked(project.runs, inputs.id):
        if found := runs.find(project, inputs):
            return found
        with store.staged(project.runs, inputs.id) as folder:
            unpack(content, folder)
            _require_whole(folder, inputs)
            store.publish(folder, project.runs / inputs.id)
    return Run(project.runs / inputs.id)


def require_same_environment(lock: Mapping[str, Any], python: str) -> None:
    """Refuse to execute where the locked environment is not the one that is installed.

    Parameters
    ----------
    lock : mapping
        The content of ``uv.lock``.
    python : str
        Minor version of Python that the run's identity names.

    Raises
    ------
    ClusterError
        If Python or a package has another version; the message lists them.
    """
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    differing = [] if here == python else [f"Python {here}, not {python}"]
    for name, versions in _locked_versions(lock).items():
        installed = _installed_version(name)
        if installed is not None and installed not in versions:
            differing.append(f"{name} {installed}, not {' or '.join(sorted(versions))}")
    if differing:
        raise ClusterError(f"this worker's environment is another: {'; '.join(differing)}")


def read_lock(project: Project) -> dict[str, Any]:
    """Return the content of the project's lock file."""
    return tomllib.loads(project.lock.read_text(encoding="utf-8"))


def _locked_versions(lock: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the versions of each package; a lock may have one for each Python."""
    versions: dict[str, set[str]] = {}
    for package in lock.get("package", []):
        if package["name"] not in locked.NOT_COMPARED:
            versions.setdefault(package["name"], set()).add(package["version"])
    return versions


def _installed_version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _require_whole(folder: Path, inputs: RunInputs) -> None:
    record_path = folder / runs.RECORD_NAME
    record = json.loads(record_path.read_text(encoding="utf-8")) if record_path.is_file() else {}
    if record.get("id") != inputs.id:
        raise ClusterError(f"asked for run {inputs.id}, got {record.get('id') or 'no record'}")
    for name, digest in record["outputs"].items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise ClusterError(f"run {inputs.id} came damaged: {name}")
