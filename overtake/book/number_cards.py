"""Cards of numbers: what is behind one, in a few lines, and where there is more.

A page holds the cards of its numbers as data, which a script draws when one is opened; what
many numbers of a section share stands in it once.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from typing import Any

from overtake.book.shown_number import ShownNumber
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing.citations.catalogue import number_path, numbers_path
from overtake.publishing.numbers import moves, moves_told, told
from overtake.publishing.numbers.dataflow.sources import Function
from overtake.publishing.numbers.told_fact import ToldFact

_MOST_MAKERS = 3
"""How many a card names."""


@dataclass(frozen=True)
class Behind:
    """What is behind a number, and behind others of its section; what isn't known is empty.

    `section` and `model` are functions, `sources` those who made the tables, and `figure` the
    id of one that shows it.
    """

    until: str = ""
    section: str = ""
    model: str = ""
    sources: str = ""
    figure: str = ""


@dataclass(frozen=True)
class Card:
    """What a card says of a number.

    Attributes
    ----------
    id : str
        Chapter, a slash, and its name, or its path among the facts.
    label : tuple of str
        What it is, in parts that other numbers may share.
    value : str
        The number in words.
    interval : str
        Of which kind it is, its ends, and n; "" if there is none to speak of.
    behind : Behind
        What it comes from.
    moved : tuple of str
        That something moves it, and what; empty if that was not measured.
    """

    id: str
    label: tuple[str, ...]
    value: str
    interval: str
    behind: Behind
    moved: tuple[str, ...] = ()

    @classmethod
    def of(cls, number: ShownNumber) -> "Card":
        """Return the card of a headline number."""
        behind = number.behind
        return cls(
            number.id,
            (number.headline.label,),
            number.value,
            told.interval_with_kind(number.headline),
            Behind(
                number.headline.data_until,
                _name(behind.section),
                _name(next(iter(behind.models), None)),
                _makers(number.used),
                next(iter((*number.shown_in, *behind.figures)), ""),
            ),
            _moved(number),
        )

    @classmethod
    def of_fact(cls, fact: ToldFact) -> "Card":
        """Return the card of another number of a section, or of a parameter."""
        return cls(fact.id, fact.meanings, fact.value, fact.interval, _behind(fact))


def written(cards: Iterable[Card], root: str) -> str:
    """Return cards as the JSON that a page holds; `root` leads to the book's root.

    What is behind a number, and each of its texts, stand there once, and are named by place.
    """
    behind: dict[Behind, int] = {}
    texts: dict[str, int] = {}
    numbers: dict[str, dict[str, Any]] = {}

    def place_of(text: str) -> int:
        return texts.setdefault(text, len(texts))

    for card in cards:
        chapter, _, name = card.id.partition("/")
        label = [place_of(part) for part in card.label]
        place = behind.setdefault(card.behind, len(behind))
        said = [label, card.value, card.interval, place, *card.moved]
        numbers.setdefault(chapter, {})[name] = said
    places = [[place_of(text) for text in astuple(each)] for each in behind]
    content = {"root": root, "texts": list(texts), "behind": places, "numbers": numbers}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def address(id: str, headline: Mapping[str, Any]) -> str:
    """Return where a number stands, from the book's root: its page, or its chapter's list."""
    chapter, _, name = id.partition("/")
    if id in headline:
        return f"{number_path(chapter, name)}index.html".lstrip("/")
    return f"{numbers_path(chapter)}index.html#{name}".lstrip("/")


def _behind(fact: ToldFact) -> Behind:
    if fact.behind is None:
        return Behind()
    return Behind(
        fact.until,
        _name(fact.behind.section),
        _name(next(iter(fact.behind.models), None)),
        _makers(fact.behind.tables),
        next(iter(fact.behind.figures), ""),
    )


def _makers(used: Iterable[str]) -> str:
    """Name who made the tables; of many the first."""
    makers = list(dict.fromkeys(tables.describe(name).credit for name in used))
    more = f"; and {len(makers) - _MOST_MAKERS} more" if len(makers) > _MOST_MAKERS else ""
    return "; ".join(makers[:_MOST_MAKERS]) + more


def _moved(number: ShownNumber) -> tuple[str, ...]:
    """Write what moves it most, in two parts; none if that was not measured."""
    measured = moves.of_number(Project(number.root), number.chapter, number.name)
    said, _, what = moves_told.phrase(measured, number.headline).partition(": ")
    return (f"{said[:1].upper()}{said[1:]}", what) if what else ()


def _name(function: Function | None) -> str:
    """Name a function as its module is imported."""
    return f"{function.module.rpartition('.')[2]}.{function.name}" if function else ""
