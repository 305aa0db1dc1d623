"""A chapter's results are written whole, and nothing is lost of a test."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from overtake import results, session
from overtake.errors import ResultError

ESTIMATE = SimpleNamespace(
    value=2.0, low=1.0, high=3.0, level=0.9, kind="confidence", n=5, unit="times"
)
HEADLINE = results.Headline("total", "Total", ESTIMATE, "A sum.", "2026-01-01")
TEST = results.HypothesisTest("Growth", "Both sides grow at the same pace.", 0.25, 40, "gap")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(session.FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setenv(session.ID_VARIABLE, "0" * 16)
    return tmp_path


def test_a_formal_test_stands_in_the_results_with_its_null_hypothesis(folder: Path) -> None:
    results.publish("growth", [HEADLINE], [], tests=[TEST])
    written = json.loads((folder / results.FILE_NAME).read_text(encoding="utf-8"))
    assert written["tests"] == [
        {
            "name": "Growth",
            "null": "Both sides grow at the same pace.",
            "p_value": 0.25,
            "n": 40,
            "claim": "gap",
        }
    ]


@pytest.mark.parametrize("p_value", [-0.1, 1.1, float("nan")])
def test_a_p_value_that_is_no_probability_is_refused(p_value: float) -> None:
    with pytest.raises(ResultError, match="'Growth' has p-value"):
        results.HypothesisTest("Growth", "None.", p_value, 3)


def test_results_without_numbers_or_with_one_name_twice_are_refused(folder: Path) -> None:
    with pytest.raises(ResultError, match="no headline number"):
        results.publish("growth", [], [])
    with pytest.raises(ResultError, match="names twice: total"):
        results.publish("growth", [HEADLINE, HEADLINE], [])
    assert not (folder / results.FILE_NAME).exists()
