"""One run: its identity, its execution through papermill, and the store of runs.

A run is *a chapter's code + parameters + tables + local modules + locked
environment*; its id is the hash of those inputs. Words are no input: they are
rendered from the run's facts when a page is read. It is written whole or not
at all, under ``_build/runs/<id>/``, and never changed afterwards.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import nbformat

from overtake.chapter import acceptance, parameters, results
from overtake.chapter.acceptance import RecordedAcceptance
from overtake.chapter.figures import DrawingRecord
from overtake.chapter.results import Results
from overtake.core import digests
from overtake.core.errors import ChapterError, OvertakeError, ProjectError
from overtake.core.paths import Project
from overtake.runs import chapter_parameters, chapter_source, store
from overtake.runs.engine import NOTEBOOK_NAME, Engine, Job, Limits, processes_that_fit
from overtake.runs.words import chapter as chapter_words
from overtake.runs.words import facts as run_facts
from overtake.runs.words import told
from overtake.runs.words.chapter import ChapterWords
from overtake.runs.words.told import Figure, Headline, JudgedClaim, NamedTest

RECORD_NAME = "run.json"
NO_LIMITS = Limits()
FORMAT = 2
"""Version of the record's form; part of every run's identity."""
_ID_CHARACTERS = 16


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
        SHA-256 of the code cells of the chapter's notebook.
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
        text = json.dumps([FORMAT, asdict(self)], sort_keys=True, allow_nan=False)
        return digests.of(text.encode())[:_ID_CHARACTERS]


@dataclass(frozen=True)
class RunRecord:
    """What went into a run, and the hash of all that came out.

    Attributes
    ----------
    format : int
        Version of the record's form.
    id : str
        The run's identity.
    inputs : RunInputs
        What the run was made from.
    outputs : mapping of str to str
        SHA-256 of each file that it wrote, by its path in the run's folder.
    """

    format: int
    id: str
    inputs: RunInputs
    outputs: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """A finished run in the store.

    What it computed is read from its folder; its words are those of the chapter's notebook
    as it is now, rendered from the run's facts.

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
        """The executed notebook: code cells with their outputs."""
        notebook: nbformat.NotebookNode = nbformat.read(self.folder / NOTEBOOK_NAME, as_version=4)
        return notebook

    @property
    def record(self) -> RunRecord:
        """Inputs and outputs with their hashes."""
        path = self.folder / RECORD_NAME
        content = read_record(path)
        try:
            record = RunRecord(**{**content, "inputs": RunInputs(**content["inputs"])})
        except (KeyError, TypeError) as error:
            raise ProjectError(f"{path} is damaged: {error}") from None
        if not isinstance(record.outputs, dict):
            raise ProjectError(f"{path} is damaged: outputs are no names with hashes")
        return record

    @property
    def chapter(self) -> str:
        """The chapter's name."""
        return self.record.inputs.chapter

    @property
    def results(self) -> Results:
        """Headline numbers, verdicts and formal tests, without words."""
        return results.read(self.folder / results.FILE_NAME)

    @property
    def acceptance(self) -> tuple[RecordedAcceptance, ...]:
        """Published results beside ours; empty for a chapter that compares none."""
        return acceptance.read(self.folder)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the words of the chapter may call, by name."""
        inputs = self.record.inputs
        return run_facts.of_run(self.folder, inputs.parameters, inputs.tables, self._project.root)

    @cached_property
    def words(self) -> ChapterWords:
        """The words of the chapter as its notebook has them now, rendered from the facts."""
        source = chapter_source.read(self._project.chapter(self.chapter))
        return chapter_words.render(source, self.facts, self.chapter)

    @cached_property
    def headline(self) -> dict[str, Headline]:
        """Headline numbers with their words, by name, most important first."""
        return told.headline(self.results, self.words, self.chapter)

    @cached_property
    def claims(self) -> dict[str, JudgedClaim]:
        """Verdicts with their words, by claim."""
        return told.claims(self.results, self.words, self.chapter)

    @cached_property
    def tests(self) -> dict[str, NamedTest]:
        """Formal tests with their words, by id."""
        return told.tests(self.results, self.words, self.chapter)

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Figures with their words, by id."""
        return told.figures(self.folder, self.words, self.chapter)

    @cached_property
    def drawings(self) -> dict[str, DrawingRecord]:
        """What the run knows of each figure, without words, by id."""
        return told.drawings(self.folder)

    @property
    def _project(self) -> Project:
        """The checkout that the store belongs to."""
        return Project(self.folder.parents[2])


