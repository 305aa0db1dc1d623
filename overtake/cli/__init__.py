"""The commands of ``overtake``, and what they share: where they write, and common options."""

import json
from typing import Annotated

import typer
from rich.console import Console

from overtake.runs.engine import Limits

out = Console(highlight=False, markup=False, soft_wrap=True)
"""Where results go. A value may hold what looks like markup; it is shown as it stands."""

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
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


def write_json(content: object) -> None:
    """Write what a program asked for."""
    typer.echo(json.dumps(content, indent=1, ensure_ascii=False))
