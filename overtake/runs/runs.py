"""Runs: planned, found in the store, and executed through papermill.

A run is *a chapter's code + parameters + tables + local modules + locked
environment*; its id is the hash of those inputs. Words are no input: they are
rendered from the run's facts when a page is read. It is written whole or not
at all, under ``_build/runs/<id>/``, and never changed afterwards.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overtake.chapter import acceptance, parameters, results
from overtake.chapter.acceptance import RecordedAcceptance
from overtake.chapter.figures import DrawingRecord
from overtake.chapter.results import Results
from overtake.core import digests
from overtake.core.errors import (
    ChapterError,
    OvertakeError,
    ProjectError,
    RecordError,
    ReferenceToRunError,
)
from overtake.core.paths import Project
from overtake.data.tables import RULES_FILE
from overtake.runs import chapter_parameters, chapter_source, imports, recorded, store
from overtake.runs.engine import NOTEBOOK_NAME, Engine, Job, Kept, Limits, processes_that_fit
from overtake.runs.kept import entries, report
from overtake.runs.recorded import Recorded, RunInputs
from overtake.runs.words import chapter as chapter_words
from overtake.runs.words import facts as run_facts
from overtake.runs.words import told
from overtake.runs.words.chapter import ChapterWords
from overtake.runs.words.told import Figure, Headline, JudgedClaim, NamedTest

if TYPE_CHECKING:
    from nbformat import NotebookNode

NO_LIMITS = Limits()
_SHORTEST_PREFIX = 4


@dataclass(frozen=True)
class Run:
    """A finished run in the store: its folder, ``_build/runs/<id>``.

    What it computed is read from its folder; its words are those of the chapter's notebook
    as it is now, rendered from the run's facts.
    """

    folder: Path

    @property
    def id(self) -> str:
        """The run's identity."""
        return self.folder.name

    @property
    def notebook(self) -> "NotebookNode":
        """The executed notebook: code cells with their outputs."""
        import nbformat

        notebook: NotebookNode = nbformat.read(self.folder / NOTEBOOK_NAME, as_version=4)
        return notebook

    @cached_property
    def record(self) -> Recorded:
        """Inputs and outputs with their hashes; a `RecordError` names what is damaged."""
        return recorded.of_folder(self.folder, f"run {self.id} of the store")

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
        """The words of the chapter as its pages have them now, rendered from the facts."""
        source = chapter_source.read(self._project.chapter(self.chapter))
        page = self._project.evidence(self.chapter)
        evidence = page.read_text(encoding="utf-8") if page.is_file() else ""
        return chapter_words.render(source, evidence, self.facts, self.chapter)

    @cached_property
    def headline(self) -> dict[str, Headline]:
        """Headline numbers with their words, by name, most important first."""
        return told.headline(self.results, self.words, self.chapter)

    @cached_property
    def claims(self) -> dict[str, JudgedClaim]:
        """Verdicts with their words, by claim."""
        return told.claims(self.results, self.words, self.drawings, self.chapter)

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

    `given` are parameters that differ from the defaults, as they were written;
    `problems`, what was wrong with them before, is told with what is found here.
    """
    path = project.chapter(chapter)
    declaration = chapter_parameters.of_chapter(chapter)
    values = parameters.resolve(declaration, given or {}, problems)
    notebook = chapter_source.read(path)
    needs = chapter_source.dependencies_of(notebook, project.root, chapter)
    modules = {*needs.modules, *_rules_of(project, needs.tables)}
    return RunInputs(
        chapter=chapter,
        parameters=values,
        source=chapter_source.code_digest(notebook),
        tables=_table_digests(project, needs.tables),
        modules=_module_digests(project, sorted(modules)),
        lock=digests.of(project.lock.read_bytes()),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def find(project: Project, inputs: RunInputs) -> Run | None:
    """Return the stored run of these inputs, or None if there is none with a record that fits."""
    run = Run(project.runs / inputs.id)
    return run if _is_readable(run) else None


def find_whole(project: Project, inputs: RunInputs) -> Run | None:
    """Return the stored run of these inputs if every file of it is as recorded, or None."""
    run = find(project, inputs)
    return run if run and not run.record.damaged_files() else None


def all_runs(project: Project, prefix: str = "") -> list[Run]:
    """Return every finished run whose id starts so, newest first; others are not read."""
    records = project.runs.glob(f"{prefix}*/{recorded.RECORD_NAME}")
    newest = sorted(records, key=lambda path: (-path.stat().st_mtime, path))
    return [run for path in newest if _is_readable(run := Run(path.parent))]


def starting_with(project: Project, prefix: str) -> list[str]:
    """Return the ids of the finished runs whose ids start so, sorted."""
    is_beginning = re.fullmatch("[0-9a-f]+", prefix)
    return sorted(run.id for run in all_runs(project, prefix)) if is_beginning else []


def by_prefix(project: Project, prefix: str) -> Run:
    """Return the one run whose id starts with `prefix`; refuse one too short to mean a run."""
    if len(prefix) < _SHORTEST_PREFIX:
        raise ReferenceToRunError(
            f"{prefix!r}: a run is named by at least {_SHORTEST_PREFIX} characters of its id"
        )
    found = starting_with(project, prefix)
    if not found:
        raise ReferenceToRunError(f"no run in the store has an id that starts with {prefix!r}")
    if len(found) > 1:
        raise ReferenceToRunError(f"{prefix!r} may be any of the runs {', '.join(found)}")
    return Run(project.runs / found[0])


def _is_readable(run: Run) -> bool:
    """Whether a run has a record, whole and of its id: the hash of its inputs."""
    try:
        return run.record.id == run.id
    except RecordError:
        return False


class Pool(AbstractContextManager["Pool"]):
    """Executes runs side by side, each in a process of its own, and keeps what it needs warm.

    Use it as a context manager. On leaving by an exception, Ctrl-C among them,
    it ends the runs under way; nothing of them is left. By default as many run at a
    time as there are processors and memory for.
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

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for what was submitted; on an exception, end it."""
        if kind is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._engine.close()
        self._threads.shutdown()
        self._engine.close()

    def submit(self, inputs: RunInputs) -> "Future[Run]":
        """Return the run of these inputs in the future; execute it if the store lacks it."""
        return self._threads.submit(self._ensure, inputs)

    def _ensure(self, inputs: RunInputs) -> Run:
        """Execute a run unless another thread or process did so, or does now."""
        with store.locked(self._project.runs, inputs.id):
            return find_whole(self._project, inputs) or self._execute(inputs)

    def _execute(self, inputs: RunInputs) -> Run:
        root, target = self._project.root, self._project.runs / inputs.id
        with store.staged(self._project.runs, inputs.id) as folder:
            kept = describe_kept(self._project, inputs)
            job = Job(root, inputs.chapter, inputs.parameters, folder, self._limits, kept)
            made = self._engine.execute(job)
            _check(self._project, inputs, folder)
            with store.explained(self._project.runs):
                recorded.write(inputs, folder)
                store.publish(folder, target)
        report.write(kept.folder, inputs.id, made)
        return Run(target)


def ensure(project: Project, inputs: RunInputs, limits: Limits = NO_LIMITS) -> Run:
    """Return the run of these inputs; otherwise as `ensure_each`."""
    return ensure_each(project, [inputs], limits)[0]


def ensure_all(
    project: Project, wanted: Sequence[RunInputs], limits: Limits = NO_LIMITS
) -> dict[str, Run]:
    """Return the runs of several chapters, by chapter name; otherwise as `ensure_each`."""
    return {run.chapter: run for run in ensure_each(project, wanted, limits)}


def ensure_each(
    project: Project, wanted: Sequence[RunInputs], limits: Limits = NO_LIMITS
) -> list[Run]:
    """Return the run of each of several inputs, executing what is missing side by side.

    A `ChapterError` holds all that chapters raised.
    """
    missing = {inputs.id: inputs for inputs in wanted if find_whole(project, inputs) is None}
    if missing:
        processes = min(processes_that_fit(limits), len(missing))
        with Pool(project, processes, limits) as pool:
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
    """Refuse a run whose outputs lack something, or whose inputs changed while it ran."""
    for needed in (results.FILE_NAME, "figures"):
        if not (folder / needed).exists():
            raise ChapterError(f"chapter {inputs.chapter} ran to its end but published no {needed}")
    for drawing in told.drawings(folder).values():
        if unloaded := sorted(set(drawing.tables) - set(inputs.tables)):
            raise ChapterError(
                f"chapter {inputs.chapter}, figure {drawing.id!r}: it names tables that the "
                f"chapter has not loaded: {', '.join(unloaded)}"
            )
    now = replace(
        inputs,
        source=chapter_source.code_digest(chapter_source.read(project.chapter(inputs.chapter))),
        tables=_table_digests(project, inputs.tables),
        modules=_module_digests(project, inputs.modules),
    )
    if now != inputs:
        raise ChapterError(
            f"chapter {inputs.chapter}, a table or a module that it uses was changed while it "
            "ran; nothing was stored. Run it again"
        )


def describe_kept(project: Project, inputs: RunInputs) -> Kept:
    """Return where results of sections are kept, and what the keys of this run's calls need."""
    closures = imports.closures(
        [name for name in inputs.modules if name.endswith(".py")], project.root
    )
    digested = _module_digests(project, sorted({n for names in closures.values() for n in names}))
    modules = {
        _dotted(name): digests.of("".join(f"{each} {digested[each]}\n" for each in names).encode())
        for name, names in closures.items()
    }
    # Kept results stand for tables that nobody reads: how these are read and checked counts too.
    read_by = [modules["overtake.data.tables"], inputs.modules.get(RULES_FILE, "")]
    environment = " ".join([inputs.lock, inputs.python, *read_by])
    return Kept(project.runs / entries.FOLDER, modules, inputs.tables, environment)


