"""A release as archives describe it: Zenodo's deposit metadata, and DataCite 4.6 as JSON."""

import html
import json
from collections.abc import Iterator, Mapping
from typing import Any

from overtake.core import plain_json
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import releases
from overtake.publishing.citations import edition
from overtake.publishing.citations.catalogue import Reference, references_of
from overtake.publishing.citations.kinds import DATACITE, ZENODO
from overtake.publishing.publication import LICENCE, Author, Publication

ZENODO_NAME = ".zenodo.json"  # what Zenodo reads when it archives a release
DATACITE_NAME = "datacite.json"
DATACITE_TYPE = "application/vnd.datacite.datacite+json"

_ZENODO_DOI = "10.5281/"  # Zenodo gives these itself, and refuses one that it is told
_LANGUAGE = "en"
_DOI = "https://doi.org/"

Node = dict[str, Any]


def zenodo(said: Publication, project: Project) -> str:
    """Describe a release as Zenodo's deposit metadata: the report, or a book that is software."""
    kind = {"upload_type": "software", "license": said.code_licence}
    if said.is_report:
        kind = {"upload_type": "publication", "publication_type": "report"}
        kind["license"] = LICENCE.name
    content = {
        "title": said.title,
        **kind,
        "description": f"<p>{html.escape(said.abstract or said.title)}</p>",
        "creators": [_creator(author) for author in said.authors],
        "contributors": [_creator(each) | {"type": "ContactPerson"} for each in said.contacts],
        "doi": "" if said.doi.startswith(_ZENODO_DOI) else said.doi,
        "version": said.version,
        "publication_date": said.released.isoformat(),
        "access_right": "open",
        "keywords": list(said.keywords),
        "notes": (
            f"{said.message} Code: {said.code_licence}. Text and figures: {LICENCE.title}. "
            "Each table: see data/."
        ),
        "related_identifiers": list(_related(said, project)),
    }
    return _written(content)


def datacite(said: Publication, project: Project) -> str:
    """Describe a release as DataCite 4.6 does, in the JSON of its schema."""
    kind = "Report" if said.is_report else "Software"
    content = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "doi": said.doi,
        "url": _frozen(said),
        "types": {"resourceTypeGeneral": kind, "resourceType": "Report with data and code"},
        "creators": [_agent(author) for author in said.authors],
        "titles": [{"title": said.title, "lang": _LANGUAGE}],
        "publisher": {"name": "; ".join(author.name for author in said.authors)},
        "publicationYear": str(said.released.year),
        "subjects": [{"subject": keyword} for keyword in said.keywords],
        "contributors": [_agent(a) | {"contributorType": "ContactPerson"} for a in said.contacts],
        "dates": [{"date": said.released.isoformat(), "dateType": "Issued"}],
        "language": _LANGUAGE,
        "alternateIdentifiers": [
            {"alternateIdentifier": each.value, "alternateIdentifierType": each.type}
            for each in said.identifiers
        ],
        "relatedIdentifiers": [*_datacite_related(said, project)],
        "version": said.version,
        "rightsList": [_rights(LICENCE.name), _rights(said.code_licence)],
        "descriptions": [{"description": said.abstract, "descriptionType": "Abstract"}]
        if said.abstract
        else [],
    }
    return _written(content)


def _related(said: Publication, project: Project) -> Iterator[Node]:
    """Yield what a release stands beside, and what it was made from, as Zenodo has it."""
    if said.site:
        yield {"identifier": _frozen(said), "relation": "isIdenticalTo"}
    if said.repository:
        software = {"relation": "isSupplementedBy", "resource_type": "software"}
        yield {"identifier": said.repository, **software}
    for each in said.identifiers:
        yield {"identifier": each.value, "relation": "isAlternateIdentifier"}
    for source in _sources(project):
        kind = {"relation": "isDerivedFrom", "resource_type": ZENODO[source.kind]}
        yield {"identifier": source.address, **kind}


def _datacite_related(said: Publication, project: Project) -> Iterator[Node]:
    if said.repository:
        yield _relation(said.repository, "IsSupplementedBy", "Software")
    for release in edition.known(project):
        if release.version != said.version:
            before = said.address(f"{releases.root_of(release.version)}/")
            yield _relation(before, "IsNewVersionOf", "Report")
            break
    for source in _sources(project):
        yield _relation(source.address, "IsDerivedFrom", DATACITE[source.kind])


def _relation(address: str, relation: str, kind: str) -> Node:
    is_doi = address.startswith(_DOI)
    return {
        "relatedIdentifier": address.removeprefix(_DOI),
        "relatedIdentifierType": "DOI" if is_doi else "URL",
        "relationType": relation,
        "resourceTypeGeneral": kind,
    }


def _sources(project: Project) -> list[Reference]:
    """Return the publications behind all tables that have an address, each address once."""
    keys = dict.fromkeys(key for name in tables.names() for key in tables.describe(name).sources)
    found = references_of(project, list(keys))
    return list({source.address: source for source in found if source.address}.values())


def _frozen(said: Publication) -> str:
    return said.address(f"{releases.root_of(said.version)}/")


def _creator(author: Author) -> dict[str, str]:
    orcid = author.orcid.rsplit("/", 1)[-1]
    said = {"name": author.listed_name, "affiliation": author.affiliation, "orcid": orcid}
    return {name: value for name, value in said.items() if value}


def _agent(author: Author) -> Node:
    """Return an author as DataCite has it, with ORCID, and the ROR of body or affiliation."""
    identities = [(author.orcid, "ORCID", "https://orcid.org")]
    if not author.is_person:
        identities.append((author.ror, "ROR", "https://ror.org"))
    affiliation = {
        "name": author.affiliation,
        "affiliationIdentifier": author.ror,
        "affiliationIdentifierScheme": "ROR" if author.ror else "",
        "schemeUri": "https://ror.org" if author.ror else "",
    }
    return plain_json.said({
        "name": author.listed_name,
        "nameType": "Personal" if author.is_person else "Organizational",
        "givenName": author.given,
        "familyName": author.family_name if author.given else "",
        "nameIdentifiers": [
            {"nameIdentifier": identity, "nameIdentifierScheme": scheme, "schemeUri": place}
            for identity, scheme, place in identities if identity
        ],
        "affiliation": [plain_json.said(affiliation)] if author.affiliation else [],
    })  # fmt: skip


def _rights(licence: str) -> Node:
    return {
        "rights": licence,
        "rightsUri": f"https://spdx.org/licenses/{licence}",
        "rightsIdentifier": licence,
        "rightsIdentifierScheme": "SPDX",
        "schemeUri": "https://spdx.org/licenses/",
    }


def _written(content: Mapping[str, Any]) -> str:
    return json.dumps(plain_json.said(content), indent=1, ensure_ascii=False) + "\n"
