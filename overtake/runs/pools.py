"""Runs that are executed: side by side, each in a process of its own, and put into the store."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from overtake.chapter import results
from overtake.core.errors import ChapterError, OvertakeError
from overtake.core.paths import Project
from overtake.runs import chapter_source, digested, recorded, store
from overtake.runs.engine import Engine, Job, Kept, Limits, processes_that_fit
from overtake.runs.facts_process import FactsProcess, FactsProcesses, Task
from overtake.runs.kept import report
from overtake.runs.kept.report import Began, Made, Report, Tell, tell_nobody
from overtake.runs.processes import Waiting
from overtake.runs.recorded import RunInputs
from overtake.runs.runs import Run, find_facts, find_numbers, find_whole
from overtake.runs.words import told

NO_LIMITS = Limits()
_SECONDS_ALONE = 0.5
"""After this a run that is alone gets help: most that is kept is found before."""


class Pool(AbstractContextManager["Pool"]):
    """Executes runs side by side, each in a process of its own, and keeps what it needs warm.

    Use it as a context manager. On leaving by an exception, Ctrl-C among them,
    it ends the runs under way; nothing of them is left. By default as many run at a
    time as there are processors and memory for. A run that is alone gets a second process,
    which computes sections that the first has not come to. Processes that `wait` are used first.
    """

    def __init__(
        self,
        project: Project,
        processes: int | None = None,
        limits: Limits = NO_LIMITS,
        wait: Iterable[Waiting] = (),
    ) -> None:
        self._project = project
        self._limits = limits
        self._room = processes or processes_that_fit(limits)
        self._threads = ThreadPoolExecutor(self._room)
        self._described: dict[str, tuple[RunInputs, Kept]] = {}
        self._under_way, self._counting = 0, threading.Lock()
        store.sweep(project.runs)
        self._engine = Engine()
        self._facts = FactsProcesses(project.root, wait)

    @property
    def engine(self) -> str:
        """Name of the engine that executes the runs."""
        return self._engine.name

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for what was submitted; on an exception, end it."""
        if kind is not None:
            self.stop()
        self._threads.shutdown()
        self._close()

    def stop(self) -> None:
        """End the runs under way, from whichever thread, and begin no other."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._close()

    def submit(self, inputs: RunInputs, tell: Tell = tell_nobody) -> "Future[Run]":
        """Return the run of these inputs in the future; execute it if the store lacks it.

        `tell` hears of each call that it makes.
        """
        return self._threads.submit(self._ensure, inputs, tell)

    def _close(self) -> None:
        self._engine.close()
        self._facts.close()

    def _ensure(self, inputs: RunInputs, tell: Tell) -> Run:
        """Execute a run unless another thread or process did so, or does now."""
        with store.locked(self._project.runs, inputs.id):
            return self._found(inputs) or self._execute(inputs, tell)

    def _found(self, inputs: RunInputs) -> Run | None:
        return find_whole(self._project, inputs)

    def _execute(self, inputs: RunInputs, tell: Tell) -> Run:
        target = self._home / inputs.id
        with store.staged(self._project.runs, inputs.id) as folder:
            kept = self._kept(inputs)
            root = self._project.root
            job = Job(root, inputs.chapter, inputs.parameters, folder, self._limits, kept)
            with self._assisted(job) as helped:
                told = self._do(job, tell)
            _check(self._project, inputs, folder, self._needed)
            with store.explained(self._project.runs):
                recorded.write(inputs, folder)
                store.publish(folder, target)
        report.write(kept.folder, inputs.id, told.computed_by(helped))
        return Run(target)

    def _kept(self, inputs: RunInputs) -> Kept:
        """Describe what is kept for a run; those that differ by parameters share it."""
        others = replace(inputs, parameters={})
        described = self._described.get(inputs.chapter)
        if described is None or described[0] != others:
            described = others, digested.describe_kept(self._project, inputs)
            self._described[inputs.chapter] = described
        return described[1]

    _needed: tuple[str, ...] = (results.FILE_NAME, "figures")
    _assistance: Task = "assist"

    @property
    def _home(self) -> Path:
        return self._project.runs

    def _do(self, job: Job, tell: Tell) -> Report:
        return self._engine.execute(job, tell)

    @contextmanager
    def _assisted(self, job: Job) -> Iterator[list[Began | Made]]:
        """Let an idle processor compute sections of a chapter that takes a while.

        Yields what it tells.
        """
        assistant = _Assistant(self._facts, job, self._assistance)
        with self._counting:
            self._under_way += 1
        timer = threading.Timer(_SECONDS_ALONE, self._let_work, (assistant,))
        timer.daemon = True
        timer.start()
        try:
            yield assistant.told
        finally:
            timer.cancel()
            assistant.stop()
            timer.join()
            with self._counting:
                self._under_way -= 1

    def _let_work(self, assistant: "_Assistant") -> None:
        with self._counting:
            has_room = self._under_way < self._room
        if has_room:
            assistant.work()


class _Assistant:
    """Has another process do the same chapter: the two share what they compute."""

    def __init__(self, processes: FactsProcesses, job: Job, task: Task) -> None:
        self._processes, self._job, self._task = processes, job, task
        self._at_work: FactsProcess | None = None
        self._is_needed = True
        self._lock = threading.Lock()
        self.told: list[Began | Made] = []

    def work(self) -> None:
        """Compute what the other has not come to, until that has come to its end."""
        with (
            TemporaryDirectory(prefix="overtake-assistant-") as folder,
            suppress(OvertakeError, OSError),  # whoever needs the result will meet the same
            self._processes.lent(self._job) as process,
        ):
            with self._lock:
                if not self._is_needed:
                    return
                self._at_work = process
            try:
                process.do(self._task, replace(self._job, folder=Path(folder)), self.told.append)
            finally:
                with self._lock:
                    self._at_work = None

    def stop(self) -> None:
        """End what it is doing."""
        with self._lock:
            self._is_needed = False
            if self._at_work:
                self._at_work.kill()


class FactsPool(Pool):
    """Executes runs without notebook and pictures: what they are for can be drawn later."""

    _needed = (results.FILE_NAME,)
    _folder = store.FACTS
    _task: Task = "attempt"
    _assistance: Task = "attempt"

    @property
    def _home(self) -> Path:
        return self._project.runs / self._folder

    def _found(self, inputs: RunInputs) -> Run | None:
        return find_facts(self._project, inputs)

    def _do(self, job: Job, tell: Tell) -> Report:
        told: Report = self._facts.do(self._task, job, tell)
        return told


class NumbersPool(FactsPool):
    """Executes runs for their headline numbers and verdicts: what these don't need is left out."""

    _folder = store.NUMBERS
    _task: Task = "attempt_numbers"

    def _found(self, inputs: RunInputs) -> Run | None:
        return find_numbers(self._project, inputs)


