"""A citation as CSL-JSON, and every format that is written from it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.output.bibtex import Writer

from overtake.core import pages
from overtake.core.errors import CitationError
from overtake.core.paths import Project
from overtake.data import reach
from overtake.publishing.citations import edition, styles
from overtake.publishing.citations.catalogue import BOOK, Citable, Reference, references_of
from overtake.publishing.citations.edition import Edition
from overtake.publishing.citations.item_types import BY_CSL, TYPES
from overtake.publishing.publication import LICENCE, Author, Publication

Item = dict[str, Any]  # of CSL-JSON 1.0.2
DATA_CREDIT = "data-credit"
DATA_UNTIL = "data-until"
"""Names under ``custom`` of who made the data and how far they reach, which CSL doesn't have."""


def item(citable: Citable, publication: Publication, project: Project) -> Item:
    """Describe what is cited; the variables always in the same order.

    The run id stands in the genre or the medium, which every style prints and
    no style reads as a number; the note says it again, for formats without them.
    The address is that of the version which is named, see `edition`.
    """
    cited = edition.of(citable, publication, project)
    day, type_ = cited.released, TYPES[citable.kind]
    identity = _identity(cited.citable, type_.words)
    fields = {
        "id": cited.key,
        "type": type_.csl,
        "title": citable.title,
        "author": [_name(author) for author in publication.authors],
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "container-title": "" if citable.kind == BOOK else publication.title,
        type_.identity: identity,
        "version": cited.version,
        "DOI": cited.doi if citable.kind == BOOK else "",
        "URL": publication.lasting(cited.path) if publication.site else "",
        "note": _note(cited, publication, identity),
        "custom": {
            DATA_CREDIT: citable.credit,
            DATA_UNTIL: citable.reach.until if citable.reach else None,
            "is-based-on": [
                _based_on(reference) for reference in references_of(project, citable.references)
            ],
        },
    }
    return {name: value for name, value in fields.items() if value}


def _based_on(reference: Reference) -> dict[str, Any]:
    return {
        "key": reference.key,
        "title": reference.title,
        "authors": list(reference.authors),
        "year": reference.year,
        "address": reference.address,
    }


def _name(author: Author) -> dict[str, str]:
    if not author.given:
        return {"literal": author.name}
    parts = {
        "family": author.family,
        "given": author.given,
        "non-dropping-particle": author.particle,
        "suffix": author.suffix,
    }
    return {name: part for name, part in parts.items() if part}


def _identity(citable: Citable, words: str) -> str:
    """Return what tells this from every other version of it."""
    word = "run" if len(citable.runs) == 1 else "runs"
    runs = f"{word} {', '.join(citable.runs)}" if citable.runs else ""
    parts = (
        words.format(citable.id),
        citable.content,
        runs,
        reach.told(citable.reach),
        f"data vintage {citable.data}",
    )
    return ", ".join(part for part in parts if part)


def _note(cited: Edition, publication: Publication, identity: str) -> str:
    citable = cited.citable
    latest = f"Latest version: {publication.lasting(citable.path)}"
    changes = "A draft, whose page may change."
    sentences = [
        f"{identity[0].upper()}{identity[1:]}.",
        f"Data: {citable.credit}." if citable.credit else "",
        "" if citable.kind == "table" else f"Licence: {LICENCE.title}.",
        changes if cited.is_draft else (latest if publication.site else ""),
        "" if publication.site or cited.path == "/" else f"Address in the book: {cited.path}",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


_TEX = {ord(character): f"\\{character}" for character in "%&_#$"} | str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
})  # fmt: skip
"""What TeX reads as a command. Braces have names, because BibTeX counts them even if escaped."""


class _Utf8Writer(Writer):  # type: ignore[misc]
    """A writer that leaves texts as they are: they are TeX already, and addresses must stay."""

    def _encode(self, text: str) -> str:
        return text


