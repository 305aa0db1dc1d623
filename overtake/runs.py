"""One run: its identity, its execution through papermill, and the store of runs.

A run is *chapter source + parameters + tables + local modules + locked
environment*; its id is the hash of those inputs. It is written whole or not
at all, under ``_build/runs/<id>/``, and never changed afterwards.
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from traitlets.config import Config

from overtake import chapter_parameters, dependencies, parameters, results, session
from overtake.errors import ChapterError, OvertakeError, ProjectError
from overtake.paths import ROOT_VARIABLE, Project

RECORD_NAME = "run.json"
NOTEBOOK_NAME = "notebook.ipynb"
_FORMAT = 1
_ID_CHARACTERS = 16
_STAGING = ".staging"
_EXECUTION_METADATA = ("papermill", "execution")

# One thread per kernel: chapters already run side by side, and the order of a
# threaded sum is not the same on every machine.
_KERNEL_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "IPYTHONDIR": "",  # set to the staging folder: nothing of the user's profile gets in
}
# Keep no history, and say nothing that isn't the chapter's.
_KERNEL_ARGUMENTS = ("--HistoryManager.enabled=False", "--IPKernelApp.log_level=CRITICAL")


@dataclass(frozen=True)
class RunInputs:
    """Everything that a run's outcome depends on.

    Attributes
    ----------
    chapter : str
        The chapter's name.
    parameters : dict of str to object
        Complete parameters, typed.
    source : str
        SHA-256 of the chapter's notebook.
    tables : dict of str to str
        SHA-256 of each table that the chapter loads, with its schema.
    modules : dict of str to str
        SHA-256 of each local module that the chapter imports.
    lock : str
        SHA-256 of the lock file.
    python : str
        Minor version of Python, for instance ``3.11``.
    """

    chapter: str
    parameters: dict[str, Any]
    source: str
    tables: dict[str, str]
    modules: dict[str, str]
    lock: str
    python: str

    @property
    def id(self) -> str:
        """The run's identity: a hash of all inputs."""
        text = json.dumps([_FORMAT, asdict(self)], sort_keys=True, allow_nan=False)
        return _digest(text.encode())[:_ID_CHARACTERS]


@dataclass(frozen=True)
class Run:
    """A finished run in the store.

    Attributes
    ----------
    folder : pathlib.Path
        ``_build/runs/<id>``.
    """

    folder: Path

    @property
    def id(self) -> str:
        """The run's identity."""
        return self.folder.name

    @property
    def notebook(self) -> nbformat.NotebookNode:
        """The executed notebook."""
        notebook: nbformat.NotebookNode = nbformat.read(self.folder / NOTEBOOK_NAME, as_version=4)
        return notebook

    @property
    def record(self) -> dict[str, Any]:
        """Inputs and outputs with their hashes."""
        return _read_record(self.folder / RECORD_NAME)

    @property
    def results(self) -> dict[str, Any]:
        """Headline numbers and verdicts."""
        return _read_record(self.folder / results.FILE_NAME)

    @property
    def figures(self) -> dict[str, dict[str, Any]]:
        """Record of each figure, by id."""
        records = [_read_record(path) for path in sorted((self.folder / "figures").glob("*.json"))]
        return {record["id"]: record for record in records}


def plan(project: Project, chapter: str, given: Mapping[str, Any] | None = None) -> RunInputs:
    """Collect and hash the inputs of a run; nothing is executed.

    Parameters
    ----------
    project : Project
        The checkout.
    chapter : str
        The chapter's name.
    given : mapping of str to object, optional
        Parameters that differ from the defaults.

    Raises
    ------
    OvertakeError
        If the chapter, a parameter or a dependency is not as it should be.
    """
    path = project.chapter(chapter)
    declaration = chapter_parameters.of_chapter(chapter)
    values = parameters.resolve(declaration, given or {})
    text = path.read_bytes()
    notebook = nbformat.reads(text.decode("utf-8"), as_version=4)
    needs = dependencies.of_notebook(notebook, project.root, chapter)
    return RunInputs(
        chapter=chapter,
        parameters=values,
        source=_digest(text),
        tables={name: _table_digest(project, name) for name in needs.tables},
        modules={name: _digest((project.root / name).read_bytes()) for name in needs.modules},
        lock=_digest(project.lock.read_bytes()),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def find(project: Project, inputs: RunInputs) -> Run | None:
    """Return the stored run of these inputs, or None."""
    folder = project.runs / inputs.id
    return Run(folder) if (folder / RECORD_NAME).is_file() else None


def ensure(project: Project, inputs: RunInputs) -> Run:
    """Return the run of these inputs, executing it if the store lacks it.

    Raises
    ------
    ChapterError
        If the chapter raises, or publishes no results.
    """
    return find(project, inputs) or _execute(project, inputs)


def ensure_all(
    project: Project, wanted: Sequence[RunInputs], processes: int | None = None
) -> dict[str, Run]:
    """Return the runs of several inputs, executing what is missing side by side.

    Parameters
    ----------
    project : Project
        The checkout.
    wanted : sequence of RunInputs
        The runs to return.
    processes : int, optional
        Chapters at a time; as many as there are processors by default.

    Returns
    -------
    dict of str to Run
        Runs by chapter name.

    Raises
    ------
    ChapterError
        If chapters raise; the message holds all of them.
    """
    _sweep_staging(project)
    missing = [inputs for inputs in wanted if find(project, inputs) is None]
    if missing:
        _execute_side_by_side(project, missing, processes or os.cpu_count() or 1)
    return {inputs.chapter: ensure(project, inputs) for inputs in wanted}


def _execute_side_by_side(project: Project, missing: list[RunInputs], processes: int) -> None:
    """Run chapters in processes: papermill's working directory is not thread-safe."""
    workers = min(processes, len(missing))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(_execute, project, inputs) for inputs in missing]
        failures = [str(error) for error in map(_failure, futures) if error is not None]
    if failures:
        raise ChapterError("\n\n".join(failures))


