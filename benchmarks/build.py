"""What the machinery costs: build times, and papermill's overhead over plain Python.

Times are taken in one run on one machine; the ratios are what counts. Builds
happen in a copy of the project, so that nothing of yours is touched. Writes
``benchmarks/results/build.json`` and prints a table.
"""

import json
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from copied_project import call, copied_project
from rich.console import Console
from rich.table import Table

from overtake.core.paths import Project

_REPEATS = 3
_RUN = """
import time
import papermill
from overtake.runs import pools, runs
from overtake.core.paths import Project
project = Project.find()
start = time.perf_counter()
pools.ensure(project, runs.plan(project, {chapter!r}))
print(time.perf_counter() - start)
"""


def main() -> None:
    """Measure, print and write."""
    project = Project.find()
    with copied_project() as root:
        figures = {**_builds(root), **_overheads(root)}
    figures["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    figures["second_over_cold"] = figures["second_build_s"] / figures["cold_build_s"]
    _report(figures, project.root / "benchmarks" / "results" / "build.json")


def _builds(root: Path) -> dict[str, float]:
    cold = _timed(lambda: call(root, "jupyter-book", "build", ".", "-W", "-n", "--keep-going"))
    second = _timed(lambda: call(root, "jupyter-book", "build", ".", "-W", "-n", "--keep-going"))
    _change_default(root)
    changed = _timed(lambda: call(root, "jupyter-book", "build", ".", "-W", "-n", "--keep-going"))
    return {"cold_build_s": cold, "second_build_s": second, "one_parameter_build_s": changed}


def _change_default(root: Path) -> None:
    """Change one default of one chapter, in both places where it stands."""
    for name, before in (
        ("chapters/risk-culture.ipynb", "survey_sample_size: int = 2000"),
        (
            "chapters/risk_culture/parameters.py",
            "survey_sample_size: int = parameter(\n        2000",
        ),
    ):
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert before in text, f"{name} has no default to change"
        path.write_text(text.replace(before, before.replace("2000", "2001")), encoding="utf-8")


def _overheads(root: Path) -> dict[str, float]:
    """Compare each chapter through the run machinery with the same cells as a script.

    The two take turns, and the fastest of each counts: other work on the
    machine can only make a turn slower.
    """
    figures = {}
    for chapter in Project(root).chapter_names():
        script = root / f"{chapter}.py"
        script.write_text(_as_script(Project(root).chapter(chapter)), encoding="utf-8")
        turns = [
            (_timed(lambda s=script: call(root, "python", str(s))), _fresh_run(root, chapter))
            for _ in range(_REPEATS)
        ]
        plain, through = map(min, zip(*turns, strict=True))
        figures[f"{chapter}_plain_python_s"] = plain
        figures[f"{chapter}_papermill_s"] = through
        figures[f"{chapter}_overhead_s"] = through - plain
    return figures


def _as_script(path: Path) -> str:
    notebook = nbformat.read(path, as_version=4)
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


def _fresh_run(root: Path, chapter: str) -> float:
    """Time one run as a build makes it: the machinery is imported once, before."""
    shutil.rmtree(root / "_build" / "runs", ignore_errors=True)
    out = call(root, "python", "-c", _RUN.format(chapter=chapter))
    return float(out.split()[-1])


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _report(figures: dict[str, float], path: Path) -> None:
    table = Table("Measure", "Value")
    for name, value in figures.items():
        table.add_row(name, f"{value:.2f}")
    Console().print(table)
    path.parent.mkdir(exist_ok=True)
    rounded = {name: round(value, 3) for name, value in figures.items()}
    path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
