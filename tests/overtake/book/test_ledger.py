"""What pages show of runs and tables."""

from pathlib import Path

from overtake.book import ledger
from overtake.data import tables
from overtake.runs.runs import Run
from overtake.runs.words.told import JudgedClaim
from tests.made_runs import write_run

CLAIM = JudgedClaim(
    claim="compute-gap",
    verdict="partly supported",
    reason="chips 12 times; the claim: 10 to 100 times",
    likelihood=None,
    confidence="moderate",
    figure="hardware-gaps",
    model="models.compute.compute_gap.largest_run_gap",
    contrary="Clusters | say 5.",
    would_change="A ratio below 8.",
)


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
    text = ledger.claim_ledger(
        {"hardware-bottleneck": make_run(tmp_path, CLAIM)}, "claims", ["risk-culture"], "Claims"
    )
    claims = tables.load("claims")["claim"]
    for claim in claims:
        assert f"(claim-{claim})=" in text
    assert text.count("**partly supported**") == 2
    assert text.count(f"**{ledger.UNTESTED}**") == len(claims) - 1
    assert "Clusters \\| say 5." in text
    assert "**partly supported**. Chips 12 times; the claim: 10 to 100 times. See" in text
    assert "```{table} Claims" in text
    places = [text.index(f"(claim-{name})=") for name in ("risk-taking", "codesign")]
    assert places == sorted(places), "the chapter named first comes first"


def test_the_ledger_says_which_part_of_a_claim_is_judged() -> None:
    text = ledger.claim_ledger({}, "claims", [], "")
    judged = text.count(": *What the verdict is on:* ")
    assert 0 < judged < len(tables.load("claims"))
    assert "Whether software is a main obstacle or a lesser one is not judged." in text
    assert "working chips are still to come" in ledger.statements({}, "claims")["euv-2030"]


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