def _failure(future: "Future[Run]") -> BaseException | None:
    error = future.exception()
    if error is not None and not isinstance(error, OvertakeError):
        raise error
    return error


def _execute(project: Project, inputs: RunInputs) -> Run:
    with _staging_folder(project, inputs.id) as folder:
        notebook = _run_papermill(project, inputs, folder)
        _strip(notebook)
        (folder / NOTEBOOK_NAME).write_text(nbformat.writes(notebook), encoding="utf-8")
        _check_outputs(inputs, folder)
        _write_record(inputs, folder)
        return _publish(folder, project.runs / inputs.id)


@contextmanager
def _staging_folder(project: Project, run_id: str) -> Iterator[Path]:
    """Yield a folder that no reader of the store sees, and remove it if it is left."""
    folder = project.runs / _STAGING / f"{run_id}.{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run_papermill(project: Project, inputs: RunInputs, folder: Path) -> nbformat.NotebookNode:
    import papermill
    from papermill.exceptions import PapermillExecutionError

    source = nbformat.read(project.chapter(inputs.chapter), as_version=4)
    with (
        _environment(_kernel_environment(project, inputs, folder)),
        TemporaryDirectory(prefix="overtake-") as sockets,
    ):
        try:
            executed: nbformat.NotebookNode = papermill.execute_notebook(
                source,
                None,
                parameters=inputs.parameters,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                cwd=project.root,
                config=_kernel_manager(sockets),
                extra_arguments=list(_KERNEL_ARGUMENTS),
                # All outputs have come by then: a graceful end would cost a second.
                shutdown_kernel="immediate",
            )
        except PapermillExecutionError as error:
            raise ChapterError(_describe_failure(inputs.chapter, error)) from None
    return executed


def _kernel_manager(sockets: str) -> Config:
    """Talk to the kernel through files that only we can read, not through the network."""
    return Config(KernelManager={"transport": "ipc", "ip": f"{sockets}/kernel"})


def _kernel_environment(project: Project, inputs: RunInputs, folder: Path) -> dict[str, str]:
    return {
        **_KERNEL_ENVIRONMENT,
        "IPYTHONDIR": str(folder / ".ipython"),
        "PYTHONPATH": str(project.root),
        ROOT_VARIABLE: str(project.root),
        session.FOLDER_VARIABLE: str(folder),
        session.ID_VARIABLE: inputs.id,
    }


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _describe_failure(chapter: str, error: Any) -> str:  # noqa: ANN401
    """Name the chapter, the cell as the author counts it, the line and the error."""
    # Papermill has put one cell of its own before the one that failed.
    cell = error.cell_index
    first_line = next(iter(error.source.strip().splitlines()), "")
    return (
        f"chapter {chapter}, cell {cell} (In [{error.exec_count}], starting {first_line!r}) "
        f"raised {error.ename}: {error.evalue}\n" + "\n".join(error.traceback)
    )


def _strip(notebook: nbformat.NotebookNode) -> None:
    """Remove times and random ids, so that the same run has the same bytes."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for key in _EXECUTION_METADATA:
            cell.metadata.pop(key, None)
        tags = cell.metadata.setdefault("tags", [])
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
            tags.append("remove-cell")
        elif cell.cell_type == "code" and "hide-input" not in tags:
            tags.append("hide-input")


def _check_outputs(inputs: RunInputs, folder: Path) -> None:
    """Refuse a run that ended well but published nothing."""
    shutil.rmtree(folder / ".ipython", ignore_errors=True)
    for needed in (folder / results.FILE_NAME, folder / "figures"):
        if not needed.exists():
            raise ChapterError(
                f"chapter {inputs.chapter} ran to its end but published no {needed.name}"
            )


def _write_record(inputs: RunInputs, folder: Path) -> None:
    outputs = {
        path.relative_to(folder).as_posix(): _digest(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    record = {"format": _FORMAT, "id": inputs.id, "inputs": asdict(inputs), "outputs": outputs}
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / RECORD_NAME).write_text(text, encoding="utf-8")


def _publish(folder: Path, target: Path) -> Run:
    """Move a finished run into the store in one step; who comes second keeps the first's."""
    try:
        folder.rename(target)
    except OSError:
        if not (target / RECORD_NAME).is_file():
            raise
    return Run(target)


def _sweep_staging(project: Project) -> None:
    """Remove what killed builds have left."""
    for folder in (project.runs / _STAGING).glob("*.*"):
        if not _is_alive(int(folder.suffix[1:])):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _table_digest(project: Project, name: str) -> str:
    """Hash a table with its schema: a changed rule is a changed table."""
    package = _read_record(project.data / "datapackage.json")
    for resource in package["resources"]:
        if resource["name"] == name:
            content = (project.data / resource["path"]).read_bytes()
            schema = json.dumps(resource, sort_keys=True).encode()
            return _digest(content + b"\0" + schema)
    raise ProjectError(f"no table is called {name!r} in {project.data / 'datapackage.json'}")


def _read_record(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
