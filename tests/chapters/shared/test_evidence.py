"""What pages show of acceptance, corrected tests, coverage and rivals."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from chapters.shared import evidence
from overtake.book import plain
from overtake.book.plain import PlainNames
from overtake.chapter import acceptance, session
from overtake.core.errors import ResultError
from overtake.runs.runs import Run
from overtake.runs.words import expressions
from overtake.runs.words.told import NamedTest
from tests.conftest import ROOT
from tests.made_runs import headline, judged, without_data, write_run
from tests.overtake.chapter.test_acceptance import MET, MISSED


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a run folder that the session writes into."""
    monkeypatch.setenv(session.FOLDER_VARIABLE, str(tmp_path))
    return Run(tmp_path)


def section(heading: str, runs: Mapping[str, Run], page: str = "coverage") -> str:
    """Render a section of a page, with its subsections."""
    text = (ROOT / "chapters" / f"{page}.md").read_text(encoding="utf-8")
    (found,) = re.findall(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## )", text, re.DOTALL | re.MULTILINE
    )
    names = {"runs": runs, "acceptance": plain.acceptance(runs), "evidence": evidence}
    return expressions.render(found, names, page)


def compared(runs: Mapping[str, Run]) -> str:
    return section("What comes back of what others published", runs, "published-results")


def test_two_chapters_that_check_one_result_are_refused(run: Run) -> None:
    acceptance.publish([MET])
    with pytest.raises(ResultError, match="two chapters check the same published result: one"):
        plain.acceptance({"a": run, "b": run})


def test_the_table_counts_results_and_numbers_and_shows_the_farthest(run: Run) -> None:
    acceptance.publish([MET, MISSED])
    text = compared({"a": run})
    assert "Of 2 published results 1 come back" in text
    assert "of the 3 numbers 2 do" in text
    assert "1 of 2 met: **does not come back**" in text
    assert "41 published, 50 here" in text


def test_only_what_is_missed_is_explained(run: Run) -> None:
    acceptance.publish([MET, MISSED])
    text = compared({"a": run}).partition("### What does not come back")[2]
    assert "`two`" in text
    assert "`one`" not in text
    assert "Later: 50." in text
    acceptance.publish([MET])
    assert "Every published result comes back.\n" in compared({"a": run})


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
    text = section("Many tests, corrected", {"first-one": first, "second": second})
    rows = [line.split(" | ") for line in text.splitlines() if ": Nothing." in line]
    assert [row[1][0] for row in rows] == ["C", "A", "D", "B"]
    assert [row[4] for row in rows] == ["0.040", "0.060", "0.080", "0.500"]
    assert [row[5].removesuffix(" |") for row in rows] == ["0.040", "0.040", "0.053", "0.500"]
    assert "reports 4 formal tests. 3 of them have a p-value below 0.05" in text
    assert "correction 2 do, and after Holm's 1: C (Second)." in text


def measured(path: Path, *coverages: float) -> Path:
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
    content = {"level": 0.9, "accepted": [0.85, 0.95], "intervals": entries}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_intervals_outside_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = measured(tmp_path / "coverage.json", 0.9, 0.7)
    monkeypatch.setattr(evidence, "COVERAGE", path)
    text = section("Do the intervals cover?", {})
    assert "of 2 intervals at a nominal 90%, 1 cover the truth" in text
    assert "outside are interval 1." in text
    assert "at commit `abc1234`" in text


def test_coverage_that_nobody_measured_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "COVERAGE", tmp_path / "coverage.json")
    with pytest.raises(ResultError, match="make test-slow"):
        evidence.measured_coverage()


NUMBER = replace(headline("gap", 8.6, 7, 11), label="Gap")


def test_a_published_figure_stands_beside_ours() -> None:
    cluster, claimed, chance = evidence.beside(
        {"cluster-gap": NUMBER, "claimed-gap": NUMBER, "lin-probability": None}
    )
    assert (cluster.value, cluster.row["publisher"] + cluster.when) == (
        "5 times",
        "Epoch AI, June 2025",
    )
    assert cluster.own == NUMBER
    assert claimed.value == "range 10 to 100 times"
    assert (chance.value, chance.own) == ("at most 20%", None)


def test_names_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="no published estimate is called nothing"):
        evidence.beside({"nothing": NUMBER})
    runs = {"a": write_run(tmp_path)}
    text = "{{ evidence.beside({'nothing': none}) }}"
    with pytest.raises(ResultError, match="no published estimate is called nothing"):
        PlainNames(tmp_path, runs, list, ["chapters.shared.evidence"]).render(text, "page")


def test_parts_are_grouped_from_the_clearest_against_to_no_data(tmp_path: Path) -> None:
    parts = (judged("a", "for"), judged("b", "clearly against"), without_data("a", "c"))
    run = write_run(tmp_path, claims=parts)
    grouped = evidence.group_by_verdict({"one": run})
    assert [(v, [part.part for part in found]) for v, found in grouped.items()] == [
        ("clearly against", ["b"]),
        ("for", ["a"]),
        ("no data", ["c"]),
    ]
