"""``overtake build``, ``serve`` and ``scenarios``: the whole book, also under a scenario."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from overtake.cli.console import AsJson, out, shown
from overtake.core.errors import INTERRUPTED_EXIT_CODE
from overtake.core.paths import Project
from overtake.runs import scenarios
from overtake.runs.scenarios import Scenario

app = typer.Typer()

_STRICT = ("-W", "-n", "--keep-going")


@app.command()
def build(
    scenario: Annotated[
        str | None,
        typer.Option("--scenario", "-s", help="Name of a scenario; the published book if none."),
    ] = None,
) -> None:
    """Build the book, or the book under a scenario into a folder of its own."""
    project = Project.find()
    if scenario is None or scenario == scenarios.BASELINE:
        target, variables, name = project.root, {}, ""
    else:
        name = scenarios.load(project, scenario).name
        target, variables = project.scenario_output(name), {scenarios.VARIABLE: name}
        target.mkdir(parents=True, exist_ok=True)
    command = [_jupyter_book(), "build", ".", "--path-output", str(target), *_STRICT]
    environment = {**os.environ, scenarios.VARIABLE: "", **variables}
    built = subprocess.run(command, cwd=project.root, env=environment, check=False)  # noqa: S603
    if built.returncode:
        raise typer.Exit(built.returncode)
    out.print(f"The book is at {target / '_build' / 'html' / 'index.html'}", soft_wrap=True)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port; 0 for any that is free.")] = 8000,
    host: Annotated[
        str, typer.Option(help="Address to listen on; others reach all but the default.")
    ] = "127.0.0.1",
) -> None:
    """Serve the built book on this machine and build it again when a source changes."""
    from overtake.book import server

    try:
        server.serve(Project.find(), host=host, port=port, say=out.print)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED_EXIT_CODE) from None


@app.command("scenarios")
def list_scenarios(*, as_json: AsJson = False) -> None:
    """List the scenarios with the parameters that they change."""
    loaded = scenarios.load_all(Project.find())
    if as_json:
        typer.echo(json.dumps([s.model_dump() for s in loaded], indent=1, ensure_ascii=False))
        return
    table = Table(Column("Name", no_wrap=True), "Title", "What it changes")
    for scenario in loaded:
        table.add_row(scenario.name, scenario.title, _changes(scenario))
    out.print(table)


def _jupyter_book() -> str:
    """Return the command that stands beside the running Python: the same environment's."""
    return str(Path(sys.executable).parent / "jupyter-book")


def _changes(scenario: Scenario) -> str:
    return "\n".join(
        f"{chapter}: {name} = {shown(value)}"
        for chapter, values in scenario.parameters.items()
        for name, value in values.items()
    )
