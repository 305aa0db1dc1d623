"""A small book whose chapter has two sections; what a test changes in it is put back."""

import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import SmallBook, declare
from tests.overtake.runs.kept.sections import BASE, CELLS, LEFT, RIGHT, Growth


@pytest.fixture(scope="module")
def made(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    book = make_small_book()
    for name, text in (("base", BASE), ("left", LEFT), ("right", RIGHT)):
        book.write(f"models/{name}.py", text)
    book.write_chapter("growth", CELLS, "# Growth")
    return book


@pytest.fixture
def book(made: SmallBook, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallBook]:
    declare(monkeypatch, {"growth": Growth})
    files = [*made.root.glob("models/*.py"), *made.root.glob("data/**/*.*")]
    before = {path: path.read_bytes() for path in files}
    yield made
    for path, content in before.items():
        path.write_bytes(content)
    shutil.rmtree(made.project.runs, ignore_errors=True)
