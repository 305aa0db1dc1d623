"""The pages of headline numbers end to end, on the small book."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import html

from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.core.paths import ROOT_VARIABLE
from overtake.publishing import published, releases
from tests.conftest import SmallBook
from tests.overtake.book.test_figure_pages import BASELINE, FAST, RELEASE
from tests.page_reading import metas, rel, tree
from tests.validators import nu, vocabulary

SITE = "https://example.org/small"
REPOSITORY = "https://github.com/nobody/small"
ID = "growth/total"
TOC = """
format: jb-book
root: index
chapters:
  - file: chapters/growth
  - file: chapters/other
  - file: chapters/numbers
"""
LIST = """# Numbers

```{number-search}
```

{% for name, run in runs.items() if run.headline %}
## {{ name }}

```{table} Numbers
:class: overtake-number-list

| Number | Value |
| --- | --- |
{% for number in run.headline.values() %}
| {number-entry}`{{ name }}/{{ number.name }}` | {{ number | quantity | plain }} |
{% endfor %}
```
{% endfor %}
"""
THEN = RecordedNumber(
    "sum", RecordedEstimate(7.0, 6.0, 9.0, 0.9, "confidence", 3, "units"), "2025-06-01", 2
)


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a book whose total was released under another name."""
    made = make_small_book()
    made.write("index.md", "# Small\n")
    made.write("chapters/numbers.md", LIST)
    made.write("_toc.yml", TOC)
    made.write("numbers/published.txt", "growth/total\ngrowth/sum\n")
    made.write("numbers/redirects.csv", "id,moved_to\ngrowth/sum,growth/total\n")
    made.write("releases/0.0.1.json", releases.as_json(replace(RELEASE, numbers={
        "growth": {"sum": THEN}
    })))  # fmt: skip
    made.commit("A small book")
    made.build_for_site(OVERTAKE_SITE=SITE, OVERTAKE_REPOSITORY=REPOSITORY)
    return made


