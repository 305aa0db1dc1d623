"""Marks around the numbers that words tell, so that a page can link them.

A mark is one private-use character before a number, which says which one it is, and one after.
For Markdown they are letters, so that emphasis and escapes around a number stay as they are.
Words are rendered without them unless a page asks for them, which turns them into links.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from overtake.chapter.results import RecordedNumber
from overtake.core import prose
from overtake.core.errors import WordsError
from overtake.core.estimates import EstimateLike
from overtake.runs.words import fact_numbers
from overtake.runs.words.fact_numbers import Steps

Mark = Callable[[Any, str], str]
"""Marks a text if the value that it was written of is a number that is known."""

_FIRST, _LAST = 0xF0000, 0x10FFFD
"""The two supplementary private use areas; see `_character`."""
_AREA = 0xFFFE
"""Characters in each; the two behind the first area are none."""
_END = "\ue000"
_ANY = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}{_END}]")
_MARKED = re.compile(f"([{chr(_FIRST)}-{chr(_LAST)}])([^{chr(_FIRST)}-{chr(_LAST)}{_END}]*){_END}")
_NO_SENTENCE = re.compile(r"^[ >]*(?:#{1,6} |\||`{3,}|:{1,}).*$", re.MULTILINE)
"""Headings, rows of tables, fences with their arguments, and options of directives."""
_FEW, _FEW_DIGITS, _EXACT_DIGITS = 1000, 4, 12
"""Up to so many, or so many digits, a number may be a share of anything counted, as 3 of 8 is."""


def unmarked(_value: object, text: str) -> str:
    """Return a text as it is: for all that is no page."""
    return text


def strip(text: str) -> str:
    """Return a text without marks."""
    return _ANY.sub("", text)


def in_sentences(text: str) -> str:
    """Return Markdown with its marks in running text alone."""
    return _NO_SENTENCE.sub(lambda line: strip(line[0]), text)


def pieces(text: str) -> Iterator[tuple[str, int | None]]:
    """Yield a text in pieces without marks, each with the place of the number that it tells."""
    end = 0
    for match in _MARKED.finditer(text):
        if before := strip(text[end : match.start()]):
            yield before, None
        yield match[2], _place(match[1])
        end = match.end()
    if rest := strip(text[end:]):
        yield rest, None


def behind(text: str, write: Callable[[str], str]) -> str:
    """Return what is written of a text, a mark at its beginning staying there."""
    mark = text[:1] if _ANY.match(text) else ""
    return f"{mark}{write(text.removeprefix(mark))}"


def check(marked: str, told: str, place: str) -> None:
    """Refuse words that come out differently with marks: they compare or cut a number's words."""
    if strip(marked) != told:
        raise WordsError(f"{place}: words compare or cut the words of a number; compare its value")


def _character(place: int) -> str:
    """Return the mark of a number by its place among those that are known."""
    area, within = divmod(place, _AREA)
    return chr(_FIRST + 0x10000 * area + within)


def _place(character: str) -> int:
    area, within = divmod(ord(character) - _FIRST, 0x10000)
    return _AREA * area + within


