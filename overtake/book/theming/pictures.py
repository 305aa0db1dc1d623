"""What a browser is told of a figure before it has it: size, and that it may come later."""

import re
from collections.abc import Callable
from pathlib import Path

from lxml import etree

_PIXELS_PER_POINT = 96 / 72
_IMAGE = re.compile(r'<img (?=[^>]*class="overtake-figure")(?![^>]*width=)[^>]*>')
_SOURCE = re.compile(r'src="([^"]+)"')


def lazy(body: str, file_of: Callable[[str], Path]) -> str:
    """Let a page keep the place of each figure, and load it when it comes into view.

    Parameters
    ----------
    body : str
        HTML of the page's content.
    file_of : callable
        Gives the SVG file of a figure from its address in the page.

    Returns
    -------
    str
        The content with ``width``, ``height`` and ``loading`` at each figure.
    """

    def described(found: re.Match[str]) -> str:
        (address,) = _SOURCE.findall(found[0])
        width, height = size(file_of(address))
        return f'<img width="{width}" height="{height}" loading="lazy" {found[0][5:]}'

    return _IMAGE.sub(described, body)


def size(path: Path) -> tuple[int, int]:
    """Return the width and height of an SVG in CSS pixels.

    Raises
    ------
    ValueError
        If the picture gives no size in points, as matplotlib does.
    """
    with path.open("rb") as content:
        _, root = next(etree.iterparse(content, events=("start",)))
    width, height = root.get("width", ""), root.get("height", "")
    if not (width.endswith("pt") and height.endswith("pt")):
        raise ValueError(f"{path}: a size in points is needed, not {width!r} by {height!r}")
    return _pixels(width), _pixels(height)


def _pixels(points: str) -> int:
    return round(float(points.removesuffix("pt")) * _PIXELS_PER_POINT)
