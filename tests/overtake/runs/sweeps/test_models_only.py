"""Points that the models alone evaluate: the chapter's numbers, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from overtake.core.errors import ChapterError, RequestError
from overtake.core.paths import Project
from overtake.runs import designs, models_only, pools, sweeps
from tests.conftest import MODEL, ROOT, SmallBook

SPEC = """
name: factors
chapters: [growth]
design: {kind: grid}
vary:
  factor: {values: [1, 2, 3]}
  label: {values: [plain, "it's"]}
"""

BATCH = (
    MODEL
    + """

def headlines(tables):
    total = float(tables["points"]["value"].sum())
    print("said by a model, no number")
    return lambda parameters: [{"total": scaled(total, p["factor"])} for p in parameters]


def failing(tables):
    def compute(parameters):
        raise ValueError("no such thing")

    return compute
"""
)

FORECAST = """
name: forecast
chapters: [overtake-forecast]
design: {kind: grid}
vary:
  leading_definition: {values: [capability, largest_run, revenue]}
fixed: {n_draws: 100, euv_volume_year: 2028, import_regime: open, interval_level: 0.8}
"""


def name_function(book: SmallBook, function: str) -> None:
    path = book.project.chapter("growth")
    source = nbformat.read(path, as_version=4)
    source.metadata["overtake"] = {"models_only": function}
    nbformat.write(source, path)


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    book = make_small_book()
    book.write("models/scale.py", BATCH)
    book.write("factors.yml", SPEC)
    name_function(book, "models.scale:headlines")
    return book


def test_numbers_are_those_of_runs_and_nothing_is_stored(book: SmallBook) -> None:
    alone = book.overtake("sweep", "factors.yml", "--models-only", "-o", "alone.csv")
    assert alone.returncode == 0, alone.stderr
    assert "6 points evaluated; 6 numbers" in alone.stdout
    assert not book.run_ids()
    full = book.overtake("sweep", "factors.yml", "-o", "full.csv")
    assert full.returncode == 0, full.stderr
    assert (book.root / "alone.csv").read_bytes() == (book.root / "full.csv").read_bytes()


def test_a_dry_run_evaluates_nothing(book: SmallBook) -> None:
    done = book.overtake("sweep", "factors.yml", "--models-only", "--dry-run", "-o", "dry.csv")
    assert "6 different points" in done.stdout
    assert not (book.root / "dry.csv").exists()


def test_a_cluster_is_no_place_for_it(book: SmallBook) -> None:
    done = book.overtake(
        "sweep", "factors.yml", "--models-only", "--scheduler", "tcp://127.0.0.1:1"
    )
    assert done.returncode == 2
    assert "--models-only works on this machine" in done.stderr


def test_a_chapter_without_a_function_is_refused(book: SmallBook) -> None:
    book.write("other.yml", SPEC.replace("[growth]", "[other]").split("vary")[0])
    with (book.root / "other.yml").open("a") as file:
        file.write("vary: {offset: {values: [1, 2]}}\n")
    done = book.overtake("sweep", "other.yml", "--models-only")
    assert done.returncode == 2
    assert "chapter other can't be swept by its models only" in done.stderr


@pytest.mark.parametrize(
    "function", ["os:system", "models.shift:scaled", "models.scale", "models.scale:a b", "../x:y"]
)
def test_only_a_function_of_a_module_that_the_chapter_imports_is_called(
    make_small_book: Callable[[], SmallBook], function: str
) -> None:
    book = make_small_book()
    name_function(book, function)
    with pytest.raises(RequestError, match="no module:function of a module that it imports"):
        models_only.function_of(book.project, "growth", {"models/scale.py": "0"})


def test_a_function_that_fails_says_so(make_small_book: Callable[[], SmallBook]) -> None:
    book = make_small_book()
    book.write("models/scale.py", BATCH)
    book.write("factors.yml", SPEC)
    name_function(book, "models.scale:failing")
    done = book.overtake("sweep", "factors.yml", "--models-only")
    assert done.returncode == ChapterError.exit_code
    assert "models.scale:failing of chapter growth failed: ValueError: no such thing" in done.stderr


def compare_with_runs(text: str, folder: Path) -> int:
    """Evaluate a sweep of the forecast both ways, and return how many numbers are the same."""
    project, file = Project(ROOT), folder / "forecast.yml"
    file.write_text(text, encoding="utf-8")
    planned = designs.plan(project, designs.load(file))
    alone = models_only.evaluate(project, planned, processes=1, tell=lambda _: None)
    pools.ensure_facts(project, [p.inputs for p in planned])
    full = sweeps.tidy(project, planned)
    shared = full[full["name"].isin(alone["name"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, shared, check_exact=True)
    return len(alone)


def test_the_forecast_s_numbers_are_those_of_its_run_to_the_last_digit(tmp_path: Path) -> None:
    """Compare with the book's own run, which the store has once the book is built."""
    text = FORECAST.replace("[capability, largest_run, revenue]", "[capability]")
    assert compare_with_runs(text.split("fixed")[0], tmp_path) == 16


@pytest.mark.slow
def test_so_they_are_under_other_definitions_and_parameters(tmp_path: Path) -> None:
    assert compare_with_runs(FORECAST, tmp_path) == 3 * 16
