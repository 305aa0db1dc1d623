"""What a small book gives to programs, where its address is known."""

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from overtake.book import fact_list
from overtake.book.shown_number import ShownNumber
from overtake.publishing import publication
from overtake.publishing.citations.catalogue import Catalogue
from overtake.publishing.publication import SITE_VARIABLE
from overtake.runs.runs import all_runs
from tests.conftest import SmallBook

SITE = "https://example.org/small"
MATH = """
## Formula <b>& more</b>

```{math}
L = N^{2}
```

| a | b |
| --- | --- |
| x \\| y | `p\\|q` |
"""


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    made = make_small_book()
    made.write("index.md", (made.root / "index.md").read_text() + MATH)
    made.build_for_site(**{SITE_VARIABLE: SITE})
    return made


def for_programs(site: Path) -> dict[str, bytes]:
    """Return the files that programs read, by path."""
    paths = [*site.rglob("*.html.md"), *(site / each for each in ("llms.txt", "facts.json"))]
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in paths if path.exists()}


def catalogue_of(book: SmallBook) -> Catalogue:
    shown = {run.chapter: run for run in all_runs(book.project)}
    return Catalogue.of_runs(book.project, publication.read(book.project), shown)


def test_addresses_are_whole(book: SmallBook) -> None:
    site = book.project.site
    facts = json.loads((site / "facts.json").read_text(encoding="utf-8"))
    assert facts["address"] == f"{SITE}/"
    (total, *_) = facts["numbers"]
    assert total["id"] == "growth/total"
    assert total["address"] == f"{SITE}/numbers/growth/total/"
    assert facts["verdicts"][0]["address"].startswith(f"{SITE}/")
    twin = (site / "chapters/growth.html.md").read_text(encoding="utf-8")
    assert f"- Page: <{SITE}/chapters/growth.html>, of *Small: a book for tests*" in twin
    assert f"({SITE}/figures/growth-points/growth-points.png)" in twin
    assert f"]({SITE}/chapters/growth.html.md)" in (site / "llms.txt").read_text(encoding="utf-8")


def test_a_twin_keeps_formulas_tables_and_signs(book: SmallBook) -> None:
    twin = (book.project.site / "index.html.md").read_text(encoding="utf-8")
    told = rf"The total is \[14 units\]\({SITE}/numbers/growth/total/\S*\) \(90% confidence "
    assert re.search(rf"{told}interval 13 to 15, n = 3\)", twin)
    assert "`L = N^{2}`" in twin
    assert "| x \\| y | `p\\|q` |" in twin


def test_the_same_book_gives_the_same_bytes(book: SmallBook) -> None:
    before = for_programs(book.project.site)
    assert len(before) > 5
    for path in ("llms.txt", "facts.json", "index.html.md"):
        (book.project.site / path).unlink()
    book.build_for_site(**{SITE_VARIABLE: SITE})
    assert for_programs(book.project.site) == before


def test_a_page_that_has_moved_has_no_twin_any_more(book: SmallBook) -> None:
    moved = book.project.site / "chapters" / "moved.html"
    twin = moved.with_name("moved.html.md")
    moved.write_text('<!doctype html><html><head><meta charset="utf-8"></head><p>Moved</p></html>')
    twin.touch()
    book.build_for_site(**{SITE_VARIABLE: SITE})
    assert not twin.exists()
    moved.unlink()


def test_a_scenario_s_book_gives_programs_nothing(book: SmallBook) -> None:
    said = "name: {0}\ntitle: {0}\nargument: So.\nparameters: {1}\n"
    book.write("scenarios/baseline.yml", said.format("baseline", "{}"))
    book.write("scenarios/fast.yml", said.format("fast", "{growth: {factor: 3}}"))
    before = for_programs(book.project.site)
    built = book.overtake("build", "--scenario", "fast")
    assert built.returncode == 0, built.stdout + built.stderr
    site = book.project.scenario_output("fast") / "_build" / "html"
    assert (site / "index.html").is_file()
    assert for_programs(site) == {}
    assert "text/markdown" not in (site / "index.html").read_text(encoding="utf-8")
    assert for_programs(book.project.site) == before


def test_what_has_no_value_says_so(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(book.root)
    catalogue = catalogue_of(book)
    shown = ShownNumber.of(catalogue, "growth/total")
    told = fact_list.of_number(catalogue, shown)
    assert (told.has_value, told.value, told.low) == (True, 14.0, 13.0)
    unknown = replace(shown.headline.estimate, value=math.nan, high=math.inf)
    broken = replace(shown, headline=replace(shown.headline, estimate=unknown))
    said = fact_list.of_number(catalogue, broken)
    assert (said.has_value, said.value, said.high) == (False, None, None)
    assert said.text == said.in_words == "cannot be said"
    assert said.quote.startswith("Total: cannot be said; data until 2026-01-01.")
    facts = fact_list.of_book(catalogue, [], "", lambda _: "/")
    assert "NaN" not in fact_list.as_json(replace(facts, numbers=(said,)))
