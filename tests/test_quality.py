"""The real book for every reader: accessible, light, and with nothing from elsewhere."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Browser

from overtake.book import finishing
from tests.browser import quality, wire
from tests.browser.quality import Scheme
from tests.conftest import ROOT, served

FIRST_PAGE_BYTES, CHAPTER_BYTES = 200_000, 300_000
WIDTHS = (375, 768, 1440)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def pages_of(site: Path) -> list[str]:
    """Return the address of every page from the root, but of those that lead on to another."""
    found = sorted(str(path.relative_to(site)) for path in site.rglob("*.html"))
    own = [name for name in found if not name.startswith(("_static/", "v/"))]
    return [name for name in own if b'http-equiv="refresh"' not in (site / name).read_bytes()]


def sample_of(site: Path) -> list[str]:
    """Return every page of text, and some of those that exist once for each figure or table."""
    pages = pages_of(site)
    many = [name for name in pages if name.count("/") >= 2]
    return [name for name in pages if name not in many] + many[::15]


def problems(
    browser: Browser, home: str, pages: Sequence[str], width: int, scheme: Scheme
) -> list[str]:
    """Visit pages at one width, and return what is wrong with them."""
    with quality.watched(browser, f"{home}/", width, scheme) as page:
        return [problem for name in pages for problem in page.visit(name)]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1440, "light")])
def test_pages_are_accessible_quiet_and_ask_nobody_else(
    site: Path, address: str, browser: Browser, width: int, scheme: Scheme
) -> None:
    assert problems(browser, address, sample_of(site), width, scheme) == []


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_is_accessible_quiet_and_asks_nobody_else(
    site: Path, address: str, browser: Browser, width: int, scheme: Scheme
) -> None:
    assert problems(browser, address, pages_of(site), width, scheme) == []


@pytest.mark.browser
def test_a_watched_page_notices_what_it_is_there_for(tmp_path: Path, browser: Browser) -> None:
    bad = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bad</title></head>'
        '<body><h1>Bad</h1><p style="width: 900px">Wide</p><img src="https://example.org/a.png">'
        "</body></html>"
    )
    guarded = finishing.protected(bad).replace("<h1>", "<script>document.title = 1</script><h1>")
    (tmp_path / "bad.html").write_text(guarded, encoding="utf-8")
    with served(tmp_path) as home:
        found = "\n".join(problems(browser, home, ["bad.html"], 375, "light"))
    assert "too wide" in found
    assert "image-alt" in found
    assert "script-src" in found
    assert "img-src" in found


@pytest.mark.browser
def test_the_book_works_from_a_file_and_from_a_folder_of_a_domain(
    site: Path, browser: Browser
) -> None:
    pages = sample_of(site)[::3]
    assert problems(browser, site.as_uri(), pages, 1440, "light") == []
    with served(site.parent) as home:
        assert problems(browser, f"{home}/{site.name}", pages, 768, "dark") == []


def test_every_page_has_the_policy_for_what_it_holds(site: Path) -> None:
    for name in pages_of(site):
        page = (site / name).read_text(encoding="utf-8")
        tree = html.fromstring(page)
        (stated,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert stated == finishing.policy(html.document_fromstring(page)), name
        assert "default-src 'none'" in stated
        assert "unsafe-inline" not in stated
        assert "unsafe-eval" not in stated
        assert not tree.xpath("//@*[starts-with(name(), 'on')]"), f"{name}: inline handler"


def test_pages_are_light(site: Path) -> None:
    assert sum(vars(wire.weigh(site / "index.html")).values()) <= FIRST_PAGE_BYTES
    for path in sorted(site.glob("chapters/*.html")):
        weight = wire.weigh(path)
        assert weight.text <= CHAPTER_BYTES, f"{path.name}: {weight}"


def test_figures_keep_their_place_and_wait_until_they_are_seen(site: Path) -> None:
    images = [
        image
        for path in sorted(site.glob("chapters/*.html"))
        for image in html.fromstring(path.read_bytes()).xpath("//img[@class='overtake-figure']")
    ]
    assert images
    for image in images:
        assert image.get("loading") == "lazy"
        assert int(image.get("width")) > 0
        assert int(image.get("height")) > 0


@pytest.mark.browser
def test_a_phone_s_drawers_open_by_keyboard_and_hide_their_links_before(
    address: str, browser: Browser
) -> None:
    view = browser.new_page(viewport={"width": 375, "height": 800})
    view.goto(f"{address}/index.html", wait_until="load")
    link = view.locator(".sidebar-tree a").first
    assert not link.is_visible()
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.id") == "__navigation"
    view.keyboard.press("Space")
    link.wait_for(state="visible")
    view.close()


@pytest.mark.browser
def test_focus_is_seen_wherever_the_keyboard_goes(address: str, browser: Browser) -> None:
    view = browser.new_page(viewport={"width": 1440, "height": 900})
    view.goto(f"{address}/index.html", wait_until="load")
    view.keyboard.press("Tab")
    assert "skip-to-content" in view.evaluate("document.activeElement.className")
    for _ in range(40):
        style = view.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        where = view.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        assert style != "none", where
        view.keyboard.press("Tab")
    view.close()


def test_the_theme_s_styles_use_only_variables_that_exist(site: Path) -> None:
    styles = "\n".join(
        path.read_text(encoding="utf-8") for path in (site / "_static").rglob("*.css")
    )
    defined = set(re.findall(r"(--[\w-]+)\s*:", styles))
    for path in (ROOT / "theme").glob("*.css"):
        used = set(re.findall(r"var\((--[\w-]+)\)", path.read_text(encoding="utf-8")))
        assert used <= defined, f"{path.name}: {used - defined}"
