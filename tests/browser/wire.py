"""How many bytes a page costs, as a server that compresses would send them."""

import gzip
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

_LEVEL = 6
"""What servers use where nothing is set."""
_COMPRESSED = frozenset({".html", ".css", ".js", ".svg", ".json"})


@dataclass(frozen=True)
class Weight:
    """The files that a page loads at once.

    Attributes
    ----------
    text, pictures : int
        Bytes of the page with its styles and scripts, and of its pictures; those
        that load when they come into view are left out.
    """

    text: int
    pictures: int


def weigh(page: Path) -> Weight:
    """Weigh a page of a site from its files."""
    tree = html.fromstring(page.read_bytes())
    linked = tree.xpath("//link[@rel='stylesheet' or @rel='icon']/@href | //script/@src")
    eager = tree.xpath("//img[not(@loading='lazy')]/@src")
    return Weight(_sent(page) + _all(page, linked), _all(page, eager))


def _all(page: Path, addresses: list[str]) -> int:
    local = {urlsplit(address).path for address in addresses if not urlsplit(address).scheme}
    return sum(_sent(page.parent / unquote(path)) for path in local)


def _sent(path: Path) -> int:
    content = path.read_bytes()
    return len(gzip.compress(content, _LEVEL)) if path.suffix in _COMPRESSED else len(content)
