"""``overtake data`` and ``overtake forecasts``: the tables, and what was said of days to come."""

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from overtake.cli import Memory, Timeout, limits, out
from overtake.core import atomic
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import published
from overtake.publishing import vintages as states
from overtake.runs.compare import told_estimate

if TYPE_CHECKING:
    from overtake.publishing.refreshing.candidate import Candidate, Effects
    from overtake.publishing.refreshing.download import Downloaded, SourceFile

app = typer.Typer(help="Import, check and refresh the tables of data/.", no_args_is_help=True)
forecasts = typer.Typer(
    help="Keep the book's forecasts, and score them later.", no_args_is_help=True
)


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
    atomic.write(data / tables.PACKAGE_FILE, assemble(data).encode())
    check_data()


@app.command("check")
def check_data() -> None:
    """Check every table against its schema and rules."""
    out.print(f"{len(tables.check_all())} tables are as their schemas say")


@app.command()
def refresh(
    source: Annotated[
        list[str] | None,
        typer.Argument(help="Sources as data/sources.yml names them; all with an address if none."),
    ] = None,
    accept_losses: Annotated[
        list[str] | None,
        typer.Option("--accept-losses", help="A table that may lose many rows; may be repeated."),
    ] = None,
    timeout: Timeout = None,
    memory: Memory = None,
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="Replace the tables; without it, only show.")
    ] = False,
    tables_only: Annotated[
        bool, typer.Option("--tables-only", help="Compare tables only; run no chapter.")
    ] = False,
) -> None:
    """Fetch newer data and show what changes: rows, headline numbers, verdicts.

    Ends with 2 if a source is not known or has no address, 8 if a publisher
    can't be reached or its server fails, 9 if what it gives is not what was
    asked for, 1 if a table breaks its schema or would lose many rows, or, with
    --apply, a chapter fails with the newer data or git does not have the present
    ones. In all these cases the data are as they were. After Ctrl-C, or 6 for a
    full disk, they are too, unless they were just being replaced: then tables
    are refused until `git restore data`.
    """
    from overtake.publishing.refreshing import candidate, download

    project = Project.find()
    wanted = download.wanted(project.data, source or [])

    def fetch(origin: str, file: "SourceFile", target: Path) -> "Downloaded":
        with out.status(f"fetching {origin}"):
            return download.fetch(file, target)

    made = project.root / "_build" / "refresh"
    made.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="refresh-", dir=made) as folder:
        newer = candidate.build(project, wanted, Path(folder), fetch=fetch, today=_today())
        _print_tables(project, newer)
        if not newer.changed:
            return
        if not tables_only:
            found = candidate.effects(project, newer, limits(timeout, memory))
            _print_effects(found)
            if apply:
                found.require_runs()
        if not apply:
            out.print("Nothing was replaced: --apply does.")
            return
        candidate.apply(project, newer, accept_losses or [])
    out.print(f"The data are now vintage {newer.vintage.id}.")
    out.print("Next: `make book`, then `overtake forecasts score`.")


@app.command()
def vintages() -> None:
    """List the states of the data that git has, the present one first."""
    shown = Table("Vintage", "Tables", "Newest retrieved", "")
    for vintage in states.all_vintages(Project.find()):
        where = f"commit {vintage.commit[:10]}" if vintage.commit else "present"
        shown.add_row(vintage.id, str(len(vintage.resources)), vintage.retrieved, where)
    out.print(shown)


@app.command()
def freeze() -> None:
    """Add the tables to those whose addresses must keep working."""
    known = published.read_tables(Project.find())
    new = known.freeze(tables.names())
    out.print(*new, f"{len(new)} new; git keeps {known.folder / published.IDS_NAME}", sep="\n")


@app.command()
def unpack(
    vintage: Annotated[str, typer.Argument(help="The beginning of a vintage's id.")],
    folder: Annotated[Path, typer.Argument(help="A folder that is empty or not there yet.")],
) -> None:
    """Write an older state of the data into a folder; OVERTAKE_DATA=FOLDER then uses it."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise typer.BadParameter(f"{folder} is there already")
    project = Project.find()
    found = states.find(project, vintage)
    states.unpack(project, found, folder)
    out.print(f"vintage {found.id}: OVERTAKE_DATA={folder.absolute()} overtake run …")


@forecasts.command()
def log(
    chapter: Annotated[
        list[str] | None,
        typer.Argument(help="Chapters that give dated forecasts; all that do if none."),
    ] = None,
    *,
    name_old_data: Annotated[
        bool,
        typer.Option(
            "--name-old-data",
            help="Name in a forecast's question the day to which its data reach, if they are old; "
            "without it such a forecast is refused.",
        ),
    ] = False,
) -> None:
    """Add what the chapters' published runs say of days to come; nothing is logged twice."""
    from overtake.publishing import forecast_log

    word = forecast_log.naming_old_data if name_old_data else forecast_log.as_asked
    new = forecast_log.log(Project.find(), chapter or [], _today(), word)
    count = f"{len(new)} forecast{'s' * (len(new) > 1)} added"
    out.print(count if new else "every forecast is in the log already")


@forecasts.command()
def score() -> None:
    """Score the forecasts that the present data settle."""
    from overtake.book.forecast_log_page import summary
    from overtake.publishing import forecast_log

    project = Project.find()
    for forecast, scored in forecast_log.score(project, _today()):
        out.print(f"{forecast.due}  {scored.rule} {scored.score:.3g}  {forecast.question}")
    out.print(summary(forecast_log.read(project)))


def _print_tables(project: Project, newer: "Candidate") -> None:
    out.print(newer.report.summary())
    for name, change in newer.losses.items():
        out.print(f"{name} loses {change.removed} rows: is its file whole?")
    if newer.changed:
        out.print(f"vintage {states.current(project).id} → {newer.vintage.id}")
    else:
        out.print("The publishers' files make the tables that are here already.")


def _print_effects(found: "Effects") -> None:
    for chapter in found.chapters:
        out.print(Text(chapter.chapter, style="bold"))
        shown = Table("Number", "now", "newer", "Change", "Intervals overlap")
        for n in (moved := [number for number in chapter.numbers if number.moved]):
            before, after = told_estimate(n.baseline), told_estimate(n.other)
            shown.add_row(n.label, before, after, n.told_difference, n.told_overlap)
        out.print(shown if moved else "no headline number moves")
        for claim, (before, after) in chapter.verdicts.items():
            out.print(f"verdict on {claim}: {before} → {after}")
        if not chapter.verdicts:
            out.print("no verdict moves")
    for name, reason in found.failed.items():
        out.print(f"{name} fails with the newer data: {reason}")
    if not found.chapters and not found.failed:
        out.print("No chapter reads a table that changed.")


def _today() -> date:
    return datetime.now(UTC).date()
