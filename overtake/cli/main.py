"""The command line: each group of commands is a module of `overtake.cli`."""

import typer

from overtake.cli import (
    book,
    citing,
    comparing,
    data,
    figures,
    forecasting,
    proving,
    refreshing,
    releasing,
    rerunning,
    serving,
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
for group in (rerunning, comparing, sweeping, citing, proving, book, releasing, serving):
    app.add_typer(group.app)
data.app.add_typer(refreshing.app)
app.add_typer(data.app, name="data")
app.add_typer(figures.app, name="figures")
app.add_typer(forecasting.app, name="forecasts")
