"""Stamp a picture, or take a stamped one apart, by what its bytes say it is."""

import hashlib
from types import ModuleType

from overtake.core.errors import PictureError
from overtake.publishing.stamping import pdf, png, stamp, svg
from overtake.publishing.stamping.found import Found
from overtake.publishing.stamping.stamp import Stamp

KINDS = ("png", "svg", "pdf")
"""The kinds of picture that can be stamped, by the ending of their files."""

_MODULES: dict[str, ModuleType] = {"png": png, "svg": svg, "pdf": pdf}
_XML_BEGINS = (b"<", b"\xef\xbb\xbf<")


def add(content: bytes, said: Stamp) -> bytes:
    """Return a stamped copy of a picture; the same bytes each time.

    Parameters
    ----------
    content : bytes
        A PNG, SVG or PDF. A stamp that it has already is replaced.
    said : Stamp
        What to write; the hashes of the picture are added.

    Raises
    ------
    PictureError
        If `content` is no such picture or is damaged.
    """
    kind = kind_of(content)
    picture = _MODULES[kind].take_apart(content).picture
    complete = stamp.with_picture(
        said,
        picture=hashlib.sha256(picture).hexdigest(),
        size=len(picture),
        pixels=png.pixels(picture) if kind == "png" else "",
    )
    stamped: bytes = _MODULES[kind].add(picture, complete)
    return stamped


def take_apart(content: bytes) -> Found:
    """Read the stamp of a picture, and return the picture without it.

    Raises
    ------
    PictureError
        If `content` is no PNG, SVG or PDF, or its stamp is damaged.
    """
    found: Found = _MODULES[kind_of(content)].take_apart(content)
    return found


def kind_of(content: bytes) -> str:
    """Return "png", "svg" or "pdf", by the first bytes; a file's name may lie.

    Raises
    ------
    PictureError
        If it is none of them.
    """
    if content.startswith(png.SIGNATURE):
        return "png"
    if content.startswith(pdf.SIGNATURE):
        return "pdf"
    if content.lstrip().startswith(_XML_BEGINS):
        return "svg"
    raise PictureError(f"no PNG, SVG or PDF: it begins with {content[:8]!r}")
