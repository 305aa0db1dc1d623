"""What a reader meets: findings first, methods folded, doubts answered beside each figure."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from lxml import html
from playwright.sync_api import Browser, Page

from overtake.book import figure_site, reading
from overtake.core.paths import Project
from overtake.data import tables
from tests.conftest import ROOT

PROJECT = Project(ROOT)
CHAPTERS = PROJECT.chapter_names()
SERVICE = {
    "What would change our mind",
    "Try other assumptions",
    "How this forecast will be scored",
    "Common faults of such forecasts, and what is done about them here",
    "What this chapter finds",
    "Assumptions and rerun",
    "Further reading",
}
"""Sections that serve a reader and find nothing themselves."""
SUMMARIES = ("index.md", "chapters/brief.md")
QUOTED = {"20%", "90%", "one to two orders"}
"""What the two summaries may type: what a speaker said, and the level of the intervals."""
LINKS = ("Data (CSV)", "Code", "Cite", "Rerun", "View as table")


def parsed(site: Path, page: str) -> html.HtmlElement:
    return html.fromstring((site / f"{page}.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_section_of_a_chapter_names_its_finding(name: str) -> None:
    notebook = nbformat.read(PROJECT.chapter(name), as_version=4)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    headings = re.findall(r"^##+ (.+)$", "\n".join(cells), re.MULTILINE)
    assert headings
    assert [h for h in headings if h not in SERVICE and "<!-- finding: " not in h] == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_states_its_limits_in_sight_and_ends_with_further_reading(
    site: Path, name: str
) -> None:
    page = parsed(site, f"chapters/{name}")
    limits = page.xpath("//p[contains(@class, 'overtake-limits')]")
    assert limits
    assert not [p for p in limits if p.xpath("ancestor::details")]
    assert reading.LIMITS in limits[0].text_content()
    (further,) = page.xpath("//section[h2[starts-with(., 'Further reading')]]")
    assert further.xpath(".//a[contains(@href, '#')]"), "it names publications"


def test_methods_are_folded_below_what_they_explain(site: Path) -> None:
    evidence = [page.stem for page in map(PROJECT.evidence, CHAPTERS) if page.is_file()]
    folded = [d for n in evidence for d in parsed(site, f"chapters/{n}").xpath(
        "//details[contains(@class, 'overtake-method')]")]  # fmt: skip
    assert len(folded) > 30
    assert {fold.findtext("summary") for fold in folded} == {reading.SUMMARY}
    assert not [fold for fold in folded if fold.get("open") is not None]


@pytest.mark.parametrize("page", ["index", *(f"chapters/{name}" for name in CHAPTERS)])
def test_the_links_of_every_figure_lead_to_its_data_code_citation_rerun_and_table(
    site: Path, page: str
) -> None:
    lines = parsed(site, page).xpath(f"//span[@class='{figure_site.LINKS_CLASS}']")
    assert lines
    for line in lines:
        found = line.xpath("./a")
        assert [a.text_content().partition(" of Fig.")[0] for a in found] == list(LINKS)
        for address in (urlsplit(a.get("href")) for a in found):
            target = ((site / page).parent / address.path).resolve()
            assert target.is_file(), address.geturl()
            if address.fragment:
                tree = html.fromstring(target.read_text(encoding="utf-8"))
                assert tree.xpath("//*[@id=$id]", id=address.fragment), address.geturl()


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_summary_types_no_number_and_no_verdict(name: str) -> None:
    text = re.sub(r"\{%.*?%\}|\{[a-z-]+\}`[^`]*`", "", (ROOT / name).read_text(encoding="utf-8"))
    typed = re.findall(r"\d[\d.,]*\s?(?:%|times|points|months|percent)", text)
    assert set(typed) <= QUOTED
    typed = re.sub(r"\]\([^)]*\)|\.\w+", "", text)  # without addresses and the names of facts
    assert re.findall(r"\b(?:un)?likely\b|supported|undetermined|moderate", typed) == []


def test_every_table_says_what_it_cannot_tell(site: Path) -> None:
    for name in tables.names():
        page = parsed(site, f"tables/{name}/index")
        (listed,) = page.xpath("//h2[@id='caveats']/following-sibling::ul[1]")
        shown = [" ".join(item.text_content().split()) for item in listed]
        said = [" ".join(c.replace("`", "").split()) for c in tables.describe(name).caveats]
        assert shown == said, name
        assert all(shown), name


def test_terms_are_explained_at_their_first_use_and_lead_to_the_glossary(site: Path) -> None:
    anchors = set(parsed(site, "chapters/glossary").xpath("//@id"))
    for name in ("index", *(f"chapters/{each}" for each in CHAPTERS)):
        page = parsed(site, name)
        terms = page.xpath("//a[@class='overtake-term']")
        assert terms, name
        described = [term.get("aria-describedby") for term in terms]
        assert len(described) == len(set(described)), "once on a page"
        for term, tip in zip(terms, described, strict=True):
            assert page.get_element_by_id(tip).text_content().strip()
            assert term.get("href").partition("#")[2] in anchors


def verdicts(view: Page) -> list[list[str]]:
    """Return the verdicts on each claim that is shown."""
    cards = view.locator(".overtake-claim:visible").all()
    return [
        [
            text.strip().replace("’", "'")
            for text in card.locator(".overtake-verdict").all_inner_texts()
        ]
        for card in cards
    ]


@pytest.mark.browser
def test_the_claims_are_narrowed_down(address: str, browser: Browser) -> None:
    view = browser.new_page()
    view.goto(f"{address}/chapters/claims.html", wait_until="load")
    everything, controls = verdicts(view), view.locator(".ledger-controls")
    controls.get_by_label("Verdict").select_option("no data")
    assert 0 < len(verdicts(view)) < len(everything)
    assert all("no data" in each for each in verdicts(view))
    controls.get_by_label("Verdict").select_option("")
    controls.get_by_label("Words").fill("yao high likelihood")
    assert len(verdicts(view)) == 1
    assert controls.locator("[role=status]").inner_text() == f"1 of {len(everything)} claims"
    controls.get_by_label("Words").fill("no such words")
    assert verdicts(view) == []
    view.close()


@pytest.mark.browser
def test_a_link_to_a_claim_opens_its_card(address: str, browser: Browser) -> None:
    view = browser.new_page(viewport={"width": 375, "height": 667})
    view.goto(f"{address}/chapters/claims.html#claim-power", wait_until="load")
    card = view.locator("#claim-power")
    assert card.locator("details").get_attribute("open") is not None
    assert view.locator(".overtake-claim details[open]").count() == 1
    box = card.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 100
    view.close()


@pytest.mark.browser
def test_without_scripts_every_claim_is_there_and_terms_still_explain(
    address: str, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    view = context.new_page()
    view.goto(f"{address}/chapters/claims.html", wait_until="load")
    assert len(verdicts(view)) == len(tables.load("claims"))
    assert view.locator(".ledger-controls").count() == 0
    view.goto(f"{address}/index.html", wait_until="load")
    term = view.locator(".overtake-term").first
    tip = view.locator(f"#{term.get_attribute('aria-describedby')}")
    assert not tip.is_visible()
    term.focus()
    assert tip.is_visible()
    context.close()


@pytest.mark.browser
def test_one_control_shows_all_code_of_a_chapter(address: str, browser: Browser) -> None:
    view = browser.new_page()
    view.goto(f"{address}/chapters/reproduction.html", wait_until="load")
    code = view.locator("div.cell details.hide pre")
    assert code.count() > 10
    assert not code.first.is_visible()
    button = view.get_by_role("button", name="Show the code")
    button.focus()
    view.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    assert code.first.is_visible()
    view.keyboard.press("Enter")
    assert not code.first.is_visible()
    view.close()
