"""What a picture says of itself, and whether it is still what was stamped.

The pictures in a run's folder stay as they are: a run can't name itself. What a page shows
is stamped when it gets its title, see `overtake.publishing.framing`; `identify` reads a
picture found anywhere. A stamp is put into a picture's bytes, and taken out it leaves them
as they were, so that they can be compared with the run's. It is no signature: who wants to
can write another. What proves a figure is to repeat its run.
"""

import io
import re
import struct
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pikepdf
from lxml import etree
from PIL.PngImagePlugin import PngInfo, putchunk

from overtake.core import digests
from overtake.core.errors import PictureError
from overtake.publishing import drawn, stamp
from overtake.publishing.stamp import Stamp

KINDS = ("svg", "png", "pdf")  # of picture that can be stamped, by the ending of their files
Condition = Literal["unchanged", "resaved", "rewritten", "changed", "damaged"]
"""Whether a file is byte for byte what was stamped; draws the same, but was written anew; was
written anew so that what it draws can't be compared; shows something else; or is broken."""

_LARGEST_BYTES = 16 * 2**20
_PNG, _PDF, _XML = b"\x89PNG\r\n\x1a\n", b"%PDF-", (b"<", b"\xef\xbb\xbf<")


@dataclass(frozen=True)
class Found:
    """A picture taken apart: its stamp, if it has one, the file without it, what is damaged."""

    said: Stamp | None
    picture: bytes
    damage: str | None = None


@dataclass(frozen=True)
class Identification:
    """What a picture found loose says."""

    kind: str  # one of `KINDS`
    said: Stamp
    condition: Condition
    damage: str = ""  # what is broken, with the bytes


def identify_file(path: Path) -> Identification:
    """Identify the picture in a file, whatever the file is called."""
    try:
        return identify(read(path))
    except (PictureError, OSError, ValueError) as error:
        raise PictureError(f"{path}: {error}") from None


def read(path: Path) -> bytes:
    """Return what a file holds that may be any; PictureError if it can't be a picture of ours."""
    if not path.is_file():  # a pipe or a device might never end
        raise PictureError("there is no such file")
    if path.stat().st_size > _LARGEST_BYTES:
        raise PictureError(f"larger than {_LARGEST_BYTES // 2**20} MiB, which no figure is")
    return path.read_bytes()


def identify(content: bytes) -> Identification:
    """Read the stamp of a picture and compare the picture with what was stamped."""
    found = take_apart(content)
    if found.said is None:
        damage = f"; it is damaged: {found.damage}" if found.damage else ""
        raise PictureError(f"it carries no stamp of this book{damage}")
    condition = "damaged" if found.damage else _condition(content, found.picture, found.said)
    return Identification(kind_of(content), found.said, condition, found.damage or "")


def _condition(content: bytes, picture: bytes, said: Stamp) -> Condition:
    try:
        if add(picture, said) == content:
            return "unchanged"
    except PictureError:  # whoever wrote this stamp, we did not
        pass
    try:
        drawing = drawing_of(content)
        # Also where the stamped bytes are whole: what was added may stand beside them.
        stamped = drawing_of(picture) if digests.of(picture) == said.picture else ""
    except PictureError:
        return "changed"
    if drawing and drawing in {said.pixels, said.drawing, stamped}:
        return "resaved"
    return "changed" if kind_of(content) == "png" else "rewritten"


def complete(said: Stamp, picture: bytes) -> Stamp:
    """Return a stamp with the hashes of the picture that it stands in.

    One without a version is of an earlier version of the book, which hashed drawings of PNG only.
    """
    is_png = kind_of(picture) == "png"
    drawing = drawing_of(picture) if is_png or said.version else ""
    return replace(
        said,
        picture=digests.of(picture),
        size=str(len(picture)),
        pixels=drawing if is_png else "",
        drawing="" if is_png else drawing,
    )


def drawing_of(picture: bytes) -> str:
    """Return the hash of what a PNG, SVG or PDF draws, with a stamp or without one.

    It is "" if that can't be told; PictureError if the picture is broken.
    """
    match kind_of(picture):
        case "png":
            return drawn.of_pixels(drawn.opened(picture, ["PNG"]))
        case "pdf":
            return drawn.of_pdf(picture)
    root, damage = _tree(picture)
    return "" if root is None or damage else drawn.of_svg(root)


def add(content: bytes, said: Stamp) -> bytes:
    """Return a stamped copy of a PNG, SVG or PDF; the same bytes each time.

    A stamp that it has already is replaced; the hashes of the picture are added to `said`.
    """
    kind, picture = kind_of(content), take_apart(content).picture
    add_to = {"png": _add_to_png, "svg": _add_to_svg, "pdf": _add_to_pdf}[kind]
    return add_to(picture, complete(said, picture))


def take_apart(content: bytes) -> Found:
    """Read the stamp of a picture, and return the picture without it."""
    parts = {"png": _parts_of_png, "svg": _parts_of_svg, "pdf": _parts_of_pdf}
    return parts[kind_of(content)](content)


