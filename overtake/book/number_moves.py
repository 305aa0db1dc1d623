"""What moves a number, as a part of its page: a table with a small picture in each row."""

from dataclasses import dataclass

from overtake.chapter.results import RecordedNumber
from overtake.core import pages
from overtake.core.paths import Project
from overtake.publishing.numbers import moves as measured
from overtake.publishing.numbers import moves_told
from overtake.publishing.numbers.moves_told import ToldMove

_WIDTH, _HEIGHT, _MARGIN = 160, 14, 6
"""Pixels."""


@dataclass(frozen=True)
class Picture:
    """Where on a line the number lies at each setting, and from where to where."""

    places: tuple[int, ...]
    low: int
    high: int


def render(project: Project, chapter: str, number: RecordedNumber) -> str:
    """Return as HTML what moves a headline number; "" if that was not measured."""
    moves = measured.of_number(project, chapter, number.name)
    if moves is None:
        return ""
    told = moves_told.visible(moves, number)
    ends = [moves.value, *(end for each in told for end in each.ends)]
    scale = _Scale(min(ends), max(ends))
    return pages.render(
        "number_moves.html",
        moves=told,
        pictures=[_picture(each, scale, moves.value) for each in told],
        default=scale.place(moves.value),
        width=_WIDTH,
        height=_HEIGHT,
        tried=moves.tried,
        left=moves.left,
        then=moves_told.then(moves, number),
        chance=moves_told.chance(moves, number),
        is_current=moves_told.is_current(moves, number),
    )


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float

    def place(self, value: float) -> int:
        width = self.high - self.low
        share = (value - self.low) / width if width else 0.5
        return round(_MARGIN + share * (_WIDTH - 2 * _MARGIN))


def _picture(move: ToldMove, scale: _Scale, default: float) -> Picture:
    places = [scale.place(each) for each in move.ends]
    every = [*places, scale.place(default)]
    return Picture(tuple(places), min(every), max(every))
