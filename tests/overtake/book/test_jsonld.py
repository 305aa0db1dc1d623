"""Linked data of what the small book has not: claims, and tables that others made."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.book import jsonld
from overtake.publishing.citations.catalogue import Reference
from overtake.publishing.publication import Author
from tests.validators import vocabulary

SOURCE = Reference(
    "article2026", "An article", ("A paper",), (Author("A paper"),), "2026",
    "https://example.org/article", "web page",
)  # fmt: skip
CLAIM = {
    "claim": "power", "statement": "There is power enough.", "speaker": "Somebody",
    "speaker_role": "of a grid", "said_on": date(2026, 1, 10), "source": "article2026",
}  # fmt: skip
PAGE = "https://example.org/chapters/claims.html"


def test_a_claim_says_what_was_said_by_whom_when_and_where_and_no_verdict() -> None:
    (claim,) = jsonld.of_claims([CLAIM], [SOURCE], PAGE)["@graph"]
    assert claim["@type"] == "Claim"
    assert claim["@id"] == f"{PAGE}#claim-power"
    assert (claim["text"], claim["dateCreated"]) == ("There is power enough.", "2026-01-10")
    assert claim["creditText"] == "Somebody, of a grid"
    assert claim["appearance"]["url"] == SOURCE.address
    assert "reviewRating" not in str(claim)
    assert list(vocabulary.read().faults(claim)) == []


@dataclass(frozen=True)
class _Published:
    short_title: str = "Small"
    authors: tuple[Author, ...] = (Author("Its authors"),)


@dataclass(frozen=True)
class _Subject:
    references: tuple[Reference, ...]
    publication: _Published = _Published()


def makers(credit: str, *writers: str) -> list[str]:
    people: Any = tuple(map(Author, writers))
    source = Reference("a", "A", writers, people, "2026", "", "dataset")
    subject: Any = _Subject((source, source))
    return [maker.name for maker in jsonld.makers(credit, subject)]


@pytest.mark.parametrize(
    ("credit", "writers", "found"),
    [
        ("A Body", ["A Body"], ["A Body"]),
        ("A Body and Others, processed by A Third", ["A Third", "A Body"], ["A Third", "A Body"]),
        ("A Body (with more)", ["Nobody"], []),
        ("A Bodyguard", ["A Body"], []),
        ("C++ (x) [y]", ["C++ (x) [y]"], ["C++ (x) [y]"]),
        ("Small, compiled from A Body", ["A Body"], ["Its authors", "A Body"]),
    ],
)
def test_a_table_is_made_by_those_whom_its_credit_names(
    credit: str, writers: list[str], found: list[str]
) -> None:
    assert makers(credit, *writers) == found


@given(st.text(), st.text(min_size=1))
def test_nobody_made_a_table_whom_its_credit_does_not_name(credit: str, writer: str) -> None:
    assert all(name in credit or credit.startswith("Small") for name in makers(credit, writer))
