"""What a rerun and a sweep gain over plain papermill, which executes every cell anew.

One parameter changed
    ``overtake run CHAPTER -p NAME=VALUE`` for every parameter of every chapter, against
    ``papermill CHAPTER``: whole commands, from the start of Python to the end. The store holds
    the runs of the book, and nothing of the changed parameter. Papermill takes as long for
    one value as for another, so each chapter is timed once by it.
Sweep
    A Latin hypercube over three parameters of the forecast by ``overtake sweep``, on one
    processor and on all, against as many notebooks by papermill in one process that has
    imported it; some of these are timed, and the rest reckoned from them.
Curve
    The seconds of sweeps of 10, 100 and 1,000 runs of a chapter that computes little, and of 10
    and 100 of the forecast; the memory of the processes at their peak, and the room that the
    store takes.
Workers
    The same sweep on one Dask worker and on two.

Everything is measured in a copy of the project. Writes ``benchmarks/results/rerun.json``.
"""

import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import papermill
import typer
from copied_project import call, copied_project

from overtake.chapter import parameters
from overtake.chapter.parameters import ParameterDescription
from overtake.core.errors import ParameterError
from overtake.core.paths import Project
from overtake.runs import chapter_parameters, pools, processes, runs

_SWEPT, _CHEAP = "overtake-forecast", "delivery-and-cash"
_MOST_OF_THE_FORECAST = 100
_TRIES = 200
_POWERS_OF_TWO = ("sobol_base",)
"""Parameters that a chapter takes no other values of, though its declaration does."""
_SLOWEST = 12
_RESULTS = Path(__file__).with_name("results") / "rerun.json"


def main(
    points: Annotated[int, typer.Option(help="Points of the sweep.")] = 64,
    papermills: Annotated[int, typer.Option(help="Notebooks that papermill is timed with.")] = 4,
    most: Annotated[int, typer.Option(help="Runs of the longest sweep.")] = 1000,
    only: Annotated[list[str] | None, typer.Option(help="Chapters; all by default.")] = None,
) -> None:
    """Measure in a copy of the project, print and write."""
    with copied_project() as root:
        os.environ.update(processes.environment(root))
        os.chdir(root)
        project = Project(root)
        pools.ensure_each(project, [runs.plan(project, n) for n in project.chapter_names()])
        chapters = {name: _chapter(project, name) for name in only or project.chapter_names()}
        found = {**_summary(chapters), "machine": _machine(), "chapters": chapters}
        _write(found)
        parts: dict[str, Callable[[], dict[str, Any]]] = {
            "sweep": lambda: _sweep(project, points, papermills),
            "curve": lambda: _curve(project, most),
            "workers": lambda: _workers(project, points),
        }
        for name, measure in parts.items():
            found[name] = measure()
            _write(found)  # what is measured is not lost with what comes later


def _write(found: dict[str, Any]) -> None:
    """Write what is measured so far, and print it without the chapters."""
    rounded = json.loads(json.dumps(found), parse_float=lambda text: round(float(text), 3))
    shown = {name: told for name, told in rounded.items() if name != "chapters"}
    _RESULTS.write_text(
        json.dumps({**shown, "chapters": rounded["chapters"]}, indent=1) + "\n", encoding="utf-8"
    )
    print(json.dumps(shown, indent=1), flush=True)


