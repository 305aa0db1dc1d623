"""The figures' pages in the hands of Sphinx, and what every page's head says."""

import html
import math
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from overtake.book.figure_pages import figure as figures_module
from overtake.book.figure_pages import index, links, page, site
from overtake.book.figure_pages.code import Code
from overtake.book.figure_pages.figure import Place, ShownFigure
from overtake.book.metadata import head, jsonld, sitemap
from overtake.book.metadata import subject as subjects
from overtake.book.metadata.subject import Subject
from overtake.publishing import published, releases
from overtake.publishing.citations.catalogue import Catalogue
from overtake.publishing.published import PublishedAddresses
from overtake.publishing.verification import outcomes

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder
    from sphinx.domains.std import StandardDomain

_INDEX = f"{site.FOLDER}/index"
_STYLE, _SCRIPT = "figures.css", "figures.js"
_NOT_PUBLISHED = '<meta name="robots" content="noindex">'


class figure_index(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """Where the index of figures will stand, once their numbers are known."""


class FigureIndex(SphinxDirective):
    """Every figure with a thumbnail, to search and narrow down."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Keep the place."""
        return [figure_index()]


class FigurePages:
    """The figures' pages of one build.

    Parameters
    ----------
    app : Sphinx
        The build.
    catalogue : Catalogue
        The runs that the book shows.
    addresses : PublishedAddresses
        The ids that were given out.
    scenario : str or None
        The scenario's title; None for the published book, which alone is described to programs.
    """

    def __init__(
        self,
        app: Sphinx,
        catalogue: Catalogue,
        addresses: PublishedAddresses,
        scenario: str | None,
    ) -> None:
        self._app = app
        self._catalogue = catalogue
        self._addresses = addresses
        self._scenario = scenario

    @cached_property
    def figures(self) -> list[ShownFigure]:
        """Every figure, in the book's order; known once all pages are read."""
        return figures_module.shown(self._catalogue, self._places())

    def connect_chapter(self, doctree: nodes.document, name: str) -> None:
        """Link each figure of a chapter to its page, and fill the place of the index."""
        builder = cast("StandaloneHTMLBuilder", self._app.builder)
        for node in doctree.findall(nodes.figure):
            figure = _figure_id(node)
            if figure in self._catalogue.figures:
                address = builder.get_relative_uri(name, site.page_name(figure))
                caption = _caption(node)
                links.drop_downloads(caption)
                caption += links.line(address, figure, self._place(figure).number)
        for shown in links.shown_elsewhere(doctree):
            figure = shown["classes"][-1]
            address = builder.get_relative_uri(name, site.page_name(figure))
            number = self._place(figure).number
            shown.append(nodes.paragraph("", "", links.line(address, figure, number)))
        for place in list(doctree.findall(figure_index)):
            place.replace_self(nodes.raw("", index.render(self.figures), format="html"))

    def describe(self, name: str, context: dict[str, Any]) -> None:
        """Add to a page's head what programs read, and to figures' pages their style."""
        if name.startswith(f"{site.FOLDER}/"):
            self._app.add_css_file(_STYLE)
            self._app.add_js_file(_SCRIPT, loading_method="defer")
        if not name.startswith(f"{site.FOLDER}/") or name == _INDEX:
            context["metatags"] = f"{context.get('metatags') or ''}{self._head(name)}"

    def pages(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        """Yield the page of each figure, after writing what stands beside it."""
        target, publication = Path(self._app.outdir), self._catalogue.publication
        project = self._catalogue.project
        code = Code.of(project, publication)
        released, verified = releases.read_all(project), outcomes.read(project)
        site.clear(target)
        if not self._scenario:
            site.write_crates(target, self.figures, self._catalogue)
        for figure in self.figures:
            subject = subjects.of_figure(figure, publication)
            self._write_files(target, figure)
            versions = published.versions(released, figure.id)
            proof = outcomes.sentence(outcomes.of_run(verified, figure.run))
            yield (
                site.page_name(figure.id),
                {
                    "title": html.escape(subject.title),
                    "body": page.render(figure, subject, code, versions, proof, self._scenario),
                    "metatags": self._figure_head(figure, subject),
                    "display_toc": False,
                },
                "page.html",
            )
        moved = self._addresses.moved({figure.id for figure in self.figures})
        site.write_redirects(target, moved, self.figures, publication)

    def finish(self) -> None:
        """Write the sitemap of a published book whose address is known."""
        publication = self._catalogue.publication
        if self._scenario or not publication.site:
            return
        paths = site.paths(sorted(self._app.env.found_docs), self.figures)
        (Path(self._app.outdir) / "sitemap.xml").write_bytes(sitemap.write(paths, publication))

    def _write_files(self, target: Path, figure: ShownFigure) -> None:
        if self._scenario:
            site.write_plain_files(target, figure)
        else:
            site.write_files(target, figure, self._catalogue)

    def _head(self, name: str) -> str:
        if self._scenario:
            return _NOT_PUBLISHED
        chapter = name.removeprefix("chapters/")
        if name == self._app.config.root_doc:
            return self._text_head(
                subjects.of_book(self._catalogue, self.figures), self._chapters()
            )
        if chapter in self._catalogue.runs:
            figures = [figure for figure in self.figures if figure.chapter == chapter]
            subject = subjects.of_chapter(chapter, self._catalogue, figures)
            parts = [jsonld.picture_id(figure.citable.path) for figure in figures]
            return self._text_head(subject, parts)
        return head.render_canonical(self._catalogue.publication, site.document_path(name))

    def _text_head(self, subject: Subject, parts: list[str]) -> str:
        link = head.Link("type", "https://schema.org/ScholarlyArticle")
        return head.render(subject, [link], jsonld.of_text(subject, parts))

    def _figure_head(self, figure: ShownFigure, subject: Subject) -> str:
        if self._scenario:
            return _NOT_PUBLISHED
        return head.render(subject, site.links(figure, subject), jsonld.of_figure(figure, subject))

    def _chapters(self) -> list[str]:
        return [f"/chapters/{name}.html" for name in self._catalogue.runs]

    def _places(self) -> dict[str, Place]:
        names = sorted(self._catalogue.figures, key=lambda n: (self._number(n) or (math.inf,), n))
        return {name: self._place(name) for name in names}

    def _place(self, id: str) -> Place:
        document, anchor = self._label(id)
        number = self._number(id)
        return Place(
            chapter_title=self._app.env.titles[document].astext(),
            address=f"{document}.html#{anchor}" if anchor else f"{document}.html",
            number=self._app.config.numfig_format["figure"] % ".".join(map(str, number))
            if number
            else "",
        )

    def _label(self, id: str) -> tuple[str, str]:
        """Return the page and the anchor of a figure; its chapter, if no page shows it."""
        domain = cast("StandardDomain", self._app.env.get_domain("std"))
        (run,) = self._catalogue.figures[id].runs
        chapter = next(name for name, each in self._catalogue.runs.items() if each.id == run)
        return domain.anonlabels.get(f"fig-{id}", (f"chapters/{chapter}", ""))

    def _number(self, id: str) -> tuple[int, ...]:
        document, anchor = self._label(id)
        return self._app.env.toc_fignumbers.get(document, {}).get("figure", {}).get(anchor, ())


def _figure_id(node: nodes.figure) -> str:
    names = [name.removeprefix("fig-") for name in node["names"] if name.startswith("fig-")]
    return names[0] if names else ""


def _caption(node: nodes.figure) -> nodes.Element:
    return next(node.findall(nodes.caption))
