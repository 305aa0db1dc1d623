"""Everything that can be cited, by id, and the publications behind the data."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from pybtex.database import Entry, Person, parse_file
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from overtake.core import digests
from overtake.core.errors import CitationError, WordsError
from overtake.core.paths import Project
from overtake.data import reach, tables
from overtake.data.reach import Reach
from overtake.publishing import published, vintages
from overtake.publishing.citations import kinds
from overtake.publishing.numbers import provenance, told
from overtake.publishing.numbers.provenance import Provenance
from overtake.publishing.numbers.told_fact import ToldFact, ToldFacts
from overtake.publishing.publication import Author, Publication
from overtake.runs import chapter_source, pools, runs
from overtake.runs.recorded import RunInputs
from overtake.runs.runs import Run
from overtake.runs.words.fact_numbers import is_path
from overtake.runs.words.told import Figure, Headline

BOOK = "book"  # the id of the book as a whole
TABLES_FOLDER = "tables"  # of the site, which holds the tables' pages
NUMBERS_FOLDER = "numbers"  # the same for headline numbers and lists of all others
Kind = Literal["book", "chapter", "table", "figure", "number"]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)?")
_LONGEST_ID = 100
_CHAPTERS = "chapters/"  # before a chapter's name among those of pages
_AND_OTHERS = "others"  # how BibTeX ends a list of authors that is cut short


@dataclass(frozen=True)
class Citable:
    """Something with an id, an address and a citation."""

    kind: Kind
    id: str
    title: str  # for a figure its message, for a number its label and the number itself
    path: str  # stable address from the book's root, with a slash at its beginning
    runs: tuple[str, ...]  # that made it, or for a table those that read it
    credit: str  # who made the data
    references: tuple[str, ...]  # keys of the data's publications
    data: str  # id of the state of all data, as `overtake data vintages` lists it
    reach: Reach | None  # how far the tables behind it reach; none if there are none
    content: str = ""  # for a table its vintage and the beginning of its hash
    shows: str = ""  # SHA-256 of what its page shows, whichever runs it was that made it
    within: str = ""  # the chapter with which it is released, if not by itself

    @property
    def stem(self) -> str:
        """How the names of its files begin: the id, of a number without its chapter."""
        return self.id.rpartition("/")[2]


@dataclass(frozen=True)
class Catalogue:
    """What can be cited of a book."""

    project: Project
    publication: Publication
    wanted: tuple[RunInputs, ...]  # the run of each chapter, whether it is at hand or not
    at_hand: Mapping[str, Run] = field(default_factory=dict)  # runs that are known, by chapter

    @classmethod
    def of_published(cls, project: Project, publication: Publication) -> "Catalogue":
        """Return the catalogue of the published book: every parameter at its default."""
        wanted = tuple(runs.plan(project, name) for name in project.chapter_names())
        return cls(project, publication, wanted)

    @classmethod
    def of_runs(
        cls, project: Project, publication: Publication, shown: Mapping[str, Run]
    ) -> "Catalogue":
        """Return the catalogue of a book that shows these runs, by chapter name."""
        wanted = tuple(shown[name].record.inputs for name in sorted(shown))
        return cls(project, publication, wanted, shown)

    @cached_property
    def runs(self) -> dict[str, Run]:
        """Those of the runs that are in the store, by chapter name."""
        found = {
            inputs.chapter: self.at_hand.get(inputs.chapter) or runs.find(self.project, inputs)
            for inputs in self.wanted
        }
        return {name: run for name, run in found.items() if run is not None}

    @cached_property
    def figures(self) -> dict[str, Citable]:
        """The figures of the runs at hand, by id."""
        return {
            name: of_figure(shown, run.id)
            for run in self.runs.values()
            for name, shown in run.figures.items()
        }

    @cached_property
    def numbers(self) -> dict[str, Run]:
        """The run of each headline number by the number's id; runs without pictures count too."""
        return {
            number_id(chapter, name): run
            for chapter, run in self._numbered.items()
            for name in run.results.numbers
        }

    @cached_property
    def _numbered(self) -> dict[str, Run]:
        """The run of each chapter whose numbers are at hand."""
        known = {
            inputs.chapter: self.runs.get(inputs.chapter) or runs.find_facts(self.project, inputs)
            for inputs in self.wanted
        }
        return {chapter: run for chapter, run in known.items() if run is not None}

    @property
    def ids(self) -> list[str]:
        """Every id that can be cited: the book's, chapters', tables', figures' and numbers'."""
        chapters = [inputs.chapter for inputs in self.wanted]
        figures = [name for run in self.runs.values() for name in run.drawings]
        return [BOOK, *chapters, *tables.names(), *figures, *self.numbers]

    def find(self, id: str) -> Citable:
        """Return what an id names, or suggest the nearest. Capitals matter.

        A number's name alone will do if only one chapter has it.
        """
        if len(id) > _LONGEST_ID or not _ID.fullmatch(id):
            shown = id if len(id) <= _LONGEST_ID else f"{id[:_LONGEST_ID]}…"
            raise CitationError(
                f"{shown!r} is no id: one has up to {_LONGEST_ID} letters, digits, dots, hyphens "
                "and underscores, and starts with a letter or digit; a number has its chapter and "
                "a slash before it"
            )
        if id == BOOK:
            names = dict.fromkeys(name for inputs in self.wanted for name in inputs.tables)
            every = tuple(inputs.id for inputs in self.wanted)
            cited = _cited("book", BOOK, self.publication.title, "/", every, _whole(names))
            return replace(cited, shows=_digest(self._pages(), every, cited.data))
        for inputs in self.wanted:
            if inputs.chapter == id:
                path, heading = f"/chapters/{id}.html", _heading(self.project, id)
                cited = _cited("chapter", id, heading, path, (inputs.id,), _whole(inputs.tables))
                return replace(cited, shows=_digest(self._pages(id), cited.runs))
        if id in tables.names():
            readers = tuple(inputs.id for inputs in self.wanted if id in inputs.tables)
            table = tables.describe(id)
            content = f"vintage {table.vintage}, SHA-256 {table.hash.removeprefix('sha256:')[:16]}"
            cited = _cited("table", id, table.title, table_path(id), readers, _whole((id,)))
            described = vintages.current(Project.find()).resources[id]
            return replace(cited, content=content, shows=_digest(described))
        self.draw(id)
        for run in self.runs.values():
            if id in run.drawings:  # the words of other runs need not be rendered
                return of_figure(run.figures[id], run.id)
        if number := self.find_number(id) or self.find_fact(id):
            return number
        if (now := self.now(id)) != id:
            return self.find(now)
        raise CitationError(self._unknown(id))

    def find_number(self, id: str) -> Citable | None:
        """Return the headline number of an id, or of a name that one chapter alone has, or None."""
        found = [known for known in self.numbers if id in {known, known.rpartition("/")[2]}]
        if len(found) > 1:
            raise CitationError(
                f"{id!r} is a number of several chapters: {', '.join(found)}; say which"
            )
        return self.number(found[0]) if found else None

    def find_fact(self, id: str) -> Citable | None:
        """Return a number among a chapter's facts by chapter and path, or None for other ids.

        A `CitationError` says where there is none on the path, and what is near.
        """
        fact = self.fact(id)
        return (
            of_fact(fact, self._numbered[fact.chapter], self.find(fact.chapter)) if fact else None
        )

    def fact(self, id: str) -> ToldFact | None:
        """Return what `find_fact` does, as the number that it is."""
        chapter, _, path = id.partition("/")
        if not is_path(path) or chapter not in self._numbered:
            return None
        try:
            return ToldFacts(self.project, self._numbered[chapter]).find(path)
        except WordsError as error:
            raise CitationError(f"nothing is called {id!r}: {error}") from None

    def number(self, id: str) -> Citable:
        """Return a headline number by its id."""
        return of_number(self.numbers[id], id, self.behind(id))

    def behind(self, id: str) -> Provenance:
        """Return where a number comes from; a chapter's source is followed once."""
        chapter, _, name = id.partition("/")
        if chapter not in self._followed:
            self._followed[chapter] = provenance.of_chapter(self.project, chapter)
        followed = self._followed[chapter]
        return followed.provenance_of_fact(name) if is_path(name) else followed.provenance(name)

    @cached_property
    def _followed(self) -> dict[str, provenance.Chapter]:
        return {}

    def now(self, id: str) -> str:
        """Return the id that what is cited has by now; if it was not renamed, the same."""
        for read in (published.read, published.read_tables, published.read_numbers):
            renamed = read(self.project)
            if (now := renamed.follow(id)) != id:
                return now
        pages = published.read_pages(self.project)
        return pages.follow(f"{_CHAPTERS}{id}").removeprefix(_CHAPTERS)

    def _pages(self, chapter: str = "*") -> dict[str, str]:
        """Return the SHA-256 of the sources of a chapter's pages, or of all, by name."""
        folder = self.project.chapters
        sources = [*folder.glob(f"{chapter}.ipynb"), *folder.glob(f"{chapter}-evidence.md")]
        if chapter == "*":
            sources += [self.project.root / "index.md", *folder.glob("*.md")]
        return {path.name: digests.of_file(path) for path in sorted(sources) if path.is_file()}

    def draw(self, id: str) -> None:
        """Draw the figures of a chapter's run, if this is one of them and none is drawn yet."""
        for inputs in self.wanted:
            if inputs.chapter in self.runs:
                continue
            known = runs.find_facts(self.project, inputs)
            if known and id in known.report.drawn:
                self.runs[inputs.chapter] = pools.ensure(self.project, inputs)

    def _unknown(self, id: str) -> str:
        names = {known.rpartition("/")[2].lower(): known for known in self.numbers}
        lowered = names | {known.lower(): known for known in self.ids}
        close = difflib.get_close_matches(id.lower(), lowered, n=3, cutoff=0.5)
        named = ", ".join(dict.fromkeys(lowered[word] for word in close))
        others = ", ".join(known for known in self.ids if known not in self.numbers)
        count = f", and headline numbers, {len(self.numbers)} in all" if self.numbers else ""
        hint = f"did you mean {named}?" if close else f"there are: {others}{count}"
        lacking = [i.chapter for i in self.wanted if i.chapter not in self.runs]
        more = f"; no run yet of {', '.join(lacking)}: `make book` makes it" if lacking else ""
        return f"nothing that can be cited is called {id!r}; {hint}{more}"


