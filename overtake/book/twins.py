"""A twin in plain Markdown beside each page, for programs and assistants.

It stands at the page's address with `.md` behind the file's name, says in its head what a
quotation needs, and goes with the page into a release.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import html
from markupsafe import Markup
from sphinx.application import Sphinx

from overtake.book import building, finishing, markdown
from overtake.core import pages
from overtake.data import reach, tables
from overtake.data.tables import Licence
from overtake.publishing.citations import edition, formats, styles
from overtake.publishing.citations.catalogue import BOOK, Catalogue, Citable
from overtake.publishing.citations.edition import Edition
from overtake.publishing.publication import LICENCE, Publication

SUFFIX = ".md"
MEDIA_TYPE = "text/markdown"
_PAGES_OF_SPHINX = ("search", "genindex")
_PROGRAMS = ("BibTeX", "CSL-JSON")
"""The formats of a citation that a twin links to, as readers call them."""
_SOURCES = "the sources' own citations"
_CONTENT = "//article[@role='main']"
_ADDRESS = "substring-after(//meta[@http-equiv='refresh']/@content, 'url=')"
"""Where a page leads to that has moved."""


@dataclass(frozen=True)
class Twin:
    """A page's twin: the page's file and the twin's text, and what lists say of it."""

    page: str  # path of the page's file from the site's root
    title: str
    description: str
    text: str

    @property
    def path(self) -> str:
        """Path of its file from the site's root."""
        return f"{self.page}{SUFFIX}"


