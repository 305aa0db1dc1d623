"""``overtake numbers``: what moves the headline numbers, and the addresses given out for them."""

from typing import Annotated

import typer
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

from overtake.cli import Memory, Timeout, limits, out
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing import publication, published
from overtake.publishing.numbers import measuring, moves
from overtake.runs.pools import NumbersPool

app = typer.Typer(help="Look after the headline numbers.", no_args_is_help=True)

_Chapters = Annotated[
    list[str] | None, typer.Argument(metavar="[CHAPTER]...", help="Chapters; all by default.")
]
_Processes = Annotated[
    int | None,
    typer.Option(min=1, help="Runs at a time; as many as processors and memory allow by default."),
]


@app.command()
def freeze() -> None:
    """Add the book's headline numbers to those whose addresses must keep working."""
    from overtake.publishing.citations.catalogue import Catalogue

    project = Project.find()
    catalogue = Catalogue.of_published(project, publication.read(project))
    runs_of = {run.chapter for run in catalogue.numbers.values()}
    if missing := [each.chapter for each in catalogue.wanted if each.chapter not in runs_of]:
        raise PublicationError(f"no run yet of {', '.join(missing)}: `make book` makes it")
    known = published.read_numbers(project)
    new = known.freeze(catalogue.numbers)
    out.print(*new, f"{len(new)} new; git keeps {known.folder / published.IDS_NAME}", sep="\n")


@app.command("moves")
def measure_moves(
    chapters: _Chapters = None,
    processes: _Processes = None,
    timeout: Timeout = None,
    memory: Memory = None,
) -> None:
    """Move each parameter, the rest at its default, and note how the numbers answer.

    Writes numbers/moves.json, which the pages of numbers show; numbers/ranges.yml says how far
    a parameter is moved where the rule is not sensible: a fifth less and a fifth more of a
    number, a year earlier and later, each other choice. Runs that the store has are not
    executed again.
    """
    project = Project.find()
    names = chapters or project.chapter_names()
    experiments = [measuring.plan(project, chapter) for chapter in names]
    total = len({inputs.id for each in experiments for inputs in each.every})
    columns = (*Progress.get_default_columns(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as bar:
        task = bar.add_task("runs", total=total)

        def tell(finished: int, failed: int) -> None:
            told = f"runs, {failed} failed" if failed else "runs"
            bar.update(task, completed=finished, description=told)

        with NumbersPool(project, processes, limits(timeout, memory)) as pool:
            measured = measuring.measure(project, experiments, pool, tell)
    moves.write(project, measured)
    numbers = [each for chapter in measured.values() for each in chapter.numbers.values()]
    moving = sum(bool(each.at) for each in numbers)
    out.print(f"{moving} of {len(numbers)} numbers move; {moves.path(project)}")
