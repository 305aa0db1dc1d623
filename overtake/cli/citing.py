"""``overtake cite``, ``identify`` and ``figures``: where a figure comes from, and its address."""

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from overtake.cli.console import AsJson, out
from overtake.core.errors import OvertakeError, PublicationError
from overtake.core.paths import Project
from overtake.publishing import publication, published
from overtake.runs import runs
from overtake.runs.runs import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from overtake.publishing.stamping import Condition, Identification

app = typer.Typer()
figures = typer.Typer(help="The addresses of figures that were given out.", no_args_is_help=True)

_CONDITIONS: "Mapping[Condition, str]" = MappingProxyType(
    {
        "unchanged": "unchanged, byte for byte what the run drew",
        "resaved": "what the run drew, in a file that was written anew",
        "changed": "changed since it was stamped: it does not show what the run drew",
        "damaged": "damaged: {}",
    }
)
_STILL_THE_RUNS = ("unchanged", "resaved")
_NOT_THE_RUNS = 1


class FormatName(StrEnum):
    """The formats of a citation, named here because the module that writes them loads slowly."""

    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"
    APA = "apa"
    CHICAGO = "chicago"


@app.command()
def cite(
    id: Annotated[str, typer.Argument(help="book, or a chapter, a table or a figure by its id.")],
    format: Annotated[
        FormatName, typer.Option("--format", "-f", help="What to write.")
    ] = FormatName.APA,
) -> None:
    """Write a citation of the book, a chapter, a table or a figure."""
    from overtake.publishing.citations import formats
    from overtake.publishing.citations.catalogue import Catalogue

    project = Project.find()
    book = publication.read(project)
    cited = Catalogue.of_published(project, book).find(id)
    typer.echo(formats.FORMATS[format].write(formats.item(cited, book, project)), nl=False)


@app.command()
def identify(
    file: Annotated[Path, typer.Argument(help="A picture: PNG, SVG or PDF.", show_default=False)],
    *,
    as_json: AsJson = False,
) -> None:
    """Say which figure a picture is, from which run, how to cite it, and whether it was changed."""
    from overtake.publishing import stamping

    found = stamping.identify_file(file)
    record = _store_says(found)
    if as_json:
        told = {**asdict(found), "store": record}
        typer.echo(json.dumps(told, indent=1))  # a stranger's file: in ASCII
    else:
        for label, text in (*_lines(found), ("Run store", record)):
            out.print(f"{label + ':':<12}{_printable(text)}", soft_wrap=True)
    if found.condition not in _STILL_THE_RUNS:
        raise typer.Exit(_NOT_THE_RUNS)


@figures.command()
def freeze() -> None:
    """Add the book's figures to those whose addresses must keep working."""
    project = Project.find()
    plans = [runs.plan(project, name) for name in project.chapter_names()]
    found = {inputs.chapter: runs.find(project, inputs) for inputs in plans}
    if missing := [chapter for chapter, run in found.items() if run is None]:
        raise PublicationError(f"no run yet of {', '.join(missing)}: `make book` makes it")
    current = {name for run in found.values() if run for name in run.figures}
    new = published.read(project).freeze(current)
    for name in new:
        out.print(name)
    out.print(f"{len(new)} new; git keeps {project.figures / published.IDS_NAME}", soft_wrap=True)


def _lines(found: "Identification") -> list[tuple[str, str]]:
    said = found.said
    return [
        ("Figure", f"{said.figure}: {said.title}"),
        ("Run", said.run),
        ("Citation", said.citation),
        ("Address", said.address),
        ("Data", said.data),
        ("Licence", said.licence),
        ("Picture", _CONDITIONS[found.condition].format(found.damage)),
    ]


def _store_says(found: "Identification") -> str:
    """Compare with the run itself, where it is at hand: a stamp may be forged, a store less so."""
    from overtake.publishing.verification import subject

    try:
        run = Run(Project.find().runs / found.said.run)
        drawings = run.drawings if run.folder.is_dir() else None
    except (OvertakeError, OSError):
        drawings = None
    if drawings is None:
        return "this run is not at hand to compare with"
    if found.said.figure not in drawings:
        return "this run has no such figure"
    if subject.is_drawn_in(found, run.folder):
        return "the run has this very picture"
    return "the run has another picture of this figure"


def _printable(text: str) -> str:
    """Spell out what could act on the terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
