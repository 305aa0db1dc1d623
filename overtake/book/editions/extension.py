"""The book's other forms in the hands of Sphinx: ``print`` for PDF, ``epub``, and their links."""

import os
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from overtake.book import building
from overtake.book.editions import documents, ebook, paper
from overtake.book.editions.builder import PrintBuilder
from overtake.book.editions.documents import Document
from overtake.book.figure_pages.figure import ShownFigure
from overtake.core.errors import OvertakeError
from overtake.core.paths import Project
from overtake.publishing import publication

_SITE, _EBOOK = "html", "epub"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the builder, and what pages say of the documents."""
    app.add_builder(PrintBuilder)
    app.add_directive("downloads", Downloads)
    app.connect("config-inited", _describe_ebook)
    app.connect("config-inited", _choose_outputs)
    app.connect("builder-inited", _clear)
    app.connect("doctree-resolved", _adapt, priority=800)
    app.connect("env-get-outdated", _outdated_pages)
    app.connect("build-finished", _bring_documents)
    app.connect("build-finished", _pack_ebook)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


class Downloads(SphinxDirective):
    """The documents that show the same runs as the site; nothing if there is none."""

    def run(self) -> list[nodes.Node]:
        """Keep the place until it is known which runs the site shows."""
        return [documents_list()]


class documents_list(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """Where the links to the documents will stand."""


def _describe_ebook(app: Sphinx, config: Config) -> None:
    """Name the EPUB, and date it by the release: a build's own time would change its bytes."""
    project = Project.find(app.confdir)
    if not (project.root / publication.FILE_NAME).is_file():
        return
    try:
        published = publication.read(project)
    except OvertakeError as error:
        raise ExtensionError(str(error)) from None
    ebook.describe(config, published, documents.BOOK_EPUB)
    os.environ.setdefault("SOURCE_DATE_EPOCH", documents.epoch(published.released))


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
    """Make a page fit for paper or an e-book; on the site, link to the documents."""
    if app.builder.name == _SITE:
        for place in list(doctree.findall(documents_list)):
            place.replace_self(_links(app, page))
        return
    for place in list(doctree.findall(documents_list)):
        place.parent.remove(place)
    if app.builder.format == "html":
        paper.adapt(doctree, [(f, _place(app, page, f)) for f in building.of(app).figures])


def _place(app: Sphinx, page: str, figure: ShownFigure) -> str:
    """Return the address of a figure in its chapter, from another page."""
    document, _, anchor = figure.place.address.partition("#")
    there = app.builder.get_relative_uri(page, document.removesuffix(".html"))
    return f"#{anchor}" if there.startswith("#") else f"{there}#{anchor}"


def _links(app: Sphinx, page: str) -> list[nodes.Node]:
    """Return a list of links to the documents; nothing if there is none."""
    found = _current(app)
    if not found:
        return []
    root = app.builder.get_relative_uri(page, app.config.root_doc).rpartition("/")[0]
    listed = nodes.bullet_list(classes=["overtake-downloads"])
    for document in found:
        address = f"{root}/{documents.FOLDER}/{document.name}".lstrip("/")
        link = nodes.reference("", document.title, refuri=address, internal=True)
        size = nodes.Text(f", {document.size / 1e6:.1f} MB")
        listed.append(nodes.list_item("", nodes.paragraph("", "", link, size)))
    return [listed]


def _current(app: Sphinx) -> list[Document]:
    runs = building.of(app).run_ids
    return documents.current(Project.find(app.confdir), runs)


def _outdated_pages(
    app: Sphinx, env: BuildEnvironment, _added: set[str], _changed: set[str], _removed: set[str]
) -> list[str]:
    """Write the pages anew when there are other documents to link to."""
    state = [(document.name, document.size) for document in _current(app)]
    before = getattr(env, "overtake_documents", None)
    env.overtake_documents = state  # type: ignore[attr-defined]
    return [] if before == state else sorted(env.found_docs)


def _bring_documents(app: Sphinx, exception: Exception | None) -> None:
    """Put the documents beside the site's pages."""
    if exception is not None or app.builder.name != _SITE:
        return
    target = Path(app.outdir) / documents.FOLDER
    shutil.rmtree(target, ignore_errors=True)
    for document in _current(app):
        target.mkdir(exist_ok=True)
        shutil.copyfile(document.path, target / document.name)


def _pack_ebook(app: Sphinx, exception: Exception | None) -> None:
    """Write the EPUB's archive without the clock of this build."""
    if exception is None and app.builder.name == _EBOOK:
        path = Path(app.outdir) / documents.BOOK_EPUB
        ebook.repack(path)
        documents.put(
            Project.find(app.confdir),
            documents.BOOK_EPUB,
            path.read_bytes(),
            building.of(app).run_ids,
        )
