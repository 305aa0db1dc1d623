"""The page of one headline number: its parts as they are shown, and what stands beside it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overtake.book import (
    cite_box,
    dcat,
    freshness,
    head,
    jsonld,
    ledger,
    number_history,
    number_moves,
    signposts,
    why_moved,
)
from overtake.book.figure_page import Code
from overtake.book.figures import ShownFigure
from overtake.book.files import File
from overtake.book.head import Link, Subject
from overtake.book.number_history import Point
from overtake.book.shown_number import ShownNumber
from overtake.chapter import parameters
from overtake.core import pages, prose
from overtake.core.paths import Project
from overtake.publishing.citations.catalogue import table_path
from overtake.publishing.numbers import told
from overtake.publishing.numbers.dataflow.sources import Function
from overtake.publishing.numbers.history import Released
from overtake.runs import chapter_parameters

_JSON = "application/json"
_MOST_MODELS, _MOST_OTHERS = 4, 6
"""How many functions behind a number a sentence names."""


@dataclass(frozen=True)
class Section:
    """A part of a number's page: its anchor, its heading, and what it says, as HTML."""

    anchor: str
    heading: str
    body: str


def what_moves_it(number: ShownNumber) -> Section | None:
    """Return what is said of the parameters that move a number, and how far; None if nothing."""
    body = number_moves.render(Project(number.root), number.chapter, number.headline)
    return Section("moves", "What moves it", body) if body else None


def why_it_moved(number: ShownNumber) -> Section | None:
    """Return why a number moved since the last release; None if nothing can be said."""
    body = why_moved.body(Project(number.root), number.chapter, number.headline)
    return Section(why_moved.ANCHOR, why_moved.HEADING, body) if body else None


def sections(number: ShownNumber) -> Sequence[Section]:
    """Return the parts of a number's page that have something to say, in their order."""
    found = (what_moves_it(number), why_it_moved(number))
    return [section for section in found if section is not None]


def downloads(number: ShownNumber, subject: Subject) -> list[File]:
    """Return the files of a number besides its citations."""
    record = number.record(subject.lasting, subject.citation)
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    meaning = "value, interval, unit, definition, address and citation, for programs"
    return [File(f"{number.name}.json", "JSON", meaning, _JSON, f"{text}\n".encode())]


def content(
    number: ShownNumber,
    subject: Subject,
    code: Code,
    history: Sequence[Released],
    drawn: Mapping[str, ShownFigure],
) -> dict[str, Any]:
    """Return what the body of a number's page says of it; its addresses are relative.

    `drawn` are the figures that have a page, by id.
    """
    headline, released = number.headline, subject.publication.released
    reach = number.citable.reach
    assert reach is not None
    return {
        "number": number,
        "headline": headline,
        "shown": told.short(headline),
        "short": told.short,
        "has_value": told.has_value(headline.estimate),
        "interval_name": prose.interval_name(headline.estimate),
        "freshness": freshness.sentence(reach, released),
        "freshness_classes": freshness.classes(reach, released),
        "figures": [drawn[name] for name in number.shown_in if name in drawn],
        "sections": sections(number),
        "table_path": table_path,
        "command": _rerun_command(number),
        "history": history,
        "picture": _picture(number, subject, history),
        "label": headline.label,
        "subject": subject,
        "site": subject.publication.site,
        **_made_by(number, code),
    }


def head_of(number: ShownNumber, subject: Subject) -> str:
    """Write the head for programs."""
    data = jsonld.of_number(number, subject, downloads(number, subject))
    return head.render(subject, links_of(number, subject), data)


def links_of(number: ShownNumber, subject: Subject) -> list[Link]:
    """Return the links of a number's head: the files as Signposting names them."""
    return [
        Link("type", "https://schema.org/AboutPage"),
        Link("type", "https://schema.org/Observation"),
        *(Link("item", each.name, each.media_type) for each in downloads(number, subject)),
        *cite_box.links(number.name),
    ]


def signs(number: ShownNumber, subject: Subject) -> dict[str, bytes]:
    """Return the files for programs that describe a number, by name."""
    tables = [table_path(table.name) for table in number.tables]
    files, makers = downloads(number, subject), subject.publication.authors
    record = dcat.record(subject, files, tables, makers)
    return signposts.files(subject, links_of(number, subject), record)


def words(number: ShownNumber) -> str:
    """Write what a number is found by besides its label: its name, and its definition."""
    return pages.render("number_words.html", number=number).strip()


def _made_by(number: ShownNumber, code: Code) -> dict[str, Any]:
    """Return the functions behind a number: its section with its code, models, other sections."""
    behind, section = number.behind, number.behind.section
    models = behind.models[:_MOST_MODELS]
    others = [each for each in behind.sections if each not in (section, *behind.models)]
    return {
        "code": code,
        "section": section,
        "section_code": _source(number.root, section) if section else "",
        "models": models,
        "others": others[:_MOST_OTHERS],
    }


def _source(root: Path, function: Function) -> str:
    lines = (root / function.path).read_text(encoding="utf-8").splitlines()
    return "\n".join(lines[function.first_line - 1 : function.last_line])


def _rerun_command(number: ShownNumber) -> str:
    declaration = chapter_parameters.of_chapter(number.chapter)
    values = number.run.record.inputs.parameters
    return ledger.rerun_command(number.chapter, parameters.changed(declaration, values))


def _picture(
    number: ShownNumber, subject: Subject, history: Sequence[Released]
) -> number_history.HistoryPicture | None:
    now = "Now, a draft" if subject.edition.is_draft else subject.edition.version
    since, on_the_way = why_moved.between(Project(number.root), number.chapter, number.headline)
    points = [Point(now, number.headline)]
    for each in history:
        if each.version != now:
            points += on_the_way if each.version == since else []
            points.append(Point(each.version, each.number))
    return number_history.picture(points)
