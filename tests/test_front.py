"""The first screen answers; the icons are the chance; one page stays short."""

import io
import re
from pathlib import Path

import pikepdf
import pytest
import yaml
from lxml import html
from playwright.sync_api import Browser

from chapters.overtake_forecast.chance_icons import LEADS, Futures
from overtake.core import prose
from overtake.core.paths import Project
from overtake.publishing import publication
from tests.chapters.test_words import baseline
from tests.conftest import ROOT

PROJECT = Project(ROOT)
PHONE = {"width": 375, "height": 667}
MOST_WORDS = {"index": 1000, "chapters/brief": 350}
MOST_JUDGEMENT_WORDS = 60
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def article(site: Path, page: str) -> html.HtmlElement:
    (found,) = html.fromstring((site / f"{page}.html").read_text(encoding="utf-8")).xpath(
        "//article"
    )
    for tip in found.xpath(".//*[@role='tooltip']"):  # shown when asked for
        tip.drop_tree()
    return found


def words(elements: list[html.HtmlElement]) -> int:
    return sum(len(re.findall(r"\w[\w.,%’'-]*", each.text_content())) for each in elements)


def test_the_summary_opens_with_three_sentences_then_who_and_when(site: Path) -> None:
    opening, issued, *_ = article(site, "index").xpath(".//h1/following-sibling::p")
    assert len(SENTENCE_END.split(" ".join(opening.text_content().split()))) == 3
    late = baseline("overtake-forecast").facts["pool"].chosen.late
    for chance in (late.held, late.by_then):
        assert prose.frequency(chance.value) in opening.text_content()
    book = publication.read(PROJECT)
    said = issued.text_content()
    assert f"{book.released.day} {book.released:%B %Y}" in said
    assert all(author.name in said for author in book.authors)
    as_of = baseline("overtake-forecast").facts["race_now"].as_of
    assert f"data until {as_of.day} {as_of:%B %Y}" in said


def test_the_icons_are_the_published_chance(site: Path) -> None:
    run = baseline("overtake-forecast")
    late = run.facts["pool"].chosen.late
    futures = Futures(late.held.value, late.by_then.value)
    drawn = (run.figures["chance-icons"].folder / "chance-icons.csv").read_text(encoding="utf-8")
    assert drawn.count(f",{LEADS}") == futures.leads == round(100 * late.held.value)
    (image,) = article(site, "index").xpath(
        ".//div[contains(@class, 'chance-icons')]//img[1][@class='overtake-figure']"
    )[:1]
    assert f"{futures.leads} filled" in image.get("alt")
    assert f"{futures.ahead} rings" in image.get("alt")


@pytest.mark.parametrize("page", MOST_WORDS)
def test_a_summary_is_short(site: Path, page: str) -> None:
    texts = article(site, page).xpath(
        ".//p[not(ancestor::*[contains(@class, 'overtake-shown')])][not(ancestor::details)]"
    )
    assert words(texts) <= MOST_WORDS[page]


def test_a_judgement_is_short_and_leads_to_its_claim(site: Path) -> None:
    (listed,) = article(site, "index").xpath(".//section[@id='seven-judgements']/ol")
    claims = article(site, "chapters/claims")
    for each in listed.findall("li"):
        (first, *_) = each.findall("p")
        for apart in first.xpath(".//*[contains(@class, 'overtake-confidence')]"):
            (link,) = apart.xpath(".//a/@href")
            path, _, anchor = link.partition("#")
            assert path == "chapters/claims.html"
            assert claims.get_element_by_id(anchor) is not None
        assert words([first]) <= MOST_JUDGEMENT_WORDS


def test_all_headline_numbers_are_on_one_page(site: Path) -> None:
    page = article(site, "chapters/numbers")
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert "chapters/numbers" in str(toc)
    for name in PROJECT.chapter_names():
        table = page.xpath(f".//table[@id='tab-numbers-{name}']")
        shown = len(table[0].xpath(".//tbody/tr")) if table else 0
        assert shown == len(baseline(name).results.numbers)


@pytest.mark.browser
def test_on_a_phone_the_answer_ends_on_the_first_screen(address: str, browser: Browser) -> None:
    view = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    view.goto(f"{address}/index.html", wait_until="load")
    box = view.locator("article h1 + p, article section > h1 ~ p").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PHONE["height"]
    wide = view.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    view.close()


@pytest.mark.browser
@pytest.mark.parametrize("sheet", ["A4", "Letter"])
def test_one_page_prints_on_one_sheet(address: str, browser: Browser, sheet: str) -> None:
    view = browser.new_page()
    view.goto(f"{address}/chapters/brief.html", wait_until="load")
    with pikepdf.open(io.BytesIO(view.pdf(format=sheet))) as printed:
        assert len(printed.pages) == 1
    view.close()
