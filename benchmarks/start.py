"""What commands cost that compute nothing: help, refusals, lists, a citation.

Each is a whole process of its own; the least of several turns counts, and the limits are for
seconds on the clock. Beside them stands what
planning a run takes once everything is imported: until then no chapter can begin. Writes
``benchmarks/results/start.json``, prints a table, and fails if a command breaks its limit.
"""

import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from overtake.core.paths import Project
from overtake.runs import pools, runs

TURNS = 7
SECONDS, SECONDS_OF_A_LIST, SECONDS_OF_A_CITATION, SECONDS_OF_A_PLAN = 0.4, 0.5, 1.0, 0.1
_CITED = "reproduction"
_PLAN = """
import sys, time
from overtake.core.paths import Project
from overtake.runs import digested, runs
start = time.process_time()
project = Project.find()
inputs = runs.plan(project, sys.argv[1])
runs.find_whole(project, inputs)
digested.describe_kept(project, inputs)
print(time.process_time() - start)
"""
_BAD_SWEEP = "name: x\nchapters: [hardware-bottleneck]\ndesign: {kind: grid}\nvary: {pue: {}}\n"


def main() -> None:
    """Measure, print, write, and say whether a limit is broken."""
    project, load = Project.find(), os.getloadavg()[0]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as sweep:
        sweep.write(_BAD_SWEEP)
        sweep.flush()
        measured = {
            told: _measure(arguments, limit)
            for told, arguments, limit in _commands(project, sweep.name)
        }
    plans = {chapter: _seconds_of_a_plan(chapter) for chapter in project.chapter_names()}
    _report(measured, plans, load, project.root / "benchmarks" / "results" / "start.json")
    slow = [told for told, row in measured.items() if row["wall_s"] > row["limit_s"]]
    slow += [chapter for chapter, seconds in plans.items() if seconds > SECONDS_OF_A_PLAN]
    if slow:
        sys.exit(f"over their limits: {', '.join(slow)}")


def _commands(project: Project, sweep: str) -> list[tuple[str, list[str], float]]:
    """Return what each command is called here, its arguments and its limit in seconds."""
    figure = min(pools.ensure(project, runs.plan(project, _CITED)).drawings)
    quick = [
        "--help",
        "run overtake-forecast -p nonsense=1",
        "run overtake-forecast -p euv_volume_year=abc",
        "run nowhere",
        "params hardware-bottleneck",
    ]
    lists = ["params", "scenarios", "explain reproduction"]
    return [
        *((told, told.split(), SECONDS) for told in quick),
        *((told, told.split(), SECONDS_OF_A_LIST) for told in lists),
        ("sweep SPEC, which is wrong", ["sweep", sweep], SECONDS),
        ("cite book", ["cite", "book"], SECONDS_OF_A_CITATION),
        ("cite FIGURE", ["cite", figure], SECONDS_OF_A_CITATION),
    ]


def _measure(arguments: list[str], limit: float) -> dict[str, float]:
    """Return processor time and time on the clock, in seconds, each the least of the turns."""
    turns = [_turn(arguments) for _ in range(TURNS)]
    processor, wall = (round(min(each), 3) for each in zip(*turns, strict=True))
    return {"processor_s": processor, "wall_s": wall, "limit_s": limit}


def _turn(arguments: list[str]) -> tuple[float, float]:
    command = [str(Path(sys.executable).with_name("overtake")), *arguments]
    before, start = _processor_seconds_of_children(), time.perf_counter()
    subprocess.run(command, capture_output=True, check=False)
    return _processor_seconds_of_children() - before, time.perf_counter() - start


def _processor_seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _seconds_of_a_plan(chapter: str) -> float:
    command = [sys.executable, "-c", _PLAN, chapter]
    told = [subprocess.run(command, capture_output=True, check=True).stdout for _ in range(TURNS)]
    return round(min(map(float, told)), 3)


def _report(
    measured: dict[str, dict[str, float]], plans: dict[str, float], load: float, path: Path
) -> None:
    table = Table("Command", "Processor, s", "On the clock, s", "Limit, s")
    for told, row in measured.items():
        table.add_row(told, *(f"{row[name]:.2f}" for name in ("processor_s", "wall_s", "limit_s")))
    for chapter, seconds in plans.items():
        table.add_row(f"plan {chapter}", f"{seconds:.3f}", "", f"{SECONDS_OF_A_PLAN:.2f}")
    Console().print(table)
    content = {
        "measured": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "processors": os.cpu_count(),
        "load_before": round(load, 2),
        "turns": TURNS,
        "commands": measured,
        "plan_processor_s": plans,
        "plan_limit_s": SECONDS_OF_A_PLAN,
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
