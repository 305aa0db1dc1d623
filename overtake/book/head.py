"""The part of a page's head that programs read, and the site's list of pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from overtake.book.subjects import LANGUAGE, Subject
from overtake.core import pages
from overtake.publishing.citations.references import Reference
from overtake.publishing.publication import Publication

NOT_PUBLISHED = '<meta name="robots" content="noindex">'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True)
class Link:
    """A ``link`` element: relation, address, and media type of what is linked to, or ""."""

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
    return pages.render(
        "head.html",
        metas=[(key, content) for key, content in _metas(subject) if content],
        links=[*_links(subject), *links],
        data=data,
    )


def render_canonical(publication: Publication, path: str) -> str:
    """Write where a page stands for good, or nothing if the book has no address."""
    if not publication.site:
        return ""
    link = Link("canonical", publication.address(path))
    return pages.render("head.html", metas=[], links=[link], data=None)


def _metas(subject: Subject) -> Iterator[tuple[str, str]]:
    yield "description", subject.description
    yield from _highwire(subject)
    yield from _dublin_core(subject)
    yield from _open_graph(subject)


def _highwire(subject: Subject) -> Iterator[tuple[str, str]]:
    published = subject.publication
    day = published.released.strftime("%Y/%m/%d")
    yield "citation_title", subject.title
    yield from (("citation_author", author.name) for author in published.authors)
    yield "citation_publication_date", day
    yield "citation_online_date", day
    if subject.kind == "report":
        institution = ", ".join(author.name for author in published.authors)
        yield "citation_technical_report_institution", institution
    else:
        yield "citation_inbook_title", published.title
    yield "citation_language", LANGUAGE
    yield "citation_public_url", subject.address if published.site else ""
    yield "citation_abstract_html_url", subject.address if published.site else ""
    yield from (("citation_reference", _reference(each)) for each in subject.references)


def _reference(reference: Reference) -> str:
    """Write a reference as Highwire does: fields parted by semicolons."""
    fields = [
        ("citation_title", reference.title),
        *(("citation_author", author) for author in reference.authors),
        ("citation_publication_date", reference.year),
    ]
    return "; ".join(f"{name}={text.replace(';', ',')}" for name, text in fields if text)


def _dublin_core(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield Dublin Core; `DC.type` is a word of the DCMI Type Vocabulary."""
    published = subject.publication
    yield "DC.title", subject.title
    yield from (("DC.creator", author.name) for author in published.authors)
    yield "DC.date", published.released.isoformat()
    yield "DC.type", "StillImage" if subject.kind == "figure" else "Text"
    yield "DC.language", LANGUAGE
    yield "DC.identifier", subject.address
    yield from (("DC.identifier", f"run {run}") for run in subject.runs)
    yield "DC.description", subject.description
    yield "DC.rights", subject.licence
    yield from (("DC.source", reference.sentence) for reference in subject.references)
    yield "DCTERMS.isPartOf", "" if subject.kind == "report" else published.address("/")
    yield "DCTERMS.bibliographicCitation", subject.citation


def _open_graph(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield what is shown where the page is shared; addresses must be whole for that."""
    published, picture = subject.publication, subject.picture
    yield "og:type", "article"
    yield "og:site_name", published.short_title
    yield "og:title", subject.title
    yield "og:description", subject.description
    yield "twitter:card", "summary_large_image" if picture else "summary"
    yield "twitter:title", subject.title
    yield "twitter:description", subject.description
    if not published.site:
        return
    yield "og:url", subject.address
    if picture:
        path, width, height = picture.preview
        address = published.address(path)
        yield "og:image", address
        yield "og:image:type", "image/png"
        yield "og:image:width", str(width)
        yield "og:image:height", str(height)
        yield "og:image:alt", picture.shown.alt
        yield "twitter:image", address
        yield "twitter:image:alt", picture.shown.alt


def _links(subject: Subject) -> Iterator[Link]:
    yield Link("schema.DC", "http://purl.org/dc/elements/1.1/")
    yield Link("schema.DCTERMS", "http://purl.org/dc/terms/")
    yield Link("license", subject.licence)
    if subject.publication.site:
        yield Link("canonical", subject.address)
        yield Link("cite-as", subject.address)


def sitemap(paths: Iterable[str], publication: Publication) -> bytes:
    """Write the list of a site's pages, for search engines.

    Parameters
    ----------
    paths : iterable of str
        Addresses of the pages from the book's root, each with a slash at its beginning.
    publication : Publication
        The released book; it must have a web address.
    """
    root = etree.Element(f"{{{_SITEMAPS}}}urlset", nsmap={None: _SITEMAPS})
    for path in sorted(paths):
        entry = etree.SubElement(root, f"{{{_SITEMAPS}}}url")
        etree.SubElement(entry, f"{{{_SITEMAPS}}}loc").text = publication.address(path)
        day = publication.released.isoformat()
        etree.SubElement(entry, f"{{{_SITEMAPS}}}lastmod").text = day
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written
