"""The program ``overtake``: while its commands are loaded, what a run needs is loaded too."""

import os
import sys
from contextlib import ExitStack

from overtake.core.errors import ProjectError
from overtake.core.paths import Project
from overtake.runs import processes
from overtake.runs.processes import Waiting

_COMPUTES = "run"
_NEEDED = 2
"""Processors, for the two to be loaded at once."""


def main() -> None:
    """Do what the command line says."""
    with ExitStack() as ended:
        waiting = _start() if _is_of_use(sys.argv[1:]) else ()
        for each in waiting:
            ended.callback(each.close)
        from overtake.cli.main import app

        app(obj=waiting)


def _is_of_use(arguments: list[str]) -> bool:
    """Whether a process is likely to be needed, and there is a processor for it."""
    is_run = arguments[:1] == [_COMPUTES] and "--help" not in arguments
    return is_run and (os.cpu_count() or 1) >= _NEEDED


def _start() -> tuple[Waiting, ...]:
    try:
        return (processes.start_waiting(Project.find().root),)
    except ProjectError:  # which the command will tell
        return ()


if __name__ == "__main__":
    main()
