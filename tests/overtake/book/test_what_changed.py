"""What moved since the last release, and why: by what differs, and by what the book says."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from overtake.book.changes import NOT_EXPLAINED, Changes
from overtake.book.plain import PlainNames
from overtake.core import digests
from overtake.core.errors import WordsError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import releases
from overtake.publishing.releases import Archive, Release
from overtake.runs.recorded import Recorded, RunInputs
from overtake.runs.runs import Run
from tests.made_runs import estimate, figure, headline, judged, without_data, write_run

PAGE = Path(__file__).parents[3] / "chapters" / "what-changed.md"
CHAPTER = "compute-gap"
MADE_FROM: dict[str, Any] = {
    "parameters": {"level": 0.9},
    "source": "0" * 64,
    "tables": {"electricity": "a" * 64},
    "modules": {"models/gap.py": "1" * 64, "overtake/core/prose.py": "1" * 64},
}


def put_release(root: Path, *, electricity: str, **inputs: Any) -> Release:
    """Release numbers `kept` 14, `moved` 20 and `lost` 3, and a verdict, of other inputs."""
    made_from = RunInputs(CHAPTER, **{**MADE_FROM, "lock": "0" * 64, "python": "3.11", **inputs})
    numbers = {
        name: releases.RecordedNumber(name, estimate(v, v - 1, v + 1), "2025-12-31", 2)
        for name, v in (("kept", 14.01), ("moved", 20), ("lost", 3))
    }
    release = Release(
        "1.0.0", date(2026, 2, 3), "c" * 40, {}, {"electricity": electricity},
        {CHAPTER: numbers}, {CHAPTER: {"wide": "undetermined", "same": "supported"}},
        (Recorded(made_from, {}, "release"),), Archive("x.zip", "0" * 64, 1),
        {"electricity": "2022-12-31"},
    )  # fmt: skip
    path = releases.path_of(Project(root), release.version)
    path.parent.mkdir(exist_ok=True)
    path.write_text(releases.as_json(release), encoding="utf-8")
    return release


def put_run(root: Path) -> Run:
    claims = [
        judged("wide", "supported"),
        judged("same", "supported"),
        judged("added", "supported"),
    ]
    return write_run(
        root,
        chapter=CHAPTER,
        numbers=[
            headline("kept", 14.04, 13.04, 15.04),
            headline("moved", 21, 20, 22),
            headline("made", 5, 4, 6),
        ],
        claims=claims,
        figures=[figure("gap")],
        **MADE_FROM,
    )


@pytest.fixture
def present() -> str:
    """The hash of the table behind the figure as it is."""
    data = Project.find().data
    return digests.of_file(data / tables.describe("electricity").path)


def changes_in(root: Path, electricity: str, **inputs: Any) -> Changes:
    put_release(root, electricity=electricity, **inputs)
    return Changes(root, {CHAPTER: put_run(root)})


@pytest.fixture(autouse=True)
def _tables_of_the_book(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up book has the tables of this one."""
    of = releases.tables_of
    monkeypatch.setattr(releases, "tables_of", lambda _project: of(Project.find()))


def test_moved_is_what_differs_as_it_is_shown(tmp_path: Path, present: str) -> None:
    found = changes_in(tmp_path, present)
    (moved,) = found.numbers
    assert (moved.name, moved.before, moved.now) == (
        "moved", "20 times (19 to 21)", "21 times (20 to 22)"
    )  # fmt: skip
    assert (moved.until_before, moved.until_now) == ("2025-12-31", "2026-01-01")
    assert [each.name for each in found.new] == ["made"]
    assert [(each.name, each.label) for each in found.gone] == [("lost", "lost")]
    assert found.compared == 2


def test_verdicts_say_how_far_the_data_reached_then_and_reach_now(
    tmp_path: Path, present: str
) -> None:
    wide, added = changes_in(tmp_path, present).verdicts
    assert (wide.before, wide.now) == ("undetermined", "supported")
    assert (wide.until_before, wide.until_now) == (
        "2022-12-31", tables.describe("electricity").reaches
    )  # fmt: skip
    assert (added.name, added.before) == ("added", "not judged")


