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
from dataclasses import dataclass, fields
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from nbformat import NotebookNode

from overtake.core.errors import WordsError
from overtake.runs.words import expressions

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Words = TypeVar("_Words", bound="NumberWords | ClaimWords")
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

    Attributes
    ----------
    kind : str
        ``figure-words``, ``number-words``, ``claim-words``, ``test-words`` or ``interactive``.
    id : str
        What stands behind the name: a figure's id.
    content : dict
        What the YAML holds; every value is text.
    place : str
        Where it stands, for messages.
    """

    kind: str
    id: str
    content: dict[str, Any]
    place: str


@dataclass(frozen=True)
class FigureWords:
    """The words of a figure.

    Attributes
    ----------
    title : str
        The figure's message in one sentence, as it stands above the picture.
    caption : str
        What is drawn and how to read it, in MyST Markdown.
    alt : str
        The message with its numbers, for those who can't see the picture.
    columns : dict of str to str
        Meaning and unit of each column of the figure's data.
    """

    title: str
    caption: str
    alt: str
    columns: dict[str, str]


@dataclass(frozen=True)
class NumberWords:
    """The words of a headline number.

    Attributes
    ----------
    label : str
        What the number is, in a few words.
    definition : str
        How it is measured, in one sentence.
    """

    label: str
    definition: str


@dataclass(frozen=True)
class ClaimWords:
    """What a chapter says beside its verdict on a claim.

    Attributes
    ----------
    contrary : str
        The best evidence against the verdict.
    would_change : str
        What would change our mind, with thresholds.
    """

    contrary: str
    would_change: str


@dataclass(frozen=True)
class ChapterWords:
    """The words of a chapter.

    Attributes
    ----------
    cells : tuple of str
        Its Markdown cells, rendered, in order; blocks of words stand in them.
    figures : mapping of str to FigureWords
        By the figure's id.
    numbers : mapping of str to NumberWords
        By the number's name.
    claims : mapping of str to ClaimWords
        By the claim's id.
    tests : mapping of str to str
        What is tested, in a few words, by the test's id.
    charts : mapping of str to mapping
        The declarations of interactive charts, as they are written, by the figure's id.
    """

    cells: tuple[str, ...]
    figures: Mapping[str, FigureWords]
    numbers: Mapping[str, NumberWords]
    claims: Mapping[str, ClaimWords]
    tests: Mapping[str, str]
    charts: Mapping[str, Mapping[str, Any]]


def render(source: NotebookNode, names: Mapping[str, Any], chapter: str) -> ChapterWords:
    """Render the Markdown of a chapter as its author wrote it; for `names` see `facts.of_run`.

    Raises
    ------
    WordsError
        If an expression calls what is not there, a block is no YAML or incomplete, or two
        blocks are about one thing.
    """
    cells = [
        (place, expressions.render(cell.source, names, place))
        for place, cell in markdown_cells(source, chapter)
    ]
    blocks = chain.from_iterable(blocks_in(text, place) for place, text in cells)
    return _of_blocks(tuple(text for _, text in cells), blocks)


def markdown_cells(source: NotebookNode, chapter: str) -> list[tuple[str, NotebookNode]]:
    """Return the Markdown cells of a notebook, each with its place for messages."""
    return [
        (f"chapter {chapter}, cell {number}", cell)
        for number, cell in enumerate(source.cells, 1)
        if cell.cell_type == "markdown"
    ]


def blocks_in(text: str, place: str) -> Iterator[Block]:
    """Yield the blocks of a rendered Markdown text.

    Raises
    ------
    WordsError
        If a block holds no YAML mapping.
    """
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


def _of_blocks(cells: tuple[str, ...], blocks: Iterable[Block]) -> ChapterWords:
    """Return the words that stand in blocks, by what they are about."""
    figures: dict[str, FigureWords] = {}
    numbers: dict[str, NumberWords] = {}
    claims: dict[str, ClaimWords] = {}
    tests: dict[str, str] = {}
    charts: dict[str, dict[str, Any]] = {}
    for block in blocks:
        if block.kind == FIGURE:
            _add(figures, block.id, _figure(block), block)
            continue
        if block.kind == INTERACTIVE:
            _add(charts, block.id, block.content, block)
            continue
        for name, given in block.content.items():
            if block.kind == NUMBERS:
                _add(numbers, name, _texts(block, name, given, NumberWords), block)
            elif block.kind == CLAIMS:
                _add(claims, name, _texts(block, name, given, ClaimWords), block)
            else:
                _add(tests, name, _one_line(given), block)
    return ChapterWords(cells, figures, numbers, claims, tests, charts)


def _figure(block: Block) -> FigureWords:
    if not block.id:
        raise WordsError(f"{block.place}: the figure's id is missing behind the block's name")
    content = _named(block, block.id, block.content, FigureWords)
    columns = content.pop("columns")
    if not isinstance(columns, dict):
        raise WordsError(f"{block.place}: `columns` must name each column with its meaning")
    meanings = {name: _one_line(text) for name, text in columns.items()}
    texts = {name: _one_line(text) for name, text in content.items()}
    return FigureWords(**texts, columns=meanings)


def _texts(block: Block, name: str, given: object, kind: type[_Words]) -> _Words:
    content = _named(block, name, given, kind)
    return kind(**{key: _one_line(text) for key, text in content.items()})


def _named(
    block: Block, name: str, given: object, kind: type["DataclassInstance"]
) -> dict[str, Any]:
    """Return what a block says of one thing, if each field of its words is there."""
    wanted = [field.name for field in fields(kind)]
    if not isinstance(given, dict) or set(given) != set(wanted) or not all(given.values()):
        raise WordsError(f"{block.place}: {name!r} needs {', '.join(wanted)}, each with a text")
    return dict(given)


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


def _add(known: dict[str, Any], name: str, words: object, block: Block) -> None:
    if name in known:
        raise WordsError(f"{block.place}: {name!r} has words already")
    known[name] = words
