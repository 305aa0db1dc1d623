"""Processes that execute chapters, one for each run.

`multiprocessing` starts them. On Linux its fork server has imported what chapters
import (`overtake.runs.warm`) and forks itself for each run; elsewhere, or with the
environment variable ``OVERTAKE_ENGINE=cold``, each run gets a new interpreter. The
two differ in time only; a test holds their runs together byte by byte.
"""

import importlib
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from overtake.core.errors import ChapterTimeoutError, KernelDiedError, OvertakeError
from overtake.runs import processes
from overtake.runs.kept.report import Began, Made, Report, Tell, tell_nobody
from overtake.runs.kept.stamps import Stamp

CHOICE_VARIABLE = "OVERTAKE_ENGINE"
COLD = "cold"
WARM = "warm"
NOTEBOOK_NAME = "notebook.ipynb"

_METHODS = {WARM: "forkserver", COLD: "spawn"}
PRELOADED = "overtake.runs.warm"
_ASSUMED_BYTES = 2 << 30
"""Memory of a chapter that has no limit, when processes are counted."""


@dataclass(frozen=True)
class Limits:
    """What one run may use: time from the start of its process to its end, and memory."""

    timeout_seconds: float | None = None
    memory_bytes: int | None = None


@dataclass(frozen=True)
class Kept:
    """Where results of sections are kept, and what their keys are made of.

    `files` are those that were hashed, by their paths, as they were before that. Results that are
    kept `below` count too, but not those of the functions that are to be `repeated`.
    """

    folder: Path
    modules: Mapping[str, str]
    tables: Mapping[str, str]
    environment: str
    files: Mapping[str, Stamp]
    below: Path | None = None
    repeated: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Job:
    """One chapter of the project at `root` to execute, and the `folder` that it is written to."""

    root: Path
    chapter: str
    parameters: dict[str, Any]
    folder: Path
    limits: Limits = Limits()
    kept: Kept | None = None


def processes_that_fit(limits: Limits) -> int:
    """Return how many chapters fit this machine's processors and free memory at a time."""
    import psutil

    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    free = psutil.virtual_memory().available // (limits.memory_bytes or _ASSUMED_BYTES)
    return max(1, min(processors or 1, int(free)))


def died_message(chapter: str, how: str) -> str:
    """Say that a chapter's process has ended on its own, and what that may mean."""
    return (
        f"the process of chapter {chapter} ended {how}; nothing was stored. "
        "The system kills processes when memory is short"
    )


def answer(receiver: Connection, job: Job, tell: Tell) -> Report | OvertakeError:
    """Pass on what a job tells, and return what it ends with; for its limit of time see `Limits`.

    Raises
    ------
    ChapterTimeoutError
        If it takes longer than it may.
    EOFError
        If its process ends without an answer.
    """
    allowed = job.limits.timeout_seconds
    end = None if allowed is None else time.monotonic() + allowed
    while receiver.poll(None if end is None else max(0, end - time.monotonic())):
        news: Began | Made | Report | OvertakeError = receiver.recv()
        if not isinstance(news, Began | Made):
            return news
        tell(news)
    raise ChapterTimeoutError(
        f"chapter {job.chapter} was stopped after {allowed:g} s; nothing was stored. "
        "--timeout sets the limit"
    )


class Engine:
    """Executes jobs, each in a process of its own; several at a time from several threads.

    Its name says how processes are started: ``warm`` or ``cold``, by default what works here.
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name or _usual_name()
        self._context: Any = multiprocessing.get_context(_METHODS[self.name])
        self._live: set[BaseProcess] = set()
        self._lock = threading.Lock()
        self._closed = False

    def execute(self, job: Job, tell: Tell = tell_nobody) -> Report:
        """Execute a job; its folder then holds the notebook, or what failed is raised.

        Returns which calls of sections it made, where their results are kept; `tell` hears of
        each as it is made.

        A `ChapterTimeoutError` says that it took longer than it may, a `KernelDiedError`
        that its process ended on its own.
        """
        with NamedTemporaryFile("rb", prefix="overtake-") as log:
            with self._running(job, log.name) as (process, receiver):
                try:
                    found = answer(receiver, job, tell)
                except EOFError:
                    self._join(process)
                    how = processes.how_it_ended(process, log.read())
                    raise KernelDiedError(died_message(job.chapter, how)) from None
            if isinstance(found, OvertakeError):
                raise found
            return found

    def close(self) -> None:
        """End the jobs that are under way."""
        with self._lock:
            self._closed = True
            for process in self._live:
                processes.kill(process)

    @contextmanager
    def _running(self, job: Job, log: str) -> Iterator[tuple[BaseProcess, Connection]]:
        """Yield the process of a job and what it reports over; leave no process behind."""
        receiver, sender = multiprocessing.Pipe(duplex=False)
        arguments = (job, processes.environment(job.root), sender, log)
        process: BaseProcess = self._context.Process(target=_begin, args=arguments)
        with receiver:
            with self._lock, sender, processes.shaped_for_children(job.root):
                if self._closed:
                    raise KernelDiedError(f"chapter {job.chapter} was not started: we are stopping")
                self._warm_up()
                try:
                    process.start()
                except (EOFError, OSError) as error:  # the fork server was killed meanwhile
                    raise KernelDiedError(died_message(job.chapter, "before it began")) from error
                self._live.add(process)
            try:
                yield process, receiver
            finally:
                processes.kill(process)
                self._join(process)

    def _warm_up(self) -> None:
        if self.name == WARM:
            self._context.set_forkserver_preload([PRELOADED])
            forkserver.ensure_running()

    def _join(self, process: BaseProcess) -> None:
        """Wait for the end of a process; starting one asks after all others, so not at once."""
        connection.wait([process.sentinel])
        with self._lock:
            process.join()
            self._live.discard(process)


def start_method() -> str:
    """Return how `multiprocessing` starts processes here."""
    return _METHODS[_usual_name()]


def _usual_name() -> str:
    asked_for_cold = os.environ.get(CHOICE_VARIABLE) == COLD
    return COLD if asked_for_cold or sys.platform != "linux" else WARM


def _begin(job: Job, variables: dict[str, str], sender: Connection, log: str) -> None:
    """Execute a job in the process that was started for it, as if it had begun as that."""
    processes.settle(job.root, variables, sender, log)
    processes.use_modules_as_they_are_now(job.root)
    importlib.import_module("numpy").random.seed()  # otherwise all forks would draw the same
    worker = importlib.import_module("overtake.runs.worker")
    sender.send(worker.attempt(job, sender.send))
    os._exit(0)  # whatever threads the chapter has left
