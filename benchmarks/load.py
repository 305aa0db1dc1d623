"""Load: many runs, many figures, long tables; times, memory, and how they grow.

Writes ``benchmarks/results/load.json``. Each operation is measured at several
sizes, in a process of its own; the exponent is the slope of the log of
processor time, which other processes disturb least, over the log of size between
the two largest: 1 is linear, 2 is quadratic.
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

from overtake.chapter.figures import DrawingRecord
from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.core import digests
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing.verification.subject import Records
from overtake.runs import compare, pools, recorded, runs
from overtake.runs.recorded import RunInputs
from overtake.runs.runs import Run

RESULTS = Path("benchmarks/results/load.json")
_DIGEST = "0" * 64
_MEBIBYTE = 1 << 20
_COLUMNS = ("name", "day", "flop", "count", "open")


def fill_store(project: Project, size: int) -> list[RunInputs]:
    """Put as many finished runs into a store, each of a chapter of its own."""
    made = []
    for number in range(size):
        inputs = RunInputs(f"chapter-{number}", {"seed": 1}, _DIGEST, {}, {}, _DIGEST, "3.11")
        folder = project.runs / inputs.id
        (folder / "figures").mkdir(parents=True)
        files = {"results.json": _results(number), f"figures/figure-{number}.json": _figure(number)}
        for name, content in files.items():
            (folder / name).write_bytes(content)
        outputs = {name: digests.of(content) for name, content in files.items()}
        record = recorded.as_record(recorded.Recorded(inputs, outputs, ""))
        (folder / recorded.RECORD_NAME).write_text(json.dumps(record), encoding="utf-8")
        made.append(inputs)
    return made


def _results(number: int) -> bytes:
    numbers = [
        RecordedNumber(
            f"number-{i}", RecordedEstimate(i + number, 0, 9, 0.9, "range", 1, "1"), "2026", 2
        )
        for i in range(10)
    ]
    content = {"numbers": [asdict(each) for each in numbers], "claims": [], "tests": []}
    return json.dumps(content).encode()


def _figure(number: int) -> bytes:
    return json.dumps(asdict(DrawingRecord(f"figure-{number}", {}, (), 1, {}))).encode()


def list_runs(folder: Path, size: int) -> Callable[[], object]:
    """List every run of the store, with its chapter."""
    project = Project(folder)
    fill_store(project, size)
    return lambda: [run.record.inputs.chapter for run in runs.all_runs(project)]


def find_run(folder: Path, size: int) -> Callable[[], object]:
    """Find one run by the beginning of its id, as a user writes it."""
    project = Project(folder)
    wanted = fill_store(project, size)[size // 2].id
    return lambda: (runs.by_prefix(project, wanted[:12]), Records(project).find(wanted))


def compare_runs(folder: Path, size: int) -> Callable[[], object]:
    """Compare every run with the one after it: numbers, verdicts, figures."""
    project = Project(folder)
    stored = [Run(project.runs / inputs.id) for inputs in fill_store(project, size)]
    return lambda: [compare.compare_runs(a, b) for a, b in pairwise(stored)]


def find_whole_runs(folder: Path, size: int) -> Callable[[], object]:
    """Do what a build does of a store that has all its runs."""
    project = Project(folder)
    made = fill_store(project, size)
    return lambda: pools.ensure_each(project, made)


def show_figures(folder: Path, size: int) -> Callable[[], object]:
    """Look up the figures of one run that has many."""
    run = Run(folder / "run")
    (run.folder / "figures").mkdir(parents=True)
    for number in range(size):
        (run.folder / f"figures/figure-{number}.json").write_bytes(_figure(number))
    return lambda: len(run.drawings)


def read_table(folder: Path, size: int) -> Callable[[], object]:
    """Read and check a long table: text, date, number, whole number, yes or no."""
    kinds = ("string", "date", "number", "integer", "boolean")
    fields = [
        {"name": name, "type": kind, "description": "."}
        for name, kind in zip(_COLUMNS, kinds, strict=True)
    ]
    resource = {
        "name": "long", "title": "Long", "description": ".", "path": "long.csv",
        "vintage": "2026-01-01", "retrieved": "2026-01-01", "licenses": [], "sources": [],
        "credit": ".", "caveats": [], "schema": {"fields": fields, "primaryKey": ["name"]},
    }  # fmt: skip
    with (folder / "long.csv").open("w", encoding="utf-8") as file:
        file.write(",".join(_COLUMNS) + "\n")
        file.writelines(f"row {i},2025-01-01,{i}.5e20,{i},true\n" for i in range(size))
    return lambda: len(tables.read(folder, tables.description_of(resource)))


OPERATIONS: dict[str, tuple[Callable[[Path, int], Callable[[], object]], tuple[int, ...]]] = {
    "list runs": (list_runs, (200, 2_000)),
    "find a run": (find_run, (200, 2_000)),
    "compare runs": (compare_runs, (200, 2_000)),
    "build: find whole runs": (find_whole_runs, (200, 2_000)),
    "figures of a run": (show_figures, (20, 200)),
    "read a table": (read_table, (10_000, 100_000, 1_000_000)),
}


def measure(name: str, size: int) -> dict[str, float]:
    """Measure one operation in this process."""
    with tempfile.TemporaryDirectory(prefix="overtake-load-") as folder:
        operation = OPERATIONS[name][0](Path(folder), size)
        before = _peak()
        wall, processor = time.perf_counter(), time.process_time()
        operation()
        seconds, work = time.perf_counter() - wall, time.process_time() - processor
    measured = {"seconds": seconds, "processor_seconds": work}
    return {
        "size": size,
        **{what: round(value, 4) for what, value in measured.items()},
        "MiB": round(_peak() - before, 1),
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MEBIBYTE


def _apart(name: str, size: int) -> dict[str, float]:
    """Measure in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", name, str(size)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def exponent(points: list[dict[str, float]], quantity: str) -> float:
    """Return the slope of log quantity over log size between the two largest sizes."""
    first, second = points[-2:]
    growth = max(second[quantity], 1e-9) / max(first[quantity], 1e-9)
    return round(math.log(growth) / math.log(second["size"] / first["size"]), 2)


def main() -> None:
    """Measure everything and write the results."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--one", nargs=2)
    if one := arguments.parse_args().one:
        print(json.dumps(measure(one[0], int(one[1]))))
        return
    results = {}
    for name, (_, sizes) in OPERATIONS.items():
        points = [_apart(name, size) for size in sizes]
        results[name] = {"points": points, "exponent": exponent(points, "processor_seconds")}
        print(name, results[name])
    load = os.getloadavg()[0]
    text = json.dumps({"load_average": round(load, 2), "operations": results}, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
