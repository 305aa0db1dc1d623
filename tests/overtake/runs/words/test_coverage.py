"""Measured coverage, as words may call it."""

import json
from pathlib import Path

from overtake.runs.words import expressions, facts


def test_coverage_is_told_as_it_was_measured(tmp_path: Path) -> None:
    entry = {"name": "a mean", "coverage": 0.908, "low": 0.865, "high": 0.941, "replications": 250,
             "data": "12 points", "note": ""}  # fmt: skip
    path = tmp_path / facts.COVERAGE_PATH
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"intervals": [entry]}), encoding="utf-8")
    text = (
        "{% set mean = coverage['a mean'] %}the truth in {{ mean.share | percent }} of "
        "{{ mean.replications }} data sets ({{ mean.low | percent }} to "
        "{{ mean.high | percent }}; {{ mean.data }})"
    )
    told = expressions.render(text, {"coverage": facts.read_coverage(tmp_path)}, "a page")
    assert told == "the truth in 91% of 250 data sets (86% to 94%; 12 points)"


def test_coverage_that_nobody_measured_is_nowhere(tmp_path: Path) -> None:
    assert facts.read_coverage(tmp_path) == {}
