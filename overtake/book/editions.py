"""The book in other forms: ``print`` for PDF, ``epub``, and what the site says of them."""

import json
import os
import shutil
import uuid
import zipfile
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import MappingProxyType

from docutils import nodes
from lxml import etree, html
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from overtake.book import building
from overtake.book.figure_site import drop_downloads, figure_index
from overtake.book.figures import ShownFigure
from overtake.book.head import names_of
from overtake.book.printing import BOOK_PDF, BRIEF_PDF, PrintBuilder
from overtake.core import digests
from overtake.core.paths import Project
from overtake.publishing import publication
from overtake.publishing.publication import LICENCE, Publication

BOOK_EPUB = "overtake.epub"
FOLDER = "downloads"
"""Folder of the site that holds the documents."""
_TITLES = MappingProxyType(
    {
        BOOK_PDF: "The whole book as PDF",
        BOOK_EPUB: "The whole book as EPUB, for e-readers",
        BRIEF_PDF: "The brief: one page to print",
    }
)
_SITE, _EBOOK = "html", "epub"
_CODE, _FOLD_OF_CODE = "cell_input", "above-input"
_SVG = "{http://www.w3.org/2000/svg}"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the builder, and what pages say of the documents."""
    app.add_builder(PrintBuilder)
    app.add_directive("downloads", Downloads)
    app.connect("config-inited", _date_and_describe)
    app.connect("config-inited", _choose_outputs)
    app.connect("builder-inited", _clear)
    app.connect("doctree-resolved", _adapt, priority=800)
    app.connect("build-finished", _bring_or_keep)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def folder(project: Project) -> Path:
    """Return the folder of the documents."""
    return project.root / "_build" / "documents"


def put(project: Project, name: str, content: bytes, shown: Mapping[str, str]) -> None:
    """Write a document, and then beside it which runs it shows: half of one has no record."""
    path = folder(project) / name
    record = path.with_name(f"{name}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    record.unlink(missing_ok=True)
    path.write_bytes(content)
    record.write_text(json.dumps(dict(shown), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def current(project: Project, shown: Mapping[str, str]) -> dict[Path, str]:
    """Return the documents that show the same runs as the site, with what readers call each."""
    paths = {folder(project) / name: title for name, title in _TITLES.items()}
    return {path: title for path, title in paths.items() if _runs_of(path) == shown}


def _runs_of(path: Path) -> object:
    """Return the runs that a document shows; None if it isn't there, or not whole."""
    record = path.with_name(f"{path.name}.json")
    return json.loads(record.read_text(encoding="utf-8")) if record.is_file() else None


class Downloads(SphinxDirective):
    """Links to the documents that show the same runs as the site; nothing if there is none."""

    def run(self) -> list[nodes.Node]:
        """Return the links, for the site alone."""
        listed = nodes.bullet_list(classes=["overtake-downloads"])
        root = "../" * self.env.docname.count("/")
        for path, title in _current(self.env.app).items():
            link = nodes.reference("", title, refuri=f"{root}{FOLDER}/{path.name}", internal=True)
            size = nodes.Text(f", {path.stat().st_size / 1e6:.1f} MB")
            listed.append(nodes.list_item("", nodes.paragraph("", "", link, size)))
        return [addnodes.only("", listed, expr=f"builder_{_SITE}")] if listed.children else []


def _current(app: Sphinx) -> dict[Path, str]:
    build = building.of(app)
    return current(build.project, build.run_ids)


def _bring_or_keep(app: Sphinx, exception: Exception | None) -> None:
    """Put the documents beside the site's pages, or among them what a builder has made."""
    if exception is not None:
        return
    site = Path(app.outdir)
    if app.builder.name == _SITE:
        shutil.rmtree(site / FOLDER, ignore_errors=True)
        for path in _current(app):
            (site / FOLDER).mkdir(exist_ok=True)
            shutil.copyfile(path, site / FOLDER / path.name)
    made = {}
    if isinstance(app.builder, PrintBuilder):
        made = app.builder.made
    elif app.builder.name == _EBOOK:
        made = {BOOK_EPUB: repacked(site / BOOK_EPUB)}
    build = building.of(app)
    for name, content in made.items():
        put(build.project, name, content, build.run_ids)


def _date_and_describe(app: Sphinx, config: Config) -> None:
    """Name the EPUB, and date documents by the release: a build's own time would change bytes."""
    project = Project.find(app.confdir)
    if not (project.root / publication.FILE_NAME).is_file():
        return
    with building.stopping_at_refusals():
        published = publication.read(project)
    _describe_ebook(config, published)
    os.environ.setdefault("SOURCE_DATE_EPOCH", epoch(published.released))


def epoch(day: date) -> str:
    """Return the beginning of a day as tools read it from ``SOURCE_DATE_EPOCH``."""
    return str(int(datetime.combine(day, time(), UTC).timestamp()))


