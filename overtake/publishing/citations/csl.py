"""CSL-JSON: the one description of a citation, from which the other formats are written."""

from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from overtake.core.paths import Project
from overtake.publishing.citations import references
from overtake.publishing.citations.citable import Citable
from overtake.publishing.publication import LICENCE, Author, Publication

Item = dict[str, Any]
"""An item of CSL-JSON 1.0.2."""

DATA_CREDIT = "data-credit"
"""Name under ``custom`` of who made the data, which CSL has no variable for."""

_TYPES = MappingProxyType(
    {"book": "report", "chapter": "chapter", "table": "dataset", "figure": "figure"}
)
_IDENTITY_IN = MappingProxyType(
    {"book": "genre", "chapter": "medium", "table": "genre", "figure": "medium"}
)
_WORDS = MappingProxyType(
    {"book": "report", "chapter": "", "table": "table {}", "figure": "figure {}"}
)


def key(citable: Citable, publication: Publication) -> str:
    """Return the citation key: the same in every run and build of a year's releases."""
    stem = f"{publication.short_title.split()[0].lower()}{publication.released.year}"
    return stem if citable.kind == "book" else f"{stem}-{citable.id}"


def item(citable: Citable, publication: Publication, project: Project) -> Item:
    """Describe what is cited.

    The run id stands in the genre or the medium, which every style prints and
    no style reads as a number; the note says it again, for formats without them.

    Parameters
    ----------
    citable : Citable
        What is cited.
    publication : Publication
        The released book; gives the authors, and the date of every citation.
    project : Project
        The checkout, for the publications behind the data.

    Returns
    -------
    dict
        The item, with its variables always in the same order.

    Raises
    ------
    CitationError
        If a source of the data is not in ``references.bib``.
    """
    day = publication.released
    fields = {
        "id": key(citable, publication),
        "type": _TYPES[citable.kind],
        "title": citable.title,
        "author": [_name(author) for author in publication.authors],
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "container-title": "" if citable.kind == "book" else publication.title,
        _IDENTITY_IN[citable.kind]: _identity(citable),
        "version": publication.version,
        "URL": publication.address(citable.path) if publication.site else "",
        "note": _note(citable, publication),
        "custom": {
            DATA_CREDIT: citable.credit,
            "is-based-on": [
                asdict(reference) | {"authors": list(reference.authors)}
                for reference in references.of_keys(project, citable.references)
            ],
        },
    }
    return {name: value for name, value in fields.items() if value}


def runs_of(citable: Citable) -> str:
    """Return the runs in words, or "" for a table that no chapter reads."""
    word = "run" if len(citable.runs) == 1 else "runs"
    return f"{word} {', '.join(citable.runs)}" if citable.runs else ""


def _name(author: Author) -> dict[str, str]:
    if author.given:
        return {"family": author.family, "given": author.given}
    return {"literal": author.family}


def _identity(citable: Citable) -> str:
    """Return what tells this from every other version of it."""
    data = f"data vintage {citable.data}" if citable.data else ""
    parts = (_WORDS[citable.kind].format(citable.id), citable.content, runs_of(citable), data)
    return ", ".join(part for part in parts if part)


def _note(citable: Citable, publication: Publication) -> str:
    identity = _identity(citable)
    sentences = [
        f"{identity[0].upper()}{identity[1:]}.",
        f"Data: {citable.credit}.",
        "" if citable.kind == "table" else f"Licence: {LICENCE.title}.",
        "" if publication.site or citable.path == "/" else f"Address in the book: {citable.path}",
    ]
    return " ".join(sentence for sentence in sentences if sentence)
