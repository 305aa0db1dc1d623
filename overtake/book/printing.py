"""The whole book as one page of HTML, which WeasyPrint makes a PDF, with the brief beside it.

``jupyter-book build . --builder custom --custom-builder print`` builds it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from docutils import nodes
from lxml import html
from markupsafe import Markup
from sphinx.builders.singlehtml import SingleFileHTMLBuilder
from sphinx.util import logging

from overtake.book import building
from overtake.core import pages
from overtake.core.errors import PublicationError
from overtake.publishing import publication
from overtake.publishing.citations import edition
from overtake.publishing.citations.catalogue import BOOK, Catalogue
from overtake.publishing.publication import LICENCE, Publication

_LOGGER = logging.getLogger(__name__)
BOOK_PDF, BRIEF_PDF = "overtake.pdf", "overtake-brief.pdf"
BRIEF = "chapters/brief"
"""The page that is also a document of its own, on one sheet."""
_IDENTIFIER_BYTES = 16
_DOCUMENT = "document-"
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_DEEPEST_IN_CONTENTS = 2
_ONLY_ON_SCREEN = (
    ".//span[@class='backrefs'] | .//a[@class='headerlink'] | .//script | .//button"
    " | .//svg[contains(@class, 'sd-octicon')]"
    " | .//span[contains(@class, 'sd-summary-state-marker')]"
)


class PrintBuilder(SingleFileHTMLBuilder):
    """Writes the book's text without the site around it, and makes the PDFs of it."""

    name = "print"
    epilog = ""
    search = False
    download_support = False
    html_scaled_image_link = False

    def init(self) -> None:
        """Leave out what only a mouse can use."""
        super().init()
        self.config.html_permalinks = False
        self.made: dict[str, bytes] = {}
        self._body = ""

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Write the page under the name by which Sphinx numbers the figures of a single page."""
        self.name = SingleFileHTMLBuilder.name
        try:
            super().write_doc(docname, doctree)
        finally:
            self.name = type(self).name

    def handle_page(self, pagename: str, addctx: dict[str, Any], *_: object, **__: object) -> None:
        """Keep the body: the pages around it are ours, not the theme's."""
        if pagename == self.config.root_doc:
            self._body = addctx["body"]

    def finish(self) -> None:
        """Copy the pictures, and make the PDFs."""
        self.copy_image_files()
        folder, build = Path(self.outdir), building.of(self.app)
        (folder / "_static").mkdir(exist_ok=True)  # where MyST-NB puts its style
        with building.stopping_at_refusals():
            published = build.publication or publication.read(build.project)
            chapters, brief = cut(self._body)
            catalogue = Catalogue.of_runs(build.project, published, build.runs)
            cited = edition.of(catalogue.find(BOOK), published, build.project)
            sheets = {BOOK_PDF: book_page(chapters, published, build.run_ids, cited.sentence)}
            if brief is not None:
                sheets[BRIEF_PDF] = brief_page(brief, published, cited.sentence)
            for name, page in sheets.items():
                (folder / name).with_suffix(".html").write_text(page, encoding="utf-8")
                self.made[name] = pdf(page, folder)
                _LOGGER.info("overtake: %s, %.1f MB", name, len(self.made[name]) / 1e6)


def pdf(page: str, folder: Path) -> bytes:
    """Return a page, whose addresses are relative to a folder, as tagged PDF (PDF/UA).

    The same page gives the same bytes: fonts are those that Matplotlib ships, on every machine;
    dates are ``SOURCE_DATE_EPOCH``.
    """
    try:
        from weasyprint import HTML
    except OSError as error:  # the library that it loads, not its own code
        raise PublicationError(
            f"PDFs need the library Pango: `make pdf` brings it where it may ({error})"
        ) from None
    written: bytes = HTML(string=page, base_url=f"{folder.as_uri()}/").write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=hashlib.sha256(page.encode()).digest()[:_IDENTIFIER_BYTES],
    )
    return written


