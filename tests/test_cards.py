"""Numbers in the book's sentences lead to where they are on record, and open a card."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Browser, Page, expect

from overtake.book import finishing
from overtake.core.paths import Project
from overtake.publishing.numbers.told_fact import ToldFacts
from overtake.runs import runs
from overtake.runs.runs import Run
from overtake.runs.words import chapter as words
from tests.browser import quality
from tests.browser.quality import Scheme
from tests.conftest import ROOT

PROJECT = Project(ROOT)
MOST_BYTES = 40_000
SHARED = ("cards.js", "cards.css")
STORY = "chapters/hardware-bottleneck.html"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 844}
CARD, NUMBER = ".overtake-card", "a.overtake-number"
CARDS, LINKS = "//script[@id='overtake-cards']", "//a[@class='overtake-number']"
MARKS = re.compile(b"\xee\x80\x80|\xf3[\xb0-\xbf]")
PAST_DELAYS = 900


def tree(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))


def size(element: html.HtmlElement) -> int:
    return len(html.tostring(element, encoding="utf-8", with_tail=False))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, html.HtmlElement]:
    """Return the pages whose sentences tell numbers that are known."""
    found = {path: tree(path) for path in finishing.own_pages(site)}
    return {path: page for path, page in found.items() if page.xpath(CARDS)}


@pytest.fixture(scope="module")
def by_chapter() -> dict[str, Run]:
    found = {name: runs.find(PROJECT, runs.plan(PROJECT, name)) for name in PROJECT.chapter_names()}
    return {name: run for name, run in found.items() if run is not None}


def linked(page: html.HtmlElement) -> list[str]:
    """Return the ids of the numbers that a page's sentences link to, in their order."""
    return [id_of(link.get("href")) for link in page.xpath(LINKS)]


def id_of(address: str) -> str:
    there, _, path = address.partition("numbers/")[2].partition("#")
    return f"{there.removesuffix('/index.html')}/{path}".rstrip("/")


def carded(page: html.HtmlElement) -> dict[str, list[str]]:
    """Return the card of each number, by id."""
    (script,) = page.xpath(CARDS)
    content = json.loads(script.text)
    numbers, texts = content["numbers"], content["texts"]
    return {
        f"{chapter}/{name}": [" ".join(texts[part] for part in label), *said]
        for chapter, cards in numbers.items()
        for name, (label, *said) in cards.items()
    }


# What a page carries.


def test_summary_brief_stories_and_evidence_have_cards(
    site: Path, pages: dict[Path, html.HtmlElement]
) -> None:
    names = {path.relative_to(site).as_posix() for path in pages}
    stories = {f"chapters/{name}.html" for name in PROJECT.chapter_names()}
    assert {"index.html", "chapters/brief.html", *stories} <= names


def test_the_summary_s_answer_is_told_by_headline_numbers(site: Path) -> None:
    answer = tree(site / "index.html").xpath("//article//p")[0]
    links = answer.xpath(".//a[@class='overtake-number']")
    told = {id_of(link.get("href")): link.text_content() for link in links}
    lead = "overtake-forecast/probability_2031_lead"
    assert told[lead].startswith("about 1 in ")
    assert {lead, "hardware-bottleneck/gap_chips_owned"} <= set(told)
    assert len(told) == len(links) >= 6, "every number of it"


def told_in_sentences(run: Run) -> int:
    """Count the numbers that a chapter's sentences tell, wherever they come from."""
    cells, evidence = run.texts_marked(lambda _value, text: f"{chr(0xF0000)}{text}\ue000")
    sentences = [words.replaced(text, "a page", lambda _block: "") for text in (*cells, evidence)]
    return sum(text.count("\ue000") for text in sentences)


def test_nine_of_ten_numbers_in_sentences_open(
    pages: dict[Path, html.HtmlElement], by_chapter: dict[str, Run]
) -> None:
    """Those that are worked out in words don't, nor counts below 257, which Python shares."""
    own = {f"{name}{suffix}.html" for name in by_chapter for suffix in ("", "-evidence")}
    opens = sum(len(linked(page)) for path, page in pages.items() if path.name in own)
    told = sum(map(told_in_sentences, by_chapter.values()))
    assert 0.9 * told <= opens <= told


