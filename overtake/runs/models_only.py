"""The points of a sweep, computed by the models alone: no kernel, no figures, no stored run.

A chapter says in its notebook's metadata which function gives its headline numbers::

    "overtake": {"models_only": "models.race.race_batch:prepare_headlines"}

The function takes the chapter's tables by name and returns another, which takes a list of
complete parameters and returns for each a dictionary from a headline's name to an estimate.
What parameters share is thus worked out once, however many lists there are. The function lies
in a module that the chapter imports, so that what is called is what a run's identity stands for.
"""

import contextlib
import json
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from overtake.core.errors import ChapterError, RequestError
from overtake.core.paths import Project
from overtake.runs import chapter_source, processes, runs
from overtake.runs.designs import PlannedRun
from overtake.runs.recorded import RunInputs
from overtake.runs.sweep_table import tabulate

if TYPE_CHECKING:
    import pandas as pd

# Random numbers are drawn anew for each batch, and progress is told after it.
_POINTS_AT_ONCE = 500

Numbers = list[dict[str, Any]]
"""What is known of each headline number of a point."""


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
    different = {p.inputs.id: p.inputs for p in planned}
    chapters: dict[str, dict[str, RunInputs]] = {}
    for key, inputs in different.items():
        chapters.setdefault(inputs.chapter, {})[key] = inputs
    found: dict[str, Numbers] = {}

    def take(numbers: Mapping[str, Numbers]) -> None:
        found.update(numbers)
        tell(len(found))

    for points in chapters.values():
        _evaluate_chapter(project, points, processes, take)
    for points in chapters.values():
        _require_unchanged(project, next(iter(points.values())))
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


def _evaluate_chapter(
    project: Project,
    points: Mapping[str, RunInputs],
    processes: int,
    take: Callable[[Mapping[str, Numbers]], None],
) -> None:
    """Have a chapter's points computed in batches, each process taking the next when it can."""
    inputs = next(iter(points.values()))
    function = function_of(project, inputs.chapter, inputs.modules)
    keys = list(points)
    size = min(_POINTS_AT_ONCE, -(-len(keys) // processes))
    waiting = deque(keys[first : first + size] for first in range(0, len(keys), size))

    def work() -> None:
        with _worker(project, inputs, function) as compute:
            while True:
                try:
                    batch = waiting.popleft()
                except IndexError:
                    return
                numbers = compute([points[key].parameters for key in batch])
                take(dict(zip(batch, numbers, strict=True)))

    with ThreadPoolExecutor(processes) as threads:
        futures = [threads.submit(work) for _ in range(min(processes, len(waiting)))]
        try:
            for future in futures:
                future.result()
        except BaseException:
            waiting.clear()  # the others stop after what they compute now
            raise


@contextmanager
def _worker(
    project: Project, inputs: RunInputs, function: str
) -> Iterator[Callable[[list[dict[str, Any]]], list[Numbers]]]:
    """Start a process with the environment of a chapter; yield what it computes."""
    with (
        TemporaryFile("w+", encoding="utf-8") as log,
        subprocess.Popen(
            [sys.executable, "-m", "overtake.runs.models_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=processes.environment(project.root),
            cwd=project.root,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        asked, told = process.stdin, process.stdout

        def ask(content: object) -> None:
            with contextlib.suppress(BrokenPipeError):  # then there is no answer
                print(json.dumps(content), file=asked, flush=True)

        def compute(parameters: list[dict[str, Any]]) -> list[Numbers]:
            ask(parameters)
            if answer := told.readline():
                numbers: list[Numbers] = json.loads(answer)
                return numbers
            code = process.wait()
            log.seek(0)
            reason = (log.read().strip().splitlines() or [f"exit code {code}"])[-1]
            raise ChapterError(f"{function} of chapter {inputs.chapter} failed: {reason}")

        ask({"function": function, "tables": list(inputs.tables)})
        yield compute


def _require_unchanged(project: Project, inputs: RunInputs) -> None:
    if runs.plan(project, inputs.chapter, inputs.parameters) != inputs:
        raise ChapterError(
            f"chapter {inputs.chapter}, a table or a module that it uses was changed during "
            "the sweep; nothing was written. Start it again"
        )
