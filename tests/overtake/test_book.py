"""The book end to end: what is executed again, what the site shows, what stops a build."""

import json
from collections.abc import Callable

import pytest
from lxml import html

from tests.conftest import CONFIG, GROWTH_CELLS, MODEL, SmallBook

CHAPTER = "chapters/growth.ipynb"


def text_of(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


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
    assert "14 units (90% confidence interval 13 to 15, n = 3)" in text_of(page)
    assert 'alt="A line whose total is 14."' in page
    assert "Fig. 1" in page
    assert "The total is" in book.page("index")
    assert "14 units (90% confidence interval 13 to 15, n = 3)" in text_of(book.page("index"))
    assert "clearly for" in book.page("index")


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


def test_a_changed_sentence_changes_pages_and_executes_nothing(book: SmallBook) -> None:
    book.build()
    before, ids = (book.root / CHAPTER).read_text(encoding="utf-8"), book.run_ids()
    words = {"# Growth": "# Slow growth", "The total is": "All of it is", "A fall.": "A rise."}
    changed = before
    for old, new in words.items():
        changed = changed.replace(old, new)
    book.write(CHAPTER, changed)
    index = (book.root / "index.md").read_text(encoding="utf-8")
    book.write("index.md", f"{index}\n{{{{ growth.claims.total.would_change }}}}\n")
    try:
        built = book.build()
        assert built.returncode == 0, built.stdout + built.stderr
        assert "executing nothing; 2 of 2" in built.stdout
        assert book.run_ids() == ids
        page = book.page("chapters/growth")
        assert "Slow growth" in page
        assert "14 units (90% confidence interval 13 to 15, n = 3)" in text_of(page)
        assert "All of it is 14" in book.page("figures/growth-points/index")
        assert "A rise." in book.page("index"), "other pages show what the chapter says now"
    finally:
        book.write(CHAPTER, before)
        book.write("index.md", index)


def test_a_changed_code_cell_executes_the_chapter_though_it_finds_the_same(
    book: SmallBook,
) -> None:
    before, ids = (book.root / CHAPTER).read_text(encoding="utf-8"), book.run_ids()
    book.write(CHAPTER, before.replace("rule = Has(", "# A comment.\\nrule = Has("))
    try:
        built = book.build()
        assert built.returncode == 0, built.stdout + built.stderr
        assert "executing growth; 1 of 2" in built.stdout
        assert len(book.run_ids() - ids) == 1
    finally:
        book.write(CHAPTER, before)


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        (
            "chapters/growth.ipynb",
            "growth.is_large",
            "growth.is_larg",
            "chapter growth, cell 1, line 3: no name 'is_larg'; the nearest is 'is_large'",
        ),
        (
            "chapters/growth.ipynb",
            "  label: Total",
            "  lable: Total",
            "block number-words on line 12: 'total' needs label, definition",
        ),
        (
            "chapters/growth.ipynb",
            "  year: year",
            "  yeer: year",
            "the columns of figure-words growth-points: 'year' has no words; 'yeer' is not "
            "published; the nearest is 'year'",
        ),
        (
            "index.md",
            "growth.numbers.total",
            "growth.numbers.totl",
            "page index.md, line 3: no name 'totl'; the nearest is 'total'",
        ),
    ],
)
def test_words_that_fit_no_fact_stop_the_build_with_their_place(
    book: SmallBook, path: str, old: str, new: str, told: str
) -> None:
    before = (book.root / path).read_text(encoding="utf-8")
    assert old in before
    book.write(path, before.replace(old, new))
    try:
        failed = book.build()
    finally:
        book.write(path, before)
    assert failed.returncode != 0
    assert told in " ".join((failed.stdout + failed.stderr).split())


def test_measured_coverage_is_told_as_it_is_now(book: SmallBook) -> None:
    index = (book.root / "index.md").read_text(encoding="utf-8")
    book.write("index.md", f"{index}\n{{{{ coverage['a mean'].share | percent }}}} of them.\n")
    entry = {"name": "a mean", "low": 0.8, "high": 1, "replications": 9, "data": "points"}
    try:
        for share, told in ((0.908, "91% of them."), (0.85, "85% of them.")):
            measured = {"intervals": [{**entry, "coverage": share}]}
            book.write("benchmarks/results/coverage.json", json.dumps(measured))
            built = book.build()
            assert built.returncode == 0, built.stdout + built.stderr
            assert told in book.page("index")
    finally:
        book.write("index.md", index)


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
    assert "14 units (90%" in text_of(book.page("index"))


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
    assert "14 units (13 to 15)" in done.stdout
    assert "21 units (20 to 22)" in done.stdout


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
