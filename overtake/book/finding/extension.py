"""Search, redirects, link check and feed in the hands of Sphinx."""

import os
import socket
from pathlib import Path
from typing import Any

from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from overtake.book.figure_pages.site import FOLDER as FIGURES_FOLDER
from overtake.book.finding import domain, links, redirects
from overtake.core.errors import OvertakeError
from overtake.core.paths import Project
from overtake.publishing import publication, published
from overtake.publishing.releasing import feed, record

_LOGGER = logging.getLogger(__name__)
_SCRIPT = "search.js"
_CHECKS_LINKS = "overtake_check_links"
"""Name of the setting in ``_config.yml``: a book without a data page has links to one."""
_PAGES_OF_SPHINX = ("search.html", "genindex.html")
_BEFORE_CHAPTERS, _BEFORE_POLICIES, _AFTER_ALL = 100, 800, 950


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.add_config_value(_CHECKS_LINKS, default=False, rebuild="", types=frozenset({bool}))
    app.add_domain(domain.BookDomain)
    app.connect("builder-inited", _take_no_hurry, priority=_BEFORE_CHAPTERS)
    app.connect("html-page-context", _announce)
    app.connect("build-finished", _write_feed, priority=_BEFORE_POLICIES)
    app.connect("build-finished", _write_redirects, priority=_BEFORE_POLICIES)
    app.connect("build-finished", _check_links, priority=_AFTER_ALL)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def _take_no_hurry(app: Sphinx) -> None:
    """Undo what the link check does to all sockets: a chapter may take longer than 5 seconds."""
    if app.builder.name == "linkcheck":
        socket.setdefaulttimeout(None)


def _announce(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Name the feed in each page's head, and mend the search page for files without a server."""
    if app.builder.name != "html" or not _is_published(app):
        return
    address = app.builder.get_relative_uri(page, app.config.root_doc).rpartition("/")[0]
    link = Markup('<link rel="alternate" type="{}" title="{}" href="{}">').format(
        feed.TYPE, "Releases", f"{address}/{feed.NAME}".lstrip("/")
    )
    context["metatags"] = f"{context.get('metatags') or ''}\n{link}\n"
    if page == "search":
        app.add_js_file(_SCRIPT, loading_method="defer")


def _is_published(app: Sphinx) -> bool:
    """Whether this is the published book, and not one under a scenario or without a name."""
    named = (Project.find(app.confdir).root / publication.FILE_NAME).is_file()
    return named and app.config.overtake_scenario is None


def _write_feed(app: Sphinx, exception: Exception | None) -> None:
    """Write the feed of releases."""
    if exception is not None or app.builder.name != "html" or not _is_published(app):
        return
    project = Project.find(app.confdir)
    content = feed.write(record.read_all(project), publication.read(project))
    (Path(app.outdir) / feed.NAME).write_bytes(content)


def _write_redirects(app: Sphinx, exception: Exception | None) -> None:
    """Write a page at each address that a page once had, and refuse to lose one."""
    if exception is not None or app.builder.name != "html" or not _is_published(app):
        return
    project = Project.find(app.confdir)
    titles = {name: title.astext() for name, title in app.env.titles.items()}
    try:
        pages = published.read_pages(project)
        moved = pages.moved(titles)
    except OvertakeError as error:
        raise ExtensionError(str(error)) from None
    for name in pages.lost(titles):
        _LOGGER.warning(
            "overtake: the page %s was published and is gone; say in %s what took its place",
            name,
            project.chapters / published.REDIRECTS_NAME,
        )
    redirects.write(Path(app.outdir), moved, titles, publication.read(project))


def _check_links(app: Sphinx, exception: Exception | None) -> None:
    """Warn of each link within the site that leads nowhere; with -W that ends the build."""
    if exception is not None or app.builder.name != "html" or not app.config[_CHECKS_LINKS]:
        return
    site = Path(app.outdir)
    pages = _pages(app, site)
    for link in links.dead(site, pages, Project.find(app.confdir).site):
        _LOGGER.warning(
            "overtake: %s links to %s: %s", link.page, link.address, link.reason, type="dead-link"
        )
    _LOGGER.info("overtake: the links of %d pages lead somewhere or are named above", len(pages))


def _pages(app: Sphinx, site: Path) -> list[str]:
    """Return the pages that this build has written; a folder may hold older ones."""
    documents = [f"{name}.html" for name in app.env.found_docs]
    figures = [
        path.relative_to(site).as_posix() for path in (site / FIGURES_FOLDER).rglob("*/*.html")
    ]
    known = {*documents, *figures, *_PAGES_OF_SPHINX}
    return sorted(name for name in known if os.path.isfile(site / name))  # noqa: PTH113
