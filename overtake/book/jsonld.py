"""Pages as linked data, in the vocabulary of schema.org."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from overtake.book.figures import ShownFigure
from overtake.book.head import LANGUAGE, Subject, names_of
from overtake.book.shown_number import ShownNumber
from overtake.book.shown_table import ShownTable
from overtake.core import plain_json
from overtake.data.tables import FieldDescription, TableDescription
from overtake.publishing.citations.catalogue import Reference, table_path
from overtake.publishing.citations.kinds import SCHEMA_ORG
from overtake.publishing.publication import LICENCE, Author

Node = dict[str, Any]

_CONTEXT = "https://schema.org"
_PIXEL = "E37"  # UN/CEFACT Recommendation 20, "Codes for Units of Measure Used in Trade"


def of_text(subject: Subject, parts: Sequence[str]) -> Node:
    """Describe the book or a chapter, whose parts are paths from the book's root."""
    node = {
        "@context": _CONTEXT,
        "@type": subject.type.schema,
        "@id": subject.address,
        "url": subject.address,
        "headline": subject.title,
        **_work(subject),
        "image": subject.beside(subject.picture.preview[0]) if subject.picture else "",
        "isPartOf": "" if subject.is_book else {"@id": subject.beside("/")},
        "hasPart": [{"@id": subject.beside(path)} for path in parts],
        "isBasedOn": [_publication(reference) for reference in subject.references],
    }
    return plain_json.said(node)


def of_figure(figure: ShownFigure, subject: Subject) -> Node:
    """Describe a figure: the picture, and the dataset that it draws."""
    return {"@context": _CONTEXT, "@graph": [_picture(figure, subject), _dataset(figure, subject)]}


def of_table(table: ShownTable, subject: Subject) -> Node:
    """Describe a table: who made it, what its columns hold, and where its files are."""
    described = table.described
    catalogue = {"name": subject.publication.title, "url": subject.beside("/")}
    node = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": subject.address,
        "url": subject.address,
        **_work(subject),
        "creator": {"@type": "Organization", "name": described.credit},
        "author": "",
        "dateModified": described.vintage,
        "license": list(subject.licences),
        "isAccessibleForFree": True,
        "temporalCoverage": f"../{described.reaches}",
        "variableMeasured": [_column(field) for field in described.fields],
        "distribution": _files(
            subject, "DataDownload", {"csv": "text/csv", "schema.json": "application/json"}
        ),
        "includedInDataCatalog": {"@type": "DataCatalog", **catalogue},
        "isBasedOn": [_publication(reference) for reference in subject.references],
    }
    return plain_json.said(node)


def of_number(number: ShownNumber, subject: Subject) -> Node:
    """Describe the page of a headline number, and the chapter that it is of."""
    node = {
        "@context": _CONTEXT,
        "@type": subject.type.schema,
        "@id": subject.address,
        "url": subject.address,
        **_work(subject),
        "isPartOf": {"@id": subject.beside(f"/chapters/{number.chapter}.html")},
        "isBasedOn": [_publication(reference) for reference in subject.references],
    }
    return plain_json.said(node)


def picture_id(path: str) -> str:
    """Return the identity of the picture on a figure's page, from the page's address."""
    return f"{path}#picture"


def _picture(figure: ShownFigure, subject: Subject) -> Node:
    width, height = figure.size
    chapter = subject.beside(f"/chapters/{figure.chapter}.html")
    node = {
        "@type": subject.type.schema,
        "@id": picture_id(subject.address),
        "url": subject.address,
        "contentUrl": _file(subject, "svg"),
        "encodingFormat": "image/svg+xml",
        "width": _pixels(width),
        "height": _pixels(height),
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
    return plain_json.said(node)


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
            *(_table(table, subject) for table in figure.tables),
            *(_publication(reference) for reference in subject.references),
        ],
    }
    return plain_json.said(node)


def _work(subject: Subject) -> Node:
    """Return what is true of anything that the book publishes."""
    published = subject.publication
    authors = [author_of(author) for author in published.authors]
    return {
        "name": subject.title,
        "description": subject.description,
        "creator": authors,
        "author": authors,
        "publisher": authors[0],
        "datePublished": subject.edition.released.isoformat(),
        "version": subject.edition.version,
        "keywords": list(published.keywords),
        "license": LICENCE.path,
        "inLanguage": LANGUAGE,
        "creditText": subject.citation,
        "identifier": [
            *_book_identifiers(subject),
            *(
                {"@type": "PropertyValue", "propertyID": "Overtake run", "value": run}
                for run in subject.edition.citable.runs
            ),
        ],
    }


def _book_identifiers(subject: Subject) -> Iterator[Node]:
    """Yield what identifies the book besides its address: a figure is not the book."""
    if not subject.is_book:
        return
    if doi := subject.edition.doi:
        yield {"@type": "PropertyValue", "propertyID": "DOI", "value": f"https://doi.org/{doi}"}
    for each in subject.publication.identifiers:
        node = {"@type": "PropertyValue", "propertyID": each.type, "value": each.value}
        yield plain_json.said(node | {"description": each.description})


def _table(table: TableDescription, subject: Subject) -> Node:
    address = subject.beside(table_path(table.name))
    return {
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "name": table.title,
        "description": table.description,
        "creditText": table.credit,  # a sentence, which may name several
        "license": [licence.path for licence in table.licenses],
        "dateModified": table.vintage,
        "temporalCoverage": f"../{table.reaches}",
    }


def _column(field: FieldDescription) -> Node:
    node = {
        "@type": "PropertyValue",
        "name": field.name,
        "description": field.description,
        "unitText": field.unit,
    }
    return plain_json.said(node)


def _publication(reference: Reference) -> Node:
    node = {
        "@type": SCHEMA_ORG[reference.kind],
        "name": reference.title,
        "author": [author_of(writer) for writer in reference.writers],
        "datePublished": reference.year,
        "url": reference.address,
    }
    return plain_json.said(node)


def author_of(author: Author) -> Node:
    """Describe an author; the ROR of a body is its own, that of a person its affiliation's."""
    said = {"name": author.name, "alternateName": author.alias, "url": author.website}
    if not author.is_person:
        return plain_json.said({"@type": "Organization", **said, "sameAs": author.ror})
    body = {"@type": "Organization", "name": author.affiliation, "sameAs": author.ror}
    person = {
        "@type": "Person",
        **said,
        "givenName": author.given,
        "familyName": author.family_name if author.given else "",
        "honorificSuffix": author.suffix,
        "sameAs": author.orcid,
        "affiliation": plain_json.said(body) if author.affiliation else "",
    }
    return plain_json.said(person)


def _pixels(number: int) -> Node:
    """Return a length: `width` and `height` take a quantity, whose unit is a code of UN/CEFACT."""
    return {
        "@type": "QuantitativeValue",
        "value": number,
        "unitCode": _PIXEL,
        "unitText": "px",
    }


def _files(subject: Subject, type: str, kinds: Mapping[str, str]) -> list[Node]:
    return [
        {"@type": type, "contentUrl": _file(subject, kind), "encodingFormat": media_type}
        for kind, media_type in kinds.items()
    ]


def _file(subject: Subject, kind: str) -> str:
    return f"{subject.address}{subject.citable.id}.{kind}"
