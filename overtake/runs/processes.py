"""Processes of the project: how they are started, what they find, and how they end.

Little is imported here, so that one can be started before the commands are loaded.
"""

import contextlib
import faulthandler
import importlib
import multiprocessing
import os
import signal
import sys
import threading
import time
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from overtake.core.paths import LOCAL_PACKAGES, ROOT_VARIABLE

# One thread per chapter: chapters already run side by side, and the order of a
# threaded sum is not the same on every machine.
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
_LOG_BYTES = 4000
_SHAPING = threading.Lock()
"""One thread at a time changes what its process hands on."""
_MOST_WANT = "pandas"
"""What nearly every chapter needs and is slow to import."""


@dataclass(frozen=True)
class Waiting:
    """A process that does jobs of `overtake.runs.computing`, one after the other.

    `since` is when it was started, in nanoseconds; `log` is what it and its libraries print.
    """

    process: BaseProcess
    connection: Connection
    log: IO[bytes]
    since: int = field(default_factory=time.time_ns)

    def close(self) -> None:
        """End it, and what it has started, and leave nothing open; also if it has ended."""
        kill(self.process)
        self.process.join()
        self.connection.close()
        self.log.close()


def start_waiting(root: Path) -> Waiting:
    """Start a process for the project at `root` that waits for its first job."""
    since, log = time.time_ns(), NamedTemporaryFile("rb", prefix="overtake-")  # noqa: SIM115
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(root, environment(root), theirs, log.name)
    )
    with theirs, shaped_for_children(root):
        process.start()
    return Waiting(process, ours, log, since)


def _serve(root: Path, variables: dict[str, str], ours: Connection, log: str) -> None:
    """Do one job after the other, in a process that was started for it."""
    settle(root, variables, ours, log)
    use_modules_as_they_are_now(root)
    computing = importlib.import_module("overtake.runs.computing")
    if not ours.poll():
        importlib.import_module(_MOST_WANT)
    while True:
        try:
            task, job = ours.recv()
        except EOFError:
            os._exit(0)
        ours.send(getattr(computing, task)(job, ours.send))


def environment(root: Path) -> dict[str, str]:
    """Return the environment in which chapters are executed."""
    return {**os.environ, **_ENVIRONMENT, "PYTHONPATH": str(root), ROOT_VARIABLE: str(root)}


@contextmanager
def shaped_for_children(root: Path) -> Iterator[None]:
    """Start processes with the environment of chapters, and without the program that runs here.

    Some variables count only if they are set before Python starts. And a new process
    would import what is ``__main__`` here, for instance the whole command line. A worker
    of Dask is marked as a daemon, which may start none: ours end with it by themselves.
    """
    with _SHAPING:
        multiprocessing.current_process().daemon = False
        main, before = sys.modules["__main__"], dict(os.environ)
        sys.modules["__main__"] = types.ModuleType("__main__")
        os.environ.update(environment(root))
        try:
            yield
        finally:
            sys.modules["__main__"] = main
            for name in {*_ENVIRONMENT, "PYTHONPATH", ROOT_VARIABLE} - set(before):
                del os.environ[name]
            os.environ.update(before)


def settle(root: Path, variables: dict[str, str], connection: Connection, log: str) -> None:
    """Make this process one of the project at `root`, which ends with the one that started it."""
    os.setpgid(0, 0)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.register_at_fork(after_in_child=connection.close)  # only this process reports
    _redirect(log)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(root)
    sys.argv = [""]


def _end_with_parent() -> None:
    """End this process, and what it has started, with the one that ordered the job."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    os.killpg(0, signal.SIGKILL)


def _redirect(log: str) -> None:
    nothing, file = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND)
    for source, target in ((nothing, 0), (file, 1), (file, 2)):
        os.dup2(source, target)
    faulthandler.enable(file=file)


def use_modules_as_they_are_now(root: Path) -> None:
    """Make the next import of the project's modules execute its files as they are now."""
    sys.path[:] = [str(root), *(path for path in sys.path if path not in {"", str(root)})]
    for name in list(sys.modules):
        if name.partition(".")[0] in LOCAL_PACKAGES:
            del sys.modules[name]
    importlib.invalidate_caches()


def kill(process: BaseProcess) -> None:
    """End a process and what it has started."""
    assert process.pid is not None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def how_it_ended(process: BaseProcess, log: bytes) -> str:
    """Say how a process ended, and what it said last."""
    code = process.exitcode or 0
    named = f"on signal {-code} ({signal.Signals(-code).name})" if code < 0 else None
    said = log[-_LOG_BYTES:].decode(errors="replace")
    return f"{named or f'with exit code {code}'}\n{said}".strip()
