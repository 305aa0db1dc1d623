"""A chapter whose sections are kept: the same bytes, and only what changed is computed."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from overtake.core.errors import ChapterError
from overtake.runs import pools, runs, store
from overtake.runs.kept import entries
from overtake.runs.kept.report import Made, Report
from overtake.runs.processes import environment
from overtake.runs.runs import Run
from tests.conftest import SmallBook, resource
from tests.overtake.runs.kept.sections import computed, contents


def execute(book: SmallBook, **given: object) -> Run:
    """Execute the chapter, though a run with the same inputs may be there."""
    inputs = runs.plan(book.project, "growth", given)
    shutil.rmtree(book.project.runs / inputs.id, ignore_errors=True)
    return pools.ensure(book.project, inputs)


ALL = {"estimate_left", "estimate_right", "tell", "text_of", "files_of"}


def test_a_second_run_computes_nothing_and_has_the_same_bytes(book: SmallBook) -> None:
    first = execute(book)
    assert computed(first) == ALL
    before = contents(first)
    second = execute(book)
    assert computed(second) == set()
    assert contents(second) == before


@pytest.mark.parametrize(
    ("given", "again"),
    [
        ({"factor": 3.0}, {"estimate_left", "estimate_right", "tell", "text_of", "files_of"}),
        ({"label": "other"}, {"estimate_right", "text_of", "files_of"}),
        ({"seed": 2}, {"estimate_left", "tell", "text_of"}),
    ],
)
def test_a_parameter_computes_what_it_reaches_and_no_more(
    book: SmallBook, given: dict[str, object], again: set[str]
) -> None:
    execute(book)
    changed = execute(book, **given)
    assert computed(changed) == again
    kept = contents(changed)
    shutil.rmtree(book.project.runs)
    assert contents(execute(book, **given)) == kept


@pytest.mark.parametrize(
    ("module", "before", "after", "again"),
    [
        ("left", "2 * self.total", "3 * self.total", ALL),
        ("left", "float(rng.normal())", "float(rng.normal()) + 0",
         {"estimate_left", "tell", "text_of"}),
        ("base", "SCALE = 2.0", "SCALE = 4.0", ALL),
        ("right", 'others["value"].mean()', 'others["value"].max()',
         {"estimate_right", "text_of", "files_of"}),
        ("right", "new_figure(2.5)", "new_figure(2.6)",
         {"estimate_right", "text_of", "files_of"}),
    ],
)  # fmt: skip
def test_a_line_of_a_module_computes_what_depends_on_it(
    book: SmallBook, module: str, before: str, after: str, again: set[str]
) -> None:
    execute(book)
    path = book.root / f"models/{module}.py"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    assert computed(execute(book)) == again


def test_a_module_that_no_section_imports_changes_nothing(book: SmallBook) -> None:
    execute(book)
    book.write("models/shift.py", '"""Another."""\n')
    assert computed(execute(book)) == set()


@pytest.mark.parametrize(
    ("table", "again"),
    [("points", ALL), ("others", {"estimate_right", "text_of", "files_of"})],
)
def test_a_cell_of_a_table_computes_what_reads_it(
    book: SmallBook, table: str, again: set[str]
) -> None:
    execute(book)
    book.write(f"data/tables/{table}.csv", "year,value\n2001,1.5\n2002,2\n2003,4.5\n")
    package = {"name": "small", "resources": [resource("points"), resource("others")]}
    book.write("data/datapackage.json", json.dumps(package))
    assert computed(execute(book)) == again


def test_another_lock_computes_everything(book: SmallBook) -> None:
    execute(book)
    book.write("uv.lock", "version = 2\n")
    try:
        assert computed(execute(book)) == ALL
    finally:
        book.write("uv.lock", "version = 1\n")


def test_another_way_to_read_tables_computes_everything(book: SmallBook) -> None:
    execute(book)
    path = book.root / "overtake/data/tables.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n# Read otherwise.\n", encoding="utf-8")
    try:
        assert computed(execute(book)) == ALL
    finally:
        path.write_text(text, encoding="utf-8")


def test_every_damaged_entry_is_computed_again(book: SmallBook) -> None:
    first = contents(execute(book))
    folder = book.project.runs / entries.FOLDER
    files = [path for path in folder.glob("??/*") if path.is_file()]
    assert len(files) > len(ALL)
    for path in files:
        path.write_bytes(path.read_bytes()[:-1])
    again = execute(book)
    assert contents(again) == first


def test_an_error_names_the_cell_that_calls_the_section(book: SmallBook) -> None:
    path = book.root / "models/right.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("len(others)", "len(1)"), encoding="utf-8")
    with pytest.raises(ChapterError, match=r"starting 'second, n = right\.estimate_right"):
        execute(book)


def test_what_a_section_prints_is_on_the_page_each_time(book: SmallBook) -> None:
    path = book.root / "models/right.py"
    text = path.read_text(encoding="utf-8")
    said = text.replace("    return Right(", "    print('aloud')\n    return Right(")
    path.write_text(said, encoding="utf-8")
    first = execute(book)
    assert b"aloud" in contents(first)["notebook.ipynb"]
    second = execute(book)
    assert "estimate_right" in computed(second)
    assert contents(second) == contents(first)


def test_papermill_alone_gives_the_same_facts(book: SmallBook, tmp_path: Path) -> None:
    run = execute(book)
    code = (
        "import papermill; papermill.execute_notebook('chapters/growth.ipynb', None, "
        "kernel_name='python3', progress_bar=False)"
    )
    told = environment(book.root) | {"OVERTAKE_RUN_FOLDER": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], cwd=book.root, env=told, check=True)
    for name, content in contents(run).items():
        if name.split("/")[0] in ("facts", "figures", "results.json"):
            assert (tmp_path / name).read_bytes() == content, name


def test_what_nobody_used_for_long_is_removed(book: SmallBook) -> None:
    run = execute(book)
    folder = book.project.runs / entries.FOLDER
    files = [path for path in folder.glob("??/*") if path.is_file()]
    week_ago = time.time() - 7 * 86_400
    for path in (*files[1:], run.folder / "run.json"):
        os.utime(path, (week_ago, week_ago))
    assert store.prune(book.project.runs, days=8) == store.Pruned(0, 0, 0, size_of(book))
    removed = store.prune(book.project.runs, days=6)
    assert (removed.runs, removed.results) == (1, len(files) - 1)
    assert removed.bytes > 0
    assert removed.bytes_left == size_of(book)
    assert execute(book).record


def test_what_is_found_counts_as_used(book: SmallBook) -> None:
    execute(book)
    folder = book.project.runs / entries.FOLDER
    files = [path for path in folder.glob("??/*") if path.is_file()]
    for path in files:
        os.utime(path, (0, 0))
    execute(book)
    unread = len(list(book.root.glob("data/tables/*.csv")))
    assert store.prune(book.project.runs, days=1).results == unread


def size_of(book: SmallBook) -> int:
    return sum(path.stat().st_size for path in book.project.runs.rglob("*") if path.is_file())


def test_a_report_names_the_sections_that_were_computed() -> None:
    made = [
        Made("models.left.estimate_left", was_kept=False, seconds=1.24),
        Made("models.right.estimate_right", was_kept=True, seconds=3.0),
        Made("overtake.chapter.facts.text_of", was_kept=False, seconds=0.1),
    ]
    assert Report(tuple(made)).sentence == (
        "1 of 2 calls were computed, in 1.2 s (left); the others were kept"
    )
    assert Report(tuple(made[1:])).sentence == "no section was computed: 1 calls were kept"
