"""The book end to end: what is executed again, what the site shows, what stops a build."""

from collections.abc import Callable

import pytest

from tests.conftest import CONFIG, GROWTH_CELLS, MODEL, SmallBook


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a book that was built once."""
    made = make_small_book()
    built = made.build()
    assert built.returncode == 0, built.stdout + built.stderr
    assert "executing growth, other; 0 of 2" in built.stdout
    return made


def test_first_build_shows_numbers_figures_and_results_of_other_chapters(book: SmallBook) -> None:
    page = book.page("chapters/growth")
    assert "14 units (90% confidence interval 13 to 15, n = 3)" in page
    assert 'alt="A line whose total is 14."' in page
    assert "Fig. 1" in page
    assert "The total is" in book.page("index")
    assert "14 units (90% confidence interval 13 to 15, n = 3)" in book.page("index")
    assert "supported" in book.page("index")


def test_second_build_executes_nothing(book: SmallBook) -> None:
    before = book.run_ids()
    again = book.build()
    assert again.returncode == 0
    assert "executing nothing; 2 of 2" in again.stdout
    assert book.run_ids() == before


@pytest.mark.parametrize(
    ("path", "old", "new", "executed", "shown"),
    [
        ("data/tables/points.csv", "2003,3.5", "2003,13.5", "growth", "34 units"),
        ("models/scale.py", "total * factor,", "total * factor * 10,", "growth", "units"),
        ("uv.lock", "version = 1", "version = 2", "growth, other", "units"),
        ("chapters/growth.ipynb", "factor: float = 2.0", "factor: float = 2", "growth", "units"),
    ],
)
def test_a_changed_input_executes_what_depends_on_it_and_nothing_else(
    book: SmallBook, path: str, old: str, new: str, executed: str, shown: str
) -> None:
    file = book.root / path
    before, ids = file.read_text(encoding="utf-8"), book.run_ids()
    assert old in before
    # The intervals of the invented model follow its value only roughly; keep them in order.
    changed = before.replace(old, new)
    if path == "models/scale.py":
        changed = changed.replace("total * factor + 1", "total * factor * 10 + 1")
    file.write_text(changed, encoding="utf-8")
    try:
        built = book.build()
        assert built.returncode == 0, built.stdout + built.stderr
        assert f"executing {executed};" in built.stdout
        assert len(book.run_ids() - ids) == len(executed.split(","))
        assert shown in book.page("chapters/growth")
        assert shown in book.page("index")
    finally:
        file.write_text(before, encoding="utf-8")


def test_a_stale_page_is_never_left_after_a_table_changed(book: SmallBook) -> None:
    file = book.root / "data/tables/points.csv"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace("2001,1.5", "2001,501.5"), encoding="utf-8")
    try:
        assert book.build().returncode == 0
        assert "1,014 units" in book.page("chapters/growth")
        assert "A line whose total is 1,014." in book.page("chapters/growth")
        assert "1,014 units" in book.page("index")
    finally:
        file.write_text(before, encoding="utf-8")
    restored = book.build()
    assert "executing nothing" in restored.stdout
    assert "14 units (90%" in book.page("index")


def test_a_cell_that_raises_stops_the_build_and_leaves_the_old_site(book: SmallBook) -> None:
    book.build()
    before = {p: p.read_bytes() for p in book.project.site.rglob("*.html")}
    broken = (*GROWTH_CELLS[:3], "total = 1\nraise RuntimeError('no such number')")
    original = (book.root / "chapters/growth.ipynb").read_text(encoding="utf-8")
    book.write_chapter("growth", broken, "# Growth, broken")
    try:
        failed = book.build()
    finally:
        book.write("chapters/growth.ipynb", original)
    output = failed.stdout + failed.stderr
    assert failed.returncode != 0
    assert "chapter growth, cell 5" in output
    assert "RuntimeError: no such number" in output
    assert {p: p.read_bytes() for p in book.project.site.rglob("*.html")} == before
    assert not list((book.project.runs / ".staging").glob("*"))


def test_a_broken_table_stops_the_build_with_its_line_column_value_and_rule(
    book: SmallBook,
) -> None:
    file = book.root / "data/tables/points.csv"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace("2002,2", "2002,-7"), encoding="utf-8")
    try:
        failed = book.build()
    finally:
        file.write_text(before, encoding="utf-8")
    assert failed.returncode != 0
    output = failed.stdout + failed.stderr
    for part in ("points", "line 3", "value", "-7", "minimum 0"):
        assert part in output


def test_another_parameter_is_shown_beside_the_baseline(book: SmallBook) -> None:
    done = book.overtake("run", "growth", "-p", "factor=3")
    assert done.returncode == 0, done.stderr
    assert "factor: 2.0 → 3.0" in done.stdout
    assert "14 (13 to 15)" in done.stdout
    assert "21 (20 to 22)" in done.stdout


def test_every_wrong_parameter_is_refused_at_once_before_anything_runs(book: SmallBook) -> None:
    before = book.run_ids()
    done = book.overtake("run", "growth", "-p", "facto=3", "-p", "factor=99")
    assert done.returncode == 2
    assert "did you mean factor?" in done.stderr
    assert "allowed: 1 to 9" in done.stderr
    assert book.run_ids() == before


def test_the_invented_model_is_the_one_that_the_tests_change() -> None:
    assert "total * factor," in MODEL


def test_a_published_book_opens_its_chapters_on_binder_and_a_local_one_has_no_dead_button(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OVERTAKE_REPOSITORY", raising=False)
    assert book.build().returncode == 0
    assert "mybinder.org" not in book.page("chapters/growth")
    monkeypatch.setenv("OVERTAKE_REPOSITORY", "https://github.com/somebody/book")
    book.write("_config.yml", CONFIG + "\nauthor: Somebody\n")
    assert book.build().returncode == 0
    address = "https://mybinder.org/v2/gh/somebody/book/main?urlpath=lab/tree/chapters/growth.ipynb"
    assert f'href="{address}"' in book.page("chapters/growth")
    assert "mybinder.org" not in book.page("index")
