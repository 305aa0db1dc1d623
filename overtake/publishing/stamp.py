"""The content of a stamp, and its one form: RDF with Dublin Core, as XMP arranges it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from lxml import etree
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from overtake.core.errors import PictureError
from overtake.core.paths import Project
from overtake.publishing.citations import edition, formats
from overtake.publishing.citations.catalogue import Citable
from overtake.publishing.publication import LICENCE, Publication
from overtake.runs.recorded import Digest, RunId

NAMESPACE = "urn:overtake:stamp:1#"
"""Namespace of what Dublin Core has no word for; the number is the stamp's version."""

_NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "cc": "http://creativecommons.org/ns#",
    "overtake": NAMESPACE,
}
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_Text = Annotated[str, Field(min_length=1, max_length=8192)]


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


@dataclass(frozen=True)
class Stamp:
    """What is written into a picture, and read from one.

    With its title, subtitle, data and origin the picture is drawn again. The hashes are those of
    the picture that it stands in; those that an earlier version of the book didn't write are "".
    """

    figure: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    run: RunId
    title: _Text  # the figure's message
    authors: _Text  # names in reading order, with commas between them
    released: Annotated[_Text, AfterValidator(_day)]  # ISO date of the release; see `edition`
    citation: _Text  # as text
    licence: _Text  # its address
    address: _Text  # where the figure stands; from the book's root if the book has no address
    data: _Text  # who made the data
    picture: Digest = ""  # SHA-256 of the file without its stamp
    size: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")] = ""  # bytes of that file
    pixels: Digest | Literal[""] = ""  # for a PNG the SHA-256 of its decoded pixels
    drawing: Digest | Literal[""] = ""  # for an SVG or PDF that of what it draws, however written
    subtitle: Annotated[str, Field(max_length=8192)] = ""
    version: Annotated[str, Field(max_length=80)] = ""  # as its citation says it
    origin: Annotated[str, Field(max_length=8192)] = ""  # the line at the picture's lower right


def of_figure(figure: Citable, publication: Publication, project: Project) -> Stamp:
    """Return what the pictures of a figure say: of a released one, where it never changes."""
    (run,) = figure.runs
    cited = edition.of(figure, publication, project)
    citation = formats.FORMATS["apa"].write(formats.item(figure, publication, project))
    return Stamp(
        figure=figure.id,
        run=run,
        title=figure.title,
        authors=", ".join(author.name for author in publication.authors),
        released=cited.released.isoformat(),
        citation=citation.strip(),
        licence=LICENCE.path,
        address=publication.lasting(cited.path),
        data=figure.credit,
        version=cited.version,
        origin=origin(figure.id, publication, cited.version),
    )


def origin(figure: str, publication: Publication, version: str) -> str:
    """Return the line that says to a person where a figure's picture is from."""
    licence = LICENCE.name.replace("-", " ")
    return f"{publication.short_title} · {figure} · {version} · {licence}"


def packet(said: Stamp) -> bytes:
    """Write a stamp as an RDF element in UTF-8."""
    root = etree.Element(_tag("rdf:RDF"), nsmap=_NAMESPACES)
    about = etree.SubElement(root, _tag("rdf:Description"), {_tag("rdf:about"): ""})
    for name, (tag, form) in _FIELDS.items():
        if text := getattr(said, name):
            try:
                _write(etree.SubElement(about, _tag(tag)), form, text)
            except ValueError:
                raise PictureError(f"field {name}: a character of {text!r} can't be XML") from None
    written: bytes = etree.tostring(root, encoding="utf-8")
    return written


def parse(packet: bytes) -> Stamp | None:
    """Read a stamp from XML that anyone may have made; None if it holds none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return of_tree(etree.fromstring(packet, parser))
    except etree.XMLSyntaxError as error:
        raise PictureError(f"the stamp is no XML: {error}") from None


def of_tree(root: etree._Element) -> Stamp | None:
    """Read the stamp that stands somewhere in a tree; None if there is none."""
    run = root.find(f".//{_tag('overtake:run')}")
    if run is None:
        return None
    about = run.getparent()
    fields = {name: _text(about.find(_tag(tag))) for name, (tag, _) in _FIELDS.items()}
    try:
        return TypeAdapter(Stamp).validate_python(fields)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        wrong = f"not as it must be: {fields[name][:80]!r}" if fields[name] else "missing"
        raise PictureError(f"the stamp's field {name} is {wrong}") from None


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


def _write(element: etree._Element, form: str, text: str) -> None:
    """Write a field in the form that XMP asks for."""
    if form == "resource":
        element.set(_tag("rdf:resource"), text)
        return
    if form in {"Alt", "Seq"}:
        element = etree.SubElement(etree.SubElement(element, _tag(f"rdf:{form}")), _tag("rdf:li"))
    if form == "Alt":
        element.set(_LANGUAGE, "x-default")
    element.text = text


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    resource: str | None = element.get(_tag("rdf:resource"))
    return resource or " ".join("".join(element.itertext()).split())


# Where each field of a stamp stands, and in which form of XMP.
_FIELDS: Mapping[str, tuple[str, str]] = {
    "title": ("dc:title", "Alt"),
    "authors": ("dc:creator", "Seq"),
    "released": ("dc:date", "Seq"),
    "figure": ("dc:identifier", "text"),
    "address": ("dc:source", "text"),
    "data": ("dc:description", "Alt"),
    "citation": ("dcterms:bibliographicCitation", "text"),
    "licence": ("cc:license", "resource"),
    "run": ("overtake:run", "text"),
    "picture": ("overtake:sha256", "text"),
    "size": ("overtake:bytes", "text"),
    "pixels": ("overtake:pixels", "text"),
    "drawing": ("overtake:drawing", "text"),
    "subtitle": ("overtake:subtitle", "text"),
    "version": ("overtake:version", "text"),
    "origin": ("dc:rights", "Alt"),
}
