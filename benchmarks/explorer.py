"""What the forecast explorer costs and misses.

Moves sliders in a real browser and times the page's own handler, layout
included; compares the surface with full runs at more points than the chapter
does; and compares the page's answers with fresh runs of the forecast, as many
draws as it publishes: at points, of ranges with the mean of a sweep over them,
and under each published scenario, what no control moves included. Writes
``benchmarks/results/explorer.json`` and prints a table.
"""

import json
import os
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from playwright.sync_api import Page
from rich.console import Console
from rich.table import Table

from chapters.shared.parameters import DRAWS
from models.race import forecast_surface, race_batch
from models.race.race_parameters import JointParameters
from models.supply import power_data
from overtake.book import explorer
from overtake.chapter import parameters
from overtake.core.paths import Project
from overtake.data import tables
from overtake.runs import chapter_parameters, models_only
from tests.browser import explorer_page
from tests.browser.chromium import launched
from tests.browser.explorer_page import Settings
from tests.browser.find_chromium import find

_MOVES = 300
_TARGET_MILLISECONDS, _TARGET_MOST, _TARGET_MEAN = 100.0, 2.0, 0.5
_FRESH_MEAN, _FRESH_MOST = 1.0, 3.0
_SETTINGS, _SETTINGS_SEED, _POINTS, _RANGES = 400, 7, 60, 40
_SUFFIXES = {"terminal": "terminal", "ever": "ever", "lead": "held"}
"""How a headline number's name ends, and the page's kind of chance."""
_ANSWER = "settings => document.querySelector('.overtake-explorer').explorer.answerTo(settings)"
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
    figures: dict[str, Any] = {
        **_page(project),
        **_misses(),
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
    }
    figures["met"] = bool(
        figures["milliseconds_p99"] < _TARGET_MILLISECONDS
        and figures["missed_points_max"] <= _TARGET_MOST
        and figures["missed_points_mean_capability"] <= _TARGET_MEAN
        and all(
            figures[f"fresh_{kind}_missed_mean"] < _FRESH_MEAN
            and figures[f"fresh_{kind}_missed_max"] <= _FRESH_MOST
            for kind in ("points", "ranges", "scenarios")
        )
    )
    path = project.root / "benchmarks" / "results" / "explorer.json"
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    table = Table("Figure", "Value")
    for name, value in figures.items():
        table.add_row(name, f"{value}")
    Console().print(table)


def _page(project: Project) -> dict[str, Any]:
    """Time of a slider's move, from the event to a page laid out anew; answers and fresh runs."""
    path = find()
    if path is None:
        sys.exit("needs Chromium: make chromium")
    data, page = explorer_page.describe(project)
    with TemporaryDirectory() as folder, launched(path) as browser:
        view = browser.new_page()
        view.goto(explorer_page.write(project, Path(folder), data, page))
        view.locator(".explorer-answer:not(:empty)").wait_for()
        taken = np.array(view.evaluate(_TIMED, _MOVES))
        for button in view.locator("[data-range]").all():
            button.click()
        ranged = np.array(view.evaluate(_TIMED, _MOVES))
        fresh = _compare(project, data, view)
    text = explorer.render(data, page, project.root / explorer.TEMPLATES)
    scripts = [(project.root / "theme" / name).read_bytes() for name in explorer.SCRIPTS]
    return {
        "moves": _MOVES,
        "milliseconds_median": float(np.median(taken)),
        "milliseconds_p99": float(np.quantile(taken, 0.99)),
        "milliseconds_max": float(taken.max()),
        "milliseconds_median_ranges": float(np.median(ranged)),
        "milliseconds_p99_ranges": float(np.quantile(ranged, 0.99)),
        "page_bytes": len(text.encode()) + len(explorer.surface(data)[1].encode()),
        "script_bytes": sum(map(len, scripts)),
        **fresh,
    }


def _compare(project: Project, data: dict[str, Any], view: Page) -> dict[str, Any]:
    """Compare the page's answers with fresh runs: of ranges with their mean."""
    rng = random.Random(_SETTINGS_SEED)  # noqa: S311  (settings, no secrets)
    made = [explorer_page.make_settings(data, rng) for _ in range(_SETTINGS)]
    # Sales move with no control, so that there the page has a full run's own numbers.
    made = [each for each in made if each["values"]["leading_definition"] not in data["sales"]]
    for settings in made:
        settings["kept"] = ""
    points = [each for each in made if not explorer_page.list_ranges(each)][:_POINTS]
    ranged = [each for each in made if explorer_page.list_ranges(each)][:_RANGES]
    published = [
        view.evaluate("n => overtakeAssumptions.settingsOf(overtakeSurface, n)", each["name"])
        for each in data["scenarios"]
    ]
    return {
        name: value
        for kind, each in (("points", points), ("ranges", ranged), ("scenarios", published))
        for name, value in _missed(project, data, view, kind, each).items()
    }


def _missed(
    project: Project, data: dict[str, Any], view: Page, kind: str, settings: list[Settings]
) -> dict[str, Any]:
    """How far the page is from fresh runs, percentage points, over years and kinds of chances."""
    planned = [explorer_page.plan_sweep(project, each) for each in settings]
    found = models_only.evaluate(
        project, [run for each in planned for run in each], processes=2, tell=lambda _: None
    )
    means = found.drop_duplicates(["run", "name"]).set_index(["name", "run"])["value"]
    misses = []
    for each, over in zip(settings, planned, strict=True):
        told = view.evaluate(_ANSWER, each)
        for suffix, chances in _SUFFIXES.items():
            for date, chance in zip(data["dates"], told[chances], strict=True):
                fresh = means[f"probability_{date[:4]}_{suffix}"]
                misses.append(100 * chance["value"] - fresh[[r.inputs.id for r in over]].mean())
    missed = np.abs(misses).reshape(len(settings), -1)
    late = missed.reshape(len(settings), len(_SUFFIXES), -1)[:, list(_SUFFIXES).index("lead"), -1]
    return {
        f"fresh_{kind}": len(settings),
        f"fresh_{kind}_runs": len({run.inputs.id for each in planned for run in each}),
        f"fresh_{kind}_missed_mean": float(missed.mean()),
        f"fresh_{kind}_missed_max": float(missed.max()),
        f"fresh_{kind}_answer_missed_mean": float(late.mean()),
        f"fresh_{kind}_answer_missed_max": float(late.max()),
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
