"""The card of a headline number: what is behind it, in a few lines, and where there is more."""

from collections.abc import Iterable
from dataclasses import dataclass

from overtake.book.shown_number import ShownNumber
from overtake.core import pages, prose


@dataclass(frozen=True)
class Card:
    """What a card says of a headline number.

    `rows` has names with what is said under them; what isn't known has none. `links` lead on,
    by their words, from the book's root.
    """

    id: str
    label: str
    value: str
    interval: str
    rows: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, number: ShownNumber) -> "Card":
        """Return the card of a headline number."""
        rows = {
            "Data until": number.headline.data_until,
            "Sources": number.citable.credit,
        }
        there = address(number)
        links = {"Its page": there, "Cite": f"{there}#cite"}
        return cls(
            number.id,
            number.headline.label,
            number.value,
            _interval(number),
            tuple((name, said) for name, said in rows.items() if said),
            tuple(links.items()),
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
        return f"{count[:1].upper()}{count[1:]}"
    name = prose.interval_name(estimate)
    said = f"{name[:1].upper()}{name[1:]}: {number.interval}"
    return f"{said}, {count}" if count else said