def of_figure(shown: Figure, run: str) -> Citable:
    """Return a figure as the run of this id drew it."""
    path = f"/figures/{shown.id}/"
    cited = _cited("figure", shown.id, shown.title, path, (run,), shown.sources)
    said = (shown.title, shown.subtitle, shown.caption, shown.alt, shown.columns)
    behind = [tables.describe(name).hash for name in shown.tables]
    shows = _digest(said, shown.files, behind, cited.credit, cited.references)
    return replace(cited, shows=shows)


def of_number(run: Run, id: str, behind: Provenance) -> Citable:
    """Return a headline number, by its id, as a run computed it."""
    chapter, _, name = id.partition("/")
    number = run.headline[name]
    title = f"{number.label}: {told.short(number)}"
    used = _whole(tables_of_number(run, behind))
    cited = _cited("number", id, title, number_path(chapter, name), (run.id,), used)
    said = (number.label, number.definition, asdict(number.estimate), number.digits)
    shows = _digest(said, number.data_until, cited.credit, cited.references)
    return replace(cited, reach=_reach(number), shows=shows)


def of_fact(fact: ToldFact, run: Run, chapter: Citable) -> Citable:
    """Return a number among the facts of a run; it is released with its chapter."""
    used = _whole(fact.behind.tables if fact.behind else ())
    path = fact_path(fact.chapter, fact.path)
    title = f"{fact.meaning}: {fact.short}"
    cited = _cited("number", fact.id, title, path, (run.id,), used)
    return replace(cited, shows=chapter.shows, within=chapter.id)


