"""The pages of tables end to end, on the small book, read back by parsers of each vocabulary."""

import csv
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import html

from overtake.core.paths import ROOT_VARIABLE
from overtake.publishing import published, releases
from tests.conftest import SmallBook, resource
from tests.overtake.book.test_figure_pages import BASELINE, FAST, RELEASE
from tests.page_reading import SCHEMA, linked_data, metas, rel, tree

SITE = "https://example.org/small"
REPOSITORY = "https://github.com/nobody/small"
TOC = """
format: jb-book
root: index
chapters:
  - file: chapters/growth
  - file: chapters/other
  - file: chapters/data
"""
OLDER, NEWER = "year,value\n2001,1.5\n", "year,value\n2001,1.5\n2002,2\n2003,3.5\n"
HOSTILE = "<script>alert(1)</script>"


def package(text: str, vintage: str) -> str:
    """Return the small book's package, whose table of points is this text."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    rows = {"rows": text.count("\n") - 1, "hash": f"sha256:{digest}", "vintage": vintage}
    points = {**resource("points"), **rows, "caveats": [f"It is `invented` {HOSTILE}."]}
    return json.dumps({"name": "small", "resources": [points, resource("others")]})


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a book whose table of points had another vintage, which was released, and name."""
    made = make_small_book()
    made.write("data/tables/points.csv", OLDER)
    made.write("data/datapackage.json", package(OLDER, "2025-06-01"))
    made.commit("Older data")
    made.write("data/tables/points.csv", NEWER)
    made.write("data/datapackage.json", package(NEWER, "2026-01-01"))
    made.commit("Newer data")
    made.write("chapters/data.md", "# Data\n\n```{data-catalogue}\n```\n\n```{bibliography}\n```\n")
    made.write("index.md", "# Small\n\nAll of [the points](#table-points).\n")
    made.write("_toc.yml", TOC)
    made.write("data/published.txt", "dots\npoints\n")
    made.write("data/redirects.csv", "id,moved_to\ndots,points\n")
    released = {"points": hashlib.sha256(OLDER.encode()).hexdigest()}
    made.write("releases/0.0.1.json", releases.as_json(replace(RELEASE, tables=released)))
    made.build_for_site(OVERTAKE_SITE=SITE, OVERTAKE_REPOSITORY=REPOSITORY)
    return made


