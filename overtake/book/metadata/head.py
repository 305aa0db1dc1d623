"""The part of a page's head that programs read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from overtake.book.metadata.subject import Kind, Subject
from overtake.core import templating
from overtake.publishing.citations.references import Reference
from overtake.publishing.publication import Publication

LANGUAGE = "en"

_TYPES: Mapping[Kind, str] = MappingProxyType(
    {"report": "Text", "chapter": "Text", "figure": "StillImage"}
)
"""Types of the DCMI Type Vocabulary."""
_CONTAINERS: Mapping[Kind, str] = MappingProxyType(
    {
        "report": "citation_technical_report_institution",
        "chapter": "citation_inbook_title",
        "figure": "citation_inbook_title",
    }
)


@dataclass(frozen=True)
class Meta:
    """A ``meta`` element.

    Attributes
    ----------
    attribute : str
        ``name`` or ``property``.
    key, content : str
        What is said, and its value.
    """

    attribute: str
    key: str
    content: str


@dataclass(frozen=True)
class Link:
    """A ``link`` element.

    Attributes
    ----------
    rel, href : str
        Relation and address.
    type : str
        Media type of what is linked to, or "".
    """

    rel: str
    href: str
    type: str = ""


def render(subject: Subject, links: Sequence[Link], data: Mapping[str, Any]) -> str:
    """Write what a page says of its subject.

    Parameters
    ----------
    subject : Subject
        What the page is about.
    links : sequence of Link
        Links besides the ones that every page has.
    data : mapping
        JSON-LD; it is escaped so that no text in it ends the script.
    """
    return templating.render(
        "head.html",
        metas=[meta for meta in _metas(subject) if meta.content],
        links=[*_links(subject), *links],
        data=data,
    )


def render_canonical(publication: Publication, path: str) -> str:
    """Write where a page stands for good, or nothing if the book has no address."""
    if not publication.site:
        return ""
    link = Link("canonical", publication.address(path))
    return templating.render("head.html", metas=[], links=[link], data=None)


def _metas(subject: Subject) -> Iterator[Meta]:
    yield Meta("name", "description", subject.description)
    yield from _highwire(subject)
    yield from _dublin_core(subject)
    yield from _open_graph(subject)


def _highwire(subject: Subject) -> Iterator[Meta]:
    published = subject.publication
    day = published.released.strftime("%Y/%m/%d")
    container = published.title
    if subject.kind == "report":
        container = ", ".join(author.name for author in published.authors)
    fields = [
        ("citation_title", subject.title),
        *(("citation_author", author.name) for author in published.authors),
        ("citation_publication_date", day),
        ("citation_online_date", day),
        (_CONTAINERS[subject.kind], container),
        ("citation_language", LANGUAGE),
        ("citation_public_url", subject.address if published.site else ""),
        ("citation_abstract_html_url", subject.address if published.site else ""),
        *(("citation_reference", _reference(reference)) for reference in subject.references),
    ]
    return (Meta("name", name, content) for name, content in fields)


def _reference(reference: Reference) -> str:
    """Write a reference as Highwire does: fields parted by semicolons."""
    fields = [
        ("citation_title", reference.title),
        *(("citation_author", author) for author in reference.authors),
        ("citation_publication_date", reference.year),
    ]
    return "; ".join(f"{name}={text.replace(';', ',')}" for name, text in fields if text)


def _dublin_core(subject: Subject) -> Iterator[Meta]:
    published = subject.publication
    fields = [
        ("DC.title", subject.title),
        *(("DC.creator", author.name) for author in published.authors),
        ("DC.date", published.released.isoformat()),
        ("DC.type", _TYPES[subject.kind]),
        ("DC.language", LANGUAGE),
        ("DC.identifier", subject.address),
        *(("DC.identifier", f"run {run}") for run in subject.runs),
        ("DC.description", subject.description),
        ("DC.rights", subject.licence),
        *(("DC.source", reference.sentence) for reference in subject.references),
        ("DCTERMS.isPartOf", "" if subject.kind == "report" else published.address("/")),
        ("DCTERMS.bibliographicCitation", subject.citation),
    ]
    return (Meta("name", name, content) for name, content in fields)


def _open_graph(subject: Subject) -> Iterator[Meta]:
    """Yield what is shown where the page is shared; addresses must be whole for that."""
    published, picture = subject.publication, subject.picture
    yield Meta("property", "og:type", "article")
    yield Meta("property", "og:site_name", published.short_title)
    yield Meta("property", "og:title", subject.title)
    yield Meta("property", "og:description", subject.description)
    yield Meta("name", "twitter:card", "summary_large_image" if picture else "summary")
    yield Meta("name", "twitter:title", subject.title)
    yield Meta("name", "twitter:description", subject.description)
    if not published.site:
        return
    yield Meta("property", "og:url", subject.address)
    if picture:
        address = published.address(picture.path)
        yield Meta("property", "og:image", address)
        yield Meta("property", "og:image:type", "image/png")
        yield Meta("property", "og:image:width", str(picture.width))
        yield Meta("property", "og:image:height", str(picture.height))
        yield Meta("property", "og:image:alt", picture.alt)
        yield Meta("name", "twitter:image", address)
        yield Meta("name", "twitter:image:alt", picture.alt)


def _links(subject: Subject) -> Iterator[Link]:
    yield Link("schema.DC", "http://purl.org/dc/elements/1.1/")
    yield Link("schema.DCTERMS", "http://purl.org/dc/terms/")
    yield Link("license", subject.licence)
    if subject.publication.site:
        yield Link("canonical", subject.address)
        yield Link("cite-as", subject.address)
