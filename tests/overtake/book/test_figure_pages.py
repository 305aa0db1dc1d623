"""The pages of figures end to end, on the small book, read back by parsers of each vocabulary."""

import csv
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html
from PIL import Image
from pybtex.database import parse_string

from overtake.book import finishing
from overtake.core import digests
from overtake.core.paths import ROOT_VARIABLE
from overtake.publishing import framing, published, releases, stamping
from overtake.publishing.releases import Archive, Release, ReleasedFigure
from overtake.runs.runs import Run
from tests import zotero
from tests.conftest import GROWTH_CELLS, GROWTH_WORDS, OTHER_CELLS, OTHER_WORDS, TOC, SmallBook
from tests.page_reading import SCHEMA, linked_data, metas, rel, tree
from tests.validators import nu

SITE = "https://example.org/small"
REPOSITORY = "https://github.com/nobody/small"
HOSTILE = '</script><script>alert("1")</script>'
BASELINE = "name: baseline\ntitle: Baseline\nargument: As it is.\nparameters: {}\n"
FAST = "name: fast\ntitle: Fast & <far>\nargument: So.\nparameters:\n  growth: {factor: 3}\n"
RELEASE = Release(
    version="0.0.1",
    released=date(2026, 1, 3),
    commit="0" * 40,
    figures={"growth-points": ReleasedFigure("growth", "0123456789abcdef", "A title", {})},
    tables={},
    numbers={},
    verdicts={},
    runs=(),
    archive=Archive("0.0.1.zip", "0" * 64, 0),
)


HOSTILE_CELLS = tuple(
    cell.replace("Drawing(figure, frame,", f"Drawing(figure, frame.assign(who='<b>{HOSTILE}</b>'),")
    for cell in OTHER_CELLS
)
HOSTILE_WORDS = (
    OTHER_WORDS.replace("title: Others", f"title: Others {HOSTILE}")
    .replace("alt: A line.", f"alt: A line of {HOSTILE}.")
    .replace("  value: value, units", f"  value: value, units\n  who: <i>{HOSTILE}</i>")
)
"""A chapter in whose figure everything free is what a page must not obey."""
CHART = """
```{interactive} growth-points
why: Which value has a year?
x: {column: year, label: Year}
y: {column: value, label: "Value, units"}
layers:
- {label: All, colour: "#0072B2", where: {}, mark: line}
levels:
- {axis: y, value: "{{ parameters.factor }}", label: factor}
```
"""


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a book with an index of figures, built for a site."""
    made = make_small_book()
    made.write_chapter("growth", GROWTH_CELLS, "# Growth", GROWTH_WORDS + CHART)
    made.write_chapter("other", HOSTILE_CELLS, "# Other", HOSTILE_WORDS)
    made.write("index.md", "# Small\n\n(claim-total)=\nA claim.\n")
    made.write("chapters/data.md", "# Data\n\n```{data-catalogue}\n```\n\n```{bibliography}\n```\n")
    made.write("figures/index.md", "# Figures\n\n```{figure-index}\n```\n")
    made.write("_toc.yml", f"{TOC}  - file: figures/index\n  - file: chapters/data\n")
    made.write("figures/published.txt", "growth-points\nold-points\n")
    made.write(
        "figures/redirects.csv", "id,moved_to\nolder-points,old-points\nold-points,growth-points\n"
    )
    made.write("releases/0.0.1.json", releases.as_json(RELEASE))
    made.write("scenarios/baseline.yml", BASELINE)
    made.write("scenarios/fast.yml", FAST)
    made.build_for_site(OVERTAKE_SITE=SITE, OVERTAKE_REPOSITORY=REPOSITORY)
    return made


@pytest.fixture(autouse=True)
def _at_home(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read tables of the book under test, also in this process."""
    monkeypatch.setenv(ROOT_VARIABLE, str(book.root))


def folder(book: SmallBook, id: str = "growth-points") -> Path:
    return book.project.site / "figures" / id


