"""What ``overtake sweep --models-only`` costs, and how much sharing between points saves.

A whole sweep of the forecast is planned, computed by two processes, and laid out as CSV.
The clock tells what other work on the machine left of the processors; processor seconds
tell what two free ones would give. The ratio is taken in one process: the race of each
point worked out plainly and alone, as the tests' reference does it, over the same points
as a sweep. Writes ``benchmarks/results/models_only.json`` and prints it.
"""

import json
import os
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
import typer

from models.race import race_batch, race_forecasts
from models.race.lead_events import measure_event_shares
from models.race.race_draws import draw_fitted, draw_shocks
from models.race.race_parameters import JointCalibration, list_quarters
from overtake.core.paths import Project
from overtake.data import spreadsheet, tables
from overtake.runs import designs, models_only
from overtake.runs.designs import PlannedRun
from tests.models.race.plain_race import lead_plainly, summarise_plainly

_DRAWS, _INNER, _PROCESSES = 100, 50, 2
_TARGET_POINTS_A_MINUTE = 20_000
_COMPARED = 40
_TURNS = 3
_SWEEP = """
name: benchmark
chapters: [overtake-forecast]
design: {{kind: latin-hypercube, points: {points}, seed: 1}}
vary:
  euv_volume_year: {{low: 2027, high: 2034}}
  us_compute_growth: {{low: 1.1, high: 2.2}}
  delivery_share_china: {{low: 0.4, high: 0.85}}
fixed: {{n_draws: {draws}}}
"""


def main(
    points: Annotated[int, typer.Option(help="Points of the sweep.")] = 10_000,
) -> None:
    """Measure, print and write."""
    project = Project.find()
    found: dict[str, Any] = {**_sweep(project, points), **_compare(project)}
    found |= {"cores": os.cpu_count(), "load_average": os.getloadavg()[0]}
    found["met"] = bool(found["points_a_minute_on_free_processors"] >= _TARGET_POINTS_A_MINUTE)
    text = json.dumps(found, indent=1) + "\n"
    path = project.root / "benchmarks" / "results" / "models_only.json"
    path.write_text(text, encoding="utf-8")
    print(text)


def _sweep(project: Project, points: int) -> dict[str, Any]:
    """Plan, compute and write a sweep, as the command does."""
    before, start = _processor_seconds(), time.perf_counter()
    planned = _plan(project, points)
    found = models_only.evaluate(project, planned, processes=_PROCESSES, tell=lambda _: None)
    spreadsheet.csv_of(found)
    seconds = time.perf_counter() - start
    own, children = (b - a for a, b in zip(before, _processor_seconds(), strict=True))
    return {
        "points": points,
        "paths_each": _DRAWS * _INNER,
        "processes": _PROCESSES,
        "seconds": round(seconds, 1),
        "points_a_minute": round(60 * points / seconds),
        "processor_seconds_of_the_command": round(own, 1),
        "processor_seconds_of_its_processes": round(children, 1),
        "points_a_minute_on_free_processors": round(60 * points / (own + children / _PROCESSES)),
        "peak_memory_mb_of_the_command": round(_peak_mb(resource.RUSAGE_SELF)),
        "peak_memory_mb_of_each_process": round(_peak_mb(resource.RUSAGE_CHILDREN)),
    }


def _compare(project: Project) -> dict[str, Any]:
    """Compare a sweep's points with the same points worked out alone, in turns."""
    planned = _plan(project, _COMPARED)
    values = [p.inputs.parameters for p in planned]
    loaded = {name: tables.load(name) for name in planned[0].inputs.tables}
    calibration = race_batch.calibrate_race(loaded, values[0])
    scenarios = [race_batch.read_joint_parameters(each) for each in values]
    seed, level = values[0]["seed"], values[0]["interval_level"]
    together, alone = [], []
    for _ in range(_TURNS):
        start = time.process_time()
        race_forecasts.sweep(scenarios, calibration, seed=seed, n_draws=_DRAWS, level=level)
        middle = time.process_time()
        _work_out_alone(scenarios, calibration, seed, level)
        together.append(middle - start)
        alone.append(time.process_time() - middle)
    return {
        "milliseconds_a_point_together": round(1000 * min(together) / _COMPARED, 2),
        "milliseconds_a_point_alone": round(1000 * min(alone) / _COMPARED, 2),
        "times_faster_together": round(min(alone) / min(together), 1),
    }


def _work_out_alone(
    scenarios: list[Any], calibration: JointCalibration, seed: int, level: float
) -> None:
    fitted = draw_fitted(calibration, _DRAWS, np.random.default_rng([seed, 0]))
    times = list_quarters(calibration.start)
    ((part, shocks),) = draw_shocks(calibration, _DRAWS, _INNER, times.size, seed)
    draws = fitted.part(part, _INNER)
    columns = race_forecasts.find_columns(times)
    for scenario in scenarios:
        lead = lead_plainly(scenario, calibration, draws, shocks)
        shares = measure_event_shares(lead, columns, margin=calibration.lead_margin, inner=_INNER)
        for row in shares.reshape(-1, _DRAWS):
            summarise_plainly(row, _INNER, calibration.n, level)


def _plan(project: Project, points: int) -> list[PlannedRun]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "benchmark.yml"
        file.write_text(_SWEEP.format(points=points, draws=_DRAWS), encoding="utf-8")
        return designs.plan(project, designs.load(file))


def _processor_seconds() -> tuple[float, float]:
    """Of this process, and of those that it has started and that have ended."""
    spent = os.times()
    return spent.user + spent.system, spent.children_user + spent.children_system


def _peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


if __name__ == "__main__":
    typer.run(main)
