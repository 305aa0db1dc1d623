"""Pieces of results in sentences."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from overtake.errors import ResultError
from overtake.reading import coverage, feedback, phrases
from overtake.runs import Run

ROW = {
    "name": "gap", "label": "Gap", "value": 16.2, "low": 9.8, "high": 26.0, "level": 0.9,
    "kind": "credible", "n": 2, "unit": "times", "definition": "D.", "vintage": "2026", "digits": 2,
}  # fmt: skip
CLAIM = {
    "claim": "c", "verdict": "undetermined", "likelihood": None, "confidence": "low",
    "would_change": "More data.",
}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Run:
    share = ROW | {"name": "share", "value": 0.417, "low": 0.144, "high": 0.722, "unit": ""}
    exact = ROW | {"name": "exact", "low": 16.2, "high": 16.2}
    likely = CLAIM | {"claim": "p", "likelihood": "unlikely"}
    percent = ROW | {"name": "percent", "value": 27.4, "low": 3.0, "high": 64.2, "unit": "%"}
    content = {"headline": [ROW, share, exact, percent], "claims": [CLAIM, likely]}
    (tmp_path / "results.json").write_text(json.dumps(content), encoding="utf-8")
    return Run(tmp_path)


def test_numbers_are_short_and_shares_are_percentages(run: Run) -> None:
    assert phrases.short(run, "gap") == "16 times (9.8 to 26)"
    assert phrases.short(run, "share") == "42% (14% to 72%)"
    assert phrases.short(run, "percent") == "27% (3.0% to 64%)"
    assert phrases.label(run, "gap") == "Gap"
    assert phrases.short(run, "exact") == "16 times"
    assert phrases.value(run, "gap") == "16 times"
    assert phrases.value(run, "share") == "42%"


def test_likelihood_and_confidence_are_apart(run: Run) -> None:
    assert phrases.likelihood(run, "p") == "unlikely"
    assert phrases.confidence(run, "p") == "low"
    assert phrases.would_change(run, "c") == "More data."
    with pytest.raises(ResultError, match="about no probability"):
        phrases.likelihood(run, "c")
    with pytest.raises(ResultError, match="there are: c, p"):
        phrases.confidence(run, "x")
    with pytest.raises(ResultError, match="there are: exact, gap, percent, share"):
        phrases.value(run, "x")


def test_coverage_is_told_as_it_was_measured(tmp_path: Path) -> None:
    entry = {"name": "a mean", "coverage": 0.908, "low": 0.865, "high": 0.941, "replications": 250,
             "data": "12 points"}  # fmt: skip
    path = tmp_path / "coverage.json"
    with pytest.raises(ResultError, match="make test-slow"):
        coverage.phrase(path, "a mean")
    path.write_text(json.dumps({"intervals": [entry]}), encoding="utf-8")
    expected = "the truth in 91% of 250 data sets (95% interval 86% to 94%; 12 points)"
    assert coverage.phrase(path, "a mean") == expected
    assert coverage.share(path, "a mean") == "91%"
    with pytest.raises(ResultError, match="measured are: a mean"):
        coverage.phrase(path, "a median")


def test_an_issue_is_prefilled_with_page_version_and_run() -> None:
    link = feedback.address(
        "https://example.org/o/r", title="A & B", page="chapters/a.html", version="1.0", run="ab12"
    )
    parts = urlsplit(link)
    fields = parse_qs(parts.query)
    assert parts.path == "/o/r/issues/new"
    assert fields["title"] == ["A & B: "]
    assert "Page: A & B (chapters/a.html)\nVersion: 1.0\nRun: ab12\n" in fields["body"][0]
    assert "&amp;" in feedback.paragraph(link)
