"""A comparison in the terminal: what moved first, and what did not in one line."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from overtake.cli.console import out, shown
from overtake.runs import comparison_words as words
from overtake.runs.compare import ChapterComparison, Comparison, NumberChange

_LIST_ALL = "--all lists them"


def print_comparison(comparison: Comparison, *, list_all: bool) -> None:
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
    moved = farthest_first([number for number in pair.numbers if number.moved])
    if moved:
        out.print(_moved_table(moved, first, second))
    for claim, (before, after) in pair.verdicts.items():
        out.print(_change(f"verdict on {claim}", before, after), soft_wrap=True)
    _print_unchanged([n for n in pair.numbers if not n.moved], list_all=list_all)
    different = [figure.id for figure in pair.figures if not figure.same]
    if different:
        out.print(f"figures that differ: {', '.join(different)}", soft_wrap=True)


def farthest_first(numbers: Sequence[NumberChange]) -> list[NumberChange]:
    """Return numbers in the order in which they moved, in widths of their own interval.

    Those that have no interval, or can't be compared, come first: how far they moved is not
    known.
    """
    return sorted(numbers, key=lambda n: (n.widths is not None, -(n.widths or 0)))


def _moved_table(numbers: Sequence[NumberChange], first: str, second: str) -> Table:
    table = Table("Number", first, second, "Change", "In widths of its interval")
    for number in numbers:
        table.add_row(
            words.name_of(number),
            words.estimate(number.baseline),
            words.estimate(number.other),
            words.difference(number),
            words.widths(number),
        )
    return table


def _print_unchanged(numbers: Sequence[NumberChange], *, list_all: bool) -> None:
    if not numbers:
        return
    count = f"{len(numbers)} {'number is' if len(numbers) == 1 else 'numbers are'} unchanged"
    if not list_all:
        out.print(f"{count} ({_LIST_ALL})")
        return
    out.print(f"{count}:")
    for number in numbers:
        out.print(f"  {words.name_of(number)}: {words.estimate(number.other)}", soft_wrap=True)


def _change(name: str, before: str, after: str) -> Text:
    return Text.assemble(f"{name}: {before} → ", (after, "bold"))
