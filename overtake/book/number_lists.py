"""The list of each chapter's numbers: headline numbers, and all others that sentences tell.

A headline number has a page of its own; the others have an anchor in the list of their chapter,
under the section that found them.
"""

import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, Self

from sphinx.environment import BuildEnvironment

from overtake.book import head, ledger
from overtake.book.figure_page import Code
from overtake.book.figure_site import BesideFigures
from overtake.book.files import File, write_files
from overtake.chapter import parameters
from overtake.core import pages
from overtake.data import reach, tables
from overtake.data.tables import TableDescription
from overtake.publishing.citations import edition
from overtake.publishing.citations.catalogue import (
    NUMBERS_FOLDER,
    fact_path,
    numbers_path,
    table_path,
)
from overtake.publishing.numbers import told
from overtake.publishing.numbers.dataflow.sources import Function
from overtake.publishing.numbers.told_fact import ToldFact, ToldFacts
from overtake.runs import chapter_parameters
from overtake.runs.runs import Run
from overtake.runs.words.fact_numbers import PARAMETERS

FILE_NAME = "numbers.json"
_MOST_TABLES = 3
"""How many tables are named without being asked for."""
_TOLD = "overtake_told"
"""Under which the metadata of a page have the ids of the numbers that its sentences tell."""


@dataclass(frozen=True)
class Found:
    """Numbers that one section found, or that are given as parameters.

    Attributes
    ----------
    section : Function or None
        That found them; None if it can't be told, and of parameters.
    tables : tuple of TableDescription
        It read for them.
    until : str
        To which day these reach; "" without tables.
    facts : tuple of ToldFact
        The numbers.
    """

    section: Function | None
    tables: tuple[TableDescription, ...]
    until: str
    facts: tuple[ToldFact, ...]

    @classmethod
    def of(cls, section: Function | None, facts: Sequence[ToldFact]) -> Self:
        """Return numbers of one section."""
        used = sorted({name for each in facts if each.behind for name in each.behind.tables})
        until = reach.span(reach.of_tables(used))
        return cls(section, tuple(map(tables.describe, used)), until, tuple(facts))


@dataclass(frozen=True)
class Group:
    """The numbers that are published under one name, as its chapter's list has them."""

    name: str
    heading: str
    found: tuple[Found, ...]

    @classmethod
    def of(cls, name: str, heading: str, facts: Iterable[ToldFact]) -> Self:
        """Return numbers by the section that found them, those of one section together."""
        by_section: dict[Function | None, list[ToldFact]] = {}
        for fact in facts:
            section = fact.behind.section if fact.behind else None
            by_section.setdefault(section, []).append(fact)
        return cls(name, heading, tuple(Found.of(*each) for each in by_section.items()))


@dataclass(frozen=True)
class NumberLists(BesideFigures):
    """The lists of the numbers of one build, beside the pages of its figures."""

    @property
    def paths(self) -> list[str]:
        """The addresses of the lists, from the book's root."""
        return [numbers_path(chapter) for chapter in self._chapters]

    def find(self, id: str) -> ToldFact:
        """Return a number that is no headline number by its id."""
        chapter, _, path = id.partition("/")
        return self._known[chapter].find(path)

    def pages(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        """Yield the list of each chapter that has numbers, after writing what stands beside it."""
        for chapter, run in self._chapters.items():
            folder = Path(self.app.outdir, NUMBERS_FOLDER, chapter)
            yield page_name(chapter), self._page(chapter, run, folder), "page.html"

    def _page(self, chapter: str, run: Run, folder: Path) -> dict[str, Any]:
        publication, scenario = self.catalogue.publication, self.figures.scenario
        facts = [self.find(each) for each in self._told.get(chapter, ())]
        file = None if scenario else self._file(facts)
        write_files(folder, {file.name: file.content} if file else {})
        title = self.app.env.titles[f"chapters/{chapter}"].astext()
        declared = chapter_parameters.of_chapter(chapter)
        changed = parameters.changed(declared, run.record.inputs.parameters)
        body = pages.render(
            "number_list.html",
            chapter=chapter,
            chapter_title=title,
            headline=run.headline.values(),
            value=told.value,
            interval=told.interval_with_kind,
            most_tables=_MOST_TABLES,
            groups=list(self._groups(chapter, facts)),
            example=next((each for each in facts if each.behind), None),
            code=self._code,
            table_path=table_path,
            command=ledger.rerun_command(chapter, changed),
            run=run.id,
            download=file,
            scenario=scenario,
        )
        said = head.render_other(publication, numbers_path(chapter))
        return {
            "title": html.escape(f"Numbers of “{title}”"),
            "body": body,
            "metatags": head.NOT_PUBLISHED if scenario else said,
            "display_toc": False,
        }

    def _groups(self, chapter: str, facts: Iterable[ToldFact]) -> Iterator[Group]:
        for name, found in groupby(facts, lambda each: each.group):
            heading = "Parameters" if name == PARAMETERS else self._known[chapter].heading(name)
            yield Group.of(name, heading, found)

    def _file(self, facts: Sequence[ToldFact]) -> File:
        publication = self.catalogue.publication
        root = edition.own_root(publication)
        listed = [
            {
                "id": each.id,
                "meaning": each.meaning,
                **each.plain(),
                "text": each.value,
                "address": publication.address(f"{root}{fact_path(each.chapter, each.path)}"),
            }
            for each in facts
        ]
        text = json.dumps(listed, indent=1, ensure_ascii=False, allow_nan=False)
        meaning = "all that stand below, with their meaning and full precision"
        return File(FILE_NAME, "JSON", meaning, "application/json", f"{text}\n".encode())

    @cached_property
    def _chapters(self) -> Mapping[str, Run]:
        runs = self.catalogue.runs
        return {name: run for name, run in runs.items() if name in self._told or run.headline}

    @cached_property
    def _known(self) -> Mapping[str, ToldFacts]:
        project = self.catalogue.project
        return {name: ToldFacts(project, run) for name, run in self.catalogue.runs.items()}

    @cached_property
    def _told(self) -> Mapping[str, Sequence[str]]:
        """Ids of what sentences tell, by chapter, those of one section together."""
        found: dict[str, dict[str, dict[str, None]]] = {}
        for page in sorted(self.app.env.metadata):
            for told_id in self.app.env.metadata[page].get(_TOLD, "").split():
                chapter, _, path = told_id.partition("/")
                run = self.catalogue.runs.get(chapter)
                if run is not None and path not in run.results.numbers:
                    group = path.partition(".")[0]
                    found.setdefault(chapter, {}).setdefault(group, {})[told_id] = None
        return {
            chapter: [each for name in _in_order(groups) for each in groups[name]]
            for chapter, groups in found.items()
        }

    @cached_property
    def _code(self) -> Code:
        return Code.of(self.catalogue.project, self.catalogue.publication)


def remember(env: BuildEnvironment, told: Sequence[str]) -> None:
    """Take note of the numbers that the page being read tells."""
    env.metadata[env.docname][_TOLD] = " ".join(told)


def _in_order(groups: Iterable[str]) -> list[str]:
    """Return sections by name, and parameters last."""
    return sorted(groups, key=lambda name: (name == PARAMETERS, name))


def page_name(chapter: str) -> str:
    """Return the name under which Sphinx writes a chapter's list."""
    return f"{NUMBERS_FOLDER}/{chapter}/index"
