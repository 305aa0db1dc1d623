"""The index of figures: thumbnails, with what a reader can narrow them down by."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from overtake.book.figure_pages.figure import ShownFigure
from overtake.core import templating


@dataclass(frozen=True)
class Card:
    """A figure in the index.

    Attributes
    ----------
    figure : ShownFigure
        The figure.
    claims, sources : tuple of str
        Ids of the claims that are judged by it, and words for its data's makers.
    """

    figure: ShownFigure
    claims: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """Something to narrow the figures down by.

    Attributes
    ----------
    name, label : str
        Its name in the page's address, and for readers.
    values : mapping of str to str
        Words for readers by value.
    """

    name: str
    label: str
    values: Mapping[str, str]


def render(figures: Sequence[ShownFigure]) -> str:
    """Write the index; without scripts it shows every figure."""
    cards = [_card(figure) for figure in figures]
    makers = {_word(t.credit): t.credit for figure in figures for t in figure.tables}
    claims = sorted({claim for card in cards for claim in card.claims})
    choices = (
        Choice("chapter", "Chapter", {f.chapter: f.place.chapter_title for f in figures}),
        Choice("claim", "Claim", {claim: claim for claim in claims}),
        Choice("source", "Source", dict(sorted(makers.items(), key=lambda maker: maker[1]))),
    )
    return templating.render("figure_index.html", cards=cards, choices=choices)


def _card(figure: ShownFigure) -> Card:
    return Card(
        figure,
        tuple(claim.claim for claim in figure.claims),
        tuple(dict.fromkeys(_word(table.credit) for table in figure.tables)),
    )


def _word(text: str) -> str:
    """Return a maker's name without spaces: a card lists several."""
    return re.sub(r"\W+", "-", text.lower()).strip("-")
