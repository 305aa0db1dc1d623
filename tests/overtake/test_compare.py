"""What changed between two runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from overtake import compare
from overtake.runs import Run


def make_run(folder: Path, rows: list[dict[str, Any]], verdict: str, **parameters: Any) -> Run:
    folder.mkdir()
    claims = [{"claim": "gap", "verdict": verdict}]
    (folder / "results.json").write_text(json.dumps({"headline": rows, "claims": claims}))
    inputs = {
        "chapter": "chips",
        "parameters": parameters,
        "tables": {"points": "ab" * 32},
        "modules": {},
        "source": "cd" * 32,
        "lock": "ef" * 32,
        "python": "3.11",
    }
    (folder / "run.json").write_text(json.dumps({"inputs": inputs}))
    return Run(folder)


def row(name: str, value: float, low: float, high: float) -> dict[str, Any]:
    return {"name": name, "label": name, "unit": "times", "value": value, "low": low, "high": high}


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Run, Run]:
    baseline = make_run(
        tmp_path / "a", [row("gap", 10, 8, 12), row("old", 1, 0, 2)], "supported", year=2030, lag=7
    )
    other = make_run(
        tmp_path / "b", [row("gap", 15, 12.5, 18), row("new", 2, 1, 3)], "undetermined",
        year=2028, lag=7,
    )  # fmt: skip
    return baseline, other


def test_differences_and_overlap(runs: tuple[Run, Run]) -> None:
    changes = {change.name: change for change in compare.headline_changes(*runs)}
    assert changes["gap"].difference == 5
    assert changes["gap"].intervals_overlap is False
    assert changes["old"].difference is None
    assert changes["new"].intervals_overlap is None


def test_only_parameters_that_differ(runs: tuple[Run, Run]) -> None:
    assert compare.compare_runs(*runs).parameters == {"year": (2030, 2028)}


def test_verdicts_that_flip(runs: tuple[Run, Run]) -> None:
    assert compare.verdict_changes(*runs) == {"gap": ("supported", "undetermined")}