def _dotted(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _module_digests(project: Project, names: Iterable[str]) -> dict[str, str]:
    return {name: digests.of((project.root / name).read_bytes()) for name in names}


def _rules_of(project: Project, names: Iterable[str]) -> list[str]:
    """Return the file of the rules if one of the tables has any: no import leads to it."""
    is_ruled = any(each.get("rules") for each in _resources(project, names).values())
    return [RULES_FILE] if is_ruled and (project.root / RULES_FILE).is_file() else []


def _table_digests(project: Project, names: Iterable[str]) -> dict[str, str]:
    """Hash tables with their schemas: a changed constraint is a changed table."""
    return {
        name: table_digest((project.data / resource["path"]).read_bytes(), resource)
        for name, resource in _resources(project, names).items()
    }


def _resources(project: Project, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    package = project.data / "datapackage.json"
    resources = {each["name"]: each for each in recorded.read_json(package)["resources"]}
    if unknown := [name for name in names if name not in resources]:
        raise ProjectError(f"no table is called {unknown[0]!r} in {package}")
    return {name: resources[name] for name in names}


def table_digest(content: bytes, resource: Mapping[str, Any]) -> str:
    """Hash a table's file with what the data package says of it."""
    schema = json.dumps(resource, sort_keys=True).encode()
    return digests.of(content + b"\0" + schema)
