"""Two builds in worlds that have nothing in common give the same bytes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import GROWTH_CELLS, ROOT, SmallBook
from tests.reproducibility import two_builds, worlds
from tests.reproducibility.worlds import FIRST


def test_small_book_is_the_same_to_the_byte(
    make_small_book: Callable[[], SmallBook], tmp_path: Path
) -> None:
    book = make_small_book()
    book.commit("A book")
    outcome = two_builds.compared(book.root, tmp_path, Path(sys.executable))
    assert not outcome.differences, str(outcome.differences[0])
    assert outcome.files > 50


def test_a_chapter_that_tells_the_date_is_caught(
    make_small_book: Callable[[], SmallBook], tmp_path: Path
) -> None:
    if worlds.calendar_shift(tmp_path) is None:
        pytest.skip("the calendar can't be shifted here: no C compiler, or no Linux")
    book = make_small_book()
    first, *rest = GROWTH_CELLS
    book.write_chapter(
        "growth", (first, *rest, "import time\nprint(time.strftime('%Y'))"), "# Growth"
    )
    book.commit("A book with a clock")
    outcome = two_builds.compared(book.root, tmp_path / "builds", Path(sys.executable))
    site, store = outcome.differences
    assert site.file.endswith(".html") or "growth" in site.first
    assert store.file.endswith("notebook.ipynb")
    assert "$.cells[" in store.place


def test_the_calendar_is_shifted_and_waiting_is_not(tmp_path: Path) -> None:
    library = worlds.calendar_shift(tmp_path)
    if library is None:
        pytest.skip("the calendar can't be shifted here: no C compiler, or no Linux")
    seconds = -20 * 365 * 86_400
    script = (
        "import datetime, queue, time\n"
        "print(datetime.datetime.now(datetime.UTC).year, time.gmtime().tm_year)\n"
        "try:\n    queue.Queue().get(timeout=0.01)\nexcept queue.Empty:\n    time.sleep(0.01)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script],
        env={"LD_PRELOAD": str(library), "SHIFTED_SECONDS": str(seconds)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    now = subprocess.run(["date", "+%Y"], capture_output=True, text=True, check=True).stdout
    assert all(abs(int(now) - 20 - int(year)) <= 1 for year in said.split())


def test_a_build_that_fails_says_why(
    make_small_book: Callable[[], SmallBook], tmp_path: Path
) -> None:
    book = make_small_book()
    book.write_chapter("other", ("offset: int = 1", "raise RuntimeError('broken on purpose')"), "#")
    with pytest.raises(RuntimeError, match="broken on purpose"):
        worlds.build(FIRST, book.root, Path(sys.executable), None)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_book_is_the_same_to_the_byte(tmp_path: Path) -> None:
    outcome = two_builds.compared(ROOT, tmp_path, Path(sys.executable))
    assert not outcome.differences, "\n".join(map(str, outcome.differences))
