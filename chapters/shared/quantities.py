"""One quantity, one number: where each is computed, where it is shown, and what contradicts it.

`quantities.yml` names for each quantity the one place that computes it, the other places that
hold it, the phrases that tell it, and other measures that are called like it and must be named
where they are told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import yaml
from overtake.core import prose
from overtake.core.errors import ResultError
from overtake.runs.words import expressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jinja2.runtime import Context

PATH = Path(__file__).parents[1] / "quantities.yml"
DIGITS = 2
"""Significant digits to which two places must agree: those that a reader sees."""
_END_OF_SENTENCE = re.compile(r"(?<=[.!?:;])[*_\"”)\]]*\s+(?=[^a-z\s])|\n\s*\n|\n(?=[-|]|\w+:)|\|")
_VALUE = "value"
_ADDRESS = re.compile(r"(?<=\])\([^)]*\)|\{cite\}`[^`]*`")
_CHAPTER = re.compile(r"(?<![\w.])([a-z]\w*)\.")
_WRITTEN = range(1, 5)  # significant digits


@dataclass(frozen=True)
class OtherMeasure:
    """A measure that is called like a quantity, and is another one.

    Attributes
    ----------
    named : str
        Pattern of the words by which a sentence names it.
    place : str or None
        Where its number is computed; None for what others published.
    """

    named: str
    place: str | None = None

    def is_named_in(self, sentence: str) -> bool:
        """Return whether a sentence says that it tells this measure."""
        return re.search(self.named, sentence, re.IGNORECASE) is not None


@dataclass(frozen=True)
class Quantity:
    """A quantity of the book.

    Attributes
    ----------
    id, says, unit : str
        Its id, what it is, and its unit.
    owner : str
        The expression that tells the number where it is computed.
    also : tuple of str
        Expressions for the other places that hold it, in the same unit.
    phrases : tuple of str
        Patterns of the phrases that tell it; their group `value` is the number.
    others : tuple of OtherMeasure
        What is told by the same phrases and is another measure.
    """

    id: str
    says: str
    unit: str
    owner: str
    also: tuple[str, ...]
    phrases: tuple[str, ...]
    others: tuple[OtherMeasure, ...]

    @property
    def chapters(self) -> tuple[str, ...]:
        """Pages of the chapters that hold it, the owner's first."""
        found = _CHAPTER.findall(" ".join((self.owner, *self.also)))
        return tuple(dict.fromkeys(name.replace("_", "-") for name in found))


@dataclass(frozen=True)
class Contradiction:
    """Two numbers for one quantity.

    Attributes
    ----------
    quantity : str
        Its id.
    place : str
        The place or the page with the other number.
    told : str
        What stands there.
    value, owned : float
        The number there, and the one of the owner.
    """

    quantity: str
    place: str
    told: str
    value: float
    owned: float


def read_quantities(path: Path = PATH) -> tuple[Quantity, ...]:
    """Read the register.

    Raises
    ------
    ResultError
        If an entry lacks what it must have, or a phrase has no group for the number.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(_read(name, entry) for name, entry in content.items())


def evaluate(expression: str, names: Mapping[str, Any]) -> float:
    """Return the number that an expression of the pages' language tells.

    Raises
    ------
    ResultError
        If there is no such number.
    """
    try:
        compiled = expressions.environment().compile_expression(expression, undefined_to_none=False)
        told: Any = compiled(**names)
        return float(getattr(getattr(told, "estimate", told), "value", told))
    except Exception as error:  # whatever the expression does, its place is what is asked for
        raise ResultError(f"quantities.yml: {expression} tells no number: {error}") from error


def find_differences(
    quantities: Iterable[Quantity], names: Mapping[str, Any]
) -> list[Contradiction]:
    """Return the registered places that don't show the owner's number.

    Parameters
    ----------
    quantities : iterable of Quantity
        The register.
    names : mapping
        What the words of plain pages may call: the facts of all chapters.
    """
    found = []
    for quantity in quantities:
        owned = evaluate(quantity.owner, names)
        for place in quantity.also:
            value = evaluate(place, names)
            if shown(value) != shown(owned):
                found.append(Contradiction(quantity.id, place, shown(value), value, owned))
    return found


def find_sentences(
    quantities: Sequence[Quantity], names: Mapping[str, Any], pages: Mapping[str, Iterable[str]]
) -> list[Contradiction]:
    """Return the sentences that tell another number for a quantity.

    A sentence may tell another measure, if it names it.

    Parameters
    ----------
    quantities : sequence of Quantity
        The register.
    names : mapping
        As in `find_differences`.
    pages : mapping of str to iterable of str
        Rendered texts by page.
    """
    found = []
    for quantity in quantities:
        owned = evaluate(quantity.owner, names)
        others = [
            (other, None if other.place is None else evaluate(other.place, names))
            for other in quantity.others
        ]
        for page, sentence in _sentences(pages):
            for written in _told(quantity, sentence):
                named = [value for other, value in others if other.is_named_in(sentence)]
                if not any(_reads_as(written, value) for value in (owned, *named)):
                    told = _number(written)
                    found.append(Contradiction(quantity.id, page, sentence, told, owned))
    return found


def find_phrases(quantity: Quantity, pages: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the sentences that tell a number by the phrases of a quantity."""
    return [sentence for _, sentence in _sentences(pages) if _told(quantity, sentence)]


@jinja2.pass_context
def tell(context: Context) -> list[tuple[Quantity, str]]:
    """Return every quantity with its number, for a page that lists them."""
    names = context.get_all()
    return [(each, shown(evaluate(each.owner, names))) for each in read_quantities()]


def shown(value: float) -> str:
    """Return a number as a reader sees it."""
    return prose.number(value, DIGITS)


def _read(name: str, entry: Mapping[str, Any]) -> Quantity:
    missing = {"says", "unit", "owner"} - set(entry)
    if missing:
        raise ResultError(f"quantities.yml: {name} has no {', '.join(sorted(missing))}")
    phrases = tuple(entry.get("phrases", ()))
    for phrase in phrases:
        if _VALUE not in re.compile(phrase).groupindex:
            raise ResultError(f"quantities.yml: {name} has a phrase without a number: {phrase}")
    return Quantity(
        name, entry["says"], entry["unit"], entry["owner"], tuple(entry.get("also", ())), phrases,
        tuple(OtherMeasure(**each) for each in entry.get("others", ())),
    )  # fmt: skip


def _sentences(pages: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    for page, texts in pages.items():
        for text in texts:
            for sentence in _END_OF_SENTENCE.split(text):
                if sentence.strip():
                    yield page, " ".join(_ADDRESS.sub("", sentence).split())


def _told(quantity: Quantity, sentence: str) -> list[str]:
    """Return every number that a sentence tells for a quantity, each once."""
    matches = (
        match
        for phrase in quantity.phrases
        for match in re.finditer(phrase, sentence, re.IGNORECASE)
    )
    return list({match.start(_VALUE): match[_VALUE] for match in matches}.values())


def _reads_as(written: str, value: float | None) -> bool:
    """Return whether a number is how a value is written, to any digits that the book uses."""
    return value is None or written in {prose.number(value, digits) for digits in _WRITTEN}


def _number(written: str) -> float:
    return float(written.replace(",", "").replace("−", "-"))