def cut(body: str) -> tuple[html.HtmlElement, html.HtmlElement | None]:
    """Cut Sphinx's single page into sections side by side; return them, and the brief, if any."""
    tree = html.fragment_fromstring(body, create_parent="main")
    for element in tree.xpath(_ONLY_ON_SCREEN):
        element.drop_tree()
    brief = None
    for mark in tree.xpath(f".//span[starts-with(@id, '{_DOCUMENT}')]"):
        chapter = _taken_out(mark)
        if mark.get("id") == f"{_DOCUMENT}{BRIEF}":
            brief = chapter
        else:
            tree.append(chapter)
    for wrapper in tree.find_class("toctree-wrapper"):
        wrapper.drop_tree()
    for section in tree:
        section.classes.add("chapter")
    for part in (tree, brief):
        if part is not None:
            _keep_first_anchors(part)
    return tree, brief


def book_page(
    chapters: html.HtmlElement, published: Publication, runs: Mapping[str, str], version: str
) -> str:
    """Write the book as one page of HTML, with cover and table of contents."""
    _lead_inside(chapters)
    contents = list(_contents(chapters))
    said = {"published": published, "version": version}
    return _rendered("print.html", chapters, **said, runs=runs, contents=contents)


def brief_page(section: html.HtmlElement, published: Publication, version: str) -> str:
    """Write the brief as a page of HTML of its own; links into the book become plain text."""
    _lead_inside(section)
    return _rendered("brief.html", section, published=published, version=version)


def _rendered(template: str, tree: html.HtmlElement, **context: object) -> str:
    body = Markup(html.tostring(tree, encoding="unicode", method="html"))  # noqa: S704  (our own)
    fonts = (Path(mpl.get_data_path()) / "fonts" / "ttf").as_uri()
    return pages.render(template, body=body, fonts=fonts, licence=LICENCE, **context)


def _taken_out(mark: html.HtmlElement) -> html.HtmlElement:
    """Return the section behind a page's mark, with headings one level higher and its name."""
    section = mark.getnext()
    if section is None or section.tag != "section":
        raise PublicationError(
            f"the page {mark.get('id')!r} has no heading, so it can't be printed"
        )
    for heading in section.iter(*_HEADINGS[1:]):
        heading.tag = _HEADINGS[_HEADINGS.index(heading.tag) - 1]
    section.insert(0, html.Element("span", id=mark.get("id")))
    section.getparent().remove(section)
    mark.drop_tree()
    return section


def _keep_first_anchors(tree: html.HtmlElement) -> None:
    """Remove anchors that stand twice: pages number theirs alike. Publications keep theirs."""
    publications = set(tree.xpath(".//div[contains(@class, 'citation')]"))
    taken = {each.get("id") for each in publications}
    for element in tree.xpath(".//*[@id]"):
        if element in publications:
            continue
        if element.get("id") in taken:
            del element.attrib["id"]
        else:
            taken.add(element.get("id"))


def _lead_inside(tree: html.HtmlElement) -> None:
    """Let links lead to places of this document, and make text of those that can't."""
    anchors = set(tree.xpath(".//@id"))
    for link in tree.xpath(".//a[@href]"):
        page, mark, anchor = link.get("href").partition("#")
        if "://" in page or page.startswith("mailto:"):
            continue
        if mark and anchor in anchors:
            link.set("href", f"#{anchor}")
        else:
            link.drop_tag()


def _contents(chapters: html.HtmlElement) -> Iterator[tuple[int, str, str]]:
    """Yield each heading's level, text and id, one of its own: sections may share their name."""
    for number, heading in enumerate(chapters.iter(*_HEADINGS[:_DEEPEST_IN_CONTENTS])):
        heading.set("id", f"heading-{number}")
        text = " ".join(heading.text_content().split())
        yield _HEADINGS.index(heading.tag) + 1, text, heading.get("id")
