"""``overtake compare``: two runs, scenarios, or the baseline."""

import json
from pathlib import Path
from typing import Annotated

import typer

from overtake.book import comparison_page
from overtake.cli import comparison_text
from overtake.cli.console import AsJson, ListAll, out
from overtake.core.paths import Project
from overtake.runs import compare as comparing

app = typer.Typer()

_Side = Annotated[str, typer.Argument(help="baseline, a scenario, or the beginning of a run's id.")]


@app.command()
def compare(
    first: _Side,
    second: _Side,
    chapter: Annotated[
        str | None, typer.Option("--chapter", help="The only chapter to look at.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            help="Write a page with the figures side by side.",
            dir_okay=False,
            writable=True,
        ),
    ] = None,
    *,
    list_all: ListAll = False,
    as_json: AsJson = False,
) -> None:
    """Show what differs: parameters, numbers, verdicts, figures. Runs what has no run yet."""
    if html is not None and not html.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {html.absolute().parent}")
    comparison = comparing.compare(Project.find(), first, second, chapter)
    if html is not None:
        html.write_text(comparison_page.render(comparison), encoding="utf-8")
    if as_json:
        text = json.dumps(comparing.as_json(comparison), indent=1, ensure_ascii=False)
        typer.echo(text)
        return
    comparison_text.print_comparison(comparison, list_all=list_all)
    if html is not None:
        out.print(f"side by side: {html}", soft_wrap=True)
