"""Stamps in PNG: text chunks after the header.

The chunk ``XML:com.adobe.xmp`` holds the stamp; ``Title``, ``Author`` and the
like say the same for programs that read no XMP.
"""

import hashlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from overtake.core.errors import PictureError
from overtake.publishing.stamping import stamp
from overtake.publishing.stamping.found import Found, span
from overtake.publishing.stamping.stamp import Stamp

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP = "XML:com.adobe.xmp"
_KEYWORDS = (_XMP, "Title", "Author", "Description", "Copyright", "Source", "Creation Time")
_FRAME_BYTES = 12  # length, name and checksum of a chunk
_NO_LANGUAGE = b"\0" * 5  # after the keyword: not compressed, no language, not translated
_MOST_PIXELS = 50_000_000
_MOST_CHUNKS = 10_000
_DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, EOFError, ArithmeticError, struct.error, zlib.error, Warning,
    Image.DecompressionBombError,
)  # fmt: skip


@dataclass(frozen=True)
class _Chunk:
    name: bytes
    data: bytes
    first: int
    after: int
    is_intact: bool

    @property
    def keyword(self) -> str:
        """Keyword of a text chunk, or ""."""
        word, _, _ = self.data.partition(b"\0") if self.name == b"iTXt" else (b"", b"", b"")
        return word.decode("latin-1")

    @property
    def is_ours(self) -> bool:
        """Whether stamping writes such a chunk, and no run does."""
        return self.keyword in _KEYWORDS

    @property
    def is_stamp(self) -> bool:
        """Whether it holds the stamp."""
        return self.keyword == _XMP and stamp.NAMESPACE.encode() in self.data


def add(picture: bytes, said: Stamp) -> bytes:
    """Return the picture with a stamp; its own chunks stay as they are.

    Raises
    ------
    PictureError
        If `picture` is no sound PNG.
    """
    chunks, damage = _chunks(picture)
    if damage or not chunks or chunks[0].name != b"IHDR":
        raise PictureError(f"no PNG to stamp: {damage or 'it does not begin with its header'}")
    header = chunks[0].after
    return picture[:header] + b"".join(_texts(said)) + picture[header:]


def take_apart(content: bytes) -> Found:
    """Read the stamp of a picture, and return the picture without it.

    Raises
    ------
    PictureError
        If the stamp is damaged.
    """
    chunks, damage = _chunks(content)
    stamps = [chunk for chunk in chunks if chunk.is_stamp]
    if not stamps:
        return Found(None, content, damage)
    (first, *_) = stamps
    if not first.is_intact:
        raise PictureError(f"{span(first.first, first.after)}: the checksum of the stamp is wrong")
    kept = b"".join(content[c.first : c.after] for c in chunks if not c.is_ours)
    _, _, packet = first.data.partition(_NO_LANGUAGE)
    return Found(stamp.parse(packet), SIGNATURE + kept + content[chunks[-1].after :], damage)


def pixels(content: bytes) -> str:
    """Return the SHA-256 of what a PNG shows: its size, and its pixels as RGBA.

    Raises
    ------
    PictureError
        If the file can't be decoded, or is larger than any figure.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            shown = _decoded(content)
    except _DECODER_ERRORS as error:
        raise PictureError(f"its pixels can't be decoded: {error}") from None
    return hashlib.sha256(struct.pack(">II", *shown.size) + shown.tobytes()).hexdigest()


def _decoded(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        if image.width * image.height > _MOST_PIXELS:
            raise ValueError(f"{image.width} × {image.height} are too many")
        return image.convert("RGBA")


def _chunks(content: bytes) -> tuple[list[_Chunk], str | None]:
    """Return the chunks up to the first that is cut off, and what is wrong with the file."""
    chunks: list[_Chunk] = []
    at, end = len(SIGNATURE), len(content)
    while at + _FRAME_BYTES <= end and len(chunks) < _MOST_CHUNKS:
        chunk = _chunk(content, at)
        if chunk.after > end:
            break
        chunks.append(chunk)
        at = chunk.after
        if chunk.name == b"IEND":
            break
    return chunks, _damage(chunks, at, end)


def _chunk(content: bytes, at: int) -> _Chunk:
    length, name = struct.unpack_from(">I4s", content, at)
    after = at + _FRAME_BYTES + length
    data = content[at + 8 : after - 4]
    checksum = zlib.crc32(name + data).to_bytes(4, "big")
    return _Chunk(name, data, at, after, content[after - 4 : after] == checksum)


def _damage(chunks: list[_Chunk], at: int, end: int) -> str | None:
    for chunk in chunks:
        if not chunk.is_intact:
            return (
                f"{span(chunk.first, chunk.after)}: the checksum of chunk {chunk.name!r} is wrong"
            )
    if not chunks or chunks[-1].name != b"IEND":
        return f"{span(at, end)}: the file is cut off, or no chunk begins here"
    return f"{span(at, end)} follow the end of the picture" if at < end else None


def _texts(said: Stamp) -> Iterator[bytes]:
    values = (
        stamp.packet(said).decode(),
        said.title,
        said.authors,
        said.citation,
        said.licence,
        said.address,
    )
    for keyword, text in zip(_KEYWORDS, (*values, said.released), strict=True):
        data = keyword.encode() + _NO_LANGUAGE + text.encode()
        checksum = zlib.crc32(b"iTXt" + data)
        yield struct.pack(">I4s", len(data), b"iTXt") + data + struct.pack(">I", checksum)