@pytest.mark.parametrize(
    ("electricity", "inputs", "cause"),
    [
        ("same", {}, "the machinery or the environment"),
        ("other", {}, "data: Electricity generation and demand"),
        ("same", {"parameters": {"level": 0.8}}, "parameters: level"),
        ("same", {"modules": {**MADE_FROM["modules"], "models/gap.py": "2" * 64}},
         "code: 1 file"),
        ("same", {"modules": {**MADE_FROM["modules"], "overtake/core/prose.py": "2" * 64}},
         "the machinery or the environment"),
        ("same", {"source": "1" * 64}, "code: the notebook"),
        ("other", {"parameters": {}, "modules": {}},
         "data: Electricity generation and demand; parameters: level; code: 1 file"),
    ],
)  # fmt: skip
def test_the_cause_is_what_differs_in_the_inputs(
    tmp_path: Path, present: str, electricity: str, inputs: dict[str, Any], cause: str
) -> None:
    then = present if electricity == "same" else "f" * 64
    (moved,) = changes_in(tmp_path, then, **inputs).numbers
    assert moved.cause == cause


def reasons(root: Path, *rows: str) -> None:
    path = root / "chapters" / "what_changed.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["since,chapter,name,reason", *rows, ""]), encoding="utf-8")


def test_reasons_are_the_books_for_this_release_alone(tmp_path: Path, present: str) -> None:
    found = changes_in(tmp_path, present)
    reasons(
        tmp_path, f"1.0.0,{CHAPTER},moved,A new model.", f"0.9.0,{CHAPTER},wide,Of another time."
    )
    assert [each.reason for each in found.numbers] == ["A new model."]
    assert [each.name for each in found.unexplained] == ["wide", "added"]
    reasons(tmp_path, f"1.0.0,{CHAPTER},*,All of it.", f"1.0.0,{CHAPTER},wide,This one.")
    again = Changes(found.root, found.runs)
    assert [each.reason for each in (*again.verdicts, *again.numbers)] == [
        "This one.", "All of it.", "All of it."
    ]  # fmt: skip
    assert again.unexplained == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            f"1.0.0,{CHAPTER},moved_,A typo.",
            f"no '{CHAPTER} moved_'; the nearest is '{CHAPTER} moved'",
        ),
        ("1.0.0,moved,A reason.", "line 2 must be since,chapter,name,reason"),
    ],
)
def test_a_reason_about_nothing_is_refused(
    tmp_path: Path, present: str, row: str, message: str
) -> None:
    found = changes_in(tmp_path, present)
    reasons(tmp_path, row)
    with pytest.raises(WordsError, match=message):
        found.numbers  # noqa: B018


def test_the_page_tells_it_and_what_is_not_explained(tmp_path: Path, present: str) -> None:
    found = changes_in(tmp_path, present)
    text = PlainNames(tmp_path, found.runs, list).render(PAGE.read_text(encoding="utf-8"), "page")
    assert "Since version 1.0.0 of 3 February 2026, 1 of 2 headline numbers has moved" in text
    assert "and 2 verdicts" in text
    assert (
        "| moved | 20 times (19 to 21) [data until 2025\u201112\u201131]{.overtake-until} | "
        "**21 times (20 to 22)** [data until 2026\u201101\u201101]{.overtake-until} | " in text
    )
    assert text.count(f"| {NOT_EXPLAINED} ") == 3
    assert "3 of what moved are not yet explained" in text
    assert "| `lost` | compute-gap | 3.0 times (2.0 to 4.0) |" in text.replace("\\", "")


