"""One type per kind of thing, whichever format or vocabulary says it."""

import json
from dataclasses import replace

import pytest
import rispy
from lxml import html
from pybtex.database import parse_string

from overtake.book import head
from overtake.publishing.citations import formats, styles
from overtake.publishing.citations.catalogue import Catalogue
from overtake.publishing.citations.item_types import TYPES
from overtake.publishing.publication import Author
from tests import zotero
from tests.conftest import ROOT
from tests.overtake.publishing.citations.conftest import PUBLICATION

IDS = {
    "book": "book",
    "chapter": "hardware-bottleneck",
    "table": "ai_models",
    "figure": "power",
    "number": "hardware-bottleneck/power_gap",
}
IN_ZOTERO = {
    "book": "report",
    "chapter": "bookSection",
    "table": "dataset",
    "figure": "artwork",
    "number": "webpage",
}
IN_ZOTERO_FROM_BIBTEX = IN_ZOTERO | {"table": "document"}
"""Zotero reads no dataset from BibTeX."""


@pytest.fixture(params=IDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def written(catalogue: Catalogue, kind: str, name: str) -> str:
    item = formats.item(catalogue.find(IDS[kind]), PUBLICATION, catalogue.project)
    return formats.FORMATS[name].write(item)


def test_every_kind_has_a_type() -> None:
    assert set(TYPES) == set(IDS)


def test_zotero_reads_one_type_from_ris_and_csl_json(catalogue: Catalogue, kind: str) -> None:
    (record,) = rispy.loads(written(catalogue, kind, "ris"))
    (item,) = json.loads(written(catalogue, kind, "csl-json"))
    assert zotero.FROM_RIS[record["type_of_reference"]] == IN_ZOTERO[kind]
    assert zotero.FROM_CSL[item["type"]] == IN_ZOTERO[kind]


def test_zotero_reads_the_same_from_bibtex_as_far_as_it_can(
    catalogue: Catalogue, kind: str
) -> None:
    (entry,) = parse_string(written(catalogue, kind, "bibtex"), "bibtex").entries.values()
    assert zotero.FROM_BIBTEX[entry.type] == IN_ZOTERO_FROM_BIBTEX[kind]
    assert entry.fields.get("type") == ("dataset" if kind == "table" else None)


def test_zotero_reads_the_same_from_a_page(catalogue: Catalogue, kind: str) -> None:
    citable = catalogue.find(IDS[kind])
    item = formats.item(citable, PUBLICATION, catalogue.project)
    subject = replace(head.of_book(catalogue, []), citable=citable, item=item)
    page = html.fromstring(f"<html><head>{head.render(subject, [], {})}</head><body/></html>")
    said: dict[str, list[str]] = {}
    for meta in page.xpath("//meta[@name]"):
        said.setdefault(meta.get("name"), []).append(meta.get("content"))
    assert zotero.from_page(said) == IN_ZOTERO[kind]
    assert said["DC.type"] == [TYPES[citable.kind].dcmi]


def test_the_page_on_citing_has_the_types_as_they_are(kind: str) -> None:
    text = (ROOT / "chapters" / "cite.md").read_text(encoding="utf-8")
    type_ = TYPES[kind]  # type: ignore[index]
    rows = [[c.strip(" `") for c in line.split("|")[1:-1]] for line in text.splitlines()]
    (row,) = [r for r in rows if len(r) > 3 and r[1] == type_.csl]
    assert row[2].split()[0].strip("`,") == f"@{type_.bibtex}"
    assert row[3] == type_.ris
    assert row[4] == type_.schema


def test_a_text_names_author_year_and_part(catalogue: Catalogue, kind: str) -> None:
    citable = catalogue.find(IDS[kind])
    signed = replace(PUBLICATION, authors=(Author("Müller", "Ana"), Author("Li", "Bo")))
    item = formats.item(citable, signed, catalogue.project)
    part = f", {kind} {citable.id}" if kind != "book" else ""
    named = TYPES[citable.kind].part.format(citable.id)
    assert styles.in_text(item, "APA", named) == f"(Müller & Li, 2026{part})"
    assert styles.in_text(item, "Chicago", named) == f"(Müller and Li 2026{part})"