def kind_of(content: bytes) -> str:
    """Return "png", "svg" or "pdf", by the first bytes; a file's name may lie."""
    if content.startswith(_PNG):
        return "png"
    if content.startswith(_PDF):
        return "pdf"
    if content.lstrip().startswith(_XML):
        return "svg"
    raise PictureError(f"no PNG, SVG or PDF: it begins with {content[:8]!r}")


def _span(first: int, after: int) -> str:
    """Name the bytes from `first` to just before `after`."""
    return f"bytes {first}–{max(first, after - 1)}"


# PNG: text chunks after the header. One holds the stamp as XMP; the others say the same
# for programs that read no XMP.

_XMP = "XML:com.adobe.xmp"
_KEYWORDS = (_XMP, "Title", "Author", "Description", "Copyright", "Source", "Creation Time")
_FRAME_BYTES = 12  # length, name and checksum of a chunk
_NO_LANGUAGE = b"\0" * 5  # after the keyword: not compressed, no language, not translated
_MOST_CHUNKS = 10_000


@dataclass(frozen=True)
class _Chunk:
    name: bytes
    data: bytes
    first: int
    whole: bytes

    @property
    def span(self) -> str:
        return _span(self.first, self.first + len(self.whole))

    @property
    def is_intact(self) -> bool:
        return self.whole[-4:] == zlib.crc32(self.whole[4:-4]).to_bytes(4, "big")

    @property
    def keyword(self) -> str:
        """Keyword of a text chunk, or ""."""
        return self.data.partition(b"\0")[0].decode("latin-1") if self.name == b"iTXt" else ""


def _add_to_png(picture: bytes, said: Stamp) -> bytes:
    chunks, damage = _chunks(picture)
    if damage or chunks[0].name != b"IHDR":
        raise PictureError(f"no PNG to stamp: {damage or 'it does not begin with its header'}")
    texts = (stamp.packet(said).decode(), said.title, said.authors, said.citation, said.licence,
             said.address, said.released)  # fmt: skip
    information, written = PngInfo(), io.BytesIO()
    for keyword, text in zip(_KEYWORDS, texts, strict=True):
        information.add_itxt(keyword, text)
    for name, data, *_ in information.chunks:
        putchunk(written, name, data)
    header = len(_PNG) + len(chunks[0].whole)
    return picture[:header] + written.getvalue() + picture[header:]


def _parts_of_png(content: bytes) -> Found:
    chunks, damage = _chunks(content)
    ours = stamp.NAMESPACE.encode()
    stamps = [chunk for chunk in chunks if chunk.keyword == _XMP and ours in chunk.data]
    if not stamps:
        return Found(None, content, damage)
    if not stamps[0].is_intact:
        raise PictureError(f"{stamps[0].span}: the checksum of the stamp is wrong")
    said = stamp.parse(stamps[0].data.partition(_NO_LANGUAGE)[2])
    end = chunks[-1].first + len(chunks[-1].whole)
    kept = b"".join(chunk.whole for chunk in chunks if chunk.keyword not in _KEYWORDS)
    return Found(said, _PNG + kept + content[end:], damage)


def _chunks(content: bytes) -> tuple[list[_Chunk], str | None]:
    """Return the chunks up to the first that is cut off, and what is wrong with the file."""
    chunks: list[_Chunk] = []
    at, end, name = len(_PNG), len(content), b""
    while name != b"IEND" and at + _FRAME_BYTES <= end and len(chunks) < _MOST_CHUNKS:
        length, name = struct.unpack_from(">I4s", content, at)
        whole = content[at : at + _FRAME_BYTES + length]
        if len(whole) < _FRAME_BYTES + length:
            break
        chunks.append(_Chunk(name, whole[8:-4], at, whole))
        at += len(whole)
    for chunk in chunks:
        if not chunk.is_intact:
            return chunks, f"{chunk.span}: the checksum of chunk {chunk.name!r} is wrong"
    if not chunks or chunks[-1].name != b"IEND":
        return chunks, f"{_span(at, end)}: the file is cut off, or no chunk begins here"
    return chunks, f"{_span(at, end)} follow the end of the picture" if at < end else None


# SVG: the first `<metadata>` of the root.

_MARK = "overtake-stamp"
_SVG = "{http://www.w3.org/2000/svg}svg"
_SVG_BEGINS = re.compile(rb"<svg\b[^>]*>\s*")
_SVG_STAMP = re.compile(
    rb'<metadata id="%b">(?:(?!</?metadata).)*</metadata>(?:\n )?' % _MARK.encode(), re.DOTALL
)


def _add_to_svg(picture: bytes, said: Stamp) -> bytes:
    root, damage = _tree(picture)
    begins = _SVG_BEGINS.search(picture)
    if root is None or damage or root.tag != _SVG or begins is None:
        raise PictureError(f"no SVG to stamp: {damage or 'no root element svg'}")
    element = f'<metadata id="{_MARK}">'.encode() + stamp.packet(said) + b"</metadata>\n "
    return picture[: begins.end()] + element + picture[begins.end() :]


