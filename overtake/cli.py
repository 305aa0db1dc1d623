"""The command line: rerun a chapter, look at its parameters, import and check data."""

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Column, Table

from overtake import chapter_parameters, compare, parameters, prose, runs
from overtake.engine import Limits
from overtake.errors import INTERRUPTED_EXIT_CODE, OvertakeError, ParameterError
from overtake.paths import Project
from overtake.results import RecordedEstimate

app = typer.Typer(
    help="Rerun Overtake's chapters with other parameters, and look after its tables.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
data_app = typer.Typer(help="Import and check the tables of data/.", no_args_is_help=True)
app.add_typer(data_app, name="data")

_out = Console(highlight=False)


@app.command()
def run(
    chapter: Annotated[str, typer.Argument(help="Name of a chapter, e.g. hardware-bottleneck.")],
    given: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", help="name=value; may be repeated."),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(help="Seconds after which a run is stopped.", min=0.1, show_default=False),
    ] = None,
    memory: Annotated[
        float | None,
        typer.Option(help="GiB of memory that a run may use.", min=0.1, show_default=False),
    ] = None,
) -> None:
    """Run a chapter with other parameters and show its numbers beside the baseline's.

    Ends with 0 if all went well, 1 if the chapter or the project has an error,
    2 if a parameter or an option is wrong, 3 after --timeout, 4 if the
    chapter's process died, 5 if it found no memory, 6 if the store can't be
    written, for instance because the disk is full, 130 after Ctrl-C. A run
    that fails leaves nothing in the store.
    """
    try:
        project = Project.find()
        values = _parse_assignments(given or [])
        wanted = [runs.plan(project, chapter), runs.plan(project, chapter, values)]
        limits = Limits(timeout, None if memory is None else int(memory * 2**30))
        baseline, other = runs.ensure_each(project, wanted, limits=limits)
    except OvertakeError as error:
        _fail(error)
    except KeyboardInterrupt:
        _say("interrupted; nothing of the runs under way was stored")
        raise typer.Exit(INTERRUPTED_EXIT_CODE) from None
    _print_comparison(baseline, other)


@app.command()
def params(
    chapter: Annotated[
        str | None, typer.Argument(help="Name of a chapter; all by default.")
    ] = None,
) -> None:
    """List parameters with type, unit, bounds, default, meaning and source."""
    try:
        names = [chapter] if chapter else sorted(chapter_parameters.DECLARATIONS)
        for name in names:
            _out.print(_parameter_table(name))
    except OvertakeError as error:
        _fail(error)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port; 0 for any that is free.")] = 8000,
    host: Annotated[
        str, typer.Option(help="Address to listen on; others reach all but the default.")
    ] = "127.0.0.1",
) -> None:
    """Serve the built book on this machine and build it again when a source changes."""
    from overtake import server

    try:
        server.serve(Project.find(), host=host, port=port, say=_out.print)
    except OvertakeError as error:
        _fail(error)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED_EXIT_CODE) from None


@data_app.command("import")
def import_data(
    folder: Annotated[
        Path,
        typer.Argument(help="Folder with the publishers' files.", exists=True, file_okay=False),
    ],
) -> None:
    """Import tables from source files and show what changed."""
    from overtake.importing import import_tables

    try:
        report = import_tables(folder, Project.find().data)
    except OvertakeError as error:
        _fail(error)
    _out.print(report.summary())


@data_app.command("describe")
def describe_data() -> None:
    """Write datapackage.json anew from the descriptors and the tables as they are."""
    from overtake.importing import assemble

    data = Project.find().data
    (data / "datapackage.json").write_text(assemble(data), encoding="utf-8", newline="\n")
    check_data()


@data_app.command("check")
def check_data() -> None:
    """Check every table against its schema and rules."""
    from overtake import tables

    try:
        rows = tables.check_all()
    except OvertakeError as error:
        _fail(error)
    _out.print(f"{len(rows)} tables are as their schemas say")


def _parse_assignments(assignments: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for assignment in assignments:
        name, separator, value = assignment.partition("=")
        if not separator or not name.strip():
            raise ParameterError(f"{assignment!r}: a parameter is given as name=value")
        values[name.strip()] = value
    return values


def _print_comparison(baseline: runs.Run, other: runs.Run) -> None:
    changed = compare.parameter_changes(baseline, other)
    for name, (before, after) in changed.items():
        _out.print(f"{name}: {before} → [bold]{after}[/bold]")
    table = Table("Number", "Baseline", "This run", "Change", "Intervals overlap")
    for change in compare.headline_changes(baseline, other):
        table.add_row(
            f"{change.label} ({change.unit})" if change.unit else change.label,
            _cell(change.baseline),
            _cell(change.other),
            "none" if not change.difference else prose.number(change.difference),
            {True: "yes", False: "no", None: "not in both"}[change.intervals_overlap],
        )
    _out.print(table)
    for claim, (before, after) in compare.verdict_changes(baseline, other).items():
        _out.print(f"verdict on {claim}: {before} → [bold]{after}[/bold]")
    _out.print(f"baseline {baseline.id}, this run {other.id}: {other.folder}")


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return "not in this run"
    estimate = RecordedEstimate.of(row)
    return f"{prose.number(row['value'], row['digits'])} ({prose.span(estimate, row['digits'])})"


def _parameter_table(chapter: str) -> Table:
    name = Column("Name", no_wrap=True)
    table = Table(name, "Type", "Default", "Allowed", "Meaning and source", title=chapter)
    for p in parameters.describe(chapter_parameters.of_chapter(chapter)):
        default = f"{p.default} {p.unit}".strip()
        table.add_row(p.name, p.type, default, p.bounds, f"{p.meaning} ({p.source})")
    return table


def _fail(error: OvertakeError) -> NoReturn:
    _say(str(error))
    raise typer.Exit(error.exit_code)


def _say(message: str) -> None:
    print(f"overtake: {message}", file=sys.stderr)  # noqa: T201  (this is the command line)
