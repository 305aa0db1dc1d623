"""The whole book as one page of HTML, which becomes a PDF, with the brief beside it.

``jupyter-book build . --builder custom --custom-builder print`` builds it.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.builders.singlehtml import SingleFileHTMLBuilder
from sphinx.errors import ExtensionError
from sphinx.util import logging

from overtake.book import building
from overtake.book.editions import documents, pdf, sheets
from overtake.core.errors import OvertakeError
from overtake.core.paths import Project
from overtake.publishing import publication

_LOGGER = logging.getLogger(__name__)


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
        """Copy the pictures, and write the PDFs."""
        self.copy_image_files()
        (Path(self.outdir) / "_static").mkdir(exist_ok=True)  # where MyST-NB puts its style
        project, folder = Project.find(self.confdir), Path(self.outdir)
        runs = building.of(self.app).run_ids
        try:
            published = publication.read(project)
            book, brief = sheets.cut(self._body)
            made = {documents.BOOK_PDF: sheets.book(book, published, runs)}
            if brief is not None:
                made[documents.BRIEF_PDF] = sheets.brief(brief, published)
            for name, page in made.items():
                (folder / name).with_suffix(".html").write_text(page, encoding="utf-8")
                content = pdf.write(page, folder, published.released)
                documents.put(project, name, content, runs)
                _LOGGER.info("overtake: %s, %.1f MB", name, len(content) / 1e6)
        except OvertakeError as error:
            raise ExtensionError(str(error)) from None
