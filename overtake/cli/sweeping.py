"""``overtake sweep``: many runs from one design, here or on a cluster."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn
from rich.table import Table

from overtake.cli import Memory, Timeout, limits, out
from overtake.core import atomic
from overtake.core.errors import ChapterError, RequestError
from overtake.core.paths import Project
from overtake.data import spreadsheet
from overtake.runs import designs, sweeps
from overtake.runs.designs import PlannedRun, Sweep
from overtake.runs.engine import Limits, processes_that_fit
from overtake.runs.models_only import evaluate
from overtake.runs.pools import NO_LIMITS, NumbersPool
from overtake.runs.sweeps import Executor, Outcome

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer()

_SpecFile = Annotated[
    Path,
    typer.Argument(metavar="SPEC", help="YAML file that says what varies, or a scenario's."),
]
_Processes = Annotated[
    int | None,
    typer.Option(min=1, help="Runs at a time; as many as processors and memory allow by default."),
]
_Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Use a Dask cluster, e.g. tcp://host:8786.")
]
_Tries = Annotated[int, typer.Option(min=1, help="How often a run may fail before it is given up.")]
_Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Table to write; _build/sweeps/NAME.csv by default."),
]
_ModelsOnly = Annotated[
    bool,
    typer.Option(
        "--models-only",
        help="Let the models alone compute the numbers, in batches; no runs are stored.",
    ),
]
_Dry = Annotated[bool, typer.Option("--dry-run", help="Say what would be executed, and stop.")]


@app.command()
def sweep(
    file: _SpecFile,
    processes: _Processes = None,
    scheduler: _Scheduler = None,
    tries: _Tries = 2,
    output: _Output = None,
    timeout: Timeout = None,
    memory: Memory = None,
    *,
    models_only: _ModelsOnly = False,
    dry_run: _Dry = False,
) -> None:
    """Run chapters at every point of a design, and write one table of their numbers.

    Of a scenario it is the ranges that vary; the means over them are printed too.

    Runs that the store has are not executed again: after an interruption, the
    same command goes on where it stopped.
    """
    project, wanted = Project.find(), designs.load(file)
    target = output or project.sweeps / f"{wanted.name}.csv"
    planned = designs.plan(project, wanted)
    different = _different(planned)
    if models_only:
        if scheduler:
            raise RequestError("--models-only works on this machine; leave --scheduler out")
        out.print(f"{different} different points, by the models alone")
        if not dry_run:
            at_once = processes or processes_that_fit(NO_LIMITS)
            found = _sweep_models(project, planned, target, at_once)
            _print_means(found, wanted)
        return
    lacking = sweeps.missing(project, planned)
    points = len({p.point for p in planned})
    out.print(f"{points} points, {different} different runs, {len(lacking)} to execute")
    if dry_run:
        return
    outcome = Outcome(0, different, {})
    if lacking:
        with _executor(project, scheduler, processes, limits(timeout, memory)) as executor:
            outcome = _execute(project, planned, executor, tries)
    numbers = sweeps.tidy(project, planned)
    atomic.write(target, spreadsheet.csv_of(numbers).encode())
    told = f"{outcome.executed} executed, {outcome.reused} reused"
    out.print(f"{told}; {len(numbers)} numbers in {target}")
    _print_means(numbers, wanted)
    if outcome.failures:
        raise ChapterError(_failure_text(outcome, planned))


def _sweep_models(
    project: Project, planned: list[PlannedRun], target: Path, processes: int
) -> "pd.DataFrame":
    different = _different(planned)
    with _progress() as bar:
        task = bar.add_task("points", total=different)
        found = evaluate(
            project, planned, processes=processes, tell=lambda n: bar.update(task, completed=n)
        )
    atomic.write(target, spreadsheet.csv_of(found).encode())
    out.print(f"{different} points evaluated; {len(found)} numbers in {target}")
    return found


def _print_means(numbers: "pd.DataFrame", sweep: Sweep) -> None:
    """Print the mean of each number over the ranges of a scenario, and how far it moves."""
    if sweep.design != designs.RANGES_DESIGN or numbers.empty:
        return
    table = Table("Number", "Mean over the ranges", "Smallest", "Largest", "Unit")
    for (chapter, name), part in numbers.groupby(["chapter", "name"], sort=False):
        value = part["value"]
        if value.min() < value.max():
            told = (f"{each:.3g}" for each in (value.mean(), value.min(), value.max()))
            of = f"{chapter}: {name}" if len(sweep.chapters) > 1 else str(name)
            table.add_row(of, *told, str(part["unit"].iloc[0]))
    out.print(table)


def _different(planned: list[PlannedRun]) -> int:
    return len({p.inputs.id for p in planned})


def _progress() -> Progress:
    columns = (*Progress.get_default_columns(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=out)


def _executor(
    project: Project, scheduler: str | None, processes: int | None, allowed: Limits
) -> AbstractContextManager[Executor]:
    if scheduler is None:
        return NumbersPool(project, processes, allowed)
    from overtake.runs.cluster import Cluster

    return Cluster(project, scheduler, allowed)


def _execute(
    project: Project, planned: list[PlannedRun], executor: Executor, tries: int
) -> Outcome:
    with _progress() as bar:
        task = bar.add_task("runs", total=_different(planned))

        def tell(finished: int, failed: int) -> None:
            told = f"runs, {failed} failed" if failed else "runs"
            bar.update(task, completed=finished, description=told)

        return sweeps.execute(project, planned, executor, tries=tries, tell=tell)


def _failure_text(outcome: Outcome, planned: list[PlannedRun]) -> str:
    first = {p.inputs.id: p for p in reversed(planned)}
    failed = [(first[key], problem.splitlines()[0]) for key, problem in outcome.failures.items()]
    lines = [f"point {p.point}, {p.inputs.chapter}, {dict(p.assigned)}: {why}" for p, why in failed]
    return "\n".join([f"{len(lines)} runs failed; the same command tries them again", *lines])
