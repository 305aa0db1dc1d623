"""A table as Croissant 1.0 describes it, for programs that load data sets.

Croissant is schema.org's ``Dataset`` with the file's columns and types; its vocabulary for
responsible use has a word for what a table can't say.
"""

from collections.abc import Sequence
from typing import Any

from overtake.book.head import Subject
from overtake.book.jsonld import author_of, makers
from overtake.book.shown_table import ShownTable
from overtake.core import digests
from overtake.data.tables import FieldDescription
from overtake.publishing.citations.formats import FORMATS
from overtake.publishing.publication import Author

NAME = "croissant.json"
MEDIA_TYPE = "application/ld+json"

_VERSIONS = ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"]
_ROWS = "rows"
_TYPES = {
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "string": "sc:Text",
    "year": "sc:Integer",
}
"""Croissant's word for a type of the data package."""
_OWN_WORDS = (
    "citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty",
    "fileSet", "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField",
    "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate",
    "separator", "source", "subField", "transform",
)  # fmt: skip
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{word: f"cr:{word}" for word in _OWN_WORDS},
}
"""The context that the specification asks each file to bring along, in full."""


def of_table(table: ShownTable, subject: Subject) -> dict[str, Any]:
    """Describe a table; addresses are whole if the book has one, else relative to the file."""
    described, published = table.described, subject.publication
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": _VERSIONS,
        "name": table.id,
        "alternateName": described.title,
        "description": subject.description,
        "url": subject.address,
        "license": list(subject.licences),
        "creator": [author_of(maker) for maker in _makers(table, subject)],
        "publisher": [author_of(author) for author in published.authors],
        "datePublished": subject.edition.released.isoformat(),
        "dateModified": described.vintage,
        "inLanguage": "en",
        "isLiveDataset": False,
        "version": _version(subject),
        "citeAs": FORMATS["bibtex"].write(table.item).strip(),
        "rai:dataLimitations": list(described.caveats),
        "distribution": [_file(table, subject)],
        "recordSet": [_rows(table)],
    }


def _makers(table: ShownTable, subject: Subject) -> Sequence[Author]:
    """Return who made a table; Croissant wants somebody, so else who put the tables together."""
    return makers(table.described.credit, subject) or subject.publication.authors


def _version(subject: Subject) -> str:
    """Return the version as Semantic Versioning has it: a draft is a build of a number."""
    cited = subject.edition
    return f"{subject.publication.version}+draft" if cited.is_draft else cited.version


def _file(table: ShownTable, subject: Subject) -> dict[str, Any]:
    name = f"{table.id}.csv"
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": f"{subject.address}{name}" if subject.publication.site else name,
        "contentSize": f"{len(table.content)} B",
        "encodingFormat": "text/csv",
        "sha256": digests.of(table.content),
    }


def _rows(table: ShownTable) -> dict[str, Any]:
    described = table.described
    return {
        "@type": "cr:RecordSet",
        "@id": _ROWS,
        "name": _ROWS,
        "description": f"{described.title}, {described.rows:,} rows.",
        "key": [{"@id": _id(name)} for name in described.primary_key],
        "field": [_field(field, f"{table.id}.csv") for field in described.fields],
    }


def _field(field: FieldDescription, file: str) -> dict[str, Any]:
    unit = f" Unit: {field.unit}." if field.unit else ""
    return {
        "@type": "cr:Field",
        "@id": _id(field.name),
        "name": field.name,
        "description": f"{field.description}{unit}",
        "dataType": _TYPES[field.type],
        "source": {"fileObject": {"@id": file}, "extract": {"column": field.name}},
    }


def _id(column: str) -> str:
    return f"{_ROWS}/{column}"
