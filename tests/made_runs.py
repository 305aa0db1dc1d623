"""Finished runs with the words of their chapters, written down without executing anything."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat

from overtake.chapter.figures import DrawingRecord
from overtake.chapter.results import (
    RecordedClaim,
    RecordedDistribution,
    RecordedEstimate,
    RecordedNumber,
    RecordedRule,
    RecordedTest,
)
from overtake.runs import recorded
from overtake.runs.recorded import RunInputs
from overtake.runs.runs import Run
from overtake.runs.words.chapter import ClaimWords, FigureWords, NumberWords
from overtake.runs.words.told import Figure, Headline, JudgedClaim, NamedTest
from tests.conftest import notebook

CHAPTER = "chips"
RULE = RecordedRule("width", "times", "at least", 10.0, None)
KNOWN = RecordedDistribution(
    RecordedEstimate(8.0, 5.0, 12.0, 0.9, "confidence", 3, "times"),
    (5.0, 8.0, 12.0),
    (0.3, 0.4, 0.3),
)


def estimate(value: float, low: float, high: float, unit: str = "times") -> RecordedEstimate:
    """Return an estimate with a 90% confidence interval from three observations."""
    return RecordedEstimate(value, low, high, 0.9, "confidence", 3, unit)


def headline(name: str, value: float, low: float, high: float, unit: str = "times") -> Headline:
    """Return a headline number whose label is its name."""
    return Headline(name, estimate(value, low, high, unit), "2026-01-01", 2, name, "A ratio.")


def judged(claim: str, verdict: str, likelihood: str | None = None) -> JudgedClaim:
    """Return a verdict on a claim's only part."""
    return JudgedClaim(
        claim, claim, verdict, "lean against it", likelihood, 0.3, "low", "gap", "models.scale",
        "None.", "A fall.", says="It is wide.", question="Is it wide?", tested="Its width.",
        settled_by="A ruler.", rule=RULE, known=KNOWN,
    )  # fmt: skip


def without_data(claim: str, part: str) -> JudgedClaim:
    """Return a part of a claim of which nothing was measured."""
    return JudgedClaim(
        part, claim, "no data", "are missing", None, None, None, "", "", "None.", "A fall.",
        says="It was meant.", question="Was it meant?", tested="Not tested.",
        settled_by="A diary.",
    )  # fmt: skip


def figure(id: str, title: str = "A title", alt: str = "A line.", **files: str) -> Figure:
    """Return a figure of one column, on electricity; `files` are hashes by ending."""
    hashes = {f"{id}.{kind}": digest for kind, digest in files.items()}
    return Figure(
        id,
        title,
        "A caption.",
        alt,
        {"electricity": ("owid-electricity",)},
        {"x": "a number"},
        2,
        hashes,
        Path(),
    )


def write_run(
    root: Path,
    id: str = "0123456789abcdef",
    *,
    chapter: str = CHAPTER,
    numbers: Sequence[Headline] = (),
    claims: Sequence[JudgedClaim] = (),
    tests: Sequence[NamedTest] = (),
    figures: Sequence[Figure] = (),
    **inputs: Any,
) -> Run:
    """Put a finished run into the store of a checkout, and its words into the chapter.

    `inputs` replace those of `RunInputs`; the id need not be their hash.
    """
    folder = root / "_build" / "runs" / id
    (folder / "figures").mkdir(parents=True)
    _write(
        folder / "results.json",
        {
            "numbers": [asdict(_number(each)) for each in numbers],
            "claims": [_claim(each) for each in claims],
            "tests": [_test(each) for each in tests],
        },
    )
    for each in figures:
        _write(folder / "figures" / f"{each.id}.json", asdict(_drawing(each)))
    made_from = {
        "parameters": {}, "source": "0" * 64, "tables": {}, "modules": {}, "lock": "0" * 64,
        "python": "3.11",
    }  # fmt: skip
    recorded.write(RunInputs(chapter, **{**made_from, **inputs}), folder)
    write_words(root, chapter, numbers=numbers, claims=claims, tests=tests, figures=figures)
    return Run(folder)


def write_words(
    root: Path,
    chapter: str = CHAPTER,
    *,
    numbers: Sequence[Headline] = (),
    claims: Sequence[JudgedClaim] = (),
    tests: Sequence[NamedTest] = (),
    figures: Sequence[Figure] = (),
) -> None:
    """Write a chapter whose words are these."""
    blocks = [_block("figure-words", _words(each), each.id) for each in figures]
    blocks += [_block("number-words", {n.name: _of(n, NumberWords) for n in numbers})]
    blocks += [_block("claim-words", {c.claim: _of(c, ClaimWords) for c in claims})]
    blocks += [_block("test-words", {t.id: t.name for t in tests})]
    source = notebook(("x: int = 1",), f"# The {chapter.replace('-', ' ')}", "\n".join(blocks))
    path = root / "chapters" / f"{chapter}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(nbformat.writes(source), encoding="utf-8")


def _number(number: Headline) -> RecordedNumber:
    return RecordedNumber(number.name, number.estimate, number.data_until, number.digits)


def _claim(claim: JudgedClaim) -> dict[str, Any]:
    recorded = RecordedClaim(**_of(claim, RecordedClaim))
    return asdict(recorded)


def _test(test: NamedTest) -> dict[str, Any]:
    return _of(test, RecordedTest)


def _drawing(figure: Figure) -> DrawingRecord:
    return DrawingRecord(
        figure.id, figure.sources, tuple(figure.columns), figure.rows, figure.files
    )


def _of(told: object, kind: type) -> dict[str, Any]:
    """Return those attributes of what is told that another class has too."""
    return {name: getattr(told, name) for name in kind.__dataclass_fields__}  # type: ignore[attr-defined]


def _words(figure: Figure) -> dict[str, Any]:
    return {name: words for name, words in _of(figure, FigureWords).items() if words}


def _block(kind: str, words: Mapping[str, Any], id: str = "") -> str:
    """Return a block of words; JSON is YAML, and nothing in it is an expression."""
    if not words:
        return ""
    text = json.dumps(words, ensure_ascii=False)
    return f"```{{{kind}}} {id}\n{{% raw %}}\n{text}\n{{% endraw %}}\n```\n"


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
