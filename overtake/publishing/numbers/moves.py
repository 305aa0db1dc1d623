"""Which parameters move a headline number, and how far: as measured, and as it is told.

`overtake numbers moves` measures it and writes ``numbers/moves.json``, which is kept with the
book: with each number its value at that time, so that a page can say if it has moved since.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from overtake.chapter import parameters
from overtake.chapter.parameters import ParameterDescription
from overtake.core import atomic
from overtake.core.errors import RecordError
from overtake.core.paths import Project
from overtake.publishing.numbers import ranges
from overtake.publishing.published import NUMBERS_FOLDER
from overtake.runs import chapter_parameters

FILE_NAME = "moves.json"
_COMMAND = "overtake numbers moves"


@dataclass(frozen=True)
class Moved:
    """The values that a parameter was given, and why these."""

    values: tuple[Any, ...]
    because: str


@dataclass(frozen=True)
class MeasuredNumber:
    """A number, how far chance moves it, and how it answers to what moves it further.

    Attributes
    ----------
    value : float
        With every parameter at its default.
    chance : float
        Largest difference that another seed makes.
    at : mapping of str to tuple of float or None
        By parameter the number at each of its values; None where there is none.
    """

    value: float
    chance: float
    at: Mapping[str, tuple[float | None, ...]]


@dataclass(frozen=True)
class MeasuredChapter:
    """A chapter, with one parameter moved at a time.

    Attributes
    ----------
    moved : mapping of str to Moved
        By parameter what it was set to.
    numbers : mapping of str to MeasuredNumber
        By name.
    """

    moved: Mapping[str, Moved]
    numbers: Mapping[str, MeasuredNumber]


@dataclass(frozen=True)
class Answer:
    """A number where a parameter has another value; None if there is no number then."""

    setting: Any
    number: float | None


@dataclass(frozen=True)
class Move:
    """How far one parameter moves a number.

    Attributes
    ----------
    parameter : ParameterDescription
        With its default.
    label : str
        What it is called in words.
    because : str
        Why it was given these values.
    answers : tuple of Answer
        One for each value.
    reach : float
        From the lowest to the highest of the number's values, that at the default among them.
    """

    parameter: ParameterDescription
    label: str
    because: str
    answers: tuple[Answer, ...]
    reach: float


@dataclass(frozen=True)
class Left:
    """A parameter that was left at its default, and why."""

    label: str
    because: str


@dataclass(frozen=True)
class Moves:
    """What moves a number.

    Attributes
    ----------
    value : float
        The number when it was measured.
    chance : float
        Largest difference that another seed made.
    moves : tuple of Move
        What moves it further than chance, the furthest first.
    tried : int
        Parameters that were moved.
    left : tuple of Left
        Those that were not.
    """

    value: float
    chance: float
    moves: tuple[Move, ...]
    tried: int
    left: tuple[Left, ...] = ()


def of_number(project: Project, chapter: str, name: str) -> Moves | None:
    """Return what moves a headline number; None if that was not measured."""
    measured = read(project).get(chapter)
    if measured is None or name not in measured.numbers:
        return None
    number = measured.numbers[name]
    declaration = chapter_parameters.of_chapter(chapter)
    described = {each.name: each for each in parameters.describe(declaration)}
    called = ranges.labels(project, chapter)
    found = [
        _move(number, described[parameter], called[parameter], measured.moved[parameter], values)
        for parameter, values in number.at.items()
        if parameter in described
    ]
    found.sort(key=lambda move: -move.reach)
    left = {name: each for name, each in measured.moved.items() if not each.values}
    return Moves(
        number.value,
        number.chance,
        tuple(found),
        len(measured.moved) - len(left),
        tuple(Left(called.get(name, name), each.because) for name, each in left.items()),
    )


def _move(
    number: MeasuredNumber,
    parameter: ParameterDescription,
    label: str,
    moved: Moved,
    values: tuple[float | None, ...],
) -> Move:
    known = [number.value, *(each for each in values if each is not None)]
    answers = tuple(Answer(*pair) for pair in zip(moved.values, values, strict=True))
    return Move(parameter, label, moved.because, answers, max(known) - min(known))


def path(project: Project) -> Path:
    """Return where it stands what moves the numbers."""
    return project.root / NUMBERS_FOLDER / FILE_NAME


def read(project: Project) -> Mapping[str, MeasuredChapter]:
    """Return by chapter what was measured; nothing if nothing was.

    Raises
    ------
    RecordError
        If the file is damaged.
    """
    file = path(project)
    if not file.is_file():
        return {}
    return _parsed(file.read_bytes())


@lru_cache(maxsize=4)
def _parsed(content: bytes) -> Mapping[str, MeasuredChapter]:
    try:
        return TypeAdapter(dict[str, MeasuredChapter]).validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise RecordError(
            f"{NUMBERS_FOLDER}/{FILE_NAME} is damaged at {place}: {first['msg'].lower()}. "
            f"{_COMMAND} makes it again"
        ) from None


def write(project: Project, measured: Mapping[str, MeasuredChapter]) -> None:
    """Write what was measured, in place of what was there of the same chapters."""
    every = {**read(project), **measured}
    text = _text({chapter: asdict(every[chapter]) for chapter in sorted(every)})
    path(project).parent.mkdir(exist_ok=True)
    atomic.write(path(project), text.encode())


def _text(content: Mapping[str, Any]) -> str:
    """Write each parameter and each number on a line of its own, so that changes can be read."""
    return _lines({chapter: _chapter_text(each) for chapter, each in content.items()}, "") + "\n"


def _chapter_text(chapter: Mapping[str, Mapping[str, Any]]) -> str:
    parts = {
        name: _lines({key: json.dumps(value) for key, value in each.items()}, "  ")
        for name, each in chapter.items()
    }
    return _lines(parts, " ")


def _lines(texts: Mapping[str, str], indent: str) -> str:
    inner = ",\n".join(f"{indent} {json.dumps(name)}: {text}" for name, text in texts.items())
    return f"{{\n{inner}\n{indent}}}" if inner else "{}"
