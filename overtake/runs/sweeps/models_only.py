"""Points evaluated by the models alone, in batches: no kernel, no figures, no run in the store.

A chapter says in its notebook's metadata which function gives its headline
numbers without it::

    "overtake": {"models_only": "models.race.race_batch:compute_headlines"}

The function takes the chapter's tables by name and a list of complete
parameters, and returns for each a dictionary from a headline's name to an
estimate. It must lie in a module that the chapter imports, so that what is
called is what a run's identity stands for.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any

from overtake.core.errors import ChapterError, RequestError
from overtake.core.paths import Project
from overtake.runs import chapter_source, engine, runs
from overtake.runs.sweeps.designs import PlannedRun
from overtake.runs.sweeps.running import table

if TYPE_CHECKING:
    import pandas as pd

POINTS_AT_ONCE = 500


def function_of(project: Project, chapter: str, modules: Mapping[str, str]) -> str:
    """Return the function that stands for a chapter, as ``module:name``.

    Raises
    ------
    RequestError
        If the chapter names none, or one that it doesn't import.
    """
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


def evaluate(
    project: Project,
    planned: Sequence[PlannedRun],
    *,
    processes: int,
    tell: Callable[[int], None],
) -> "pd.DataFrame":
    """Evaluate every point by the models, and return their numbers as `running.tidy` does.

    Column `run` holds the id that a run of the point has, or would have.

    Raises
    ------
    RequestError
        If a chapter can't be swept this way.
    ChapterError
        If its function fails, or the chapter changed meanwhile.
    """
    batches = list(_batches(project, planned))
    found: dict[str, list[dict[str, Any]]] = {}
    with ThreadPoolExecutor(processes) as threads:
        futures = [threads.submit(_evaluated, project, *batch) for batch in batches]
        for future in as_completed(futures):
            found |= future.result()
            tell(len(found))
    _require_unchanged(project, planned)
    return table(planned, found)


def _batches(
    project: Project, planned: Sequence[PlannedRun]
) -> Iterator[tuple[str, list[PlannedRun]]]:
    """Yield the different runs of each chapter, some at a time, with the chapter's function."""
    different = {p.inputs.id: p for p in planned}.values()
    for chapter in dict.fromkeys(p.inputs.chapter for p in different):
        of_chapter = [p for p in different if p.inputs.chapter == chapter]
        function = function_of(project, chapter, of_chapter[0].inputs.modules)
        for first in range(0, len(of_chapter), POINTS_AT_ONCE):
            yield function, of_chapter[first : first + POINTS_AT_ONCE]


def _evaluated(
    project: Project, function: str, batch: list[PlannedRun]
) -> dict[str, list[dict[str, Any]]]:
    """Evaluate a batch in a process with the environment of a chapter; numbers by run id."""
    task = {
        "function": function,
        "tables": list(batch[0].inputs.tables),
        "parameters": [p.inputs.parameters for p in batch],
    }
    done = subprocess.run(
        [sys.executable, "-m", "overtake.runs.sweeps.models_worker"],
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
        now = runs.plan(project, inputs.chapter, inputs.parameters)
        if now.id != inputs.id:
            raise ChapterError(
                f"chapter {inputs.chapter}, a table or a module that it uses was changed during "
                "the sweep; nothing was written. Start it again"
            )