def growth(book: SmallBook, factor: float = 2.0) -> Run:
    """Return the run of the growth chapter with a factor."""
    runs = (Run(path.parent) for path in book.project.runs.glob("*/run.json"))
    (run,) = (r for r in runs if r.record.inputs.parameters.get("factor") == factor)
    return run


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_the_page_has_the_figure_its_place_and_what_it_shows(book: SmallBook) -> None:
    page = tree(folder(book) / "index.html")
    assert [h.text_content() for h in page.xpath("//article//h1")] == ["The total is 14"]
    image = page.xpath("//article//img[@class='overtake-figure']")[0]
    assert image.get("src") == "growth-points-wide.svg"
    shown = page.xpath("//article//figure//img/@src | //article//figure//source/@srcset")
    assert {f"growth-points-{name}.svg" for name in framing.SHOWN} == set(shown)
    assert all((folder(book) / name).is_file() for name in shown)
    assert set(page.xpath("//article//figure//img/@loading")) == {"lazy"}, "hidden, none is loaded"
    assert page.xpath("//article//figure/a/@href") == ["growth-points.svg"]
    assert image.get("alt") == "A line whose total is 14."
    assert page.xpath("string(//figcaption)").startswith("Value by year. Data: Nobody")
    (back,) = page.xpath("//p[@class='overtake-place']/a[contains(@href, 'growth')]")
    assert back.get("href") == "../../chapters/growth.html#fig-growth-points"
    assert "Fig. 1 of" in " ".join(page.xpath("string(//p[@class='overtake-place'])").split())
    told = "Claim total: It is large. clearly for (confidence: low). Total: 14 units (90% "
    assert told in page.xpath("string(//article)")


def test_its_links_lead_to_files_and_places_of_the_site(book: SmallBook) -> None:
    pages = list(book.project.site.rglob("figures/**/index.html"))
    assert len(pages) == 1 + 4 * 2, "index, two figures and two redirects, each with an embed"
    for path in pages:
        for address in tree(path).xpath("//body//@href | //body//@src"):
            parts = urlsplit(address)
            if parts.scheme or not parts.path:
                continue
            target = (path.parent / parts.path).resolve()
            assert target.is_file(), f"{path}: {address}"
            if parts.fragment:
                assert tree(target).xpath("//*[@id=$id]", id=parts.fragment), f"{path}: {address}"


def test_each_figure_of_a_chapter_links_to_its_page_and_back(book: SmallBook) -> None:
    chapter = html.fromstring(book.page("chapters/growth"))
    (link,) = chapter.xpath("//figure//a[starts-with(., 'Cite')]")
    assert link.get("href") == "../figures/growth-points/index.html#cite"
    (table,) = chapter.xpath("//figure//a[starts-with(., 'View as table')]")
    assert table.get("href") == "../figures/growth-points/index.html#table"


@pytest.mark.parametrize("name", ["chapters/growth", "figures/growth-points/index"])
def test_a_declared_chart_stands_behind_its_picture_and_brings_its_script(
    book: SmallBook, name: str
) -> None:
    page = html.fromstring(book.page(name))
    (chart,) = page.xpath("//figure//div[@class='overtake-interactive']")
    carried = json.loads(chart.xpath("string(script)"))
    assert carried["title"] == "The total is 14"
    assert carried["levels"] == [{"axis": "y", "value": 2.0, "label": "factor", "to": None}]
    assert [row[0] for row in carried["rows"]] == [2001, 2002, 2003]
    assert page.xpath("//script[contains(@src, 'interactive.js')]/@defer")


@pytest.mark.parametrize("name", ["index", "chapters/other", "figures/other-points/index"])
def test_a_page_without_a_chart_brings_no_script_for_it(book: SmallBook, name: str) -> None:
    assert "interactive" not in book.page(name)


