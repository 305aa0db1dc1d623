"""A headline number over releases and the steps between, as a small picture on one scale."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.core import prose
from overtake.publishing.numbers import told

_LEFT, _RIGHT = 12.0, 328.0
_ROW, _TOP, _LANE = 44, 6, 30
_BELOW = 22
_LOGARITHMIC_FROM = 20
"""How many times the lowest end the highest is, from which on a scale is logarithmic."""
_TICKS = (0.0, 0.5, 1.0)


@dataclass(frozen=True)
class Point:
    """A number as one version has it; `name` says which in a few words.

    A step lies between two versions.
    """

    name: str
    number: RecordedNumber
    is_step: bool = False


@dataclass(frozen=True)
class Line:
    """A point of the picture: its words, and where its number and its interval lie."""

    name: str
    words: str
    words_y: float
    y: float
    x: float
    low: float
    high: float


@dataclass(frozen=True)
class Tick:
    """A value of the scale: its words, where it lies, and at which end of it they stand."""

    words: str
    x: float
    anchor: str


@dataclass(frozen=True)
class HistoryPicture:
    """A number over versions, the newest first.

    Attributes
    ----------
    lines, ticks
        What is drawn.
    height : float
        Of the picture, whose width is 340.
    is_logarithmic : bool
        Whether equal distances are equal ratios.
    has_steps : bool
        Whether there is something between two versions.
    """

    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    height: float
    is_logarithmic: bool
    has_steps: bool

    @property
    def axis_y(self) -> float:
        """Where the scale lies."""
        return self.height - _BELOW


def picture(points: Sequence[Point]) -> HistoryPicture | None:
    """Return the picture of a number that several versions have in one unit, else None."""
    unit = points[0].number.estimate.unit if points else ""
    drawn = [
        each
        for each in points
        if told.has_value(each.number.estimate) and each.number.estimate.unit == unit
    ]
    if len(drawn) < 2:  # noqa: PLR2004  (one alone has no history)
        return None
    ends = [end for each in drawn for end in _ends(each.number.estimate)]
    scale = _Scale.over(min(ends), max(ends), is_chance=unit in {"%", prose.SHARE})
    lines = tuple(_line(place, each, scale) for place, each in enumerate(drawn))
    number = drawn[0].number
    height = _TOP + _ROW * len(lines) + _BELOW
    ticks, has_steps = tuple(_ticks(scale, number)), any(each.is_step for each in drawn)
    return HistoryPicture(lines, ticks, height, scale.is_logarithmic, has_steps)


@dataclass(frozen=True)
class _Scale:
    """Where a value lies in the picture."""

    low: float
    high: float
    is_logarithmic: bool

    @classmethod
    def over(cls, low: float, high: float, *, is_chance: bool) -> "_Scale":
        """Return the scale that holds all from the lowest to the highest end."""
        is_logarithmic = not is_chance and low > 0 and high > _LOGARITHMIC_FROM * low
        return cls(low, high, is_logarithmic)

    def place(self, value: float) -> float:
        """Return where a value lies."""
        low, high, here = map(self._measured, (self.low, self.high, value))
        share = (here - low) / (high - low) if high > low else 0.5
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)

    def at(self, share: float) -> float:
        """Return the value at a share of the way."""
        if self.is_logarithmic:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)

    def _measured(self, value: float) -> float:
        return math.log(value) if self.is_logarithmic else value


def _ends(estimate: RecordedEstimate) -> tuple[float, float]:
    if not told.has_interval(estimate):
        return estimate.value, estimate.value
    return min(estimate.low, estimate.value), max(estimate.high, estimate.value)


def _line(place: int, point: Point, scale: _Scale) -> Line:
    low, high = _ends(point.number.estimate)
    top = _TOP + _ROW * place
    return Line(
        point.name,
        told.short(point.number),
        top + _LANE / 2,
        top + _LANE,
        scale.place(point.number.estimate.value),
        scale.place(low),
        scale.place(high),
    )


def _ticks(scale: _Scale, number: RecordedNumber) -> list[Tick]:
    """Return the ends and the middle of the scale; of one value the value alone."""
    shares = _TICKS if scale.high > scale.low else (0.5,)
    anchors = {0.0: "start", 0.5: "middle", 1.0: "end"}
    values = [(share, scale.at(share)) for share in shares]
    return [
        Tick(_words(value, number), scale.place(value), anchors[share]) for share, value in values
    ]


def _words(value: float, number: RecordedNumber) -> str:
    if prose.is_share(number.estimate):
        return prose.percent(value)
    if number.estimate.unit in {"%", prose.CALENDAR_YEAR}:
        return prose.quantity(value, number.estimate.unit)
    return prose.number(value)
