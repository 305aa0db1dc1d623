"""Pages that Sphinx alone would take for finished: half-written, or of another time."""

import os
import re
from collections.abc import Callable
from itertools import combinations

import pytest

from overtake.book import sphinx_ext
from tests.conftest import SmallBook

LONG_AGO = 1_000_000_000


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    made = make_small_book()
    built(made)
    return made


def built(book: SmallBook) -> str:
    done = book.build()
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_source_that_was_changed_while_the_clock_was_set_back_is_read(book: SmallBook) -> None:
    book.write("index.md", "# Small\n\nChanged long ago.\n")
    os.utime(book.root / "index.md", (LONG_AGO, LONG_AGO))
    built(book)
    assert "Changed long ago" in book.page("index")
    assert not sphinx_ext.mark_of(book.project.site).exists()


def test_after_a_killed_build_every_page_is_written_again(book: SmallBook) -> None:
    page = book.project.site / "chapters/growth.html"
    whole = page.read_bytes()
    page.write_bytes(whole[:1000])
    built(book)
    assert page.read_bytes() != whole  # nothing says that it is not whole
    sphinx_ext.mark_of(book.project.site).touch()
    assert "the last build was interrupted" in built(book)
    assert page.read_bytes() == whole


@pytest.mark.parametrize(
    "name",
    [
        "releases/why/1.0.0.json", "numbers/moves.json", "numbers/redirects.csv",
        "chapters/what_changed.csv", "benchmarks/results/coverage.json",
    ],
)  # fmt: skip
def test_what_pages_show_besides_their_sources_is_told_apart(book: SmallBook, name: str) -> None:
    states = [sphinx_ext.on_record(book.project)]
    for content in ("one", "two"):
        book.write(name, content)
        states.append(sphinx_ext.on_record(book.project))
    (book.root / name).unlink()
    assert all(one != other for one, other in combinations(states, 2))
    assert {**states[0], **sphinx_ext.on_record(book.project)} == states[0]


def test_every_page_is_read_again_when_what_is_on_record_changes(book: SmallBook) -> None:
    built(book)
    assert "0 added, 0 changed" in built(book)
    book.write("releases/why/1.0.0.json", "{}")
    assert re.search(r"0 added, [1-9]\d* changed", built(book))
