"""The command line: its groups of commands, and how it ends when something is wrong."""

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from overtake.cli import book, citing, data, numbers, rerunning, sweeping, why
from overtake.core.errors import INTERRUPTED_EXIT_CODE, OvertakeError


class ErrorsAsMessages(TyperGroup):
    """The root of the commands: what a user can mend is told without a traceback."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  (as click declares it)
        """Run a command, and end with the error's exit code if it raises one of ours."""
        try:
            return super().invoke(ctx)
        except OvertakeError as error:
            message, code = str(error), error.exit_code
        except KeyboardInterrupt:
            message = "interrupted; nothing of the runs under way was stored"
            code = INTERRUPTED_EXIT_CODE
        print(f"overtake: {message}", file=sys.stderr)  # noqa: T201  (results go to stdout)
        raise typer.Exit(code)


app = typer.Typer(
    cls=ErrorsAsMessages,
    help="Rerun Overtake's chapters with other parameters, cite them, and look after its tables.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for group in (rerunning, why, sweeping, citing, book):
    app.add_typer(group.app)
app.add_typer(data.app, name="data")
app.add_typer(citing.figures, name="figures")
app.add_typer(data.forecasts, name="forecasts")
app.add_typer(numbers.app, name="numbers")
