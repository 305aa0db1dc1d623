"""The page of one table and what stands beside it: its parts as they are shown, and the HTML."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt

from overtake.book import cite_box, croissant, dcat, freshness, head, jsonld, signposts
from overtake.book.files import File
from overtake.book.head import Link, Subject
from overtake.book.shown_table import FIRST_ROWS, ShownTable
from overtake.core import pages
from overtake.data import tables
from overtake.data.tables import PACKAGE_FILE, FieldDescription
from overtake.publishing import datapackage
from overtake.publishing.citations.catalogue import TABLES_FOLDER
from overtake.publishing.releases import Release

_JSON = "application/json"
_MARKDOWN = MarkdownIt("js-default", {"html": False, "linkify": False})


@dataclass(frozen=True)
class Vintage:
    """A file that a table has had: days, rows, where it can be read, and who released it."""

    vintage: str
    retrieved: str
    rows: int
    data: str  # id of the state of all data that it belongs to
    address: str  # "" if it is not known
    versions: Sequence[str]


def downloads(table: ShownTable, schema: Mapping[str, Any], subject: Subject) -> list[File]:
    """Return the files of a table; Croissant is for the published one."""
    described = datapackage.as_json(croissant.of_table(table, subject))
    return [
        File(f"{table.id}.csv", "CSV", "all rows", "text/csv", table.content),
        File(
            f"{table.id}.schema.json", "Schema", "columns, types, units and constraints "
            "(Frictionless Table Schema 2)", _JSON, datapackage.as_json(schema),
        ),
        File(
            croissant.NAME, "Croissant", "the same for programs that load data sets "
            "(Croissant 1.0)", croissant.MEDIA_TYPE, described,
        ),
    ]  # fmt: skip


def vintages(
    table: ShownTable, released: Sequence[Release], repository: str | None
) -> list[Vintage]:
    """Return the files that a table has had, the present one first."""
    return [
        Vintage(
            state.vintage, state.retrieved, state.rows, state.of.id,
            _blob(repository, state.of.commit, state.path),
            [each.version for each in released if _has(each, table.id, state.hash)],
        )
        for state in table.states
    ]  # fmt: skip


def content(table: ShownTable, subject: Subject, files: Sequence[File]) -> dict[str, Any]:
    """Return what the body of a table's page says of the table; its addresses are relative."""
    reach, released = table.citable.reach, subject.publication.released
    return {
        "table": table,
        "described": table.described,
        "prose": _prose,
        "rules": {field.name: _rules(table, field) for field in table.described.fields},
        "freshness": freshness.sentence(reach, released) if reach else "",
        "freshness_classes": freshness.classes(reach, released) if reach else "",
        "downloads": files,
        "package": PACKAGE_FILE,
        "archive": datapackage.ARCHIVE_NAME,
        "most_rows": FIRST_ROWS,
    }


def head_of(table: ShownTable, subject: Subject, files: Sequence[File]) -> str:
    """Write the head for programs."""
    data = jsonld.of_table(table, subject, _of_table(files))
    return head.render(subject, links_of(table, files), data)


def links_of(table: ShownTable, files: Sequence[File]) -> list[Link]:
    """Return the links of a table's head: the files as Signposting names them."""
    data, *descriptions = files
    return [
        Link("type", "https://schema.org/AboutPage"),
        Link("type", "https://schema.org/Dataset"),
        Link("item", data.name, data.media_type),
        *(Link("describedby", each.name, each.media_type) for each in descriptions),
        Link("describedby", f"../{PACKAGE_FILE}", _JSON),
        *cite_box.links(table.id),
    ]


def signs(table: ShownTable, subject: Subject, files: Sequence[File]) -> dict[str, bytes]:
    """Return the files for programs that describe a table, by name."""
    makers = jsonld.makers(table.described.credit, subject)
    record = dcat.record(subject, _of_table(files), (), makers)
    return signposts.files(subject, links_of(table, files), record)


def _of_table(files: Sequence[File]) -> list[File]:
    """Return the files that are a table or its schema: Croissant describes both."""
    return [file for file in files if file.name != croissant.NAME]


def index(page: str) -> str:
    """Write what stands above the list of tables on a page, without scripts the files alone."""
    return pages.render(
        "table_index.html",
        folder=f"{'../' * page.count('/')}{TABLES_FOLDER}",
        package=PACKAGE_FILE,
        archive=datapackage.ARCHIVE_NAME,
    )


def words(name: str) -> str:
    """Write what a table is found by besides what its entry in the list says: its columns."""
    columns = " ".join(field.name for field in tables.describe(name).fields)
    return f'<span class="overtake-words" hidden>{html.escape(columns)}</span>'


def _prose(text: str) -> str:
    """Return a text of a descriptor as HTML: what stands between backticks is code."""
    shown: str = _MARKDOWN.renderInline(pages.escape_prose(text))
    return shown


def _rules(table: ShownTable, field: FieldDescription) -> str:
    return "; ".join(table.rules_of(field)) or "anything"


def _blob(repository: str | None, commit: str, path: str) -> str:
    return f"{repository}/blob/{commit}/data/{path}" if repository and commit else ""


def _has(release: Release, name: str, digest: str) -> bool:
    return bool(digest) and f"sha256:{release.tables.get(name)}" == digest
