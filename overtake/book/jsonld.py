"""Pages as linked data, in the vocabulary of schema.org."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from overtake.book import ledger
from overtake.book.figures import ShownFigure
from overtake.book.files import File
from overtake.book.head import LANGUAGE, Subject, names_of
from overtake.book.shown_number import ShownNumber
from overtake.book.shown_table import ShownTable
from overtake.core import plain_json, prose
from overtake.data.tables import FieldDescription, TableDescription
from overtake.publishing.citations.catalogue import Reference, table_path
from overtake.publishing.citations.kinds import SCHEMA_ORG
from overtake.publishing.numbers import told
from overtake.publishing.publication import ACCESS, LICENCE, Author

Node = dict[str, Any]

_CONTEXT = "https://schema.org"
_PIXEL = "E37"  # UN/CEFACT Recommendation 20, "Codes for Units of Measure Used in Trade"


def of_text(
    subject: Subject, parts: Sequence[str], files: Sequence[File], tables: Sequence[str]
) -> Node:
    """Describe the book or a chapter.

    Parameters
    ----------
    subject : Subject
    parts : sequence of str
        Paths of its parts, from the book's root.
    files : sequence of File
        The data that its figures draw, with names as seen from its page.
    tables : sequence of str
        Paths of the tables that it was made from.
    """
    node = {
        "@context": _CONTEXT,
        "@type": subject.type.schema,
        "@id": subject.address,
        "url": subject.address,
        "headline": subject.title,
        **_work(subject),
        "image": subject.beside(subject.picture.preview[0]) if subject.picture else "",
        "isPartOf": "" if subject.is_book else {"@id": subject.beside("/")},
        "hasPart": [
            *({"@id": subject.beside(path)} for path in parts),
            *_files(subject, "MediaObject", files),
        ],
        "isBasedOn": [
            *({"@id": subject.beside(path)} for path in tables),
            *(_publication(reference) for reference in subject.references),
        ],
    }
    return plain_json.said(node)


def of_figure(figure: ShownFigure, subject: Subject, files: Sequence[File]) -> Node:
    """Describe a figure with its files: the picture, and the dataset that it draws."""
    nodes = [_picture(figure, subject, files), _dataset(figure, subject, files)]
    return {"@context": _CONTEXT, "@graph": nodes}


def of_table(table: ShownTable, subject: Subject, files: Sequence[File]) -> Node:
    """Describe a table with its files: who made it, and what its columns hold."""
    described = table.described
    catalogue = {"name": subject.publication.title, "url": subject.beside("/")}
    node = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": subject.address,
        "url": subject.address,
        **_work(subject),
        "creator": [author_of(maker) for maker in makers(described.credit, subject)],
        "author": "",
        "creditText": described.credit,  # a sentence, which may name several
        "dateModified": described.vintage,
        "license": list(subject.licences),
        "temporalCoverage": f"../{described.reaches}",
        "variableMeasured": [_column(field) for field in described.fields],
        "distribution": _files(subject, "DataDownload", files),
        "includedInDataCatalog": {"@type": "DataCatalog", **catalogue},
        "isBasedOn": [_publication(reference) for reference in subject.references],
    }
    return plain_json.said(node)


def of_number(number: ShownNumber, subject: Subject, files: Sequence[File]) -> Node:
    """Describe the page of a headline number with its files, and the number itself.

    A number that says nothing is no observation.
    """
    node = {
        "@context": _CONTEXT,
        "@type": subject.type.schema,
        "@id": subject.address,
        "url": subject.address,
        **_work(subject),
        "mainEntity": _observation(number, subject),
        "isPartOf": {"@id": subject.beside(f"/chapters/{number.chapter}.html")},
        "hasPart": _files(subject, "MediaObject", files),
        "isBasedOn": [
            *({"@id": subject.beside(table_path(table.name))} for table in number.tables),
            *(_publication(reference) for reference in subject.references),
        ],
    }
    return plain_json.said(node)


def of_claims(claims: Sequence[Mapping[str, Any]], sources: Sequence[Reference], page: str) -> Node:
    """Describe claims that are tested, as rows of their table: who said what, when and where.

    Each has the publication that it was read in; `page` is the address of their cards.

    What the book finds of them is no `ClaimReview`, whose rating says how true a claim is: a
    verdict is the chance that a part holds by a stated rule, and some parts are of days to come.
    """
    nodes = [_claim(each, source, page) for each, source in zip(claims, sources, strict=True)]
    return {"@context": _CONTEXT, "@graph": nodes}


def _claim(claim: Mapping[str, Any], source: Reference, page: str) -> Node:
    node = {
        "@type": "Claim",
        "@id": f"{page}#{ledger.anchor(claim['claim'])}",
        "text": claim["statement"],
        "creditText": f"{claim['speaker']}, {claim['speaker_role']}",  # which may be nobody's name
        "dateCreated": f"{claim['said_on']:%Y-%m-%d}",
        "appearance": _publication(source),
        "mainEntityOfPage": page,
        "inLanguage": LANGUAGE,
    }
    return plain_json.said(node)


def makers(credit: str, subject: Subject) -> list[Author]:
    """Return who made a table, of those whom its credit names: writers of its publications.

    The credit is a sentence; what no list has a name for is not taken from it. Where it says
    that the book compiled the table, the book's authors did.
    """
    written = [writer for reference in subject.references for writer in reference.writers]
    named = [writer for writer in written if _names(credit, writer.name)]
    if credit.startswith(subject.publication.short_title):
        named = [*subject.publication.authors, *named]
    return list({maker.name: maker for maker in named}.values())


def _names(credit: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", credit) is not None


def picture_id(path: str) -> str:
    """Return the identity of the picture on a figure's page, from the page's address."""
    return f"{path}#picture"


def _picture(figure: ShownFigure, subject: Subject, files: Sequence[File]) -> Node:
    width, height = figure.size
    drawing, *others = (file for file in files if not _holds_data(file))
    data = list(filter(_holds_data, files))
    chapter = subject.beside(f"/chapters/{figure.chapter}.html")
    node = {
        "@type": subject.type.schema,
        "@id": picture_id(subject.address),
        "url": subject.address,
        **_file(subject, drawing),
        "width": _pixels(width),
        "height": _pixels(height),
        "thumbnailUrl": f"{subject.address}{figure.id}.png",
        "caption": figure.shown.caption,
        "representativeOfPage": True,
        **_work(subject),
        "creditText": f"{names_of(subject.publication)}; data: {figure.citable.credit}",
        "acquireLicensePage": subject.address,
        "copyrightNotice": names_of(subject.publication),
        "isPartOf": {"@id": chapter},
        "isBasedOn": {"@id": f"{subject.address}#data"},
        "encoding": _files(subject, "MediaObject", others),
        "hasPart": _files(subject, "MediaObject", data),  # for who reads of the picture alone
    }
    return plain_json.said(node)


def _dataset(figure: ShownFigure, subject: Subject, files: Sequence[File]) -> Node:
    node = {
        "@type": "Dataset",
        "@id": f"{subject.address}#data",
        "url": subject.address,
        **_work(subject),
        "name": f"Data of the figure: {subject.title}",
        "description": f"{subject.description} {figure.shown.caption}",
        "license": list(dict.fromkeys(li.path for t in figure.tables for li in t.licenses)),
        "temporalCoverage": f"../{figure.shown.data.until}" if figure.shown.data else "",
        "variableMeasured": [
            {"@type": "PropertyValue", "name": name, "description": meaning}
            for name, meaning in figure.shown.columns.items()
        ],
        "distribution": _files(subject, "DataDownload", list(filter(_holds_data, files))),
        "isBasedOn": [
            *(_table(table, subject) for table in figure.tables),
            *(_publication(reference) for reference in subject.references),
        ],
    }
    return plain_json.said(node)


def _observation(number: ShownNumber, subject: Subject) -> Node | None:
    """Return a number as a value of a statistical variable, which its definition defines."""
    headline, said = number.headline, told.plain(number.headline.estimate)
    if said["value"] is None:
        return None
    variable = {
        "@type": "StatisticalVariable",
        "@id": f"{subject.address}#variable",
        "name": headline.label,
        "description": headline.definition,
    }
    interval = {
        "@type": "QuantitativeValue",
        "name": prose.interval_name(headline.estimate),
        "minValue": said["low"],
        "maxValue": said["high"],
        "unitText": said["unit"],
    }
    counted = {"@type": "PropertyValue", "name": "independent observations", "value": said["n"]}
    node = {
        "@type": "Observation",
        "@id": f"{subject.address}#number",
        "name": told.short(headline),
        "value": said["value"],
        "unitText": said["unit"],
        "marginOfError": plain_json.said(interval) if number.interval else None,
        "observationAbout": {"@id": f"{subject.address}#variable"},
        "variableMeasured": plain_json.said(variable),
        "observationDate": headline.data_until,
        "additionalProperty": counted if said["n"] else None,
        "mainEntityOfPage": subject.address,
    }
    return plain_json.said(node)


def _work(subject: Subject) -> Node:
    """Return what is true of anything that the book publishes."""
    published = subject.publication
    authors = [
        {"@id": author.identity or subject.beside(f"/#author-{number}"), **author_of(author)}
        for number, author in enumerate(published.authors, start=1)
    ]
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
        "isAccessibleForFree": True,
        "conditionsOfAccess": ACCESS,
        "sameAs": subject.lasting if subject.publication.persistent else "",
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


def _files(subject: Subject, type: str, files: Sequence[File]) -> list[Node]:
    return [{"@type": type, **_file(subject, file)} for file in files]


def _file(subject: Subject, file: File) -> Node:
    return {
        "contentUrl": urljoin(subject.address, file.name),
        "encodingFormat": file.media_type,
        "contentSize": f"{len(file.content)} B",
    }


def _holds_data(file: File) -> bool:
    return file.media_type in {"text/csv", "application/json"}
