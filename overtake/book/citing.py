"""The cite box of the book's first page and of chapters, in the hands of Sphinx."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from overtake.book import building
from overtake.book.cite_box import CiteBox
from overtake.book.figure_site import ASSETS, CITE_ASSETS
from overtake.book.files import write_files
from overtake.core import pages
from overtake.publishing.citations import formats
from overtake.publishing.citations.catalogue import BOOK, Catalogue


class cite_box(nodes.raw):  # noqa: N801  (docutils names nodes so)
    """HTML that the search doesn't index: the words of all boxes are the same."""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.add_node(cite_box, html=(_visit, None))
    app.connect("doctree-resolved", _add_box)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _visit(translator: HTML5Translator, node: cite_box) -> None:
    translator.body.append(node.astext())
    raise nodes.SkipNode


def _add_box(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put the box of what a page is about below its opening, and its files beside the page."""
    shown = building.of(app).pages
    if app.builder.name != "html" or shown is None or shown.scenario:
        return
    if cited := _cited(page, app.config.root_doc, shown.catalogue):
        box = _box(cited, shown.catalogue)
        write_files(Path(app.outdir, page).parent, box.files)
        node = cite_box("", pages.render("cite_folded.html", cite=box))
        node[ASSETS] = CITE_ASSETS
        place_below_opening(doctree, node)


def _cited(page: str, first: str, catalogue: Catalogue) -> str:
    """Return the id of what a page is about as a whole; "" if that cannot be cited."""
    if page == first:
        return BOOK
    folder, _, name = page.rpartition("/")
    return name if folder == "chapters" and name in catalogue.runs else ""


def _box(id: str, catalogue: Catalogue) -> CiteBox:
    citable = catalogue.find(id)
    item = formats.item(citable, catalogue.publication, catalogue.project)
    return CiteBox.of(citable, item, catalogue.project)


def place_below_opening(doctree: nodes.document, node: nodes.Element) -> None:
    """Put a node before the first subsection of a page, or at its end if there is none."""
    top = next(doctree.findall(nodes.section), doctree)
    parts = [place for place, child in enumerate(top) if isinstance(child, nodes.section)]
    top.insert(parts[0] if parts else len(top), node)
