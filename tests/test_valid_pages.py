"""Every page is valid HTML, and its linked data keep to schema.org's types and ranges."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from overtake.book import finishing
from tests.page_reading import tree
from tests.validators import nu, vocabulary

BAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bad</title>
<script src="a.js" loading_method="defer"></script></head>
<body><p id="a">A</p><p id="a">B</p><details><summary><p>C</p></summary></details></body></html>"""


def test_every_page_is_valid_html(site: Path) -> None:
    pages = finishing.own_pages(site)
    assert {"search.html", "index.html"} <= {page.name for page in pages}
    assert list(map(str, nu.faults(site, pages))) == []


def test_the_checker_notices_what_it_is_there_for(tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(BAD, encoding="utf-8")
    found = "\n".join(map(str, nu.faults(tmp_path, [page])))
    assert "bad.html:2: Attribute “loading_method” not allowed" in found
    assert "Duplicate ID “a”" in found
    assert "“p” not allowed as child of element “summary”" in found


def test_linked_data_keep_to_the_types_and_ranges_of_schema_org(site: Path) -> None:
    known, described = vocabulary.read(), list(linked_data(site))
    kinds = {"Report", "Chapter", "Claim", "ImageObject", "Dataset", "WebPage"}
    assert kinds <= {node["@type"] for _, data in described for node in data.get("@graph", [data])}
    found = {f"{page}{fault}" for page, data in described for fault in known.faults(data)}
    assert found == set()


def linked_data(site: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each page that has linked data with them."""
    for path in finishing.own_pages(site):
        for script in tree(path).xpath("//script[@type='application/ld+json']"):
            yield path.relative_to(site).as_posix(), json.loads(script.text)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"author": "Ana Müller"}, ".author: takes Organization or Person, not 'Ana Müller'"),
        ({"author": {"@type": "Dataset"}}, ".author: takes Organization or Person, not Dataset"),
        ({"width": "600 px"}, ".width: takes Distance or QuantitativeValue, not '600 px'"),
        ({"datePublished": "2026-13-01"}, ".datePublished: takes Date or DateTime, not"),
        ({"datePublished": "in press"}, ".datePublished: takes Date or DateTime, not"),
        ({"isBasedOn": "a table"}, ".isBasedOn: takes CreativeWork or Product or URL, not"),
        ({"isBasedOn": {"@type": "Person"}}, ".isBasedOn: takes CreativeWork or Product or URL,"),
        ({"givenName": "Ana"}, ".givenName: no property of the type"),
        ({"name": {"@id": "#a"}}, ".name: takes Text, not a reference"),
        ({"author": {"@type": "Persona"}}, "/Persona: no type"),
    ],
)
def test_what_stands_outside_of_schema_org_is_named(said: dict[str, Any], fault: str) -> None:
    known = vocabulary.read()
    assert not list(known.faults({"@type": "ImageObject", "name": "A", "datePublished": "2026"}))
    assert any(fault in each for each in known.faults({"@type": "ImageObject"} | said))
