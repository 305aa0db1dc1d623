"""What a picture draws, however its file is written, as a hash that two files can share.

A PNG may be packed better, an SVG indented, a PDF written anew by another program: the hash is
the same as long as all that a viewer is given to draw is. It is strict where a viewer might draw
something else: a style sheet beside an SVG, or an action in a PDF, makes another hash, or none.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal

import pikepdf
from lxml import etree
from PIL import Image, UnidentifiedImageError

from overtake.core import digests
from overtake.core.errors import PictureError

MOST_PIXELS = 50_000_000
DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, EOFError, ArithmeticError, struct.error, zlib.error, Warning,
    Image.DecompressionBombError,
)  # fmt: skip
"""What Pillow may raise on bytes that anyone may have made."""

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
"""Pictures of pixels that are read; for others Pillow may call other programs."""

_SVG, _XHTML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"
_AROUND_A_PAGE = frozenset({"/Parent", "/Metadata"})
_AROUND_THE_PAGES = frozenset({"/Pages", "/Metadata", "/Type", "/Version"})
_PACKING = frozenset({"/Length", "/Filter", "/DecodeParms", "/DL"})
_DEEPEST = 40


def opened(content: bytes, formats: Sequence[str] = FORMATS) -> Image.Image:
    """Return a picture of pixels as RGBA; PictureError if it is none, or has too many."""
    try:
        with (
            warnings.catch_warnings(action="error"),
            Image.open(io.BytesIO(content), formats=[*formats]) as image,
        ):
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(f"{image.width} × {image.height} are too many")
            return image.convert("RGBA")
    except UnidentifiedImageError:
        raise PictureError(f"no picture: it begins with {content[:8]!r}") from None
    except DECODER_ERRORS as error:
        raise PictureError(f"its pixels can't be decoded: {error}") from None


def of_pixels(image: Image.Image) -> str:
    """Return the SHA-256 of what an RGBA image shows: its size and its pixels."""
    return digests.of(struct.pack(">II", *image.size) + image.tobytes())


def of_svg(root: etree._Element) -> str:
    """Return the SHA-256 of an SVG's elements without metadata, comments and indentation.

    It is "" if more than the elements decides what is seen.
    """
    document = root.getroottree()
    beside = [*root.itersiblings(preceding=True), *root.itersiblings()]
    if any(node.tag is etree.PI for node in [*beside, *root.iter(etree.PI)]):
        return ""  # a style sheet may be named so
    if b"<!ATTLIST" in etree.tostring(document):
        return ""  # attributes are declared that aren't written
    return digests.of("\n".join(_elements(root)).encode())


def _elements(element: etree._Element) -> Iterator[str]:
    """Yield an element's tag, attributes and text, those of all within it, and its end."""
    if element.tag is etree.Comment or _only_says(element):
        return
    attributes = sorted((name, " ".join(text.split())) for name, text in element.items())
    yield repr((element.tag, attributes))
    yield from _words(element.text)
    for child in element:
        yield from _elements(child)
        yield from _words(child.tail)
    yield f"/{element.tag}"


def _words(text: str | None) -> list[str]:
    """Return each word of a text, as it stands for itself among the elements."""
    return [repr(word) for word in (text or "").split()]


def _only_says(element: etree._Element) -> bool:
    """Tell whether an element is metadata in which nothing could be drawn or carried out."""
    if element.tag != f"{{{_SVG}}}metadata":
        return False
    within = (etree.QName(child).namespace for child in element.iterdescendants("{*}*"))
    return not {_SVG, _XHTML}.intersection(within)


def of_pdf(content: bytes) -> str:
    """Return the SHA-256 of a PDF's pages with all they use, unpacked.

    PictureError if it can't be read.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            known: dict[tuple[int, int], str] = {}
            pages = [_of_page(page, known) for page in pdf.pages]
            others = {key: pdf.Root[key] for key in pdf.Root.keys() - _AROUND_THE_PAGES}
            beside = [(key, _of_object(others[key], known)) for key in sorted(others)]
            return digests.of(repr((pages, beside)).encode())
    except (pikepdf.PdfError, AttributeError, KeyError, TypeError, ValueError, OSError) as error:
        raise PictureError(f"its pages can't be read: {error}") from None


def _of_page(page: pikepdf.Page, known: dict[tuple[int, int], str]) -> str:
    drawn = pikepdf.unparse_content_stream(pikepdf.parse_content_stream(page))
    inherited = {"/Resources": page.resources, "/MediaBox": page.mediabox}
    own = {key: page.obj[key] for key in page.obj.keys() - _AROUND_A_PAGE - {"/Contents"}}
    parts = sorted((inherited | own).items())
    return repr((digests.of(drawn), [(key, _of_object(each, known)) for key, each in parts]))


def _of_object(value: object, known: dict[tuple[int, int], str], depth: int = 0) -> str:
    """Return what stands for an object of a PDF, wherever in the file it and its parts stand."""
    if depth > _DEEPEST:
        raise ValueError("its objects nest too deep")
    if not isinstance(value, pikepdf.Object):
        return repr(value.normalize() if isinstance(value, Decimal) else value)
    place = value.objgen
    if place[0] and place in known:
        return known[place]
    if place[0]:
        known[place] = "itself"  # until it is known
    told = _of_parts(value, known, depth + 1)
    if place[0]:
        known[place] = told = digests.of(told.encode())
    return told


def _of_parts(value: pikepdf.Object, known: dict[tuple[int, int], str], depth: int) -> str:
    if isinstance(value, pikepdf.Array):
        return repr([_of_object(each, known, depth) for each in value])
    if not isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        return repr((type(value).__name__, value.unparse()))
    keys = sorted(value.keys() - _PACKING)
    parts = [(key, _of_object(value[key], known, depth)) for key in keys]
    if isinstance(value, pikepdf.Stream):
        return repr((parts, digests.of(_unpacked(value))))
    return repr(parts)


def _unpacked(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:  # a picture within, packed in a way that loses something
        return str(stream.get("/Filter")).encode() + stream.read_raw_bytes()
