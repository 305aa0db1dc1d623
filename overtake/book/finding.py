"""How readers find things: search, feed, old addresses that keep working, links that lead on."""

import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit

from lxml import html
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.domains import Domain, ObjType
from sphinx.util import logging

from overtake.book import building, ledger
from overtake.book.building import stopping_at_refusals
from overtake.book.figure_site import FOLDER as FIGURES_FOLDER
from overtake.book.head import SHARED_FOLDER
from overtake.book.moved import warn_of_lost, write_redirect
from overtake.data import tables
from overtake.publishing import deposit, published, releases
from overtake.publishing.citations.catalogue import NUMBERS_FOLDER, TABLES_FOLDER

if TYPE_CHECKING:
    from sphinx.domains.std import StandardDomain

_LOGGER = logging.getLogger(__name__)
_FIRST = 0
"""Sphinx's word for objects that matter most."""
_SCRIPT = "search.js"
_PAGES_OF_SPHINX = ("search.html", "genindex.html")
_ADDRESSES = "//@href | //@src | //@poster"
_ANCHORS = "//@id | //a/@name"
_TOP = ("", "top")
"""Anchors that every page has by the HTML standard."""


class BookDomain(Domain):
    """Figures, tables and claims as objects of Sphinx, which its search finds by their words.

    A domain is Sphinx's documented way to give a search index what is no page. An object's
    name must differ from its anchor, with or without its kind: Sphinx's index would leave the
    anchor out and make it from the words.
    """

    name = "book"
    label = "Book"
    object_types = {  # noqa: RUF012  (as Sphinx declares it)
        "figure": ObjType("Figure"),
        "table": ObjType("Table"),
        "claim": ObjType("Claim"),
    }

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Yield each object: its name, words, kind, page, anchor and priority."""
        places = cast("StandardDomain", self.env.get_domain("std")).anonlabels
        build = building.of(self.env.app)
        for figure in build.figures:
            if place := places.get(f"fig-{figure.id}"):
                yield f"figures.{figure.id}", figure.citable.title, "figure", *place, _FIRST
        for name in tables.names():
            if place := places.get(f"table-{name}"):
                yield f"tables.{name}", tables.describe(name).title, "table", *place, _FIRST
        said = ledger.statements(build.runs, self.env.config[ledger.CLAIMS_SETTING])
        for claim, words in said.items():
            if place := places.get(f"claim-{claim}"):
                yield f"claims.{claim}", words, "claim", *place, _FIRST

    def get_type_name(self, type: ObjType, primary: bool = False) -> str:  # noqa: FBT001, FBT002
        """Return what readers call a kind: there is only one domain for them."""
        del primary
        return str(type.lname)

    def merge_domaindata(self, docnames: object, otherdata: object) -> None:
        """Keep nothing: all is computed from the runs."""
        del docnames, otherdata


def take_no_hurry(app: Sphinx) -> None:
    """Undo what the link check does to all sockets: a chapter may take longer than 5 seconds."""
    if app.builder.name == "linkcheck":
        socket.setdefaulttimeout(None)


def announce(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Name the feed in each page's head, and mend the search page for files without a server."""
    if app.builder.name != "html" or not building.of(app).is_published:
        return
    address = app.builder.get_relative_uri(page, app.config.root_doc).rpartition("/")[0]
    link = Markup('<link rel="alternate" type="{}" title="{}" href="{}">').format(
        releases.FEED_TYPE, "Releases", f"{address}/{releases.FEED_NAME}".lstrip("/")
    )
    context["metatags"] = f"{context.get('metatags') or ''}\n{link}\n"
    if page == "search":
        app.add_js_file(_SCRIPT, loading_method="defer")


