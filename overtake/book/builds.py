"""Builds of the book in processes of their own, forked from one that has imported the libraries.

Each runs the project's modules as they are when it begins. Where there is no forking, each gets
a new interpreter (`overtake.runs.processes`).
"""

import importlib
import multiprocessing
import os
import sys
import threading
import traceback
from concurrent import futures
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, Literal

from overtake.core.errors import OvertakeError
from overtake.core.paths import Project
from overtake.runs import engine, processes, runs, scenarios
from overtake.runs.pools import Pool

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.process import BaseProcess

Kind = Literal["preview", "whole"]
"""A few pages beside the book, at once; or the book, as ``jupyter-book build`` makes it."""
_PRELOADED = "overtake.book.warm"
_NICENESS = 10
"""Of a whole build: nobody waits for it while a preview is made."""


class UnderWay:
    """A build that is under way; it has started when this returns."""

    def __init__(self, project: Project, kind: Kind) -> None:
        self._log = NamedTemporaryFile("rb", prefix="overtake-")  # noqa: SIM115  (closed with it)
        context: Any = multiprocessing.get_context(engine.start_method())
        receiver, sender = multiprocessing.Pipe(duplex=False)
        variables = processes.environment(project.root)
        arguments = (kind, project.root, variables, sender, self._log.name)
        self._process: BaseProcess = context.Process(target=_begin, args=arguments)
        with receiver, sender, processes.shaped_for_children(project.root):
            context.set_forkserver_preload([_PRELOADED, engine.PRELOADED])
            self._process.start()

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return not self._process.is_alive()

    def end(self) -> tuple[bool, str]:
        """Wait for its end; return whether it went well, and all that it said."""
        self._process.join()
        self._log.seek(0)
        said = self._log.read().decode(errors="replace")
        self._log.close()
        return self._process.exitcode == 0, said

    def stop(self) -> None:
        """End it, with all processes that it has started."""
        processes.kill(self._process)
        self.end()


class RunsAhead:
    """Executes chapters that have changed from a process here that is warm, beside a build.

    A build that needs their runs waits for them. It plans them itself, by the machinery as it is
    then; so of what fails here it will tell.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._pool: Pool | None = None
        self._thread = threading.Thread()

    def begin(self) -> None:
        """Begin with what the store lacks now, unless the last time isn't over."""
        if not self._thread.is_alive():
            self._thread = threading.Thread(target=self._execute, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End what is under way."""
        if self._pool is not None:
            self._pool.stop()

    def _execute(self) -> None:
        with suppress(OvertakeError, OSError):
            scenario = scenarios.active(self._project)
            names = self._project.chapter_names()
            wanted = [scenarios.plan(self._project, scenario, name) for name in names]
            missing = [each for each in wanted if runs.find(self._project, each) is None]
            if missing:
                with Pool(self._project) as self._pool:
                    futures.wait([self._pool.submit(each) for each in missing])


def _begin(kind: Kind, root: Path, variables: dict[str, str], sender: Connection, log: str) -> None:
    """Build in the process that was started for it, as if it had begun as that."""
    processes.settle(root, variables, sender, log)
    processes.use_modules_as_they_are_now(root)
    builds: dict[Kind, Callable[[Path], int]] = {"preview": _preview, "whole": _whole}
    try:
        code = builds[kind](root)
    except BaseException:  # noqa: BLE001  (whatever it is, it is told where others are)
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # whatever threads the build has left


def _preview(root: Path) -> int:
    build: Callable[[Path], int] = importlib.import_module("overtake.book.preview").build
    return build(root)


def _whole(root: Path) -> int:
    os.nice(_NICENESS)
    main = importlib.import_module("jupyter_book.cli.main").main
    try:
        main(["build", str(root)], prog_name="jupyter-book")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
