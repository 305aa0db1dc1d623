"""What the forecast explorer costs and misses.

Moves sliders in a real browser and times the page's own handler, layout
included; and compares the surface with full runs at more points than the
chapter does. Writes ``benchmarks/results/explorer.json`` and prints a table.
"""

import json
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from chapters.shared.race import DRAWS
from models.race import forecast_surface, race_batch
from models.race.race_parameters import JointParameters
from models.supply import power_data
from overtake.book import explorer
from overtake.chapter import parameters
from overtake.core.paths import Project
from overtake.data import tables
from overtake.runs import chapter_parameters, pools, runs
from overtake.runs.runs import Run
from tests.browser.chromium import launched
from tests.browser.find_chromium import find

_MOVES = 300
_TARGET_MILLISECONDS, _TARGET_MOST, _TARGET_MEAN = 100.0, 2.0, 0.5
_HELD_OUT = {"capability": 60, "largest_run": 30}
_TIMED = """moves => {
  const root = document.querySelector('.overtake-explorer');
  const sliders = [...root.querySelectorAll('input')];
  const taken = [];
  for (let i = 0; i < moves; i++) {
    const slider = sliders[i % sliders.length];
    const [low, high] = [Number(slider.min), Number(slider.max)];
    const start = performance.now();
    slider.value = low + ((i * 0.618034) % 1) * (high - low);
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    root.getBoundingClientRect();
    taken.push(performance.now() - start);
  }
  return taken;
}"""

_TABLES = ("capability_index", "index_scores", "index_vintages", "ai_models", "chips_sold",
           "listings", *power_data.TABLES)  # fmt: skip


def main() -> None:
    """Measure, print and write."""
    project = Project.find()
    run = pools.ensure(project, runs.plan(project, "forecast-explorer"))
    figures: dict[str, Any] = {
        **_page(project, run),
        **_misses(),
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
    }
    figures["met"] = bool(
        figures["milliseconds_p99"] < _TARGET_MILLISECONDS
        and figures["missed_points_max"] <= _TARGET_MOST
        and figures["missed_points_mean_capability"] <= _TARGET_MEAN
    )
    path = project.root / "benchmarks" / "results" / "explorer.json"
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    table = Table("Figure", "Value")
    for name, value in figures.items():
        table.add_row(name, f"{value}")
    Console().print(table)


def _page(project: Project, run: Run) -> dict[str, Any]:
    """Time of one slider's move, from the event to a page laid out anew."""
    shown = pools.ensure(project, runs.plan(project, "overtake-forecast"))
    content = explorer.read(run)
    text = explorer.render(content, shown, project.root / explorer.TEMPLATES)
    name, surface = explorer.surface(content)
    script = (project.root / "theme" / explorer.SCRIPT).read_bytes()
    path = find()
    if path is None:
        sys.exit("needs Chromium: make chromium")
    with TemporaryDirectory() as folder, launched(path) as browser:
        page = Path(folder) / "page.html"
        page.with_name(name).write_text(surface, encoding="utf-8")
        page.with_name(explorer.SCRIPT).write_bytes(script)
        page.write_text(
            f'<!doctype html><meta charset="utf-8">{text}<script src="{explorer.SCRIPT}"></script>',
            encoding="utf-8",
        )
        view = browser.new_page()
        view.goto(page.as_uri())
        view.locator(".explorer-answer:not(:empty)").wait_for()
        taken = np.array(view.evaluate(_TIMED, _MOVES))
    return {
        "moves": _MOVES,
        "milliseconds_median": float(np.median(taken)),
        "milliseconds_p99": float(np.quantile(taken, 0.99)),
        "milliseconds_max": float(taken.max()),
        "page_bytes": len(text.encode()) + len(surface.encode()),
        "script_bytes": len(script),
    }


def _misses() -> dict[str, Any]:
    """Compare the surface with full runs at points that neither it nor the chapter uses."""
    values = parameters.resolve(chapter_parameters.of_chapter("forecast-explorer"), {})
    loaded = {name: tables.load(name) for name in _TABLES}
    calibration = race_batch.calibrate_race(loaded, values)
    past = race_batch.simulate_past_members(loaded, values, calibration)
    start = time.perf_counter()
    surface = forecast_surface.fit_forecast_surface(
        JointParameters(),
        calibration,
        seed=values["seed"],
        n_draws=values["n_draws"],
        level=values["interval_level"],
        members=past.count_chances(calibration.lead_margin, values["interval_level"]),
        anchor_draws=DRAWS,
    )
    fitted = time.perf_counter() - start
    held = forecast_surface.hold_out(surface, calibration, points=_HELD_OUT, seed=1)
    missed = np.abs(held.missed)
    capability = [p.leading_definition == "capability" for p in held.points]
    return {
        "fit_seconds": fitted,
        "evaluations": surface.evaluations,
        "held_out_points": len(held.points),
        "missed_points_mean": float(missed[..., 0].mean()),
        "missed_points_mean_capability": float(missed[capability][..., 0].mean()),
        "missed_points_p99": float(np.quantile(missed[..., 0], 0.99)),
        "missed_points_max": float(missed[..., 0].max()),
        "missed_interval_ends_mean": float(missed[..., 1:].mean()),
        "missed_interval_ends_max": float(missed[..., 1:].max()),
    }


if __name__ == "__main__":
    main()
