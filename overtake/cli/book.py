"""``overtake build``, ``serve``, ``scenarios``, ``release``, ``assemble``, ``bom``: the book."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from overtake.cli import AsJson, out, shown, write_json
from overtake.core.errors import INTERRUPTED_EXIT_CODE
from overtake.core.paths import Project
from overtake.runs import scenarios

app = typer.Typer()

_TODAY = "today"


@app.command()
def build(
    scenario: Annotated[
        str, typer.Option("--scenario", "-s", help="A scenario's name; the published book if none.")
    ] = scenarios.BASELINE,
) -> None:
    """Build the book, or the book under a scenario into a folder of its own."""
    project = Project.find()
    name = "" if scenario == scenarios.BASELINE else scenarios.load(project, scenario).name
    target = project.scenario_output(name) if name else project.root
    target.mkdir(parents=True, exist_ok=True)
    jupyter_book = str(Path(sys.executable).with_name("jupyter-book"))
    command = [jupyter_book, "build", ".", "--path-output", str(target), "-W", "-n", "--keep-going"]
    environment = {**os.environ, scenarios.VARIABLE: name}
    built = subprocess.run(command, cwd=project.root, env=environment, check=False)  # noqa: S603
    if built.returncode:
        raise typer.Exit(built.returncode)
    out.print(f"The book is at {target / '_build' / 'html' / 'index.html'}")


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
        write_json([scenario.model_dump() for scenario in loaded])
        return
    table = Table(Column("Name", no_wrap=True), "Title", "What it changes")
    for scenario in loaded:
        changes = (
            f"{chapter}: {name} = {value if isinstance(value, scenarios.Range) else shown(value)}"
            for chapter, name, value in scenario.changes
        )
        table.add_row(scenario.name, scenario.title, "\n".join(changes))
    out.print(table)


def _day(text: str) -> date:
    if text == _TODAY:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date such as 2026-11-24, nor {_TODAY}") from None


@app.command()
def release(
    version: Annotated[str, typer.Argument(help="The new version, e.g. 1.2.0.")],
    day: Annotated[
        date,
        typer.Option(
            "--date", help="Day of the release, which citations give: ISO, or today.", parser=_day
        ),
    ],
) -> None:
    """Freeze a version: check, build, repeat every run, and write the release, or nothing.

    Writes CITATION.cff, .zenodo.json, published.txt in figures/, data/, numbers/ and
    chapters/, releases/VERSION.json, and into _build/releases the bill of materials
    VERSION.cdx.json, VERSION.datacite.json and VERSION.zip: what no earlier version's
    archive there holds of the site. It commits and uploads nothing.
    """
    from overtake.publishing import freeze, releases

    project = Project.find()
    made = freeze.freeze(project, version, day)
    archives = [each.archive for each in releases.read_all(project)]
    missing = [each.name for each in archives if not (project.archives / each.name).is_file()]
    out.print(
        f"Version {version} of {made.released}: {len(made.figures)} figures of {len(made.runs)} "
        f"runs, every run reproduced; what no earlier version has of its site is in "
        f"{project.archives / made.archive.name} ({made.archive.size / 1e6:.1f} MB)"
    )
    if missing:
        named = ", ".join(missing)
        out.print(f"Nothing is shared with what is not in {project.archives}: {named}")
    out.print(
        "Next: git add CITATION.cff .zenodo.json chapters data figures numbers releases && "
        f"git commit -m 'Release {version}' && git tag {version}; "
        "then attach both files (docs/releasing.md)"
    )


@app.command()
def assemble(
    archives: Annotated[
        Path | None,
        typer.Argument(help="Folder with the archives; _build/releases if none is named."),
    ] = None,
) -> None:
    """Put every released version into the built book, under /v/VERSION/."""
    from overtake.publishing import assembly, releases

    project = Project.find()
    versions = assembly.assemble(project, archives or project.archives)
    named = ", ".join(versions) or "none yet"
    out.print(f"Versions under {project.site / releases.FOLDER}: {named}")


@app.command()
def bom(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; the screen if none.")
    ] = None,
) -> None:
    """List what the locked environment holds, with licences and hashes: CycloneDX."""
    from overtake.publishing import materials

    bill = materials.bill(Project.find())
    if output is None:
        typer.echo(bill, nl=False)
    else:
        output.write_text(bill, encoding="utf-8")