def announce(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Name a page's twin in its head."""
    if has_twin(app, page):
        name = f"{page.rpartition('/')[2]}.html{SUFFIX}"
        link = Markup('<link rel="alternate" type="{}" href="{}">').format(MEDIA_TYPE, name)
        context["metatags"] = f"{context.get('metatags') or ''}\n{link}\n"


def has_twin(app: Sphinx, page: str) -> bool:
    """Return whether a page of a build gets a twin: those that only Sphinx needs don't."""
    is_site = app.builder.name == "html" and building.of(app).is_published
    return is_site and page not in _PAGES_OF_SPHINX


def write(cited: "Cited", site: Path) -> list[Twin]:
    """Write a twin beside each finished page of a published book, and return them by path.

    A page that has moved has one that leads to the other page's twin.
    """
    twins = [each for each in (_twin(file, site, cited) for file in _files(site)) if each]
    for twin in twins:
        (site / twin.path).write_text(twin.text, encoding="utf-8")
    titles = {site / twin.page: twin.title for twin in twins}
    for file in _files(site):
        if file not in titles:
            _lead_on(file, titles)
    return twins


def _lead_on(file: Path, titles: Mapping[Path, str]) -> None:
    """Write beside a page that has moved where the twin of the page is to which it leads."""
    beside = file.with_name(f"{file.name}{SUFFIX}")
    address = html.parse(str(file)).xpath(_ADDRESS)
    title = titles.get(Path(os.path.normpath(file.parent / address)))
    if title is None:
        beside.unlink(missing_ok=True)
    else:
        text = f"This page is now [{markdown.escape(title)}]({address}{SUFFIX}).\n"
        beside.write_text(text, encoding="utf-8")


def _files(site: Path) -> list[Path]:
    return [path for path in finishing.own_pages(site) if path.stem not in _PAGES_OF_SPHINX]


def _twin(file: Path, site: Path, cited: "Cited") -> Twin | None:
    """Return the twin of a page's file; None if it has no content of its own."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    page = html.document_fromstring(file.read_bytes(), parser=parser)
    content = page.xpath(_CONTENT)
    headings = content[0].xpath(".//h1") if content else []
    if not headings:
        return None
    path = file.relative_to(site).as_posix()
    address = cited.address(path)
    links = _citations(page)
    said = cited.head(path, links)
    title = _title(headings[0])
    headings[0].drop_tree()
    body = markdown.of_page(content[0], file, address)
    text = pages.render("twin.jinja", title=markdown.escape(title), said=said, body=body)
    return Twin(path, title, _description(page), text)


def _title(heading: html.HtmlElement) -> str:
    for link in heading.find_class("headerlink"):
        link.drop_tree()
    return " ".join(heading.text_content().split())


def _description(page: html.HtmlElement) -> str:
    return " ".join(
        next(iter(page.xpath("/html/head/meta[@name='description']/@content")), "").split()
    )


def _citations(page: html.HtmlElement) -> dict[str, str]:
    """Return the citations for programs that stand beside a page, by the name of their format."""
    found = {}
    for name in _PROGRAMS:
        kind = next(each.media_type for each in formats.FORMATS.values() if each.label == name)
        found[name] = page.xpath(
            "string(/html/head/link[@rel='describedby'][@type=$t]/@href)", t=kind
        )
    found[_SOURCES] = page.xpath(f"string({_CONTENT}//@href[contains(., '.sources.txt')])")
    return {name: file for name, file in found.items() if file}


@dataclass(frozen=True)
class Cited:
    """As what the pages of a site are quoted: each by what it is about, others as the book."""

    catalogue: Catalogue
    shown: Sequence[Citable]  # the figures and the numbers that have pages

    @property
    def publication(self) -> Publication:
        """What is known of the book."""
        return self.catalogue.publication

    @cached_property
    def book(self) -> Citable:
        """The book as a whole."""
        return self.catalogue.find(BOOK)

    def address(self, path: str) -> str:
        """Return where a file of the site stands for good: whole, if the book's address is known.

        Else it is the file's name, from which the links of a page lead on.
        """
        if not self.publication.site:
            return path.rpartition("/")[2]
        shown = path.removesuffix("index.html")
        return self.publication.address(f"{edition.own_root(self.publication)}/{shown}")

    def head(self, path: str, files: Mapping[str, str]) -> dict[str, Any]:
        """Return what a twin says in its head; the files are citations beside the page."""
        about = self._by_path.get(f"/{path.removesuffix('index.html')}", self.book)
        item = formats.item(about, self.publication, self.catalogue.project)
        return {
            "address": self.address(path),
            "place": f"/{path.removesuffix('index.html')}",
            "book": self.publication.title,
            "version": edition.of(about, self.publication, self.catalogue.project).sentence,
            "reach": reach.told(about.reach),
            "licences": self._licences(about),
            "citation": markdown.escape(self._citation(about, item)),
            "key": item["id"],
            "files": {name: f"{self._root(path)}{file}" for name, file in files.items()},
        }

    def file(self, path: str) -> str:
        """Return where a file of the site is found from its root: whole, if that is known."""
        root = edition.own_root(self.publication)
        return self.publication.address(f"{root}/{path}") if self.publication.site else path

    @property
    def edition(self) -> Edition:
        """The version as which the book is cited."""
        return edition.of(self.book, self.publication, self.catalogue.project)

    @property
    def short(self) -> str:
        """The citation of the book without its runs and its data."""
        return self._citation(
            self.book, formats.item(self.book, self.publication, self.catalogue.project)
        )

    def _root(self, path: str) -> str:
        """Return what stands before the name of a file beside a page."""
        address = self.address(path)
        return address[: address.rfind("/") + 1]

    def _citation(self, about: Citable, item: formats.Item) -> str:
        if about.kind != BOOK:
            return formats.FORMATS["apa"].write(item).strip()
        return styles.entry({name: said for name, said in item.items() if name != "genre"}, "APA")

    def _licences(self, about: Citable) -> tuple[Licence, ...]:
        return tables.describe(about.id).licenses if about.kind == "table" else (LICENCE,)

    @cached_property
    def _by_path(self) -> dict[str, Citable]:
        """What each page is about, by its address from the book's root."""
        return dict(self._pages())

    def _pages(self) -> Iterator[tuple[str, Citable]]:
        chapters = [inputs.chapter for inputs in self.catalogue.wanted]
        named = map(self.catalogue.find, [*chapters, *tables.names()])
        for about in (self.book, *named, *self.shown):
            yield about.path, about
            if about.kind == "chapter":
                evidence = self.catalogue.project.evidence(about.id)
                yield f"/chapters/{evidence.stem}.html", about
