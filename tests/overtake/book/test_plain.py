"""The words of plain pages, from the runs of all chapters."""

from pathlib import Path

import pytest

from overtake.book.plain import PlainNames
from overtake.book.scenario_page import Outcome
from overtake.core.errors import WordsError
from overtake.runs.scenarios import Scenario
from tests.made_runs import figure, headline, judged, write_run

FIGURE = figure("gap-by-year", title="The gap is 14")


@pytest.fixture
def names(tmp_path: Path) -> PlainNames:
    first, second = (
        write_run(
            tmp_path,
            digit * 16,
            chapter="compute-gap",
            numbers=[headline("total", value, value - 1, value + 1)],
            claims=[judged("wide", verdict)],
            figures=[FIGURE],
        )
        for digit, value, verdict in (("a", 14, "supported"), ("b", 21, "undetermined"))
    )
    outcomes = [
        Outcome(Scenario(name=title.lower(), title=title, argument="So.", parameters={}), runs)
        for title, runs in (
            ("Baseline", {"compute-gap": first}),
            ("Fast", {"compute-gap": second}),
        )
    ]
    return PlainNames(tmp_path, {"compute-gap": first}, lambda: outcomes)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{{ compute_gap.numbers.total | short }}", "14 times (13 to 15)"),
        ("{{ compute_gap.numbers.total.label }}", "total"),
        ("{{ compute_gap.claims.wide.verdict }}", "supported"),
        ("{{ compute_gap.claims.wide.would_change }}", "A fall."),
        ("{{ compute_gap.figures['gap-by-year'].title }}", "The gap is 14"),
        ("{% set at = scenarios.extremes('compute-gap', 'total') %}{{ at.low | quantity }} "
         "({{ at.low_title }}) to {{ at.high | quantity }} ({{ at.high_title }})",
         "14 times (Baseline) to 21 times (Fast)"),
        ("{{ scenarios.changing_verdicts | listed }}", "Fast"),
        ("{{ coverage | length }}", "0"),
    ],
)  # fmt: skip
def test_a_page_calls_what_chapters_found(names: PlainNames, written: str, shown: str) -> None:
    assert names.render(written, "page index.md") == shown


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{{ compute_gab.numbers }}", "no name 'compute_gab'; the nearest is 'compute_gap'"),
        ("{{ compute_gap.number }}", "no name 'number'; the nearest is 'numbers'"),
        ("{{ compute_gap.numbers.totl | told }}", "no name 'totl'; the nearest is 'total'"),
        ("{{ scenarios.extreme('a', 'b') }}", "the nearest is 'extremes'"),
        ("{{ coverage['a mean'].share }}", "no name 'a mean'"),
    ],
)
def test_a_missing_name_stops_with_page_line_and_nearest(
    names: PlainNames, written: str, told: str
) -> None:
    with pytest.raises(WordsError, match=r"^page index\.md, line 2: ") as caught:
        names.render(f"# Small\n{written}", "page index.md")
    assert told in str(caught.value)
