"""A comparison in the terminal."""

from rich.table import Table
from rich.text import Text

from overtake import comparison_words as words
from overtake.commands.console import out, shown
from overtake.compare import ChapterComparison, Comparison


def print_comparison(comparison: Comparison) -> None:
    """Print every chapter of a comparison."""
    for pair in comparison.chapters:
        out.print(Text(pair.chapter, style="bold"))
        print_chapter(pair, comparison.first, comparison.second)
        out.print(f"runs {pair.first.id} and {pair.second.id}", soft_wrap=True)


def print_chapter(pair: ChapterComparison, first: str, second: str) -> None:
    """Print what changed in one chapter, under the names that the two runs have here."""
    if pair.first.id == pair.second.id:
        out.print("the same run: nothing differs")
        return
    for name, (before, after) in pair.parameters.items():
        out.print(_change(name, shown(before), shown(after)), soft_wrap=True)
    if pair.inputs:
        named = ", ".join(f"{change.kind} {change.name}" for change in pair.inputs)
        out.print(f"other inputs that differ: {named}", soft_wrap=True)
    out.print(_number_table(pair, first, second))
    for claim, (before, after) in pair.verdicts.items():
        out.print(_change(f"verdict on {claim}", before, after), soft_wrap=True)
    different = [figure.id for figure in pair.figures if not figure.same]
    if different:
        out.print(f"figures that differ: {', '.join(different)}", soft_wrap=True)


def _number_table(pair: ChapterComparison, first: str, second: str) -> Table:
    table = Table("Number", first, second, "Change", "Intervals overlap")
    for number in pair.numbers:
        table.add_row(
            words.name_of(number),
            words.estimate(number.baseline),
            words.estimate(number.other),
            words.difference(number),
            words.overlap(number),
        )
    return table


def _change(name: str, before: str, after: str) -> Text:
    return Text.assemble(f"{name}: {before} → ", (after, "bold"))
