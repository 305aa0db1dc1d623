"""Inside the process that executes one chapter: papermill, and the notebook it leaves.

Papermill runs the cells in this process. The kernel is ipykernel's own, without
sockets between it and papermill: the same shell, the same messages, read by papermill's
own client. What a notebook publishes is therefore what it publishes from a kernel in a
process of its own (a test compares them byte by byte), without the start and the
handshake. A process runs one notebook and ends: IPython's shell is a singleton.
"""

import errno
import os
import re
import shutil
import sys
from typing import Any

import nbformat
import papermill
from ipykernel.inprocess.blocking import BlockingInProcessKernelClient
from ipykernel.inprocess.manager import InProcessKernelManager
from ipykernel.iostream import OutStream
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.log import logger
from traitlets.config import Config

from overtake.chapter import session
from overtake.core.errors import ChapterError, KernelDiedError, MemoryLimitError, OvertakeError
from overtake.core.paths import Project
from overtake.runs import chapter_source, computing, store
from overtake.runs.engine import NOTEBOOK_NAME, Job, died_message
from overtake.runs.kept import tracing
from overtake.runs.kept.report import Report, Tell
from overtake.runs.kept.tracing import Tracer

_ENGINE_NAME = "overtake-in-process"
_MEMORY_ERRORS = ("MemoryError", "_ArrayMemoryError")
_FULL_DISK = re.compile(rf"\[Errno ({errno.ENOSPC}|{errno.EDQUOT})\]")
_EXECUTION_METADATA = ("papermill", "execution")


def attempt(job: Job, tell: Tell) -> OvertakeError | Report:
    """Execute a job in this process, which then has to end.

    Returns which calls it made, or what went wrong.
    """
    tracer = computing.tracer_of(job, tell) if job.kept else None
    try:
        with store.explained(job.folder.parents[1]):
            computing.limit_memory(job.limits)
            notebook = _executed(job, tracer)
            if tracer:
                tracer.calls.finish()
            _write(job, notebook)
    except MemoryError:
        return MemoryLimitError(computing.memory_message(job))
    except OvertakeError as error:
        return error
    return tracer.calls.report if tracer else Report()


def _executed(job: Job, tracer: Tracer | None) -> nbformat.NotebookNode:
    profile = job.folder / ".ipython"  # nothing of the user's gets in
    os.environ["IPYTHONDIR"] = str(profile)
    os.environ[session.FOLDER_VARIABLE] = str(job.folder)
    source = chapter_source.read_node(Project(job.root).chapter(job.chapter))
    try:
        executed: nbformat.NotebookNode = papermill.execute_notebook(
            source,
            None,
            parameters=job.parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=job.root,
            engine_name=_ENGINE_NAME,
            tracer=tracer,
            config=Config(HistoryManager={"enabled": False}),
            # However a stream was flushed, it is one output.
            coalesce_streams=True,
        )
    except PapermillExecutionError as error:
        raise _explained(job, error) from None
    except DeadKernelError:
        raise KernelDiedError(died_message(job.chapter, "before its last cell")) from None
    shutil.rmtree(profile, ignore_errors=True)
    return executed


def _explained(job: Job, error: PapermillExecutionError) -> Exception:
    if error.ename in _MEMORY_ERRORS:
        return MemoryLimitError(f"{computing.memory_message(job)}\n{_where(job.chapter, error)}")
    if full := _FULL_DISK.match(error.evalue):
        return OSError(int(full[1]), error.evalue)
    return ChapterError(f"{_where(job.chapter, error)}\n" + "\n".join(error.traceback))


def _where(chapter: str, error: PapermillExecutionError) -> str:
    """Name the chapter, the cell as the author counts it, its first line and the error."""
    # Papermill has put one cell of its own before the one that failed.
    first_line = next(iter(error.source.strip().splitlines()), "")
    return (
        f"chapter {chapter}, cell {error.cell_index} (In [{error.exec_count}], "
        f"starting {first_line!r}) raised {error.ename}: {error.evalue}"
    )


def _write(job: Job, notebook: nbformat.NotebookNode) -> None:
    """Write a notebook without what the run's identity doesn't hold: same run, same bytes."""
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
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
    nbformat.write(notebook, job.folder / NOTEBOOK_NAME)


class _InProcessEngine(NBClientEngine):  # type: ignore[misc]
    """Papermill's engine for ``papermill.execute_notebook``."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        config: Config | None = None,
        coalesce_streams: bool = False,
        tracer: Tracer | None = None,
        **_for_other_processes: object,
    ) -> nbformat.NotebookNode:
        """Execute the notebook that papermill has parameterized."""
        manager = _started_kernel(config)
        if tracer is not None:
            tracing.install(manager.kernel.shell, tracer)
        client = PapermillNotebookClient(
            nb_man,
            km=manager,
            kernel_name=kernel_name,
            log=logger,
            coalesce_streams=coalesce_streams,
        )
        client.kc = _KernelClient(kernel=manager.kernel, session=manager.session)
        client.kc.allow_stdin = False
        client.kc.start_channels()
        executed: nbformat.NotebookNode = client.execute()
        return executed


papermill_engines.register(_ENGINE_NAME, _InProcessEngine)


def _started_kernel(config: Config | None) -> Any:  # noqa: ANN401  (ipykernel's has no types)
    manager: Any = InProcessKernelManager(config=config)
    manager.start_kernel()
    kernel = manager.kernel
    # As a kernel in a process of its own does, take the process's streams, and with
    # them what C code and commands print.
    sys.stdout = kernel.stdout = OutStream(kernel.session, kernel.iopub_thread, "stdout")
    sys.stderr = kernel.stderr = OutStream(kernel.session, kernel.iopub_thread, "stderr")
    return manager


class _KernelClient(BlockingInProcessKernelClient):
    """Runs a cell in the event loop that waits for it, and so in the main thread."""

    async def execute(self, code: str, **options: object) -> str:  # type: ignore[override]
        kernel: Any = self.kernel
        if kernel.shell.exit_now:
            raise DeadKernelError("the kernel was ended by the notebook")
        content = {"code": code, "silent": False, "user_expressions": {}, **options}
        message = self.session.msg("execute_request", {**content, "allow_stdin": False})
        self.session.send(kernel.shell_stream, message)
        await kernel.dispatch_shell(kernel.shell_stream.recv_multipart())
        _, reply = self.session.recv(kernel.shell_stream, copy=False)
        self.shell_channel.call_handlers(reply)
        identity: str = message["header"]["msg_id"]
        return identity
