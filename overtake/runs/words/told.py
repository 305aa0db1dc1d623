"""What a run found, with the words of its chapter: numbers, verdicts, tests and figures."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from overtake.chapter import figures as drawn
from overtake.chapter.figures import DrawingRecord
from overtake.chapter.results import RecordedEstimate, Results
from overtake.core.errors import ResultError, WordsError
from overtake.runs.words.chapter import ChapterWords
from overtake.runs.words.expressions import suggestion


@dataclass(frozen=True)
class Headline:
    """A headline number.

    Attributes
    ----------
    name : str
        Stable name in snake_case; what `overtake run` and the pages refer to.
    label : str
        What the number is, in a few words.
    definition : str
        How it is measured, in one sentence.
    estimate : RecordedEstimate
        The number with interval, kind, level, n and unit.
    vintage : str
        Date of the data behind it.
    digits : int
        Significant digits to show.
    """

    name: str
    label: str
    definition: str
    estimate: RecordedEstimate
    vintage: str
    digits: int


@dataclass(frozen=True)
class JudgedClaim:
    """A claim of the ledger as a chapter judges it.

    Attributes
    ----------
    claim, verdict, reason, confidence, figure, model : str
        As the run gives them: see `overtake.chapter.results.RecordedClaim`.
    likelihood : str or None
        ICD 203 word, where the claim has a probability.
    contrary : str
        The best evidence against the verdict.
    would_change : str
        What would change our mind, with thresholds.
    """

    claim: str
    verdict: str
    reason: str
    likelihood: str | None
    confidence: str
    figure: str
    model: str
    contrary: str
    would_change: str


@dataclass(frozen=True)
class NamedTest:
    """A formal test.

    Attributes
    ----------
    name : str
        What is tested, in a few words.
    null : str
        The null hypothesis, as a sentence.
    p_value : float
        Two-sided, uncorrected.
    n : int
        Number of independent observations.
    claim : str
        Id of the claim that it bears on; "" for none.
    """

    name: str
    null: str
    p_value: float
    n: int
    claim: str


@dataclass(frozen=True)
class Figure:
    """A figure.

    Attributes
    ----------
    id : str
        Stable identity.
    title : str
        The figure's message in one sentence, as it stands above the picture.
    caption : str
        What is drawn and how to read it, in MyST Markdown.
    alt : str
        The message with its numbers, for those who can't see the picture.
    tables : tuple of str
        Tables of ``data/`` that the figure shows.
    columns : dict of str to str
        Meaning and unit of each column of the figure's data.
    rows : int
        Rows of the figure's data.
    files : dict of str to str
        SHA-256 of each file of the run, by file name: the drawing without title and source.
    folder : pathlib.Path
        Folder of these files.
    """

    id: str
    title: str
    caption: str
    alt: str
    tables: tuple[str, ...]
    columns: dict[str, str]
    rows: int
    files: dict[str, str]
    folder: Path


def headline(found: Results, words: ChapterWords, chapter: str) -> dict[str, Headline]:
    """Return the headline numbers of a run with their words, by name.

    Raises
    ------
    WordsError
        If a number has no words, or words are about a number that is not there.
    """
    _require_same(found.numbers, words.numbers, f"chapter {chapter}: number-words")
    return {
        name: Headline(
            name, words.numbers[name].label, words.numbers[name].definition, number.estimate,
            number.vintage, number.digits,
        )
        for name, number in found.numbers.items()
    }  # fmt: skip


def claims(found: Results, words: ChapterWords, chapter: str) -> dict[str, JudgedClaim]:
    """Return the verdicts of a run with their words, by claim; raises as `headline`."""
    _require_same(found.claims, words.claims, f"chapter {chapter}: claim-words")
    return {
        name: JudgedClaim(**vars(claim), **vars(words.claims[name]))
        for name, claim in found.claims.items()
    }


def tests(found: Results, words: ChapterWords, chapter: str) -> dict[str, NamedTest]:
    """Return the formal tests of a run with their words, by id; raises as `headline`."""
    _require_same(found.tests, words.tests, f"chapter {chapter}: test-words")
    return {
        name: NamedTest(words.tests[name], test.null, test.p_value, test.n, test.claim)
        for name, test in found.tests.items()
    }


def figures(folder: Path, words: ChapterWords, chapter: str) -> dict[str, Figure]:
    """Return the figures of a run with their words, by id.

    Parameters
    ----------
    folder : pathlib.Path
        The run's folder.
    words : ChapterWords
        The chapter's words.
    chapter : str
        The chapter's name, for messages.

    Raises
    ------
    WordsError
        If a figure or a column of its data has no words, or words are about one that is not
        there.
    """
    records = drawings(folder)
    _require_same(records, words.figures, f"chapter {chapter}: figure-words")
    return {
        name: _figure(record, words, folder / drawn.FOLDER, chapter)
        for name, record in records.items()
    }


def drawings(folder: Path) -> dict[str, DrawingRecord]:
    """Return what a run knows of its figures, by id.

    Raises
    ------
    ResultError
        If a record is damaged.
    """
    paths = sorted((folder / drawn.FOLDER).glob("*.json"))
    return {path.stem: _record(path) for path in paths}


def _record(path: Path) -> DrawingRecord:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        lists = {name: tuple(content[name]) for name in ("tables", "columns")}
        return DrawingRecord(**{**content, **lists})
    except json.JSONDecodeError as error:
        raise ResultError(f"{path} is damaged at character {error.pos}: {error.msg}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ResultError(f"{path} is damaged: {error}") from None


def _figure(record: DrawingRecord, words: ChapterWords, folder: Path, chapter: str) -> Figure:
    said = words.figures[record.id]
    place = f"chapter {chapter}: the columns of figure-words {record.id}"
    _require_same(record.columns, said.columns, place)
    return Figure(
        record.id, said.title, said.caption, said.alt, record.tables,
        {name: said.columns[name] for name in record.columns}, record.rows, record.files, folder,
    )  # fmt: skip


def _require_same(found: Iterable[str], told: Mapping[str, object], place: str) -> None:
    """Refuse what has no words, and words about nothing."""
    wanted = list(found)
    problems = [f"{name!r} has no words" for name in wanted if name not in told]
    problems += [
        f"{name!r} is not published{suggestion(name, wanted)}"
        for name in told
        if name not in wanted
    ]
    if problems:
        raise WordsError(f"{place}: {'; '.join(problems)}")
