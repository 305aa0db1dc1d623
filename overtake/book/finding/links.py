"""Links within the built site: each must lead to a file and an anchor that are there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

from overtake.publishing.releasing.site import FOLDER as RELEASES

_ADDRESSES = "//@href | //@src | //@poster"
_ANCHORS = "//@id | //a/@name"
_TOP = ("", "top")
"""Anchors that every page has by the HTML standard."""


@dataclass(frozen=True)
class DeadLink:
    """A link that leads nowhere.

    Attributes
    ----------
    page, address : str
        The page, relative to the site's root, and the address as it stands there.
    reason : str
        What is missing.
    """

    page: str
    address: str
    reason: str


def dead(site: Path, pages: Iterable[str], published: Path) -> list[DeadLink]:
    """Return the links of a site's pages that lead nowhere within it.

    Links to other sites are not followed, nor those to released versions, which
    are put beside the site later, nor those from a scenario's book to the published one.

    Parameters
    ----------
    site : pathlib.Path
        Folder of the built site.
    pages : iterable of str
        Its pages, relative to the folder.
    published : pathlib.Path
        Folder of the published site, which may be the same.
    """
    checker = _Checker(site.resolve(), published.resolve())
    return [each for page in sorted(pages) for each in checker.of_page(page)]


class _Checker:
    """Checks links; reads each page once.

    Parameters
    ----------
    site : pathlib.Path
        Folder of the built site.
    published : pathlib.Path
        Folder of the published site.
    """

    def __init__(self, site: Path, published: Path) -> None:
        self._site = site
        self._published = published
        self._anchors: dict[Path, frozenset[str]] = {}

    def of_page(self, page: str) -> Iterator[DeadLink]:
        path = self._site / page
        tree = _parsed(path)
        self._anchors[path] = frozenset(map(str, tree.xpath(_ANCHORS)))
        for address in dict.fromkeys(map(str, tree.xpath(_ADDRESSES))):
            if reason := self._reason(path, address):
                yield DeadLink(page, address, reason)

    def _reason(self, page: Path, address: str) -> str:
        """Return why a link leads nowhere, or "" if it does not."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            return ""
        if parts.path.startswith("/"):
            return "an address from the host's root fails where the book stands in a folder"
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if not target.is_relative_to(self._site):
            beside = target.is_relative_to(self._published)
            return "" if beside else "it leads out of the site"
        if target.relative_to(self._site).parts[:1] == (RELEASES,):
            return ""
        if target.is_dir():
            target /= "index.html"
        if not target.is_file():
            return "there is no such file"
        return self._reason_of_anchor(target, unquote(parts.fragment))

    def _reason_of_anchor(self, target: Path, anchor: str) -> str:
        if anchor in _TOP or target.suffix != ".html":
            return ""
        if target not in self._anchors:
            self._anchors[target] = frozenset(map(str, _parsed(target).xpath(_ANCHORS)))
        return "" if anchor in self._anchors[target] else f"the page has no anchor {anchor!r}"


def _parsed(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
