"""What pages show of runs and tables."""

import json
from pathlib import Path
from typing import Any

import pytest

from overtake import ledger, tables
from overtake.errors import ResultError
from overtake.runs import Run

CLAIM = {
    "claim": "compute-gap",
    "verdict": "partly supported",
    "reason": "chips 12 times; the claim: 10 to 100 times",
    "likelihood": None,
    "confidence": "moderate",
    "figure": "hardware-gaps",
    "model": "models.compute.compute_gap.estimate_largest_run_gap",
    "contrary": "Clusters | say 5.",
    "would_change": "A ratio below 8.",
}
ROW = {
    "name": "gap", "label": "Gap", "value": 12.0, "low": 8.0, "high": 20.0, "level": 0.9,
    "kind": "confidence", "n": 40, "unit": "times", "definition": "Ratio.", "vintage": "2026",
    "digits": 2,
}  # fmt: skip


def make_run(folder: Path, claims: list[dict[str, Any]]) -> Run:
    (folder / "results.json").write_text(json.dumps({"headline": [ROW], "claims": claims}))
    inputs = {
        "chapter": "hardware-bottleneck",
        "parameters": {},
        "tables": {"electricity": "x"},
        "modules": {
            "models/compute/compute_gap.py": "y",
            "models/__init__.py": "z",
            "overtake/style.py": "z",
        },
        "lock": "0123456789abcdef",
        "python": "3.11",
    }
    (folder / "run.json").write_text(json.dumps({"inputs": inputs}))
    return Run(folder)


def test_ledger_has_every_claim_and_says_which_is_untested(tmp_path: Path) -> None:
    text = ledger.claim_ledger({"hardware-bottleneck": make_run(tmp_path, [CLAIM])})
    for claim in tables.load("claims")["claim"]:
        assert f"(claim-{claim})=" in text
    assert text.count("**partly supported**") == 2
    assert text.count(f"**{ledger.UNTESTED}**") == 11
    assert "Clusters \\| say 5." in text
    assert "**partly supported**. Chips 12 times; the claim: 10 to 100 times. See" in text
    assert "China Plans to Overtake the U.S. in the AI Race" in text


def test_the_ledger_says_which_part_of_a_claim_is_judged() -> None:
    text = ledger.claim_ledger({})
    judged = text.count(": *What the verdict is on:* ")
    assert 0 < judged < len(tables.load("claims"))
    assert "Software is not tested." in text
    assert "working chips are still to come" in ledger.statement("euv-2030")


def test_headline_sentence_and_verdict_word(tmp_path: Path) -> None:
    run = make_run(tmp_path, [CLAIM])
    expected = "12 times (90% confidence interval 8.0 to 20, n = 40)"
    assert ledger.headline_sentence(run, "gap") == expected
    assert ledger.verdict_word(run, "compute-gap") == "partly supported"


def test_unknown_names_list_those_there_are(tmp_path: Path) -> None:
    run = make_run(tmp_path, [CLAIM])
    with pytest.raises(ResultError, match="there are: gap"):
        ledger.headline_sentence(run, "gape")
    with pytest.raises(ResultError, match="there are: compute-gap"):
        ledger.verdict_word(run, "power")


def test_catalogue_gives_licence_vintage_rows_and_units_of_every_table() -> None:
    text = ledger.data_catalogue()
    for name in tables.names():
        description = tables.describe(name)
        assert f"(table-{name})=" in text
        assert f"{description.rows:,} rows; vintage {description.vintage}" in text
        assert description.licenses[0].title in text
    assert "TWh a year" in text


def test_run_facts_name_tables_and_models_only(tmp_path: Path) -> None:
    text = ledger.run_facts(make_run(tmp_path, []))
    assert "`models/compute/compute_gap.py`" in text
    assert "style" not in text
    assert "(#table-electricity)" in text
