"""``overtake figures``: the addresses of figures that were given out."""

from collections.abc import Mapping
from typing import Any

import typer

from overtake.cli.console import out
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing import published
from overtake.runs import runs

app = typer.Typer(help="The addresses of figures that were given out.", no_args_is_help=True)


@app.command()
def freeze() -> None:
    """Add the book's figures to those whose addresses must keep working."""
    project = Project.find()
    new = published.freeze(project, _current(project))
    for name in new:
        out.print(name)
    out.print(f"{len(new)} new; git keeps {project.figures / published.IDS_NAME}", soft_wrap=True)


def _current(project: Project) -> Mapping[str, Any]:
    """Return the figures of the published book, all of whose runs must be at hand."""
    plans = [runs.plan(project, name) for name in project.chapter_names()]
    found = {inputs.chapter: runs.find(project, inputs) for inputs in plans}
    if missing := [chapter for chapter, run in found.items() if run is None]:
        raise PublicationError(f"no run yet of {', '.join(missing)}: `make book` makes it")
    return {name: figure for run in found.values() if run for name, figure in run.figures.items()}
