"""The explorer: a reader's own assumptions on a page that follows at once.

A chapter publishes a fitted surface as ``explorer.json`` in its run. The book's template
``theme/templates/explorer.html`` shows its controls. The surface stands beside the site's
scripts, as a script of its own, since a page opened from a file may fetch nothing else;
``theme/explorer.js`` asks for it when a reader comes near, and evaluates it.
``theme/assumptions.js`` makes the link, the scenario's file and the picture that a reader takes
away; the file is one that `overtake.runs.scenarios.read` reads.
"""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader

from overtake.book import ledger
from overtake.book.interactive import json_block
from overtake.book.scenario_page import Outcome
from overtake.chapter import parameters, style
from overtake.chapter.parameters import ParameterDescription
from overtake.chapter.results import EXPLORER_NAME
from overtake.core import digests, pages
from overtake.core.errors import ResultError
from overtake.data import reach
from overtake.runs import chapter_parameters
from overtake.runs.runs import Run

SCRIPTS, TEMPLATE = ("assumptions.js", "explorer.js"), "explorer.html"
FILE_NAME = "my-assumptions.yml"
"""Of the scenario's file that a reader takes away."""
TEMPLATES = Path("theme", "templates")
_OF_JUDGING = frozenset({"number", "verdicts", "verdict_scale", "judged_by"})
"""What a surface says of verdicts: which its chances give, and on which scale."""
_DIGEST_CHARACTERS = 8
# Said by the label already, or too long beside it.
_UNITS = {"year": "", "share": "", "orders of magnitude a year": " orders of magnitude a year"}


def read(run: Run) -> dict[str, Any]:
    """Return the surface that a run has published."""
    path = run.folder / EXPLORER_NAME
    if not path.is_file():
        raise ResultError(f"run {run.id} has published no {EXPLORER_NAME}")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if missing := sorted(_OF_JUDGING - set(content)):
        raise ResultError(f"{EXPLORER_NAME} of run {run.id} lacks {', '.join(missing)}")
    return content


@dataclass(frozen=True)
class Page:
    """What the book adds to a surface: where the page is from, and the scenarios to begin from.

    Attributes
    ----------
    shown : Run
        The run, as the book shows it, of the chapter that the surface stands for.
    outcomes : sequence of Outcome
        Every scenario with its runs, the baseline first.
    origin : str
        Book and version in words.
    origin_line : str
        The same with the licence, as below a figure's picture.
    address : str
        Where the page stands.
    """

    shown: Run
    outcomes: Sequence[Outcome]
    origin: str
    origin_line: str
    address: str


def describe(content: Mapping[str, Any], page: Page) -> dict[str, Any]:
    """Return all that the page's scripts read: the surface, scenarios, verdicts and words."""
    chapter = content["chapter"]
    return {
        **content,
        "command": ledger.rerun_command(chapter, {}),
        "sweep": f".venv/bin/overtake sweep {FILE_NAME}",
        "colours": {"line": content["colour"], "reference": style.REFERENCE_COLOUR},
        "choices": _choices(content),
        "scenarios": [_scenario(content, each, page.outcomes[0]) for each in page.outcomes],
        "verdicts": [
            {**rule, "says": _says(page.outcomes, part)}
            for part, rule in content["verdicts"].items()
        ],
        "origin": page.origin,
        "origin_line": page.origin_line,
        "address": page.address,
        "data_until": _first_upper(reach.told(reach.of_tables(page.shown.record.inputs.tables))),
    }


def surface(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return name and text of the script that holds what `describe` returns."""
    text = f"window.overtakeSurface = {json_block(data)};\n"
    return f"explorer-{digests.of(text.encode())[:_DIGEST_CHARACTERS]}.js", text


def render(data: Mapping[str, Any], page: Page, templates: Path) -> str:
    """Return the explorer of what `describe` returns as HTML, from the book's templates."""
    declared = _declared(data["chapter"])
    environment = pages.environment().overlay(loader=FileSystemLoader(templates))
    return environment.get_template(TEMPLATE).render(
        content=data,
        declared=declared,
        units={name: _UNITS.get(p.unit, f" {p.unit}") for name, p in declared.items()},
        choices=data["choices"],
        scenarios=data["scenarios"],
        untold=list(_untold(data, page.outcomes)),
        argument=lambda name, value: shlex.quote(f"{name}={value}"),
        differing=list(_differing(data, page.shown.record.inputs.parameters)),
        surface=surface(data)[0],
    )


def _declared(chapter: str) -> dict[str, ParameterDescription]:
    return {p.name: p for p in parameters.describe(chapter_parameters.of_chapter(chapter))}


def _choices(content: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the values of the controls that are no sliders, by parameter."""
    declared = _declared(content["chapter"])
    found = {name: declared[name].choices for name in content["labels"] if name in declared}
    return {name: values for name, values in found.items() if values}


def _scenario(content: Mapping[str, Any], outcome: Outcome, baseline: Outcome) -> dict[str, Any]:
    """Return what a scenario sets, by controls and otherwise, and what its full runs give."""
    chapter, given = content["chapter"], outcome.scenario.of_chapter(content["chapter"])
    moved = {*_choices(content), *(slider["name"] for slider in content["sliders"])}
    run = outcome.runs.get(chapter)
    number = run.results.numbers.get(content["number"]) if run else None
    before, after = baseline.verdicts, outcome.verdicts
    return {
        "name": outcome.scenario.name,
        "title": outcome.scenario.title,
        "values": {name: value for name, value in given.items() if name in moved},
        "others": {name: value for name, value in given.items() if name not in moved},
        "chance": number.estimate.value / 100 if number else None,
        "verdicts": [
            f"“{baseline.parts[part].says}” from {before[part]} to {after[part]}"
            for part in before
            if part in after and after[part] != before[part]
        ],
    }


def _says(outcomes: Sequence[Outcome], part: str) -> str:
    """Return what a part of a claim says; its name, if no run at hand judges it."""
    known = outcomes[0].parts
    return known[part].says if part in known else part


def _untold(data: Mapping[str, Any], outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield what the chapter judges, and no surface tells."""
    run = outcomes[0].runs.get(data["chapter"])
    told = {rule["part"] for rule in data["verdicts"]}
    for part, claim in run.results.claims.items() if run else ():
        if part not in told:
            yield claim.says or part


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _differing(data: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the run on the page has otherwise than the surface, and no control moves."""
    moved = {slider["name"] for slider in data["sliders"]}
    for name, value in data["baseline"].items():
        if name not in moved and name not in data["choices"] and values[name] != value:
            yield f"{name} = {values[name]}"
