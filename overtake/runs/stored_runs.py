"""What the store of runs holds."""

import re
from collections.abc import Iterator

from overtake.core.errors import RecordError, ReferenceToRunError
from overtake.core.paths import Project
from overtake.runs import recorded
from overtake.runs.runs import RECORD_NAME, Run

_SHORTEST_PREFIX = 4
_HEXADECIMAL = re.compile("[0-9a-f]+")


def all_runs(project: Project) -> Iterator[Run]:
    """Yield every finished run, newest first."""
    return _whole(project, "*")


def starting_with(project: Project, prefix: str) -> list[str]:
    """Return the ids of the finished runs whose ids start so, sorted; others are not read."""
    if not _HEXADECIMAL.fullmatch(prefix):
        return []
    return sorted(run.id for run in _whole(project, f"{prefix}*"))


def of_chapter(project: Project, chapter: str) -> list[Run]:
    """Return the finished runs of a chapter, newest first."""
    return [run for run in all_runs(project) if run.chapter == chapter]


def by_prefix(project: Project, prefix: str) -> Run:
    """Return the one run whose id starts with `prefix`.

    Raises
    ------
    ReferenceToRunError
        If there is none, more than one, or the prefix is too short to mean one.
    """
    if len(prefix) < _SHORTEST_PREFIX:
        raise ReferenceToRunError(
            f"{prefix!r}: a run is named by at least {_SHORTEST_PREFIX} characters of its id"
        )
    found = starting_with(project, prefix)
    if not found:
        raise ReferenceToRunError(f"no run in the store has an id that starts with {prefix!r}")
    if len(found) > 1:
        raise ReferenceToRunError(f"{prefix!r} may be any of the runs {', '.join(found)}")
    return Run(project.runs / found[0])


def _whole(project: Project, name: str) -> Iterator[Run]:
    records = sorted(
        project.runs.glob(f"{name}/{RECORD_NAME}"), key=lambda path: (-path.stat().st_mtime, path)
    )
    return (Run(path.parent) for path in records if _is_readable(Run(path.parent)))


def _is_readable(run: Run) -> bool:
    try:
        return recorded.of_run(run).id == run.id
    except RecordError:
        return False
