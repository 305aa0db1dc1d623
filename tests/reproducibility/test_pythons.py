"""The comparison of Pythons catches a number that moves and a verdict that changes."""

import copy
import json
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.reproducibility import pythons
from tests.reproducibility.pythons import TOLERANCE

RESULTS: dict[str, Any] = {
    "growth": {
        "headline": [
            {"name": "total", "value": 5.0, "low": 4.0, "high": 8.0},
            {"name": "count", "value": 7.0, "low": 7.0, "high": 7.0},
        ],
        "claims": [{"claim": "leads", "verdict": "supported"}],
    }
}
LIBRARIES = {"numpy": "2", "scipy": "1", "pandas": "3", "statsmodels": "0"}


def compared(other: dict[str, Any]) -> pythons.Deviation:
    return pythons.compare("3.12.1", LIBRARIES, RESULTS, other)


def test_same_results_don_t_deviate() -> None:
    found = compared(copy.deepcopy(RESULTS))
    assert (found.same, found.numbers, found.largest, found.where) == (6, 6, 0, "")
    assert found.is_within


@pytest.mark.parametrize(("share", "is_within"), [(0.9, True), (1.1, False)])
@pytest.mark.parametrize("field", ["value", "low", "high"])
def test_a_number_is_measured_by_the_width_of_its_interval(
    field: str,
    share: float,
    is_within: bool,  # noqa: FBT001
) -> None:
    other = copy.deepcopy(RESULTS)
    other["growth"]["headline"][0][field] += share * TOLERANCE * (8.0 - 4.0)
    found = compared(other)
    assert found.largest == pytest.approx(share * TOLERANCE)
    assert found.where == f"growth, total, {field}"
    assert found.same == 5
    assert found.is_within is is_within


def test_a_number_without_width_is_measured_by_its_size() -> None:
    other = copy.deepcopy(RESULTS)
    other["growth"]["headline"][1]["value"] = 7.7
    assert compared(other).largest == pytest.approx(0.1)


def test_another_verdict_is_not_within_tolerance() -> None:
    other = copy.deepcopy(RESULTS)
    other["growth"]["claims"][0]["verdict"] = "undetermined"
    found = compared(other)
    assert found.words == ("leads",)
    assert not found.is_within


def test_a_missing_headline_is_named() -> None:
    other = copy.deepcopy(RESULTS)
    other["growth"]["headline"].pop()
    with pytest.raises(ValueError, match="count"):
        compared(other)


def test_the_page_shows_what_was_measured() -> None:
    content = json.loads((ROOT / "benchmarks" / "results" / "pythons.json").read_text())
    page = (ROOT / "docs" / "reproducibility.md").read_text()
    assert pythons.with_table(page, content) == page
    assert content["tolerance"] == TOLERANCE
    assert len(content["rows"]) + len(content["missing"]) >= len(pythons.ASKED)
    for row in content["rows"]:
        assert row["largest"] <= TOLERANCE, row["where"]
        assert row["words"] == []


def test_a_python_that_is_missing_is_said_to_be() -> None:
    row = {"python": "3.11.7", "libraries": LIBRARIES, "numbers": 6, "same": 6}
    content = {
        "rows": [{**row, "largest": 0.0, "where": "", "words": []}],
        "missing": ["python3.13"],
    }
    text = pythons.table(content)
    assert "6 of 6 | none | all the same" in text
    assert "Not run yet, or not installed: python3.13." in text