def plan(
    project: Project,
    chapter: str,
    given: Mapping[str, Any] | None = None,
    problems: Sequence[str] = (),
) -> RunInputs:
    """Collect and hash the inputs of a run; nothing is executed.

    Parameters
    ----------
    project : Project
        The checkout.
    chapter : str
        The chapter's name.
    given : mapping of str to object, optional
        Parameters that differ from the defaults, as they were written.
    problems : sequence of str
        What was wrong with them before; told together with what is found here.

    Raises
    ------
    OvertakeError
        If the chapter, a parameter or a dependency is not as it should be.
    """
    path = project.chapter(chapter)
    declaration = chapter_parameters.of_chapter(chapter)
    values = parameters.resolve(declaration, given or {}, problems)
    notebook = chapter_source.parse(path.read_bytes(), chapter)
    needs = chapter_source.dependencies_of(notebook, project.root, chapter)
    return RunInputs(
        chapter=chapter,
        parameters=values,
        source=chapter_source.code_digest(notebook),
        tables=_table_digests(project, needs.tables),
        modules=_module_digests(project, needs.modules),
        lock=digests.of(project.lock.read_bytes()),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def find(project: Project, inputs: RunInputs) -> Run | None:
    """Return the stored run of these inputs, or None if there is none with a record that fits."""
    run = Run(project.runs / inputs.id)
    try:
        record = run.record
    except (OSError, ProjectError):
        return None
    is_known = record.format == FORMAT and record.id == inputs.id
    return run if is_known and _text(asdict(record.inputs)) == _text(asdict(inputs)) else None


def _text(record: Mapping[str, Any]) -> str:
    """Tell 1 from 1.0 and from true, which are equal but not the same input."""
    return json.dumps(record, sort_keys=True)


def find_whole(project: Project, inputs: RunInputs) -> Run | None:
    """Return the stored run of these inputs if every file of it is as recorded, or None."""
    run = find(project, inputs)
    if run is None:
        return None
    outputs = run.record.outputs.items()
    is_whole = all(digests.of_file(run.folder / name) == digest for name, digest in outputs)
    return run if is_whole else None


class Pool:
    """Executes runs side by side, each in a process of its own, and keeps what it needs warm.

    Use it as a context manager. On leaving by an exception, Ctrl-C among them,
    it ends the runs under way; nothing of them is left.

    Parameters
    ----------
    project : Project
        The checkout.
    processes : int, optional
        Runs at a time; by default as many as there are processors and room for.
    limits : Limits
        What each run may use.
    """

    def __init__(
        self, project: Project, processes: int | None = None, limits: Limits = NO_LIMITS
    ) -> None:
        self._project = project
        self._limits = limits
        self._threads = ThreadPoolExecutor(processes or processes_that_fit(limits))
        store.sweep(project.runs)
        self._engine = Engine(project.root)

    @property
    def engine(self) -> str:
        """Name of the engine that executes the runs."""
        return self._engine.name

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for what was submitted; on an exception, end it."""
        if kind is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._engine.close()
        self._threads.shutdown()
        self._engine.close()

    def submit(self, inputs: RunInputs) -> "Future[Run]":
        """Return the run of these inputs in the future; execute it if the store lacks it.

        The future raises `ChapterError` or `StoreError` if there is no run.
        """
        return self._threads.submit(self._ensure, inputs)

    def _ensure(self, inputs: RunInputs) -> Run:
        """Execute a run unless another thread or process did so, or does now."""
        with store.locked(self._project.runs, inputs.id):
            return find_whole(self._project, inputs) or self._execute(inputs)

    def _execute(self, inputs: RunInputs) -> Run:
        root, target = self._project.root, self._project.runs / inputs.id
        with store.staged(self._project.runs, inputs.id) as folder:
            job = Job(root, inputs.chapter, inputs.parameters, inputs.id, folder, self._limits)
            self._engine.execute(job)
            _check(self._project, inputs, folder)
            with store.explained(self._project.runs):
                write_record(inputs, folder)
                store.publish(folder, target)
        return Run(target)


def ensure(project: Project, inputs: RunInputs, limits: Limits = NO_LIMITS) -> Run:
    """Return the run of these inputs; otherwise as `ensure_each`."""
    return ensure_each(project, [inputs], limits=limits)[0]


def ensure_all(
    project: Project,
    wanted: Sequence[RunInputs],
    processes: int | None = None,
    limits: Limits = NO_LIMITS,
) -> dict[str, Run]:
    """Return the runs of several chapters, by chapter name; otherwise as `ensure_each`."""
    found = ensure_each(project, wanted, processes, limits)
    return {inputs.chapter: run for inputs, run in zip(wanted, found, strict=True)}


def ensure_each(
    project: Project,
    wanted: Sequence[RunInputs],
    processes: int | None = None,
    limits: Limits = NO_LIMITS,
) -> list[Run]:
    """Return the run of each of several inputs, executing what is missing side by side.

    Parameters
    ----------
    project : Project
        The checkout.
    wanted : sequence of RunInputs
        The runs to return, in this order.
    processes : int, optional
        Chapters at a time; by default as many as there are processors and room for.
    limits : Limits
        What each run may use.

    Raises
    ------
    ChapterError
        If chapters raise, or publish no results; the message holds all of them.
    StoreError
        If the store can't be written.
    """
    missing = {inputs.id: inputs for inputs in wanted if find_whole(project, inputs) is None}
    if missing:
        fit = processes or processes_that_fit(limits)
        with Pool(project, min(fit, len(missing)), limits) as pool:
            _raise_failures([pool.submit(inputs) for inputs in missing.values()])
    return [Run(project.runs / inputs.id) for inputs in wanted]


def _raise_failures(futures: "list[Future[Run]]") -> None:
    """Wait for all runs; raise what a user can't mend first, else all failures as one."""
    failures = [error for future in futures if (error := future.exception()) is not None]
    for error in failures:
        if len(failures) == 1 or not isinstance(error, OvertakeError):
            raise error
    if failures:
        raise ChapterError("\n\n".join(map(str, failures)))


def _check(project: Project, inputs: RunInputs, folder: Path) -> None:
    """Refuse a run that published nothing, or whose inputs changed while it ran."""
    for needed in (results.FILE_NAME, "figures"):
        if not (folder / needed).exists():
            raise ChapterError(f"chapter {inputs.chapter} ran to its end but published no {needed}")
    if _digests(project, inputs) != (inputs.source, inputs.tables, inputs.modules):
        raise ChapterError(
            f"chapter {inputs.chapter}, a table or a module that it uses was changed while it "
            "ran; nothing was stored. Run it again"
        )


def write_record(inputs: RunInputs, folder: Path) -> None:
    """Write, beside a run's files, what went into it and the hash of each file."""
    outputs = {
        path.relative_to(folder).as_posix(): digests.of(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    record = {"format": FORMAT, "id": inputs.id, "inputs": asdict(inputs), "outputs": outputs}
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / RECORD_NAME).write_text(text, encoding="utf-8")


def _digests(project: Project, inputs: RunInputs) -> tuple[str, dict[str, str], dict[str, str]]:
    """Hash again what a run depends on: source, tables and modules."""
    return (
        chapter_source.code_digest(chapter_source.read(project.chapter(inputs.chapter))),
        _table_digests(project, inputs.tables),
        _module_digests(project, inputs.modules),
    )


def _module_digests(project: Project, names: Iterable[str]) -> dict[str, str]:
    return {name: digests.of((project.root / name).read_bytes()) for name in names}


def _table_digests(project: Project, names: Iterable[str]) -> dict[str, str]:
    """Hash tables with their schemas: a changed rule is a changed table."""
    package = project.data / "datapackage.json"
    resources = {resource["name"]: resource for resource in read_record(package)["resources"]}
    if unknown := [name for name in names if name not in resources]:
        raise ProjectError(f"no table is called {unknown[0]!r} in {package}")
    return {name: _table_digest(project.data, resources[name]) for name in names}


def _table_digest(folder: Path, resource: Mapping[str, Any]) -> str:
    """Hash a table with its schema, if it is the file that was described."""
    path = folder / resource["path"]
    content = path.read_bytes()
    if resource.get("hash", described := f"sha256:{digests.of(content)}") != described:
        raise ProjectError(
            f"{path} is not the file that {folder / 'datapackage.json'} describes; "
            "`git restore data` brings back what was, `overtake data describe` takes what is"
        )
    return table_digest(content, resource)


def table_digest(content: bytes, resource: Mapping[str, Any]) -> str:
    """Hash a table's file with what the data package says of it."""
    schema = json.dumps(resource, sort_keys=True).encode()
    return digests.of(content + b"\0" + schema)


def read_record(path: Path) -> dict[str, Any]:
    """Read a JSON file of ours.

    Raises
    ------
    ProjectError
        If it is damaged; names the place.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ProjectError(f"{path} is damaged at character {error.pos}: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise ProjectError(f"{path} is damaged: {error}") from None
    if not isinstance(record, dict):
        raise ProjectError(f"{path} is damaged: it holds no names with values")
    return record
