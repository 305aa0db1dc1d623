"""``overtake params``, ``run``, ``words``, ``explain``, ``compare`` and ``clean``."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column, Table
from rich.text import Text

from overtake.chapter import parameters
from overtake.cli import AsJson, Memory, Timeout, limits, out, progress, shown, write_json
from overtake.core import plain_yaml
from overtake.core.errors import ParameterError, RequestError
from overtake.core.paths import Project
from overtake.data import reach
from overtake.runs import chapter_parameters, pools, runs, scenarios, store
from overtake.runs import compare as comparing
from overtake.runs import explain as explaining
from overtake.runs.compare import ChapterComparison, NumberChange, told_estimate
from overtake.runs.explain import InputChange, SectionForecast
from overtake.runs.recorded import RunInputs

app = typer.Typer()

_Chapter = Annotated[str, typer.Argument(help="Name of a chapter.")]
_AnyChapter = Annotated[
    str | None, typer.Argument(help="Name of a chapter; all by default.", show_default=False)
]
_Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", "-p", help="name=value; may be repeated.", show_default=False),
]
_File = Annotated[
    Path | None,
    typer.Option(
        "--file",
        "-f",
        help="YAML file of names with values, or a scenario, whose ranges count by their middles; "
        "-p wins over it.",
    ),
]
_ScenarioName = Annotated[
    str | None, typer.Option("--scenario", "-s", help="Scenario to start from; -f and -p win.")
]
_ListAll = Annotated[bool, typer.Option("--all", help="List the numbers that did not move too.")]
_Figures = Annotated[bool, typer.Option("--figures", help="Draw its figures too.")]
_FORESEEN = {"computed": "yes", "open": "perhaps"}
_Side = Annotated[str, typer.Argument(help="baseline, a scenario, or the beginning of a run's id.")]


@app.command()
def run(
    context: typer.Context,
    chapter: _Chapter,
    given: _Parameters = None,
    file: _File = None,
    scenario: _ScenarioName = None,
    timeout: Timeout = None,
    memory: Memory = None,
    *,
    list_all: _ListAll = False,
    figures: _Figures = False,
) -> None:
    """Run a chapter with other parameters and say what moved against the baseline.

    Its figures are drawn when something asks for them: --figures, a page, a citation.

    Ends with 0 if all went well, 1 if the chapter or the project has an error,
    2 if a parameter or an option is wrong, 3 after --timeout, 4 if the
    chapter's process died, 5 if it found no memory, 6 if the store can't be
    written, for instance because the disk is full, 130 after Ctrl-C. A run
    that fails leaves nothing in the store.
    """
    project = Project.find()
    wanted = _plan(project, chapter, given, file, scenario)
    both = [runs.plan(project, chapter), wanted]
    is_stored = runs.find_facts(project, wanted) is not None
    with progress.of_sections(runs.find_facts(project, both[0])) as tell:
        baseline, other = pools.ensure_facts(
            project, both, limits(timeout, memory), tell, context.obj or ()
        )
    pair = comparing.compare_runs(baseline, other)
    _print_ranges(chapter, file, wanted)
    print_chapter(pair, "Baseline", "This run", list_all=list_all)
    out.print(f"baseline {baseline.id}, this run {other.id}: {other.folder}")
    if not is_stored:
        out.print(other.report.sentence)
    if figures and not other.is_whole:
        with progress.of_sections(None) as tell:
            (drawn,) = pools.ensure_each(project, [wanted], limits(timeout, memory), tell)
        out.print(f"{len(drawn.drawings)} figures: {drawn.folder / 'figures'}")
    out.print(reach.told(reach.of_tables(wanted.tables)) or "no data")


@app.command()
def clean(
    older_than: Annotated[
        float, typer.Option("--older-than", min=0, help="Days since it was last used.")
    ] = 30.0,
) -> None:
    """Remove runs and kept results of sections that nothing has used for so many days.

    All of them can be made again. Do it while nothing else runs.
    """
    removed = store.prune(Project.find().runs, days=older_than)
    out.print(
        f"removed {removed.runs} runs and {removed.results} results of sections, "
        f"{removed.bytes / 1e6:,.0f} MB; left are {removed.bytes_left / 1e6:,.0f} MB"
    )


@app.command()
def words(chapter: _Chapter, given: _Parameters = None, scenario: _ScenarioName = None) -> None:
    """Print the words of a chapter as its page has them, from the run's facts.

    Ends with 1 if an expression calls what is not there; says cell, line and the nearest name.
    """
    project = Project.find()
    (told,) = pools.ensure_each(project, [_plan(project, chapter, given, scenario=scenario)])
    for name, figure in told.figures.items():
        out.print(f"{name}: {figure.title}")
    for text in (*told.words.cells, told.words.evidence):
        out.print(text)


@app.command()
def params(chapter: _AnyChapter = None, *, as_json: AsJson = False) -> None:
    """List parameters with type, unit, bounds, default, meaning and source."""
    names = [chapter] if chapter else list(chapter_parameters.declared())
    described = {n: parameters.describe(chapter_parameters.of_chapter(n)) for n in names}
    if as_json:
        write_json({name: [asdict(p) for p in rows] for name, rows in described.items()})
        return
    for name, rows in described.items():
        wrapped = (Column(n, overflow="fold") for n in ("Default, allowed", "Meaning and source"))
        table = Table(Column("Name", no_wrap=True), *wrapped, title=name)
        for p in rows:
            default = f"{p.default} {p.unit}".strip()
            table.add_row(p.name, f"{default}; {p.type}, {p.bounds}", f"{p.meaning} ({p.source})")
        out.print(table, soft_wrap=False)  # which centres the title


@app.command()
def explain(
    chapter: _AnyChapter = None,
    given: _Parameters = None,
    file: _File = None,
    scenario: _ScenarioName = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say why a chapter will or will not run again: which input changed, from what to what."""
    project = Project.find()
    if chapter is None and (given or file):
        raise ParameterError("parameters are those of one chapter: name it before -p and -f")
    names = [chapter] if chapter else project.chapter_names()
    planned = [_plan(project, name, given, file, scenario) for name in names]
    told = [
        explaining.with_sections(project, inputs, explaining.explain(project, inputs))
        for inputs in planned
    ]
    if as_json:
        write_json([asdict(e) | {"will_run": e.will_run, "sentence": e.sentence} for e in told])
        return
    for explanation in told:
        out.print(explanation.sentence)
        if explanation.changes:
            out.print(_changes_table(explanation.changes))
        if explanation.sections:
            out.print(_sections_table(explanation.sections))


