"""What a page is about as a catalogue of data describes it: DCAT 3, with its provenance in PROV-O.

It says in vocabularies made for data what the page's head says in that of search engines: which
files there are and how large, who may have them, and which run made them from which tables.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from overtake.book.files import File
from overtake.book.head import Subject
from overtake.core import plain_json
from overtake.publishing.publication import ACCESS, Author

_LANGUAGE = "http://publications.europa.eu/resource/authority/language/ENG"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{
        term: {"@type": "@id"}
        for term in (
            "dcat:downloadURL", "dcat:landingPage", "dcat:mediaType", "dct:accessRights",
            "dct:isPartOf", "dct:language", "dct:license", "prov:used", "prov:wasDerivedFrom",
        )
    },
    "dcat:byteSize": {"@type": "xsd:nonNegativeInteger"},
    "dct:issued": {"@type": "xsd:date"},
}  # fmt: skip
"""In full, so that who reads it needs nothing else from the web."""


def record(
    subject: Subject, files: Sequence[File], tables: Sequence[str], makers: Sequence[Author]
) -> bytes:
    """Describe what a page is about.

    Parameters
    ----------
    subject : Subject
    files : sequence of File
        Its data and pictures, with names as seen from the page.
    tables : sequence of str
        Paths of the pages of the tables that it was made from, from the book's root.
    makers : sequence of Author
        Who made it.
    """
    published, cited = subject.publication, subject.edition
    node = {
        "@context": _CONTEXT,
        "@id": subject.lasting,
        "@type": ["dcat:Dataset", "prov:Entity"],
        "dct:title": subject.title,
        "dct:description": subject.description,
        "dct:identifier": list(dict.fromkeys((subject.identity, subject.lasting))),
        "dct:creator": [_agent(author) for author in makers],
        "dct:publisher": [_agent(author) for author in published.authors],
        "dct:issued": cited.released.isoformat(),
        "dct:language": _LANGUAGE,
        "dct:license": list(subject.licences),
        "dct:accessRights": ACCESS,
        "dct:isPartOf": "" if subject.is_book else subject.beside("/"),
        "dct:bibliographicCitation": subject.citation,
        "dcat:version": cited.version,
        "dcat:keyword": list(published.keywords),
        "dcat:landingPage": subject.address,
        "dcat:distribution": [_distribution(subject, file) for file in files],
        "prov:wasDerivedFrom": [*_tables(subject, tables), *_publications(subject)],
        "prov:wasGeneratedBy": _runs(subject, tables),
    }
    said = plain_json.said(node)
    return f"{json.dumps(said, indent=1, ensure_ascii=False)}\n".encode()


def _agent(author: Author) -> Mapping[str, Any]:
    kind = "prov:Person" if author.is_person else "prov:Organization"
    known = author.identity
    return {
        **({"@id": known} if known else {}),
        "@type": ["foaf:Agent", kind],
        "foaf:name": author.name,
    }


def _distribution(subject: Subject, file: File) -> Mapping[str, Any]:
    return {
        "@type": "dcat:Distribution",
        "dcat:downloadURL": urljoin(subject.address, file.name),
        "dcat:mediaType": f"{_MEDIA_TYPES}{file.media_type}",
        "dcat:byteSize": str(len(file.content)),
        "dct:accessRights": ACCESS,
    }


def _runs(subject: Subject, tables: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the runs that made it; those of a table only read it."""
    if subject.citable.kind == "table":
        return []
    used = list(_tables(subject, tables))
    return [
        plain_json.said({"@type": "prov:Activity", "dct:identifier": run, "prov:used": used})
        for run in subject.edition.citable.runs
    ]


def _tables(subject: Subject, tables: Sequence[str]) -> Iterator[str]:
    return (subject.beside(path) for path in tables)


def _publications(subject: Subject) -> Iterator[str]:
    return (each.address for each in subject.references if each.address)
