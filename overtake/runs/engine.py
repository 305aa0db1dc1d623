"""Processes that execute chapters: forked from a warmed one, or started cold.

The two differ in time only; a test holds their runs together byte by byte.
Forking needs Linux and a process without threads; elsewhere, or with the
environment variable ``OVERTAKE_ENGINE=cold``, every chapter gets a new process
and a new kernel.
"""

import contextlib
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, ClassVar

import psutil

from overtake.core.errors import ChapterTimeoutError, KernelDiedError, OvertakeError
from overtake.runs import dependencies, jobs
from overtake.runs.jobs import Failure, Job, died_message

CHOICE_VARIABLE = "OVERTAKE_ENGINE"
COLD = "cold"
WARM = "warm"
_Ending = Callable[[Mapping[str, Any]], str]
_MACHINERY = (
    "IPython.core.application",
    "IPython.core.completerlib",
    "IPython.core.magics.auto",
    "ipykernel.debugger",
    "ipykernel.displayhook",
    "ipykernel.inprocess.ipkernel",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "myst_nb.ext.glue",
    "pandas.io.formats.csvs",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
)
"""What papermill, the kernel and the figures import late."""
_LOGGER = logging.getLogger(__name__)
_RECEIVED_BYTES = 1 << 16
_ASSUMED_BYTES = 2 << 30
"""Memory of a chapter that has no limit, when processes are counted."""


@dataclass(frozen=True)
class Limits:
    """What one run may use.

    Attributes
    ----------
    timeout_seconds : float or None
        Longest time from the start of its process to its end.
    memory_bytes : int or None
        Most memory that its process may allocate.
    """

    timeout_seconds: float | None = None
    memory_bytes: int | None = None


class UnsafeForkError(OvertakeError):
    """Processes can't be forked here; says why."""


class _ZygoteDiedError(OvertakeError):
    """The process that chapters are forked from is gone, and its jobs with it."""


def open_engine(root: Path) -> "Engine":
    """Return the fastest engine that works here; say why if it is not the warmed one.

    Parameters
    ----------
    root : pathlib.Path
        The project's root folder.
    """
    if os.environ.get(CHOICE_VARIABLE) == COLD:
        return ColdEngine(root)
    try:
        return WarmEngine(root)
    except UnsafeForkError as error:
        _LOGGER.warning("each chapter starts a kernel of its own: %s", error)
        return ColdEngine(root)


def imports_to_warm(root: Path) -> list[str]:
    """Return what a warmed process imports: the machinery, and what the chapters need."""
    return [*_MACHINERY, *dependencies.external_imports(root)]


def processes_that_fit(limits: Limits) -> int:
    """Return how many chapters fit this machine's processors and free memory at a time."""
    free = psutil.virtual_memory().available // (limits.memory_bytes or _ASSUMED_BYTES)
    return max(1, min(_processors(), int(free)))


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Engine(ABC):
    """Executes jobs, each in a process of its own; several at a time from several threads.

    Parameters
    ----------
    root : pathlib.Path
        The project's root folder.

    Attributes
    ----------
    name : str
        How processes are started: ``warm`` or ``cold``.
    """

    name: ClassVar[str]

    def __init__(self, root: Path) -> None:
        self._root = root
        self._live: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closed = False

    def execute(self, job: Job, timeout_seconds: float | None = None) -> None:
        """Execute a job; its folder then holds the notebook.

        Parameters
        ----------
        job : Job
            What to execute.
        timeout_seconds : float, optional
            Longest time it may take.

        Raises
        ------
        ChapterTimeoutError
            If it takes longer; its process has ended by then.
        KernelDiedError
            If its process ends on its own.
        OvertakeError
            Whatever else the chapter fails with.
        """
        with self._running(job) as (connection, ending):
            try:
                told = _heard(connection, timeout_seconds)
            except TimeoutError:
                connection.shutdown(socket.SHUT_WR)
                ending(_heard(connection, None))
                raise _timeout(job, timeout_seconds) from None
            how = ending(told)
        if "outcome" not in told:
            raise KernelDiedError(died_message(job.chapter, how))
        if told["outcome"] is not None:
            raise Failure(**told["outcome"]).to_error()

    def close(self) -> None:
        """End all processes, and with them the jobs that are under way."""
        with self._lock:
            self._closed = True
            for connection in self._live:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)

    @contextmanager
    def _running(self, job: Job) -> Iterator[tuple[socket.socket, _Ending]]:
        """Yield the connection to the process of a job; closing it ends the process."""
        with self._lock:
            if self._closed:
                raise KernelDiedError(f"chapter {job.chapter} was not started: we are stopping")
            ours, theirs = socket.socketpair()
            with theirs:
                ending = self._start(job, theirs)
            self._live.add(ours)
        try:
            yield ours, ending
        finally:
            with self._lock:
                self._live.discard(ours)
                ours.close()

    @abstractmethod
    def _start(self, job: Job, connection: socket.socket) -> _Ending:
        """Start a process that executes the job and reports over the connection.

        Returns what says, of the messages that came, how the process has ended.
        """


