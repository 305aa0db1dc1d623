"""How every command writes, and how it ends when something is wrong."""

import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from overtake.core.errors import INTERRUPTED_EXIT_CODE, OvertakeError
from overtake.runs.engine import Limits

out = Console(highlight=False, markup=False)
"""Where results go. A value may hold what looks like markup; it is shown as it stands."""

Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", "-p", help="name=value; may be repeated.", show_default=False),
]
"""The option that gives parameters one by one."""

ListAll = Annotated[bool, typer.Option("--all", help="List the numbers that did not move too.")]
"""The option that asks for what did not move."""

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
"""The option that asks for JSON."""


class ErrorsAsMessages(TyperGroup):
    """The root of the commands: what a user can mend is told without a traceback."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  (as click declares it)
        """Run a command, and end with the error's exit code if it raises one of ours."""
        try:
            return super().invoke(ctx)
        except OvertakeError as error:
            complain(str(error))
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            complain("interrupted; nothing of the runs under way was stored")
            raise typer.Exit(INTERRUPTED_EXIT_CODE) from None


def complain(message: str) -> None:
    """Say what went wrong where results don't go."""
    print(f"overtake: {message}", file=sys.stderr)  # noqa: T201  (this is the command line)


Timeout = Annotated[
    float | None,
    typer.Option(help="Seconds after which a run is stopped.", min=0.1, show_default=False),
]
Memory = Annotated[
    float | None,
    typer.Option(help="GiB of memory that a run may use.", min=0.1, show_default=False),
]


def limits(timeout: float | None, memory: float | None) -> Limits:
    """Return what the options of `Timeout` and `Memory` say."""
    return Limits(timeout, None if memory is None else int(memory * 2**30))


def shown(value: object) -> str:
    """Write a parameter's value so that control characters can't act on the terminal."""
    return "none" if value is None else repr(value)
