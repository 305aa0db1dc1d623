"""``overtake why`` on a small book: states of its history are put together and run."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import DECLARATION, GROWTH_CELLS, MODEL, SmallBook


@pytest.fixture(scope="module")
def then(make_small_book: Callable[[], SmallBook]) -> tuple[SmallBook, str]:
    """Return a book whose model, table and parameter changed since a commit, and the commit."""
    book = make_small_book()
    commit = book.commit("As it was")
    book.write(
        "models/scale.py", MODEL.replace("Number(total * factor,", "Number(total * factor + 100,")
    )
    book.write("data/tables/points.csv", "year,value\n2001,1.5\n2002,2\n2003,6.5\n")
    book.write("chapters/growth/parameters.py", DECLARATION.replace("2.0, unit", "4.0, unit"))
    first = GROWTH_CELLS[0].replace("= 2.0", "= 4.0")
    book.write_chapter("growth", (first, *GROWTH_CELLS[1:]), "# Growth")
    return book, commit


def asked(then: tuple[SmallBook, str], *arguments: str) -> dict[str, Any]:
    book, commit = then
    told = book.overtake("why", "growth/total", commit, "--json", *arguments)
    assert told.returncode == 0, told.stderr
    return dict(json.loads(told.stdout))


def test_states_are_put_together_and_run(then: tuple[SmallBook, str]) -> None:
    (answer,) = asked(then)["answers"]
    # 7 * 2 = 14; the code adds 100; the table 3 * 2; the parameter 10 * 2
    assert [(part["inputs"], part["change"]) for part in answer["parts"]] == [
        (["code"], 100), (["data"], 6), (["judgement"], 20),
    ]  # fmt: skip
    assert (answer["before"]["estimate"]["value"], answer["now"]["estimate"]["value"]) == (14, 140)
    assert [part["low"] for part in answer["parts"]] == [100, 6, 14]
    assert not list((then[0].root / "_build" / "why").glob("environments/*"))  # the lock is ours


def test_what_was_asked_once_is_not_run_again(then: tuple[SmallBook, str]) -> None:
    first = asked(then)
    made = set((then[0].root / "_build").rglob("run.json"))
    assert asked(then) == first
    assert set((then[0].root / "_build").rglob("run.json")) == made


def test_people_get_a_table(then: tuple[SmallBook, str]) -> None:
    book, commit = then
    told = book.overtake("why", "total", commit)
    assert told.returncode == 0, told.stderr
    for said in ("14 units", "140 units", "+126 units", "code", "judgement", "parameter factor"):
        assert said in told.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("growth/totl", "HEAD"), "the nearest is 'growth/total'"),
        (("totl", "HEAD"), "the nearest is 'total'"),
        (("growth/total",), "there is no release yet"),
        (("growth/total", "HEADD"), "'HEADD' is no release, no commit and no day"),
    ],
)
def test_what_is_not_there_is_refused(
    then: tuple[SmallBook, str], arguments: tuple[str, ...], complaint: str
) -> None:
    told = then[0].overtake("why", *arguments)
    assert (told.returncode, complaint in told.stderr) == (2, True), told.stderr


def test_a_lock_that_can_t_be_installed_is_named_as_the_obstacle(
    then: tuple[SmallBook, str],
) -> None:
    book, _ = then
    book.write("models/new.py", "")
    book.commit("A state that was not asked for yet")
    before = (book.root / "uv.lock").read_text()
    book.write("uv.lock", f"{before}\n# another environment\n")
    try:
        told = book.overtake("why", "growth/total", "HEAD", "--seeds", "0")
    finally:
        book.write("uv.lock", before)
    assert told.returncode == 7
    assert "can't be run again" in told.stderr
    assert "environment: that state has no pyproject.toml" in told.stderr
