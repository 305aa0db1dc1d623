"""Stamps in SVG: the first ``<metadata>`` of the root."""

from overtake.core.errors import PictureError
from overtake.publishing.stamping import stamp
from overtake.publishing.stamping.found import Found
from overtake.publishing.stamping.stamp import Stamp
from overtake.publishing.stamping.xml_guard import Outline

_MARK = "overtake-stamp"
_GAP = b"\n "
_ROOT = "http://www.w3.org/2000/svg svg"


def add(picture: bytes, said: Stamp) -> bytes:
    """Return the picture with a stamp, which is all that changes.

    Raises
    ------
    PictureError
        If `picture` is no SVG.
    """
    outline = Outline(picture, _MARK)
    if outline.damage or outline.root != _ROOT or outline.first_child is None:
        raise PictureError(f"no SVG to stamp: {outline.damage or 'no root element svg'}")
    at = outline.first_child
    element = f'<metadata id="{_MARK}">'.encode() + stamp.packet(said) + b"</metadata>" + _GAP
    return picture[:at] + element + picture[at:]


def take_apart(content: bytes) -> Found:
    """Read the stamp of a picture, and return the picture without it.

    Raises
    ------
    PictureError
        If the file declares entities, or its stamp is damaged.
    """
    outline = Outline(content, _MARK)
    if outline.marked is None:
        return Found(None, content, outline.damage)
    first, last = outline.marked
    after = last + len(_GAP) if content.startswith(_GAP, last) else last
    return Found(
        _stamp(content, content[first:last], outline),
        content[:first] + content[after:],
        outline.damage,
    )


def _stamp(content: bytes, element: bytes, outline: Outline) -> Stamp | None:
    """Read from the whole file, which may declare the prefixes that the element uses, if it can."""
    if outline.damage:
        return stamp.parse(element)
    (marked,) = stamp.tree(content).xpath("/*/*[@id=$mark][1]", mark=_MARK)
    return stamp.of_tree(marked)