def _bibtex(item: Item) -> str:
    year, month, day = item["issued"]["date-parts"][0]
    type_ = BY_CSL[item["type"]].bibtex
    container = "booktitle" if type_ == "incollection" else "howpublished"
    fields = {
        "title": f"{{{item['title'].translate(_TEX)}}}",
        container: item.get("container-title", "").translate(_TEX),
        "type": item["type"] if type_ == "misc" else "",
        "year": str(year),
        "date": f"{year}-{month:02}-{day:02}",
        "version": item["version"].translate(_TEX),
        "doi": item.get("DOI", ""),
        "url": item.get("URL", ""),
        "note": item["note"].translate(_TEX),
    }
    persons = {"author": [_person(author) for author in item["author"]]}
    entry = Entry(type_, {name: value for name, value in fields.items() if value}, persons)
    return bibtex_of({item["id"]: entry})


def bibtex_of(entries: Mapping[str, Entry]) -> str:
    """Write entries as BibTeX, by key; their texts are TeX already."""
    return str(_Utf8Writer(encoding="utf-8").to_string(BibliographyData(entries)))


def _person(author: dict[str, str]) -> Person:
    """Return an author; in braces a name is not taken apart."""
    last = author.get("literal") or author["family"]
    return Person(
        first=author.get("given", "").translate(_TEX),
        prelast=author.get("non-dropping-particle", "").translate(_TEX),
        last=f"{{{last.translate(_TEX)}}}",
        lineage=author.get("suffix", "").translate(_TEX),
    )


def _ris(item: Item) -> str:
    """Write a record: so few tags that rispy, which reads them in the tests, saves no line."""
    year, month, day = item["issued"]["date-parts"][0]
    tags = [
        ("TY", BY_CSL[item["type"]].ris),
        ("ID", item["id"]),
        ("TI", item["title"]),
        *(("AU", _listed(author)) for author in item["author"]),
        ("PY", str(year)),
        ("DA", f"{year}/{month:02}/{day:02}"),
        ("T2", item.get("container-title", "")),
        ("M3", item.get("genre") or item.get("medium") or ""),
        ("ET", item["version"]),
        ("DO", item.get("DOI", "")),
        ("UR", item.get("URL", "")),
        ("N1", item["note"]),
    ]
    lines = [f"{tag}  - {' '.join(value.split())}".rstrip() for tag, value in tags if value]
    return "\n".join([*lines, "ER  - ", ""])


def _listed(author: dict[str, str]) -> str:
    """Return an author's name as RIS has it: family name, given names, suffix."""
    particle = author.get("non-dropping-particle", "")
    family = f"{particle} {author.get('literal') or author['family']}".strip()
    return ", ".join(filter(None, (family, author.get("given"), author.get("suffix"))))


def _csl_json(item: Item) -> str:
    return json.dumps([item], indent=1, ensure_ascii=False) + "\n"


def _text(item: Item, style: str) -> str:
    """Write the entry of a list of references in a style, and who made the data, if any did."""
    credit = item["custom"][DATA_CREDIT]
    return f"{styles.entry(item, style)}{f' Data: {credit}.' if credit else ''}\n"


@dataclass(frozen=True)
class Format:
    """One way to write a citation."""

    label: str  # for readers
    suffix: str  # of a file's name, with its dot
    media_type: str
    write: Callable[[Item], str]  # returns text that ends in a line break


_CSL = "application/vnd.citationstyles.csl+json"
FORMATS: Mapping[str, Format] = {
    "bibtex": Format("BibTeX", ".bib", "application/x-bibtex", _bibtex),
    "ris": Format("RIS", ".ris", "application/x-research-info-systems", _ris),
    "csl-json": Format("CSL-JSON", ".csl.json", _CSL, _csl_json),
    "apa": Format("APA", ".apa.txt", "text/plain", partial(_text, style="APA")),
    "chicago": Format("Chicago", ".chicago.txt", "text/plain", partial(_text, style="Chicago")),
}
"""The formats by the name that the command line knows them by."""

_LANGUAGES: Mapping[str, str] = {"bibtex": "bibtex", "csl-json": "json"}


def markdown(item: Item, name: str) -> str:
    """Return a citation for a page: text as a quotation, the rest as code."""
    if name not in FORMATS:
        raise CitationError(f"no format is called {name!r}; there are: {', '.join(FORMATS)}")
    text = FORMATS[name].write(item).strip()
    if FORMATS[name].media_type == "text/plain":
        return f"> {pages.escape(text)}\n"
    return pages.code_block(text, _LANGUAGES.get(name, "text"))
