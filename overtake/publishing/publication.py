"""What is known of the published book: title, authors, version, release date, addresses.

All of it stands in ``CITATION.cff``. A preview may stand at another address than the book:
environment variables say so. Without any address one is relative to the book's root, and as
stable; a release must have one. A persistent address is one of a service, such as w3id.org, that
leads on to the book wherever it stands; citations give it for every page if there is one.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.data.tables import Licence
from overtake.publishing import citation_file
from overtake.publishing.citation_file import CitationFile, Signatory

FILE_NAME = "CITATION.cff"
SITE_VARIABLE = "OVERTAKE_SITE"
REPOSITORY_VARIABLE = "OVERTAKE_REPOSITORY"
"""Environment variables with the addresses of a preview, in place of those of the book."""
RELEASE_VARIABLE = "OVERTAKE_RELEASE"
"""Environment variable with the version that is being released, which only a release sets."""
LICENCE = Licence("CC-BY-4.0", "Creative Commons Attribution 4.0",
                  "https://creativecommons.org/licenses/by/4.0/")  # fmt: skip
"""The licence of text and figures; code and tables have their own."""
ACCESS = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
"""Who may have what the book publishes: everybody, in the EU's table of access rights."""

_CODE_LICENCE = "MIT"  # unless the file says another
_ROR = re.compile(r"(?P<name>.+?),? \(?(?P<ror>https://ror\.org/0[a-hj-km-np-tv-z0-9]{6}\d{2})\)?")


@dataclass(frozen=True)
class Author:
    """A person, or a body, whose name is its family name."""

    family: str
    given: str = ""
    orcid: str = ""  # web address of the record
    particle: str = ""  # "von" of a family name
    suffix: str = ""  # "Jr."
    alias: str = ""
    affiliation: str = ""
    ror: str = ""  # web address of the record of the affiliation, or of the body
    website: str = ""
    has_one_name: bool = False  # a person who has no given name

    @property
    def is_person(self) -> bool:
        """Whether it is a person, not a body."""
        return bool(self.given) or self.has_one_name

    @property
    def family_name(self) -> str:
        """The family name with its particle."""
        return f"{self.particle} {self.family}".strip()

    @property
    def name(self) -> str:
        """The name in reading order."""
        return " ".join(filter(None, (self.given, self.family_name, self.suffix)))

    @property
    def listed_name(self) -> str:
        """The name as lists of authors have it, the family name first."""
        return ", ".join(filter(None, (self.family_name, self.given, self.suffix)))

    @property
    def identity(self) -> str:
        """The address that says who it is: ORCID, a body's ROR, its own page; or ""."""
        return self.orcid or ("" if self.is_person else self.ror) or self.website


@dataclass(frozen=True)
class Identifier:
    """Another identifier of the book: "doi", "url", "swh" or "other", and its value."""

    type: str
    value: str
    description: str = ""


@dataclass(frozen=True)
class Publication:
    """The book as it was released, and where it stands if it was published."""

    title: str
    authors: tuple[Author, ...]  # at least one
    version: str
    released: date  # the date of every citation
    site: str | None = None  # a web address without a slash at its end
    persistent: str = ""  # an address that leads on to the site, without a slash at its end
    repository: str | None = None
    abstract: str = ""
    is_report: bool = False  # beside the software there is a report, which is to be cited
    doi: str = ""  # of this version, without a resolver; "" if it has none
    identifiers: tuple[Identifier, ...] = ()
    keywords: tuple[str, ...] = ()
    contacts: tuple[Author, ...] = ()
    code_licence: str = _CODE_LICENCE  # an identifier of SPDX
    message: str = ""  # to who wants to cite the book
    is_being_released: bool = False

    @property
    def short_title(self) -> str:
        """The title up to the colon."""
        return self.title.partition(":")[0]

    def address(self, path: str) -> str:
        """Return the web address of a `path` from the book's root; the path if there is none."""
        return f"{self.site or ''}{path}"

    def lasting(self, path: str) -> str:
        """Return the address to cite for a `path`: the persistent one, else that on the web."""
        return f"{self.persistent or self.site or ''}{path}"


def read(project: Project, environment: Mapping[str, str] = os.environ) -> Publication:
    """Read ``CITATION.cff``, and what environment variables say instead of it."""
    said = citation_file.read(project.root / FILE_NAME)
    report = said.preferred_citation
    cited = report or said
    preview = _override(environment, SITE_VARIABLE)
    if report and (report.license or LICENCE.name) != LICENCE.name:
        raise PublicationError(
            f"{FILE_NAME}: preferred-citation has the licence {report.license}, but every page of "
            f"the book says {LICENCE.name}"
        )
    return Publication(
        title=cited.title,
        authors=tuple(map(_author, cited.authors)),
        version=said.version,
        released=said.date_released,
        site=preview or said.url,
        persistent="" if preview else said.persistent,  # which doesn't lead to a preview
        repository=_override(environment, REPOSITORY_VARIABLE) or said.repository_code,
        abstract=said.abstract or "",
        is_report=report is not None,
        doi=cited.doi or "",
        identifiers=_identifiers(said),
        keywords=tuple(said.keywords or ()),
        contacts=tuple(map(_author, said.contact or ())),
        code_licence=said.license or _CODE_LICENCE,
        message=said.message,
        is_being_released=environment.get(RELEASE_VARIABLE) == said.version,
    )


def require_version(text: str, where: str) -> str:
    """Return a version, which is safe as a file's name and in an address."""
    try:
        return citation_file.require_version(text)
    except ValueError as error:
        raise PublicationError(f"{where}: {error}") from None


def _author(entry: Signatory) -> Author:
    is_person = entry.name is None
    named = entry.name or entry.family_names
    family = named or entry.given_names or entry.alias or ""  # one is there
    given = entry.given_names if is_person and named else None
    affiliation, ror = _affiliation(entry)
    return Author(
        family=family,
        given=given or "",
        orcid=entry.orcid or "",
        particle=entry.name_particle or "",
        suffix=entry.name_suffix or "",
        alias=(entry.alias or "") if entry.alias != family else "",
        affiliation=affiliation,
        ror=ror,
        website=entry.website or "",
        has_one_name=is_person and given is None,
    )


def _affiliation(entry: Signatory) -> tuple[str, str]:
    """Return the affiliation and its ROR, for which the format has no name of its own.

    It stands behind the affiliation, in brackets; a body's stands as its `website`.
    """
    said = entry.affiliation or ""
    if found := _ROR.fullmatch(said):
        return found["name"], found["ror"]
    if "ror.org" in said:
        raise PublicationError(
            f"{FILE_NAME}: affiliation {said!r} is no name and a ROR, such as "
            "'Some University (https://ror.org/05a28rw58)'"
        )
    is_ror = (entry.website or "").startswith("https://ror.org/")
    return said, (entry.website or "") if is_ror else ""


def _identifiers(said: CitationFile) -> tuple[Identifier, ...]:
    """Return the identifiers of the file, and the software's own DOI beside that of the report."""
    listed = [
        Identifier(each.type, each.value, each.description or "") for each in said.identifiers or ()
    ]
    report = said.preferred_citation
    if said.doi and report and report.doi != said.doi:
        listed.append(Identifier("doi", said.doi, "The software"))
    return tuple(listed)


def _override(environment: Mapping[str, str], variable: str) -> str | None:
    text = environment.get(variable, "").strip()
    if not text:
        return None
    try:
        return citation_file.require_address(text)
    except ValueError as error:
        raise PublicationError(f"{variable}: {error}") from None
