"""All words of a chapter, rendered from one run's facts.

The words of figures, numbers, verdicts and tests stand in blocks of the Markdown: fences
with a name in braces, and YAML in them; expressions are rendered before it is read::

    ```{figure-words} hardware-growth
    title: >-
      Training compute grows 4.2 times a year in the United States
    caption: >-
      Lines are medians.
    alt: >-
      Two rising lines.
    columns:
      model: name
    ```
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from itertools import chain
from typing import TYPE_CHECKING, Any

import yaml

from overtake.core.errors import WordsError
from overtake.runs.notebooks import Cell, Notebook
from overtake.runs.words import marks
from overtake.runs.words.marks import Mark

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FIGURE, NUMBERS, CLAIMS, TESTS = "figure-words", "number-words", "claim-words", "test-words"
INTERACTIVE = "interactive"
_BLOCK = re.compile(
    rf"^(?P<marks>`{{3,}})\{{(?P<kind>{FIGURE}|{NUMBERS}|{CLAIMS}|{TESTS}|{INTERACTIVE})\}}"
    r"[ ]*(?P<id>\S*)[ ]*\n(?P<body>.*?)^(?P=marks)[ ]*$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One block of words.

    `id` is what stands behind the block's name: a figure's id. Every value in `content` is
    text; `place` is for messages.
    """

    kind: str
    id: str
    content: dict[str, Any]
    place: str


@dataclass(frozen=True)
class FigureWords:
    """The words of a figure.

    The title is its message, and `alt` the same with the numbers, for those who can't see
    it; the caption says how to read it, in MyST Markdown. `columns` has meaning and unit of
    each column of its data. The subtitle says what is measured, in which unit, if it is given.
    """

    title: str
    caption: str
    alt: str
    columns: dict[str, str]
    subtitle: str = ""


@dataclass(frozen=True)
class NumberWords:
    """The words of a headline number: what it is in a few words, and how it is measured."""

    label: str
    definition: str


@dataclass(frozen=True)
class ClaimWords:
    """The best evidence against the verdicts on a claim, and what would change our mind."""

    contrary: str
    would_change: str


@dataclass(frozen=True)
class ChapterWords:
    """The words of a chapter, by the id or name of what they are about.

    `cells` are the Markdown cells of its notebook, rendered, in order, and `evidence` the page
    beside it, or ""; blocks of words stand in both. A test has a few words that say what is
    tested, and an interactive chart its declaration as it is written, by its figure's id.
    """

    cells: tuple[str, ...]
    evidence: str
    figures: Mapping[str, FigureWords]
    numbers: Mapping[str, NumberWords]
    claims: Mapping[str, ClaimWords]
    tests: Mapping[str, str]
    charts: Mapping[str, Mapping[str, Any]]


def render(source: Notebook, evidence: str, names: Mapping[str, Any], chapter: str) -> ChapterWords:
    """Render the words of a chapter as its author wrote them; for `names` see `facts.of_run`.

    They are the Markdown of its notebook, and the text of its page of evidence.

    A `WordsError` says where an expression calls what is not there, a block is no YAML or
    incomplete, or two blocks are about one thing.
    """
    told = texts_told(source, evidence, names, chapter)
    blocks = chain.from_iterable(blocks_in(text, place) for place, text in told)
    *cells, page = (text for _, text in told)
    return _of_blocks(tuple(cells), page, blocks)


def texts_told(
    source: Notebook,
    evidence: str,
    names: Mapping[str, Any],
    chapter: str,
    mark: Mark = marks.unmarked,
) -> list[tuple[str, str]]:
    """Return the texts of a chapter as `texts_of` does, rendered; `mark` marks their numbers."""
    from overtake.runs.words import expressions

    return [
        (place, expressions.render(text, names, place, mark))
        for place, text in texts_of(source, evidence, chapter)
    ]


