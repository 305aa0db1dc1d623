"""A sweep from the command line: what is run, what is kept, what is told."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from overtake.runs.runs import all_runs
from tests.conftest import GROWTH_CELLS, SmallBook

SPEC = """
name: factors
chapters: [growth, other]
design: {kind: grid}
vary:
  factor: {values: [1, 2, 3]}
  offset: {values: [0, 5]}
"""


@pytest.fixture(scope="module")
def swept(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a book with a finished sweep."""
    book = make_small_book()
    book.write("factors.yml", SPEC)
    done = book.overtake("sweep", "factors.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 points, 5 different runs, 5 to execute" in done.stdout
    assert "5 executed, 0 reused; 12 numbers" in done.stdout
    return book


def table(book: SmallBook) -> pd.DataFrame:
    return pd.read_csv(book.root / "_build/sweeps/factors.csv")


def test_the_table_has_every_number_at_every_point(swept: SmallBook) -> None:
    found = table(swept)
    growth = found[found["name"] == "total"]
    assert growth["value"].tolist() == [7 * factor for factor in (1, 1, 2, 2, 3, 3)]
    other = found[found["name"] == "sum"]
    assert other["value"].tolist() == [7 + offset for offset in (0, 5) * 3]
    assert found["point"].nunique() == 6
    assert growth["offset"].isna().all()


def test_a_finished_sweep_executes_nothing_and_makes_the_same_table(swept: SmallBook) -> None:
    before = (swept.root / "_build/sweeps/factors.csv").read_bytes()
    again = swept.overtake("sweep", "factors.yml")
    assert "0 to execute" in again.stdout
    assert "0 executed, 5 reused" in again.stdout
    assert (swept.root / "_build/sweeps/factors.csv").read_bytes() == before


def test_the_table_may_go_elsewhere(swept: SmallBook) -> None:
    done = swept.overtake("sweep", "factors.yml", "-o", "out/numbers.csv")
    assert done.returncode == 0, done.stderr
    written = (swept.root / "out/numbers.csv").read_bytes()
    assert written == (swept.root / "_build/sweeps/factors.csv").read_bytes()


def test_a_dry_run_executes_nothing(swept: SmallBook) -> None:
    swept.write("more.yml", SPEC.replace("[1, 2, 3]", "[7, 8]"))
    before = swept.run_ids()
    done = swept.overtake("sweep", "more.yml", "--dry-run")
    assert "4 points, 4 different runs, 2 to execute" in done.stdout
    assert swept.run_ids() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("[1, 2, 3]", "[1, 99]"), "point 2, growth: factor"),
        (("factor:", "factr:"), "did you mean factor?"),
        (("chapters: [growth, other]", "chapters: [growht]"), "growht"),
    ],
)
def test_a_sweep_that_can_not_be_planned_ends_with_2(
    swept: SmallBook, change: tuple[str, str], message: str
) -> None:
    swept.write("bad.yml", SPEC.replace(*change))
    done = swept.overtake("sweep", "bad.yml")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_failures_are_tried_again_then_listed_and_the_others_are_kept(
    make_small_book: Callable[[], SmallBook],
) -> None:
    book = make_small_book()
    failing = "if factor == 2:\n    raise ValueError('two is too many')\n" + GROWTH_CELLS[1]
    book.write_chapter("growth", (GROWTH_CELLS[0], failing, *GROWTH_CELLS[2:]), "# Growth")
    book.write(
        "factors.yml", SPEC.replace("[growth, other]", "[growth]").replace("  offset", "  label")
    )
    done = book.overtake("sweep", "factors.yml", "--tries", "3")
    assert done.returncode == 1
    assert "2 runs failed" in done.stderr
    assert "two is too many" in done.stderr
    assert table(book)["factor"].unique().tolist() == [1, 3]


def test_a_sweep_that_is_killed_at_any_moment_goes_on_and_runs_nothing_twice(
    make_small_book: Callable[[], SmallBook],
) -> None:
    book = make_small_book()
    book.write("factors.yml", SPEC.replace("[1, 2, 3]", "[1, 2, 3, 4, 5, 6, 7, 8]"))
    moments = random.Random(7)
    finished: dict[str, int] = {}
    for _ in range(4):
        process = start(book, "sweep", "factors.yml")
        time.sleep(moments.uniform(0.5, 4))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        now = inodes(book)
        assert finished.items() <= now.items(), "a finished run was made again"
        finished = now
    done = book.overtake("sweep", "factors.yml")
    assert done.returncode == 0, done.stderr
    assert finished.items() <= inodes(book).items()
    assert len(inodes(book)) == 10
    assert table(book)["point"].nunique() == 16


def start(book: SmallBook, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [Path(sys.executable).with_name("overtake"), *arguments],
        cwd=book.root,
        env={**os.environ, "PYTHONPATH": str(book.root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def inodes(book: SmallBook) -> dict[str, int]:
    """Return the identity of each run's record; a run that is made again has another."""
    return {run.id: (run.folder / "run.json").stat().st_ino for run in all_runs(book.project)}
