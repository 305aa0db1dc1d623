"""States of the data: the present one, and those that git has of the time before.

A vintage is the tables of ``data/`` with their description, which holds the hash of
each. Older ones are the commits that changed ``data/datapackage.json``, on any branch.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from overtake.core import atomic, digests
from overtake.core.errors import RequestError
from overtake.core.paths import DATA_VARIABLE, Project
from overtake.data.tables import PACKAGE_FILE
from overtake.publishing.history import git as _git
from overtake.runs import digested
from overtake.runs.recorded import read_json


@dataclass(frozen=True)
class Vintage:
    """One state of the data: its ``datapackage.json``, and a commit that has it ("" if present)."""

    package: dict[str, Any]
    commit: str = ""

    @cached_property
    def id(self) -> str:
        """Day of the newest retrieval, and the beginning of a hash of all."""
        text = json.dumps(self.package, sort_keys=True, ensure_ascii=False).encode()
        return f"{self.retrieved}-{digests.of(text)[:8]}"

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """What the package says of each table, by name."""
        return {resource["name"]: resource for resource in self.package["resources"]}

    @property
    def retrieved(self) -> str:
        """ISO date on which the newest of its tables was fetched."""
        return max(str(resource["retrieved"]) for resource in self.package["resources"])


def current(project: Project) -> Vintage:
    """Return the present state of the data."""
    return Vintage(read_json(project.data / PACKAGE_FILE))


def all_vintages(project: Project) -> list[Vintage]:
    """Return every state that is at hand, the present one first, then the newest."""
    return _states(project, "--all")


def past(project: Project) -> list[Vintage]:
    """Return the present state and those that led to it, newest first.

    A page may show them: other branches, which not every clone has, don't count.
    """
    return _states(project, "HEAD")


@dataclass(frozen=True)
class TableState:
    """A table as one state of the data has it: ISO dates, rows, hash, file below ``data/``."""

    vintage: str
    retrieved: str
    rows: int
    hash: str
    path: str
    of: Vintage


def of_table(states: Iterable[Vintage], name: str) -> list[TableState]:
    """Return the files that a table has had in some states, each once, in their order."""
    found: dict[str, TableState] = {}
    for state in states:
        if (said := state.resources.get(name)) is None:
            continue
        days = str(said["vintage"]), str(said["retrieved"])
        of = TableState(*days, said.get("rows", 0), said.get("hash", ""), said["path"], state)
        found.setdefault(of.hash, of)
    return list(found.values())


def _states(project: Project, which: str) -> list[Vintage]:
    path, present = f"data/{PACKAGE_FILE}", current(project)
    listed = _git(project, "log", which, "--full-history", "--format=%H", "--", path) or b""
    found = {present.id: present}
    for commit in listed.decode().split():
        if package := _git(project, "cat-file", "blob", f"{commit}:./{path}"):
            with suppress(ValueError, KeyError, TypeError):  # a state that was mended later
                vintage = Vintage(json.loads(package), commit)
                found.setdefault(vintage.id, vintage)
    return list(found.values())


def find(project: Project, id: str) -> Vintage:
    """Return the one state whose id is, or begins with, `id`; a `RequestError` if none does."""
    known = all_vintages(project)
    found = [vintage for vintage in known if vintage.id.startswith(id)]
    if len(found) == 1 and id:
        return found[0]
    told = "may be any" if found else "is none"
    advice = "" if found else _advice(project)
    raise RequestError(f"{id!r} {told} of {', '.join(vintage.id for vintage in known)}{advice}")


def holding(project: Project, tables: Mapping[str, str]) -> Vintage | None:
    """Return the state that has a run's tables, as `RunInputs.tables` gives them, or None."""
    for vintage in all_vintages(project):
        if all(_has(project, vintage, *table) for table in tables.items()):
            return vintage
    return None


@contextmanager
def in_use(project: Project, vintage: Vintage) -> Iterator[None]:
    """Make a vintage the project's data; chapters executed within get it too."""
    with TemporaryDirectory(prefix="overtake-vintage-") as folder, ExitStack() as within:
        if vintage.commit:
            unpack(project, vintage, Path(folder))
            within.enter_context(data_at(Path(folder)))
        yield


@contextmanager
def data_at(folder: Path) -> Iterator[None]:
    """Let every table come from `folder`, in this process and those that it starts."""
    before = os.environ.get(DATA_VARIABLE, "")  # which is none, to `Project.data`
    os.environ[DATA_VARIABLE] = str(folder)
    try:
        yield
    finally:
        os.environ[DATA_VARIABLE] = before


def unpack(project: Project, vintage: Vintage, folder: Path) -> None:
    """Write a state of the data into a folder; a `RequestError` if it is not whole."""
    for name, resource in vintage.resources.items():
        content = _table(project, vintage, resource)
        if content is None or f"sha256:{digests.of(content)}" != resource.get("hash"):
            raise RequestError(
                f"vintage {vintage.id} is not whole: its table {name} is missing from "
                f"{vintage.commit or project.data}, or is another than its description says"
            )
        atomic.write(folder / resource["path"], content)
    text = json.dumps(vintage.package, indent=1, ensure_ascii=False) + "\n"
    atomic.write(folder / PACKAGE_FILE, text.encode())


def require_committed(project: Project) -> None:
    """Refuse if git does not have the present tables, and say what brings them into git."""
    if _git(project, "cat-file", "-e", f"HEAD:./data/{PACKAGE_FILE}") is None:
        raise RequestError(
            f"git has no data of {project.root}, so what is replaced could not be had back: work "
            "in a clone, or call `git init && git add . && git commit` first"
        )
    # A file that git doesn't know is in no committed description, so nothing replaces it.
    changed = _git(project, "status", "--porcelain", "--untracked-files=no", "--", "data") or b""
    if changed:
        files = ", ".join(line[3:] for line in changed.decode().splitlines())
        raise RequestError(
            f"git does not have {files} as here, so what is replaced could not be had back: "
            "`git add data && git commit`, then call again; `git restore data` if it is not meant"
        )


def _has(project: Project, vintage: Vintage, name: str, digest: str) -> bool:
    resource = vintage.resources.get(name)
    content = _table(project, vintage, resource) if resource else None
    return bool(resource and content is not None and digested.of_table(content, resource) == digest)


def _table(project: Project, vintage: Vintage, resource: Mapping[str, Any]) -> bytes | None:
    """Return the file of a table as it was, or None if it is not there."""
    if vintage.commit:
        return _git(project, "cat-file", "blob", f"{vintage.commit}:./data/{resource['path']}")
    path = project.data / resource["path"]
    return path.read_bytes() if path.is_file() else None


def _advice(project: Project) -> str:
    shallow = _git(project, "rev-parse", "--is-shallow-repository")
    if shallow is None:
        return ". Older states are in git's history, and this folder has none: clone the repository"
    if shallow.strip() == b"true":
        return ". This clone has not all of git's history: `git fetch --unshallow` gets the rest"
    return ""
