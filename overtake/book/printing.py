"""The whole book as one page of HTML, which WeasyPrint makes a PDF, with the brief beside it.

``jupyter-book build . --builder custom --custom-builder print`` builds it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from overtake.publishing.publication import LICENCE, Publication

if TYPE_CHECKING:
    from weasyprint import HTML

_LOGGER = logging.getLogger(__name__)
BOOK_PDF, BRIEF_PDF = "overtake.pdf", "overtake-brief.pdf"
BRIEF = "chapters/brief"
"""The page that is also a document of its own, on one sheet."""
_VARIANT = "pdf/ua-1"
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

    def handle_page(
        self,
        pagename: str,
        addctx: dict[str, Any],
        templatename: str = "page.html",
        outfilename: str | None = None,
        event_arg: nodes.document | None = None,
    ) -> None:
        """Keep the body: the pages around it are ours, not the theme's."""
        del templatename, outfilename, event_arg
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
            sheets = {BOOK_PDF: book_page(chapters, published, build.run_ids)}
            if brief is not None:
                sheets[BRIEF_PDF] = brief_page(brief, published)
            for name, page in sheets.items():
                (folder / name).with_suffix(".html").write_text(page, encoding="utf-8")
                self.made[name] = pdf(page, folder)
                _LOGGER.info("overtake: %s, %.1f MB", name, len(self.made[name]) / 1e6)


def pdf(page: str, folder: Path) -> bytes:
    """Return a page as tagged PDF (PDF/UA); the same bytes for the same page.

    Fonts are those that Matplotlib ships, so that a document looks the same, and has the same
    bytes, on every machine; they are dated by ``SOURCE_DATE_EPOCH``.

    Parameters
    ----------
    page : str
        The page's HTML.
    folder : pathlib.Path
        What its relative addresses are relative to.

    Raises
    ------
    PublicationError
        If WeasyPrint's libraries are not there; says how to bring them.
    """
    written: bytes = _html(page, folder).write_pdf(
        pdf_variant=_VARIANT,
        pdf_identifier=hashlib.sha256(page.encode()).digest()[:_IDENTIFIER_BYTES],
    )
    return written


def _html(page: str, folder: Path) -> "HTML":
    try:
        from weasyprint import HTML
    except OSError as error:  # the library that it loads, not its own code
        raise PublicationError(
            f"PDFs need the library Pango: `make pdf` brings it where it may ({error})"
        ) from None
    return HTML(string=page, base_url=f"{folder.as_uri()}/")


def cut(body: str) -> tuple[html.HtmlElement, html.HtmlElement | None]:
    """Cut Sphinx's single page into chapters that stand side by side, and take out the brief.

    Parameters
    ----------
    body : str
        HTML of the root page's section, with the other pages inside.

    Returns
    -------
    tuple
        The chapters, each a section; the brief, None if the book has no such page.
    """
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


@dataclass(frozen=True)
class _Entry:
    """A line of the table of contents."""

    level: int
    text: str
    anchor: str


def book_page(chapters: html.HtmlElement, published: Publication, runs: Mapping[str, str]) -> str:
    """Write the book as one page of HTML, with cover and table of contents.

    Parameters
    ----------
    chapters : lxml.html.HtmlElement
        The chapters; their links are changed.
    published : Publication
        What the cover says.
    runs : mapping of str to str
        The id of each chapter's run.
    """
    _lead_inside(chapters)
    contents = list(_contents(chapters))
    return _rendered("print.html", chapters, published=published, runs=runs, contents=contents)


def brief_page(section: html.HtmlElement, published: Publication) -> str:
    """Write the brief as a page of HTML of its own; links into the book become plain text."""
    _lead_inside(section)
    return _rendered("brief.html", section, published=published)


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


def _contents(chapters: html.HtmlElement) -> Iterator[_Entry]:
    """Give each heading an id of its own: chapters have sections of the same name."""
    for number, heading in enumerate(chapters.iter(*_HEADINGS[:_DEEPEST_IN_CONTENTS])):
        heading.set("id", f"heading-{number}")
        level = _HEADINGS.index(heading.tag) + 1
        yield _Entry(level, " ".join(heading.text_content().split()), heading.get("id"))
