"""Work that is killed at any moment: nothing published is lost, and the next time is right.

Some moments here; fifty of each kind in `make test-slow`, which writes
``benchmarks/results/faults.json`` and the table of ``docs/faults.md``.
"""

import json
from collections.abc import Callable
from dataclasses import asdict

import pytest

from tests.conftest import ROOT, SmallBook
from tests.overtake import faults_table, killing
from tests.overtake.killing import Tally, Work

RESULTS = ROOT / "benchmarks/results/faults.json"
PAGE = ROOT / "docs/faults.md"
SEED = 20261124


def book_and_work(kind: str, make: Callable[[], SmallBook]) -> tuple[SmallBook, Work]:
    match kind:
        case "build":
            return killing.book_to_build(make), killing.build()
        case "sweep":
            return killing.book_to_build(make), killing.sweep()
        case "import":
            book = killing.book_to_import(make)
            return book, killing.importing(book.root / "data-before")
        case _:
            return killing.book_to_release(make), killing.releasing()


def assert_survived(tally: Tally, kills: int) -> None:
    assert tally.kills == kills
    assert (tally.lost, tally.wrong, tally.left) == (0, 0, 0), tally
    assert tally.compared > 0


@pytest.mark.parametrize("kind", ["sweep", "import"])
def test_a_few_kills_are_survived(kind: str, make_small_book: Callable[[], SmallBook]) -> None:
    book, work = book_and_work(kind, make_small_book)
    assert_survived(killing.survive(book, work, 2, every=2, seed=SEED), 2)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["build", "sweep", "import", "release"])
def test_fifty_kills_are_survived(kind: str, make_small_book: Callable[[], SmallBook]) -> None:
    book, work = book_and_work(kind, make_small_book)
    tally = killing.survive(
        book, work, 50, every=5, seed=SEED, tell=lambda each: record(kind, each)
    )
    assert_survived(tally, 50)


def record(kind: str, tally: Tally) -> None:
    """Add a measurement to the results, and write the page's table anew."""
    measured = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    text = json.dumps({**measured, kind: asdict(tally)}, indent=1, sort_keys=True) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    PAGE.write_text(faults_table.filled(PAGE, RESULTS), encoding="utf-8")


def test_the_page_shows_what_was_measured() -> None:
    assert PAGE.read_text(encoding="utf-8") == faults_table.filled(PAGE, RESULTS)