def ensure(project: Project, inputs: RunInputs, limits: Limits = NO_LIMITS) -> Run:
    """Return the run of these inputs; otherwise as `ensure_each`."""
    return ensure_each(project, [inputs], limits)[0]


def ensure_all(
    project: Project, wanted: Sequence[RunInputs], limits: Limits = NO_LIMITS
) -> dict[str, Run]:
    """Return the runs of several chapters, by chapter name; otherwise as `ensure_each`."""
    return {run.chapter: run for run in ensure_each(project, wanted, limits)}


def ensure_each(
    project: Project,
    wanted: Sequence[RunInputs],
    limits: Limits = NO_LIMITS,
    tell: Tell = tell_nobody,
) -> list[Run]:
    """Return the run of each of several inputs, executing what is missing side by side.

    A `ChapterError` holds all that chapters raised; `tell` hears of each call that is made.
    """
    missing = {inputs.id: inputs for inputs in wanted if find_whole(project, inputs) is None}
    if missing:
        with Pool(project, limits=limits) as pool:
            _raise_failures([pool.submit(inputs, tell) for inputs in missing.values()])
    return [Run(project.runs / inputs.id) for inputs in wanted]


def ensure_facts(
    project: Project,
    wanted: Sequence[RunInputs],
    limits: Limits = NO_LIMITS,
    tell: Tell = tell_nobody,
    wait: Iterable[Waiting] = (),
) -> list[Run]:
    """Return the run of each of several inputs, of those that are missing without pictures.

    Processes that `wait` compute them, if any do; otherwise as `ensure_each`.
    """
    found = {inputs.id: find_facts(project, inputs) for inputs in wanted}
    missing = {inputs.id: inputs for inputs in wanted if found[inputs.id] is None}
    if missing:
        with FactsPool(project, limits=limits, wait=wait) as pool:
            futures = {name: pool.submit(inputs, tell) for name, inputs in missing.items()}
            _raise_failures([*futures.values()])
        found |= {name: future.result() for name, future in futures.items()}
    return [run for inputs in wanted if (run := found[inputs.id])]


def _raise_failures(futures: "list[Future[Run]]") -> None:
    """Wait for all runs; raise what a user can't mend first, else all failures as one."""
    failures = [error for future in futures if (error := future.exception()) is not None]
    for error in failures:
        if len(failures) == 1 or not isinstance(error, OvertakeError):
            raise error
    if failures:
        raise ChapterError("\n\n".join(map(str, failures)))


def _check(project: Project, inputs: RunInputs, folder: Path, needed: Iterable[str]) -> None:
    """Refuse a run whose outputs lack something, or whose inputs changed while it ran."""
    for name in needed:
        if not (folder / name).exists():
            raise ChapterError(f"chapter {inputs.chapter} ran to its end but published no {name}")
    for drawing in told.drawings(folder).values():
        if unloaded := sorted(set(drawing.tables) - set(inputs.tables)):
            raise ChapterError(
                f"chapter {inputs.chapter}, figure {drawing.id!r}: it names tables that the "
                f"chapter has not loaded: {', '.join(unloaded)}"
            )
    now = replace(
        inputs,
        source=chapter_source.code_digest(chapter_source.read(project.chapter(inputs.chapter))),
        tables=digested.of_tables(project, inputs.tables),
        modules=digested.of_modules(project, inputs.modules),
    )
    if now != inputs:
        raise ChapterError(
            f"chapter {inputs.chapter}, a table or a module that it uses was changed while it "
            "ran; nothing was stored. Run it again"
        )