@app.command()
def compare(
    first: _Side,
    second: _Side,
    chapter: Annotated[str | None, typer.Option(help="The only chapter to look at.")] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            help="Write a page with the figures side by side.", dir_okay=False, writable=True
        ),
    ] = None,
    *,
    list_all: _ListAll = False,
    as_json: AsJson = False,
) -> None:
    """Show what differs: parameters, numbers, verdicts, figures. Runs what has no run yet."""
    if html is not None and not html.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {html.absolute().parent}")
    comparison = comparing.compare(Project.find(), first, second, chapter)
    if html is not None:
        from overtake.book import comparison_page

        comparison = comparing.draw(Project.find(), comparison)
        html.write_text(comparison_page.render(comparison), encoding="utf-8")
    if as_json:
        write_json(comparing.as_json(comparison))
        return
    for pair in comparison.chapters:
        out.print(Text(pair.chapter, style="bold"))
        print_chapter(pair, first, second, list_all=list_all)
        out.print(f"runs {pair.first.id} and {pair.second.id}")
    if html is not None:
        out.print(f"side by side: {html}")


def _plan(
    project: Project,
    chapter: str,
    given: list[str] | None,
    file: Path | None = None,
    scenario: str | None = None,
) -> RunInputs:
    """Gather the parameters from wherever they come, the nearest last; the plan checks them."""
    values, problems = parameters.parse_assignments(given or [])
    merged = scenarios.load(project, scenario).of_chapter(chapter) if scenario else {}
    if file is not None:
        try:
            merged |= _read_values(file, chapter)
        except (ParameterError, RequestError) as error:
            problems.append(str(error))
    return runs.plan(project, chapter, merged | values, problems)


