"""What pages show of runs and tables."""

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
    text = ledger.claim_ledger({"hardware-bottleneck": run}, "claims", ["risk-culture"], "Claims")
    claims = tables.load("claims")["claim"]
    for claim in claims:
        assert f"(claim-{claim})=" in text
    assert text.count(f"**{ledger.UNTESTED}**") == len(claims) - 1
    assert "Clusters \\| say 5." in text
    assert "```{table} Claims" in text
    places = [text.index(f"(claim-{name})=") for name in ("risk-taking", "codesign")]
    assert places == sorted(places), "the chapter named first comes first"
    assert "working chips are still to come" in ledger.statements({}, "claims")["euv-2030"]


def test_the_fence_that_closes_a_card_stands_alone(tmp_path: Path) -> None:
    """Glued to a sentence it closed nothing, and each claim lay folded within the one before."""
    run = make_run(tmp_path, judged("compute-gap", "for"), judged("power", "against"))
    text = ledger.claim_ledger({"hardware-bottleneck": run}, "claims", [], "Claims")
    fences = [line for line in text.splitlines() if "````" in line]
    assert {line for line in fences if not line.startswith("````{")} == {"````"}
    assert len(fences) % 2 == 0


def test_each_part_stands_under_its_claim_with_its_verdict_and_what_was_found(
    tmp_path: Path,
) -> None:
    run = make_run(tmp_path, CLAIM, SILENT)
    text = ledger.claim_ledger({"hardware-bottleneck": run}, "claims", [], "").replace("\\", "")
    chip = "[leans against]{.overtake-verdict .verdict-leans-against} 30%"
    assert f"**It is wide.** Is it wide? {chip}, low confidence." in text
    assert (
        "Width: 8.0 times (90% confidence interval 5.0 to 12, n = 3); true if at least 10" in text
    )
    assert f"[It is wide. {chip}, [low]{{.overtake-sure}} confidence.]{{.overtake-part}}" in text


def test_without_data_no_confidence_is_printed_but_what_would_settle_it(tmp_path: Path) -> None:
    run = make_run(tmp_path, SILENT)
    text = ledger.claim_ledger({"hardware-bottleneck": run}, "claims", [], "")
    assert "[no data]{.overtake-verdict .verdict-no-data}" in text
    assert "A diary." in text
    assert "confidence" not in text


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


def test_catalogue_gives_licence_vintage_rows_and_units_of_every_table() -> None:
    text = ledger.data_catalogue()
    for name in tables.names():
        description = tables.describe(name)
        assert f"(table-{name})=" in text
        assert f"{description.rows:,} rows; data until {description.reaches}" in text
        assert f", vintage {description.vintage}, retrieved" in text
        assert description.licenses[0].title in text
    assert "TWh a year" in text


def test_run_facts_name_tables_and_models_only(tmp_path: Path) -> None:
    text = ledger.run_facts(make_run(tmp_path))
    assert "`models/compute/compute_gap.py`" in text
    assert "style" not in text
    assert "(#table-electricity)" in text
