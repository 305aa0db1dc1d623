"""What the joint forecast costs: 100,000 paths, time and peak memory.

Calibration from the tables is done once and not counted. Each measurement
starts a process of its own, so that its peak memory is its own; the memory of
the same process before it simulates is given beside it. Writes
``benchmarks/results/forecast.json`` and prints a table.
"""

import json
import os
import resource
import subprocess
import sys
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from models.race import race_calibration, race_forecasts, race_parameters
from overtake.core.paths import Project
from overtake.data import tables

_N_DRAWS, _PATHS_PER_DRAW = 2_000, 50
_TARGET_SECONDS, _TARGET_MB = 5.0, 1024.0
_REPEATS = 3


def main() -> None:
    """Measure in fresh processes, print and write."""
    runs = [_in_fresh_process() for _ in range(_REPEATS)]
    figures = {
        "paths": _N_DRAWS * _PATHS_PER_DRAW,
        "seconds": min(run["seconds"] for run in runs),
        "seconds_all_runs": [run["seconds"] for run in runs],
        "cpu_seconds": min(run["cpu_seconds"] for run in runs),
        "peak_memory_mb": max(run["peak_memory_mb"] for run in runs),
        "memory_before_mb": max(run["memory_before_mb"] for run in runs),
        "target_seconds": _TARGET_SECONDS,
        "target_peak_memory_mb": _TARGET_MB,
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
    }
    figures["met"] = bool(
        figures["seconds"] < _TARGET_SECONDS and figures["peak_memory_mb"] < _TARGET_MB
    )
    path = Project.find().root / "benchmarks" / "results" / "forecast.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    table = Table("Figure", "Value")
    for name, value in figures.items():
        table.add_row(name, f"{value}")
    Console().print(table)


def _in_fresh_process() -> dict[str, float]:
    command = [sys.executable, __file__, "measure"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _measure() -> None:
    index = tables.load("capability_index").dropna(subset=["date", "country"])
    calibration = race_calibration.calibrate(
        index,
        tables.load("ai_models"),
        tables.load("chips_owned"),
        since="2023-01-01",
        sales={},
        level=0.90,
        lead_margin=0.0,
        rng=np.random.default_rng(1),
    )
    before = _peak_mb()
    wall, cpu = time.perf_counter(), time.process_time()
    race_forecasts.forecast_overtake(
        race_parameters.JointParameters(),
        calibration,
        seed=1,
        n_draws=_N_DRAWS,
        paths_per_draw=_PATHS_PER_DRAW,
    )
    figures = {
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
        "memory_before_mb": before,
        "peak_memory_mb": _peak_mb(),
    }
    print(json.dumps(figures))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    _measure() if sys.argv[1:] == ["measure"] else main()
