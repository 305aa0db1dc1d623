"""Inside the process that executes one chapter: papermill, and the notebook it leaves.

The process is either forked from a warmed one, where papermill runs the cells
in the process itself, or started cold, where papermill starts a kernel.
"""

import contextlib
import errno
import os
import re
import shutil
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import papermill
import psutil
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from overtake.chapter import session
from overtake.core.errors import ChapterError, KernelDiedError, MemoryLimitError, OvertakeError
from overtake.core.paths import Project
from overtake.runs import chapter_source, store
from overtake.runs.jobs import NOTEBOOK_NAME, Failure, Job, died_message, report

LIMITED = "RLIMIT_DATA" if sys.platform == "linux" else "RLIMIT_AS"
"""The limit on memory: on Linux what is written to, not what is merely mapped."""
_MEMORY_ERRORS = ("MemoryError", "_ArrayMemoryError")
_FULL_DISK = re.compile(rf"\[Errno ({errno.ENOSPC}|{errno.EDQUOT})\]")
_EXECUTION_METADATA = ("papermill", "execution")


def attempt(job: Job, engine: Mapping[str, Any]) -> Failure | None:
    """Execute a job in this process, which then has to end.

    Parameters
    ----------
    job : Job
        What to execute; its notebook is written into its folder.
    engine : mapping of str to object
        Arguments of `papermill.execute_notebook` that choose and set its engine.

    Returns
    -------
    Failure or None
        What went wrong, if anything.
    """
    try:
        with store.explained(Path(job.folder).parents[1]):
            _write(job, _executed(job, engine))
    except MemoryError:
        return Failure(MemoryLimitError.__name__, _memory_message(job))
    except OvertakeError as error:
        return Failure(type(error).__name__, str(error))
    return None


def main() -> None:
    """Execute the job on standard input with a kernel of its own, started for it."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    threading.Thread(target=_end_with, args=[connection], daemon=True).start()
    job = Job.of_json(sys.stdin.read())
    with TemporaryDirectory(prefix="overtake-") as sockets:
        report(connection, attempt(job, _kernel_engine(sockets, job.memory_bytes)))


def _end_with(connection: socket.socket) -> None:
    """End this process and its kernel when whoever ordered the job closes the connection."""
    connection.recv(1)
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    os._exit(1)


def _kernel_engine(sockets: str, memory_bytes: int | None) -> dict[str, Any]:
    """Return papermill's arguments for a new kernel that says only what the chapter says."""
    limit = f"import resource as _r; _r.setrlimit(_r.{LIMITED}, ({memory_bytes},) * 2); del _r"
    memory = [] if memory_bytes is None else [f"--IPKernelApp.exec_lines={limit}"]
    return {
        # Files that only we can read, not the network.
        "config": Config(KernelManager={"transport": "ipc", "ip": f"{sockets}/kernel"}),
        "extra_arguments": [
            "--HistoryManager.enabled=False",
            "--IPKernelApp.log_level=CRITICAL",
            *memory,
        ],
        # All outputs have come by then: a graceful end would cost a second.
        "shutdown_kernel": "immediate",
    }


def _executed(job: Job, engine: Mapping[str, Any]) -> nbformat.NotebookNode:
    folder = Path(job.folder)
    os.environ["IPYTHONDIR"] = str(folder / ".ipython")  # nothing of the user's profile gets in
    os.environ[session.FOLDER_VARIABLE] = job.folder
    os.environ[session.ID_VARIABLE] = job.run_id
    source = chapter_source.read(Project(Path(job.root)).chapter(job.chapter))
    try:
        executed: nbformat.NotebookNode = papermill.execute_notebook(
            source,
            None,
            parameters=job.parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=job.root,
            # However a stream was flushed, it is one output.
            coalesce_streams=True,
            **engine,
        )
    except PapermillExecutionError as error:
        raise _explained(job, error) from None
    except DeadKernelError:
        raise KernelDiedError(died_message(job.chapter, "before its last cell")) from None
    return executed


def _explained(job: Job, error: PapermillExecutionError) -> Exception:
    if error.ename in _MEMORY_ERRORS:
        return MemoryLimitError(f"{_memory_message(job)}\n{_where(job.chapter, error)}")
    if full := _FULL_DISK.match(error.evalue):
        return OSError(int(full[1]), error.evalue)
    return ChapterError(f"{_where(job.chapter, error)}\n" + "\n".join(error.traceback))


def _memory_message(job: Job) -> str:
    if job.memory_bytes is None:
        return f"chapter {job.chapter} found no more memory on this machine; nothing was stored"
    allowed = f"{job.memory_bytes / 2**30:.3g} GiB"
    return (
        f"chapter {job.chapter} needs more memory than the {allowed} it may use; "
        "nothing was stored. --memory sets the limit"
    )


def _where(chapter: str, error: PapermillExecutionError) -> str:
    """Name the chapter, the cell as the author counts it, its first line and the error."""
    # Papermill has put one cell of its own before the one that failed.
    first_line = next(iter(error.source.strip().splitlines()), "")
    return (
        f"chapter {chapter}, cell {error.cell_index} (In [{error.exec_count}], "
        f"starting {first_line!r}) raised {error.ename}: {error.evalue}"
    )


def _write(job: Job, notebook: nbformat.NotebookNode) -> None:
    folder = Path(job.folder)
    _strip(notebook)
    shutil.rmtree(folder / ".ipython", ignore_errors=True)
    nbformat.write(notebook, folder / NOTEBOOK_NAME)


def _strip(notebook: nbformat.NotebookNode) -> None:
    """Remove what a run's identity doesn't hold, so that the same run has the same bytes."""
    notebook.cells = chapter_source.code_cells(notebook)
    notebook.metadata.pop("papermill", None)
    notebook.metadata.language_info["version"] = "{}.{}".format(*sys.version_info)
    for cell in notebook.cells:
        for key in _EXECUTION_METADATA:
            cell.metadata.pop(key, None)
        tags = cell.metadata.setdefault("tags", [])
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
            tags.append("remove-cell")
        elif cell.cell_type == "code" and "hide-input" not in tags:
            tags.append("hide-input")


if __name__ == "__main__":
    main()
