"""The EPUB: what it says of itself, and an archive without a clock in it."""

import re
import uuid
import zipfile
from collections.abc import Collection
from pathlib import Path

from sphinx.config import Config

from overtake.core import digests
from overtake.publishing.publication import LICENCE, Publication

_MIMETYPE = "mimetype"
_PATH_WITHOUT_LINE = re.compile(rb"<path(?=\s)(?![^>]*\sd=)")
_DOCTYPE = re.compile(rb"<!DOCTYPE svg\b[^>]*>")
# Symbols of folded boxes come without SVG's namespace; the role of bibliography entries is
# deprecated.
_NOT_IN_AN_EBOOK = re.compile(
    rb'<svg [^>]*class="sd-octicon.*?</svg>|<script\b.*?</script>'
    rb'| role="doc-biblioentry"',
    re.DOTALL,
)
_NOT_CLOSED = re.compile(rb"<(meta|link)\b([^>]*?)\s*/?>")
_STYLE = re.compile(rb'<link [^>]*href="[^"]*(_static/[^"?]+)[^"]*"[^>]*/>')
_ADDRESS = re.compile(rb'href="[^"]*"')


def describe(config: Config, published: Publication, name: str) -> None:
    """Set Sphinx's options for the EPUB from what is known of the book."""
    authors = ", ".join(author.name for author in published.authors)
    config.epub_basename = name.removesuffix(".epub")
    config.epub_title = published.title
    config.epub_author = config.epub_publisher = config.epub_contributor = authors
    config.epub_description = published.abstract or published.title
    config.epub_copyright = f"{LICENCE.title}, {LICENCE.path}"
    # One for both, and an XML name: Sphinx writes either of them into the table of contents.
    config.epub_uid = config.epub_identifier = (
        f"uuid-{identity(published.title, published.version)}"
    )
    config.version = published.version
    config.epub_show_urls = "no"
    config.epub_use_index = False
    config.epub_tocdup = False
    config.epub_tocdepth = 2
    config.epub_css_files = []


def identity(*parts: str) -> uuid.UUID:
    """Return the same UUID for the same words."""
    return uuid.uuid5(uuid.NAMESPACE_OID, "\n".join(parts))


def repack(path: Path) -> None:
    """Write an EPUB's archive anew: valid, and the same bytes for the same files.

    The archive's first entry is the media type, not compressed, as the format asks.
    """
    with zipfile.ZipFile(path) as archive:
        names = frozenset(archive.namelist())
        files = {name: _mended(name, archive.read(name), names) for name in names}
    path.write_bytes(digests.pack(files, first=_MIMETYPE))


def _mended(name: str, content: bytes, names: Collection[str]) -> bytes:
    """Return a file as the format asks."""
    if name.endswith(".svg"):  # a blank's glyph has no line
        return _DOCTYPE.sub(b"", _PATH_WITHOUT_LINE.sub(b'<path d=""', content))
    return _mended_page(content, names) if name.endswith(".xhtml") else content


def _mended_page(page: bytes, names: Collection[str]) -> bytes:
    """Return a page as XML, without what belongs to the site."""
    page = _NOT_CLOSED.sub(rb"<\1\2/>", _NOT_IN_AN_EBOOK.sub(b"", page))
    page = _STYLE.sub(lambda link: link[0] if link[1].decode() in names else b"", page)
    return _ADDRESS.sub(_encoded, page)


def _encoded(address: re.Match[bytes]) -> bytes:
    """Write the angle brackets of old DOIs as addresses may have them."""
    return address[0].replace(b"&lt;", b"%3C").replace(b"&gt;", b"%3E")
