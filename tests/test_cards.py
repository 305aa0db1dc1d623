"""Headline numbers in the book's sentences lead to their pages, and open a card."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Browser, Page, expect

from overtake.book import finishing
from overtake.core.paths import Project
from overtake.runs import runs
from tests.browser import quality
from tests.browser.quality import Scheme
from tests.conftest import ROOT

PROJECT = Project(ROOT)
MOST_BYTES = 40_000
SHARED = ("cards.js", "cards.css")
STORY = "chapters/hardware-bottleneck.html"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 844}
CARD, NUMBER = ".overtake-card", "a.overtake-number"
MARKS = re.compile(b"\xee\x80\x80|\xf3[\xb0-\xbf]")
PAST_DELAYS = 900


def tree(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))


def size(element: html.HtmlElement) -> int:
    return len(html.tostring(element, encoding="utf-8", with_tail=False))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, html.HtmlElement]:
    """Return the pages whose sentences tell headline numbers."""
    found = {path: tree(path) for path in finishing.own_pages(site)}
    return {path: page for path, page in found.items() if page.xpath("//template[@data-number]")}


# What a page carries.


def test_summary_brief_stories_and_evidence_have_cards(
    site: Path, pages: dict[Path, html.HtmlElement]
) -> None:
    names = {path.relative_to(site).as_posix() for path in pages}
    stories = {f"chapters/{name}.html" for name in PROJECT.chapter_names()}
    assert {"index.html", "chapters/brief.html", *stories} <= names


def test_the_summary_s_answer_is_told_by_headline_numbers(site: Path) -> None:
    answer = tree(site / "index.html").xpath("//article//p")[0]
    told = {link.get("data-number"): link.text_content() for link in answer.iter("a")}
    lead = "overtake-forecast/probability_2031_lead"
    assert told[lead].startswith("about 1 in ")
    assert {lead, "hardware-bottleneck/gap_chips_owned"} <= set(told)


def test_each_number_leads_to_its_page_and_has_one_card(
    site: Path, pages: dict[Path, html.HtmlElement]
) -> None:
    for path, page in pages.items():
        links = page.xpath("//a[@class='overtake-number']")
        cards = page.xpath("//template[@data-number]")
        told = [link.get("data-number") for link in links]
        assert [card.get("data-number") for card in cards] == list(dict.fromkeys(told))
        for link in links:
            target = (path.parent / link.get("href")).resolve()
            assert target == (site / "numbers" / link.get("data-number") / "index.html").resolve()
            assert target.is_file()
            assert not link.xpath("ancestor::a | ancestor::table | ancestor::h2 | descendant::a")


def test_each_card_says_what_the_run_found(pages: dict[Path, html.HtmlElement]) -> None:
    numbers = {
        f"{name}/{number}": headline
        for name in PROJECT.chapter_names()
        if (run := runs.find(PROJECT, runs.plan(PROJECT, name)))
        for number, headline in run.headline.items()
    }
    seen = set()
    for page in pages.values():
        for card in page.xpath("//template[@data-number]"):
            number, said = numbers[card.get("data-number")], card.text_content()
            assert number.label in said
            assert number.data_until in said
            assert f"n = {number.estimate.n:,}" in said or not number.estimate.n
            seen.add(card.get("data-number"))
    assert len(seen) > len(numbers) / 2


def test_cards_are_light_on_every_page(pages: dict[Path, html.HtmlElement]) -> None:
    shared = sum((ROOT / "theme" / name).stat().st_size for name in SHARED)
    for path, page in pages.items():
        cards = sum(map(size, page.xpath("//template[@data-number]")))
        links = page.xpath("//a[@class='overtake-number']")
        around = sum(size(link) - len(link.text_content().encode()) for link in links)
        assert cards + around + shared <= MOST_BYTES, path.name


def test_no_mark_is_left_in_what_is_published(site: Path) -> None:
    kinds = {".html", ".json", ".txt", ".xml", ".csv", ".md", ".ipynb", ".js"}
    read = [
        path for path in site.rglob("*") if path.suffix in kinds and "_static" not in path.parts
    ]
    assert len(read) > len(finishing.own_pages(site))
    assert [path for path in read if MARKS.search(path.read_bytes())] == []


# What a reader does.


@contextmanager
def opened(browser: Browser, address: str, **context: object) -> Iterator[Page]:
    made = browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **context})
    page = made.new_page()
    page.goto(f"{address}/{STORY}", wait_until="load")
    yield page
    made.close()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


@pytest.mark.browser
def test_a_mouse_opens_the_card_by_resting_and_follows_the_link_by_a_press(
    address: str, browser: Browser
) -> None:
    with opened(browser, address) as page:
        card, number = page.locator(CARD), page.locator(NUMBER).first
        number.hover()
        expect(card).to_be_visible()
        expect(card).to_contain_text("90% credible interval")
        expect(card).to_contain_text("Epoch AI")
        page.wait_for_timeout(PAST_DELAYS)
        card.hover()
        page.wait_for_timeout(PAST_DELAYS)
        expect(card).to_be_visible()  # the pointer may go into it
        page.locator("h1").hover()
        expect(card).to_be_hidden()
        number.click()
        page.wait_for_url("**/numbers/hardware-bottleneck/*/index.html")


@pytest.mark.browser
def test_passing_over_a_number_opens_nothing(address: str, browser: Browser) -> None:
    with opened(browser, address) as page:
        page.locator(NUMBER).first.hover()
        page.locator("h1").hover()
        page.wait_for_timeout(PAST_DELAYS)
        expect(page.locator(CARD)).to_be_hidden()


@pytest.mark.browser
def test_the_keyboard_opens_enters_and_leaves_the_card(address: str, browser: Browser) -> None:
    with opened(browser, address) as page:
        card, number = page.locator(CARD), page.locator(NUMBER).first
        number.evaluate("each => each.focus()")
        expect(card).to_be_visible()
        expect(number).to_be_focused()
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        expect(number).to_be_focused()
        page.keyboard.press("Enter")
        expect(card).to_be_focused()
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        expect(number).to_be_focused()
        page.wait_for_timeout(PAST_DELAYS)
        expect(card).to_be_hidden()
        page.keyboard.press("Enter")
        for words in ("×", "Its page", "Figure", "Cite", "Rerun"):
            page.keyboard.press("Tab")
            assert focused(page) == words
        page.keyboard.press("Tab")
        expect(card).to_be_hidden()
        expect(page.locator("a.overtake-term").first).to_be_focused()


@pytest.mark.browser
def test_shift_and_tab_lead_from_the_card_back_to_its_number(
    address: str, browser: Browser
) -> None:
    with opened(browser, address) as page:
        number = page.locator(NUMBER).nth(1)
        number.evaluate("each => each.focus()")
        page.keyboard.press("Enter")
        expect(page.locator(CARD)).to_be_focused()
        page.keyboard.press("Shift+Tab")
        expect(number).to_be_focused()
        expect(page.locator(CARD)).to_be_hidden()


@pytest.mark.browser
def test_a_tap_opens_a_sheet_that_a_tap_beside_it_or_its_button_closes(
    address: str, browser: Browser
) -> None:
    with opened(browser, address, viewport=PHONE, has_touch=True) as page:
        card, number, here = page.locator(CARD), page.locator(NUMBER).first, page.url
        number.tap()
        expect(card).to_be_visible()
        assert page.url == here
        box = card.bounding_box()
        assert box is not None
        assert (box["x"], box["width"]) == (0, PHONE["width"])
        assert box["y"] + box["height"] == pytest.approx(PHONE["height"], abs=1)
        page.locator("h1").tap()
        expect(card).to_be_hidden()
        number.tap()
        card.get_by_role("button", name="Close").tap()
        expect(card).to_be_hidden()
        number.tap()
        card.get_by_role("link", name="Its page").tap()
        page.wait_for_url("**/numbers/hardware-bottleneck/*/index.html")


@pytest.mark.browser
def test_a_screen_reader_hears_the_number_and_the_card_only_when_it_is_open(
    address: str, browser: Browser
) -> None:
    with opened(browser, address) as page:
        number = page.locator(NUMBER).first
        words = number.inner_text()
        paragraph = number.locator("xpath=ancestor::p")
        heard = paragraph.aria_snapshot()
        assert f'link "{words}"' in heard
        assert "Data until" not in page.locator("body").aria_snapshot()
        number.evaluate("each => each.focus()")
        page.keyboard.press("Enter")
        assert paragraph.aria_snapshot().replace(" [active]", "") == heard
        assert "Data until" in page.get_by_role("dialog").aria_snapshot()


@pytest.mark.browser
def test_without_scripts_or_popovers_a_number_is_a_plain_link(
    address: str, browser: Browser
) -> None:
    with opened(browser, address, java_script_enabled=False) as page:
        assert page.locator(CARD).count() == 0
        page.locator(NUMBER).first.click()
        page.wait_for_url("**/numbers/hardware-bottleneck/*/index.html")
    with opened(browser, address) as page:
        page.add_init_script("delete HTMLElement.prototype.popover")
        page.reload()
        assert page.locator(CARD).count() == 0


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_an_open_card_is_accessible_and_asks_nobody(
    address: str, browser: Browser, width: int, scheme: Scheme
) -> None:
    with quality.watched(browser, f"{address}/", width, scheme) as watched:
        assert watched.visit(STORY) == []
        watched.view.locator(NUMBER).first.evaluate("each => each.focus()")
        watched.view.keyboard.press("Enter")
        expect(watched.view.locator(CARD)).to_be_visible()
        assert quality.violations(watched.view) == []
        assert watched.problems == []


@pytest.mark.browser
def test_a_number_and_a_term_beside_it_show_one_thing_at_a_time(
    address: str, browser: Browser
) -> None:
    with opened(browser, address) as page:
        card, tip = page.locator(CARD), page.locator(".overtake-tip").first
        page.locator(NUMBER).first.evaluate("each => each.focus()")
        expect(card).to_be_visible()
        page.keyboard.press("Tab")
        expect(card).to_be_hidden()
        expect(tip).to_be_visible()
        page.keyboard.press("Shift+Tab")
        expect(card).to_be_visible()
        expect(tip).to_be_hidden()