class WarmEngine(Engine):
    """Forks a process for each job from one that has imported the libraries.

    Raises
    ------
    UnsafeForkError
        If that can't be done on this system, or not safely.
    """

    name = WARM

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        if sys.platform != "linux":
            raise UnsafeForkError(f"processes are not forked on {sys.platform}")
        self._begin()

    def execute(self, job: Job, timeout_seconds: float | None = None) -> None:
        """Execute a job, once more if the warmed process itself has died."""
        try:
            super().execute(job, timeout_seconds)
        except _ZygoteDiedError:
            for left in Path(job.folder).iterdir():
                shutil.rmtree(left)
            super().execute(job, timeout_seconds)

    def close(self) -> None:
        """End all processes, the warmed one too."""
        super().close()
        self._control.close()
        self._zygote.wait()

    def _begin(self) -> None:
        """Start the warmed process and wait until it is ready."""
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, TemporaryFile() as log:
            self._zygote = _module(self._root, "overtake.runs.zygote", theirs, stderr=log)
            theirs.close()
            # It takes its time to begin: meanwhile we read what it shall import.
            self._control.sendall(json.dumps(imports_to_warm(self._root)).encode())
            answer = self._control.recv(_RECEIVED_BYTES)
            log.seek(0)
            obstacle = json.loads(answer) if answer else log.read().decode(errors="replace")
        if obstacle is not None:
            self._control.close()
            self._zygote.wait()
            raise UnsafeForkError(obstacle)

    def _start(self, job: Job, connection: socket.socket) -> _Ending:
        try:
            self._order(job, connection)
        except OSError:
            self._control.close()
            self._zygote.wait()
            self._begin()
            self._order(job, connection)
        return _told_by_zygote

    def _order(self, job: Job, connection: socket.socket) -> None:
        socket.send_fds(self._control, [job.to_json().encode()], [connection.fileno()])


class ColdEngine(Engine):
    """Starts a new process with a new kernel for each job."""

    name = COLD

    def _start(self, job: Job, connection: socket.socket) -> _Ending:
        process = _module(self._root, "overtake.runs.worker", connection, stdin=subprocess.PIPE)
        assert process.stdin is not None
        with process.stdin as stdin:
            stdin.write(job.to_json().encode())
        return lambda _told: _how(process.wait())


def _module(
    root: Path,
    name: str,
    connection: socket.socket,
    *,
    stdin: int = subprocess.DEVNULL,
    stderr: int | IO[bytes] = subprocess.DEVNULL,
) -> "subprocess.Popen[bytes]":
    """Start one of our modules; Ctrl-C reaches us only, and we end it."""
    return subprocess.Popen(  # noqa: S603  (our own module)
        [sys.executable, "-P", "-m", name, str(connection.fileno())],
        cwd=root,
        env=jobs.environment(root),
        pass_fds=[connection.fileno()],
        start_new_session=True,
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
    )


def _heard(connection: socket.socket, timeout_seconds: float | None) -> dict[str, Any]:
    """Return all that is said over a connection until the process at its other end is gone.

    Raises
    ------
    TimeoutError
        If that takes too long.
    """
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    text = b""
    while True:
        connection.settimeout(deadline and max(deadline - time.monotonic(), 1e-3))
        with contextlib.suppress(ConnectionResetError):
            if received := connection.recv(_RECEIVED_BYTES):
                text += received
                continue
        messages = map(json.loads, text.splitlines())
        return {key: value for message in messages for key, value in message.items()}


def _told_by_zygote(told: Mapping[str, Any]) -> str:
    if "ended" not in told:
        raise _ZygoteDiedError("the process that chapters are forked from was killed")
    return f"{_how(told['ended'])}\n{told['log']}".strip()


def _how(exit_code: int) -> str:
    if exit_code < 0:
        return f"on signal {-exit_code} ({signal.Signals(-exit_code).name})"
    return f"with exit code {exit_code}"


def _timeout(job: Job, timeout_seconds: float | None) -> ChapterTimeoutError:
    return ChapterTimeoutError(
        f"chapter {job.chapter} was stopped after {timeout_seconds:g} s; "
        "nothing was stored. --timeout sets the limit"
    )
