"""APA and Chicago as citeproc-js writes them, recorded and where it is at hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import publication
from overtake.publishing.citations import formats, styles, titles
from overtake.publishing.citations.catalogue import Catalogue
from tests.conftest import ROOT
from tests.overtake.publishing.citations import citeproc_js

RECORDED = json.loads(citeproc_js.RECORDED.read_text(encoding="utf-8"))
ITEMS = citeproc_js.items(citeproc_js.TITLES)
needs_citeproc_js = pytest.mark.skipif(
    not citeproc_js.IS_AT_HAND, reason="needs Node, and CITEPROC_JS with the folder of citeproc-js"
)


def written(items: list[dict[str, Any]], style: str) -> list[dict[str, str]]:
    return [
        {"entry": styles.entry(item, style), "in_text": styles.in_text(item, style, "")}
        for item in items
    ]


@pytest.mark.parametrize("style", styles.STYLES)
def test_titles_are_printed_as_citeproc_js_printed_them(style: str) -> None:
    assert written(ITEMS, style) == RECORDED["styles"][style]


@needs_citeproc_js
def test_the_record_is_what_citeproc_js_writes() -> None:
    found = citeproc_js.written(ITEMS)
    assert found == {name: RECORDED[name] for name in found}


@needs_citeproc_js
def test_everything_of_the_real_book_is_cited_as_citeproc_js_does(site: Path) -> None:
    project = Project(ROOT)
    catalogue = Catalogue.of_published(project, publication.read(project))
    cited = [
        formats.item(catalogue.find(name), catalogue.publication, project)
        for name in tables.names()
    ]
    files = [path for path in site.rglob("*.csl.json") if "v" not in path.relative_to(site).parts]
    cited += [json.loads(path.read_text(encoding="utf-8"))[0] for path in files]
    assert len(files) > len(project.chapter_names())
    reference = citeproc_js.written(cited)["styles"]
    for style in styles.STYLES:
        assert written(cited, style) == reference[style]


def test_small_words_in_single_straight_marks_are_capitalised_though_citeproc_js_leaves_them() -> (
    None
):
    assert titles.headline(titles.typographic("A look at 'open' models")) == (
        "A Look at ‘Open’ Models"
    )


@given(st.text(max_size=60))
def test_marks_and_capitals_change_nothing_else(text: str) -> None:
    plain = str.maketrans(dict.fromkeys("\"“”‘’'", "'"))
    marked = titles.typographic(text)
    assert marked.translate(plain) == text.translate(plain)
    assert titles.headline(marked).casefold() == marked.casefold()
    assert sorted(titles.american(marked).translate(plain)) == sorted(marked.translate(plain))
