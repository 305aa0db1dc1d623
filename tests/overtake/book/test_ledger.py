"""What pages show of runs and tables."""

import re
from dataclasses import replace
from pathlib import Path

from overtake.book import judged as judged_parts
from overtake.book import ledger
from overtake.data import tables
from overtake.runs.runs import Run
from overtake.runs.words.told import JudgedClaim
from tests.made_runs import judged, without_data, write_run

CLAIM = replace(
    judged("compute-gap", "leans against"),
    part="compute-gap-chips",
    contrary="Clusters | say 5.",
    figure="hardware-gaps",
)
SILENT = replace(without_data("compute-gap", "compute-gap-why"), contrary="Clusters | say 5.")


def make_run(folder: Path, *claims: JudgedClaim) -> Run:
    return write_run(
        folder,
        chapter="hardware-bottleneck",
        claims=claims,
        tables={"electricity": "a" * 64},
        modules={
            "models/compute/compute_gap.py": "b" * 64,
            "models/__init__.py": "c" * 64,
            "overtake/chapter/style.py": "c" * 64,
        },
        lock="0123456789abcdef" * 4,
    )


def test_ledger_has_every_claim_and_says_which_is_untested(tmp_path: Path) -> None:
    run = make_run(tmp_path, CLAIM, SILENT)
    text = ledger.claim_ledger({"hardware-bottleneck": run}, "claims", ["risk-culture"])
    claims = tables.load("claims")["claim"]
    for claim in claims:
        assert f"(claim-{claim})=" in text
    assert text.count(f"**{ledger.UNTESTED}**") == len(claims) - 1
    assert "Clusters \\| say 5." in text
    places = [text.index(f"(claim-{name})=") for name in ("risk-taking", "codesign")]
    assert places == sorted(places), "the chapter named first comes first"
    assert "working chips are still to come" in ledger.statements({}, "claims")["euv-2030"]


def test_cards_stand_beside_each_other_and_never_within_one_another(tmp_path: Path) -> None:
    """A fence glued to a sentence closed nothing: each claim lay folded in the one before."""
    run = make_run(tmp_path, judged("compute-gap", "for"), judged("power", "against"))
    text = ledger.claim_ledger({"hardware-bottleneck": run}, "claims", [])
    fences = [re.match(r"(`{4,})(.*)", line) for line in text.splitlines() if "````" in line]
    opened: list[int] = []
    for fence in fences:
        assert fence, "it stands at the start of its line"
        if fence[2]:
            opened.append(len(fence[1]))
            assert opened == sorted(opened, reverse=True)
        else:
            assert opened.pop() == len(fence[1])
        assert len(opened) <= 3
    assert not opened
    assert text.count("{container} overtake-claim") == len(tables.load("claims"))


def test_each_part_stands_under_its_claim_with_its_verdict_and_what_was_found(
    tmp_path: Path,
) -> None:
    run = make_run(tmp_path, CLAIM, SILENT)
    text = ledger.claim_ledger({"hardware-bottleneck": run}, "claims", []).replace("\\", "")
    chip = "[leans against]{.overtake-verdict .verdict-leans-against} 30%"
    assert f"- It is wide. {chip}, [low]{{.overtake-sure}} confidence.\n" in text
    told = "width: 8.0 times (90% confidence interval 5.0 to 12, n = 3); true if at least 10"
    assert f"**It is wide.** Is it wide? *Found:* {told}" in text
    assert "*Tested:* Its width. {numref}`fig-hardware-gaps`, computed by `models.scale`." in text


def test_without_data_no_confidence_is_printed_but_what_would_settle_it(tmp_path: Path) -> None:
    run = make_run(tmp_path, SILENT)
    text = ledger.claim_ledger({"hardware-bottleneck": run}, "claims", [])
    assert "[no data]{.overtake-verdict .verdict-no-data}" in text
    assert "A diary." in text
    assert "overtake-sure" not in text


def test_programs_read_every_part_with_its_rule_and_nothing_else(tmp_path: Path) -> None:
    run = make_run(tmp_path, SILENT, CLAIM)
    silent, told = judged_parts.records({"hardware-bottleneck": run}, "claims")
    assert told == {
        "id": "compute-gap-chips",
        "claim": "compute-gap",
        "part": "It is wide.",
        "question": "Is it wide?",
        "rule": {
            "quantity": "width", "direction": "at least", "threshold": 10.0, "upper": None,
            "unit": "times",
        },
        "value": 8.0,
        "interval": [5.0, 12.0],
        "probability_true": 0.3,
        "verdict": "leans against",
        "confidence": "low",
        "tested": "Its width.",
        "data_until": None,
        "figure": "hardware-gaps",
        "model": "models.scale",
    }  # fmt: skip
    assert list(silent) == list(told)
    absent = ("rule", "value", "interval", "probability_true", "confidence", "figure", "model")
    assert {silent[name] for name in absent} == {None}


def test_catalogue_gives_licence_vintage_and_rows_of_every_table() -> None:
    text = ledger.data_catalogue({"power": "electricity"})
    for name in tables.names():
        description = tables.describe(name)
        assert f"(table-{name})=" in text
        assert f"{description.rows:,} rows; data until {description.reaches}" in text
        assert f", vintage {description.vintage}, retrieved" in text
        assert description.licenses[0].title in text
    assert "(table-electricity)=\n  (table-power)=\n  **" in text, "a name of old keeps its anchor"


def test_run_facts_name_tables_and_models_only(tmp_path: Path) -> None:
    text = ledger.run_facts(make_run(tmp_path))
    assert "`models/compute/compute_gap.py`" in text
    assert "style" not in text
    assert "(#table-electricity)" in text
