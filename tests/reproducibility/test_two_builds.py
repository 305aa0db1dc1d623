"""Two builds in worlds that have nothing in common give the same bytes."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import GROWTH_CELLS, ROOT, SmallBook
from tests.reproducibility import two_builds, worlds
from tests.reproducibility.differences import first_difference
from tests.reproducibility.worlds import FIRST, SECOND


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
    calendar = worlds.calendar_shift(tmp_path)
    if calendar is None:
        pytest.skip("the calendar can't be shifted here: no C compiler, or no Linux")
    book = make_small_book()
    first, *rest = GROWTH_CELLS
    book.write_chapter(
        "growth", (first, *rest, "import time\nprint(time.strftime('%Y'))"), "# Growth"
    )
    roots = [shutil.copytree(book.root, tmp_path / name / "book") for name in ("a", "b")]
    command = [str(Path(sys.executable).with_name("overtake")), "run", "growth", "--figures"]
    for world, root in zip((FIRST, replace(SECOND, user=None)), roots, strict=True):
        (root.parent / "home").mkdir()
        done = worlds.call(world, command, root, calendar)
        assert done.returncode == 0, done.stderr.decode()
    stores = [root / "_build" / "runs" for root in roots]
    found = first_difference(*stores, two_builds.IGNORED)
    assert found is not None
    assert found.file.endswith("notebook.ipynb")
    assert "value $.cells[6].outputs" in found.place


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


def test_a_world_without_network_reaches_itself_only(tmp_path: Path) -> None:
    if not worlds.can_be_offline():
        pytest.skip("no network namespace can be made here")
    script = (
        "import socket\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname(), timeout=5).close()\n"
        "try:\n    socket.create_connection(('192.0.2.1', 443), timeout=5)\n"
        "except OSError as error:\n    print(error.strerror)\n"
    )
    offline = replace(SECOND, user=None)
    done = worlds.call(offline, [sys.executable, "-c", script], tmp_path, None)
    assert done.stdout.decode() == "Network is unreachable\n", done.stderr.decode()


def test_a_build_that_fails_says_why(
    make_small_book: Callable[[], SmallBook], tmp_path: Path
) -> None:
    book = make_small_book()
    book.write("_toc.yml", "format: jb-book\nroot: nowhere\n")
    with pytest.raises(RuntimeError, match="nowhere"):
        worlds.build(FIRST, book.root, Path(sys.executable), None)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_book_is_the_same_to_the_byte(tmp_path: Path) -> None:
    outcome = two_builds.compared(ROOT, tmp_path, Path(sys.executable))
    assert not outcome.differences, "\n".join(map(str, outcome.differences))
