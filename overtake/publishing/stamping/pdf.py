"""Stamps in PDF: document information and XMP, appended as an incremental update.

The run's file stands at the beginning of the stamped one, byte for byte. The
update is written here because pypdf 7, the one library that can append, leaves
its own cross-reference out, which qpdf complains of.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from overtake.core.errors import PictureError
from overtake.publishing.stamping import stamp
from overtake.publishing.stamping.found import Found
from overtake.publishing.stamping.stamp import Stamp

SIGNATURE = b"%PDF-"
# The XMP specification gives these words, so that a packet is found without reading the PDF.
_BEGIN = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_END = b'<?xpacket end="r"?>'
_META = (b'<x:xmpmeta xmlns:x="adobe:ns:meta/">', b"</x:xmpmeta>")
_TRAILER = re.compile(
    rb"trailer\s*<<(?=(?:[^>]|>(?!>))*?/Size (?P<size>\d{1,6})\b)"
    rb"(?=(?:[^>]|>(?!>))*?/Root (?P<root>\d{1,6}) 0 R)(?:[^>]|>(?!>))*>>"
    rb"\s*startxref\s+(?P<xref>\d{1,12})\s+%%EOF\s*\Z"
)
_TAIL_BYTES = 1024
_AFTER_STAMP = re.compile(rb".*?%%EOF\n?", re.DOTALL)
_CUT_OFF = "the file is cut off: it does not end in %%EOF"


@dataclass(frozen=True)
class _Ending:
    """What the end of a PDF says: its number of objects, the catalogue, where the table is."""

    size: int
    root: int
    catalogue: bytes
    xref: int


def add(picture: bytes, said: Stamp) -> bytes:
    """Return the picture with a stamp behind it.

    Raises
    ------
    PictureError
        If `picture` does not end as the figures' PDFs end.
    """
    old = _ending(picture)
    information, metadata = old.size, old.size + 1
    packet = b"".join((_BEGIN, _META[0], stamp.packet(said), _META[1], _END))
    objects = {
        old.root: b"<<%s/Metadata %d 0 R >>" % (old.catalogue, metadata),
        information: _information(said),
        metadata: b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream"
        % (len(packet), packet),
    }
    trailer = b"<< /Size %d /Root %d 0 R /Info %d 0 R /Prev %d >>" % (
        metadata + 1,
        old.root,
        information,
        old.xref,
    )
    return _update(picture, objects, trailer)


def take_apart(content: bytes) -> Found:
    """Read the stamp of a picture, and return the picture without it.

    Raises
    ------
    PictureError
        If the stamp is damaged.
    """
    mark = content.rfind(stamp.NAMESPACE.encode())
    first, end = content.rfind(_BEGIN, 0, max(mark, 0)), content.find(_END, max(mark, 0))
    said = stamp.parse(content[first + len(_BEGIN) : end]) if 0 <= first < mark < end else None
    if said is None:
        return Found(None, content, None if b"%%EOF" in content[-_TAIL_BYTES:] else _CUT_OFF)
    picture, after = content[: int(said.size)], _AFTER_STAMP.match(content, end)
    if after is None:
        return Found(said, picture, _CUT_OFF)
    return Found(said, picture + content[after.end() :])


def _ending(picture: bytes) -> _Ending:
    found = _TRAILER.search(picture, max(len(picture) - _TAIL_BYTES, 0))
    if found is None:
        raise PictureError("no PDF to stamp: it has no trailer as a figure's has")
    root = found["root"]
    catalogue = re.search(rb"\n%s 0 obj\s*<<([^<>]*)>>\s*endobj" % root, picture)
    if catalogue is None:
        raise PictureError(f"no PDF to stamp: its catalogue, object {int(root)}, is not there")
    return _Ending(int(found["size"]), int(root), catalogue[1], int(found["xref"]))


def _information(said: Stamp) -> bytes:
    fields = {
        "Title": said.title,
        "Author": said.authors,
        "Subject": said.citation,
        "Keywords": f"figure {said.figure}, run {said.run}",
        "CreationDate": f"D:{said.released.replace('-', '')}",
    }
    return b"<< %s >>" % b" ".join(b"/%s %s" % (n.encode(), _string(t)) for n, t in fields.items())


def _string(text: str) -> bytes:
    """Write a text as PDF writes any character: UTF-16 in hexadecimal."""
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode()


def _update(picture: bytes, objects: Mapping[int, bytes], trailer: bytes) -> bytes:
    """Append objects with their table of places; a later one replaces an earlier."""
    content, table = picture, b"xref\n"
    for number, body in objects.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return content + table + b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(content))
