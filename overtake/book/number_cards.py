"""The card of a headline number: what is behind it, in a few lines, and where there is more."""

from collections.abc import Iterable
from dataclasses import dataclass

from overtake.core import pages, prose
from overtake.data import tables
from overtake.runs.runs import Run
from overtake.runs.words.told import Headline

_FOLDER = "numbers"


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


def of_number(run: Run, name: str) -> Card:
    """Return the card of a headline number of a run by its name."""
    number, full_name = run.headline[name], f"{run.chapter}/{name}"
    rows = {
        "Data until": number.data_until,
        "Sources": _credit(run.record.inputs.tables),
    }
    there = address(full_name)
    links = {"Its page": there, "Cite": f"{there}#cite"}
    return Card(
        full_name,
        number.label,
        prose.shown_value(number.estimate, number.digits),
        _interval(number),
        tuple((name, said) for name, said in rows.items() if said),
        tuple(links.items()),
    )


def written(cards: Iterable[Card], root: str) -> str:
    """Return cards as a page holds them until they are opened; `root` leads to the book's root."""
    return pages.render("number_cards.html", cards=cards, root=root)


def address(id: str) -> str:
    """Return where a number's page stands, from the book's root."""
    return f"{_FOLDER}/{id}/index.html"


def _interval(number: Headline) -> str:
    """Write what kind of interval it has, the interval, and n."""
    estimate = number.estimate
    if estimate.low == estimate.high:
        return ""
    count = f", n = {estimate.n:,}" if estimate.n else ""
    name = prose.interval_name(estimate)
    return f"{name[:1].upper()}{name[1:]}: {prose.shown_span(estimate, number.digits)}{count}"


def _credit(names: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(tables.describe(name).credit for name in names))
