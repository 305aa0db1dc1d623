"""One formatter: the same number reads the same wherever it is shown."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chapters.shared import evidence
from overtake.book import comparison_page, head, shown
from overtake.chapter.results import RecordedEstimate
from overtake.cli import out, rerunning
from overtake.core.paths import Project
from overtake.publishing.citations.catalogue import Catalogue
from overtake.runs import compare
from overtake.runs.compare import Comparison
from overtake.runs.recorded import RunInputs
from overtake.runs.words import expressions
from overtake.runs.words.told import Headline
from tests.made_runs import headline, write_run
from tests.overtake.publishing.citations.conftest import PUBLICATION

GAP = RecordedEstimate(16.24, 9.8, 26.0, 0.9, "credible", 2, "times")
SHARE = RecordedEstimate(0.417, 0.144, 0.722, 0.9, "credible", 0, "share")
EXPONENT = RecordedEstimate(0.35, 0.32, 0.37, 0.9, "confidence", 240, "")
PERCENT = RecordedEstimate(27.4, 3.0, 64.2, 0.9, "prediction", 12, "%")
EXACT = RecordedEstimate(16.24, 16.24, 16.24, 0.9, "range", 1204, "models")
OWN_DIGITS = Headline("gap", GAP, "2026-01-01", 3, "Gap", "A ratio.")


def rendered(expression: str, value: Any) -> str:
    return expressions.render(f"{{{{ x | {expression} }}}}", {"x": value}, "a page")


@pytest.mark.parametrize(
    ("value", "expression", "text"),
    [
        (GAP, "number", "16"),
        (GAP, "number(3)", "16.2"),
        (GAP, "quantity", "16 times"),
        (GAP, "span", "9.8 to 26"),
        (GAP, "short", "16 times (9.8 to 26)"),
        (GAP, "told", "16 times (90% credible interval 9.8 to 26, n = 2)"),
        (GAP, "told(3)", "16.2 times (90% credible interval 9.80 to 26.0, n = 2)"),
        (GAP, "interval_name", "90% credible interval"),
        (SHARE, "quantity", "42%"),
        (SHARE, "percent", "42%"),
        (SHARE, "span", "14% to 72%"),
        (SHARE, "short", "42% (14% to 72%)"),
        (SHARE, "told", "42% (90% credible interval 14% to 72%)"),
        (EXPONENT, "told", "0.35 (90% confidence interval 0.32 to 0.37, n = 240)"),
        (PERCENT, "short", "27% (3.0% to 64%)"),
        (EXACT, "short", "16 models"),
        (EXACT, "interval_name", "stated range"),
        (OWN_DIGITS, "number", "16.2"),
        (OWN_DIGITS, "short", "16.2 times (9.80 to 26.0)"),
        (OWN_DIGITS, "short(2)", "16 times (9.8 to 26)"),
        (0.417, "percent", "42%"),
        (0.0001, "percent", "under 0.1%"),
        (1234.5, "number", "1,234"),
        (-3, "number(1)", "−3"),
    ],
)
def test_numbers_read_as_a_person_would_write_them(value: Any, expression: str, text: str) -> None:
    assert rendered(expression, value) == text


@pytest.mark.parametrize(
    ("value", "expression", "text"),
    [
        (date(2022, 10, 7), "day", "7 October 2022"),
        (date(2022, 10, 7), "month", "October 2022"),
        (date(2022, 10, 7), "year", "2022"),
        (1, 'plural("model", "models")', "1 model"),
        (12, 'plural("model", "models")', "12 models"),
        (0, 'plural("model", "models")', "0 models"),
        ("the US", "upper_first", "The US"),
        ("The US", "lower_first", "the US"),
        ("", "upper_first", ""),
        (["a", "b", "c"], "listed", "a, b and c"),
        (["a", "b"], 'listed("or")', "a or b"),
        (["a"], "listed", "a"),
        ("a * b | c_d", "plain", "a \\* b \\| c\\_d"),
    ],
)
def test_days_counts_and_lists_read_as_in_a_sentence(
    value: Any, expression: str, text: str
) -> None:
    assert rendered(expression, value) == text


def test_one_share_reads_the_same_wherever_it_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(out, "width", 200)
    number = headline("probability", 0.417, 0.144, 0.722, unit="share")
    other = headline("probability", 0.5, 0.2, 0.8, unit="share")
    inputs = RunInputs("chips", {}, "0" * 64, {}, {}, "0" * 64, "3.11")
    first = write_run(tmp_path, inputs.id, numbers=[number])
    second = write_run(tmp_path, "b" * 16, numbers=[other])
    pair = compare.compare_runs(first, second)
    shared = "42% (14% to 72%)"
    assert rendered("short", number) == shared
    assert shared in terminal(pair)
    assert shared in comparison_page.render(Comparison("a", "b", (pair,)))
    table = shown.headline_table("chips", [number]).replace("\\", "")
    assert "| probability | 42% | 14% to 72% (90% confidence interval, n = 3) |" in table
    told = "42% (90% confidence interval 14% to 72%, n = 3)"
    assert rendered("told", number) == told
    (beside,) = (each.own for each in evidence.beside({"cluster-gap": number}) if each.own)
    assert rendered("told", beside) == told
    (tmp_path / "references.bib").touch()
    catalogue = Catalogue(Project(tmp_path), PUBLICATION, (first.record.inputs,))
    assert head.of_chapter("chips", catalogue, []).description == f"probability: {told}."


def terminal(pair: compare.ChapterComparison) -> str:
    """Return what `overtake run` prints of a comparison."""
    with out.capture() as captured:
        rerunning.print_chapter(pair, "Baseline", "This run", list_all=False)
    return captured.get()
