"""Every rule of the table, held to the runs' facts alone, agrees with what the book prints."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from overtake.book import judged, ledger
from overtake.core import pages
from overtake.core.paths import Project
from overtake.data import tables
from overtake.runs import pools, runs
from overtake.runs.runs import Run
from tests.conftest import ROOT

PROJECT = Project(ROOT)
TABLE = tables.load("claim_parts").set_index("part")
CLAIMS = tables.load("claims").set_index("claim")
CHAPTERS = sorted(set(CLAIMS["chapter"]))
SCALE = (
    (0.05, "clearly against"), (0.2, "against"), (0.45, "leans against"), (0.55, "can't tell"),
    (0.8, "leans for"), (0.95, "for"), (1.0, "clearly for"),
)  # fmt: skip
ABSENT = "no data"


@cache
def baseline(chapter: str) -> Run:
    """Return the run that the book shows."""
    return pools.ensure(PROJECT, runs.plan(PROJECT, chapter))


@cache
def facts(chapter: str) -> dict[str, dict[str, Any]]:
    """Return what the run's file says of each part: nothing of the machinery reads it."""
    text = (baseline(chapter).folder / "results.json").read_text(encoding="utf-8")
    return {each["part"]: each for each in json.loads(text)["claims"]}


def is_met(rule: Any, value: float) -> bool:
    held: dict[str, bool] = {
        "at least": value >= rule["threshold"],
        "above": value > rule["threshold"],
        "at most": value <= rule["threshold"],
        "below": value < rule["threshold"],
        "between": rule["threshold"] <= value <= rule["upper"],
    }
    return held[rule["direction"]]


def word_of(probability: float) -> str:
    """Read the scale; a border takes the word nearer to even, up to rounding."""
    p = round(probability, 12)
    below = next(word for upper, word in SCALE if p <= upper)
    at_border = [i for i, (upper, _) in enumerate(SCALE[:3]) if p == upper]
    return SCALE[at_border[0] + 1][1] if at_border else below


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_rule_evaluated_from_the_facts_gives_the_verdict(chapter: str) -> None:
    for part, told in facts(chapter).items():
        rule = TABLE.loc[part]
        if told["known"] is None:
            assert (told["verdict"], told["probability_true"], told["confidence"]) == (
                ABSENT, None, None,
            ), part  # fmt: skip
            assert told["settled_by"], part
            continue
        known = told["known"]
        assert known["estimate"]["unit"] == rule["unit"], part
        pairs = zip(known["values"], known["weights"], strict=True)
        probability = sum(weight for value, weight in pairs if is_met(rule, value))
        assert told["probability_true"] == pytest.approx(probability, abs=1e-9), part
        assert told["verdict"] == word_of(told["probability_true"]), part
        assert told["confidence"] in {"low", "moderate", "high"}, part
        kept = {name: told["rule"][name] for name in ("quantity", "unit", "direction", "threshold")}
        assert kept == {name: rule[name] for name in kept}, part


def test_every_part_of_the_table_is_judged_by_the_chapter_of_its_claim() -> None:
    found = {part: chapter for chapter in CHAPTERS for part in facts(chapter)}
    assert sum(len(facts(chapter)) for chapter in CHAPTERS) == len(found), "a part comes twice"
    wanted = {part: CLAIMS.loc[row["claim"], "chapter"] for part, row in TABLE.iterrows()}
    assert found == wanted


def test_the_ledger_and_its_file_say_the_same_as_the_facts() -> None:
    shown_runs = {chapter: baseline(chapter) for chapter in CHAPTERS}
    text = ledger.claim_ledger(shown_runs, "claims", CHAPTERS)
    records = {each["id"]: each for each in judged.records(shown_runs, "claims")}
    for chapter in CHAPTERS:
        for part, told in facts(chapter).items():
            line = judged.line(shown_runs[chapter].claims[part])
            assert line in text, part
            assert pages.escape(told["verdict"]) in line
            same = ("verdict", "probability_true", "confidence", "question", "tested", "claim")
            assert {name: records[part][name] for name in same} == {
                name: told[name] for name in same
            }
            assert (records[part]["rule"] or {}).get("threshold") == (told["rule"] or {}).get(
                "threshold"
            )
    assert set(records) == set(TABLE.index)


def test_the_scale_of_the_methods_page_is_the_one_in_use() -> None:
    text = Path(ROOT, "chapters/methods.md").read_text(encoding="utf-8")
    words = {word for _, word in SCALE}
    rows = [line.split("|") for line in text.splitlines() if line.count("|") == 4]
    told = [cells[3].strip() for cells in rows if cells[3].strip() in words]
    assert told == [word for _, word in SCALE]
