"""``llms.txt``: what an assistant should know of the book before it reads any of it.

Its form is that of https://llmstxt.org: a title, a summary as a quotation, words without
headings, then sections that are lists of links; the last may be left out for want of room.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from overtake.book import building, fact_list, ledger, markdown, twins
from overtake.book.fact_list import FactList, NumberFact
from overtake.book.twins import SUFFIX, Cited, Twin
from overtake.chapter import acceptance
from overtake.core import pages
from overtake.data import reach
from overtake.data.tables import PACKAGE_FILE
from overtake.publishing.citations.catalogue import TABLES_FOLDER, number_path

if TYPE_CHECKING:
    from sphinx.domains.std import StandardDomain

FILE_NAME = "llms.txt"
_SUMMARY = "Summary"
_OPTIONAL = "Optional"


@dataclass(frozen=True)
class Entry:
    """A link of a list: its words, the file from the site's root, and what it is."""

    title: str
    path: str
    about: str = ""


@dataclass(frozen=True)
class Section:
    """A list of links under a heading."""

    title: str
    entries: Sequence[Entry]


def write(app: Sphinx) -> None:
    """Write the twins of a published book's pages, its facts, and what leads to both."""
    build, site = building.of(app), Path(app.outdir)
    if build.pages is None or build.numbers is None or not build.is_published:
        return
    catalogue, numbers = build.pages.catalogue, build.numbers.numbers
    figures = [figure.citable for figure in build.figures]
    cited = Cited(catalogue, [*figures, *(number.citable for number in numbers)])
    written = twins.write(cited, site)
    cards = _Cards(app.env)
    claims = app.config[ledger.CLAIMS_SETTING]
    facts = fact_list.of_book(catalogue, numbers, claims, cards.address)
    listed = render(cited, facts, sections(app.env, written, facts))
    for name, text in {
        fact_list.FILE_NAME: fact_list.as_json(facts),
        fact_list.SCHEMA_NAME: fact_list.schema(),
        FILE_NAME: listed,
    }.items():
        (site / name).write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class _Cards:
    """Where the cards of claims stand."""

    env: BuildEnvironment

    def address(self, claim: str) -> str:
        """Return the address of a claim's card from the book's root; the book's, if it has none."""
        known = cast("StandardDomain", self.env.get_domain("std")).anonlabels
        document, anchor = known.get(ledger.anchor(claim), ("", ""))
        return f"/{document}.html#{anchor}" if document else "/"


def render(cited: Cited, facts: FactList, sections: Sequence[Section]) -> str:
    """Write the file."""
    return pages.render(
        "llms.jinja",
        book=cited.publication,
        facts=facts,
        version=cited.edition.sentence,
        is_draft=facts.is_draft,
        reach=reach.told(cited.book.reach),
        citation=cited.short,
        example=_example(facts, sections),
        sections=[section for section in sections if section.entries],
        place=cited.file,
        facts_name=fact_list.FILE_NAME,
    )


def sections(env: BuildEnvironment, twins: Sequence[Twin], facts: FactList) -> list[Section]:
    """Return the book's parts with their pages in order, its files, and all other pages."""
    by_page = {twin.page: twin for twin in twins}
    parts = [
        Section(title, [_entry(each) for each in found]) for title, found in _parts(env, by_page)
    ]
    told = {entry.path for part in parts for entry in part.entries}
    told |= {_path_of(number) for number in facts.numbers}
    others = [Entry(_entry(twin).title, twin.path) for twin in twins if twin.path not in told]
    return [*parts, Section("Files for programs", list(_files(facts))), Section(_OPTIONAL, others)]


def _path_of(number: NumberFact) -> str:
    """Return the twin of a number's page, which the list of facts leads to already."""
    return f"{number_path(*number.id.split('/')).lstrip('/')}index.html{SUFFIX}"


def _parts(env: BuildEnvironment, by_page: Mapping[str, Twin]) -> Iterator[tuple[str, list[Twin]]]:
    """Yield the parts of the book as its contents have them, with the twins of their pages."""
    first = env.config.root_doc
    yield _SUMMARY, _found([first], by_page)
    for contents in env.get_doctree(first).findall(addnodes.toctree):
        named = [name for _, name in contents["entries"]]
        pages_of_part = [page for name in named for page in (name, *_below(env, name))]
        yield contents.get("caption") or "Pages", _found(pages_of_part, by_page)


def _below(env: BuildEnvironment, page: str) -> Iterator[str]:
    for name in env.toctree_includes.get(page, ()):
        yield name
        yield from _below(env, name)


def _found(names: Sequence[str], by_page: Mapping[str, Twin]) -> list[Twin]:
    return [by_page[file] for name in names if (file := f"{name}.html") in by_page]


def _entry(twin: Twin) -> Entry:
    return Entry(markdown.escape(twin.title), twin.path, markdown.escape(twin.description))


def _files(facts: FactList) -> Iterator[Entry]:
    numbers, verdicts = len(facts.numbers), len(facts.verdicts)
    yield Entry(fact_list.FILE_NAME, fact_list.FILE_NAME,
                f"{numbers} headline numbers and {verdicts} verdicts on parts of claims, each with "
                "date, address and citation")  # fmt: skip
    yield Entry(
        fact_list.SCHEMA_NAME, fact_list.SCHEMA_NAME, f"JSON Schema of {fact_list.FILE_NAME}"
    )
    yield Entry(
        acceptance.FILE_NAME, acceptance.FILE_NAME, "published results, made again from the data"
    )
    yield Entry(PACKAGE_FILE, f"{TABLES_FOLDER}/{PACKAGE_FILE}",
                "all tables, with columns, units, sources and licences (Frictionless)")  # fmt: skip
    yield Entry("book.bib", "book.bib", "the citation of the report, in BibTeX")


def _example(facts: FactList, sections: Sequence[Section]) -> NumberFact | None:
    """Return the first number with an interval of the first chapter that the contents name."""
    order = [entry.path for section in sections for entry in section.entries]
    places = {path.rpartition("/")[2].partition(".")[0]: place for place, path in enumerate(order)}
    numbers = [each for each in facts.numbers if each.has_value and each.low != each.high]
    told = [each for each in numbers if each.chapter in places]
    return min(told, key=lambda each: places[each.chapter], default=None)
