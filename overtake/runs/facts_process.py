"""Processes that compute the facts of chapters, each one job after the other.

They start cold and import what they need when they need it: where most is kept, that is
little. What they have imported stays, so that the next job starts at once.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from overtake.core.errors import KernelDiedError, OvertakeError
from overtake.runs import engine, processes
from overtake.runs.engine import Job, died_message
from overtake.runs.kept.report import Tell
from overtake.runs.processes import Waiting

Task = Literal["attempt", "attempt_numbers", "repeat_numbers", "repeat_facts", "assist", "foresee"]
"""What a process does with a job: a function of `overtake.runs.computing`."""


class FactsProcess:
    """One such process."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._known: dict[str, str] = {}

    def do(self, task: Task, job: Job, tell: Tell) -> Any:  # noqa: ANN401
        """Have a job done; what failed is raised, and this process may have to be closed then."""
        try:
            self._waiting.connection.send((task, job))
            found = engine.answer(self._waiting.connection, job, tell)
        except (EOFError, OSError):
            self._waiting.process.join()
            how = processes.how_it_ended(self._waiting.process, self._waiting.log.read())
            raise KernelDiedError(died_message(job.chapter, how)) from None
        if isinstance(found, OvertakeError):
            raise found
        return found

    def fits(self, job: Job) -> bool:
        """Whether what it has imported and read so far is what the job is to use."""
        assert job.kept is not None
        if not self._known and any(
            changed >= self._waiting.since for changed, _ in job.kept.files.values()
        ):
            return False  # it may have imported what stood in that file before
        wanted = {**job.kept.modules, **_tables(job.kept.tables)}
        return all(
            self._known.setdefault(name, digest) == digest for name, digest in wanted.items()
        )

    def kill(self) -> None:
        """End it, and what it has started; whoever waits for it learns that it ended."""
        processes.kill(self._waiting.process)

    def close(self) -> None:
        """End it, and leave nothing open. It is for the thread that uses it."""
        self._waiting.close()


class FactsProcesses:
    """Lends such processes, those that `wait` already first, and keeps what comes back well."""

    def __init__(self, root: Path, wait: Iterable[Waiting] = ()) -> None:
        self._root = root
        self._idle = [FactsProcess(each) for each in wait]
        self._all = set(self._idle)
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
        process = FactsProcess(processes.start_waiting(self._root))
        process.fits(job)
        self._all.add(process)
        return process


def _tables(digests: Mapping[str, str]) -> dict[str, str]:
    return {f"table {name}": digest for name, digest in digests.items()}
