"""The page of one headline number: its parts as they are shown, and what stands beside it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from overtake.book import cite_box, freshness, head, jsonld, why_moved
from overtake.book.files import File
from overtake.book.head import Link, Subject
from overtake.book.shown_number import ShownNumber
from overtake.core import prose
from overtake.core.paths import Project
from overtake.publishing.numbers import told

_JSON = "application/json"


@dataclass(frozen=True)
class Section:
    """A part of a number's page: its anchor, its heading, and what it says, as HTML."""

    anchor: str
    heading: str
    body: str


def what_moves_it(number: ShownNumber) -> Section | None:
    """Return what is said of the parameters that move a number, and how far; None if nothing."""
    del number
    return None


def why_it_moved(number: ShownNumber) -> Section | None:
    """Return why a number moved since the last release; None if nothing can be said."""
    body = why_moved.body(Project.find(), number.chapter, number.headline)
    return Section(why_moved.ANCHOR, why_moved.HEADING, body) if body else None


def sections(number: ShownNumber) -> Sequence[Section]:
    """Return the parts of a number's page that have something to say, in their order."""
    found = (what_moves_it(number), why_it_moved(number))
    return [section for section in found if section is not None]


def downloads(number: ShownNumber, subject: Subject) -> list[File]:
    """Return the files of a number besides its citations."""
    record = number.record(subject.address, subject.citation)
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    meaning = "value, interval, unit, definition, address and citation, for programs"
    return [File(f"{number.name}.json", "JSON", meaning, _JSON, f"{text}\n".encode())]


def content(number: ShownNumber, subject: Subject) -> dict[str, Any]:
    """Return what the body of a number's page says of the number."""
    headline, released = number.headline, subject.publication.released
    reach = number.citable.reach
    assert reach is not None
    return {
        "number": number,
        "headline": headline,
        "has_value": told.has_value(headline.estimate),
        "interval_name": prose.interval_name(headline.estimate),
        "freshness": freshness.sentence(reach, released),
        "freshness_classes": freshness.classes(reach, released),
        "sections": sections(number),
        "subject": subject,
    }


def head_of(number: ShownNumber, subject: Subject) -> str:
    """Write the head for programs, with the record as Signposting names it."""
    links = [
        Link("type", "https://schema.org/AboutPage"),
        Link("describedby", f"{number.name}.json", _JSON),
        *cite_box.links(number.name, number.item),
    ]
    return head.render(subject, links, jsonld.of_number(number, subject))
