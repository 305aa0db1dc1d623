"""A page with nothing but the explorer, and settings that a reader may give it."""

import random
from pathlib import Path
from typing import Any

from overtake.book import explorer
from overtake.book.scenario_page import Outcome
from overtake.core.paths import Project
from overtake.runs import designs, pools, runs, scenarios
from overtake.runs.designs import Design, PlannedRun, Sweep, Varied
from overtake.runs.recorded import RunInputs
from overtake.runs.scenarios import Range

CHAPTER = "overtake-forecast"
ADDRESS = "https://example.org/forecast.html"
Settings = dict[str, Any]
"""The scenario that is kept, or "", and of each control its value as text, or both ends."""


def describe(project: Project) -> tuple[dict[str, Any], explorer.Page]:
    """Return what the page's scripts read, and what is beside it: every scenario's forecast."""
    surface = pools.ensure(project, runs.plan(project, "forecast-explorer"))
    every = scenarios.load_all(project)
    planned = [scenarios.plan(project, each, CHAPTER) for each in every]
    found = pools.ensure_facts(project, planned)
    outcomes = [Outcome(each, {CHAPTER: run}) for each, run in zip(every, found, strict=True)]
    page = explorer.Page(
        found[0], outcomes, "Overtake, version 1", "Overtake · version 1 · CC BY 4.0", ADDRESS
    )
    return explorer.describe(explorer.read(surface), page), page


def write(project: Project, folder: Path, data: dict[str, Any], page: explorer.Page) -> str:
    """Write the page with all it needs into a folder; return its address there."""
    for name in (*explorer.SCRIPTS, "overtake.css"):
        (folder / name).write_bytes((project.root / "theme" / name).read_bytes())
    name, text = explorer.surface(data)
    (folder / name).write_text(text, encoding="utf-8")
    scripts = "".join(f'<script defer src="{each}"></script>' for each in explorer.SCRIPTS)
    rendered = explorer.render(data, page, project.root / explorer.TEMPLATES)
    path = folder / "page.html"
    path.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Explorer</title>'
        # What is not allowed here would be refused and reported by the browser.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        'script-src file:; style-src file:">'
        f'<link rel="stylesheet" href="overtake.css">{scripts}</head>'
        f"<body>{rendered}</body></html>",
        encoding="utf-8",
    )
    return path.as_uri()


def make_settings(data: dict[str, Any], rng: random.Random) -> Settings:
    """Return settings at random: points and ranges on the steps of the sliders."""
    keepable = [each["name"] for each in data["scenarios"] if each["others"]]
    values: dict[str, Any] = {name: rng.choice(all_) for name, all_ in data["choices"].items()}
    for slider in data["sliders"]:
        steps = range(round((slider["high"] - slider["low"]) / slider["step"]) + 1)
        two = sorted(rng.sample(steps, 2))
        low, high = (_text(slider["low"] + step * slider["step"]) for step in two)
        start = _text(data["baseline"][slider["name"]])
        values[slider["name"]] = rng.choice([start, low, [low, high]])
    return {"kept": rng.choice(["", "", *keepable]), "values": values}


def list_ranges(settings: Settings) -> dict[str, tuple[float, float]]:
    """Return both ends of each range."""
    return {
        name: (float(value[0]), float(value[1]))
        for name, value in settings["values"].items()
        if isinstance(value, list)
    }


def plan_run(project: Project, settings: Settings) -> RunInputs:
    """Plan the run of settings, of ranges at their middles, without link or file."""
    ranges = list_ranges(settings)
    middles = {name: Range(low=low, high=high).middle for name, (low, high) in ranges.items()}
    return runs.plan(project, CHAPTER, _kept(project, settings) | settings["values"] | middles)


def plan_sweep(project: Project, settings: Settings) -> list[PlannedRun]:
    """Plan the runs over the ranges of settings, without link or file."""
    ranges = list_ranges(settings)
    points = {name: v for name, v in settings["values"].items() if name not in ranges}
    sweep = Sweep(
        name="own",
        chapters=(CHAPTER,),
        design=designs.RANGES_DESIGN if ranges else Design(kind="grid", points=None, seed=0),
        vary={n: Varied(values=None, low=low, high=high) for n, (low, high) in ranges.items()},
        fixed=_kept(project, settings) | points,
    )
    return designs.plan(project, sweep)


def _kept(project: Project, settings: Settings) -> dict[str, Any]:
    kept = settings["kept"]
    return scenarios.load(project, kept).of_chapter(CHAPTER) if kept else {}


def _text(value: float) -> str:
    return f"{round(value, 6):g}"