def _read_values(file: Path, chapter: str) -> dict[str, Any]:
    """Read what a file gives to a chapter: names with values, or a scenario."""
    content = plain_yaml.read(file, ParameterError)
    return scenarios.read(file).of_chapter(chapter) if scenarios.is_one(content) else content


def _print_ranges(chapter: str, file: Path | None, wanted: RunInputs) -> None:
    """Say of which ranges of a file a run takes the middle."""
    if file is None or not scenarios.is_one(plain_yaml.read(file, ParameterError)):
        return
    scenario = scenarios.read(file)
    for name, each in scenario.ranges.get(chapter, {}).items():
        if wanted.parameters[name] == scenario.of_chapter(chapter)[name]:
            out.print(f"{name}: {wanted.parameters[name]:g}, the middle of its range, {each}")
    if scenario.ranges.get(chapter):
        out.print(f"overtake sweep {file} runs it over all of its ranges")


def _changes_table(changes: Sequence[InputChange]) -> Table:
    table = Table("Input", "Name", "In that run", "Now")
    for change in changes:
        before, after = (_input_cell(change.kind, v) for v in (change.before, change.after))
        table.add_row(change.kind, change.name, before, after)
    return table


def _sections_table(sections: Sequence[SectionForecast]) -> Table:
    """List the sections that will run or may run, and count the others."""
    table = Table("Section", "Will run", "Took last, s", "Differs from then")
    for each in sections:
        if each.state != "kept":
            took = "unknown" if each.seconds is None else f"{each.seconds:.1f}"
            table.add_row(each.section, _FORESEEN[each.state], took, ", ".join(each.because))
    kept = sum(each.state == "kept" for each in sections)
    table.caption = (
        "perhaps: if what is computed before it comes out other; "
        f"{kept} of {len(sections)} sections are kept"
    )
    return table


def _input_cell(kind: str, value: object) -> str:
    """Show a parameter's or Python's value in full, and a hash by its beginning."""
    if value is None:
        return "not an input"
    return shown(value) if kind in {"parameter", "python"} else str(value)[:12]


def print_chapter(pair: ChapterComparison, first: str, second: str, *, list_all: bool) -> None:
    """Print what moved in one chapter, under the names that the two runs have here."""
    if pair.first.id == pair.second.id:
        out.print("the same run: nothing differs")
        return
    for name, (before, after) in pair.parameters.items():
        out.print(_change(name, shown(before), shown(after)))
    if pair.inputs:
        named = ", ".join(f"{change.kind} {change.name}" for change in pair.inputs)
        out.print(f"other inputs that differ: {named}")
    if moved := [number for number in pair.numbers if number.moved]:
        out.print(_moved_table(moved, first, second))
    for claim, (before, after) in pair.verdicts.items():
        out.print(_change(f"verdict on {claim}", before, after))
    _print_unchanged([n for n in pair.numbers if not n.moved], list_all=list_all)
    if different := [figure.id for figure in pair.figures if not figure.same]:
        drawn = pair.first.is_whole and pair.second.is_whole
        told = "figures that differ" if drawn else "figures that other values are drawn in"
        out.print(f"{told}: {', '.join(different)}")


def _moved_table(moved: Sequence[NumberChange], first: str, second: str) -> Table:
    """List first those of which it is not known how far they moved, then the farthest."""
    table = Table("Number", first, second, "Change", "In widths of its interval")
    for n in sorted(moved, key=lambda n: (n.widths is not None, -(n.widths or 0))):
        before, after = told_estimate(n.baseline), told_estimate(n.other)
        table.add_row(n.label, before, after, n.told_difference, n.told_widths)
    return table


def _print_unchanged(numbers: Sequence[NumberChange], *, list_all: bool) -> None:
    if not numbers:
        return
    count = f"{len(numbers)} {'number is' if len(numbers) == 1 else 'numbers are'} unchanged"
    out.print(f"{count}:" if list_all else f"{count} (--all lists them)")
    for number in numbers if list_all else ():
        out.print(f"  {number.label}: {told_estimate(number.other)}")


def _change(name: str, before: str, after: str) -> Text:
    return Text.assemble(f"{name}: {before} → ", (after, "bold"))
