"""What a sweep costs: by its size, and by the number of processes.

The empty chapter is all overhead, which is the hardest case for two processes;
the forecast is a chapter of the book. Scaling efficiency is the time with one
process over twice the time with two. Writes ``benchmarks/results/sweeps.json``.
"""

import json
import os
import platform
import time
from itertools import count
from pathlib import Path
from typing import Annotated

import empty_chapter
import typer
from copied_project import copied_project

from overtake.core.paths import Project
from overtake.runs import engine, runs

_SEEDS = count(1)
_CHAPTER = "overtake-forecast"


def main(
    sizes: Annotated[
        list[int] | None, typer.Option("--size", help="Runs of the empty chapter.")
    ] = None,
    chapter_runs: Annotated[int, typer.Option(help="Runs of the forecast.")] = 10,
) -> None:
    """Measure in a copy of the project, print and write."""
    with copied_project() as root:
        os.environ.update(engine.environment(root))
        os.chdir(root)
        empty_chapter.write(root)
        project = Project(root)
        rows = [_scaling(project, empty_chapter.NAME, n) for n in sizes or [10, 100, 1000]]
        rows.append(_scaling(project, _CHAPTER, chapter_runs))
    found = {
        "curve": rows,
        "machine": {
            "processors": os.cpu_count(),
            "load_average_at_end": os.getloadavg()[0],
            "python": platform.python_version(),
        },
    }
    text = json.dumps(found, indent=1) + "\n"
    Path(__file__).with_name("results").joinpath("sweeps.json").write_text(text, encoding="utf-8")
    print(text)


def _scaling(project: Project, chapter: str, size: int) -> dict[str, object]:
    one, two = (_seconds(project, chapter, size, processes) for processes in (1, 2))
    return {
        "chapter": chapter,
        "runs": size,
        "seconds_with_one_process": round(one, 2),
        "seconds_with_two_processes": round(two, 2),
        "runs_per_minute_with_two": round(60 * size / two, 1),
        "scaling_efficiency": round(one / two / 2, 3),
    }


def _seconds(project: Project, chapter: str, size: int, processes: int) -> float:
    wanted = [empty_chapter.inputs(project, chapter, next(_SEEDS)) for _ in range(size)]
    start = time.perf_counter()
    with runs.Pool(project, processes) as pool:
        for future in [pool.submit(inputs) for inputs in wanted]:
            future.result()
    return time.perf_counter() - start


if __name__ == "__main__":
    typer.run(main)
