"""What a run found, with the words of its chapter: numbers, verdicts, tests and figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from overtake.chapter import figures as drawn
from overtake.chapter import session
from overtake.chapter.figures import DrawingRecord
from overtake.chapter.results import RecordedClaim, RecordedNumber, RecordedTest, Results
from overtake.core import prose
from overtake.core.errors import WordsError
from overtake.data import reach
from overtake.data.reach import Reach
from overtake.runs.words.chapter import ChapterWords, ClaimWords, NumberWords


@dataclass(frozen=True)
class Headline(NumberWords, RecordedNumber):
    """A headline number of a run with its words."""


@dataclass(frozen=True)
class JudgedClaim(ClaimWords, RecordedClaim):
    """A part of a claim as a run judges it, with the words of its chapter on the claim.

    `data` is how far the tables behind its figure reach, and None if no run at hand drew it.
    """

    data: Reach | None = None


@dataclass(frozen=True)
class NamedTest(RecordedTest):
    """A formal test of a run with its name: what is tested, in a few words."""

    name: str


@dataclass(frozen=True)
class Figure:
    """A figure: see `DrawingRecord` and `FigureWords`.

    `sources` has the keys of the sources that it uses, by table; `columns` the meaning and unit
    of each, in their order; `files` are those in `folder`: the drawing without title and source.
    """

    id: str
    title: str
    caption: str
    alt: str
    sources: dict[str, tuple[str, ...]]
    columns: dict[str, str]
    rows: int
    files: dict[str, str]
    folder: Path
    subtitle: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables behind it."""
        return tuple(self.sources)

    @property
    def data(self) -> Reach | None:
        """How far the tables behind it reach; None if there are none."""
        return reach.of_tables(self.tables)


def headline(found: Results, words: ChapterWords, chapter: str) -> dict[str, Headline]:
    """Return the headline numbers of a run with their words, by name.

    A number without words is refused, and so are words about one that is not there.
    """
    _require_same(found.numbers, words.numbers, f"chapter {chapter}: number-words")
    return {
        name: Headline(**vars(number), **vars(words.numbers[name]))
        for name, number in found.numbers.items()
    }


def claims(
    found: Results, words: ChapterWords, drawn: Mapping[str, DrawingRecord], chapter: str
) -> dict[str, JudgedClaim]:
    """Return the verdicts of a run with their words, by part of a claim; see `headline`.

    A verdict reaches as far as the tables behind the figure that shows it, and those that it
    names beside.
    """
    judged = dict.fromkeys(claim.claim for claim in found.claims.values())
    _require_same(judged, words.claims, f"chapter {chapter}: claim-words")
    data = {
        name: reach.of_tables((*drawn[claim.figure].tables, *claim.tables))
        if claim.figure in drawn
        else None
        for name, claim in found.claims.items()
    }
    return {
        name: JudgedClaim(**vars(claim), **vars(words.claims[claim.claim]), data=data[name])
        for name, claim in found.claims.items()
    }


def tests(found: Results, words: ChapterWords, chapter: str) -> dict[str, NamedTest]:
    """Return the formal tests of a run with their words, by id; see `headline`."""
    _require_same(found.tests, words.tests, f"chapter {chapter}: test-words")
    return {
        name: NamedTest(**vars(test), name=words.tests[name]) for name, test in found.tests.items()
    }


def figures(folder: Path, words: ChapterWords, chapter: str) -> dict[str, Figure]:
    """Return the figures of a run's folder with their words, by id; see `headline`."""
    records = drawings(folder)
    _require_same(records, words.figures, f"chapter {chapter}: figure-words")
    return {
        name: _figure(record, words, folder / drawn.FOLDER, chapter)
        for name, record in records.items()
    }


def drawings(folder: Path) -> dict[str, DrawingRecord]:
    """Return what a run knows of its figures, by id."""
    paths = sorted((folder / drawn.FOLDER).glob("*.json"))
    return {path.stem: session.read(path, DrawingRecord) for path in paths}


def _figure(record: DrawingRecord, words: ChapterWords, folder: Path, chapter: str) -> Figure:
    said = words.figures[record.id]
    place = f"chapter {chapter}: the columns of figure-words {record.id}"
    _require_same(record.columns, said.columns, place)
    return Figure(
        record.id, said.title, said.caption, said.alt, record.sources,
        {name: said.columns[name] for name in record.columns}, record.rows, record.files, folder,
        said.subtitle,
    )  # fmt: skip


def _require_same(found: Iterable[str], told: Mapping[str, object], place: str) -> None:
    """Refuse what has no words, and words about nothing."""
    wanted = list(found)
    problems = [f"{name!r} has no words" for name in wanted if name not in told]
    strange = [name for name in told if name not in wanted]
    problems += [f"{name!r} is not published{prose.suggestion(name, wanted)}" for name in strange]
    if problems:
        raise WordsError(f"{place}: {'; '.join(problems)}")
