"""What git knows of the project: the commit, and what is not as committed."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from overtake.paths import Project


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