def test_each_number_leads_to_where_it_stands_and_has_one_card(
    site: Path, pages: dict[Path, html.HtmlElement]
) -> None:
    anchors: dict[Path, set[str]] = {}
    for path, page in pages.items():
        assert set(carded(page)) == set(linked(page))
        for link in page.xpath(LINKS):
            there, _, anchor = link.get("href").partition("#")
            target = (path.parent / there).resolve()
            assert target.is_relative_to(site.resolve() / "numbers")
            if target not in anchors:
                anchors[target] = set(tree(target).xpath("//tr/@id"))
            assert not anchor or anchor in anchors[target]
            assert not link.xpath("ancestor::a | ancestor::table | ancestor::h2 | descendant::a")


def test_each_card_says_what_the_run_found(
    pages: dict[Path, html.HtmlElement], by_chapter: dict[str, Run]
) -> None:
    known = {name: ToldFacts(PROJECT, run) for name, run in by_chapter.items()}
    seen = set()
    for page in pages.values():
        for told_id, (label, value, interval, *_) in carded(page).items():
            chapter, _, name = told_id.partition("/")
            headline = by_chapter[chapter].headline.get(name)
            if headline is None:
                fact = known[chapter].find(name)
                assert (label.rstrip("."), value, interval) == (
                    fact.meaning,
                    fact.value,
                    fact.interval,
                )
            else:
                assert label == headline.label
                assert f"n = {headline.estimate.n:,}" in interval or not headline.estimate.n
            seen.add(told_id)
    headlines = {f"{name}/{each}" for name, run in by_chapter.items() for each in run.headline}
    assert len(seen & headlines) > len(headlines) / 2
    assert len(seen - headlines) > 500


def test_cards_are_light_on_every_page(pages: dict[Path, html.HtmlElement]) -> None:
    shared = sum((ROOT / "theme" / name).stat().st_size for name in SHARED)
    for path, page in pages.items():
        (cards,) = page.xpath(CARDS)
        assert size(cards) + shared <= MOST_BYTES, path.name


def test_no_mark_is_left_in_what_is_published(site: Path) -> None:
    kinds = {".html", ".json", ".txt", ".xml", ".csv", ".md", ".ipynb", ".js"}
    read = [
        path for path in site.rglob("*") if path.suffix in kinds and "_static" not in path.parts
    ]
    assert len(read) > len(finishing.own_pages(site))
    assert [path for path in read if MARKS.search(path.read_bytes())] == []


# What a reader does.


@contextmanager
def opened(browser: Browser, address: str, path: str = STORY, **context: object) -> Iterator[Page]:
    made = browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **context})
    page = made.new_page()
    page.goto(f"{address}/{path}", wait_until="load")
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
@pytest.mark.parametrize("page_name", ["efficiency-through-scarcity-evidence", "risk-culture"])
def test_every_card_of_a_page_can_be_drawn(address: str, browser: Browser, page_name: str) -> None:
    with opened(browser, address, path=f"chapters/{page_name}.html") as page:
        cards = page.evaluate(
            """() => [...document.querySelectorAll("a.overtake-number")].map((link) => {
                link.click();
                return [link.textContent, document.querySelector(".overtake-card").innerText];
            })"""
        )
    assert len(cards) > 10
    for told, card in cards:
        assert told in card
        assert not re.search(r"NaN|undefined|null|\[object", card), card
    of_shares = [card for told, card in cards if told.endswith("%") and "Value" in card]
    assert of_shares, "a share is told in percent"
    assert all(re.search(r"Value\s*[−\d.,]+( points|%| times)", card) for card in of_shares)


@pytest.mark.browser
def test_a_tap_near_the_bottom_keeps_the_sentence_in_sight(address: str, browser: Browser) -> None:
    with opened(browser, address, viewport=PHONE, has_touch=True) as page:
        number = page.locator(f"{NUMBER}[href*='#']").first
        number.evaluate("each => window.scrollBy(0, each.getBoundingClientRect().bottom - 800)")
        number.tap()
        expect(page.locator(CARD)).to_be_visible()
        tapped, card = number.bounding_box(), page.locator(CARD).bounding_box()
        assert tapped is not None
        assert card is not None
        assert tapped["y"] + tapped["height"] < card["y"]


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


# What cards say.

FOR_PROGRAMMERS = re.compile(r"\bThe same\b|\bNone\b|`|\w_\w|\bof these\b")
LONGEST_LABEL = 200


def test_labels_say_to_a_stranger_what_a_number_is(
    pages: dict[Path, html.HtmlElement],
) -> None:
    labels = {
        told_id: label for page in pages.values() for told_id, (label, *_) in carded(page).items()
    }
    assert {each: said for each, said in labels.items() if FOR_PROGRAMMERS.search(said)} == {}
    assert {each: said for each, said in labels.items() if len(said) > LONGEST_LABEL} == {}
