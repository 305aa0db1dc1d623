"""The publications behind the data, as ``references.bib`` names them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pybtex.database import BibliographyData, Person, parse_file
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from overtake.core.errors import CitationError
from overtake.core.paths import Project

FILE_NAME = "references.bib"


@dataclass(frozen=True)
class Reference:
    """One publication, in plain text; what the file does not say of it is ""."""

    key: str
    title: str
    authors: tuple[str, ...]  # names in reading order, persons and bodies alike
    year: str
    address: str

    @property
    def sentence(self) -> str:
        """The reference on one line."""
        who = ", ".join(self.authors)
        year = f" ({self.year})" if self.year else ""
        return " ".join(f"{who}{year}. {self.title}. {self.address}".split())


def of_keys(project: Project, keys: Sequence[str]) -> tuple[Reference, ...]:
    """Return the publications of some keys, in their order.

    Raises
    ------
    CitationError
        If ``references.bib`` can't be read or lacks a key; names the key.
    """
    path = project.root / FILE_NAME
    try:
        changed = path.stat().st_mtime_ns
        entries = _parsed(path, changed).entries
    except (OSError, PybtexError) as error:
        raise CitationError(f"{path}: {error}") from None
    if missing := [key for key in keys if key not in entries]:
        raise CitationError(f"{FILE_NAME} has no entry {', '.join(missing)}")
    return tuple(_reference(path, changed, key) for key in keys)


@cache
def _parsed(path: Path, _changed: int) -> BibliographyData:
    return parse_file(str(path), bib_format="bibtex")


@cache
def _reference(path: Path, changed: int, key: str) -> Reference:
    entry = _parsed(path, changed).entries[key]
    return Reference(
        key=key,
        title=_plain(entry.fields.get("title", "")),
        authors=tuple(_name(person) for person in entry.persons.get("author", [])),
        year=entry.fields.get("year", ""),
        address=entry.fields.get("url", ""),
    )


def _name(person: Person) -> str:
    parts = (
        person.first_names, person.middle_names, person.prelast_names, person.last_names,
        person.lineage_names,
    )  # fmt: skip
    return " ".join(_plain(word) for part in parts for word in part)


def _plain(latex: str) -> str:
    return re.sub(r"\\([%&_#$])", r"\1", str(Text.from_latex(latex)))
