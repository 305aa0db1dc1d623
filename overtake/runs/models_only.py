"""The points of a sweep, computed by the models alone: no kernel, no figures, no stored run.

A chapter says in its notebook's metadata which function gives its headline numbers::

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
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from overtake.core.errors import ChapterError, RequestError
from overtake.core.paths import Project
from overtake.runs import chapter_source, engine, runs
from overtake.runs.designs import PlannedRun
from overtake.runs.sweep_table import tabulate

if TYPE_CHECKING:
    import pandas as pd

_POINTS_AT_ONCE = 500


def evaluate(
    project: Project,
    planned: Sequence[PlannedRun],
    *,
    processes: int,
    tell: Callable[[int], None],
) -> "pd.DataFrame":
    """Compute every point by the models alone, and return their numbers as `sweeps.tidy` does.

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
    return tabulate(planned, found)


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
        [sys.executable, "-c", "from overtake.runs import models_only; models_only.compute()"],
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
