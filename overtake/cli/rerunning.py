"""``overtake params``, ``run``, ``words`` and ``explain``: one chapter, other parameters."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from overtake.chapter import parameters
from overtake.cli.comparing import print_chapter
from overtake.cli.console import AsJson, ListAll, Memory, Parameters, Timeout, limits, out, shown
from overtake.core import plain_yaml
from overtake.core.errors import ParameterError
from overtake.core.paths import Project
from overtake.runs import chapter_parameters, compare, runs, scenarios
from overtake.runs import explain as explaining
from overtake.runs.recorded import RunInputs

app = typer.Typer()

_Chapter = Annotated[str, typer.Argument(help="Name of a chapter.")]
_AnyChapter = Annotated[
    str | None, typer.Argument(help="Name of a chapter; all by default.", show_default=False)
]
_File = Annotated[
    Path | None,
    typer.Option("--file", "-f", help="YAML file of names with values; -p wins over it."),
]
_ScenarioName = Annotated[
    str | None, typer.Option("--scenario", "-s", help="Scenario to start from; -f and -p win.")
]
_SHORT_HASH = 12


@app.command()
def run(
    chapter: _Chapter,
    given: Parameters = None,
    file: _File = None,
    scenario: _ScenarioName = None,
    timeout: Timeout = None,
    memory: Memory = None,
    *,
    list_all: ListAll = False,
) -> None:
    """Run a chapter with other parameters and say what moved against the baseline.

    Ends with 0 if all went well, 1 if the chapter or the project has an error,
    2 if a parameter or an option is wrong, 3 after --timeout, 4 if the
    chapter's process died, 5 if it found no memory, 6 if the store can't be
    written, for instance because the disk is full, 130 after Ctrl-C. A run
    that fails leaves nothing in the store.
    """
    project = Project.find()
    wanted = _plan(project, chapter, given, file, scenario)
    both = [runs.plan(project, chapter), wanted]
    baseline, other = runs.ensure_each(project, both, limits=limits(timeout, memory))
    pair = compare.compare_runs(baseline, other)
    print_chapter(pair, "Baseline", "This run", list_all=list_all)
    out.print(f"baseline {baseline.id}, this run {other.id}: {other.folder}", soft_wrap=True)


@app.command()
def words(chapter: _Chapter, given: Parameters = None, scenario: _ScenarioName = None) -> None:
    """Print the words of a chapter as its page has them, from the run's facts.

    Ends with 1 if an expression calls what is not there; says cell, line and the nearest name.
    """
    project = Project.find()
    (told,) = runs.ensure_each(project, [_plan(project, chapter, given, None, scenario)])
    for name, figure in told.figures.items():
        out.print(f"{name}: {figure.title}", soft_wrap=True)
    for cell in told.words.cells:
        out.print(cell, soft_wrap=True)


@app.command()
def params(chapter: _AnyChapter = None, *, as_json: AsJson = False) -> None:
    """List parameters with type, unit, bounds, default, meaning and source."""
    names = [chapter] if chapter else list(chapter_parameters.declared())
    described = {n: parameters.describe(chapter_parameters.of_chapter(n)) for n in names}
    if as_json:
        plain = {name: [asdict(p) for p in rows] for name, rows in described.items()}
        typer.echo(json.dumps(plain, indent=1, ensure_ascii=False))
        return
    for name, rows in described.items():
        out.print(_parameter_table(name, rows))


@app.command()
def explain(
    chapter: _AnyChapter = None,
    given: Parameters = None,
    file: _File = None,
    scenario: _ScenarioName = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say why a chapter will or will not run again: which input changed, from what to what."""
    project = Project.find()
    if chapter is None and (given or file):
        raise ParameterError("parameters are those of one chapter: name it before -p and -f")
    told = [
        explaining.explain(project, _plan(project, name, given, file, scenario))
        for name in ([chapter] if chapter else project.chapter_names())
    ]
    if as_json:
        plain = [asdict(e) | {"will_run": e.will_run, "sentence": e.sentence} for e in told]
        typer.echo(json.dumps(plain, indent=1, ensure_ascii=False))
        return
    for explanation in told:
        _print_explanation(explanation)


def _plan(
    project: Project,
    chapter: str,
    given: list[str] | None,
    file: Path | None,
    scenario: str | None,
) -> RunInputs:
    """Gather the parameters from wherever they come, the nearest last; the plan checks them."""
    values, problems = parameters.parse_assignments(given or [])
    merged = scenarios.load(project, scenario).of_chapter(chapter) if scenario else {}
    if file is not None:
        try:
            merged = {**merged, **plain_yaml.read(file, ParameterError)}
        except ParameterError as error:
            problems.append(str(error))
    return runs.plan(project, chapter, {**merged, **values}, problems)


def _parameter_table(chapter: str, rows: list[parameters.ParameterDescription]) -> Table:
    others = [Column(name, overflow="fold") for name in ("Default, allowed", "Meaning and source")]
    table = Table(Column("Name", no_wrap=True), *others, title=chapter)
    for p in rows:
        default = f"{p.default} {p.unit}".strip()
        table.add_row(p.name, f"{default}; {p.type}, {p.bounds}", f"{p.meaning} ({p.source})")
    return table


def _print_explanation(explanation: explaining.Explanation) -> None:
    out.print(explanation.sentence, soft_wrap=True)
    if explanation.changes and explanation.will_run:
        table = Table("Input", "Name", "In that run", "Now")
        for change in explanation.changes:
            before, after = (_input_cell(change.kind, v) for v in (change.before, change.after))
            table.add_row(change.kind, change.name, before, after)
        out.print(table)


def _input_cell(kind: explaining.Kind, value: object) -> str:
    """Show a parameter's or Python's value in full, and a hash by its beginning."""
    if value is None:
        return "not an input"
    return shown(value) if kind in {"parameter", "python"} else str(value)[:_SHORT_HASH]
