"""``overtake cite`` and ``overtake identify``: where a figure comes from, and how to say so."""

from enum import StrEnum
from typing import Annotated

import typer

from overtake import publication
from overtake.paths import Project

app = typer.Typer()


class FormatName(StrEnum):
    """The formats of a citation; see `overtake.citations.formats`, which is slow to load."""

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
    from overtake.citations import csl, formats
    from overtake.citations.catalogue import Catalogue

    project = Project.find()
    published = publication.read(project)
    cited = Catalogue.of_published(project, published).find(id)
    item = csl.item(cited, published, project)
    typer.echo(formats.FORMATS[format].write(item), nl=False)
