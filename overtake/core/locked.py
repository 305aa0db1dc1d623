"""The locked environment, and whether the running one is it."""

import tomllib
from functools import cache
from importlib import metadata
from typing import Any

from packaging.utils import canonicalize_name

from overtake.core.errors import ProjectError
from overtake.core.paths import Project

OURS = "overtake"
"""The project itself, which the lock names beside what it needs."""
NOT_COMPARED = frozenset({OURS, "pip"})
"""What may differ: the project, and what the environment was made with; no chapter imports pip."""


def packages(project: Project) -> list[dict[str, Any]]:
    """Return what the lock file says of each package."""
    try:
        return _packages(project.lock.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(f"{project.lock} is damaged: {error}") from None


@cache
def _packages(lock: str) -> list[dict[str, Any]]:
    return list(tomllib.loads(lock).get("package", []))


def versions(project: Project) -> dict[str, set[str]]:
    """Return the locked versions of each package; several where they depend on the Python."""
    found: dict[str, set[str]] = {}
    for package in packages(project):
        if "version" in package:
            found.setdefault(package["name"], set()).add(package["version"])
    return found


def direct(project: Project) -> dict[str, str]:
    """Return the version of each package that the project itself asks for, as locked.

    Where the lock has several for different Pythons, it is the one that runs here.
    """
    locked, here = versions(project), _installed()
    (asked,) = [p.get("dependencies", []) for p in packages(project) if p["name"] == OURS] or [[]]
    return {
        name: here[name] if here.get(name) in locked[name] else max(locked[name])
        for name in sorted({dependency["name"] for dependency in asked} & locked.keys())
    }


def deviations(project: Project) -> tuple[str, ...]:
    """Say which installed packages are not of a locked version."""
    locked, here = versions(project), _installed()
    return tuple(
        f"{name} is {here[name]} here, locked is {' or '.join(sorted(locked[name]))}"
        for name in sorted(locked.keys() & here.keys() - NOT_COMPARED)
        if here[name] not in locked[name]
    )


@cache
def _installed() -> dict[str, str]:
    """Return the version of each package here; what a process has imported stays the same."""
    return {canonicalize_name(d.metadata["Name"]): d.version for d in metadata.distributions()}
