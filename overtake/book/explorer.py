"""The forecast explorer: sliders on a page that follow at once, and the full run's command.

A chapter publishes a fitted surface as ``explorer.json`` in its run; the page
carries it as a block of JSON and `theme/explorer.js` evaluates it, so that the
page needs no server and asks for nothing.
"""

import json
import shlex
from collections.abc import Mapping
from typing import Any

from overtake.book import ledger
from overtake.chapter import parameters, style
from overtake.chapter.explorer import FILE_NAME
from overtake.core import templating
from overtake.core.errors import ResultError
from overtake.runs import chapter_parameters
from overtake.runs.runs import Run

SCRIPT = "explorer.js"
# Said by the label already, or too long beside it.
_UNITS = {"year": "", "share": "", "orders of magnitude a year": " orders of magnitude a year"}
_CHOICES = ("leading_definition", "import_regime")


def read(run: Run) -> dict[str, Any]:
    """Return what a run has published.

    Raises
    ------
    ResultError
        If it has published none.
    """
    path = run.folder / FILE_NAME
    if not path.is_file():
        raise ResultError(f"run {run.id} has published no {FILE_NAME}")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def render(content: Mapping[str, Any], shown: Run) -> str:
    """Return the explorer as HTML; everything that comes from runs is escaped.

    Parameters
    ----------
    content : mapping
        What `read` returns.
    shown : Run
        The run of the chapter that it stands for, as the book shows it.
    """
    chapter = content["chapter"]
    declared = {p.name: p for p in parameters.describe(chapter_parameters.of_chapter(chapter))}
    page = {
        **content,
        "command": ledger.rerun_command(chapter, {}),
        "colours": {
            "line": content["colour"],
            "reference": style.REFERENCE_COLOUR,
            "unlikely": style.CATEGORY_COLOURS[0],
        },
    }
    return templating.render(
        "explorer.html",
        content=content,
        declared=declared,
        units={name: _UNITS.get(p.unit, f" {p.unit}") for name, p in declared.items()},
        choices={name: _options(declared[name], content) for name in _CHOICES},
        differing=_differing(content, shown),
        data=_json_block(page),
    )


def _options(declared: parameters.ParameterDescription, content: Mapping[str, Any]) -> list[Any]:
    """Value, label and quoted argument of each choice."""
    return [
        (value, content["definitions"].get(value, value), shlex.quote(f"{declared.name}={value}"))
        for value in declared.choices
    ]


def _differing(content: Mapping[str, Any], shown: Run) -> list[str]:
    """Parameters of the run on the page that no slider moves and the surface has otherwise."""
    values = shown.record.inputs.parameters
    moved = {slider["name"] for slider in content["sliders"]} | set(_CHOICES)
    return [
        f"{name} = {values[name]}"
        for name, value in content["baseline"].items()
        if name not in moved and values[name] != value
    ]


def _json_block(content: Mapping[str, Any]) -> str:
    """Return JSON that no browser takes for the end of its element."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")
