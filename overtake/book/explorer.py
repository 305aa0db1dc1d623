"""The explorer: sliders on a page that follow at once, and the full run's command.

A chapter publishes a fitted surface as ``explorer.json`` in its run. The book's template
``theme/templates/explorer.html`` shows its controls. The surface stands beside the site's
scripts, as a script of its own, since a page opened from a file may fetch nothing else;
``theme/explorer.js`` asks for it when a reader comes near, and evaluates it.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader

from overtake.book import ledger
from overtake.book.interactive import json_block
from overtake.chapter import parameters, style
from overtake.chapter.results import EXPLORER_NAME
from overtake.core import digests, pages
from overtake.core.errors import ResultError
from overtake.runs import chapter_parameters
from overtake.runs.runs import Run

SCRIPT, TEMPLATE = "explorer.js", "explorer.html"
TEMPLATES = Path("theme", "templates")
_DIGEST_CHARACTERS = 8
# Said by the label already, or too long beside it.
_UNITS = {"year": "", "share": "", "orders of magnitude a year": " orders of magnitude a year"}


def read(run: Run) -> dict[str, Any]:
    """Return the surface that a run has published."""
    path = run.folder / EXPLORER_NAME
    if not path.is_file():
        raise ResultError(f"run {run.id} has published no {EXPLORER_NAME}")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def surface(content: Mapping[str, Any]) -> tuple[str, str]:
    """Return name and text of the script that holds the surface of what `read` returns."""
    data = {
        **content,
        "command": ledger.rerun_command(content["chapter"], {}),
        "colours": {"line": content["colour"], "reference": style.REFERENCE_COLOUR},
    }
    text = f"window.overtakeSurface = {json_block(data)};\n"
    return f"explorer-{digests.of(text.encode())[:_DIGEST_CHARACTERS]}.js", text


def render(content: Mapping[str, Any], shown: Run, templates: Path) -> str:
    """Return the explorer of what `read` returns as HTML, from the book's folder of templates.

    `shown` is the run, as the book shows it, of the chapter that the surface stands for.
    """
    chapter = content["chapter"]
    declared = {p.name: p for p in parameters.describe(chapter_parameters.of_chapter(chapter))}
    choices = {name: declared[name].choices for name in content["labels"] if name in declared}
    environment = pages.environment().overlay(loader=FileSystemLoader(templates))
    return environment.get_template(TEMPLATE).render(
        content=content,
        declared=declared,
        units={name: _UNITS.get(p.unit, f" {p.unit}") for name, p in declared.items()},
        choices={name: values for name, values in choices.items() if values},
        argument=lambda name, value: shlex.quote(f"{name}={value}"),
        differing=list(_differing(content, choices, shown.record.inputs.parameters)),
        surface=surface(content)[0],
    )


def _differing(
    content: Mapping[str, Any], choices: Mapping[str, Any], values: Mapping[str, Any]
) -> Iterator[str]:
    """Yield what the run on the page has otherwise than the surface, and no control moves."""
    moved = {slider["name"] for slider in content["sliders"]}
    for name, value in content["baseline"].items():
        if name not in moved and not choices.get(name) and values[name] != value:
            yield f"{name} = {values[name]}"
