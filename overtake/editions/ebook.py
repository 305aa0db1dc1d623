"""The EPUB: what it says of itself, and an archive without a clock in it."""

import re
import uuid
import zipfile
from pathlib import Path

from sphinx.config import Config

from overtake import packing
from overtake.publication import LICENCE, Publication

_MIMETYPE = "mimetype"
_PATH_WITHOUT_LINE = re.compile(rb"<path(?=\s)(?![^>]*\sd=)")
# Symbols of folded boxes come without SVG's namespace; MyST-NB's style is written too late.
_ONLY_ON_SCREEN = re.compile(
    rb'<svg [^>]*class="sd-octicon.*?</svg>|<link [^>]*/mystnb[^>]*/>|<script\b.*?</script>', re.DOTALL
)


def describe(config: Config, published: Publication, name: str) -> None:
    """Set Sphinx's options for the EPUB from what is known of the book."""
    authors = ", ".join(author.name for author in published.authors)
    config.epub_basename = name.removesuffix(".epub")
    config.epub_title = published.title
    config.epub_author = config.epub_publisher = config.epub_contributor = authors
    config.epub_description = published.abstract or published.title
    config.epub_copyright = f"{LICENCE.title}, {LICENCE.path}"
    config.epub_uid = "book-id"
    config.epub_scheme = "UUID"
    config.epub_identifier = f"urn:uuid:{identity(published.title, published.version)}"
    config.version = published.version
    config.epub_show_urls = "no"
    config.epub_use_index = False
    config.epub_tocdup = False
    config.epub_tocdepth = 2


def identity(*parts: str) -> uuid.UUID:
    """Return the same UUID for the same words."""
    return uuid.uuid5(uuid.NAMESPACE_OID, "\n".join(parts))


def repack(path: Path) -> None:
    """Write an EPUB's archive anew: valid, and the same bytes for the same files.

    The archive's first entry is the media type, not compressed, as the format asks.
    """
    with zipfile.ZipFile(path) as archive:
        files = {name: _mended(name, archive.read(name)) for name in archive.namelist()}
    path.write_bytes(packing.pack(files, first=_MIMETYPE))


def _mended(name: str, content: bytes) -> bytes:
    """Return a file as the format asks: a blank's glyph has no line, which SVG doesn't allow."""
    if name.endswith(".svg"):
        return _PATH_WITHOUT_LINE.sub(b'<path d=""', content)
    return _ONLY_ON_SCREEN.sub(b"", content) if name.endswith(".xhtml") else content
