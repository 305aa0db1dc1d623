"""What commands load before they answer, or before a run's own process starts.

Seconds depend on the machine, and are measured by benchmarks/start.py; what costs them is known.
"""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from tests.conftest import ROOT

SLOW = {
    "IPython", "PIL", "distributed", "docutils", "jinja2", "jsonschema", "lxml", "matplotlib",
    "nbformat", "numpy", "pandas", "pandera", "papermill", "pikepdf", "requests", "scipy",
    "sphinx", "statsmodels", "watchfiles",
}  # fmt: skip
OF_CITATIONS = {"docutils", "jinja2", "lxml"}
"""A figure's title is rendered, and citeproc reads its styles, by these."""
BAD_SWEEP = "name: x\nchapters: [hardware-bottleneck]\ndesign: {kind: grid}\nvary: {pue: {}}\n"

COMMAND = "from overtake.cli.main import app; app(sys.argv[1:])"
PLAN = """
from overtake.core.paths import Project
from overtake.runs import digested, runs
project = Project.find()
for chapter in sys.argv[1:]:
    inputs = runs.plan(project, chapter)
    runs.find_whole(project, inputs)
    digested.describe_kept(project, inputs)
"""


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Return which of the slow libraries a new process has loaded when it ends."""
    listed = "import atexit, sys; atexit.register(lambda: print('\\n' + ' '.join(sys.modules)))\n"
    command = [sys.executable, "-c", listed + code, *arguments]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return {name.partition(".")[0] for name in ended.stdout.splitlines()[-1].split()} & SLOW


@pytest.mark.parametrize(
    "arguments",
    [
        "--help",
        "run --help",
        "run overtake-forecast -p nonsense=1",
        "run overtake-forecast -p euv_volume_year=abc",
        "run nowhere",
        "params",
        "scenarios",
        "explain reproduction",
    ],
)
def test_what_computes_nothing_loads_nothing_slow(arguments: str) -> None:
    assert loaded_by(COMMAND, *arguments.split()) == set()


def test_a_wrong_sweep_is_refused_before_anything_slow_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "sweep.yml"
    file.write_text(BAD_SWEEP, encoding="utf-8")
    assert loaded_by(COMMAND, "sweep", str(file)) == set()


def test_a_citation_loads_what_writes_it_and_no_tables() -> None:
    assert loaded_by(COMMAND, "cite", "reproduction") <= OF_CITATIONS


def test_runs_are_planned_and_sought_before_anything_slow_is_loaded() -> None:
    chapters = [path.stem for path in (ROOT / "chapters").glob("*.ipynb")]
    assert loaded_by(PLAN, *chapters) == set()


def test_a_refused_run_leaves_no_process_behind() -> None:
    mark = f"MARK_OF_{uuid4().hex}"
    command = [str(Path(sys.executable).with_name("overtake")), "run", "reproduction", "-p", "x=1"]
    refused = subprocess.run(
        command, cwd=ROOT, env={**os.environ, mark: "1"}, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert refused.returncode == 2
    assert "no such parameter" in refused.stderr
    assert not [each for each in psutil.process_iter() if mark in variables_of(each)]


def variables_of(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.Error:
        return {}


def test_the_test_sees_what_is_loaded() -> None:
    assert {"pandas", "numpy"} <= loaded_by("import pandas")
