"""What a rerun costs over the notebook's own computing, and what a sweep gains over papermill.

Three ways of executing the same chapter take turns on one machine:

papermill
    ``papermill.execute_notebook`` as it is, with papermill imported
    beforehand: a kernel is started for each chapter.
ours
    `overtake.runs.runs.Pool` with one process: papermill in a process forked from a
    warmed one. Identity, lock, hashes and the move into the store included.
script
    The notebook's cells as a plain script in a warmed process: the notebook's
    own computing.

Overhead is ours less script. A sweep is one chapter with many seeds, one
chapter at a time both with papermill and with ours; the start of the warmed
process counts. Other work on the machine makes every turn slower and none
faster: the fastest of each counts, and the sweep is given in processor time
too, which leaves out what papermill waits for. Writes
``benchmarks/results/rerun.json``.
"""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import empty_chapter
import papermill
import typer
from copied_project import copied_project
from rich.console import Console
from rich.table import Table

from overtake.core.paths import Project
from overtake.runs import engine, runs

_SWEPT = "overtake-forecast"
_TURNS = 3
_SEEDS = count(1)
# Prints seconds: each phase of a process that starts cold and runs a chapter as a script.
_SCRIPT = """
import json, sys, time
from pathlib import Path
clock, found, began = time.perf_counter, {}, time.perf_counter()
def phase(name):
    global began
    now = clock()
    found[name], began = now - began, now
import ipykernel.kernelapp, ipykernel.ipkernel
phase("import_kernel")
import papermill
phase("import_papermill")
import overtake.runs.warm
phase("import_libraries_and_warm_up")
import nbformat
cells = [c.source for c in nbformat.read(sys.argv[1], 4).cells if c.cell_type == "code"]
from overtake.runs import engine
engine.use_modules_as_they_are_now(Path.cwd())
found["tables"] = found["rendering"] = 0.0
def timed(module, function, name):
    inner = getattr(module, function)
    def outer(*args, **options):
        start = clock()
        try:
            return inner(*args, **options)
        finally:
            found[name] += clock() - start
    setattr(module, function, outer)
sys.stdout = open("/dev/null", "w")
namespace = {"__name__": "__main__"}
began = clock()
from overtake.data import tables
from overtake.chapter import figures
timed(tables, "load", "tables")
timed(figures, "render", "rendering")
for cell in cells:
    exec(compile(cell, "cell", "exec"), namespace)
phase("own_computing")
sys.__stdout__.write(json.dumps(found))
"""


def main(swept: int = 12) -> None:
    """Measure in a copy of the project, print and write.

    Parameters
    ----------
    swept : int
        Runs of the sweep.
    """
    with copied_project() as root:
        os.environ.update(engine.environment(root))
        os.chdir(root)
        chapters = Project(root).chapter_names()
        empty_chapter.write(root)
        names = [empty_chapter.NAME, *chapters]
        details = {name: _turns(Project(root), name) for name in names}
        sweep = _sweep(Project(root), swept)
    found = {
        "sweep_speedup_over_papermill": sweep["speedup"],
        "overhead_seconds_warm": max(row["overhead_seconds"] for row in details.values()),
        "sweep": {"chapter": _SWEPT, "runs": swept, **sweep},
        "chapters": details,
        "machine": {
            "processors": os.cpu_count(),
            "load_average_at_end": os.getloadavg()[0],
            "python": platform.python_version(),
            "system": platform.platform(),
        },
    }
    _report(found, Path(__file__).with_name("results") / "rerun.json")


def _turns(project: Project, chapter: str) -> dict[str, float]:
    """Time one chapter by each way, in turns."""
    plain, ours, scripts = [], [], []
    with runs.Pool(project, 1) as pool:
        for _ in range(_TURNS):
            plain.append(_timed(lambda: _papermill(project, chapter)))
            inputs = empty_chapter.inputs(project, chapter, next(_SEEDS))
            ours.append(_timed(lambda inputs=inputs: pool.submit(inputs).result()))
            scripts.append(_script(project, chapter))
    own = min(scripts, key=lambda phases: phases["own_computing"])
    computing = own["own_computing"]
    return {
        "papermill_seconds": min(plain),
        "ours_seconds": min(ours),
        "overhead_seconds": min(ours) - computing,
        "papermill_overhead_seconds": min(plain) - computing,
        "speedup_over_papermill": min(plain) / min(ours),
        "phases": own,
    }


def _sweep(project: Project, number: int) -> dict[str, float]:
    """Execute one chapter with many seeds: papermill's time over ours."""
    before = _processor_seconds()
    plain = _timed(lambda: [_papermill(project, _SWEPT) for _ in range(number)])
    between = _processor_seconds()
    one = _timed(lambda: _ours(project, number, 1))
    after = _processor_seconds()
    every = _timed(lambda: _ours(project, number, os.cpu_count() or 1))
    return {
        "papermill_seconds": plain,
        "ours_seconds": one,
        "speedup": plain / one,
        "papermill_processor_seconds": between - before,
        "ours_processor_seconds": after - between,
        "speedup_in_processor_seconds": (between - before) / (after - between),
        "ours_seconds_on_all_processors": every,
        "speedup_on_all_processors": plain / every,
    }


def _ours(project: Project, number: int, processes: int) -> None:
    wanted = [empty_chapter.inputs(project, _SWEPT, next(_SEEDS)) for _ in range(number)]
    with runs.Pool(project, processes) as pool:
        for future in [pool.submit(inputs) for inputs in wanted]:
            future.result()


def _papermill(project: Project, chapter: str) -> None:
    papermill.execute_notebook(
        str(project.chapter(chapter)),
        str(project.root / "out.ipynb"),
        parameters={"seed": next(_SEEDS)},
        progress_bar=False,
        cwd=project.root,
    )


def _script(project: Project, chapter: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, project.chapter(chapter)],
        capture_output=True,
        check=True,
        cwd=project.root,
    )
    phases: dict[str, float] = json.loads(done.stdout)
    return phases


def _processor_seconds() -> float:
    """Return the processor time of this process and of those that have ended before it."""
    return sum(os.times()[:4])


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _report(found: dict[str, object], path: Path) -> None:
    table = Table("Measure", "Value")
    for name, value in _flat(found, ""):
        table.add_row(name, f"{value:.2f}" if isinstance(value, float) else str(value))
    Console().print(table)
    path.parent.mkdir(exist_ok=True)
    rounded = json.loads(json.dumps(found), parse_float=lambda text: round(float(text), 3))
    path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


def _flat(found: dict[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


if __name__ == "__main__":
    typer.run(main)