def texts_of(source: Notebook, evidence: str, chapter: str) -> list[tuple[str, str]]:
    """Return the texts of a chapter with their places for messages, that of its evidence last."""
    cells = [(place, cell.source) for place, cell in markdown_cells(source, chapter)]
    return [*cells, (evidence_place(chapter), evidence)]


def evidence_place(chapter: str) -> str:
    """Return what messages call the page of a chapter's evidence."""
    return f"evidence of {chapter}"


def markdown_cells(source: Notebook, chapter: str) -> list[tuple[str, Cell]]:
    """Return the Markdown cells of a notebook, each with its place for messages."""
    return [
        (f"chapter {chapter}, cell {number}", cell)
        for number, cell in enumerate(source.cells, 1)
        if cell.cell_type == "markdown"
    ]


def blocks_in(text: str, place: str) -> Iterator[Block]:
    """Yield the blocks of a rendered Markdown text."""
    return (_block(match, text, place) for match in _BLOCK.finditer(text))


def replaced(text: str, place: str, shown: Callable[[Block], str]) -> str:
    """Return a Markdown text with each block replaced by what a page shows for it."""
    return _BLOCK.sub(lambda match: shown(_block(match, text, place)), text)


def _block(match: re.Match[str], text: str, place: str) -> Block:
    line = text.count("\n", 0, match.start()) + 1
    where = f"{place}, block {match['kind']} on line {line}"
    try:
        # The base loader makes everything text: "2030" stays what was written.
        content = yaml.load(match["body"], Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        inner = f", its line {mark.line + 1}" if mark else ""
        raise WordsError(f"{where}{inner}: no YAML: {error.problem}") from None
    if not isinstance(content, dict):
        raise WordsError(f"{where}: it must hold names with texts")
    return Block(match["kind"], match["id"], content, where)


def _of_blocks(cells: tuple[str, ...], evidence: str, blocks: Iterable[Block]) -> ChapterWords:
    """Return the words that stand in blocks, by what they are about."""
    found: dict[str, dict[str, Any]] = {
        kind: {} for kind in (FIGURE, NUMBERS, CLAIMS, TESTS, INTERACTIVE)
    }
    for block in blocks:
        known = found[block.kind]
        for name, words in _told(block):
            if name in known:
                raise WordsError(f"{block.place}: {name!r} has words already")
            known[name] = words
    return ChapterWords(cells, evidence, *found.values())


def _told(block: Block) -> Iterator[tuple[str, Any]]:
    """Yield what a block is about, each with its words."""
    match block.kind:
        case "figure-words":
            yield block.id, _figure(block)
        case "interactive":
            yield block.id, block.content
        case "test-words":
            yield from ((name, _one_line(given)) for name, given in block.content.items())
        case kind:
            words = NumberWords if kind == NUMBERS else ClaimWords
            for name, given in block.content.items():
                yield name, words(**_named(block, name, given, words))


def _figure(block: Block) -> FigureWords:
    if not block.id:
        raise WordsError(f"{block.place}: the figure's id is missing behind the block's name")
    texts = _named(block, block.id, block.content, FigureWords)
    columns = block.content["columns"]
    if not isinstance(columns, dict):
        raise WordsError(f"{block.place}: `columns` must name each column with its meaning")
    meanings = {name: _one_line(text) for name, text in columns.items()}
    return FigureWords(**{**texts, "columns": meanings})


def _named(
    block: Block, name: str, given: object, kind: type["DataclassInstance"]
) -> dict[str, Any]:
    """Return what a block says of one thing, if each field of its words is there."""
    known = {field.name for field in fields(kind)}
    wanted = [field.name for field in fields(kind) if field.default is MISSING]
    complete = isinstance(given, dict) and set(wanted) <= set(given) <= known
    if not isinstance(given, dict) or not complete or not all(given.values()):
        raise WordsError(f"{block.place}: {name!r} needs {', '.join(wanted)}, each with a text")
    return {key: _one_line(text) for key, text in given.items()}


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