@pytest.fixture(autouse=True)
def _at_home(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read tables of the book under test, also in this process."""
    monkeypatch.setenv(ROOT_VARIABLE, str(book.root))


def folder(book: SmallBook, name: str = "points") -> Path:
    return book.project.site / "tables" / name


def after(page: html.HtmlElement, anchor: str, tag: str = "table") -> html.HtmlElement:
    """Return the first element of a kind below a heading."""
    return page.xpath(f"//h2[@id='{anchor}']/following::{tag}[1]")[0]


def test_the_page_says_what_the_table_is_and_cannot_tell(book: SmallBook) -> None:
    page = tree(folder(book) / "index.html")
    assert [h.text_content() for h in page.xpath("//article//h1")] == ["Points"]
    short = page.xpath("string(//article//table)")
    assert all(word in short for word in ("Nobody", "CC0", "3 rows, 2 columns", "2026-01-02"))
    caveat = after(page, "caveats", "li")
    assert caveat.text_content() == f"It is invented {HOSTILE}."
    assert caveat.xpath("code/text()") == ["invented"]
    assert after(page, "sources", "a").get("href") == "#cite-sources"
    assert "Nothing" in page.xpath("string(//details[@id='cite-sources']/pre)")


def test_columns_have_type_unit_meaning_and_what_they_must_be(book: SmallBook) -> None:
    rows = after(tree(folder(book) / "index.html"), "columns").xpath("./tbody/tr")
    assert [[cell.text_content() for cell in row] for row in rows] == [
        ["year", "integer", "none", "Year.", "part of the key; required; at least 1900"],
        ["value", "number", "units", "Value.", "required; at least 0"],
    ]


def test_the_files_are_the_table_its_schema_and_its_citations(book: SmallBook) -> None:
    page = tree(folder(book) / "index.html")
    assert (folder(book) / "points.csv").read_text() == NEWER
    schema = json.loads((folder(book) / "points.schema.json").read_text())
    assert schema["primaryKey"] == ["year"]
    links = after(page, "downloads", "ul").xpath(".//a")
    assert [a.text for a in links] == [
        "CSV", "Schema", "Croissant", "Data package", "with their files in one archive",
    ]  # fmt: skip
    shown = [row.xpath("td/text()") for row in after(page, "rows").xpath("./tbody/tr")]
    assert shown == list(csv.reader(NEWER.splitlines()))[1:]
    cited = page.xpath("//details[contains(@class, 'overtake-copied')]/summary/text()")
    own = [label for label in cited if not label.startswith("Each source")]
    assert sorted(own) == ["APA", "BibTeX", "CSL-JSON", "Chicago", "RIS"]
    assert len(own) < len(cited)
    asked = book.overtake("cite", "points", "--format", "apa").stdout
    saved = (folder(book) / "points.apa.txt").read_text()
    assert "/tables/points/" in saved
    assert asked.partition("Data:")[2] == saved.partition("Data:")[2]


def test_the_package_lies_beside_the_tables_that_it_names(book: SmallBook) -> None:
    said = json.loads((folder(book, ".") / "datapackage.json").read_text())
    assert said["version"] == "draft after 0.0.1"
    for each in said["resources"]:
        assert (folder(book, ".") / each["path"]).is_file()


def test_the_vintages_are_those_of_the_commit_s_history(book: SmallBook) -> None:
    present, older = after(tree(folder(book) / "index.html"), "vintages").xpath("./tbody/tr")
    assert present.xpath("th/text()")[0].startswith("2026-01-01 (this one)")
    assert present.xpath("td[2]/text() | td[4]/text()") == ["3", "not yet"]
    first = book.git("rev-list", "HEAD").splitlines()[-1]
    address = f"{REPOSITORY}/blob/{first}/data/tables/points.csv"
    assert older.xpath("th/a/@href") == [address]
    assert older.xpath("th/a/text() | td[2]/text() | td[4]/text()") == ["2025-06-01", "1", "0.0.1"]
    others = tree(folder(book, "others") / "index.html")
    assert len(after(others, "vintages").xpath("./tbody/tr")) == 1, "it never changed"


def test_who_uses_it_is_told_with_figures(book: SmallBook) -> None:
    used = after(tree(folder(book) / "index.html"), "used", "ul")
    assert used.xpath("./li/a/@href") == ["../../chapters/growth.html"]
    assert used.xpath("./li/ul/li/a/@href") == ["../../figures/growth-points/index.html"]
    assert "it judges “It is large”: clearly for" in used.text_content()


def test_its_links_lead_to_files_and_places_of_the_site(book: SmallBook) -> None:
    pages = sorted((book.project.site / "tables").rglob("index.html"))
    assert len(pages) == 4, "two tables, one that moved, and the address of all"
    for path in pages:
        for address in tree(path).xpath("//body//@href | //body//@src"):
            parts = urlsplit(address)
            if parts.scheme or not parts.path:
                continue
            target = (path.parent / parts.path).resolve()
            assert target.is_file(), f"{path}: {address}"
            if parts.fragment:
                assert tree(target).xpath("//*[@id=$id]", id=parts.fragment), f"{path}: {address}"


def test_old_anchors_stay_and_lead_to_the_pages(book: SmallBook) -> None:
    page = html.fromstring(book.page("chapters/data"))
    for anchor, name in (("table-points", "points"), ("table-dots", "points")):
        (entry,) = page.xpath(f"//li[.//*[@id='{anchor}']]")
        assert f"../tables/{name}/index.html" in entry.xpath(".//strong/a/@href")
    (link,) = html.fromstring(book.page("index")).xpath("//a[.='the points']/@href")
    assert link == "tables/points/index.html"


def test_an_address_of_old_and_that_of_all_lead_on(book: SmallBook) -> None:
    for name, there in (("dots", "../points/index.html"), (".", "../chapters/data.html")):
        page = tree(folder(book, name) / "index.html")
        (refresh,) = page.xpath("//meta[@http-equiv='refresh']/@content")
        assert refresh == f"0; url={there}"


def test_a_table_s_files_are_also_had_under_its_name_of_old(book: SmallBook) -> None:
    for old, new in (("dots.csv", "points.csv"), ("dots.bib", "points.bib"),
                     ("croissant.json", "croissant.json")):  # fmt: skip
        assert (folder(book, "dots") / old).read_bytes() == (folder(book) / new).read_bytes()


def test_a_table_is_cited_by_its_name_of_old(book: SmallBook) -> None:
    asked = [book.overtake("cite", name).stdout for name in ("dots", "points")]
    assert "Table points" in asked[1]
    assert asked[0] == asked[1]


def test_the_list_is_searched_and_needs_no_script(book: SmallBook) -> None:
    page = html.fromstring(book.page("chapters/data"))
    (form,) = page.xpath("//form[contains(@class, 'overtake-filter')]")
    assert form.get("aria-label") == "Tables"
    assert len(page.xpath("//div[contains(@class, 'overtake-table-list')]/ul/li")) == 2
    assert page.xpath("//script[contains(@src, 'figures.js')]/@defer")
    assert page.xpath("//li//span[@hidden]/text()") == ["year value"] * 2, "found by columns too"


def test_programs_read_a_dataset_with_its_own_licence(book: SmallBook) -> None:
    page, address = tree(folder(book) / "index.html"), f"{SITE}/tables/points/"
    said = metas(page)
    assert said["DC.type"] == ["Dataset"]
    assert said["DC.rights"] == rel(page, "license") == ["https://example.org/cc0"]
    assert rel(page, "type") == [f"{SCHEMA}AboutPage", f"{SCHEMA}Dataset"]
    assert rel(page, "item") == ["points.csv"]
    described = page.xpath("//link[@rel='describedby']")
    assert all((folder(book) / link.get("href")).is_file() for link in described)
    assert "croissant.json" in rel(page, "describedby")
    nodes = linked_data(page, address)
    data = nodes[address]
    assert data["@type"] == "Dataset"
    assert data["license"] == "https://example.org/cc0"
    assert data["creditText"] == "Nobody"
    assert "creator" not in data, "the credit names no writer of the table's publication"
    files = [nodes[part["@id"]]["contentUrl"] for part in data["distribution"]]
    assert sorted(files) == [f"{address}points.csv", f"{address}points.schema.json"]
    columns = {nodes[p["@id"]]["name"]: nodes[p["@id"]] for p in data["variableMeasured"]}
    assert columns["value"]["unitText"] == "units"


def test_its_address_stands_in_the_sitemap(book: SmallBook) -> None:
    assert f"<loc>{SITE}/tables/points/</loc>" in (book.project.site / "sitemap.xml").read_text()


def test_freezing_adds_the_new_names_and_a_table_that_is_lost_stops_the_build(
    book: SmallBook,
) -> None:
    frozen = book.overtake("data", "freeze")
    assert frozen.returncode == 0, frozen.stderr
    assert "1 new" in frozen.stdout
    assert published.read_tables(book.project).ids == ("dots", "others", "points")
    book.write("data/published.txt", "gone\npoints\n")
    try:
        refused = book.overtake("data", "freeze")
        assert refused.returncode == 1
        assert "gone" in refused.stderr
        built = book.build()
        assert built.returncode != 0
        assert "the table gone was published and is gone" in built.stderr
    finally:
        book.write("data/published.txt", "points\n")


def test_a_scenario_s_pages_are_not_cited(book: SmallBook) -> None:
    book.write("scenarios/baseline.yml", BASELINE)
    book.write("scenarios/fast.yml", FAST)
    built = book.overtake("build", "--scenario", "fast")
    assert built.returncode == 0, built.stdout + built.stderr
    site = book.project.scenario_output("fast") / "_build" / "html"
    page = tree(site / "tables/points/index.html")
    assert metas(page)["robots"] == ["noindex"]
    assert not page.xpath("//h2[@id='cite']")
    assert not list((site / "tables/points").glob("*.bib"))