def _describe_ebook(config: Config, published: Publication) -> None:
    """Set Sphinx's options for the EPUB from what is known of the book."""
    config.epub_basename = BOOK_EPUB.removesuffix(".epub")
    config.epub_title = published.title
    config.epub_author = config.epub_publisher = config.epub_contributor = names_of(published)
    config.epub_description = published.abstract or published.title
    config.epub_copyright = f"{LICENCE.title}, {LICENCE.path}"
    # One for both, and an XML name: Sphinx writes either of them into the table of contents.
    identity = uuid.uuid5(uuid.NAMESPACE_OID, f"{published.title}\n{published.version}")
    config.epub_uid = config.epub_identifier = f"uuid-{identity}"
    config.version = published.version
    config.epub_show_urls = "no"
    config.epub_use_index = config.epub_tocdup = False
    config.epub_tocdepth = 2
    config.epub_css_files = []


def _choose_outputs(_app: Sphinx, config: Config) -> None:
    """Tell MyST-NB, which knows only Sphinx's own builders, what to print of a cell's outputs."""
    kinds = ("text/html", "image/svg+xml", "image/png", "text/plain")
    chosen = [(PrintBuilder.name, kind, place) for place, kind in enumerate(kinds, start=10)]
    config.nb_mime_priority_overrides = [*config.nb_mime_priority_overrides, *chosen]


def _clear(app: Sphinx) -> None:
    """Remove an earlier build's files: Sphinx packs whatever lies in an EPUB's folder."""
    if app.builder.name == _EBOOK:
        app.config.html_static_path = []  # the site's looks and scripts
        app.config.html_extra_path = []
        shutil.rmtree(app.outdir, ignore_errors=True)
        Path(app.outdir).mkdir(parents=True)


def _adapt(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Leave out what needs a browser, where there is none: on paper, and in an e-book.

    Code stays in the notebooks: a reader of paper can't run it. Downloads lead nowhere; what
    needs a script becomes the sentence that it has for paper, and the index of figures a list.
    """
    if app.builder.name == _SITE or app.builder.format != "html":
        return
    _remove(doctree, lambda node: _CODE in node.get("classes", ()))
    _remove(doctree, lambda node: _FOLD_OF_CODE in node.get("classes", ()) and not node.children)
    drop_downloads(doctree)
    for node in list(doctree.findall(nodes.raw)):
        replaced = [nodes.paragraph("", node["on_paper"])] if node.get("on_paper") else []
        if replaced or "<script" in node.astext():
            node.parent.replace(node, replaced)
    for place in list(doctree.findall(figure_index)):
        place.replace_self(_list_of_figures(app, page))


def _remove(doctree: nodes.document, unwanted: Callable[[nodes.Element], bool]) -> None:
    for node in list(doctree.findall(nodes.Element)):
        if unwanted(node):
            node.parent.remove(node)


def _list_of_figures(app: Sphinx, page: str) -> nodes.bullet_list:
    """Return the figures with their numbers, each a link to its place."""
    found = nodes.bullet_list(classes=["overtake-figure-list"])
    for figure in building.of(app).figures:
        words = nodes.Text(f"{figure.place.number} {figure.citable.title}".strip())
        link = nodes.reference("", "", words, refuri=_place(app, page, figure), internal=True)
        found.append(nodes.list_item("", nodes.paragraph("", "", link)))
    return found


def _place(app: Sphinx, page: str, figure: ShownFigure) -> str:
    """Return the address of a figure in its chapter, from another page."""
    document, _, anchor = figure.place.address.partition("#")
    there = app.builder.get_relative_uri(page, document.removesuffix(".html"))
    return f"#{anchor}" if there.startswith("#") else f"{there}#{anchor}"


def repacked(path: Path) -> bytes:
    """Return an EPUB's archive anew: valid, and the same bytes for the same files.

    The archive's first entry is the media type, not compressed, as the format asks.
    """
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name, content in files.items():
        if name.endswith(".svg"):
            files[name] = _mended_picture(content)
        elif name.endswith(".xhtml"):
            files[name] = _mended_page(content, files)
    return digests.pack(files, first="mimetype")


def _mended_picture(content: bytes) -> bytes:
    """Return an SVG without a type of document, whose blanks have a line, as the format asks."""
    picture = etree.fromstring(content)
    for path in picture.iter(f"{_SVG}path"):
        path.set("d", path.get("d", ""))
    written: bytes = etree.tostring(picture)
    return written


def _mended_page(content: bytes, names: Collection[str]) -> bytes:
    """Return a page as XML, without what belongs to the site."""
    page = html.document_fromstring(content, parser=html.HTMLParser(encoding="utf-8"))
    for element in page.xpath("//script | //svg[contains(@class, 'sd-octicon')]"):
        element.drop_tree()
    for entry in page.xpath("//*[@role='doc-biblioentry']"):
        del entry.attrib["role"]  # deprecated
    for link in page.xpath("//link[contains(@href, '_static/')]"):
        if f"_static/{link.get('href').partition('_static/')[2].partition('?')[0]}" not in names:
            link.drop_tree()
    for link in page.xpath("//*[@href]"):  # old DOIs have angle brackets
        link.set("href", link.get("href").replace("<", "%3C").replace(">", "%3E"))
    written: bytes = etree.tostring(
        page, encoding="utf-8", xml_declaration=True, doctype="<!DOCTYPE html>"
    )
    return written
