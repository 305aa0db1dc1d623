"""``overtake release`` and ``overtake assemble``: versions that never change."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from overtake.cli.console import out
from overtake.core.paths import Project

app = typer.Typer()

_TODAY = "today"


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

    Writes CITATION.cff, .zenodo.json, published.txt in figures/ and chapters/,
    releases/VERSION.json, and into _build/releases the packed site VERSION.zip
    and the bill of materials VERSION.cdx.json. It commits and uploads nothing.
    """
    from overtake.publishing import freeze

    project = Project.find()
    made = freeze.freeze(project, version, day)
    out.print(
        f"Version {version} of {made.released}: {len(made.figures)} figures of {len(made.runs)} "
        f"runs, every run reproduced; its site is {project.archives / made.archive.name}",
        soft_wrap=True,
    )
    out.print(
        "Next: git add CITATION.cff .zenodo.json chapters figures releases && git commit -m "
        f"'Release {version}' && git tag {version}; then attach both files (docs/releasing.md)",
        soft_wrap=True,
    )


@app.command()
def assemble(
    archives: Annotated[
        Path | None,
        typer.Argument(help="Folder with the packed sites; _build/releases if none is named."),
    ] = None,
) -> None:
    """Put every released version into the built book, under /v/VERSION/."""
    from overtake.publishing import releases

    project = Project.find()
    versions = releases.assemble(project, archives or project.archives)
    named = ", ".join(versions) or "none yet"
    out.print(f"Versions under {project.site / releases.FOLDER}: {named}", soft_wrap=True)


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
