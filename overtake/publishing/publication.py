"""What is known of the published book: title, authors, version, release date, addresses.

``CITATION.cff`` says what the book is and when it was released. Only who
publishes it knows its addresses: they come from the environment, and without
them an address is relative to the book's root, and as stable.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from overtake.core import plain_yaml
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.data.tables import Licence

FILE_NAME = "CITATION.cff"
REPOSITORY_VARIABLE = "OVERTAKE_REPOSITORY"
"""Environment variable with the web address of the repository that the book is published from."""
LICENCE = Licence("CC-BY-4.0", "Creative Commons Attribution 4.0",
                  "https://creativecommons.org/licenses/by/4.0/")  # fmt: skip
"""The licence of text and figures; code and tables have their own."""

_REQUIRED = ("title", "authors", "version", "date-released")
_VERSION = re.compile(r"[0-9A-Za-z]+([.+-][0-9A-Za-z]+)*")


@dataclass(frozen=True)
class Author:
    """A person, or a body, which has a family name only."""

    family: str
    given: str = ""
    orcid: str = ""  # web address of the record

    @property
    def name(self) -> str:
        """The name in reading order."""
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True)
class Publication:
    """The book as it was released, and where it stands if it was published."""

    title: str
    authors: tuple[Author, ...]  # at least one
    version: str
    released: date  # the date of every citation
    site: str | None = None  # a web address without a slash at its end
    repository: str | None = None
    abstract: str = ""

    @property
    def short_title(self) -> str:
        """The title up to the colon."""
        return self.title.partition(":")[0]

    def address(self, path: str) -> str:
        """Return the web address of a `path` from the book's root; the path if there is none."""
        return f"{self.site or ''}{path}"


def read(project: Project, environment: Mapping[str, str] = os.environ) -> Publication:
    """Read ``CITATION.cff``, and the addresses from environment variables."""
    path = project.root / FILE_NAME
    fields = plain_yaml.read(path, PublicationError)
    if missing := [f"{name} is missing" for name in _REQUIRED if not fields.get(name)]:
        raise PublicationError(f"{path}: {'; '.join(missing)}")
    return Publication(
        title=_line(fields["title"]),
        authors=tuple(_author(entry) for entry in fields["authors"]),
        version=require_version(fields["version"], f"{FILE_NAME}: version"),
        released=_date(fields["date-released"]),
        site=_web_address(environment, "OVERTAKE_SITE"),
        repository=_web_address(environment, REPOSITORY_VARIABLE),
        abstract=_line(fields.get("abstract", "")),
    )


def require_version(text: str, where: str) -> str:
    """Return a version, which is safe as a file's name and in an address."""
    if not _VERSION.fullmatch(text):
        raise PublicationError(f"{where} {text!r} is no version, such as 1.2.0")
    return text


def _line(text: str) -> str:
    return " ".join(str(text).split())


def _author(entry: object) -> Author:
    names = entry if isinstance(entry, dict) else {}
    family = _line(names.get("name") or names.get("family-names") or "")
    if not family:
        raise PublicationError(f"{FILE_NAME}: an author has neither name nor family-names: {entry}")
    return Author(family, _line(names.get("given-names", "")), names.get("orcid", ""))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PublicationError(
            f"{FILE_NAME}: date-released {text!r} is no date, such as 2026-11-24"
        ) from None


def _web_address(environment: Mapping[str, str], variable: str) -> str | None:
    text = environment.get(variable, "").strip().rstrip("/")
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise PublicationError(
            f"{variable} is {text!r}: it must be a web address such as https://example.org/book"
        )
    return text
