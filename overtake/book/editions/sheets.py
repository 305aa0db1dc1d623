"""The pages of HTML that are printed: the book with cover and contents, and the brief."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from lxml import html
from markupsafe import Markup

from overtake.core import templating
from overtake.core.errors import PublicationError
from overtake.publishing.publication import LICENCE, Publication

BRIEF = "chapters/brief"
"""The page that is also a document of its own, on one sheet."""

_DOCUMENT = "document-"
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_DEEPEST_IN_CONTENTS = 2
_MANY_COLUMNS, _TOO_MANY_COLUMNS = 5, 8
_ONLY_ON_SCREEN = (
    ".//span[@class='backrefs']",
    ".//a[@class='headerlink']",
    ".//svg[contains(@class, 'sd-octicon')]",
    ".//span[contains(@class, 'sd-summary-state-marker')]",
    ".//script",
    ".//button",
)


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents.

    Attributes
    ----------
    level : int
        1 for a chapter, 2 for its sections.
    text, anchor : str
        The heading, and its id.
    """

    level: int
    text: str
    anchor: str


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
    for path in _ONLY_ON_SCREEN:
        for element in tree.xpath(path):
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
            _mark_wide_tables(part)
            _open_folds(part)
    return tree, brief


def book(chapters: html.HtmlElement, published: Publication, runs: Mapping[str, str]) -> str:
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
    return templating.render(
        "print.html",
        published=published,
        runs=runs,
        licence=LICENCE,
        contents=contents,
        body=_markup(chapters),
        fonts=_fonts(),
    )


def brief(section: html.HtmlElement, published: Publication) -> str:
    """Write the brief as a page of HTML of its own.

    Links into the book lead to its web address, or are plain text without one.
    """
    alone = deepcopy(section)
    _lead_inside(alone)
    return templating.render(
        "brief.html", published=published, licence=LICENCE, body=_markup(alone), fonts=_fonts()
    )


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


def _contents(chapters: html.HtmlElement) -> Iterator[Entry]:
    """Give each heading an id of its own: chapters have sections of the same name."""
    for number, heading in enumerate(chapters.iter(*_HEADINGS[:_DEEPEST_IN_CONTENTS])):
        heading.set("id", f"heading-{number}")
        yield Entry(
            _HEADINGS.index(heading.tag) + 1,
            " ".join(heading.text_content().split()),
            heading.get("id"),
        )


def _mark_wide_tables(tree: html.HtmlElement) -> None:
    for table in tree.iter("table"):
        columns = max((len(row) for row in table.iter("tr")), default=0)
        if columns > _MANY_COLUMNS:
            table.classes.add("wide" if columns <= _TOO_MANY_COLUMNS else "widest")


def _open_folds(tree: html.HtmlElement) -> None:
    for fold in tree.iter("details"):
        fold.tag = "div"
        fold.classes.add("opened")
    for summary in tree.iter("summary"):
        summary.tag = "p"
        summary.classes.add("summary")


def _fonts() -> str:
    """Return the address of the folder with Matplotlib's fonts."""
    return (Path(mpl.get_data_path()) / "fonts" / "ttf").as_uri()


def _markup(tree: html.HtmlElement) -> Markup:
    return Markup(html.tostring(tree, encoding="unicode", method="html"))  # noqa: S704  (our own pages)