@dataclass(frozen=True)
class KnownNumbers:
    """The numbers of a book that its words may tell, found by the values that words are given.

    Attributes
    ----------
    given : mapping
        For each chapter, the mappings by name in which words find its headline numbers.
    facts : mapping
        For each chapter, what its words may call, where the other numbers of its sections are.
    """

    given: Mapping[str, Sequence[Mapping[str, RecordedNumber]]]
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def at(self, place: int) -> str:
        """Return the id of the number that a mark stands for: chapter, a slash, name or path."""
        if place < len(self._headline):
            return self._headline[place]
        chapter, steps = self._facts[place - len(self._headline)]
        return f"{chapter}/{fact_numbers.path_of(steps)}"

    def marks_for(self, chapter: str = "") -> Mark:
        """Return what marks numbers on a page: of two that are equal, the chapter's own."""

        def mark(value: Any, text: str) -> str:  # noqa: ANN401  (whatever a filter is given)
            found = self._place_of(value, chapter)
            return text if found is None else f"{_character(found)}{text}{_END}"

        return mark

    def _place_of(self, value: Any, chapter: str) -> int | None:  # noqa: ANN401
        """Return the place of the number that a value is; None if it is none, or unclear.

        It is a headline number if it was read from it, if it is an estimate with the same
        numbers, or if it is to the last bit the same number, but for its sign, and one that
        nothing counted would give by chance. Else it is the fact that holds this very object.
        """
        headline = self._headline_of(value, chapter)
        return self._places[headline] if headline else self._fact_places.get(id(value))

    def _headline_of(self, value: Any, chapter: str) -> str | None:  # noqa: ANN401
        if (known := self._by_object.get(id(value))) is not None:
            return known
        if hasattr(value, "low"):
            found = self._by_estimate.get(_numbers_of(value), [])
        elif isinstance(value, float):
            found = self._by_value.get(abs(value), [])
        else:
            return None
        own = [each for each in found if each.startswith(f"{chapter}/")] or found
        return own[0] if len(own) == 1 else None

    @cached_property
    def _headline(self) -> tuple[str, ...]:
        """Ids of the headline numbers; a mark has its place among them, or behind them."""
        return tuple(dict.fromkeys(name for name, _ in self._numbers))

    @cached_property
    def _facts(self) -> tuple[tuple[str, Steps], ...]:
        """Chapter and way of each number that sections found besides."""
        return tuple(dict.fromkeys((chapter, steps) for chapter, _, steps in self._objects))

    @cached_property
    def _fact_places(self) -> dict[int, int]:
        """Places by the identity of what facts hold, which stays as long as they do."""
        behind = len(self._headline)
        places = {fact: behind + place for place, fact in enumerate(self._facts)}
        if behind + len(places) > 2 * _AREA:
            raise WordsError(f"words can mark {2 * _AREA} numbers, and the book has more")
        found = defaultdict(set)
        for chapter, one, steps in self._objects:
            found[one].add(places[chapter, steps])
        return {one: min(found[one]) for one in found if len(found[one]) == 1}

    @property
    def _objects(self) -> Iterator[tuple[str, int, Steps]]:
        for chapter, names in self.facts.items():
            for one, steps in fact_numbers.identities(names):
                yield chapter, one, steps

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self._headline)}

    @cached_property
    def _numbers(self) -> list[tuple[str, RecordedNumber]]:
        """Each number's id, with every object that words may be given for it."""
        return [
            (f"{chapter}/{name}", number)
            for chapter, given in self.given.items()
            for numbers in given
            for name, number in numbers.items()
        ]

    @cached_property
    def _by_object(self) -> dict[int, str]:
        """Ids by the identity of what the runs hold, which stays as long as they do."""
        return {
            id(each): name
            for name, number in self._numbers
            for each in (number, number.estimate, number.estimate.value)
        }

    @cached_property
    def _by_estimate(self) -> dict[tuple[object, ...], list[str]]:
        found = defaultdict(list)
        for name, number in self._numbers:
            estimate = number.estimate
            if estimate.low < estimate.high or not _is_round(estimate.value):
                found[_numbers_of(estimate)].append(name)
        return {key: sorted(set(names)) for key, names in found.items()}

    @cached_property
    def _by_value(self) -> dict[float, list[str]]:
        """Ids by value without its sign; of a percentage also by the share it was made of."""
        found = defaultdict(list)
        for name, number in self._numbers:
            value = number.estimate.value
            for same in (value, *(_shares(value) if number.estimate.unit == "%" else ())):
                if not _is_counted(same):
                    found[abs(same)].append(name)
        return {key: sorted(set(names)) for key, names in found.items()}


def _numbers_of(estimate: EstimateLike) -> tuple[object, ...]:
    """Return what two estimates of one number have in common; a share is also a percentage."""
    ends = (estimate.value, estimate.low, estimate.high)
    if prose.is_share(estimate):
        return "%", *(100 * end for end in ends)
    return estimate.unit, *ends


def _is_round(value: float) -> bool:
    """Whether a number is whole, or has no more than two digits."""
    return value == float(f"{value:.1e}") or value.is_integer()


def _is_counted(value: float) -> bool:
    """Whether a number has few digits, or is a share of few: others may equal it by chance."""
    if not math.isfinite(value):
        return True
    exact = float(f"{value:.{_EXACT_DIGITS}g}")  # without what adding up has left behind
    few_digits = float(f"{value:.{_FEW_DIGITS}g}")
    share = float(Fraction(value).limit_denominator(_FEW))
    return exact in {few_digits, float(f"{share:.{_EXACT_DIGITS}g}")}


def _shares(percentage: float) -> list[float]:
    """Return the shares that become this percentage, to the last bit, when multiplied by 100."""
    near = percentage / 100
    return [
        each
        for each in (math.nextafter(near, -math.inf), near, math.nextafter(near, math.inf))
        if 100 * each == percentage
    ]
