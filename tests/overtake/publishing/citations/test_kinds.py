"""What kind of publication an entry of the references is."""

from pathlib import Path
from typing import get_args

import pytest
from pybtex.database import Entry, parse_file

from overtake.publishing.citations import kinds

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("type_", "fields", "kind"),
    [
        ("article", {"journal": "Econometrica"}, "article"),
        ("article", {"journal": "arXiv preprint arXiv:2404.10102"}, "preprint"),
        ("techreport", {}, "report"),
        ("inproceedings", {}, "paper"),
        ("incollection", {}, "section"),
        ("book", {}, "book"),
        ("online", {}, "web page"),
        ("misc", {"howpublished": "Data set and code"}, "dataset"),
        ("misc", {"howpublished": "Software"}, "software"),
        ("misc", {"howpublished": "arXiv:2606.19348"}, "preprint"),
        ("misc", {}, "other"),
        ("unheard", {}, "other"),
    ],
)
def test_the_entry_says_what_it_is(type_: str, fields: dict[str, str], kind: str) -> None:
    assert kinds.of_entry(Entry(type_, fields)) == kind


@pytest.mark.parametrize("words", [kinds.ZENODO, kinds.SCHEMA_ORG])
def test_every_kind_has_a_word_in_each_vocabulary(words: dict[kinds.Kind, str]) -> None:
    assert set(words) == set(get_args(kinds.Kind))


def test_no_source_of_the_book_is_of_an_unknown_kind() -> None:
    entries = parse_file(str(ROOT / "references.bib")).entries
    assert [key for key, each in entries.items() if kinds.of_entry(each) == "other"] == [
        "nist-longley"
    ]
