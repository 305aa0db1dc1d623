"""What a run found, together with its words: each must have its counterpart."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from overtake.core.errors import ResultError, WordsError
from overtake.runs.runs import Run
from overtake.runs.words.told import NamedTest
from tests.made_runs import figure, headline, judged, write_run, write_words

NUMBERS = [headline("total", 14, 13, 15), headline("gap", 5, 4, 6)]
CLAIM = judged("wide", "supported")
TEST = NamedTest("test-paces", "Both grow alike.", 0.25, 40, "wide", "Paces")
FIGURE = replace(figure("gap-by-year", svg="ab"), columns={"x": "year", "y": "ratio, times"})
ALL = {"numbers": NUMBERS, "claims": [CLAIM], "tests": [TEST], "figures": [FIGURE]}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return write_run(tmp_path, **ALL)


def test_numbers_verdicts_tests_and_figures_have_their_words(run: Run) -> None:
    assert list(run.headline.values()) == NUMBERS
    assert run.claims == {"wide": CLAIM}
    assert run.tests == {"test-paces": TEST}
    assert run.figures == {"gap-by-year": replace(FIGURE, folder=run.folder / "figures")}


def test_columns_are_told_in_the_order_of_the_data(run: Run, tmp_path: Path) -> None:
    other = replace(FIGURE, columns={"y": "ratio, times", "x": "year"})
    write_words(tmp_path, **{**ALL, "figures": [other]})
    assert list(Run(run.folder).figures["gap-by-year"].columns) == ["x", "y"]


@pytest.mark.parametrize(
    ("changed", "asked", "told"),
    [
        ({"numbers": NUMBERS[:1]}, lambda run: run.headline, "number-words: 'gap' has no words"),
        (
            {"numbers": [*NUMBERS, headline("totals", 1, 0, 2)]},
            lambda run: run.headline,
            "number-words: 'totals' is not published; the nearest is 'total'",
        ),
        ({"claims": []}, lambda run: run.claims, "claim-words: 'wide' has no words"),
        ({"tests": []}, lambda run: run.tests, "test-words: 'test-paces' has no words"),
        ({"figures": []}, lambda run: run.figures, "figure-words: 'gap-by-year' has no words"),
        (
            {"figures": [replace(FIGURE, id="gap-by-month")]},
            lambda run: run.figures,
            "'gap-by-month' is not published; the nearest is 'gap-by-year'",
        ),
        (
            {"figures": [replace(FIGURE, columns={"x": "year"})]},
            lambda run: run.figures,
            "the columns of figure-words gap-by-year: 'y' has no words",
        ),
        (
            {"figures": [replace(FIGURE, columns={**FIGURE.columns, "z": "nothing"})]},
            lambda run: run.figures,
            "the columns of figure-words gap-by-year: 'z' is not published",
        ),
    ],
)
def test_what_lacks_words_and_words_about_nothing_are_refused(
    run: Run,
    tmp_path: Path,
    changed: dict[str, list[object]],
    asked: Callable[[Run], object],
    told: str,
) -> None:
    write_words(tmp_path, **{**ALL, **changed})
    with pytest.raises(WordsError, match=r"^chapter chips: ") as caught:
        asked(Run(run.folder))
    assert told in str(caught.value)


def test_what_a_run_drew_is_known_without_words(run: Run, tmp_path: Path) -> None:
    write_words(tmp_path)
    (record,) = Run(run.folder).drawings.values()
    assert (record.id, record.columns, record.rows) == ("gap-by-year", ("x", "y"), 2)


@pytest.mark.parametrize("text", ["{", "[]", '{"id": "gap-by-year"}'])
def test_a_damaged_record_is_named(run: Run, text: str) -> None:
    (run.folder / "figures/gap-by-year.json").write_text(text, encoding="utf-8")
    with pytest.raises(ResultError, match=r"gap-by-year\.json is damaged"):
        _ = run.drawings
