"""The tables' pages in the hands of Sphinx: what is written for each table, and links to it."""

import html
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes

from overtake.book import head, ledger, table_page
from overtake.book.cite_box import CiteBox
from overtake.book.figure_site import BesideFigures
from overtake.book.files import write_files
from overtake.book.moved import warn_of_lost, write_redirect
from overtake.book.shown_table import Reader, ShownTable
from overtake.chapter import parameters
from overtake.core import pages
from overtake.data import tables
from overtake.data.tables import PACKAGE_FILE
from overtake.publishing import datapackage, published, releases, vintages
from overtake.publishing.citations import edition
from overtake.publishing.citations.catalogue import BOOK, TABLES_FOLDER
from overtake.runs import chapter_parameters

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder
    from sphinx.domains.std import StandardDomain

_INDEX = f"{TABLES_FOLDER}/index"


@dataclass(frozen=True)
class TablePages(BesideFigures):
    """The tables' pages of one build, beside those of its figures."""

    @property
    def paths(self) -> list[str]:
        """The addresses of the pages, from the book's root."""
        return [f"/{TABLES_FOLDER}/{name}/" for name in tables.names()]

    def connect_page(self, doctree: nodes.document, page: str) -> None:
        """Lead each link to a table's anchor on to its page, and the entries of the list too."""
        builder = cast("StandaloneHTMLBuilder", self.app.builder)
        there = {
            anchor: builder.get_relative_uri(page, _page_name(name))
            for anchor, name in self._anchors.items()
        }
        for link in list(doctree.findall(nodes.reference)):
            path, _, anchor = link.get("refuri", "").partition("#")
            anchor = link.get("refid", anchor)
            if anchor in there and self._is_list(page, path):
                link.attributes.pop("refid", None)
                link["refuri"] = there[anchor]
        for entry in list(_entries(doctree)):
            anchor = next(filter(there.get, _ids(entry)))
            title = next(entry.findall(nodes.strong))
            link = nodes.reference("", "", *title.children, refuri=there[anchor], internal=True)
            title.children = []
            title += link
            entry.append(nodes.raw("", table_page.words(self._anchors[anchor]), format="html"))

    def pages(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        """Yield the page of each table, after writing what stands beside it."""
        target = Path(self.app.outdir, TABLES_FOLDER)
        shutil.rmtree(target, ignore_errors=True)  # a table may be gone
        self._write_package(target)
        for name in tables.names():
            table = self._table(name)
            yield _page_name(name), self._page(table, target / name), "page.html"
        self._redirect()

    def _page(self, table: ShownTable, folder: Path) -> dict[str, Any]:
        """Write a table's files and return what its page is made of."""
        publication, scenario = self.catalogue.publication, self.figures.scenario
        subject = head.of_table(table, self.catalogue)
        schema = datapackage.schema(self.catalogue.project, table.id)
        files = table_page.downloads(table, schema, subject)
        box = CiteBox.of(table.citable, table.item, self.catalogue.project)
        beside = {each.name: each.content for each in files}
        if not scenario:
            beside |= box.files | table_page.signs(table, subject, files)
        for name in (table.id, *self._former(table.id)):  # a file's address can't lead elsewhere
            contents = {_renamed(file, table.id, name): each for file, each in beside.items()}
            write_files(folder.with_name(name), contents)
        body = pages.render(
            "table.html",
            **table_page.content(table, subject, files),
            vintages=table_page.vintages(table, self._releases, publication.repository),
            list_address=self._list_address,
            scenario=scenario,
            cite=box,
        )
        described = table_page.head_of(table, subject, files)
        return {
            "title": html.escape(subject.title),
            "body": body,
            "metatags": head.NOT_PUBLISHED if scenario else described,
            "display_toc": False,
        }

    def _write_package(self, folder: Path) -> None:
        """Write the package of all tables, and an archive of it, beside the tables' folders."""
        project, publication = self.catalogue.project, self.catalogue.publication
        book = edition.of(self.catalogue.find(BOOK), publication, project)
        address = f"{edition.own_root(publication)}/{TABLES_FOLDER}/"
        said = datapackage.package(project, publication, book, address)
        write_files(folder, {
            PACKAGE_FILE: datapackage.as_json(said),
            datapackage.ARCHIVE_NAME: datapackage.archive(project, said),
        })  # fmt: skip

    def _redirect(self) -> None:
        """Write a page at each address that a table once had, and at that of all tables."""
        site, publication = Path(self.app.outdir), self.catalogue.publication
        titles = {name: tables.describe(name).title for name in tables.names()}
        known = published.read_tables(self.catalogue.project)
        warn_of_lost(known, titles, "table")
        for old, new in self._moved.items():
            moved = (_page_name(old), _page_name(new))
            write_redirect(site, moved, "table", titles[new], publication)
        if self._list_page:
            title = self.app.env.titles[self._list_page].astext()
            write_redirect(site, (_INDEX, self._list_page), "page", title, publication)

    def _table(self, name: str) -> ShownTable:
        states = vintages.of_table(self._states, name)
        return ShownTable.of(self.catalogue, name, list(self._readers(name)), states)

    def _readers(self, name: str) -> Iterator[Reader]:
        """Yield the chapters that a table is used in, in the book's order of their figures."""
        drawn = [figure for figure in self.figures.figures if name in figure.shown.tables]
        for chapter, run in self.catalogue.runs.items():
            declared = parameters.describe(chapter_parameters.of_chapter(chapter))
            from_it = [each.name for each in declared if each.source == name]
            if name in run.record.inputs.tables or from_it:
                title = self.app.env.titles[f"chapters/{chapter}"].astext()
                figures = [figure for figure in drawn if figure.chapter == chapter]
                yield Reader(chapter, title, figures, from_it)

    @cached_property
    def _states(self) -> list[vintages.Vintage]:
        return vintages.past(self.catalogue.project)

    @cached_property
    def _releases(self) -> list[releases.Release]:
        return releases.read_all(self.catalogue.project)

    def _former(self, name: str) -> list[str]:
        """Return the names that a table had before."""
        return [old for old, new in self._moved.items() if new == name]

    @cached_property
    def _moved(self) -> dict[str, str]:
        return published.read_tables(self.catalogue.project).moved(tables.names())

    @cached_property
    def _anchors(self) -> dict[str, str]:
        """The table of each anchor that stands for one, among them those of tables that moved."""
        names = {**{name: name for name in tables.names()}, **self._moved}
        return {nodes.make_id(f"table-{name}"): present for name, present in names.items()}

    @cached_property
    def _list_page(self) -> str:
        """The page with the list of tables; "" if no page has it."""
        domain = cast("StandardDomain", self.app.env.get_domain("std"))
        first = next(iter(tables.names()), "")
        document, _ = domain.anonlabels.get(f"table-{first}", ("", ""))
        return document

    @property
    def _list_address(self) -> str:
        return f"../../{self._list_page}.html" if self._list_page else ""

    def _is_list(self, page: str, path: str) -> bool:
        """Whether a link from a page leads to the list; its path is "" on the same page."""
        builder = cast("StandaloneHTMLBuilder", self.app.builder)
        if not self._list_page:
            return False
        if not path:
            return page == self._list_page
        return path == builder.get_relative_uri(page, self._list_page)


def _entries(doctree: nodes.document) -> Iterator[nodes.list_item]:
    """Yield the entries of the lists of tables on a page."""
    for listed in doctree.findall(nodes.container):
        if ledger.LIST_CLASS in listed["classes"]:
            yield from listed.findall(nodes.list_item)


def _ids(element: nodes.Element) -> Iterator[str]:
    for node in element.findall(nodes.Element):
        yield from node["ids"]


def _renamed(file: str, name: str, other: str) -> str:
    """Return what a file is called that is named after a table, under another name of it."""
    return f"{other}{file.removeprefix(name)}" if file.startswith(f"{name}.") else file


def _page_name(name: str) -> str:
    """Return the name under which Sphinx writes a table's page."""
    return f"{TABLES_FOLDER}/{name}/index"
