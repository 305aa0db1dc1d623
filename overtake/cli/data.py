"""``overtake data``: import and check the tables of data/."""

from pathlib import Path
from typing import Annotated

import typer

from overtake.cli.console import out
from overtake.core import atomic
from overtake.core.paths import Project

app = typer.Typer(help="Import and check the tables of data/.", no_args_is_help=True)


@app.command("import")
def import_data(
    folder: Annotated[
        Path,
        typer.Argument(help="Folder with the publishers' files.", exists=True, file_okay=False),
    ],
) -> None:
    """Import tables from source files and show what changed."""
    from overtake.data.importing import import_tables

    out.print(import_tables(folder, Project.find().data).summary())


@app.command("describe")
def describe_data() -> None:
    """Write datapackage.json anew from the descriptors and the tables as they are."""
    from overtake.data.importing import assemble

    data = Project.find().data
    atomic.write(data / "datapackage.json", assemble(data).encode())
    check_data()


@app.command("check")
def check_data() -> None:
    """Check every table against its schema and rules."""
    from overtake.data import tables

    out.print(f"{len(tables.check_all())} tables are as their schemas say")
