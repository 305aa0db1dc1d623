"""A process that has imported what chapters import, and forks itself for each of them.

``python -m overtake.runs.zygote FD`` talks over the socket FD: it is told what to
import, says whether forking is safe, and then takes jobs, each with a socket of
its own. Over that socket the forked process reports what came of its job, and
the zygote how the process ended. Whoever ordered the job ends it by closing
the socket; when the control socket closes, all jobs end and the zygote too.

The forked process imports the project's own modules anew: they may have
changed since the zygote began.
"""

import contextlib
import ctypes
import faulthandler
import gc
import importlib
import io
import json
import os
import resource
import selectors
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import numpy as np
from traitlets.config import Config

from overtake.runs import worker
from overtake.runs.dependencies import LOCAL_PACKAGES
from overtake.runs.inprocess import ENGINE_NAME
from overtake.runs.jobs import Job, report

MESSAGE_BYTES = 1 << 20
"""Longest message on the control socket."""
_LOG_BYTES = 4000
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
_ENGINE = {
    "engine_name": ENGINE_NAME,
    "config": Config(HistoryManager={"enabled": False}),
}


def main() -> None:
    """Warm up, say whether forking is safe, and serve until the control socket closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    warm_up(json.loads(control.recv(MESSAGE_BYTES)))
    gc.collect()
    gc.freeze()  # the collector of a forked process would write to every page it shares
    control.sendall(json.dumps(obstacle()).encode())
    _Server(control).serve()


def warm_up(names: Iterable[str]) -> None:
    """Import modules, or names within them, and make the libraries load what they load late."""
    for name in names:
        # A chapter that needs what is missing will say so itself.
        with contextlib.suppress(Exception):
            _import(name)
    _validate()
    _draw()


def obstacle() -> str | None:
    """Say what makes it unsafe to fork this process, if anything does."""
    threads = {thread.name for thread in threading.enumerate()} - {"MainThread"}
    if threads:
        return f"a library has started threads: {', '.join(sorted(threads))}"
    tasks = len(list(Path("/proc/self/task").iterdir()))
    return None if tasks == 1 else f"a library has started {tasks - 1} threads"


def _import(dotted: str) -> None:
    """Import a module, or a name within one, which may be what loads it."""
    module, _, name = dotted.rpartition(".")
    try:
        importlib.import_module(dotted)
    except ModuleNotFoundError:
        getattr(importlib.import_module(module), name)


def _validate() -> None:
    """Check one table, so that the validator has loaded what it loads late."""
    import pandas as pd
    import pandera.pandas as pa

    columns = {"name": pa.Column("string", pa.Check.isin(["a"])), "n": pa.Column("Int64")}
    table = pd.DataFrame({"name": ["a"], "n": [1]}).astype({"name": "string", "n": "Int64"})
    pa.DataFrameSchema(columns, unique=["name"], strict=True).validate(table, lazy=True)


def _draw() -> None:
    """Draw one picture, so that fonts and backends are ready."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.fonttype": "path"}):
        figure = Figure(layout="constrained")
        axes = figure.add_subplot(title="Title", xlabel="$x^2$")
        axes.plot([0, 1], [0, 1], label="line")
        axes.annotate("bold", (0, 0), fontweight="bold")
        for kind in ("svg", "png"):
            figure.savefig(io.BytesIO(), format=kind)


class _Server:
    """Forks a process for each job, and tells of its end."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._jobs: dict[int, tuple[socket.socket, int]] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._woken, waker = os.pipe()
        for end in (self._woken, waker):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def serve(self) -> None:
        """Take jobs until the control socket closes; then end all that are left."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._control:
                    if not self._take_job():
                        self._end_all()
                        return
                elif key.fileobj == self._woken:
                    os.read(self._woken, 4096)
                    self._reap()
                else:
                    self._selector.unregister(key.fileobj)
                    _kill(key.data)

    def _take_job(self) -> bool:
        text, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE_BYTES, 1)
        if not text:
            return False
        connection, log = socket.socket(fileno=descriptors[0]), os.memfd_create("log")
        pid = os.fork()
        if pid == 0:
            self._close_all()
            _become_worker(Job.of_json(text), connection, log)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)  # the forked process does so too: who comes first
        self._jobs[pid] = (connection, log)
        self._selector.register(connection, selectors.EVENT_READ, data=pid)
        return True

    def _close_all(self) -> None:
        """Give up, in a forked process, what belongs to the zygote and to other jobs."""
        signal.set_wakeup_fd(-1)
        self._selector.close()
        self._control.close()
        for connection, log in self._jobs.values():
            connection.close()
            os.close(log)

    def _reap(self) -> None:
        while self._jobs:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._tell_end(pid, status)

    def _tell_end(self, pid: int, status: int) -> None:
        connection, log = self._jobs.pop(pid)
        _kill(pid)  # what the process has left in its group
        with contextlib.suppress(KeyError):
            self._selector.unregister(connection)
        message = {"ended": os.waitstatus_to_exitcode(status), "log": _tail(log)}
        with contextlib.suppress(OSError), connection:
            connection.sendall(json.dumps(message).encode() + b"\n")
        os.close(log)

    def _end_all(self) -> None:
        for pid in self._jobs:
            _kill(pid)
        for pid in list(self._jobs):
            self._tell_end(*os.waitpid(pid, 0))


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _tail(log: int) -> str:
    size = os.fstat(log).st_size
    return os.pread(log, _LOG_BYTES, max(size - _LOG_BYTES, 0)).decode(errors="replace")


def _become_worker(job: Job, connection: socket.socket, log: int) -> NoReturn:
    """Turn the forked process into the one of a chapter, as if it had begun as that."""
    status = 1
    try:
        _die_with_parent()
        os.setpgid(0, 0)
        for number in (signal.SIGCHLD, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        _redirect(log)
        _add_working_folder()
        forget_local_modules()
        np.random.seed()  # noqa: NPY002  (otherwise all forks would draw the same)
        if job.memory_bytes is not None:
            limit = getattr(resource, worker.LIMITED)
            resource.setrlimit(limit, (job.memory_bytes, job.memory_bytes))
        report(connection, worker.attempt(job, _ENGINE))
        status = 0
    except BaseException:  # noqa: BLE001  (whatever it is, the zygote hands it on)
        os.write(log, traceback.format_exc().encode())
    finally:
        os._exit(status)  # whatever threads the chapter has left


def _add_working_folder() -> None:
    """Let imports find the working folder where a kernel does: after the standard library."""
    packages = [i for i, path in enumerate(sys.path) if path.endswith("-packages")]
    sys.path.insert(packages[0] if packages else 0, "")


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def _redirect(log: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    faulthandler.enable(file=log)


def forget_local_modules() -> None:
    """Make the next import of the project's modules execute the files as they are now."""
    for name in list(sys.modules):
        if name.partition(".")[0] in LOCAL_PACKAGES:
            del sys.modules[name]
    importlib.invalidate_caches()


if __name__ == "__main__":
    main()