def tables_of_number(run: Run, behind: Provenance) -> tuple[str, ...]:
    """Return the tables that a headline number rests on; its chapter's, if that can't be told."""
    read = run.record.inputs.tables
    if not behind.sections:
        return tuple(read)
    return tuple(table for table in read if table in behind.tables)


def _reach(number: Headline) -> Reach:
    """Return how far the data behind a number reach, as its chapter says."""
    return Reach(number.data_until)


def number_id(chapter: str, name: str) -> str:
    """Return the id by which a headline number of a chapter is cited."""
    return f"{chapter}/{name}"


def number_path(chapter: str, name: str) -> str:
    """Return the address of a headline number's page, from the book's root."""
    return f"{numbers_path(chapter)}{name}/"


def numbers_path(chapter: str) -> str:
    """Return the address of the list of a chapter's numbers, from the book's root."""
    return f"/{NUMBERS_FOLDER}/{chapter}/"


def fact_path(chapter: str, path: str) -> str:
    """Return where in that list a number among the chapter's facts stands."""
    return f"{numbers_path(chapter)}#{path}"


def _digest(*shown: object) -> str:
    """Return the SHA-256 of what is shown; of a mapping the order doesn't matter."""
    return digests.of(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode())


def table_path(name: str) -> str:
    """Return the address of a table's page, from the book's root."""
    return f"/{TABLES_FOLDER}/{name}/"


