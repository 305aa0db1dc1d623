"""What git knows of the project: the commit, whether it is clean, and who had which files."""

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overtake.core.errors import ChapterSourceError
from overtake.core.paths import Project
from overtake.runs import chapter_source
from overtake.runs.runs import RunInputs, table_digest

_PACKAGE = "data/datapackage.json"


@dataclass(frozen=True)
class Commit:
    """One commit.

    Attributes
    ----------
    id : str
        Full hash.
    day : str
        ISO date on which it was committed.
    """

    id: str
    day: str

    @property
    def short(self) -> str:
        """As much of the hash as people write."""
        return self.id[:10]


def head(project: Project) -> Commit | None:
    """Return the commit that is checked out; None if there is none, or no git."""
    found = _git(project, "log", "-1", "--format=%H %cs")
    return Commit(*found.split()) if found else None


def changes(project: Project) -> list[str] | None:
    """Return the files that are not as committed; None if there is no repository."""
    found = _git(project, "status", "--porcelain", "--untracked-files=all", "-z", "--", ".")
    if found is None:
        return None
    return [entry[3:] for entry in found.split("\0") if entry]


def tags(project: Project) -> list[str]:
    """Return the names of all tags."""
    return (_git(project, "tag", "--list") or "").split()


def committed(project: Project, path: str) -> bytes | None:
    """Return a file as it was last committed; None if it was not, or there is no git."""
    return _output(project.root, "cat-file", "blob", f"HEAD:./{path}")


def commit_with(project: Project, inputs: RunInputs) -> Commit | None:
    """Return the newest commit whose files are those that a run was made from.

    Parameters
    ----------
    project : Project
        The checkout; every branch and tag of its repository is searched.
    inputs : RunInputs
        The run's inputs; its parameters and its Python are not in files.

    Returns
    -------
    Commit or None
        None if there is no such commit, or no git.
    """
    digests: dict[str, str] = {}
    for commit in _commits_that_touch(project, inputs):
        tree = _tree(project, commit)
        if _holds(project, tree, inputs, digests):
            return commit
    return None


def _commits_that_touch(project: Project, inputs: RunInputs) -> Iterator[Commit]:
    paths = [_source(inputs), _PACKAGE, project.lock.name, "data", *inputs.modules]
    listed = _git(
        project, "log", "--all", "--full-history", "--date-order", "--format=%H %cs", "--", *paths
    )
    return (Commit(*line.split()) for line in (listed or "").splitlines())


def _tree(project: Project, commit: Commit) -> dict[str, str]:
    """Return the git object of each file of a commit, by path from the project's root."""
    listed = _git(project, "ls-tree", "-r", "-z", commit.id) or ""
    entries = (entry.split("\t", 1) for entry in listed.split("\0") if entry)
    return {path: about.split()[2] for about, path in entries}


def _holds(
    project: Project, tree: Mapping[str, str], inputs: RunInputs, digests: dict[str, str]
) -> bool:
    """Whether a commit's files have the hashes that a run's inputs have."""
    wanted = {project.lock.name: inputs.lock, **inputs.modules}
    for path, digest in wanted.items():
        if path not in tree:
            return False
        held = tree[path]
        if held not in digests:
            digests[held] = hashlib.sha256(_blob(project, held)).hexdigest()
        if digests[held] != digest:
            return False
    return _holds_code(project, tree, inputs) and _holds_tables(project, tree, inputs.tables)


def _holds_code(project: Project, tree: Mapping[str, str], inputs: RunInputs) -> bool:
    """Whether a commit's notebook has the code cells of a run; its words may be others."""
    if _source(inputs) not in tree:
        return False
    content = _blob(project, tree[_source(inputs)])
    try:
        notebook = chapter_source.parse(content, inputs.chapter)
    except ChapterSourceError:  # no run was ever made from it
        return False
    return chapter_source.code_digest(notebook) == inputs.source


def _holds_tables(project: Project, tree: Mapping[str, str], tables: Mapping[str, str]) -> bool:
    if _PACKAGE not in tree:
        return False
    package: dict[str, Any] = json.loads(_blob(project, tree[_PACKAGE]))
    resources = {resource["name"]: resource for resource in package["resources"]}
    return all(
        name in resources
        and (path := f"data/{resources[name]['path']}") in tree
        and table_digest(_blob(project, tree[path]), resources[name]) == digest
        for name, digest in tables.items()
    )


def _source(inputs: RunInputs) -> str:
    return f"chapters/{inputs.chapter}.ipynb"


def _blob(project: Project, name: str) -> bytes:
    return _output(project.root, "cat-file", "blob", name) or b""


def _git(project: Project, *arguments: str) -> str | None:
    found = _output(project.root, *arguments)
    return None if found is None else found.decode("utf-8", "replace")


def _output(root: Path, *arguments: str) -> bytes | None:
    """Ask git; None if it refuses or is not there."""
    try:
        done = subprocess.run(  # noqa: S603  (no shell; arguments are ours)
            ["git", *arguments],  # noqa: S607
            cwd=root,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
