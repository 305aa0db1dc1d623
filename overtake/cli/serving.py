"""``overtake serve``: the built book, which follows its sources."""

from typing import Annotated

import typer

from overtake.cli.console import out
from overtake.core.errors import INTERRUPTED_EXIT_CODE
from overtake.core.paths import Project

app = typer.Typer()


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
