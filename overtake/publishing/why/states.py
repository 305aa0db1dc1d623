"""States of the project that a number is told from: a release, a commit, a day, or now.

Each is a tree of git, so that the same files are the same state, whatever they are called.
"""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from overtake.core import digests, prose
from overtake.core.errors import InputsNotAtHandError, RequestError
from overtake.core.paths import LOCAL_PACKAGES, Project
from overtake.data.tables import RULES_FILE
from overtake.publishing import forecast_log, releases
from overtake.publishing.history import git
from overtake.publishing.releases import Release
from overtake.publishing.why.defaults import NOW

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LOG = "data/forecasts/log.jsonl"
_CODE = (".py", ".ipynb")
_SHOWN = 10


@dataclass(frozen=True)
class State:
    """A state of the project: what it is called, its tree in git, and its release if it is one.

    `tree` is "" if this clone's git has it not.
    """

    name: str
    tree: str
    release: Release | None = None


@dataclass(frozen=True)
class Recipe:
    """What one run is made from: code, lock and data, each of a tree, and other parameters.

    `parameters` are those that differ from the defaults of the code; tables in `kept` are those
    of the code's tree, whatever the data are.
    """

    chapter: str
    code: str
    lock: str
    data: str
    parameters: tuple[tuple[str, Any], ...] = ()
    kept: tuple[str, ...] = ()


def find(project: Project, name: str) -> State:
    """Return a state by a version, a day of the forecast log, a commit, or ``now``.

    A release whose commit is not at hand has no tree: its numbers are on record.
    """
    if name == NOW:
        return State(NOW, _tree_of_checkout(project))
    known = releases.read_all(project)
    if release := next((each for each in known if each.version == name), None):
        return State(name, tree_of(project, release.commit), release)
    if _DAY.fullmatch(name):
        return State(name, tree_of(project, _commit_logged_on(project, name)))
    if tree := tree_of(project, name):
        return State(name, tree)
    words = [NOW, *(each.version for each in known)]
    raise RequestError(
        f"{name!r} is no release, no commit and no day{prose.suggestion(name, words)}; releases: "
        f"{', '.join(words[1:]) or 'none'}; a day is one on which forecasts were logged"
    )


def last_release(project: Project) -> str:
    """Return the version of the last release; a `RequestError` if there is none."""
    known = releases.read_all(project)
    if not known:
        raise RequestError("there is no release yet: name the state to start from, as a commit")
    return known[0].version


def tree_of(project: Project, commit: str) -> str:
    """Return the project's tree in a commit; "" if this clone has it not."""
    if commit.startswith("-"):
        return ""
    if git(project, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}") is None:
        return ""
    return (git(project, "rev-parse", f"{commit}:./") or b"").decode().strip()


def top(project: Project) -> Project:
    """Return the repository's root, from which a tree is read whole."""
    found = (git(project, "rev-parse", "--show-toplevel") or b"").decode().strip()
    if not found:
        raise InputsNotAtHandError(
            f"{project.root} is no git repository, so no earlier state is at hand: clone the book"
        )
    return Project(Path(found))


def blobs(project: Project, tree: str) -> dict[str, str]:
    """Return the git object of each file of a tree, by its path."""
    listed = git(top(project), "ls-tree", "-r", "-z", tree) or b""
    entries = (entry.split("\t", 1) for entry in listed.decode().split("\0") if entry)
    return {path: about.split()[2] for about, path in entries}


def content(project: Project, tree: str, path: str) -> bytes | None:
    """Return a file of a tree; None if it has none of this name."""
    return git(top(project), "cat-file", "blob", f"{tree}:{path}")


def code_of(project: Project, tree: str) -> str:
    """Hash what a run may execute: Python and notebooks of the book's own packages."""
    folders = (*LOCAL_PACKAGES, Path(RULES_FILE).parent.as_posix())
    found = {
        path: blob
        for path, blob in blobs(project, tree).items()
        if path.startswith(tuple(f"{each}/" for each in folders)) and path.endswith(_CODE)
    }
    return digests.of(json.dumps(found, sort_keys=True).encode())


def locked(project: Project) -> tuple[str, ...]:
    """Return the files that say which environment a run has."""
    return project.lock.name, "pyproject.toml"


def lock_of(project: Project, tree: str) -> str:
    """Hash the locked environment of a tree."""
    found = (content(project, tree, each) or b"" for each in locked(project))
    return digests.of(b"\0".join(found))


def data_of(project: Project, tree: str) -> str:
    """Hash all data of a tree: its tables with what is said of them."""
    found = {path: blob for path, blob in blobs(project, tree).items() if path.startswith("data/")}
    return digests.of(json.dumps(found, sort_keys=True).encode())


def packages_that_differ(project: Project, then: str, now: str) -> list[str]:
    """Return the packages of which two locks have other versions, or one has none."""
    before, after = (_packages(project, tree) for tree in (then, now))
    return sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )


def _packages(project: Project, tree: str) -> Mapping[str, str]:
    lock = content(project, tree, project.lock.name) or b""
    try:
        found = tomllib.loads(lock.decode()).get("package", [])
    except ValueError:  # no lock that can be read
        return {}
    return {each["name"]: each.get("version", "") for each in found}


def _commit_logged_on(project: Project, day: str) -> str:
    """Return the commit by which the last forecast made on a day came into the log."""
    forecasts = forecast_log.read(project).forecasts
    if not (made := [each for each in forecasts if each.made == day]):
        days = sorted({each.made for each in forecasts})
        known = ", ".join(days[-_SHOWN:]) or "none"
        raise RequestError(f"no forecast was logged on {day}; days of the log: {known}")
    listed = git(project, "log", "--format=%H", f"-S{made[-1].id}", "--", _LOG) or b""
    return next(reversed(listed.decode().split()), "")


def check_out(project: Project, tree: str, folder: Path) -> None:
    """Write the files of a tree into a folder, without touching what is checked out or staged."""
    with _own_index(project) as ask:
        ask("read-tree", tree)
        ask("checkout-index", "--all", f"--prefix={folder.resolve()}/")


def _tree_of_checkout(project: Project) -> str:
    """Return the tree of the checkout as it is, without touching what is staged."""
    root = project.root.resolve()
    prefix = root.relative_to(top(project).root.resolve()).as_posix()
    with _own_index(project) as ask:
        ask("read-tree", "HEAD")
        ask("add", "--all", "--", str(root))
        return ask("write-tree", *([] if prefix == "." else [f"--prefix={prefix}/"]))


@contextmanager
def _own_index(project: Project) -> Iterator[Callable[..., str]]:
    """Give a function that asks git at the repository's root, with an index of its own."""
    root = top(project).root
    with TemporaryDirectory(prefix="overtake-index-") as folder:
        variables = {**os.environ, "GIT_INDEX_FILE": str(Path(folder) / "index")}

        def ask(*arguments: str) -> str:
            done = subprocess.run(  # noqa: S603  (no shell; arguments are ours)
                ["git", *arguments],  # noqa: S607
                cwd=root, env=variables, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise InputsNotAtHandError(
                    f"git {arguments[0]} fails in {root}: {done.stderr.strip()}"
                )
            return done.stdout.strip()

        yield ask