def test_right_after_a_release_it_is_the_one_before_that_is_compared_with(
    tmp_path: Path, present: str
) -> None:
    found = changes_in(tmp_path, present)
    run = found.runs[CHAPTER]
    old = found.releases[0]
    as_it_is = replace(
        old,
        version="1.1.0",
        released=date(2026, 3, 4),
        numbers={CHAPTER: run.results.numbers},
        verdicts={CHAPTER: {name: c.verdict for name, c in run.results.claims.items()}},
    )
    path = releases.path_of(Project(tmp_path), "1.1.0")
    path.write_text(releases.as_json(as_it_is), encoding="utf-8")
    again = Changes(tmp_path, found.runs)
    assert again.last is not None
    assert again.last.version == "1.0.0"
    text = PlainNames(tmp_path, found.runs, list).render(PAGE.read_text(encoding="utf-8"), "page")
    assert "Nothing has moved since version 1.1.0 of 4 March 2026. **Since version 1.0.0" in text
    releases.path_of(Project(tmp_path), "1.0.0").unlink()
    alone = Changes(tmp_path, found.runs)
    assert (alone.numbers, alone.verdicts, alone.new, alone.gone) == ([], [], [], [])


def test_a_claim_that_had_one_verdict_stands_beside_each_of_its_parts(
    tmp_path: Path, present: str
) -> None:
    found = changes_in(tmp_path, present)
    parts = [
        replace(judged("wide", "leans for"), part="wide-chips"),
        without_data("wide", "wide-why"),
        judged("same", "supported"),
    ]
    run = write_run(
        tmp_path, "d" * 16, chapter=CHAPTER, numbers=[headline("kept", 14, 13, 15)],
        claims=parts, figures=[figure("gap")], **MADE_FROM,
    )  # fmt: skip
    reasons = "since,chapter,name,reason\n1.0.0,compute-gap,wide,It was split.\n"
    (tmp_path / "chapters/what_changed.csv").write_text(reasons, encoding="utf-8")
    told = Changes(found.root, {CHAPTER: run}).verdicts
    assert [(each.name, each.before, each.now) for each in told] == [
        ("wide-chips", "undetermined", "leans for"),
        ("wide-why", "undetermined", "no data"),
    ]
    assert {each.reason for each in told} == {"It was split."}


def test_a_first_edition_has_nothing_to_compare_with(tmp_path: Path) -> None:
    runs = {CHAPTER: put_run(tmp_path)}
    found = Changes(tmp_path, runs)
    assert (found.last, found.numbers, found.verdicts, found.compared) == (None, [], [], 0)
    text = PlainNames(tmp_path, runs, list).render(PAGE.read_text(encoding="utf-8"), "page")
    assert "This is the first edition" in text


def test_a_chapter_of_one_side_alone_is_new_or_gone(tmp_path: Path, present: str) -> None:
    found = changes_in(tmp_path, present)
    (made, *_) = replace(found).new
    assert made.cause == "the machinery or the environment"
    gone = Changes(tmp_path, {})
    assert {each.cause for each in gone.gone} == {"chapter gone"}
    assert {each.now for each in gone.verdicts} == {"not judged"}


def test_what_went_to_another_chapter_is_told_beside_what_it_was(
    tmp_path: Path, present: str
) -> None:
    found = changes_in(tmp_path, present)
    elsewhere = write_run(
        tmp_path,
        "f" * 16,
        chapter="other",
        numbers=[headline("lost", 4, 3, 5)],
        claims=[judged("same", "not supported")],
        figures=[figure("gap")],
        **MADE_FROM,
    )
    run = write_run(
        tmp_path,
        "e" * 16,
        chapter=CHAPTER,
        numbers=[headline("kept", 14.04, 13.04, 15.04), headline("moved", 20, 19, 21)],
        claims=[judged("wide", "undetermined")],
        figures=[figure("gap")],
        **MADE_FROM,
    )
    moved = Changes(found.root, {CHAPTER: run, "other": elsewhere})
    (lost,) = moved.numbers
    assert (lost.chapter, lost.before, lost.now) == (
        "other", "3.0 times (2.0 to 4.0)", "4.0 times (3.0 to 5.0)"
    )  # fmt: skip
    assert lost.cause == f"place: before in {CHAPTER}"
    (same,) = moved.verdicts
    assert (same.chapter, same.before, same.now) == ("other", "supported", "not supported")
    assert (moved.new, moved.gone, moved.compared) == ([], [], 3)
