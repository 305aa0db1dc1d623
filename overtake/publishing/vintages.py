"""States of the data: the present one, and those that newer data have replaced.

A vintage is the whole of ``data/``: its description and every table. Its id is
the last day on which a table was retrieved, and the beginning of the hash of
the description, which holds the hash of each table. A replaced vintage is kept
under ``data/vintages``: its description as it was, and those tables that
changed since, once each, as plain CSV so that git stores the difference only.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from overtake.core.errors import VintageError
from overtake.core.paths import DATA_VARIABLE, Project
from overtake.runs.runs import read_record, table_digest

FOLDER = "vintages"
PACKAGE = "datapackage.json"
_TABLES = "tables"
_HASH_CHARACTERS = 8
_NAME_CHARACTERS = 16


@dataclass(frozen=True)
class Vintage:
    """One state of the data.

    Attributes
    ----------
    id : str
        Its identity.
    package : dict
        Its ``datapackage.json``.
    current : bool
        Whether it is the present state.
    """

    id: str
    package: dict[str, Any]
    current: bool

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """What the package says of each table, by name."""
        return {resource["name"]: resource for resource in self.package["resources"]}

    @property
    def retrieved(self) -> str:
        """ISO date on which the newest of its tables was fetched."""
        return _retrieved(self.package)


def id_of(package: Mapping[str, Any]) -> str:
    """Return the identity of the state of the data that a package describes."""
    text = json.dumps(package, sort_keys=True, ensure_ascii=False).encode()
    return f"{_retrieved(package)}-{hashlib.sha256(text).hexdigest()[:_HASH_CHARACTERS]}"


def current(project: Project) -> Vintage:
    """Return the present state of the data."""
    package = read_record(project.data / PACKAGE)
    return Vintage(id_of(package), package, current=True)


def all_vintages(project: Project) -> list[Vintage]:
    """Return every state that is at hand, the present one first, then the newest.

    Raises
    ------
    VintageError
        If a kept description is not what its name says.
    """
    present = current(project)
    folder = project.root / "data" / FOLDER
    kept = [_kept(path) for path in sorted(folder.glob("*.json"), reverse=True)]
    return [present, *(vintage for vintage in kept if vintage.id != present.id)]


def find(project: Project, id: str) -> Vintage:
    """Return the state whose id is, or begins with, `id`.

    Raises
    ------
    VintageError
        If there is none, or more than one.
    """
    known = all_vintages(project)
    found = [vintage for vintage in known if vintage.id.startswith(id)]
    if len(found) != 1 or not id:
        several = "may be any" if len(found) > 1 else "is none"
        raise VintageError(f"{id!r} {several} of {', '.join(vintage.id for vintage in known)}")
    return found[0]


def holding(project: Project, tables: Mapping[str, str]) -> Vintage | None:
    """Return the state whose tables are those that a run was made from, or None.

    Parameters
    ----------
    project : Project
        The checkout.
    tables : mapping of str to str
        `RunInputs.tables`.
    """
    for vintage in all_vintages(project):
        if all(_digest(project, vintage, name) == digest for name, digest in tables.items()):
            return vintage
    return None


def archived(project: Project, replaced: Iterable[str]) -> dict[Path, bytes]:
    """Return the files that keep the present state once these tables are replaced.

    Parameters
    ----------
    project : Project
        The checkout.
    replaced : iterable of str
        Names of the tables that will change.

    Returns
    -------
    dict of pathlib.Path to bytes
        Contents by place; the package first.
    """
    folder, present = project.data / FOLDER, current(project)
    files = {folder / f"{present.id}.json": (project.data / PACKAGE).read_bytes()}
    for name in replaced:
        if name in present.resources:
            resource = present.resources[name]
            files[_kept_table(folder, resource)] = (project.data / resource["path"]).read_bytes()
    return files


@contextmanager
def in_use(project: Project, vintage: Vintage) -> Iterator[Project]:
    """Yield the project with a vintage as its data; chapters executed within get it too."""
    if vintage.current:
        yield project
        return
    folder = Path(mkdtemp(prefix="overtake-vintage-"))
    try:
        unpack(project, vintage, folder)
        with data_at(folder):
            yield project
    finally:
        shutil.rmtree(folder)


@contextmanager
def data_at(folder: Path) -> Iterator[None]:
    """Let every table come from `folder`, in this process and those that it starts."""
    before = os.environ.get(DATA_VARIABLE)
    os.environ[DATA_VARIABLE] = str(folder)
    try:
        yield
    finally:
        del os.environ[DATA_VARIABLE]
        if before is not None:
            os.environ[DATA_VARIABLE] = before


def unpack(project: Project, vintage: Vintage, folder: Path) -> None:
    """Write a state of the data into a folder, as ``data/`` had it.

    Raises
    ------
    VintageError
        If a table is missing or damaged.
    """
    (folder / _TABLES).mkdir(parents=True, exist_ok=True)
    for resource in vintage.package["resources"]:
        content = _content(project, resource)
        if content is None:
            raise VintageError(
                f"vintage {vintage.id} is no longer whole: no file at hand is its table "
                f"{resource['name']} ({resource.get('hash')}). `git log -- data` may have it"
            )
        (folder / resource["path"]).write_bytes(content)
    text = json.dumps(vintage.package, indent=1, ensure_ascii=False) + "\n"
    (folder / PACKAGE).write_text(text, encoding="utf-8", newline="\n")


def _retrieved(package: Mapping[str, Any]) -> str:
    return max(str(resource["retrieved"]) for resource in package["resources"])


def _kept(path: Path) -> Vintage:
    package = read_record(path)
    if id_of(package) != path.stem:
        raise VintageError(f"{path} is damaged: its content is that of {id_of(package)}")
    return Vintage(path.stem, package, current=False)


def _kept_table(folder: Path, resource: Mapping[str, Any]) -> Path:
    digest = resource.get("hash", "").removeprefix("sha256:")[:_NAME_CHARACTERS]
    return folder / _TABLES / f"{resource['name']}-{digest}.csv"


def _content(project: Project, resource: Mapping[str, Any]) -> bytes | None:
    """Return a table as it was, from where it is now or where it was kept."""
    data = project.root / "data"
    for path in (data / resource["path"], _kept_table(data / FOLDER, resource)):
        if path.is_file():
            content = path.read_bytes()
            if f"sha256:{hashlib.sha256(content).hexdigest()}" == resource.get("hash"):
                return content
    return None


def _digest(project: Project, vintage: Vintage, name: str) -> str:
    resource = vintage.resources.get(name)
    content = _content(project, resource) if resource else None
    return "" if resource is None or content is None else table_digest(content, resource)
