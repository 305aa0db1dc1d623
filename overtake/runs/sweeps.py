"""The points of a sweep: executed as runs wherever they may, or computed by the models alone.

The latter takes no kernel, draws no figures and stores no run. A chapter says in its
notebook's metadata which function gives its headline numbers::

    "overtake": {"models_only": "models.race.race_batch:compute_headlines"}

The function takes the chapter's tables by name and a list of complete parameters, and
returns for each a dictionary from a headline's name to an estimate. It lies in a module
that the chapter imports, so that what is called is what a run's identity stands for.
"""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from overtake.core.errors import ChapterError, OvertakeError, RequestError
from overtake.core.paths import Project
from overtake.runs import chapter_source, engine, runs
from overtake.runs.designs import PlannedRun
from overtake.runs.recorded import RunInputs

if TYPE_CHECKING:
    import pandas as pd

    from overtake.runs.runs import Run

_NUMBER_COLUMNS = ("name", "value", "low", "high", "level", "kind", "n", "unit")
_POINTS_AT_ONCE = 500


class Executor(Protocol):
    """Executes runs in the future: `overtake.runs.runs.Pool`, or a cluster."""

    def submit(self, inputs: RunInputs) -> "Future[Run]":
        """Return the run of these inputs in the future."""


@dataclass(frozen=True)
class Outcome:
    """How many runs were executed now, how many the store had, and what failed, by run id."""

    executed: int
    reused: int
    failures: dict[str, str]


def missing(project: Project, planned: Sequence[PlannedRun]) -> dict[str, RunInputs]:
    """Return the different runs that the store lacks, by id."""
    wanted = {p.inputs.id: p.inputs for p in planned}
    return {key: inputs for key, inputs in wanted.items() if runs.find(project, inputs) is None}


def execute(
    project: Project,
    planned: Sequence[PlannedRun],
    executor: Executor,
    *,
    tries: int,
    tell: Callable[[int, int], None],
) -> Outcome:
    """Execute what the store lacks, each run once, and try again what fails up to `tries` times.

    Several points may ask for the same run. After every run, `tell` hears how
    many there are in the store, and how many have failed.
    """
    waiting = missing(project, planned)
    reused = len({p.inputs.id for p in planned}) - len(waiting)
    executed, failures = 0, dict[str, str]()
    for _ in range(tries):
        failures.clear()
        futures = {executor.submit(inputs): key for key, inputs in waiting.items()}
        for future in as_completed(futures):
            error = future.exception()
            if error is None:
                executed += 1
            elif isinstance(error, OvertakeError):
                failures[futures[future]] = str(error)
            else:
                raise error
            tell(reused + executed, len(failures))
        waiting = {key: waiting[key] for key in failures}
    return Outcome(executed, reused, failures)


def tidy(project: Project, planned: Sequence[PlannedRun]) -> "pd.DataFrame":
    """Return the headline numbers of the sweep's finished runs, one row for each.

    Columns are `point`, `chapter`, `run`, each varied parameter, and what is known of the
    number. A point whose run failed has no row.
    """
    different = {p.inputs.id: runs.find(project, p.inputs) for p in planned}
    rows = {
        key: [{"name": n.name, **asdict(n.estimate)} for n in run.results.numbers.values()]
        for key, run in different.items()
        if run
    }
    return _table(planned, rows)


def evaluate(
    project: Project,
    planned: Sequence[PlannedRun],
    *,
    processes: int,
    tell: Callable[[int], None],
) -> "pd.DataFrame":
    """Compute every point by the models alone, and return their numbers as `tidy` does.

    Column `run` holds the id that a run of the point has, or would have.
    """
    batches = list(_batches(project, planned))
    found: dict[str, list[dict[str, Any]]] = {}
    with ThreadPoolExecutor(processes) as threads:
        futures = [threads.submit(_computed, project, *batch) for batch in batches]
        for future in as_completed(futures):
            found |= future.result()
            tell(len(found))
    _require_unchanged(project, planned)
    return _table(planned, found)


