"""A figure's picture in a page: as wide as there is room, and light or dark as the page is.

The browser takes one of four pictures. The theme hides what is not for its colours, and what
is hidden is not loaded; without scripts the reader's device says whether it is dark.
"""

from pathlib import Path

from overtake.core import pages
from overtake.publishing import framing

NARROW_UNTIL_EM = 36
"""Width of a window up to which the narrow picture is shown: where the wide one's words would
be under 11 pixels."""
_PIXELS_PER_POINT = 96 / 72


def markup(folder: Path, id: str, alt: str, address: str) -> str:
    """Return a figure's picture as HTML; its files stand at an address, with a slash at its end."""
    sizes = {name: size(folder / f"{id}-{name}.svg") for name in framing.SHOWN}
    return pages.render(
        "picture.html", base=f"{address}{id}", alt=alt, sizes=sizes, until=NARROW_UNTIL_EM
    ).strip()


def thumbnail(folder: Path, id: str, address: str, *, first: bool) -> str:
    """Return a figure's picture as one of many, whose title is said beside it.

    The first is brought before the others.
    """
    shown = size(folder / f"{id}-narrow.svg")
    return pages.render("thumbnail.html", base=f"{address}{id}", size=shown, first=first).strip()


def size(picture: Path) -> tuple[int, int]:
    """Return the width and height of a picture in CSS pixels."""
    width, height = framing.size_points(picture.read_bytes())
    return round(width * _PIXELS_PER_POINT), round(height * _PIXELS_PER_POINT)
