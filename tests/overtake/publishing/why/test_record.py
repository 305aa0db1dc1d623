"""Answers on record: the same bytes for the same answers, told only of the ends they are of."""

import math
from dataclasses import replace

import pytest

from overtake.core.errors import RecordError
from overtake.core.paths import Project
from overtake.publishing import releases
from overtake.publishing.releases import Release
from overtake.publishing.why import record, states
from overtake.publishing.why.defaults import NOW
from overtake.publishing.why.record import Answers
from overtake.publishing.why.states import State
from tests.conftest import ROOT
from tests.overtake.publishing.why.conftest import CHAPTER, ReadingMachine, TinyBook
from tests.overtake.publishing.why.test_answers import released


def gathered(book: TinyBook) -> Answers:
    now = states.find(book.project, NOW)
    release = released(book, "HEAD", 32)
    then = State("1.0.0", states.tree_of(book.project, "HEAD"), release)
    return told(book, then, now, ReadingMachine(book.project, new=now.tree))


def told(book: TinyBook, then: State, now: State, machine: ReadingMachine) -> Answers:
    assert then.release
    names = record.numbers_of_both(book.project, machine, then.release, now)
    gathered = record.gather(book.project, machine, (then, now), names, 1)
    return record.collect("1.0.0", NOW, gathered)


@pytest.fixture
def moved(tiny: TinyBook) -> TinyBook:
    """Return a book with one chapter, whose data and code are others than committed."""
    tiny.write(f"chapters/{CHAPTER}.ipynb", "{}")
    tiny.commit()
    tiny.put(factor=3, values=(1, 2, 4))
    return tiny


def test_a_record_is_the_same_to_the_byte_and_comes_back(moved: TinyBook) -> None:
    answers = gathered(moved)
    path = record.write(moved.project, answers)
    first = path.read_bytes()
    assert record.read(moved.project, "1.0.0") == answers
    moved.write("README.md", "Other words, and the record itself, are no input.\n")
    record.write(moved.project, gathered(moved))
    assert path.read_bytes() == first
    assert str(moved.root).encode() not in first
    assert record.read(moved.project, "2.0.0") is None


def test_an_answer_is_told_of_its_own_ends_alone(moved: TinyBook) -> None:
    answers = gathered(moved)
    (chapter,) = answers.chapters
    (answer,) = chapter.answers
    assert answers.told(CHAPTER, answer.before, answer.now) == (chapter, answer)
    nearly = replace(answer.now.estimate, value=answer.now.estimate.value + 1e-9)
    assert answers.told(CHAPTER, answer.before, replace(answer.now, estimate=nearly))
    other = replace(answer.now, estimate=replace(nearly, value=answer.now.estimate.value + 1))
    assert answers.told(CHAPTER, answer.before, other) is None
    assert answers.told(CHAPTER, other, answer.now) is None
    assert answers.told("another", answer.before, answer.now) is None


def test_a_chapter_that_can_t_be_run_is_refused_and_the_reason_kept(moved: TinyBook) -> None:
    now = states.find(moved.project, NOW)
    then = State("1.0.0", states.tree_of(moved.project, "HEAD"), None)
    machine = ReadingMachine(moved.project, frozenset({""}), now.tree)
    names = {(CHAPTER, CHAPTER): frozenset({"total"})}
    gathered = record.gather(moved.project, machine, (then, now), names)
    answers = record.collect("1.0.0", NOW, gathered)
    assert answers.chapters == ()
    assert "no run of" in answers.refused[CHAPTER]


def test_forecasts_are_those_that_were_logged_on_both_days(moved: TinyBook) -> None:
    text = (Project(ROOT).root / "data/forecasts/log.jsonl").read_text()
    moved.write("data/forecasts/log.jsonl", text)
    names = record.forecasts_of_both(moved.project, "2026-11-28", "2026-11-29")
    assert set(names) == {("overtake-forecast", "overtake-forecast")}
    (found,) = names.values()
    assert "forecast of capability_gap below 0 by 2026-12-31" in found
    assert record.forecasts_of_both(moved.project, "2026-11-28", "2026-11-30") == {}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"format": 9}', "format"),
        ('{"format": 1, "since": "1.0.0"}', "until"),
        ("[]", "no names"),
    ],
)
def test_a_damaged_record_is_refused_with_its_field(tiny: TinyBook, text: str, field: str) -> None:
    tiny.write("releases/why/1.0.0.json", text)
    with pytest.raises(RecordError, match=field):
        record.read(tiny.project, "1.0.0")


RECORDS = sorted(path.stem for path in (Project(ROOT).releases / record.FOLDER).glob("*.json"))


@pytest.mark.parametrize("name", RECORDS)
def test_what_the_book_has_on_record_adds_up(name: str) -> None:
    answers = record.read(Project(ROOT), name)
    assert answers
    for chapter in answers.chapters:
        for answer in chapter.answers:
            if answer.parts:
                assert math.isclose(answer.sum, answer.change, rel_tol=1e-9, abs_tol=1e-12)
                told = [each for part in answer.parts for each in part.inputs]
                assert sorted(told) == sorted(chapter.counted)


@pytest.mark.parametrize("release", releases.read_all(Project(ROOT)), ids=lambda r: r.version)
def test_what_is_on_record_begins_at_the_numbers_of_the_release(release: Release) -> None:
    answers = record.read(Project(ROOT), release.version)
    for chapter in answers.chapters if answers else ():
        for answer in chapter.answers:
            assert answer.before == release.numbers[chapter.chapter_before][answer.name]