def function_of(project: Project, chapter: str, modules: Mapping[str, str]) -> str:
    """Return the function that stands for a chapter, as ``module:name``; refuse one without."""
    notebook = chapter_source.read(project.chapter(chapter))
    named = notebook.metadata.get("overtake", {}).get("models_only")
    if named is None:
        raise RequestError(
            f"chapter {chapter} can't be swept by its models only: its notebook's metadata name "
            "no function under overtake.models_only. Leave --models-only out"
        )
    module, _, name = str(named).partition(":")
    if f"{module.replace('.', '/')}.py" not in modules or not name.isidentifier():
        raise RequestError(
            f"chapter {chapter} names {named!r} under overtake.models_only, which is no "
            "module:function of a module that it imports"
        )
    return f"{module}:{name}"


def compute() -> None:
    """Compute a batch in a process of its own: a task comes in, numbers go out, as JSON."""
    from overtake.data import tables

    task = json.load(sys.stdin)
    module, _, name = task["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    loaded = {table: tables.load(table) for table in task["tables"]}
    found = function(loaded, task["parameters"])
    rows = [
        [{"name": name, **asdict(estimate)} for name, estimate in numbers.items()]
        for numbers in found
    ]
    json.dump(rows, sys.stdout, allow_nan=False)


def _batches(
    project: Project, planned: Sequence[PlannedRun]
) -> Iterator[tuple[str, list[PlannedRun]]]:
    """Yield the different runs of each chapter, some at a time, with the chapter's function."""
    different = {p.inputs.id: p for p in planned}.values()
    for chapter in dict.fromkeys(p.inputs.chapter for p in different):
        of_chapter = [p for p in different if p.inputs.chapter == chapter]
        function = function_of(project, chapter, of_chapter[0].inputs.modules)
        for first in range(0, len(of_chapter), _POINTS_AT_ONCE):
            yield function, of_chapter[first : first + _POINTS_AT_ONCE]


def _computed(
    project: Project, function: str, batch: list[PlannedRun]
) -> dict[str, list[dict[str, Any]]]:
    """Have a batch computed with the environment of a chapter; numbers by run id."""
    task = {
        "function": function,
        "tables": list(batch[0].inputs.tables),
        "parameters": [p.inputs.parameters for p in batch],
    }
    done = subprocess.run(
        [sys.executable, "-c", "from overtake.runs import sweeps; sweeps.compute()"],
        input=json.dumps(task),
        env=engine.environment(project.root),
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise ChapterError(f"{function} of chapter {batch[0].inputs.chapter} failed: {reason}")
    return {p.inputs.id: rows for p, rows in zip(batch, json.loads(done.stdout), strict=True)}


def _require_unchanged(project: Project, planned: Sequence[PlannedRun]) -> None:
    for inputs in {p.inputs.chapter: p.inputs for p in planned}.values():
        if runs.plan(project, inputs.chapter, inputs.parameters) != inputs:
            raise ChapterError(
                f"chapter {inputs.chapter}, a table or a module that it uses was changed during "
                "the sweep; nothing was written. Start it again"
            )


def _table(
    planned: Sequence[PlannedRun], found: Mapping[str, Sequence[Mapping[str, object]]]
) -> "pd.DataFrame":
    """Lay out numbers that are given by run id."""
    import pandas as pd

    varied = list(dict.fromkeys(name for p in planned for name in p.assigned))
    rows = []
    for p in planned:
        key = p.inputs.id
        shared = {"point": p.point, "chapter": p.inputs.chapter, "run": key, **p.assigned}
        rows += [{**shared, **{c: n[c] for c in _NUMBER_COLUMNS}} for n in found.get(key, ())]
    return pd.DataFrame(rows, columns=["point", "chapter", "run", *varied, *_NUMBER_COLUMNS])
