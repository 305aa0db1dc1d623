"""What git knows of the project: the commit, whether it is clean, and who had which files."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial

from overtake.core import digests
from overtake.core.errors import ChapterSourceError
from overtake.core.paths import Project
from overtake.runs import chapter_source, digested
from overtake.runs.recorded import RunInputs

_PACKAGE = "data/datapackage.json"


@dataclass(frozen=True)
class Commit:
    """One commit."""

    id: str  # full hash
    day: str  # ISO date on which it was committed

    @property
    def short(self) -> str:
        """As much of the hash as people write."""
        return self.id[:10]


def git(project: Project, *arguments: str) -> bytes | None:
    """Ask git; None if it refuses or is not there."""
    command = ["git", *arguments]
    try:
        done = subprocess.run(  # noqa: S603  (no shell; arguments are ours)
            command, cwd=project.root, capture_output=True, check=False
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def head(project: Project) -> Commit | None:
    """Return the commit that is checked out; None if there is none, or no git."""
    return next(_commits(project, "-1"), None)


def changes(project: Project) -> list[str] | None:
    """Return the files that are not as committed; None if there is no repository."""
    found = _told(project, "status", "--porcelain", "--untracked-files=all", "-z", "--", ".")
    return None if found is None else [entry[3:] for entry in found.split("\0") if entry]


def commit_with(project: Project, inputs: RunInputs) -> Commit | None:
    """Return the newest commit whose files are those that a run was made from, if there is one.

    Every branch and tag is searched. A run's parameters and its Python are not in files.
    """
    files = {project.lock.name: inputs.lock, **inputs.modules}
    notebook = f"chapters/{inputs.chapter}.ipynb"

    @cache
    def blob(name: str) -> bytes:
        return git(project, "cat-file", "blob", name) or b""

    def read(tree: Mapping[str, str], path: str) -> bytes:
        return blob(tree[path]) if path in tree else b""

    for commit in _commits(project, "--all", "--full-history", "--date-order", "--",
                           notebook, _PACKAGE, "data", *files):  # fmt: skip
        tree = _tree(project, commit)
        if (
            {notebook, _PACKAGE, *files} <= tree.keys()
            and all(digests.of(blob(tree[path])) == wanted for path, wanted in files.items())
            and _has_code(blob(tree[notebook]), inputs)
            and _has_tables(partial(read, tree), inputs)
        ):
            return commit
    return None


def _commits(project: Project, *arguments: str) -> Iterator[Commit]:
    listed = _told(project, "log", "--format=%H %cs", *arguments) or ""
    return (Commit(*line.split()) for line in listed.splitlines())


def _tree(project: Project, commit: Commit) -> dict[str, str]:
    """Return the git object of each file of a commit, by path from the project's root."""
    listed = _told(project, "ls-tree", "-r", "-z", commit.id) or ""
    entries = (entry.split("\t", 1) for entry in listed.split("\0") if entry)
    return {path: about.split()[2] for about, path in entries}


def _has_code(content: bytes, inputs: RunInputs) -> bool:
    """Whether a notebook has the code cells of a run; its words may be others."""
    try:
        notebook = chapter_source.parse(content, inputs.chapter)
    except ChapterSourceError:  # no run was ever made from it
        return False
    return chapter_source.code_digest(notebook) == inputs.source


def _has_tables(read: Callable[[str], bytes], inputs: RunInputs) -> bool:
    """Whether a commit's tables are those of a run, as its data package describes them."""
    described = {table["name"]: table for table in json.loads(read(_PACKAGE))["resources"]}
    return all(
        name in described
        and digested.of_table(read(f"data/{described[name]['path']}"), described[name]) == digest
        for name, digest in inputs.tables.items()
    )


def _told(project: Project, *arguments: str) -> str | None:
    found = git(project, *arguments)
    return None if found is None else found.decode("utf-8", "replace")
