"""The real book: built as a user builds it, and looked at in a browser."""

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Browser, sync_playwright

from overtake.paths import Project
from overtake.runs import Run
from tests.browser.find_chromium import find
from tests.conftest import ROOT

PROJECT = Project(ROOT)
PAGES = [
    "index",
    *(f"chapters/{name}" for name in PROJECT.chapter_names()),
    *(f"chapters/{name}" for name in ("scenarios", "methods", "data", "rerun", "cite")),
]
WIDTHS = (375, 1280)


@pytest.fixture(scope="module")
def site() -> Path:
    """Build the book; chapters whose run is in the store are not executed."""
    command = [
        Path(sys.executable).parent / "jupyter-book",
        "build",
        ".",
        "-W",
        "-n",
        "--keep-going",
    ]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, (built.stdout + built.stderr)[-4000:]
    return PROJECT.site


def parsed(site: Path, page: str) -> html.HtmlElement:
    return html.fromstring((site / f"{page}.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_page_exists_and_has_one_main_heading(site: Path, page: str) -> None:
    assert len(parsed(site, page).xpath("//article//h1")) == 1


@pytest.mark.parametrize("name", PROJECT.chapter_names())
def test_a_chapter_has_figures_with_number_caption_and_alternative_text(
    site: Path, name: str
) -> None:
    figures = parsed(site, f"chapters/{name}").xpath("//figure[.//img[@class='overtake-figure']]")
    assert len(figures) >= 4
    for figure in figures:
        image = figure.find(".//img")
        assert any(c.isdigit() for c in image.get("alt", "")), "alt text gives the numbers"
        assert "Fig." in figure.text_content()
        assert figure.xpath(".//a[contains(@href, '.csv')]"), "the data can be downloaded"


@pytest.mark.parametrize("name", PROJECT.chapter_names())
def test_a_chapter_has_its_headline_table_parameters_and_run(site: Path, name: str) -> None:
    page = parsed(site, f"chapters/{name}")
    assert page.get_element_by_id(f"tab-{name}-headline") is not None
    assert page.get_element_by_id(f"tab-{name}-parameters") is not None
    assert f"overtake run {name}" in page.text_content()


def test_every_claim_has_a_verdict_a_figure_and_a_model(site: Path) -> None:
    page = parsed(site, "index")
    rows = page.get_element_by_id("tab-claim-ledger").xpath(".//tbody/tr")
    assert len(rows) == 12
    assert "not yet tested" not in page.text_content()
    assert all(row.xpath(".//a[contains(@href, '#fig-')]") for row in rows)


def test_the_summary_says_what_the_runs_say(site: Path) -> None:
    text = parsed(site, "index").text_content()
    for page in ("overtake-forecast", "hardware-bottleneck"):
        record = parsed(site, f"chapters/{page}").text_content()
        run = next(r for r in map(Run, PROJECT.runs.glob("[0-9a-f]*")) if r.id in record)
        for claim in run.results["claims"]:
            assert claim["verdict"] in text


def test_published_results_and_ours_are_there_for_programs(site: Path) -> None:
    records = json.loads((site / "acceptance.json").read_text(encoding="utf-8"))
    assert len({record["id"] for record in records}) == len(records) >= 18
    for record in records:
        assert {"published", "ours", "tolerance", "met", "reason", "source"} <= set(record)
        assert record["met"] == all(number["met"] for number in record["quantities"])
        assert record["met"] or record["reason"]
    shown = parsed(site, "chapters/methods").get_element_by_id("tab-acceptance").text_content()
    assert all(record["id"] in shown for record in records)


def test_no_page_shows_a_problem(site: Path) -> None:
    for page in PAGES:
        article = parsed(site, page).xpath("//article")[0]
        for code in article.xpath(".//pre | .//code"):
            code.drop_tree()
        words = article.text_content().split()
        for sign in ("Traceback", "nan", "NaN", "inf", "<NA>", "[???]"):
            assert sign not in words, f"{page}: {sign}"
        assert not [word for word in words if word.startswith(("{glue", "{cite", "{numref"))]


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the site on the loopback interface."""
    handler = partial(QuietHandler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium; in CI its absence is a failure, elsewhere a skip."""
    path = find()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium in CI: the browser tests must run there")
        pytest.skip("no Chromium here, and none could be installed: browser tests are skipped")
    with sync_playwright() as playwright:
        arguments = ["--disable-quic", "--disable-background-networking", "--disable-sync"]
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        started = playwright.chromium.launch(executable_path=path, args=[*arguments, *sandbox])
        yield started
        started.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(address: str, browser: Browser, width: int) -> None:
    view = browser.new_page(viewport={"width": width, "height": 800})
    for page in PAGES:
        view.goto(f"{address}/{page}.html", wait_until="domcontentloaded")
        overflow = view.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, f"{page} is {overflow} px too wide at {width}"
    view.close()


@pytest.mark.browser
def test_figures_are_drawn_and_readable_on_a_phone(address: str, browser: Browser) -> None:
    view = browser.new_page(viewport={"width": 375, "height": 800})
    for name in PROJECT.chapter_names():
        view.goto(f"{address}/chapters/{name}.html", wait_until="load")
        widths = view.eval_on_selector_all(
            "img.overtake-figure", "all => all.map(i => i.complete && i.naturalWidth ? i.width : 0)"
        )
        assert widths
        # 10-point text in a figure of 5.2 inches is at least 8.5 px high at 320 px.
        assert min(widths) >= 320, f"{name}: {widths}"
    view.close()
