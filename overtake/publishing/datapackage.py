"""The tables as readers get them: a Frictionless Data Package 2 with all, and a schema for each.

``data/datapackage.json`` describes the tables for the book. What readers download says besides
which version of the book it is of, who made it and who put it together, and under which licences.
Each table stands in a folder of its own beside the package.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from overtake.core import digests
from overtake.core.paths import Project
from overtake.data.tables import PACKAGE_FILE
from overtake.publishing import vintages
from overtake.publishing.citations.edition import Edition
from overtake.publishing.publication import Author, Publication

ARCHIVE_NAME = "tables.zip"
"""All tables with their package in one file."""

_SCHEMA_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
_RULES = "Each table keeps the licence of its source, which its resource names."


def package(project: Project, published: Publication, book: Edition, folder: str) -> dict[str, Any]:
    """Return the package of all tables of a book; `folder` is its address from the book's root."""
    said = dict(vintages.current(project).package)
    resources = [_placed(resource) for resource in said.pop("resources")]
    about = {
        **said,
        "id": published.address(f"{book.root}{folder}{PACKAGE_FILE}") if published.site else "",
        "homepage": published.address(f"{book.root}{folder}") if published.site else "",
        "description": f"The tables behind “{published.title}”. {_RULES}",
        "version": book.version,
        "created": f"{book.released.isoformat()}T00:00:00Z",
        "licenses": _once(licence for each in resources for licence in each["licenses"]),
        "contributors": [
            *map(_editor, published.authors),
            *map(_producer, dict.fromkeys(each["credit"] for each in resources)),
        ],
    }
    return {**{name: value for name, value in about.items() if value}, "resources": resources}


def schema(project: Project, name: str) -> dict[str, Any]:
    """Return a table's schema alone, as Frictionless Table Schema 2."""
    resource = vintages.current(project).resources[name]
    return {
        "$schema": _SCHEMA_PROFILE,
        "name": name,
        "title": resource["title"],
        "description": resource["description"],
        **resource["schema"],
    }


def archive(project: Project, said: Mapping[str, Any]) -> bytes:
    """Return the tables of a package, and it, as a zip archive that unpacks to a working copy."""
    return digests.pack({PACKAGE_FILE: as_json(said), **dict(_files(project, said))})


def as_json(content: Mapping[str, Any]) -> bytes:
    """Write a package or a schema, the same for the same content."""
    return f"{json.dumps(content, indent=1, ensure_ascii=False)}\n".encode()


def _files(project: Project, said: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    present = vintages.current(project).resources
    for resource in said["resources"]:
        path = project.data / present[resource["name"]]["path"]
        yield resource["path"], path.read_bytes()


def _placed(resource: Mapping[str, Any]) -> dict[str, Any]:
    name = resource["name"]
    return {**resource, "path": f"{name}/{name}.csv"}


def _once(licences: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    return list({licence["name"]: licence for licence in licences}.values())


def _editor(author: Author) -> dict[str, Any]:
    """Return who put the tables together; roles are DataCite's types of contributors."""
    parts = {"givenName": author.given, "familyName": author.family} if author.given else {}
    said = {"title": author.name, **parts, "path": author.orcid, "roles": ["DataCurator"]}
    return {name: value for name, value in said.items() if value}


def _producer(credit: str) -> dict[str, Any]:
    return {"title": credit, "roles": ["Producer"]}
