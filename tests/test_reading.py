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
    folded = [d for n in CHAPTERS for d in parsed(site, f"chapters/{n}").xpath(
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
    text = re.sub(r"\{[a-z-]+\}`[^`]*`", "", (ROOT / name).read_text(encoding="utf-8"))
    typed = re.findall(r"\d[\d.,]*\s?(?:%|times|points|months|percent)", text)
    assert set(typed) <= QUOTED
    assert re.findall(r"\b(?:un)?likely\b|supported|undetermined|moderate", text) == []


def test_every_table_says_what_it_cannot_tell(site: Path) -> None:
    shown = parsed(site, "chapters/data").text_content()
    for name in tables.names():
        caveats = tables.describe(name).caveats
        assert caveats, name
        assert all(caveat.strip() for caveat in caveats), name
    assert shown.count("What it can’t tell:") == len(tables.names())


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


def verdicts(view: Page) -> list[str]:
    """Return the first verdict of each claim that is shown."""
    rows = view.locator(".claim-ledger tbody tr:visible").all()
    first = [row.locator(".overtake-verdict").first.inner_text() for row in rows]
    return [text.strip().replace("’", "'") for text in first]


@pytest.mark.browser
def test_the_ledger_sorts_by_keyboard_and_says_how(address: str, browser: Browser) -> None:
    view = browser.new_page(viewport={"width": 1280, "height": 900})
    view.goto(f"{address}/index.html", wait_until="load")
    before = verdicts(view)
    head = view.locator(".claim-ledger th", has_text="Verdict")
    view.get_by_role("button", name="Verdict").focus()
    view.keyboard.press("Enter")
    order = [
        "clearly for", "for", "leans for", "can't tell", "leans against", "against",
        "clearly against", "no data",
    ]  # fmt: skip
    assert head.get_attribute("aria-sort") == "ascending"
    assert verdicts(view) == sorted(before, key=order.index)
    view.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert verdicts(view) == sorted(before, key=order.index, reverse=True)
    view.get_by_role("button", name="Data until").click()
    assert head.get_attribute("aria-sort") is None
    view.close()


@pytest.mark.browser
def test_the_ledger_is_narrowed_down(address: str, browser: Browser) -> None:
    view = browser.new_page()
    view.goto(f"{address}/index.html", wait_until="load")
    everything = verdicts(view)
    view.locator(".ledger-controls").get_by_label("Verdict").select_option("no data")
    assert 0 < len(verdicts(view)) < len(everything)
    for row in view.locator(".claim-ledger tbody tr:visible").all():
        assert "no data" in row.locator(".overtake-verdict").all_inner_texts()
    view.locator(".ledger-controls").get_by_label("Verdict").select_option("")
    view.locator(".ledger-controls").get_by_label("Words").fill("yao high likelihood")
    assert len(verdicts(view)) == 1
    status = view.locator(".ledger-controls [role=status]")
    assert status.inner_text() == f"1 of {len(everything)} claims"
    view.locator(".ledger-controls").get_by_label("Words").fill("no such words")
    assert verdicts(view) == []
    view.close()


@pytest.mark.browser
def test_without_scripts_the_ledger_is_a_plain_table_and_terms_still_explain(
    address: str, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    view = context.new_page()
    view.goto(f"{address}/index.html", wait_until="load")
    assert len(verdicts(view)) == len(tables.load("claims"))
    assert view.locator(".ledger-controls, .ledger-sort").count() == 0
    term = view.locator(".overtake-term").first
    tip = view.locator(f"#{term.get_attribute('aria-describedby')}")
    assert not tip.is_visible()
    term.focus()
    assert tip.is_visible()
    context.close()


@pytest.mark.browser
def test_on_a_phone_each_claim_is_a_card_as_wide_as_the_screen(
    address: str, browser: Browser
) -> None:
    view = browser.new_page(viewport={"width": 375, "height": 800})
    view.goto(f"{address}/index.html", wait_until="load")
    for row in view.locator(".claim-ledger tbody tr").all():
        boxes = [cell.bounding_box() for cell in row.locator("td").all()]
        lefts = {round(box["x"]) for box in boxes if box}
        assert len(lefts) == 1, "cells stand below each other"
        assert all(box and box["width"] > 250 for box in boxes)
    view.close()


@pytest.mark.browser
def test_one_control_shows_all_code_of_a_chapter(address: str, browser: Browser) -> None:
    view = browser.new_page()
    view.goto(f"{address}/chapters/risk-culture-evidence.html", wait_until="load")
    code = view.locator("div.cell details.hide pre")
    assert code.count() > 20
    assert not code.first.is_visible()
    button = view.get_by_role("button", name="Show the code")
    button.focus()
    view.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    assert code.first.is_visible()
    view.keyboard.press("Enter")
    assert not code.first.is_visible()
    view.close()
