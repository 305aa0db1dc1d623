"""The headline numbers' pages in the hands of Sphinx: what is written for each."""

import html
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

from overtake.book import head, number_page
from overtake.book.cite_box import CiteBox
from overtake.book.figure_site import FigurePages, copy_files, write_files, write_redirect
from overtake.book.shown_number import ShownNumber
from overtake.core import pages
from overtake.core.errors import PublicationError
from overtake.publishing import published
from overtake.publishing.citations.catalogue import NUMBERS_FOLDER, Catalogue, number_path

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class NumberPages:
    """The headline numbers' pages of one build, beside those of its figures."""

    figures: FigurePages

    @property
    def app(self) -> Sphinx:
        """The application that builds."""
        return self.figures.app

    @property
    def catalogue(self) -> Catalogue:
        """What can be cited."""
        return self.figures.catalogue

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

    def pages(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        """Yield the page of each number, after writing what stands beside it."""
        target = Path(self.app.outdir, NUMBERS_FOLDER)
        shutil.rmtree(target, ignore_errors=True)  # a number may be gone
        for number in self.numbers:
            yield _page_name(number.id), self._page(number, target / number.id), "page.html"
        self._redirect()

    def _page(self, number: ShownNumber, folder: Path) -> dict[str, Any]:
        """Write a number's files and return what its page is made of."""
        scenario = self.figures.scenario
        subject = head.of_number(number, self.catalogue)
        files = number_page.downloads(number, subject)
        box = CiteBox.of(number.citable, number.item, self.catalogue.project)
        beside = {each.name: each.content for each in files} | box.files
        write_files(folder, {} if scenario else beside)
        body = pages.render(
            "number.html",
            **number_page.content(number, subject),
            chapter_title=self.app.env.titles[f"chapters/{number.chapter}"].astext(),
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

    def _redirect(self) -> None:
        """Write a page, and the files, at each address that a number once had."""
        site, publication = Path(self.app.outdir), self.catalogue.publication
        titles = {number.id: number.citable.title for number in self.numbers}
        known = published.read_numbers(self.catalogue.project)
        for lost in known.lost(titles):
            _LOGGER.warning(
                "overtake: the number %s was published and is gone; say in %s what took its place",
                lost, known.folder / published.REDIRECTS_NAME,
            )  # fmt: skip
        for old, new in known.moved(titles).items():
            moved = (_page_name(old), _page_name(new))
            write_redirect(site, moved, "number", titles[new], publication)
            copy_files(site / NUMBERS_FOLDER / old, site / NUMBERS_FOLDER / new)


def _page_name(id: str) -> str:
    """Return the name under which Sphinx writes a number's page."""
    return f"{NUMBERS_FOLDER}/{id}/index"
