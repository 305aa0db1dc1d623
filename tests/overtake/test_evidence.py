"""What the methods page shows of acceptance, corrected tests, coverage and rivals."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from overtake.book import evidence
from overtake.chapter import acceptance, session
from overtake.core.errors import ResultError
from overtake.runs.runs import Run
from overtake.runs.words.told import NamedTest
from tests.made_runs import headline, write_run
from tests.overtake.chapter.test_acceptance import MET, MISSED


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a run folder that the session writes into."""
    monkeypatch.setenv(session.FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setenv(session.ID_VARIABLE, "0" * 16)
    return Run(tmp_path)


def test_two_chapters_that_check_one_result_are_refused(run: Run) -> None:
    acceptance.publish([MET])
    with pytest.raises(ResultError, match="two chapters check the same published result: one"):
        evidence.acceptance({"a": run, "b": run})


def test_the_table_counts_results_and_numbers_and_shows_the_farthest(run: Run) -> None:
    acceptance.publish([MET, MISSED])
    text = evidence.acceptance_table({"a": run})
    assert "Of 2 published results 1 come back" in text
    assert "of the 3 numbers 2 do" in text
    assert "1 of 2 met: **does not come back**" in text
    assert "41 published, 50 here" in text


def test_only_what_is_missed_is_explained(run: Run) -> None:
    acceptance.publish([MET, MISSED])
    text = evidence.acceptance_reasons({"a": run})
    assert "`two`" in text
    assert "`one`" not in text
    assert "Later: 50." in text
    assert evidence.acceptance_reasons({}) == "Every published result comes back.\n"


def formal_test(name: str, p_value: float) -> NamedTest:
    return NamedTest(name, "Nothing.", p_value, 10, "", name)


def test_p_values_are_corrected_over_all_chapters(tmp_path: Path) -> None:
    # Holm's and Benjamini and Hochberg's values by hand for 0.01, 0.02, 0.04 and 0.5.
    first, second = (
        write_run(tmp_path, chapter[0] * 16, chapter=chapter, tests=tests)
        for chapter, tests in (
            ("first-one", [formal_test("A", 0.02), formal_test("B", 0.5)]),
            ("second", [formal_test("C", 0.01), formal_test("D", 0.04)]),
        )
    )
    text = evidence.multiple_testing({"first-one": first, "second": second})
    rows = [line.split(" | ") for line in text.splitlines() if ": Nothing." in line]
    assert [row[1][0] for row in rows] == ["C", "A", "D", "B"]
    assert [row[4] for row in rows] == ["0.040", "0.060", "0.080", "0.500"]
    assert [row[5].removesuffix(" |") for row in rows] == ["0.040", "0.040", "0.053", "0.500"]
    assert "reports 4 formal tests. 3 of them have a p-value below 0.05" in text
    assert "correction 2 do, and after Holm's 1: C (Second)." in text


def test_a_book_without_tests_says_so(tmp_path: Path) -> None:
    assert "No chapter" in evidence.multiple_testing({"a": write_run(tmp_path)})


def measured(tmp_path: Path, *coverages: float) -> Path:
    entries = [
        {
            "name": f"interval {i}",
            "function": "models.one",
            "data": "normal",
            "replications": 200,
            "covered": round(200 * c),
            "coverage": c,
            "low": c - 0.03,
            "high": c + 0.03,
            "note": "",
            "measured": "2026-11-24",
            "commit": "abc1234",
        }
        for i, c in enumerate(coverages)
    ]
    content = {
        "level": 0.9,
        "accepted": [0.85, 0.95],
        "intervals": entries,
    }
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_intervals_outside_are_named(tmp_path: Path) -> None:
    text = evidence.coverage_table(measured(tmp_path, 0.9, 0.7))
    assert "of 2 intervals at a nominal 90%, 1 cover the truth" in text
    assert "outside are interval 1." in text
    assert "at commit `abc1234`" in text


def test_coverage_that_nobody_measured_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="make test-slow"):
        evidence.coverage_table(tmp_path / "coverage.json")


NUMBER = replace(headline("gap", 8.6, 7, 11), label="Gap")


def test_a_published_figure_stands_beside_ours(tmp_path: Path) -> None:
    runs = {"hardware": write_run(tmp_path, numbers=[NUMBER])}
    text = evidence.published_comparison(runs, {"cluster-gap": "hardware:gap"})
    assert "| 5 times | Epoch AI, June 2025 {cite}`pilz2025` |" in text
    assert "Gap: 8.6 times (90% confidence interval 7.0 to 11, n = 3)" in text
    spans = evidence.published_comparison(
        runs, {"claimed-gap": "hardware:gap", "lin-probability": ""}
    )
    assert "quoted, no number of ours" in spans
    assert "range 10 to 100 times" in spans
    assert "at most 20%" in spans


def test_names_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    runs = {"hardware": write_run(tmp_path, numbers=[NUMBER])}
    with pytest.raises(ResultError, match="no published estimate is called nothing"):
        evidence.published_comparison(runs, {"nothing": "hardware:gap"})
    with pytest.raises(ResultError, match="has no headline 'gaps'; it has gap"):
        evidence.published_comparison(runs, {"cluster-gap": "hardware:gaps"})
    with pytest.raises(ResultError, match="no chapter is called 'software'"):
        evidence.published_comparison(runs, {"cluster-gap": "software:gap"})
