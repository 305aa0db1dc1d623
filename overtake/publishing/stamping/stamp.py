"""The content of a stamp, and its one form: RDF with Dublin Core, as XMP arranges it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from types import MappingProxyType

from lxml import etree

from overtake.core.errors import PictureError
from overtake.publishing.citations.citable import Citable
from overtake.publishing.publication import LICENCE, Publication

NAMESPACE = "urn:overtake:stamp:1#"
"""Namespace of what Dublin Core has no word for; the number is the stamp's version."""

_NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "cc": "http://creativecommons.org/ns#",
    "overtake": NAMESPACE,
}
_LONGEST_TEXT = 8192
_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(frozen=True)
class Stamp:
    """What is written into a picture.

    Attributes
    ----------
    figure, run : str
        Ids.
    title : str
        The figure's message.
    authors : str
        Names in reading order, with commas between them.
    released : str
        ISO date of the release.
    citation : str
        Citation as text.
    licence : str
        Address of the licence.
    address : str
        Where the figure stands; from the book's root if the book has no address.
    data : str
        Who made the data.
    picture : str
        SHA-256 of the file without its stamp, which is the run's; "" before it is known.
    size : str
        Bytes of that file.
    pixels : str
        For a PNG the SHA-256 of its decoded pixels, else "".
    """

    figure: str
    run: str
    title: str
    authors: str
    released: str
    citation: str
    licence: str
    address: str
    data: str
    picture: str = ""
    size: str = ""
    pixels: str = ""


def of_figure(figure: Citable, publication: Publication, citation: str) -> Stamp:
    """Return what the pictures of a figure say.

    Parameters
    ----------
    figure : Citable
        The figure.
    publication : Publication
        The released book.
    citation : str
        The figure's citation as text.
    """
    (run,) = figure.runs
    return Stamp(
        figure=figure.id,
        run=run,
        title=figure.title,
        authors=", ".join(author.name for author in publication.authors),
        released=publication.released.isoformat(),
        citation=citation.strip(),
        licence=LICENCE.path,
        address=publication.address(figure.path),
        data=figure.credit,
    )


def packet(said: Stamp) -> bytes:
    """Write a stamp as an RDF element in UTF-8.

    Raises
    ------
    PictureError
        If a text holds a character that XML can't.
    """
    root = etree.Element(_tag("rdf:RDF"), nsmap=_NAMESPACES)
    about = etree.SubElement(root, _tag("rdf:Description"), {_tag("rdf:about"): ""})
    for name, (tag, kind) in _PLACES.items():
        if text := getattr(said, name):
            try:
                _WRITERS[kind](etree.SubElement(about, _tag(tag)), text)
            except ValueError:
                raise PictureError(f"field {name}: a character of {text!r} can't be XML") from None
    written: bytes = etree.tostring(root, encoding="utf-8")
    return written


def parse(packet: bytes) -> Stamp | None:
    """Read a stamp from XML that holds one, or return None if it holds none.

    Raises
    ------
    PictureError
        If the XML is broken, or a field is missing or not as it must be.
    """
    return of_tree(tree(packet))


def tree(packet: bytes) -> etree._Element:
    """Parse XML that anyone may have made.

    Raises
    ------
    PictureError
        If it is no XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(packet, parser)
    except etree.XMLSyntaxError as error:
        raise PictureError(f"the stamp is no XML: {error}") from None


def of_tree(root: etree._Element) -> Stamp | None:
    """Read the stamp that stands somewhere in a tree; all else as `parse`."""
    run = root.find(f".//{_tag('overtake:run')}")
    if run is None:
        return None
    about = run.getparent()
    said = Stamp(**{name: _text(about.find(_tag(tag))) for name, (tag, _) in _PLACES.items()})
    for field in fields(said):
        _check(field.name, getattr(said, field.name))
    return said


def with_picture(said: Stamp, *, picture: str, size: int, pixels: str) -> Stamp:
    """Return a stamp that knows the file it will stand in."""
    return replace(said, picture=picture, size=str(size), pixels=pixels)


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


def _write_text(element: etree._Element, text: str) -> None:
    element.text = text


def _write_alternative(element: etree._Element, text: str) -> None:
    entry = etree.SubElement(etree.SubElement(element, _tag("rdf:Alt")), _tag("rdf:li"))
    entry.set(f"{_XML}lang", "x-default")
    entry.text = text


def _write_sequence(element: etree._Element, text: str) -> None:
    etree.SubElement(etree.SubElement(element, _tag("rdf:Seq")), _tag("rdf:li")).text = text


def _write_resource(element: etree._Element, text: str) -> None:
    element.set(_tag("rdf:resource"), text)


_WRITERS: Mapping[str, Callable[[etree._Element, str], None]] = MappingProxyType(
    {
        "text": _write_text,
        "alternative": _write_alternative,
        "sequence": _write_sequence,
        "resource": _write_resource,
    }
)
_PLACES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "title": ("dc:title", "alternative"),
        "authors": ("dc:creator", "sequence"),
        "released": ("dc:date", "sequence"),
        "figure": ("dc:identifier", "text"),
        "address": ("dc:source", "text"),
        "data": ("dc:description", "alternative"),
        "citation": ("dcterms:bibliographicCitation", "text"),
        "licence": ("cc:license", "resource"),
        "run": ("overtake:run", "text"),
        "picture": ("overtake:sha256", "text"),
        "size": ("overtake:bytes", "text"),
        "pixels": ("overtake:pixels", "text"),
    }
)
"""Where each field stands, and in which of the forms that XMP asks for."""


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    resource: str | None = element.get(_tag("rdf:resource"))
    return resource or " ".join("".join(element.itertext()).split())


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_IS: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        "figure": re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*").fullmatch,
        "run": re.compile(r"[0-9a-f]{16}").fullmatch,
        "released": _is_date,
        "picture": re.compile(r"[0-9a-f]{64}").fullmatch,
        "size": re.compile(r"[0-9]{1,12}").fullmatch,
        "pixels": re.compile(r"([0-9a-f]{64})?").fullmatch,
    }
)


def _check(name: str, text: str) -> None:
    if not text and name != "pixels":
        raise PictureError(f"the stamp's field {name} is missing")
    is_right = _IS.get(name)
    if len(text) > _LONGEST_TEXT or (is_right is not None and not is_right(text)):
        raise PictureError(f"the stamp's field {name} is not as it must be: {text[:80]!r}")