def test_downloads_are_the_run_s_and_the_pictures_are_stamped(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERTAKE_SITE", SITE)
    run = growth(book)
    csv_of_run = (run.folder / "figures/growth-points.csv").read_bytes()
    assert (folder(book) / "growth-points.csv").read_bytes() == csv_of_run
    said = json.loads((folder(book) / "growth-points.json").read_text(encoding="utf-8"))
    assert said["title"] == "The total is 14"
    assert (
        said["files"]["growth-points.csv"]
        == run.figures["growth-points"].files["growth-points.csv"]
    )
    shown = framing.framed(run.figures["growth-points"], book.root)
    for kind in stamping.KINDS:
        found = stamping.identify_file(folder(book) / f"growth-points.{kind}")
        assert (found.condition, found.said.run) == ("unchanged", run.id)
        digest = digests.of_file(shown / f"growth-points.{kind}")
        assert digests.of_file(folder(book) / f"growth-points.{kind}") == digest
        assert said["files"][f"growth-points.{kind}"] == digest
        assert found.said.address == f"{SITE}/figures/growth-points/"
    links = tree(folder(book) / "index.html").xpath("//ul[@class='overtake-downloads']//a")
    assert [a.text for a in links] == ["SVG", "PNG", "PDF", "CSV", "JSON", "ZIP", "Research object"]
    crate = (folder(book) / links[-1].get("href")).resolve()
    assert book.overtake("verify", str(crate)).returncode == 0


def test_the_archive_holds_data_record_and_a_readme_that_names_source_and_citation(
    book: SmallBook,
) -> None:
    with zipfile.ZipFile(folder(book) / "growth-points.zip") as archive:
        for name in ("growth-points.csv", "growth-points.json"):
            assert archive.read(f"growth-points/{name}") == (folder(book) / name).read_bytes()
        readme = archive.read("growth-points/README.md").decode()
    assert readme.startswith("# The total is 14\n")
    cited = (folder(book) / "growth-points.apa.txt").read_text(encoding="utf-8").strip()
    for said in ("Value by year.", "Data: Nobody", "CC0", "- `value`: value, units", cited):
        assert said in readme


@pytest.mark.parametrize(("language", "command"), [("python", sys.executable), ("r", "Rscript")])
def test_the_four_lines_of_the_readme_load_the_data(
    book: SmallBook, tmp_path: Path, language: str, command: str
) -> None:
    if shutil.which(command) is None:
        pytest.skip(f"{command} is not here")
    with zipfile.ZipFile(folder(book, "other-points") / "other-points.zip") as archive:
        archive.extractall(tmp_path)
    here = tmp_path / "other-points"
    readme = (here / "README.md").read_text(encoding="utf-8")
    lines = readme.partition(f"```{language}\n")[2].partition("\n```")[0]
    assert len(lines.splitlines()) == 4
    (here / "load").write_text(f"{lines}\n", encoding="utf-8")
    done = subprocess.run(
        [command, "load"], cwd=here, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert all(word in done.stdout for word in ("year", "value", "2001", "3.5", HOSTILE[:20]))


def test_the_data_stand_there_as_a_table_with_their_meaning(book: SmallBook) -> None:
    page = tree(folder(book) / "index.html")
    with (folder(book) / "growth-points.csv").open(encoding="utf-8") as lines:
        header, *rows = csv.reader(lines)
    (table,) = page.xpath("//table[contains(@class, 'overtake-data')]")
    assert page.xpath("//h2[@id='table']/following::table[1]") == [table]
    assert [cell.text for cell in table.xpath(".//th[@scope='col']")] == header
    assert table.xpath(".//th[@scope='col']/small/text()") == ["year", "value, units"]
    assert table.xpath(".//caption//a/@href") == ["growth-points.csv"]
    shown = [[cell.text for cell in row.xpath("td")] for row in table.xpath(".//tbody/tr")]
    assert [[float(c) for c in row] for row in shown] == [[float(c) for c in row] for row in rows]
    meanings = page.xpath("//h2[@id='data']/following::table[1]//tbody/tr")
    assert [row.xpath("string(td)") for row in meanings] == ["year", "value, units"]


def test_sources_parameters_and_model_are_named(book: SmallBook) -> None:
    page = tree(folder(book) / "index.html")
    sources = page.xpath("string(//h2[@id='sources']/following::table[1])")
    assert all(word in sources for word in ("Points", "Nobody", "CC0", "2026-01-01", "2026-01-02"))
    model = page.xpath("string(//h2[@id='model']/..)")
    run = growth(book)
    assert run.id in model
    assert "overtake run growth" in model
    assert "Growth factor." in model
    assert "not repeated and compared in this build" in model
    assert "overtake verify growth-points" in model
    assert run.record.inputs.modules["models/scale.py"][:12] in model
    assert not page.xpath("//h2[@id='model']/..//a[contains(@href, '/blob/')]"), "no git here"


def folds(box: html.HtmlElement) -> dict[str, str]:
    """Return what can be unfolded and copied in a cite box, by what it is called."""
    return {
        fold.xpath("string(summary)"): fold.xpath("string(pre)")
        for fold in box.xpath(".//details[contains(@class, 'overtake-copied')]")
    }


def in_text(box: html.HtmlElement) -> dict[str, str]:
    short = box.xpath(".//p[contains(@class, 'overtake-in-text')]")
    return {each.text.strip(" :"): each.findtext("code") for each in short}


def test_five_citations_can_be_read_and_saved(book: SmallBook) -> None:
    page = tree(folder(book) / "index.html")
    shown = folds(page)
    assert set(shown) >= {"APA", "BibTeX", "CSL-JSON", "Chicago", "RIS"}
    shown = {name: text for name, text in shown.items() if not name.startswith("Each source")}
    assert len(shown) == 5
    run = growth(book).id
    assert all(run in text for text in shown.values())
    asked = book.overtake("cite", "growth-points", "--format", "apa")
    saved = (folder(book) / "growth-points.apa.txt").read_text(encoding="utf-8")
    assert (
        saved.split(SITE)[0].strip() == asked.stdout.split("/figures/")[0].strip() or run in saved
    )
    assert shown["APA"].strip() == saved.strip()


def test_the_cite_box_follows_the_figure_and_has_a_short_form_and_the_sources_own(
    book: SmallBook,
) -> None:
    page = tree(folder(book) / "index.html")
    (box,) = page.xpath("//article//figure/following-sibling::*[1]")
    assert box.xpath("./h2/@id") == ["cite"]
    assert in_text(box) == {
        "In a text, APA": "(Nobody, 2026, figure growth-points)",
        "In a text, Chicago": "(Nobody 2026, figure growth-points)",
    }
    own = {name: text for name, text in folds(box).items() if name.startswith("Each source")}
    text, bibtex = own.values()
    assert text.startswith("No Body (2026). Nothing.")
    (entry,) = parse_string(bibtex, "bibtex").entries.values()
    assert entry.fields["title"] == "Nothing"
    saved = (folder(book) / "growth-points.sources.bib").read_text(encoding="utf-8")
    assert saved.strip() == bibtex.strip()
    (link,) = page.xpath("//h2[@id='sources']/following::p[1]/a/@href")
    assert box.xpath("string(.//details[@id=$id]/pre)", id=link[1:]) == text
    assert len(page.xpath("//li[contains(., 'Nothing')]")) == 0, "publications are listed once"
    assert box.xpath(".//a[@rel='license']/@href") == [
        "https://creativecommons.org/licenses/by/4.0/"
    ]


@pytest.mark.parametrize(
    ("name", "id", "what", "part"),
    [("index", "book", "report", ""), ("chapters/growth", "growth", "chapter", ", chapter growth")],
)
def test_a_chapter_and_the_first_page_have_a_folded_cite_box_below_their_opening(
    book: SmallBook, name: str, id: str, what: str, part: str
) -> None:
    path = book.project.site / f"{name}.html"
    page = tree(path)
    (box,) = page.xpath("//article//aside[contains(@class, 'overtake-cite')]")
    assert box.xpath("./details[@id='cite'][not(@open)]/summary/text()") == [f"Cite this {what}"]
    assert not box.xpath("./preceding-sibling::section")
    assert in_text(box)["In a text, APA"] == f"(Nobody, 2026{part})"
    assert sorted(folds(box)) == ["APA", "BibTeX", "CSL-JSON", "Chicago", "RIS"]
    for link in box.xpath(".//a[@download]/@href"):
        assert (path.parent / link).read_text(encoding="utf-8")
    asked = book.overtake("cite", id, "--format", "ris")
    saved = (path.parent / f"{id}.ris").read_text(encoding="utf-8")
    assert saved.partition("UR  -")[0] == asked.stdout.partition("UR  -")[0].partition("N1  -")[0]
    described = page.xpath("//head/link[@rel='describedby']/@href")
    records = [f"{id}.dcat.jsonld", f"{id}.bib", f"{id}.ris", f"{id}.csl.json"]
    assert described == records
    assert page.xpath("//script[contains(@src, 'cite.js')]")


def test_each_page_names_the_licence_of_the_code(book: SmallBook) -> None:
    for page in (folder(book) / "index.html", book.project.site / "index.html"):
        licence = tree(page).xpath("string(//p[@class='overtake-licence'])")
        assert licence.startswith("Code: BSD-3-Clause licence. Text and figures: CC BY 4.0.")


def test_the_words_of_cite_boxes_are_not_searched(book: SmallBook) -> None:
    index = (book.project.site / "searchindex.js").read_text(encoding="utf-8")
    assert '"incollect' not in index
    assert "incollection" in book.page("chapters/growth")


def test_zotero_reads_each_page_as_the_type_that_the_files_have(book: SmallBook) -> None:
    types = {"index": "report", "chapters/growth": "bookSection"}
    types["figures/growth-points/index"] = "artwork"
    for name, type_ in types.items():
        assert zotero.from_page(metas(tree(book.project.site / f"{name}.html"))) == type_
    record = (folder(book) / "growth-points.ris").read_text(encoding="utf-8")
    assert zotero.FROM_RIS[record.splitlines()[0].removeprefix("TY  - ")] == "artwork"


def test_highwire_dublin_core_and_open_graph_say_the_same(book: SmallBook) -> None:
    page = tree(folder(book) / "index.html")
    said = metas(page)
    address = f"{SITE}/figures/growth-points/"
    for key in ("citation_title", "DC.title", "og:title", "twitter:title"):
        assert said[key] == ["The total is 14"]
    assert said["citation_author"] == said["DC.creator"] == ["Nobody"]
    assert said["citation_publication_date"] == ["2026/01/03"]
    assert said["DC.date"] == ["2026-01-03"]
    assert said["DC.type"] == ["StillImage"]
    assert said["citation_public_url"] == said["og:url"] == [address]
    assert said["og:image"] == said["twitter:image"] == [f"{address}growth-points-share.png"]
    with Image.open(folder(book) / "growth-points-share.png") as shared:
        assert [str(side) for side in shared.size] == [
            *said["og:image:width"],
            *said["og:image:height"],
        ]
    assert said["og:image:alt"] == ["A line whose total is 14."]
    assert said["twitter:card"] == ["summary_large_image"]
    assert said["citation_reference"] == [
        "citation_title=Nothing; citation_author=No Body; citation_publication_date=2026"
    ]
    assert growth(book).id in said["DCTERMS.bibliographicCitation"][0]
    assert rel(page, "canonical") == rel(page, "cite-as") == [address]


def test_signposts_lead_to_files_of_the_type_they_say(book: SmallBook) -> None:
    page = tree(folder(book) / "index.html")
    assert f"{SCHEMA}AboutPage" in rel(page, "type")
    assert rel(page, "license") == ["https://creativecommons.org/licenses/by/4.0/"]
    items = {link.get("type"): link.get("href") for link in page.xpath("//link[@rel='item']")}
    assert sorted(items) == ["application/pdf", "image/png", "image/svg+xml", "text/csv"]
    described = page.xpath("//link[@rel='describedby']")
    assert len(described) == 5
    for name in [*items.values(), *(link.get("href") for link in described)]:
        assert (folder(book) / name).is_file()


def test_the_figure_is_an_image_and_a_dataset_to_a_json_ld_processor(book: SmallBook) -> None:
    address = f"{SITE}/figures/growth-points/"
    nodes = linked_data(tree(folder(book) / "index.html"), address)
    picture, data = nodes[f"{address}#picture"], nodes[f"{address}#data"]
    assert picture["@type"] == "ImageObject"
    assert picture["contentUrl"] == f"{address}growth-points.svg"
    assert picture["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert picture["isPartOf"] == {"@id": f"{SITE}/chapters/growth.html"}
    assert picture["isBasedOn"] == {"@id": f"{address}#data"}
    assert data["@type"] == "Dataset"
    assert data["license"] == "https://example.org/cc0"
    assert data["datePublished"] == "2026-01-03"
    files = {nodes[part["@id"]]["contentUrl"]: nodes[part["@id"]] for part in data["distribution"]}
    assert sorted(files) == [f"{address}growth-points.csv", f"{address}growth-points.json"]
    for where, file in files.items():
        size = (folder(book) / where.removeprefix(address)).stat().st_size
        assert file["contentSize"] == f"{size} B"
    columns = [nodes[part["@id"]] for part in data["variableMeasured"]]
    assert {c["name"]: c["description"] for c in columns} == {
        "year": "year",
        "value": "value, units",
    }
    assert nodes[data["creator"]["@id"]]["name"] == "Nobody"
    based = [nodes[part["@id"]] for part in data["isBasedOn"]]
    assert {node["@type"] for node in based} == {"Dataset", "CreativeWork"}
    (source,) = (node for node in based if node["@type"] == "CreativeWork")
    writer = nodes[source["author"]["@id"]]
    assert (writer["@type"], writer["givenName"], writer["familyName"]) == ("Person", "No", "Body")
    width, height = (nodes[picture[side]["@id"]] for side in ("width", "height"))
    assert width["@type"] == height["@type"] == "QuantitativeValue"
    assert width["unitCode"] == height["unitCode"] == "E37"
    with Image.open(folder(book) / "growth-points.png") as drawn:
        assert drawn.width / drawn.height == pytest.approx(width["value"] / height["value"], 0.01)
    (run,) = [nodes[part["@id"]] for part in listed(picture["identifier"])]
    assert run["value"] == growth(book).id


def test_the_book_and_a_chapter_are_texts_whose_parts_hang_together(book: SmallBook) -> None:
    first = linked_data(tree(book.project.site / "index.html"), f"{SITE}/")
    report = first[f"{SITE}/"]
    assert report["@type"] == "Report"
    chapter = f"{SITE}/chapters/growth.html"
    assert {"@id": chapter} in report["hasPart"]
    article = linked_data(tree(book.project.site / "chapters/growth.html"), chapter)[chapter]
    assert article["@type"] == "Chapter"
    assert article["headline"] == "Growth"
    assert article["isPartOf"] == {"@id": f"{SITE}/"}
    figure = f"{SITE}/figures/growth-points"
    drawn, number, plotted = article["hasPart"]
    assert drawn == {"@id": f"{figure}/#picture"}
    assert number == {"@id": f"{SITE}/numbers/growth/total/"}
    described = linked_data(tree(book.project.site / "chapters/growth.html"), chapter)
    assert described[plotted["@id"]]["contentUrl"] == f"{figure}/growth-points.csv"
    assert {"@id": f"{SITE}/tables/points/"} in article["isBasedOn"]
    assert article["description"].startswith("Total: 14 units")
    assert article["image"].endswith("/figures/growth-points/growth-points.png")


def test_its_pages_embeds_and_redirects_are_valid_html(book: SmallBook) -> None:
    assert nu.faults(book.project.site, finishing.own_pages(book.project.site)) == []


def test_what_comes_from_data_stays_text(book: SmallBook) -> None:
    for path in (folder(book, "other-points"), folder(book, "other-points") / "embed"):
        page = tree(path / "index.html")
        for script in page.xpath("//script"):
            assert "alert" not in (script.text or "") or script.get("type") == "application/ld+json"
        assert HOSTILE in page.xpath("string(//img[@alt]/@alt | //article//h1)")
    page = tree(folder(book, "other-points") / "index.html")
    assert f"Others {HOSTILE}" in page.xpath("string(//title)")
    (table,) = page.xpath("//table[contains(@class, 'overtake-data')]")
    assert f"<b>{HOSTILE}</b>" in [cell.text_content() for cell in table.xpath(".//td")]
    address = f"{SITE}/figures/other-points/"
    assert linked_data(page, address)[f"{address}#picture"]["name"] == f"Others {HOSTILE}"
    index = tree(book.project.site / "figures/index.html")
    assert any(
        HOSTILE in card.text_content() for card in index.xpath("//ul[@class='overtake-cards']/li")
    )
    assert not [s for s in index.xpath("//script") if "alert" in (s.text or "")]


def test_the_embed_has_no_script_and_names_source_and_figure(book: SmallBook) -> None:
    path = folder(book) / "embed" / "index.html"
    page = tree(path)
    assert not page.xpath("//script | //@onload | //@onclick")
    assert page.xpath("//img/@alt") == ["A line whose total is 14."]
    assert "Data: Nobody (data until 2026-01-01)." in page.xpath("string(//figcaption)")
    assert "../index.html" in page.xpath("//figcaption//a/@href")
    assert all(not urlsplit(a).netloc for a in page.xpath("//@src")), "nothing is fetched elsewhere"


def test_oembed_answers_where_the_page_says(book: SmallBook) -> None:
    page = tree(folder(book) / "index.html")
    address = f"{SITE}/figures/growth-points/"
    (link,) = page.xpath("//link[@type='application/json+oembed']")
    assert link.get("href") == f"{address}oembed.json"
    answer = json.loads((folder(book) / "oembed.json").read_text(encoding="utf-8"))
    assert (answer["version"], answer["type"]) == ("1.0", "rich")
    frame = html.fromstring(answer["html"])
    assert frame.tag == "iframe"
    assert urljoin(address, frame.get("src")) == f"{address}embed/"
    assert (int(frame.get("width")), int(frame.get("height"))) == (
        answer["width"],
        answer["height"],
    )
    assert answer["thumbnail_url"] == f"{address}growth-points.png"
    assert page.xpath("string(//pre[@id='embed-snippet'])").strip() == answer["html"]


def test_the_sitemap_has_every_page_once(book: SmallBook) -> None:
    root = etree.parse(book.project.site / "sitemap.xml").getroot()
    found = [e.text for e in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert found == sorted(
        f"{SITE}/{path}"
        for path in (
            "",
            *(f"chapters/{name}.html" for name in ("data", "growth", "other")),
            *(f"figures/{folder}" for folder in ("", "growth-points/", "other-points/")),
            *(f"numbers/{name}/" for name in ("growth", "growth/total", "other", "other/sum")),
            *(f"tables/{name}/" for name in ("others", "points")),
        )
    )


def test_an_address_of_old_leads_to_the_figure_that_took_its_place(book: SmallBook) -> None:
    for moved in ("old-points", "older-points"):
        page = tree(folder(book, moved) / "index.html")
        (refresh,) = page.xpath("//meta[@http-equiv='refresh']/@content")
        assert refresh == "0; url=../growth-points/index.html"
        assert rel(page, "canonical") == [f"{SITE}/figures/growth-points/"]
        embedded = tree(folder(book, moved) / "embed" / "index.html")
        (refresh,) = embedded.xpath("//meta[@http-equiv='refresh']/@content")
        assert refresh == "0; url=../../growth-points/embed/index.html"


@pytest.mark.parametrize("moved", ["old-points", "older-points"])
def test_every_file_of_a_renamed_figure_is_also_under_its_old_name(
    book: SmallBook, moved: str
) -> None:
    files = [path for path in folder(book).iterdir() if not path.name.startswith("index.html")]
    files = [path for path in files if path.is_file()]
    kinds = {path.name.removeprefix("growth-points") for path in files}
    assert kinds >= {
        ".svg", ".png", ".pdf", ".csv", ".json", ".bib", ".ris", ".csl.json", ".apa.txt",
        ".chicago.txt", "-share.png", "-wide.svg", "-narrow-dark.svg", "oembed.json",
    }  # fmt: skip
    for path in files:
        old = folder(book, moved) / path.name.replace("growth-points", moved)
        assert old.read_bytes() == path.read_bytes()
    twin = (folder(book, moved) / "index.html.md").read_text(encoding="utf-8")
    assert twin.endswith("(../growth-points/index.html.md).\n")


@pytest.mark.parametrize("moved", ["old-points", "older-points"])
def test_a_renamed_figure_is_cited_proved_and_packed_as_what_it_is_now(
    book: SmallBook, moved: str, tmp_path: Path
) -> None:
    cited = book.overtake("cite", moved)
    assert cited.returncode == 0, cited.stderr
    assert f"{moved} was renamed; this cites what it is now: growth-points" in cited.stderr
    assert cited.stdout == book.overtake("cite", "growth-points").stdout
    assert "figure growth-points" in book.overtake("verify", moved).stdout
    packed = book.overtake("crate", moved, "-o", str(tmp_path / "x.zip"))
    assert packed.stdout.startswith("figure growth-points")


def test_a_picture_with_a_renamed_figure_s_stamp_is_told_what_it_is_now(
    book: SmallBook, tmp_path: Path
) -> None:
    found = stamping.take_apart((folder(book) / "growth-points.png").read_bytes())
    assert found.said is not None
    loose = tmp_path / "loose.png"
    loose.write_bytes(stamping.add(found.picture, replace(found.said, figure="older-points")))
    told = book.overtake("identify", str(loose)).stdout
    assert re.search(r"Now: +growth-points", told)


def test_releases_with_the_figure_are_listed_at_addresses_that_stay(book: SmallBook) -> None:
    links = tree(folder(book) / "index.html").xpath("//h2[@id='versions']/following::li/a/@href")
    assert f"{SITE}/v/0.0.1/figures/growth-points/" in links
    other = tree(folder(book, "other-points") / "index.html")
    assert "no earlier release" in other.xpath("string(//h2[@id='versions']/following::p[2])")


def test_the_index_has_a_card_for_each_figure_and_all_are_shown_without_scripts(
    book: SmallBook,
) -> None:
    page = tree(book.project.site / "figures/index.html")
    cards = page.xpath("//ul[@class='overtake-cards']/li")
    assert [card.get("data-chapter") for card in cards] == ["growth", "other"]
    assert [card.get("data-claim") for card in cards] == ["total", ""]
    assert not page.xpath("//ul[@class='overtake-cards']/li[@hidden]")
    assert page.xpath("//form[contains(@class, 'overtake-filter')]/@hidden")
    assert page.xpath("//select[@name='source']/option/text()") == ["any", "Nobody"]


def test_freezing_adds_the_new_ids_and_refuses_to_lose_one(book: SmallBook) -> None:
    frozen = book.overtake("figures", "freeze")
    assert frozen.returncode == 0, frozen.stderr
    ids = published.read(book.project).ids
    assert ids == ("growth-points", "old-points", "other-points")
    assert "1 new" in frozen.stdout
    path = book.project.figures / published.IDS_NAME
    path.write_text("growth-points\nlost-points\n", encoding="utf-8")
    try:
        refused = book.overtake("figures", "freeze")
        assert refused.returncode == 1
        assert "lost-points" in refused.stderr
        assert path.read_text(encoding="utf-8") == "growth-points\nlost-points\n"
    finally:
        path.write_text("".join(f"{name}\n" for name in ids), encoding="utf-8")


def test_a_scenario_s_pages_carry_its_mark_and_describe_nothing_published(book: SmallBook) -> None:
    built = book.overtake("build", "--scenario", "fast")
    assert built.returncode == 0, built.stdout + built.stderr
    site = book.project.scenario_output("fast") / "_build" / "html"
    page = tree(site / "figures/growth-points/index.html")
    run = growth(book, factor=3.0)
    assert run.id in page.text_content()
    assert "Scenario: Fast & <far>" in page.xpath("string(//*[contains(@class, 'announcement')])")
    assert metas(page)["robots"] == ["noindex"]
    assert not page.xpath("//script[@type='application/ld+json'] | //link[@rel='canonical']")
    assert not page.xpath("//pre[@id='cite-1']")
    assert "no citation of its own" in page.xpath("string(//h2[@id='cite']/..)")
    assert not tree(site / "chapters/growth.html").xpath("//*[@id='cite']")
    content = (site / "figures/growth-points/growth-points.svg").read_bytes()
    shown = framing.framed(run.figures["growth-points"], book.root)
    assert content == (shown / "growth-points.svg").read_bytes()
    baseline = page.xpath("//a[text()='this page in the baseline']/@href")[0]
    target = (site / "figures/growth-points" / baseline).resolve()
    assert target == folder(book).resolve() / "index.html"
    assert not (site / "sitemap.xml").exists()


def test_a_build_without_an_address_claims_none_and_forgets_figures_that_are_gone(
    book: SmallBook,
) -> None:
    (folder(book) / ".." / "ghost").mkdir()
    built = book.build()
    assert built.returncode == 0, built.stdout + built.stderr
    page = tree(folder(book) / "index.html")
    assert not rel(page, "canonical")
    assert "og:image" not in metas(page)
    assert "og:url" not in metas(page)
    picture = linked_data(page, "file:///figures/growth-points/")[
        "file:///figures/growth-points/#picture"
    ]
    assert picture["@type"] == "ImageObject"
    assert not (folder(book) / "oembed.json").exists()
    assert not folder(book, "ghost").exists()
