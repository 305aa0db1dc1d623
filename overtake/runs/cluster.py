"""Runs on an existing Dask cluster, whose workers share nothing with us but the network.

Each worker gets the chapters, the tables, the code and the lock file through a plugin of
Dask's, which a worker that joins later gets too, and sends finished runs back.
"""

import io
import shutil
import sys
import uuid
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from distributed import Client, Worker, WorkerPlugin, get_worker
from distributed import Future as RemoteFuture

from overtake.core import digests, locked
from overtake.core.errors import ClusterError, OvertakeError, RecordError
from overtake.core.paths import Project
from overtake.runs import recorded, runs, store
from overtake.runs.engine import Limits
from overtake.runs.pools import NumbersPool
from overtake.runs.recorded import RunInputs
from overtake.runs.runs import Run

_CONNECT_SECONDS = 15
_PACKED = (
    "_config.yml",
    "_toc.yml",
    "uv.lock",
    "models/**/*",
    "overtake/**/*",
    "importers/**/*.py",
    "chapters/**/*.py",
    "chapters/*.ipynb",
)
_PACKED_DATA = ("tables/*.csv", "datapackage.json")


class Cluster(AbstractContextManager["Cluster"]):
    """Executes runs on the workers of a Dask scheduler, and receives them into the project's store.

    Use it as a context manager; its address is like ``tcp://10.0.0.7:8786``. A `ClusterError`
    says that no scheduler answers there, or that a worker's environment is another.
    """

    def __init__(self, project: Project, address: str, limits: Limits) -> None:
        self._project = project
        self._workshop = f"overtake-{uuid.uuid4()}"
        try:
            self._client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from None
        try:
            self._client.register_plugin(Workshop(packed(project), limits), name=self._workshop)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        """Leave the cluster; runs that have not started are given up."""
        with suppress(OSError):  # the scheduler is gone, and the workshops with it
            self._client.unregister_worker_plugin(self._workshop)
        self._client.close()

    def submit(self, inputs: RunInputs) -> "Future[Run]":
        """Return the numbers of the run of these inputs in the future, and store what comes."""
        outcome: Future[Run] = Future()
        remote = self._client.submit(_execute, self._workshop, inputs, pure=False)
        remote.add_done_callback(lambda done: self._receive(done, inputs, outcome))
        return outcome

    def _receive(
        self, done: "RemoteFuture[bytes]", inputs: RunInputs, outcome: "Future[Run]"
    ) -> None:
        try:
            outcome.set_result(receive(self._project, inputs, done.result()))
        except OvertakeError as error:
            outcome.set_exception(error)
        except Exception as error:  # noqa: BLE001  (whatever the cluster failed with)
            outcome.set_exception(ClusterError(f"run {inputs.id} was lost: {error}"))


class Workshop(WorkerPlugin):
    """The project on a worker, in a folder of its own, and what executes its runs."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        self._content = content
        self._limits = limits
        self._python = sys.version_info[:2]
        self._refusal: ClusterError | None = None

    def setup(self, worker: Worker) -> None:
        """Lay the project out, refuse another environment, and warm what executes runs."""
        self._open = ExitStack()
        folder = self._open.enter_context(TemporaryDirectory(prefix="overtake-worker-"))
        project = Project(Path(folder).resolve())
        unpack(self._content, project.root)
        try:
            require_same_environment(project, self._python)
        except ClusterError as error:
            self._refusal = error
            raise
        self._pool = NumbersPool(project, worker.state.nthreads, self._limits)
        self._open.callback(self._pool.__exit__, ClusterError)  # ends what is under way

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002  (as Dask calls it)
        """Leave nothing behind."""
        self._open.close()

    def execute(self, inputs: RunInputs) -> bytes:
        """Return the files of a run as an archive."""
        if self._refusal:  # Dask keeps a worker that joins late and refuses
            raise self._refusal
        run = self._pool.submit(inputs).result()
        try:
            return digests.pack(dict(_files(run.folder, "**/*")))
        finally:
            shutil.rmtree(run.folder)


def packed(project: Project) -> bytes:
    """Return all that the chapters' runs need but their parameters, as an archive."""
    code = {name: content for each in _PACKED for name, content in _files(project.root, each)}
    data = {name: content for each in _PACKED_DATA for name, content in _files(project.data, each)}
    return digests.pack({**code, **{f"data/{name}": content for name, content in data.items()}})


def unpack(content: bytes, folder: Path) -> None:
    """Lay an archive out below a folder; nothing in it can reach outside."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(folder)  # leaves out what would lead outside
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise ClusterError(f"what came over the network can't be unpacked: {error}") from None


def receive(project: Project, inputs: RunInputs, content: bytes) -> Run:
    """Put a run that another machine has executed into the store, if it is whole."""
    target = project.runs / store.NUMBERS / inputs.id
    with store.locked(project.runs, inputs.id):
        if found := runs.find_numbers(project, inputs):
            return found
        with store.staged(project.runs, inputs.id) as folder:
            unpack(content, folder)
            _require_whole(folder, inputs)
            store.publish(folder, target)
    return Run(target)


def require_same_environment(project: Project, python: tuple[int, ...]) -> None:
    """Refuse to execute where the locked environment is not the one that is installed."""
    here, wanted = (".".join(map(str, each)) for each in (sys.version_info[:2], python))
    differing = [] if here == wanted else [f"Python is {here} here, ours is {wanted}"]
    if differing := [*differing, *locked.deviations(project)]:
        raise ClusterError(f"this worker's environment is another: {'; '.join(differing)}")


def _execute(workshop: str, inputs: RunInputs) -> bytes:
    """Execute a run on a worker and return its files."""
    plugin: Any = get_worker().plugins[workshop]
    found: bytes = plugin.execute(inputs)
    return found


def _files(folder: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a folder that a pattern fits, by their path in there."""
    for path in folder.glob(pattern):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _require_whole(folder: Path, inputs: RunInputs) -> None:
    """Refuse another run than that which was asked for, and a damaged one."""
    try:
        found = recorded.of_folder(folder, "what came over the network")
    except RecordError as error:
        raise ClusterError(f"asked for run {inputs.id}, got no record: {error}") from None
    if found.id != inputs.id:
        raise ClusterError(f"asked for run {inputs.id}, got {found.id}")
    if damaged := found.damaged_files():
        raise ClusterError(f"run {inputs.id} came damaged: {', '.join(damaged)}")
