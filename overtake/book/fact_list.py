"""``facts.json``: every headline number and every verdict of the book, for programs.

What a field means is said once, where it is declared; ``facts.schema.json`` beside the list is
made from that.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter

from overtake.book import judged, ledger
from overtake.book.shown_number import ShownNumber
from overtake.core import prose
from overtake.publishing.citations import edition, formats, styles
from overtake.publishing.citations.catalogue import BOOK, Catalogue
from overtake.publishing.citations.item_types import TYPES
from overtake.publishing.numbers import told
from overtake.publishing.publication import LICENCE
from overtake.runs.runs import Run
from overtake.runs.words.told import Headline, JudgedClaim

FILE_NAME = "facts.json"
SCHEMA_NAME = "facts.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CLOSED = ConfigDict(extra="forbid")

AddressOf = Callable[[str], str]
"""Gives the address of a claim's card, from the book's root, by the claim."""
_Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
_Share = Annotated[float, Field(ge=0, le=1)]


def _says(meaning: str) -> Any:  # noqa: ANN401  (pydantic's own word for it)
    return Field(description=meaning)


@dataclass(frozen=True)
class NumberFact:
    """A headline number: one estimate with its interval."""

    __pydantic_config__ = _CLOSED

    id: Annotated[str, _says("Chapter and name; stays when the number changes.")]
    label: Annotated[str, _says("What it is, in a few words.")]
    definition: Annotated[str, _says("How it is measured.")]
    value: Annotated[float | None, _says("The estimate; null if it cannot be said.")]
    low: Annotated[float | None, _says("Lower end of the interval; null if there is none.")]
    high: Annotated[float | None, _says("Upper end of the interval; null if there is none.")]
    level: Annotated[
        _Share, _says("Coverage that the interval claims; of a range it says nothing.")
    ]
    kind: Annotated[
        str, _says("What the interval says: confidence, credible, prediction, or range, which was "
                   "stated.")
    ]  # fmt: skip
    n: Annotated[int, _says("Independent observations behind it; 0 if these can't be counted.")]
    unit: Annotated[str, _says("Unit of value, low and high; a share is from 0 to 1.")]
    has_value: Annotated[
        bool,
        _says("Whether it says anything; if not, there is nothing to quote, and words say so."),
    ]
    text: Annotated[str, _says("The value with its unit as the book writes it.")]
    in_words: Annotated[str, _says("The same with the interval, if it has one.")]
    quote: Annotated[str, _says("A line to quote: what it is, value, interval, date, source.")]
    data_until: Annotated[_Day, _says("The last day that the data behind it describe.")]
    chapter: Annotated[str, _says("The chapter that finds it.")]
    run: Annotated[str, _says("The run that computed it: code, data, parameters, environment.")]
    version: Annotated[str, _says("The version of the book that its citation names.")]
    address: Annotated[str, _says("Its page; from the book's root if the book has no address.")]
    key: Annotated[str, _says("Key of its citation, which `overtake verify` takes.")]
    citation: Annotated[str, _says("Its citation in the style of APA, with who made the data.")]


@dataclass(frozen=True)
class VerdictFact:
    """A verdict on one part of a claim that somebody made."""

    __pydantic_config__ = _CLOSED

    id: Annotated[str, _says("The part.")]
    claim: Annotated[str, _says("The claim that it is a part of.")]
    statement: Annotated[str, _says("The whole claim as it was made.")]
    part: Annotated[str, _says("What the part says.")]
    said_by: Annotated[str, _says('Who made the claim; "" if the table does not say.')]
    role: Annotated[str, _says("Who that is.")]
    said_on: Annotated[str, _says("The day on which it was said.")]
    source: Annotated[str, _says("Where it was said: a key of the book's references.")]
    verdict: Annotated[str, _says("The book's verdict, a word of its scale.")]
    probability_true: Annotated[
        _Share | None, _says("Probability that the part is true; null without data.")
    ]
    confidence: Annotated[str, _says('How good the evidence is; "" without data.')]
    rule: Annotated[str, _says('When it counts as true; "" without data.')]
    found: Annotated[str, _says("What was found of it, beside the rule.")]
    tested: Annotated[str, _says("What was tested of the part, and what not.")]
    data_until: Annotated[_Day | None, _says("The last day that the data behind it describe.")]
    chapter: Annotated[str, _says("The chapter that judges it.")]
    run: Annotated[str, _says("The run that judged it.")]
    address: Annotated[str, _says("The card of the claim.")]


@dataclass(frozen=True)
class LicenceFact:
    """A licence."""

    __pydantic_config__ = _CLOSED

    name: Annotated[str, _says("Its name in the SPDX list.")]
    title: Annotated[str, _says("Its title.")]
    address: Annotated[str, _says("Its text.")]


@dataclass(frozen=True)
class FactList:
    """Every headline number and every verdict of one version of the book."""

    __pydantic_config__ = _CLOSED

    title: Annotated[str, _says("The book's title.")]
    address: Annotated[str, _says("Where this version of the book stands.")]
    version: Annotated[str, _says("The version as citations name it.")]
    is_draft: Annotated[bool, _says("Whether it may change: it is no released version.")]
    released: Annotated[_Day, _says("Day of the release; of a draft, of the one before.")]
    data_until: Annotated[_Day | None, _says("The last day of the oldest table.")]
    newest_data_until: Annotated[_Day | None, _says("The last day of the newest table.")]
    data: Annotated[str, _says("The state of all data, as `overtake data vintages` names it.")]
    licence: Annotated[LicenceFact, _says("Of numbers and words; tables have their own.")]
    how_to_cite: Annotated[str, _says("What to take from here when a number is quoted.")]
    key: Annotated[str, _says("Key of the citation of the book.")]
    citation: Annotated[str, _says("Citation of the book.")]
    numbers: Annotated[tuple[NumberFact, ...], _says("By chapter, the most important first.")]
    verdicts: Annotated[tuple[VerdictFact, ...], _says("In the order of the table of claims.")]


HOW_TO_CITE = (
    "Quote `text` or `in_words`, say until when the data reach (`data_until`), and give `address` "
    "or `citation`. A draft may change: `version` says whether it is one."
)


def of_book(
    catalogue: Catalogue, numbers: Iterable[ShownNumber], claims: str, card_of: AddressOf
) -> FactList:
    """Return what a book found; `claims` names the table of claims, "" if there is none."""
    publication, project = catalogue.publication, catalogue.project
    book = catalogue.find(BOOK)
    item, cited = formats.item(book, publication, project), edition.of(book, publication, project)
    newest = (book.reach.newest or book.reach.until) if book.reach else None
    return FactList(
        title=publication.title,
        address=publication.lasting(cited.path),
        version=cited.version,
        is_draft=cited.is_draft,
        released=cited.released.isoformat(),
        data_until=book.reach.until if book.reach else None,
        newest_data_until=newest,
        data=book.data,
        licence=LicenceFact(LICENCE.name, LICENCE.title, LICENCE.path),
        how_to_cite=HOW_TO_CITE,
        key=item["id"],
        citation=formats.FORMATS["apa"].write(item).strip(),
        numbers=tuple(of_number(catalogue, each) for each in numbers),
        verdicts=tuple(_verdicts(catalogue, claims, card_of)),
    )


def as_json(facts: FactList) -> str:
    """Write a list of facts; nothing in it is infinite or undefined."""
    said = {"$schema": SCHEMA_NAME, **asdict(facts)}
    return json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def schema() -> str:
    """Write the schema of the list, in JSON Schema 2020-12."""
    made = TypeAdapter(FactList).json_schema(mode="serialization")
    made["properties"] = {"$schema": {"type": "string"}, **made["properties"]}
    return json.dumps({"$schema": _DIALECT, **made}, indent=1, ensure_ascii=False) + "\n"


def of_number(catalogue: Catalogue, number: ShownNumber) -> NumberFact:
    """Return what programs read of a headline number."""
    publication, citable, headline = catalogue.publication, number.citable, number.headline
    cited = edition.of(citable, publication, catalogue.project)
    address = publication.lasting(cited.path)
    source = styles.in_text(number.item, "APA", TYPES[citable.kind].part.format(number.id))
    return NumberFact(
        id=number.id,
        label=headline.label,
        definition=headline.definition,
        **told.plain(headline.estimate),
        has_value=told.has_value(headline.estimate),
        text=told.value(headline),
        in_words=told.short(headline),
        quote=f"{_said(headline)}; data until {headline.data_until}. {source}, {address}",
        data_until=headline.data_until,
        chapter=number.chapter,
        run=number.run.id,
        version=cited.version,
        address=address,
        key=number.item["id"],
        citation=formats.FORMATS["apa"].write(number.item).strip(),
    )


def _said(number: Headline) -> str:
    """Return a number with what it is, the kind of its interval, and n."""
    is_whole = told.has_interval(number.estimate)
    words = prose.sentence(number.estimate, number.digits) if is_whole else told.value(number)
    return f"{number.label}: {words}"


def _verdicts(catalogue: Catalogue, claims: str, card_of: AddressOf) -> Iterator[VerdictFact]:
    stated = _stated(claims)
    found = judged.by_claim(catalogue.runs.values())
    runs = {part: run for run in catalogue.runs.values() for part in run.claims}
    for claim in [*stated, *(each for each in found if each not in stated)]:
        for part in found.get(claim, []):
            yield _verdict(catalogue, part, stated.get(claim, {}), runs[part.part], card_of(claim))


def _verdict(
    catalogue: Catalogue, part: JudgedClaim, stated: Mapping[str, str], run: Run, card: str
) -> VerdictFact:
    root = edition.own_root(catalogue.publication)
    rule = part.rule
    asked = prose.rule(rule.direction, rule.threshold, rule.upper, rule.unit) if rule else ""
    return VerdictFact(
        id=part.part,
        claim=part.claim,
        statement=stated.get("statement", ""),
        part=part.says,
        said_by=stated.get("speaker", ""),
        role=stated.get("speaker_role", ""),
        said_on=stated.get("said_on", ""),
        source=stated.get("source", ""),
        verdict=part.verdict,
        probability_true=part.probability_true,
        confidence=part.confidence or "",
        rule=f"{rule.quantity}: {asked}" if rule else "",
        found=judged.found(part),
        tested=part.tested,
        data_until=part.data.until if part.data else None,
        chapter=run.chapter,
        run=run.id,
        address=catalogue.publication.address(f"{root}{card}"),
    )


def _stated(claims: str) -> dict[str, dict[str, str]]:
    """Return the rows of the table of claims as texts, by claim; none if there is no table."""
    texts = [{n: _text(each) for n, each in row.items()} for row in ledger.claims(claims)]
    return {row["claim"]: row for row in texts}


def _text(cell: object) -> str:
    return cell.date().isoformat() if isinstance(cell, datetime) else str(cell)
