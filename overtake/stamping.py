"""What a picture says of itself: title, id, run, citation, licence, address, and who made the data.

The pictures in a run's folder stay as they are: a run can't name itself. A
stamped copy is made of them for the site, and `read` tells what a picture
found anywhere says, and whether it is still the run's.
"""

from dataclasses import dataclass
from typing import Literal

Condition = Literal["unchanged", "resaved", "changed", "damaged"]


@dataclass(frozen=True)
class Stamp:
    """What is written into a picture.

    Attributes
    ----------
    figure, run : str
        Ids.
    title : str
        The figure's message.
    citation : str
        Citation as text.
    authors : tuple of str
        Names in reading order.
    released : str
        ISO date of the release.
    licence : str
        Address of the licence.
    address : str
        Where the figure stands; from the book's root if the book has no address.
    data : str
        Who made the data.
    """

    figure: str
    run: str
    title: str
    citation: str
    authors: tuple[str, ...]
    released: str
    licence: str
    address: str
    data: str


def stamp(content: bytes, said: Stamp) -> bytes:
    """Return a stamped copy of a PNG, SVG or PDF; the same bytes each time."""
    raise NotImplementedError
