"""The card of a headline number: what is behind it, in a few lines, and where there is more."""

from collections.abc import Iterable
from dataclasses import dataclass

from overtake.book.figure_site import FOLDER as FIGURES_FOLDER
from overtake.book.shown_number import ShownNumber
from overtake.core import pages, prose
from overtake.core.paths import Project
from overtake.publishing.numbers import moves, moves_told
from overtake.publishing.numbers.dataflow.sources import Function


@dataclass(frozen=True)
class Card:
    """What a card says of a headline number; what isn't known is empty.

    `interval` says of which kind it is, and n; `section` and `model` are functions, `sources`
    those who made the tables behind it; `moved` says that something moves it, and what. `links`
    lead on, by their words, from the book's root.
    """

    id: str
    label: str
    value: str
    interval: str
    until: str
    section: str
    model: str
    sources: str
    moved: tuple[str, str]
    links: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, number: ShownNumber) -> "Card":
        """Return the card of a headline number."""
        there, behind = address(number), number.behind
        figure = next(iter((*number.shown_in, *behind.figures)), None)
        drawn = [("Figure", f"{FIGURES_FOLDER}/{figure}/index.html")] if figure else []
        makers = dict.fromkeys(table.credit for table in number.tables)
        return cls(
            number.id,
            number.headline.label,
            number.value,
            _interval(number),
            number.headline.data_until,
            _name(behind.section),
            _name(next(iter(behind.models), None)),
            "; ".join(makers),
            _moved(number),
            (("Its page", there), *drawn, ("Cite", f"{there}#cite"), ("Rerun", f"{there}#rerun")),
        )


def written(cards: Iterable[Card], root: str) -> str:
    """Return cards as a page holds them until they are opened; `root` leads to the book's root."""
    return pages.render("number_cards.html", cards=cards, root=root)


def address(number: ShownNumber) -> str:
    """Return where a number's page stands, from the book's root."""
    return f"{number.citable.path.lstrip('/')}index.html"


def _interval(number: ShownNumber) -> str:
    """Write what kind of interval it has, the interval, and n."""
    estimate = number.headline.estimate
    count = f"n = {estimate.n:,}" if estimate.n else ""
    if not number.interval:
        return f"No interval, {count}" if count else "No interval"
    name = prose.interval_name(estimate)
    said = f"{name[:1].upper()}{name[1:]} {number.interval}"
    return f"{said}, {count}" if count else said


def _moved(number: ShownNumber) -> tuple[str, str]:
    """Write what moves it most, in two parts; both empty if that was not measured."""
    measured = moves.of_number(Project(number.root), number.chapter, number.name)
    said, _, what = moves_told.phrase(measured, number.headline).partition(": ")
    return f"{said[:1].upper()}{said[1:]}", what


def _name(function: Function | None) -> str:
    """Name a function as its module is imported."""
    return f"{function.module.rpartition('.')[2]}.{function.name}" if function else ""
