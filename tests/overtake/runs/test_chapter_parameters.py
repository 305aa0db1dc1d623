"""The parameters that stand beside each chapter, and what they are about."""

import sys
from collections.abc import Callable

import pytest

from overtake.chapter import parameters
from overtake.chapter.parameters import JUDGEMENT, ChapterParameters, parameter
from overtake.core.errors import ProjectError
from overtake.runs import chapter_parameters
from tests.conftest import DECLARATION, SmallBook

LIST = """
from overtake.runs import chapter_parameters
from overtake.core.errors import OvertakeError
try:
    print({n: list(d.model_fields) for n, d in chapter_parameters.declared().items()})
except OvertakeError as error:
    print(error)
"""


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    return make_small_book()


def listed(book: SmallBook) -> str:
    """Return what a process in the book's folder finds."""
    done = book.execute(sys.executable, "-c", LIST)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_chapter_is_one_that_has_a_notebook_and_a_declaration(book: SmallBook) -> None:
    assert listed(book) == "{'growth': ['factor', 'label'], 'other': ['offset']}"
    book.write("chapters/shared/parameters.py", DECLARATION)
    try:
        assert "shared" not in listed(book), "no notebook is called that"
    finally:
        (book.root / "chapters/shared/parameters.py").unlink()


def test_a_hyphen_in_a_chapter_s_name_is_an_underscore_in_its_package(book: SmallBook) -> None:
    notebook = (book.root / "chapters/growth.ipynb").read_text(encoding="utf-8")
    book.write("chapters/fast-growth.ipynb", notebook)
    book.write("chapters/fast_growth/parameters.py", DECLARATION)
    try:
        assert "'fast-growth': ['factor', 'label']" in listed(book)
    finally:
        (book.root / "chapters/fast-growth.ipynb").unlink()


@pytest.mark.parametrize(
    ("text", "count"), [(f"{DECLARATION}\n\nclass Second(Growth):\n    pass\n", 2), ("", 0)]
)
def test_two_declarations_or_none_in_a_module_are_refused(
    book: SmallBook, text: str, count: int
) -> None:
    book.write("chapters/growth/parameters.py", text)
    try:
        told = f"chapters.growth.parameters must hold one class of parameters, and holds {count}"
        assert listed(book) == told
    finally:
        book.write("chapters/growth/parameters.py", DECLARATION)


def test_a_chapter_without_a_declaration_is_told_where_it_belongs() -> None:
    with pytest.raises(
        ProjectError,
        match=r"'no-such' has no declaration in chapters/no_such/parameters\.py; there are: ",
    ):
        chapter_parameters.of_chapter("no-such")


class Concepts(ChapterParameters):
    """One parameter that is about something of the same name elsewhere, one that is not."""

    level: float = parameter(0.9, unit="", meaning="Level.", source=JUDGEMENT)
    euv_year: int = parameter(
        2030, unit="year", meaning="Year.", source=JUDGEMENT, concept="euv_volume_year"
    )


def test_a_parameter_is_about_its_name_unless_it_says_otherwise() -> None:
    assert parameters.concepts(Concepts) == {"level": "level", "euv_year": "euv_volume_year"}
