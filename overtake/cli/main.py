"""The command line: each group of commands is a module of `overtake.cli`."""

import typer

from overtake.cli import (
    book,
    citing,
    comparing,
    data,
    proving,
    releasing,
    rerunning,
    sweeping,
)
from overtake.cli.console import ErrorsAsMessages

app = typer.Typer(
    cls=ErrorsAsMessages,
    help="Rerun Overtake's chapters with other parameters, cite them, and look after its tables.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for group in (rerunning, comparing, sweeping, citing, proving, book, releasing):
    app.add_typer(group.app)
app.add_typer(data.app, name="data")
app.add_typer(citing.figures, name="figures")
app.add_typer(data.forecasts, name="forecasts")
