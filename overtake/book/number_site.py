"""The headline numbers' pages in the hands of Sphinx: what is written for each."""

import html
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes

from overtake.book import head, number_page
from overtake.book.cite_box import CiteBox
from overtake.book.figure_page import Code
from overtake.book.figure_site import BesideFigures
from overtake.book.figures import ShownFigure
from overtake.book.files import write_files
from overtake.book.moved import copy_files, warn_of_lost, write_redirect
from overtake.book.shown_number import ShownNumber
from overtake.core import pages
from overtake.core.errors import PublicationError
from overtake.publishing import published
from overtake.publishing.citations import edition
from overtake.publishing.citations.catalogue import NUMBERS_FOLDER, number_path
from overtake.publishing.numbers.history import of_number as of_releases
from overtake.publishing.published import PublishedAddresses
from overtake.publishing.verification import outcomes

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder

ENTRY_CLASS = "overtake-number-entry"
"""Class of an element that names a headline number in a list; its id is under `number`."""
LISTS_NUMBERS = "overtake_lists_numbers"
"""Under which the metadata of a page say that it has the list of numbers."""


@dataclass(frozen=True)
class NumberPages(BesideFigures):
    """The headline numbers' pages of one build, beside those of its figures."""

    @property
    def paths(self) -> list[str]:
        """The addresses of the pages, from the book's root."""
        return [number_path(*each.split("/")) for each in self.catalogue.numbers]

    @cached_property
    def numbers(self) -> list[ShownNumber]:
        """Every headline number, in the order of the chapters."""
        for each in self.catalogue.numbers:
            if problem := published.number_problem(each):
                raise PublicationError(f"headline number {each!r} can't have a page: {problem}")
        return [ShownNumber.of(self.catalogue, each) for each in self.catalogue.numbers]

    @cached_property
    def by_id(self) -> Mapping[str, ShownNumber]:
        """The same by their ids."""
        return {number.id: number for number in self.numbers}

    def connect_page(self, doctree: nodes.document, page: str) -> None:
        """Lead each entry of a list of numbers to the number's page."""
        builder = cast("StandaloneHTMLBuilder", self.app.builder)
        for entry in list(doctree.findall(nodes.inline)):
            if ENTRY_CLASS not in entry["classes"]:
                continue
            number = self.by_id[entry["number"]]
            there = builder.get_relative_uri(page, _page_name(number.id))
            link = nodes.reference("", "", *entry.children, refuri=there, internal=True)
            entry.replace_self([link, nodes.raw("", number_page.words(number), format="html")])

    def pages(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        """Yield the page of each number, after writing what stands beside it."""
        target = Path(self.app.outdir, NUMBERS_FOLDER)
        shutil.rmtree(target, ignore_errors=True)  # a number may be gone
        for number in self.numbers:
            yield _page_name(number.id), self._page(number, target / number.id), "page.html"
        self._redirect()

    def _page(self, number: ShownNumber, folder: Path) -> dict[str, Any]:
        """Write a number's files and return what its page is made of."""
        project, scenario = self.catalogue.project, self.figures.scenario
        subject = head.of_number(number, self.catalogue)
        files = number_page.downloads(number, subject)
        box = CiteBox.of(number.citable, number.item, project)
        signs = number_page.signs(number, subject)
        beside = {each.name: each.content for each in files} | box.files | signs
        write_files(folder, {} if scenario else beside)
        names = [number.id, *edition.former(number.citable, project)]
        history = of_releases(edition.known(project), names)
        body = pages.render(
            "number.html",
            **number_page.content(number, subject, self._code, history, self._figures),
            chapter_title=self.app.env.titles[f"chapters/{number.chapter}"].astext(),
            evidence_address=self._evidence_address(number.chapter),
            list_address=f"../../../{self._list_page}.html" if self._list_page else "",
            proof=outcomes.sentence(outcomes.of_run(self._verified, number.run)),
            downloads=files,
            scenario=scenario,
            cite=box,
        )
        return {
            "title": html.escape(subject.title),
            "body": body,
            "metatags": head.NOT_PUBLISHED if scenario else number_page.head_of(number, subject),
            "display_toc": False,
        }

    @cached_property
    def _figures(self) -> Mapping[str, ShownFigure]:
        return {figure.id: figure for figure in self.figures.figures}

    @cached_property
    def _code(self) -> Code:
        return Code.of(self.catalogue.project, self.catalogue.publication)

    @cached_property
    def _published(self) -> PublishedAddresses:
        return published.read_numbers(self.catalogue.project)

    @cached_property
    def _verified(self) -> dict[str, outcomes.Verified]:
        return outcomes.read(self.catalogue.project)

    @cached_property
    def _list_page(self) -> str:
        """The page with the list of numbers; "" if no page has it."""
        listing = (page for page, said in self.app.env.metadata.items() if LISTS_NUMBERS in said)
        return min(listing, default="")

    def _evidence_address(self, chapter: str) -> str:
        page = self.catalogue.project.evidence(chapter)
        return f"../../../chapters/{page.stem}.html" if page.is_file() else ""

    def _redirect(self) -> None:
        """Write a page, and the files, at each address that a number once had."""
        site, publication = Path(self.app.outdir), self.catalogue.publication
        titles = {number.id: number.citable.title for number in self.numbers}
        known = self._published
        warn_of_lost(known, titles, "number")
        for old, new in known.moved(titles).items():
            moved = (_page_name(old), _page_name(new))
            write_redirect(site, moved, "number", titles[new], publication)
            copy_files(site / NUMBERS_FOLDER / old, site / NUMBERS_FOLDER / new)
        if self._list_page:
            title = self.app.env.titles[self._list_page].astext()
            moved = (f"{NUMBERS_FOLDER}/index", self._list_page)
            write_redirect(site, moved, "page", title, publication)


def _page_name(id: str) -> str:
    """Return the name under which Sphinx writes a number's page."""
    return f"{NUMBERS_FOLDER}/{id}/index"
