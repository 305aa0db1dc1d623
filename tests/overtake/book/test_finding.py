"""Search, feed, redirects and links, end to end on the small book and piece by piece."""

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import feedparser
import pytest
from lxml import html
from playwright.sync_api import Browser, Request

from overtake.book import finding, finishing
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing import published, releases
from overtake.publishing.publication import Author, Publication
from overtake.publishing.releases import Archive, Release, ReleasedFigure
from tests.browser.chromium import started
from tests.conftest import CONFIG, ROOT, TOC, SmallBook
from tests.validators import nu

PUBLISHED = Publication("Small: a book", (Author("Nobody"),), "2.0.0", date(2026, 5, 6))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
)


def release(version: str, day: date, titles: dict[str, str]) -> Release:
    figures = {
        name: ReleasedFigure("growth", "0" * 16, title, {}) for name, title in titles.items()
    }
    return Release(
        version, day, "0" * 40, figures, {}, {}, {}, (), Archive(f"{version}.zip", "0" * 64, 0)
    )


FIRST = release("1.0.0", date(2026, 2, 3), {"a": "A is 1", "b": "B is 1"})
SECOND = release("2.0.0", date(2026, 5, 6), {"a": "A is 2", "c": "C is 1"})


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    made = make_small_book()
    made.write("_config.yml", f"{CONFIG}    html_static_path: [theme]\n    html_theme: furo\n")
    for name in (
        "figures.js", "figures.css", "cite.js", "cite.css", "search.js", "words.css", "code.js",
        "ledger.js",
    ):  # fmt: skip
        made.write(f"theme/{name}", (ROOT / "theme" / name).read_text(encoding="utf-8"))
    made.write("index.md", "# Small\n\nMuch before.\n\n(claim-total)=\n## A claim\n\nIt is so.\n")
    made.write("figures/index.md", "# Figures\n\n```{figure-index}\n```\n")
    made.write("_toc.yml", f"{TOC}  - file: figures/index\n")
    made.write("chapters/published.txt", "chapters/growth\nchapters/older\n")
    made.write("chapters/redirects.csv", "id,moved_to\nchapters/older,chapters/growth\n")
    for each in (FIRST, SECOND):
        made.write(f"releases/{each.version}.json", releases.as_json(each))
    done = made.build()
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def test_the_feed_gives_each_release_with_its_own_date(book: SmallBook) -> None:
    content = (book.project.site / releases.FEED_NAME).read_bytes()
    read = feedparser.parse(content)
    assert not read.bozo
    assert read.version == "atom10"
    assert [entry.title for entry in read.entries] == ["Small 2.0.0", "Small 1.0.0"]
    assert [entry.updated for entry in read.entries] == [
        "2026-05-06T00:00:00Z",
        "2026-02-03T00:00:00Z",
    ]
    assert read.feed.updated == read.entries[0].updated


def test_pages_and_redirects_are_valid_html(book: SmallBook) -> None:
    assert nu.faults(book.project.site, finishing.own_pages(book.project.site)) == []


def test_every_page_names_the_feed(book: SmallBook) -> None:
    for page in ("index", "chapters/growth", "figures/growth-points/index", "search"):
        path = book.project.site / f"{page}.html"
        tree = html.fromstring(path.read_text(encoding="utf-8"))
        (link,) = tree.xpath("//head/link[@rel='alternate' and @type='application/atom+xml']")
        assert (path.parent / link.get("href")).resolve() == book.project.site / releases.FEED_NAME


def test_an_entry_says_what_is_new_and_what_says_something_else() -> None:
    assert "First edition: 2 figures" in releases.summary(FIRST, None)
    assert "1 figures are new, 1 are gone, 1 say something else" in releases.summary(SECOND, FIRST)


def test_identities_do_not_depend_on_where_the_book_stands() -> None:
    here = feedparser.parse(releases.feed([SECOND, FIRST], PUBLISHED))
    there = feedparser.parse(
        releases.feed([SECOND, FIRST], replace(PUBLISHED, site="https://example.org/x"))
    )
    assert [e.id for e in here.entries] == [e.id for e in there.entries]
    assert len({here.feed.id, *(e.id for e in here.entries)}) == 3
    assert there.entries[0].link == "https://example.org/x/v/2.0.0/index.html"


def test_a_feed_without_releases_is_dated_by_the_book() -> None:
    read = feedparser.parse(releases.feed([], PUBLISHED))
    assert not read.bozo
    assert read.feed.updated == "2026-05-06T00:00:00Z"


def test_an_old_address_leads_to_the_page_that_took_its_place(book: SmallBook) -> None:
    old = html.fromstring(book.page("chapters/older"))
    (link,) = old.xpath("//body//a")
    assert (link.get("href"), link.text) == ("growth.html", "Growth")
    (jump,) = old.xpath("//meta[@http-equiv='refresh']/@content")
    assert jump == "0; url=growth.html"


