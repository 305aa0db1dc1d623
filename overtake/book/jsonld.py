"""Pages as linked data, in the vocabulary of schema.org."""

from collections.abc import Mapping, Sequence
from typing import Any

from overtake.book.figures import ShownFigure
from overtake.book.head import LANGUAGE, Subject, names_of
from overtake.data.tables import TableDescription
from overtake.publishing.citations.catalogue import Reference, table_path
from overtake.publishing.citations.kinds import SCHEMA_ORG
from overtake.publishing.publication import LICENCE, Author, Publication

Node = dict[str, Any]

_CONTEXT = "https://schema.org"


def of_text(subject: Subject, parts: Sequence[str]) -> Node:
    """Describe the book or a chapter, whose parts are paths from the book's root."""
    published = subject.publication
    node = {
        "@context": _CONTEXT,
        "@type": "Report" if subject.is_book else "ScholarlyArticle",
        "@id": subject.address,
        "url": subject.address,
        "headline": subject.title,
        **_work(subject),
        "image": published.address(subject.picture.preview[0]) if subject.picture else "",
        "isPartOf": "" if subject.is_book else {"@id": published.address("/")},
        "hasPart": [{"@id": published.address(path)} for path in parts],
        "isBasedOn": [_publication(reference) for reference in subject.references],
    }
    return _without_nothing(node)


def of_figure(figure: ShownFigure, subject: Subject) -> Node:
    """Describe a figure: the picture, and the dataset that it draws."""
    return {"@context": _CONTEXT, "@graph": [_picture(figure, subject), _dataset(figure, subject)]}


def picture_id(path: str) -> str:
    """Return the identity of the picture on a figure's page, from the page's address."""
    return f"{path}#picture"


def _picture(figure: ShownFigure, subject: Subject) -> Node:
    width, height = figure.size
    chapter = subject.publication.address(f"/chapters/{figure.chapter}.html")
    node = {
        "@type": "ImageObject",
        "@id": picture_id(subject.address),
        "url": subject.address,
        "contentUrl": _file(subject, "svg"),
        "encodingFormat": "image/svg+xml",
        "width": f"{width} px",
        "height": f"{height} px",
        "thumbnailUrl": _file(subject, "png"),
        "caption": figure.shown.caption,
        "representativeOfPage": True,
        **_work(subject),
        "creditText": f"{names_of(subject.publication)}; data: {figure.citable.credit}",
        "acquireLicensePage": subject.address,
        "copyrightNotice": names_of(subject.publication),
        "isPartOf": {"@id": chapter},
        "isBasedOn": {"@id": f"{subject.address}#data"},
        "encoding": _files(subject, "MediaObject", {"png": "image/png", "pdf": "application/pdf"}),
    }
    return _without_nothing(node)


def _dataset(figure: ShownFigure, subject: Subject) -> Node:
    node = {
        "@type": "Dataset",
        "@id": f"{subject.address}#data",
        "url": subject.address,
        **_work(subject),
        "name": f"Data of the figure: {subject.title}",
        "description": f"{subject.description} {figure.shown.caption}",
        "license": list(dict.fromkeys(li.path for t in figure.tables for li in t.licenses)),
        "isAccessibleForFree": True,
        "temporalCoverage": f"../{figure.shown.data.until}" if figure.shown.data else "",
        "variableMeasured": [
            {"@type": "PropertyValue", "name": name, "description": meaning}
            for name, meaning in figure.shown.columns.items()
        ],
        "distribution": _files(
            subject, "DataDownload", {"csv": "text/csv", "json": "application/json"}
        ),
        "isBasedOn": [
            *(_table(table, subject.publication) for table in figure.tables),
            *(_publication(reference) for reference in subject.references),
        ],
    }
    return _without_nothing(node)


def _work(subject: Subject) -> Node:
    """Return what is true of anything that the book publishes."""
    published = subject.publication
    authors = [_author(author) for author in published.authors]
    return {
        "name": subject.title,
        "description": subject.description,
        "creator": authors,
        "author": authors,
        "publisher": authors[0],
        "datePublished": published.released.isoformat(),
        "version": published.version,
        "license": LICENCE.path,
        "inLanguage": LANGUAGE,
        "creditText": subject.citation,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "Overtake run", "value": run}
            for run in subject.citable.runs
        ],
    }


def _table(table: TableDescription, published: Publication) -> Node:
    address = published.address(table_path(table.name))
    return {
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "name": table.title,
        "description": table.description,
        "creator": {"@type": "Organization", "name": table.credit},
        "license": [licence.path for licence in table.licenses],
        "dateModified": table.vintage,
        "temporalCoverage": f"../{table.reaches}",
    }


def _publication(reference: Reference) -> Node:
    node = {
        "@type": SCHEMA_ORG[reference.kind],
        "name": reference.title,
        "author": list(reference.authors),
        "datePublished": reference.year,
        "url": reference.address,
    }
    return _without_nothing(node)


def _author(author: Author) -> Node:
    if not author.given:
        return {"@type": "Organization", "name": author.name}
    person = {"@type": "Person", "name": author.name, "sameAs": author.orcid}
    return _without_nothing(person)


def _files(subject: Subject, type: str, kinds: Mapping[str, str]) -> list[Node]:
    return [
        {"@type": type, "contentUrl": _file(subject, kind), "encodingFormat": media_type}
        for kind, media_type in kinds.items()
    ]


def _file(subject: Subject, kind: str) -> str:
    return f"{subject.address}{subject.citable.id}.{kind}"


def _without_nothing(node: Node) -> Node:
    return {name: value for name, value in node.items() if value not in ("", [], None)}
