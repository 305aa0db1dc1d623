"""Two stores are equal if every number, verdict and row is, whatever numbers are called."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.reproducibility import stores

ESTIMATE = {"value": 1.5, "low": 1.0, "high": 2.0, "level": 0.9, "kind": "confidence", "n": 7}
CLAIM = {"claim": "c", "verdict": "supported", "confidence": "low", "likelihood": None,
         "reason": "It is so."}  # fmt: skip
TEST = {"p_value": 0.2, "n": 7, "claim": "c"}


def write_run(store: Path, results: dict[str, Any], rows: str = "x\n1\n") -> Path:
    folder = store / "0123456789abcdef"
    (folder / "figures").mkdir(parents=True)
    record = {"inputs": {"chapter": "growth", "parameters": {"factor": 2.0}}}
    (folder / "run.json").write_text(json.dumps(record))
    (folder / "results.json").write_text(json.dumps(results))
    (folder / "figures" / "dots.csv").write_text(rows)
    return store


def of_format_1(**changes: object) -> dict[str, Any]:
    row = {"name": "total", "label": "Total", **ESTIMATE, "unit": "per year", "vintage": "v",
           "digits": 2, **changes}  # fmt: skip
    return {"headline": [row], "claims": [CLAIM], "tests": [{**TEST, "name": "t"}]}


def of_format_2(**changes: object) -> dict[str, Any]:
    estimate = {**ESTIMATE, "unit": "times a year", **changes}
    row = {"name": "total", "estimate": estimate, "vintage": "v", "digits": 2}
    return {"numbers": [row], "claims": [CLAIM], "tests": [{**TEST, "id": "t"}]}


def test_a_move_that_changes_words_and_units_alone_is_equal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = write_run(tmp_path / "a", of_format_1())
    after = write_run(tmp_path / "b", of_format_2())
    assert stores.main(before, after) == 0
    assert "growth: equal (1 numbers, 1 figures)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("results", "rows", "told"),
    [
        (of_format_2(value=1.5000001), "x\n1\n", "number total: value 1.5 → 1.5000001"),
        (of_format_2(), "x\n2\n", "the data of figure dots differ"),
        ({**of_format_2(), "claims": [{**CLAIM, "verdict": "undetermined"}]}, "x\n1\n",
         "verdict on c"),
        ({**of_format_2(), "tests": [{**TEST, "p_value": 0.3}]}, "x\n1\n", "formal tests differ"),
        ({**of_format_2(), "numbers": []} | {"headline": []}, "x\n1\n", "in one store only"),
    ],
)  # fmt: skip
def test_what_differs_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], results: dict[str, Any], rows: str,
    told: str,
) -> None:  # fmt: skip
    before = write_run(tmp_path / "a", of_format_2())
    after = write_run(tmp_path / "b", results, rows)
    assert stores.main(before, after) == 1
    assert told in capsys.readouterr().out


def test_stores_without_a_run_in_common_are_not_equal(tmp_path: Path) -> None:
    assert stores.main(write_run(tmp_path / "a", of_format_2()), tmp_path) == 1
