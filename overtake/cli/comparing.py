"""``overtake compare``: two runs, scenarios, or the baseline."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from overtake.book import comparison_page
from overtake.cli.console import AsJson, ListAll, out, shown
from overtake.core.paths import Project
from overtake.runs import compare as comparing
from overtake.runs.compare import (
    ChapterComparison,
    Comparison,
    NumberChange,
    told_estimate,
)

app = typer.Typer()

_Side = Annotated[str, typer.Argument(help="baseline, a scenario, or the beginning of a run's id.")]


@app.command()
def compare(
    first: _Side,
    second: _Side,
    chapter: Annotated[
        str | None, typer.Option("--chapter", help="The only chapter to look at.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            help="Write a page with the figures side by side.",
            dir_okay=False,
            writable=True,
        ),
    ] = None,
    *,
    list_all: ListAll = False,
    as_json: AsJson = False,
) -> None:
    """Show what differs: parameters, numbers, verdicts, figures. Runs what has no run yet."""
    if html is not None and not html.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {html.absolute().parent}")
    comparison = comparing.compare(Project.find(), first, second, chapter)
    if html is not None:
        html.write_text(comparison_page.render(comparison), encoding="utf-8")
    if as_json:
        text = json.dumps(comparing.as_json(comparison), indent=1, ensure_ascii=False)
        typer.echo(text)
        return
    _print_comparison(comparison, list_all=list_all)
    if html is not None:
        out.print(f"side by side: {html}", soft_wrap=True)


def _print_comparison(comparison: Comparison, *, list_all: bool) -> None:
    """Print every chapter of a comparison; unchanged numbers in full if `list_all`."""
    for pair in comparison.chapters:
        out.print(Text(pair.chapter, style="bold"))
        print_chapter(pair, comparison.first, comparison.second, list_all=list_all)
        out.print(f"runs {pair.first.id} and {pair.second.id}", soft_wrap=True)


def print_chapter(pair: ChapterComparison, first: str, second: str, *, list_all: bool) -> None:
    """Print what moved in one chapter, under the names that the two runs have here."""
    if pair.first.id == pair.second.id:
        out.print("the same run: nothing differs")
        return
    for name, (before, after) in pair.parameters.items():
        out.print(_change(name, shown(before), shown(after)), soft_wrap=True)
    if pair.inputs:
        named = ", ".join(f"{change.kind} {change.name}" for change in pair.inputs)
        out.print(f"other inputs that differ: {named}", soft_wrap=True)
    moved = _farthest_first([number for number in pair.numbers if number.moved])
    if moved:
        out.print(_moved_table(moved, first, second))
    for claim, (before, after) in pair.verdicts.items():
        out.print(_change(f"verdict on {claim}", before, after), soft_wrap=True)
    _print_unchanged([n for n in pair.numbers if not n.moved], list_all=list_all)
    different = [figure.id for figure in pair.figures if not figure.same]
    if different:
        out.print(f"figures that differ: {', '.join(different)}", soft_wrap=True)


def _farthest_first(numbers: Sequence[NumberChange]) -> list[NumberChange]:
    """Return numbers in the order in which they moved, in widths of their own interval.

    Those that have no interval, or can't be compared, come first: how far they moved is not
    known.
    """
    return sorted(numbers, key=lambda n: (n.widths is not None, -(n.widths or 0)))


def _moved_table(numbers: Sequence[NumberChange], first: str, second: str) -> Table:
    table = Table("Number", first, second, "Change", "In widths of its interval")
    for number in numbers:
        table.add_row(
            number.label,
            told_estimate(number.baseline),
            told_estimate(number.other),
            number.told_difference,
            number.told_widths,
        )
    return table


def _print_unchanged(numbers: Sequence[NumberChange], *, list_all: bool) -> None:
    if not numbers:
        return
    count = f"{len(numbers)} {'number is' if len(numbers) == 1 else 'numbers are'} unchanged"
    if not list_all:
        out.print(f"{count} (--all lists them)")
        return
    out.print(f"{count}:")
    for number in numbers:
        out.print(f"  {number.label}: {told_estimate(number.other)}", soft_wrap=True)


def _change(name: str, before: str, after: str) -> Text:
    return Text.assemble(f"{name}: {before} → ", (after, "bold"))
