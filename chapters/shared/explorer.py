"""The explorer: sliders on a page that follow at once, and the full run's command.

An extension of Sphinx of the book's own, named in ``_config.yml``. A chapter publishes a fitted
surface as ``explorer.json`` in its run. The template ``theme/templates/explorer.html`` shows its
controls and carries it as a block of JSON, which ``theme/explorer.js`` evaluates, so that the
page needs no server and asks for nothing.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from jinja2 import FileSystemLoader
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from overtake.book import building, ledger
from overtake.book.figure_site import ASSETS
from overtake.chapter import parameters, style
from overtake.chapter.results import EXPLORER_NAME
from overtake.core import pages
from overtake.core.errors import ResultError
from overtake.runs import chapter_parameters
from overtake.runs.runs import Run

SCRIPT, TEMPLATE = "explorer.js", "explorer.html"
TEMPLATES = Path("theme", "templates")
# Said by the label already, or too long beside it.
_UNITS = {"year": "", "share": "", "orders of magnitude a year": " orders of magnitude a year"}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the explorer with Sphinx."""
    app.add_directive("explorer", Explorer)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


class Explorer(SphinxDirective):
    """Sliders over a surface; the argument is the chapter that publishes it.

    The content is a sentence that stands in its place on paper.
    """

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the explorer as it stands in the page."""
        build = building.of(self.env.app)
        with building.stopping_at_refusals():
            content = read(build.run_of(self.arguments[0]))
            shown = build.run_of(content["chapter"])
        page = render(content, shown, build.project.root / TEMPLATES)
        said = {ASSETS: (SCRIPT,), "on_paper": " ".join(self.content)}
        return [nodes.raw("", page, format="html", **said)]


def read(run: Run) -> dict[str, Any]:
    """Return what a run has published.

    Raises
    ------
    ResultError
        If it has published none.
    """
    path = run.folder / EXPLORER_NAME
    if not path.is_file():
        raise ResultError(f"run {run.id} has published no {EXPLORER_NAME}")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def render(content: Mapping[str, Any], shown: Run, templates: Path) -> str:
    """Return the explorer as HTML; everything that comes from runs is escaped.

    Parameters
    ----------
    content : mapping
        What `read` returns.
    shown : Run
        The run of the chapter that it stands for, as the book shows it.
    templates : pathlib.Path
        Folder of the book's template.
    """
    chapter = content["chapter"]
    declared = {p.name: p for p in parameters.describe(chapter_parameters.of_chapter(chapter))}
    choices = {name: declared[name].choices for name in content["labels"] if name in declared}
    colours = {"reference": style.REFERENCE_COLOUR, "unlikely": style.CATEGORY_COLOURS[0]}
    environment = pages.environment().overlay(loader=FileSystemLoader(templates))
    return environment.get_template(TEMPLATE).render(
        content=content,
        declared=declared,
        units={name: _UNITS.get(p.unit, f" {p.unit}") for name, p in declared.items()},
        choices={name: values for name, values in choices.items() if values},
        argument=lambda name, value: shlex.quote(f"{name}={value}"),
        differing=list(_differing(content, choices, shown.record.inputs.parameters)),
        data=_json_block(
            {
                **content,
                "command": ledger.rerun_command(chapter, {}),
                "colours": {"line": content["colour"], **colours},
            }
        ),
    )


def _differing(
    content: Mapping[str, Any], choices: Mapping[str, Any], values: Mapping[str, Any]
) -> Iterator[str]:
    """Yield what the run on the page has otherwise than the surface, and no control moves."""
    moved = {slider["name"] for slider in content["sliders"]}
    for name, value in content["baseline"].items():
        if name not in moved and not choices.get(name) and values[name] != value:
            yield f"{name} = {values[name]}"


def _json_block(content: Mapping[str, Any]) -> str:
    """Return JSON that no browser takes for the end of its element."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")
