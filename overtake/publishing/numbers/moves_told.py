"""What moves a headline number, in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from overtake.chapter.parameters import ParameterDescription
from overtake.chapter.results import RecordedNumber
from overtake.core import prose
from overtake.publishing.numbers import told
from overtake.publishing.numbers.moves import Answer, Move, Moves

_YEAR = "year"
_UNTOLD = ("", _YEAR, prose.SHARE, "ISO date", "ratio")
"""Units that say nothing behind a value."""
_DIGITS = 4


@dataclass(frozen=True)
class ToldMove:
    """How far one parameter moves a number, in words and for a picture.

    Attributes
    ----------
    label, name : str
        What the parameter is called, in words and by the chapter.
    settings : str
        What it was set to.
    default : str
        What it is without.
    because : str
        Why it was set so far.
    numbers : str
        The number at these settings, in their order.
    ends : tuple of float
        The same for a picture, without those that have no number.
    """

    label: str
    name: str
    settings: str
    default: str
    because: str
    numbers: str
    ends: tuple[float, ...]


def is_current(moves: Moves, number: RecordedNumber) -> bool:
    """Whether a number is still, as it is shown, what it was when it was measured."""
    return _shown(number, moves.value) == told.value(number)


def then(moves: Moves, number: RecordedNumber) -> str:
    """Write the number as it was when it was measured."""
    return _shown(number, moves.value)


def chance(moves: Moves, number: RecordedNumber) -> str:
    """Write how far chance moves a number; "" if it does not."""
    if not moves.chance:
        return ""
    return prose.shown_change(number.estimate, moves.chance, 1).removeprefix("+")


def phrase(moves: Moves | None, number: RecordedNumber) -> str:
    """Write what moves a number most, for a card; "" if nothing does.

    For instance: ``moves it most: EUV in volume: 9.0 to 8.1 for 2028 to 2032``.
    """
    if moves is None or not (seen := visible(moves, number)):
        return ""
    first = seen[0]
    where = f"{first.label}: {first.numbers} for {first.settings}"
    if is_current(moves, number):
        return f"moves it most: {where}"
    return f"when it was {then(moves, number)}, moved it most: {where}"


def visible(moves: Moves, number: RecordedNumber) -> list[ToldMove]:
    """Return what moves a number so far that it reads differently, the furthest first."""
    before = then(moves, number)
    return [
        _told(move, number)
        for move in moves.moves
        if any(_shown(number, each.number) != before for each in move.answers)
    ]


def _told(move: Move, number: RecordedNumber) -> ToldMove:
    answers = _extremes(move)
    is_one = len({_shown(number, each.number) for each in answers}) == 1
    are_choices = bool(move.parameter.choices)
    between = " or " if is_one else " and " if are_choices else " to "
    return ToldMove(
        move.label,
        move.parameter.name,
        _settings([each.setting for each in answers], move.parameter, between),
        _setting(move.parameter.default, move.parameter.unit),
        move.because,
        _numbers(answers, number),
        tuple(each.number for each in answers if each.number is not None),
    )


def _extremes(move: Move) -> Sequence[Answer]:
    """Return all answers; of many choices those with the lowest and the highest number."""
    known = [each for each in move.answers if each.number is not None]
    if len(move.answers) <= 2 or len(known) < 2:  # noqa: PLR2004
        return move.answers
    ordered = sorted(known, key=lambda each: each.number or 0.0)
    return ordered[0], ordered[-1]


def _numbers(answers: Sequence[Answer], number: RecordedNumber) -> str:
    values = [each.number for each in answers]
    shown = dict.fromkeys(_shown(number, each) for each in values)
    match values:
        case [float() as low, float() as high] if len(shown) > 1:
            moved = replace(number.estimate, low=low, high=high)
            return prose.shown_span(moved, number.digits)
    return " to ".join(shown)


def _shown(number: RecordedNumber, value: float | None) -> str:
    if value is None:
        return told.CANNOT_BE_SAID
    return prose.shown_value(replace(number.estimate, value=value), number.digits)


def _settings(values: Sequence[Any], parameter: ParameterDescription, between: str) -> str:
    words = between.join(_setting(each, parameter.unit) for each in values)
    return words if parameter.unit in _UNTOLD else f"{words} {parameter.unit}"


def _setting(value: Any, unit: str) -> str:  # noqa: ANN401
    match value:
        case bool() | str():
            return str(value).replace("_", " ")
        case int() | float() if unit == _YEAR:
            return f"{value:.0f}"
        case int() | float() if unit == prose.SHARE:
            return f"{_short(100 * value)}%"
        case int():
            return f"{value:,}"
        case float():
            return _short(value)
    return str(value)


def _short(value: float) -> str:
    """Write a number as short as it was given."""
    digits = (n for n in range(1, _DIGITS) if math.isclose(float(f"{value:.{n}g}"), value))
    return prose.number(value, next(digits, _DIGITS))