@pytest.fixture(autouse=True)
def _at_home(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read tables of the book under test, also in this process."""
    monkeypatch.setenv(ROOT_VARIABLE, str(book.root))


def folder(book: SmallBook, id: str = ID) -> Path:
    return book.project.site / "numbers" / id


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_the_page_has_the_number_what_it_is_and_its_section(book: SmallBook) -> None:
    page = tree(folder(book) / "index.html")
    (value,) = page.xpath("//p[@class='overtake-number-value']")
    assert text(value) == "14 units 90% confidence interval: 13 to 15; n = 3"
    (place,) = page.xpath("//p[@class='overtake-place']")
    assert place.xpath("a/@href") == [
        "../../../chapters/growth.html",
        "../../../chapters/numbers.html",
    ]
    commit = book.git("rev-parse", "HEAD")
    (link,) = page.xpath("//article//a[code='scale.scaled']/@href")
    assert link.startswith(f"{REPOSITORY}/blob/{commit}/models/scale.py#L")
    assert "overtake verify growth/total" in text(page.get_element_by_id("rerun"))
    assert page.xpath("//article//a/@href[contains(., 'tables/points')]")


def test_it_says_what_it_was_in_a_release_under_another_name(book: SmallBook) -> None:
    page = tree(folder(book) / "index.html")
    rows = page.xpath("//h2[@id='versions']/following::table[1]/tbody/tr")
    assert [[text(cell) for cell in row] for row in rows] == [
        ["This page, a draft", "14 units (13 to 15)", "2026-01-01", run_of(book)],
        ["0.0.1, 2026-01-03", "7.0 units (6.0 to 9.0)", "2025-06-01", ""],
    ]
    (picture,) = page.xpath("//figure[@class='overtake-number-history']/svg")
    title = text(picture.find("title"))
    assert "Now, a draft: 14 units (13 to 15); 0.0.1: 7.0 units (6.0 to 9.0)." in title
    assert picture.get("aria-labelledby") == picture.find("title").get("id")


def run_of(book: SmallBook) -> str:
    return str(json.loads((folder(book) / "total.json").read_text())["run"])


def test_its_files_say_the_same_to_programs(book: SmallBook) -> None:
    said = json.loads((folder(book) / "total.json").read_text())
    assert said["id"] == ID
    parts = ("value", "low", "high", "level", "kind", "n", "unit", "data_until", "chapter")
    expected = (14.0, 13.0, 15.0, 0.9, "confidence", 3, "units", "2026-01-01", "growth")
    assert tuple(said[part] for part in parts) == expected
    assert said["address"] == f"{SITE}/numbers/growth/total/"
    assert said["citation"] == (folder(book) / "total.apa.txt").read_text().strip()
    assert "14 units (13 to 15)" in said["citation"]
    for suffix in ("bib", "ris", "csl.json", "chicago.txt", "sources.bib"):
        assert (folder(book) / f"total.{suffix}").is_file()
    page = tree(folder(book) / "index.html")
    assert "total.json" in rel(page, "item")
    assert all((folder(book) / each).is_file() for each in rel(page, "describedby"))
    assert metas(page)["citation_title"] == ["Total: 14 units (13 to 15)"]
    assert rel(page, "cite-as") == [f"{SITE}/numbers/growth/total/"]


def test_its_links_lead_to_files_and_places_of_the_site(book: SmallBook) -> None:
    pages = sorted((book.project.site / "numbers").rglob("index.html"))
    assert len(pages) == 2 + 1 + 3, "two numbers, one that moved, the addresses of lists"
    for path in pages:
        for address in tree(path).xpath("//body//@href | //body//@src"):
            parts = urlsplit(address)
            if parts.scheme or not parts.path:
                continue
            target = (path.parent / parts.path).resolve()
            assert target.is_file(), f"{path}: {address}"
            if parts.fragment:
                assert tree(target).xpath("//*[@id=$id]", id=parts.fragment), f"{path}: {address}"


def test_the_pages_are_valid(book: SmallBook) -> None:
    pages = sorted((book.project.site / "numbers").rglob("index.html"))
    assert list(map(str, nu.faults(book.project.site, pages))) == []
    known = vocabulary.read()
    for page in pages:
        for script in tree(page).xpath("//script[@type='application/ld+json']"):
            assert not list(known.faults(json.loads(script.text)))


def test_a_renamed_number_leads_on_with_its_page_its_files_and_its_citation(
    book: SmallBook,
) -> None:
    page = tree(folder(book, "growth/sum") / "index.html")
    (refresh,) = page.xpath("//meta[@http-equiv='refresh']/@content")
    assert refresh == "0; url=../total/index.html"
    for suffix in ("json", "bib", "apa.txt"):
        old, new = (
            folder(book, f"growth/{name}") / f"{name}.{suffix}" for name in ("sum", "total")
        )
        assert old.read_bytes() == new.read_bytes()
    asked = [book.overtake("cite", name).stdout for name in ("growth/sum", ID, "total")]
    assert "Number growth/total" in asked[0]
    assert asked == [asked[0]] * 3


def test_the_list_is_searched_and_leads_to_each_page(book: SmallBook) -> None:
    page = html.fromstring(book.page("chapters/numbers"))
    (form,) = page.xpath("//form[contains(@class, 'overtake-filter')]")
    assert form.get("aria-label") == "Numbers"
    rows = page.xpath("//table[contains(@class, 'overtake-number-list')]/tbody/tr")
    assert [row.xpath("td[1]//a/@href")[0] for row in rows] == [
        f"../numbers/{name}/index.html" for name in ("growth/total", "other/sum")
    ]
    assert all(row.xpath(".//span[@hidden]") for row in rows), "found by its definition too"
    assert page.xpath("//script[contains(@src, 'figures.js')]/@defer")


def test_its_address_stands_in_the_sitemap(book: SmallBook) -> None:
    listed = (book.project.site / "sitemap.xml").read_text()
    assert f"<loc>{SITE}/numbers/growth/total/</loc>" in listed


def test_verify_repeats_the_sections_behind_it_and_compares(book: SmallBook) -> None:
    done = book.overtake("verify", "total", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert (said["number"], said["outcome"]) == (ID, "reproduced")
    assert said["recorded"] == said["repeated"]
    assert [each["function"] for each in said["sections"]] == ["models.scale.scaled"]
    told = book.overtake("verify", "growth/sum").stdout
    assert "number growth/total: reproduced: value and interval are the same" in told
    assert "repeated in" in told
    assert "not checked: the pictures" in told


def test_verify_refuses_what_it_can_t_repeat(book: SmallBook) -> None:
    book.write("data/tables/points.csv", "year,value\n2001,9.5\n")
    book.write("models/scale.py", "raise SystemExit\n")
    try:
        changed = book.overtake("verify", ID)
        assert changed.returncode != 0
    finally:
        book.git("checkout", "--quiet", "--", "models", "data")
    unknown = book.overtake("verify", "growth/totl")
    assert unknown.returncode == 2
    assert "did you mean growth/total" in unknown.stderr


def test_freezing_adds_the_new_ids_and_a_number_that_is_lost_stops_the_build(
    book: SmallBook,
) -> None:
    before = (book.root / "numbers" / published.IDS_NAME).read_text()
    frozen = book.overtake("numbers", "freeze")
    assert frozen.returncode == 0, frozen.stderr
    assert frozen.stdout.startswith("other/sum\n1 new")
    book.write("numbers/published.txt", "growth/gone\n")
    try:
        refused = book.overtake("numbers", "freeze")
        assert refused.returncode == 1
        assert "growth/gone" in refused.stderr
        built = book.build()
        assert built.returncode != 0
        assert "the number growth/gone was published and is gone" in built.stderr
    finally:
        book.write("numbers/published.txt", before)


def test_a_scenario_s_pages_are_not_cited(book: SmallBook) -> None:
    book.write("scenarios/baseline.yml", BASELINE)
    book.write("scenarios/fast.yml", FAST)
    built = book.overtake("build", "--scenario", "fast")
    assert built.returncode == 0, built.stdout + built.stderr
    site = book.project.scenario_output("fast") / "_build" / "html"
    page = tree(site / "numbers/growth/total/index.html")
    assert metas(page)["robots"] == ["noindex"]
    assert "21 units" in text(page.xpath("//p[@class='overtake-number-value']")[0])
    assert not list((site / "numbers").rglob("*.bib"))
