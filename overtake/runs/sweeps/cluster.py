"""Runs on an existing Dask cluster, whose workers share nothing with us but the network."""

import shutil
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from distributed import Client
from distributed import Future as RemoteFuture

from overtake.core.errors import ClusterError, OvertakeError
from overtake.core.paths import Project
from overtake.runs.engine import Limits
from overtake.runs.runs import Pool, Run, RunInputs
from overtake.runs.sweeps import bundle
from overtake.runs.sweeps.bundle import Bundle

_CONNECT_SECONDS = 15


@dataclass(frozen=True)
class _Workshop:
    """A bundle laid out on a worker; the folder goes when the worker ends."""

    folder: TemporaryDirectory[str]
    project: Project
    pool: Pool


_workshops: dict[tuple[str, Limits], _Workshop] = {}
_opening = threading.Lock()


class Cluster:
    """Executes runs on the workers of a Dask scheduler; use it as a context manager.

    A chapter with its tables and its code is sent once to each worker that
    needs it, and again to another if that one dies.

    Parameters
    ----------
    project : Project
        The checkout, whose store receives the runs.
    address : str
        Address of the scheduler, for instance ``tcp://10.0.0.7:8786``.
    limits : Limits
        What each run may use.

    Raises
    ------
    ClusterError
        If no scheduler answers there.
    """

    def __init__(self, project: Project, address: str, limits: Limits) -> None:
        self._project = project
        self._limits = limits
        self._bundles: dict[str, RemoteFuture[Bundle]] = {}
        try:
            self._client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from None

    def __enter__(self) -> Self:
        """Return the cluster."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the cluster; runs that have not started are given up."""
        self._client.close()

    def submit(self, inputs: RunInputs) -> "Future[Run]":
        """Return the run of these inputs in the future, received into the store."""
        outcome: Future[Run] = Future()
        remote = self._client.submit(
            execute_bundle,
            self._bundle(inputs),
            inputs,
            self._limits,
            pure=False,
        )
        remote.add_done_callback(lambda done: self._receive(done, inputs, outcome))
        return outcome

    def _bundle(self, inputs: RunInputs) -> "RemoteFuture[Bundle]":
        """Return the chapter's bundle on the cluster; a task, so that it can be made again."""
        if inputs.chapter not in self._bundles:
            packed = bundle.of_chapter(self._project, inputs)
            key = f"overtake-bundle-{packed.digest}"
            self._bundles[inputs.chapter] = self._client.submit(_carry, packed, key=key)
        return self._bundles[inputs.chapter]

    def _receive(
        self, done: "RemoteFuture[bytes]", inputs: RunInputs, outcome: "Future[Run]"
    ) -> None:
        try:
            outcome.set_result(bundle.receive(self._project, inputs, done.result()))
        except OvertakeError as error:
            outcome.set_exception(error)
        except Exception as error:  # noqa: BLE001  (whatever the cluster failed with)
            outcome.set_exception(ClusterError(f"run {inputs.id} was lost: {error}"))


def execute_bundle(packed: Bundle, inputs: RunInputs, limits: Limits) -> bytes:
    """Execute a run on a worker and return its files.

    Parameters
    ----------
    packed : Bundle
        The chapter with all its inputs but the parameters.
    inputs : RunInputs
        The run.
    limits : Limits
        What it may use.

    Returns
    -------
    bytes
        A compressed archive of the run's folder.

    Raises
    ------
    OvertakeError
        If the chapter fails, or the worker's environment is not the locked one.
    """
    run = _workshop(packed, inputs.python, limits).pool.submit(inputs).result()
    try:
        return bundle.pack(
            run.folder, [p.relative_to(run.folder).as_posix() for p in _files(run.folder)]
        )
    finally:
        shutil.rmtree(run.folder)


def _carry(packed: Bundle) -> Bundle:
    return packed


def _workshop(packed: Bundle, python: str, limits: Limits) -> _Workshop:
    """Lay a bundle out once for each worker process, and keep its pool warm."""
    with _opening:
        key = packed.digest, limits
        if key not in _workshops:
            _workshops[key] = _opened(packed, python, limits)
        return _workshops[key]


def _opened(packed: Bundle, python: str, limits: Limits) -> _Workshop:
    folder = TemporaryDirectory(prefix="overtake-worker-")
    bundle.unpack(packed.content, Path(folder.name))
    project = Project(Path(folder.name).resolve())
    bundle.require_same_environment(bundle.read_lock(project), python)
    return _Workshop(folder, project, Pool(project, limits=limits))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