def test_a_page_that_is_lost_ends_the_build(book: SmallBook) -> None:
    path = book.project.chapters / published.IDS_NAME
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}chapters/gone\n", encoding="utf-8")
    done = book.build()
    path.write_text(before, encoding="utf-8")
    assert done.returncode != 0
    assert "chapters/gone was published and is gone" in done.stdout + done.stderr


def test_a_name_that_is_no_page_is_refused(tmp_path: Path) -> None:
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / published.IDS_NAME).write_text("../x\n", encoding="utf-8")
    with pytest.raises(PublicationError, match="line 1"):
        published.read_pages(Project(tmp_path))


def test_pages_are_added_and_none_is_lost(tmp_path: Path) -> None:
    project = Project(tmp_path)
    assert published.read_pages(project).freeze({"index", "chapters/a"}) == ["chapters/a", "index"]
    with pytest.raises(PublicationError, match="chapters/a"):
        published.read_pages(project).freeze({"index"})


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("other.html", ""),
        ("other.html#there", ""),
        ("#here", ""),
        ("#", ""),
        ("folder/", ""),
        ("v/1.0.0/index.html", ""),
        ("https://example.org/x#y", ""),
        ("mailto:a@example.org", ""),
        ("data.csv?x=1", ""),
        ("other.html#gone", "no anchor 'gone'"),
        ("#gone", "no anchor 'gone'"),
        ("gone.html", "no such file"),
        ("../outside.html", "out of the site"),
        ("/other.html", "host's root"),
    ],
)
def test_a_link_is_dead_or_not(tmp_path: Path, address: str, reason: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "page.html").write_text(f'<p id="here"><a href="{address}">x</a></p>')
    (tmp_path / "other.html").write_text('<p><a name="there">x</a></p>')
    (tmp_path / "folder" / "index.html").write_text("<p>x</p>")
    (tmp_path / "data.csv").write_text("x")
    found = finding.dead(tmp_path, ["page.html"], tmp_path)
    assert [(each.page, each.address) for each in found] == [("page.html", address)][: bool(reason)]
    assert all(reason in each.reason for each in found)


def test_a_dead_link_ends_the_build_and_is_named(make_small_book: Callable[[], SmallBook]) -> None:
    made = make_small_book()
    made.write("_config.yml", f"{CONFIG}    overtake_check_links: true\n")
    made.write("index.md", '# Small\n\n<a href="chapters/growth.html#gone">x</a>\n')
    done = made.build()
    assert done.returncode != 0
    assert "index.html links to chapters/growth.html#gone" in done.stdout + done.stderr


class Strict(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[Callable[[Path], str]]:
    """Return what serves a folder on the loopback interface, under a strict policy."""
    servers = []

    def serve(folder: Path) -> str:
        made = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(Strict, directory=str(folder))
        )
        servers.append(made)
        threading.Thread(target=made.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{made.server_address[1]}"

    yield serve
    for made in servers:
        made.shutdown()
        made.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.mark.browser
@pytest.mark.parametrize("from_file", [False, True])
@pytest.mark.parametrize(
    ("query", "words", "address"),
    [
        ("total is 14", "The total is 14", "chapters/growth.html#fig-growth-points"),
        ("total", "total", "index.html#claim-total"),
    ],
)
def test_search_opens_figures_and_claims_at_their_place(
    book: SmallBook,
    server: Callable[[Path], str],
    browser: Browser,
    from_file: bool,  # noqa: FBT001
    query: str,
    words: str,
    address: str,
) -> None:
    base = book.project.site.as_uri() if from_file else server(book.project.site)
    view = browser.new_page()
    asked: list[str] = []
    broken: list[str] = []
    view.on("request", lambda request: asked.append(_url(request)))
    view.on("pageerror", lambda error: broken.append(str(error)))
    view.goto(f"{base}/search.html?q={query.replace(' ', '+')}", wait_until="load")
    view.locator(f"#search-results a[href$='{address}']", has_text=words).first.click()
    view.wait_for_url(f"**/{address}")
    anchor = address.partition("#")[2]
    box = view.locator(f"#{anchor}").bounding_box()
    assert box is not None
    assert box["y"] < 800
    assert not [url for url in asked if not url.startswith((base, "data:"))]
    assert not broken
    view.close()


def _url(request: Request) -> str:
    return request.url


def test_external_links_are_tried_and_reported(
    make_small_book: Callable[[], SmallBook], server: Callable[[Path], str], tmp_path: Path
) -> None:
    (tmp_path / "there.html").write_text("<p>x</p>")
    host = server(tmp_path)
    made = make_small_book()
    made.write("index.md", f"# Small\n\n[one]({host}/there.html) [two]({host}/gone.html)\n")
    done = made.execute(
        "jupyter-book", "build", ".", "--builder", "custom", "--custom-builder", "linkcheck"
    )
    path = made.root / "_build" / "linkcheck" / "output.txt"
    assert path.is_file(), done.stdout + done.stderr
    report = path.read_text(encoding="utf-8")
    assert "gone.html" in report
    assert "there.html" not in report