def write_feed_and_redirects(app: Sphinx) -> None:
    """Write the feed, and a page at each address that a page once had; refuse to lose one."""
    build, site = building.of(app), Path(app.outdir)
    if build.publication is None or not build.is_published:
        return
    content = releases.feed(releases.read_all(build.project), build.publication)
    (site / releases.FEED_NAME).write_bytes(content)
    if build.publication.is_being_released:
        record = deposit.datacite(build.publication, build.project)
        (site / deposit.DATACITE_NAME).write_text(record, encoding="utf-8")
    titles = {name: title.astext() for name, title in app.env.titles.items()}
    with stopping_at_refusals():
        pages = published.read_pages(build.project)
        moved = pages.moved(titles)
    warn_of_lost(pages, titles, "page")
    for old, new in moved.items():
        write_redirect(site, (old, new), "page", titles[new], build.publication)
        _keep_shared(site, old, new)


def _keep_shared(site: Path, old: str, new: str) -> None:
    """Put a renamed chapter's picture for sharing also under the old name: posts ask for it."""
    shared = site / SHARED_FOLDER / f"{new.rpartition('/')[2]}.png"
    if shared.is_file():
        shared.with_name(f"{old.rpartition('/')[2]}.png").write_bytes(shared.read_bytes())


def check_links(app: Sphinx) -> None:
    """Warn of each link within the site that leads nowhere; with -W that ends the build."""
    site = Path(app.outdir)
    documents = {f"{name}.html" for name in app.env.found_docs}
    folders = (FIGURES_FOLDER, TABLES_FOLDER, NUMBERS_FOLDER)
    made = [path for folder in folders for path in (site / folder).rglob("*/*.html")]
    others = {path.relative_to(site).as_posix() for path in made}
    known = documents | others | {*_PAGES_OF_SPHINX}  # the folder may hold older ones besides
    pages = [name for name in known if (site / name).is_file()]
    for link in dead(site, pages, building.of(app).project.site):
        _LOGGER.warning(
            "overtake: %s links to %s: %s", link.page, link.address, link.reason, type="dead-link"
        )
    _LOGGER.info("overtake: the links of %d pages lead somewhere or are named above", len(pages))


@dataclass(frozen=True)
class DeadLink:
    """A link that leads nowhere: page and address as they stand there, and what is missing."""

    page: str
    address: str
    reason: str


def dead(site: Path, pages: Iterable[str], published_site: Path) -> list[DeadLink]:
    """Return the links of a site's pages that lead nowhere within it.

    Links to other sites are not followed, nor those to released versions, which
    are put beside the site later, nor those from a scenario's book to the published one.
    """
    root, beside = site.resolve(), published_site.resolve()

    @cache
    def read(path: Path) -> tuple[list[str], frozenset[str]]:
        parser = html.HTMLParser(encoding="utf-8")
        tree = html.document_fromstring(path.read_bytes(), parser=parser)
        addresses = dict.fromkeys(map(str, tree.xpath(_ADDRESSES)))
        return list(addresses), frozenset(map(str, tree.xpath(_ANCHORS)))

    def reason(page: Path, address: str) -> str:
        target, anchor = _target((root, beside), page, address)
        if isinstance(target, str):
            return target
        if anchor in _TOP or target.suffix != ".html" or anchor in read(target)[1]:
            return ""
        return f"the page has no anchor {anchor!r}"

    return [
        DeadLink(page, address, why)
        for page in sorted(pages)
        for address in read(root / page)[0]
        if (why := reason(root / page, address))
    ]


def _target(roots: tuple[Path, Path], page: Path, address: str) -> tuple[Path | str, str]:
    """Return the file and the anchor that a link leads to; for a file, why it leads to none."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return "", ""
    if parts.path.startswith("/"):
        return "an address from the host's root fails where the book stands in a folder", ""
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    root, beside = roots
    if not target.is_relative_to(root):
        return "" if target.is_relative_to(beside) else "it leads out of the site", ""
    if target.relative_to(root).parts[:1] == (releases.FOLDER,):
        return "", ""
    if target.is_dir():
        target /= "index.html"
    return (target, unquote(parts.fragment)) if target.is_file() else ("there is no such file", "")
