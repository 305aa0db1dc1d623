"""What each chapter costs: time from nothing and peak memory of its kernel, against the limits.

Each chapter runs in a process of its own, in a copy of the project whose store
of runs is empty, with all its imports. Writes ``benchmarks/results/chapters.json``,
prints a table, and fails if a chapter breaks a limit.
"""

import datetime as dt
import json
import os
import shutil
import sys
from pathlib import Path

from copied_project import call, copied_project
from rich.console import Console
from rich.table import Table

from overtake.core.paths import Project

SECONDS, MEBIBYTES = 60.0, 2048.0
_RUN = """
import resource, sys, time
start = time.perf_counter()
from overtake.runs import pools, runs
from overtake.core.paths import Project
project = Project.find()
pools.ensure(project, runs.plan(project, sys.argv[1]))
kernel = resource.getrusage(resource.RUSAGE_CHILDREN)
# macOS counts bytes, Linux kibibytes.
unit = 2**20 if sys.platform == "darwin" else 2**10
cpu = kernel.ru_utime + kernel.ru_stime
print(time.perf_counter() - start, cpu, kernel.ru_maxrss / unit)
"""


def main() -> None:
    """Measure, print, write, and say whether a limit is broken."""
    chapters = Project.find().chapter_names()
    load = os.getloadavg()[0]
    with copied_project() as root:
        measured = {name: _measure(root, name) for name in chapters}
    _report(measured, load, Project.find().root / "benchmarks" / "results" / "chapters.json")
    broken = [name for name, row in measured.items() if not row["within_limits"]]
    if broken:
        sys.exit(f"over {SECONDS:g} s or {MEBIBYTES:g} MiB: {', '.join(broken)}")


def _measure(root: Path, chapter: str) -> dict[str, float | bool]:
    shutil.rmtree(root / "_build" / "runs", ignore_errors=True)
    wall, cpu, peak = map(float, call(root, "python", "-c", _RUN, chapter).split()[-3:])
    return {
        "cold_s": round(wall, 2),
        "kernel_cpu_s": round(cpu, 2),
        "kernel_peak_mib": round(peak, 1),
        "within_limits": wall <= SECONDS and peak <= MEBIBYTES,
    }


def _report(measured: dict[str, dict[str, float | bool]], load: float, path: Path) -> None:
    table = Table("Chapter", "From nothing, s", "Kernel CPU, s", "Kernel peak, MiB")
    for name, row in measured.items():
        table.add_row(
            name, *(f"{row[k]:.1f}" for k in ("cold_s", "kernel_cpu_s", "kernel_peak_mib"))
        )
    Console().print(table)
    content = {
        "measured": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "processors": os.cpu_count(),
        "load_before": round(load, 2),
        "limits": {"cold_s": SECONDS, "kernel_peak_mib": MEBIBYTES},
        "chapters": measured,
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
