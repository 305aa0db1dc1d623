"""All words of a chapter, rendered from one run's facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from overtake.core.errors import WordsError
from overtake.runs.words import expressions, fences
from overtake.runs.words.fences import Fence


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
    """Render the Markdown of a chapter.

    Parameters
    ----------
    source : nbformat.NotebookNode
        The chapter as its author wrote it.
    names : mapping of str to object
        What expressions may call: see `overtake.runs.words.names`.
    chapter : str
        The chapter's name, for messages.

    Raises
    ------
    WordsError
        If an expression calls what is not there, a block is no YAML or incomplete, or two
        blocks are about one thing.
    """
    cells = tuple(
        expressions.render(cell.source, names, place)
        for place, cell in markdown_cells(source, chapter)
    )
    places = [place for place, _ in markdown_cells(source, chapter)]
    blocks = [
        fence
        for place, text in zip(places, cells, strict=True)
        for fence in fences.in_text(text, place)
    ]
    return of_blocks(cells, blocks)


def markdown_cells(source: NotebookNode, chapter: str) -> list[tuple[str, NotebookNode]]:
    """Return the Markdown cells of a notebook, each with its place for messages."""
    return [
        (f"chapter {chapter}, cell {number}", cell)
        for number, cell in enumerate(source.cells, 1)
        if cell.cell_type == "markdown"
    ]


def of_blocks(cells: tuple[str, ...], blocks: Iterable[Fence]) -> ChapterWords:
    """Return the words that stand in blocks, by what they are about."""
    figures: dict[str, FigureWords] = {}
    numbers: dict[str, NumberWords] = {}
    claims: dict[str, ClaimWords] = {}
    tests: dict[str, str] = {}
    charts: dict[str, dict[str, Any]] = {}
    for fence in blocks:
        match fence.kind:
            case fences.FIGURE:
                _add(figures, fence.id, _figure(fence), fence)
            case fences.NUMBERS:
                for name, given in fence.content.items():
                    _add(numbers, name, NumberWords(**_texts(fence, name, given, _NUMBER)), fence)
            case fences.CLAIMS:
                for name, given in fence.content.items():
                    _add(claims, name, ClaimWords(**_texts(fence, name, given, _CLAIM)), fence)
            case fences.INTERACTIVE:
                _add(charts, fence.id, fence.content, fence)
            case _:
                for name, given in fence.content.items():
                    _add(tests, name, _one_line(given), fence)
    return ChapterWords(cells, figures, numbers, claims, tests, charts)


_FIGURE = ("title", "caption", "alt", "columns")
_NUMBER = ("label", "definition")
_CLAIM = ("contrary", "would_change")


def _figure(fence: Fence) -> FigureWords:
    if not fence.id:
        raise WordsError(f"{fence.place}: the figure's id is missing behind the block's name")
    content = _named(fence, fence.id, fence.content, _FIGURE)
    if not isinstance(content["columns"], dict):
        raise WordsError(f"{fence.place}: `columns` must name each column with its meaning")
    texts = {name: _one_line(content[name]) for name in _FIGURE if name != "columns"}
    meanings = {name: _one_line(text) for name, text in content["columns"].items()}
    return FigureWords(**texts, columns=meanings)


def _texts(fence: Fence, name: str, given: object, wanted: tuple[str, ...]) -> dict[str, str]:
    content = _named(fence, name, given, wanted)
    return {key: _one_line(content[key]) for key in wanted}


def _named(fence: Fence, name: str, given: object, wanted: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(given, dict) or set(given) != set(wanted) or not all(given.values()):
        raise WordsError(f"{fence.place}: {name!r} needs {', '.join(wanted)}, each with a text")
    return given


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


def _add(known: dict[str, Any], name: str, words: object, fence: Fence) -> None:
    if name in known:
        raise WordsError(f"{fence.place}: {name!r} has words already")
    known[name] = words
