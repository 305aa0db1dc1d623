"""A papermill engine that runs a notebook's cells in its own process.

The kernel is ipykernel's own, without sockets between it and papermill: the
same shell, the same messages, read by papermill's own client. What a notebook
publishes is therefore what it publishes from a kernel in a process of its own
(a test compares them byte by byte), without the start and the handshake.

A process runs one notebook and ends: IPython's shell is a singleton.
"""

import sys
from typing import Any

from ipykernel.inprocess.blocking import BlockingInProcessKernelClient
from ipykernel.inprocess.manager import InProcessKernelManager
from ipykernel.iostream import OutStream
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.log import logger
from traitlets.config import Config

ENGINE_NAME = "overtake-in-process"


class InProcessEngine(NBClientEngine):  # type: ignore[misc]
    """Papermill's engine for ``papermill.execute_notebook(engine_name=ENGINE_NAME)``."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        config: Config | None = None,
        coalesce_streams: bool = False,
        **_for_other_processes: object,
    ) -> NotebookNode:
        """Execute the notebook that papermill has parameterized.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
            The notebook and its state.
        kernel_name : str
            Name of the kernel that the notebook asks for; Python's is the only one.
        config : traitlets.config.Config, optional
            Settings of the kernel and its shell.
        coalesce_streams : bool, default False
            As in nbclient: one output for each stream of a cell, however it was flushed.
        """
        manager = _started_kernel(config)
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
        executed: NotebookNode = client.execute()
        return executed


papermill_engines.register(ENGINE_NAME, InProcessEngine)


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

    async def execute(  # type: ignore[override]
        self, code: str, **options: object
    ) -> str:
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