def _whole(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the keys of all sources of tables, by table."""
    return {name: tables.describe(name).sources for name in names}


def _cited(
    kind: Kind, id: str, title: str, path: str, runs: tuple[str, ...],
    used: Mapping[str, tuple[str, ...]],
) -> Citable:  # fmt: skip
    """Return what these runs show from the sources of these keys, by table."""
    makers = "; ".join(dict.fromkeys(tables.describe(name).credit for name in used))
    credit = makers if kind in {"book", "chapter"} else reach.credit(used)
    references = tuple(dict.fromkeys(key for keys in used.values() for key in keys))
    data = vintages.current(Project.find()).id
    return Citable(kind, id, title, path, runs, credit, references, data, reach.of_tables(used))


def _heading(project: Project, chapter: str) -> str:
    """Return a chapter's heading, which stands first in its source."""
    notebook = chapter_source.read(project.chapter(chapter))
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := re.match(r"#\s+(.+)", cell.source)):
            return found[1].strip()
    return chapter


@dataclass(frozen=True)
class Reference:
    """One publication, in plain text; what the file does not say of it is ""."""

    key: str
    title: str
    authors: tuple[str, ...]  # names in reading order, persons and bodies alike
    writers: tuple[Author, ...]  # the same with the parts of their names; "and others" is nobody
    year: str
    address: str
    kind: kinds.Kind

    @property
    def sentence(self) -> str:
        """The reference on one line."""
        who = ", ".join(self.authors)
        year = f" ({self.year})" if self.year else ""
        return " ".join(f"{who}{year}. {self.title}. {self.address}".split())


def references_of(project: Project, keys: Sequence[str]) -> tuple[Reference, ...]:
    """Return the publications that ``references.bib`` has under some keys, in their order."""
    path, changed = _bibliography(project, keys)
    return tuple(_reference(path, changed, key) for key in keys)


def entries_of(project: Project, keys: Sequence[str]) -> Mapping[str, Entry]:
    """Return the entries of ``references.bib`` under some keys as they stand there."""
    path, changed = _bibliography(project, keys)
    return {key: _entries(path, changed)[key] for key in keys}


def _bibliography(project: Project, keys: Sequence[str]) -> tuple[Path, int]:
    """Return the file with the publications, which has these keys, and when it was changed."""
    path = project.root / "references.bib"
    try:
        changed = path.stat().st_mtime_ns
        known = _entries(path, changed)
    except (OSError, PybtexError) as error:
        raise CitationError(f"{path}: {error}") from None
    if missing := [key for key in keys if key not in known]:
        raise CitationError(f"{path.name} has no entry {', '.join(missing)}")
    return path, changed


@cache
def _entries(path: Path, _changed: int) -> Mapping[str, Entry]:
    entries: Mapping[str, Entry] = parse_file(str(path), bib_format="bibtex").entries
    return entries


@cache
def _reference(path: Path, changed: int, key: str) -> Reference:
    entry = _entries(path, changed)[key]
    people = entry.persons.get("author", [])
    return Reference(
        key=key,
        title=_plain(entry.fields.get("title", "")),
        authors=tuple(_name(person) for person in people),
        writers=tuple(_writer(person) for person in people if str(person) != _AND_OTHERS),
        year=entry.fields.get("year", ""),
        address=entry.fields.get("url", ""),
        kind=kinds.of_entry(entry),
    )


def _name(person: Person) -> str:
    parts = (
        person.first_names, person.middle_names, person.prelast_names, person.last_names,
        person.lineage_names,
    )  # fmt: skip
    return " ".join(_plain(word) for part in parts for word in part)


def _writer(person: Person) -> Author:
    """Return a person, or a body, whose name stands in braces and so has one part only."""
    given = (*person.first_names, *person.middle_names)
    family = (*person.prelast_names, *person.last_names, *person.lineage_names)
    return Author(" ".join(map(_plain, family)), " ".join(map(_plain, given)))


def _plain(latex: str) -> str:
    return re.sub(r"\\([%&_#$])", r"\1", str(Text.from_latex(latex)))
