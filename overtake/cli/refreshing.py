"""``overtake data refresh``, ``vintages``, ``unpack``: newer data, and older states of them."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from overtake.cli.console import Memory, Timeout, limits, out
from overtake.core.paths import Project
from overtake.runs import comparison_words as words

if TYPE_CHECKING:
    from overtake.publishing.refreshing.candidate import Candidate, Fetch
    from overtake.publishing.refreshing.download import Downloaded
    from overtake.publishing.refreshing.effects import Effects
    from overtake.publishing.refreshing.sources import Source, SourceFile

app = typer.Typer()


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
    asked for, 6 if the disk is full, 1 if a table breaks its schema or would
    lose many rows, or, with --apply, a chapter fails with the newer data. In
    all these cases the data are as they were, and after Ctrl-C too, unless they
    were just being replaced: then `git restore data` brings them back.
    """
    from overtake.publishing.refreshing import applying, candidate, effects, sources

    project = Project.find()
    wanted = sources.named(sources.read(project.data), source or [])
    _made(project).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="refresh-", dir=_made(project)) as folder:
        newer = candidate.build(
            project, wanted, Path(folder), fetch=_fetcher(project), today=datetime.now(UTC).date()
        )
        _print_tables(project, newer)
        if not newer.changed:
            return
        if not tables_only:
            found = effects.of(project, newer, limits(timeout, memory))
            _print_effects(found)
            if apply:
                effects.require_runs(found)
        if not apply:
            out.print("Nothing was replaced: --apply does.")
            return
        applying.apply(project, newer, accept_losses or [])
    out.print(f"The data are now vintage {newer.vintage.id}.")
    out.print("Next: `make book`, then `overtake forecasts score`.")


@app.command()
def vintages() -> None:
    """List the states of the data that are at hand, the present one first."""
    from overtake.publishing import vintages

    shown = Table("Vintage", "Tables", "Newest retrieved", "")
    for vintage in vintages.all_vintages(Project.find()):
        present = "present" if vintage.current else ""
        shown.add_row(vintage.id, str(len(vintage.resources)), vintage.retrieved, present)
    out.print(shown)


@app.command()
def unpack(
    vintage: Annotated[str, typer.Argument(help="The beginning of a vintage's id.")],
    folder: Annotated[Path, typer.Argument(help="A folder that is empty or not there yet.")],
) -> None:
    """Write an older state of the data into a folder; OVERTAKE_DATA=FOLDER then uses it."""
    from overtake.publishing import vintages

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise typer.BadParameter(f"{folder} is there already")
    project = Project.find()
    found = vintages.find(project, vintage)
    vintages.unpack(project, found, folder)
    out.print(
        f"vintage {found.id}: OVERTAKE_DATA={folder.absolute()} overtake run …", soft_wrap=True
    )


def _made(project: Project) -> Path:
    return project.root / "_build" / "refresh"


def _fetcher(project: Project) -> "Fetch":
    """Return what fetches one file and shows how far it is."""
    from overtake.publishing.refreshing import download

    def fetch(origin: str, source: "Source", file: "SourceFile", target: Path) -> "Downloaded":
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        with Progress(*columns, console=out, transient=True) as progress:
            task = progress.add_task(origin)
            return download.fetch(
                file,
                target,
                partial=_made(project) / "partial",
                redirect_hosts=source.redirect_hosts,
                progress=lambda done, whole: progress.update(task, completed=done, total=whole),
            )

    return fetch


def _print_tables(project: Project, newer: "Candidate") -> None:
    from overtake.publishing import vintages

    out.print(newer.report.summary(), soft_wrap=True)
    for name, change in newer.losses.items():
        out.print(f"{name} loses {change.removed} rows: is its file whole?", soft_wrap=True)
    if newer.changed:
        out.print(f"vintage {vintages.current(project).id} → {newer.vintage.id}", soft_wrap=True)
    else:
        out.print("The publishers' files make the tables that are here already.")


def _print_effects(found: "Effects") -> None:
    from overtake.publishing.refreshing import effects

    for chapter in found.chapters:
        out.print(Text(chapter.chapter, style="bold"))
        shown = Table("Number", "now", "newer", "Change", "Intervals overlap")
        for n in (moved := effects.moved(chapter)):
            before, after = words.estimate(n.baseline), words.estimate(n.other)
            shown.add_row(words.name_of(n), before, after, words.difference(n), words.overlap(n))
        out.print(shown if moved else "no headline number moves")
        for claim, (before, after) in chapter.verdicts.items():
            out.print(f"verdict on {claim}: {before} → {after}", soft_wrap=True)
        if not chapter.verdicts:
            out.print("no verdict moves")
    for name, reason in found.failed.items():
        out.print(f"{name} fails with the newer data: {reason}", soft_wrap=True)
    if not found.chapters and not found.failed:
        out.print("No chapter reads a table that changed.")