def _parts_of_svg(content: bytes) -> Found:
    root, damage = _tree(content)
    marked = [] if root is None else root.xpath("./*[@id=$mark]", mark=_MARK)
    if not marked:
        return Found(None, content, damage)
    # From the tree: who wrote the file anew may have declared the prefixes at its root.
    return Found(stamp.of_tree(marked[0]), _SVG_STAMP.sub(b"", content, count=1), damage)


def _tree(content: bytes) -> tuple[etree._Element | None, str | None]:
    """Return what can be read of XML that anyone may have made, and what is wrong with it.

    Nothing in it is expanded or fetched, and libxml2 refuses what nests too deep.
    """
    if (at := content.find(b"<!ENTITY")) >= 0:
        raise PictureError(f"byte {at}: the file declares entities, which no figure does")
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        return None, f"{_span(0, len(content))}: {error}"
    if not parser.error_log:
        return root, None
    wrong = parser.error_log[0]
    lines_before = content.splitlines(keepends=True)[: wrong.line - 1]
    first = min(sum(map(len, lines_before)) + wrong.column - 1, len(content))
    return root, f"{_span(first, len(content))}: {wrong.message}"


# PDF: document information and XMP, appended as an incremental update, so that the picture
# stands at the beginning of the stamped file, byte for byte. pikepdf, which reads and
# checks such files, writes them anew only: taking its stamp out gives other bytes.

# The XMP specification gives these words, so that a packet is found without reading the PDF.
_BEGIN = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_END = b'<?xpacket end="r"?>'
_META = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">%b</x:xmpmeta>'
_TABLE_AT = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF\s*\Z")
_AFTER_STAMP = re.compile(rb".*?%%EOF\n?", re.DOTALL)
_TAIL_BYTES = 1024
_CUT_OFF = "the file is cut off: it does not end in %%EOF"


def _add_to_pdf(picture: bytes, said: Stamp) -> bytes:
    table = _TABLE_AT.search(picture, max(len(picture) - _TAIL_BYTES, 0))
    try:
        with pikepdf.open(io.BytesIO(picture)) as pdf:
            root, catalogue = pdf.Root.objgen[0], pdf.Root.unparse(resolved=True)
            information = int(pdf.trailer.Size)
    except (pikepdf.PdfError, AttributeError, TypeError, ValueError) as error:
        raise PictureError(f"no PDF to stamp: {error}") from None
    if table is None:
        raise PictureError(f"no PDF to stamp: {_CUT_OFF}")
    metadata = information + 1
    packet = _BEGIN + _META % stamp.packet(said) + _END
    objects = {
        root: b"%b/Metadata %d 0 R >>" % (catalogue.removesuffix(b">>"), metadata),
        information: _information(said),
        metadata: b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%b\nendstream"
        % (len(packet), packet),
    }
    content, places = picture, b"xref\n"
    for number, body in objects.items():
        places += b"%d 1\n%010d 00000 n \n" % (number, len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /Prev %d >>\n" % (
        metadata + 1, root, information, int(table[1]),
    )  # fmt: skip
    return content + places + trailer + b"startxref\n%d\n%%%%EOF\n" % len(content)


def _information(said: Stamp) -> bytes:
    """Write the document information, its texts as PDF writes any character: in UTF-16."""
    fields = {
        "Title": said.title,
        "Author": said.authors,
        "Subject": said.citation,
        "Keywords": f"figure {said.figure}, run {said.run}",
        "CreationDate": f"D:{said.released.replace('-', '')}",
    }
    coded = {name: text.encode("utf-16-be").hex().upper() for name, text in fields.items()}
    return f"<< {' '.join(f'/{name} <FEFF{text}>' for name, text in coded.items())} >>".encode()


def _parts_of_pdf(content: bytes) -> Found:
    mark = max(content.rfind(stamp.NAMESPACE.encode()), 0)
    first, end = content.rfind(_BEGIN, 0, mark), content.find(_END, mark)
    said = stamp.parse(content[first + len(_BEGIN) : end]) if 0 <= first < mark < end else None
    if said is None:
        damage = None if b"%%EOF" in content[-_TAIL_BYTES:] else _CUT_OFF
        return Found(_packed_stamp(content), content, damage)
    picture, after = content[: int(said.size)], _AFTER_STAMP.match(content, end)
    if after is None:
        return Found(said, picture, _CUT_OFF)
    return Found(said, picture + content[after.end() :])


def _packed_stamp(content: bytes) -> Stamp | None:
    """Read the stamp of a PDF that another program wrote anew, and packed."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            packet = pdf.Root.Metadata.read_bytes()
    except (pikepdf.PdfError, AttributeError, TypeError, ValueError):
        return None
    return stamp.parse(packet) if stamp.NAMESPACE.encode() in packet else None