def _machine() -> dict[str, Any]:
    return {
        "processors": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def _chapter(project: Project, chapter: str) -> dict[str, Any]:
    """Time one chapter by papermill, and with each parameter changed by us."""
    notebook = str(project.chapter(chapter))
    plain = _timed(lambda: call(project.root, "papermill", notebook, "out.ipynb"))
    declared = parameters.describe(chapter_parameters.of_chapter(chapter))
    changed = {p.name: _rerun(project, chapter, p, plain) for p in declared}
    return {"papermill_seconds": plain, "parameters": {k: v for k, v in changed.items() if v}}


def _rerun(
    project: Project, chapter: str, declared: ParameterDescription, plain: float
) -> dict[str, Any] | None:
    value = _another(chapter, declared)
    if value is None:
        return None
    given = f"{declared.name}={value}"
    try:
        seconds = _timed(lambda: call(project.root, "overtake", "run", chapter, "-p", given))
    except SystemExit as refusal:
        print(f"{chapter} {given} is left out: {refusal}")
        return None
    print(f"{chapter} {given}: {plain:.1f} s by papermill, {seconds:.1f} s by us", flush=True)
    run = runs.find_facts(project, runs.plan(project, chapter, {declared.name: value}))
    assert run
    computed = [made for made in run.report.made if not made.was_kept and made.is_of_a_section]
    slowest = max(computed, key=lambda made: made.seconds, default=None)
    return {
        "value": value,
        "seconds": seconds,
        "speedup": plain / seconds,
        "computed_calls": len(computed),
        "computed_seconds": sum(made.seconds for made in computed),
        "slowest_call": f"{slowest.function} {slowest.seconds:.2f} s" if slowest else "none",
    }


def _another(chapter: str, declared: ParameterDescription) -> Any:  # noqa: ANN401
    """Return another value of a parameter that is allowed with the defaults; None without one."""
    chance = random.Random(f"{chapter} {declared.name}")  # noqa: S311
    for _ in range(_TRIES):
        value = _drawn(declared, chance)
        try:
            parameters.resolve(chapter_parameters.of_chapter(chapter), {declared.name: value})
        except ParameterError:
            continue
        if value != declared.default:
            return value
    return None


def _drawn(declared: ParameterDescription, chance: random.Random) -> Any:  # noqa: ANN401
    value = declared.default
    if declared.name in _POWERS_OF_TWO:
        return value * 2
    if declared.choices:
        return chance.choice(declared.choices)
    if isinstance(value, int):
        return value + chance.randint(-3, 3)
    if isinstance(value, float):
        return float(f"{value * chance.uniform(0.8, 1.25) + (value == 0) * 0.1:.3g}")
    return value


def _summary(chapters: dict[str, dict[str, Any]]) -> dict[str, Any]:
    every = {
        f"{chapter} {name}": row
        for chapter, told in chapters.items()
        for name, row in told["parameters"].items()
    }
    speedups = [row["speedup"] for row in every.values()]
    slowest = sorted(every, key=lambda name: every[name]["speedup"])[:_SLOWEST]
    return {
        "median_speedup": statistics.median(speedups),
        "p10_speedup": statistics.quantiles(speedups, n=10, method="inclusive")[0],
        "parameters": len(every),
        "worst": {
            name: f"{every[name]['speedup']:.1f} times: {every[name]['computed_calls']} calls are "
            f"computed, in {every[name]['computed_seconds']:.1f} s of their own; the longest is "
            f"{every[name]['slowest_call']}"
            for name in slowest
        },
    }


def _specification(points: int, name: str, seed: int) -> str:
    """Return a sweep of the forecast over three parameters."""
    varied = {
        "euv_volume_year": {"low": 2029, "high": 2040},
        "memory_growth": {"low": 1.5, "high": 3.5},
        "delivery_share_china": {"low": 0.2, "high": 0.6},
    }
    design = {"kind": "latin-hypercube", "points": points, "seed": seed}
    return json.dumps({"name": name, "chapters": [_SWEPT], "design": design, "vary": varied})


def _sweep(project: Project, points: int, papermills: int) -> dict[str, float]:
    notebook = str(project.chapter(_SWEPT))

    def execute(number: int) -> None:
        papermill.execute_notebook(
            notebook, "out.ipynb", parameters={"memory_growth": 2 + number / 100},
            progress_bar=False, cwd=project.root,
        )  # fmt: skip

    plain = _timed(lambda: [execute(number) for number in range(papermills)]) / papermills

    def sweep(processes: int) -> float:
        name, at_a_time = f"swept-{processes}", ("--processes", str(processes))
        return _timed(lambda: _overtake_sweep(project, points, name, processes, *at_a_time))

    one, every = sweep(1), sweep(os.cpu_count() or 1)
    return {
        "points": points,
        "papermill_seconds_a_point": plain,
        "seconds_on_one_processor": one,
        "seconds_on_all_processors": every,
        "speedup_on_one_processor": plain * points / one,
        "speedup_on_all_processors": plain * points / every,
    }


def _overtake_sweep(project: Project, points: int, name: str, seed: int, *options: str) -> None:
    file = project.root / f"{name}.yml"
    file.write_text(_specification(points, name, seed), encoding="utf-8")
    call(project.root, "overtake", "sweep", str(file), *options)


def _curve(project: Project, most: int) -> dict[str, Any]:
    """Time sweeps of 10, 100, … runs, a design of its own each, one after the other."""
    before = _bytes_below(project.runs)
    sizes = [size for size in (10, 100, 1000) if size <= most]
    cheap = {str(n): _timed(lambda n=n: _cheap_sweep(project, n)) for n in sizes}
    after = _bytes_below(project.runs)
    few = [size for size in sizes if size <= _MOST_OF_THE_FORECAST]
    costly = {
        str(n): _timed(lambda n=n: _overtake_sweep(project, n, f"s{n}", 100 + n)) for n in few
    }
    return {
        f"seconds_by_runs_of_{_CHEAP}": cheap,
        f"seconds_by_runs_of_{_SWEPT}": costly,
        "peak_mebibytes_of_one_process": _peak_mebibytes(),
        f"store_kilobytes_a_run_of_{_CHEAP}": (after - before) / 1e3 / sum(sizes),
        "store_megabytes_after_all": _bytes_below(project.runs) / 1e6,
    }


def _cheap_sweep(project: Project, points: int) -> None:
    """Sweep a chapter that computes little, so that what is timed is what a run costs besides."""
    varied = {
        "burn_factor": {"low": 1.1, "high": 1.6},
        "load_share": {"low": 0.3, "high": 0.9},
        "judgement_factor": {"low": 1.2, "high": 3.0},
    }
    design = {"kind": "latin-hypercube", "points": points, "seed": points}
    sweep = {"name": f"c{points}", "chapters": [_CHEAP], "design": design, "vary": varied}
    file = project.root / f"c{points}.yml"
    file.write_text(json.dumps(sweep), encoding="utf-8")
    call(project.root, "overtake", "sweep", str(file))


def _workers(project: Project, points: int) -> dict[str, float]:
    """Time the sweep on a Dask cluster of one worker, and of two, each with one thread."""
    one, two = (_on_workers(project, points, number) for number in (1, 2))
    return {
        "points": points,
        "seconds_with_one_worker": one,
        "seconds_with_two_workers": two,
        "gain": one / two,
    }


def _on_workers(project: Project, points: int, number: int) -> float:
    with _cluster(number) as address:
        name = f"dask-{number}"
        return _timed(
            lambda: _overtake_sweep(project, points, name, 1000 + number, "--scheduler", address)
        )


@contextmanager
def _cluster(workers: int) -> Iterator[str]:
    """Yield the address of a scheduler with so many workers in processes of their own."""
    dask = Path(sys.executable).parent / "dask"
    with tempfile.TemporaryDirectory(prefix="overtake-dask-") as folder:
        file = Path(folder) / "scheduler.json"
        options = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        commands = [
            [dask, "scheduler", "--scheduler-file", file, "--host", "127.0.0.1", "--port", "0"],
            *[
                [dask, "worker", "--scheduler-file", file, "--nthreads", "1", "--no-nanny"]
                for _ in range(workers)
            ],
        ]
        started = [subprocess.Popen([*map(str, each)], **options) for each in commands]
        try:
            while not file.is_file():
                time.sleep(0.1)
            yield json.loads(file.read_text(encoding="utf-8"))["address"]
        finally:
            for process in started:
                process.kill()
                process.wait()


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _peak_mebibytes() -> float:
    """Return the largest peak of all processes that have ended."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    typer.run(main)
