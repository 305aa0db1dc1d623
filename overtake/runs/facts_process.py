"""Processes that compute the facts of chapters, each one job after the other.

They start cold and import what they need when they need it: where most is kept, that is
little. What they have imported stays, so that the next job starts at once.
"""

import importlib
import multiprocessing
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, Literal

from overtake.core.errors import KernelDiedError, OvertakeError
from overtake.runs import engine
from overtake.runs.engine import Job, died_message
from overtake.runs.kept.report import Tell

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

Task = Literal["attempt", "attempt_numbers", "assist", "foresee"]
"""What a process does with a job: a function of `overtake.runs.computing`."""


class FactsProcess:
    """One such process; it has started when this returns."""

    def __init__(self, root: Path) -> None:
        self._log = NamedTemporaryFile("rb", prefix="overtake-")  # noqa: SIM115  (closed with it)
        self._known: dict[str, str] = {}
        self._connection, theirs = multiprocessing.Pipe()
        self._process: BaseProcess = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(root, engine.environment(root), theirs, self._log.name)
        )
        with theirs, engine.shaped_for_children(root):
            self._process.start()

    def do(self, task: Task, job: Job, tell: Tell) -> Any:  # noqa: ANN401
        """Have a job done; what failed is raised, and this process may have to be closed then."""
        try:
            self._connection.send((task, job))
            found = engine.answer(self._connection, job, tell)
        except (EOFError, OSError):
            self._process.join()
            how = engine.how_it_ended(self._process, self._log.read())
            raise KernelDiedError(died_message(job.chapter, how)) from None
        if isinstance(found, OvertakeError):
            raise found
        return found

    def fits(self, job: Job) -> bool:
        """Whether what it has imported and read so far is what the job is to use."""
        assert job.kept is not None
        wanted = {**job.kept.modules, **_tables(job.kept.tables)}
        return all(
            self._known.setdefault(name, digest) == digest for name, digest in wanted.items()
        )

    def kill(self) -> None:
        """End it, and what it has started; whoever waits for it learns that it ended."""
        engine.kill(self._process)

    def close(self) -> None:
        """End it, and leave nothing open. It is for the thread that uses it."""
        self.kill()
        self._process.join()
        self._connection.close()
        self._log.close()


class FactsProcesses:
    """Lends such processes, and keeps those that come back well."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._idle: list[FactsProcess] = []
        self._all: set[FactsProcess] = set()
        self._lock = threading.Lock()
        self._closed = False

    def do(self, task: Task, job: Job, tell: Tell) -> Any:  # noqa: ANN401  (what the task returns)
        """Have a job done by one of them."""
        with self.lent(job) as process:
            return process.do(task, job, tell)

    def close(self) -> None:
        """End all of them, and the jobs that are under way."""
        with self._lock:
            self._closed = True
            for process in self._all:
                process.kill()
            for process in self._idle:
                process.close()
            self._all.clear()
            self._idle.clear()

    @contextmanager
    def lent(self, job: Job) -> Iterator[FactsProcess]:
        """Lend a process for a job; it is not used again if that ends in an error."""
        with self._lock:
            if self._closed:
                raise KernelDiedError(f"chapter {job.chapter} was not started: we are stopping")
            process = self._taken(job)
        try:
            yield process
        except BaseException:
            with self._lock:
                self._all.discard(process)
            process.close()  # whatever state it is in
            raise
        with self._lock:
            if process in self._all:
                self._idle.append(process)
                return
        process.close()

    def _taken(self, job: Job) -> FactsProcess:
        while self._idle:
            process = self._idle.pop()
            if process.fits(job):
                return process
            self._all.discard(process)
            process.close()
        process = FactsProcess(self._root)
        process.fits(job)
        self._all.add(process)
        return process


def _serve(root: Path, variables: dict[str, str], connection: Connection, log: str) -> None:
    """Do one job after the other, in a process that was started for it."""
    engine.settle(root, variables, connection, log)
    engine.use_modules_as_they_are_now(root)
    computing = importlib.import_module("overtake.runs.computing")
    while True:
        try:
            task, job = connection.recv()
        except EOFError:
            os._exit(0)
        connection.send(getattr(computing, task)(job, connection.send))


def _tables(digests: Mapping[str, str]) -> dict[str, str]:
    return {f"table {name}": digest for name, digest in digests.items()}
