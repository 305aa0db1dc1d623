"""What a number's page and "What changed" say of why a number moved."""

from dataclasses import replace
from pathlib import Path

import pytest

from overtake.book import forecast_log_page, why_moved
from overtake.book.changes import Changes
from overtake.chapter.results import RecordedNumber
from overtake.core.paths import Project
from overtake.publishing import releases
from overtake.publishing.forecast_log import ForecastLog, Logged
from overtake.publishing.why import record
from overtake.publishing.why.answers import Answer, ChapterAnswer
from overtake.publishing.why.forecasts import as_number
from overtake.publishing.why.record import Answers
from overtake.publishing.why.splitting import Part
from tests.made_runs import estimate
from tests.overtake.book.test_what_changed import CHAPTER, put_release, put_run

LOGGED = Logged(
    id="0" * 12, made="2026-11-24", vintage="v", run="0" * 16, chapter="race",
    settled_by="models.race:settle", question="Is it ahead?", measure="gap", relation="below",
    threshold=0.0, since="2026-10-01", due="2027-06-30", unit="points", table="index",
    probability=0.2, quantiles=(), data_until="2026-10-01",
)  # fmt: skip


def number(value: float) -> RecordedNumber:
    return RecordedNumber("moved", estimate(value, value - 1, value + 1), "2026-01-01", 2)


CODE = Part(("code",), 4.0, 3.0, 4.0, 2, "c" * 16)
DATA = Part(("data", "judgement"), -3.0, -3.0, -3.0, 1, "d" * 16, "a column is missing")
TOLD = ChapterAnswer(
    CHAPTER, CHAPTER, "b" * 16, "d" * 16, {"code": ("table new",), "data": ("table electricity",)},
    3, {"data": "a <column> is missing"},
    (Answer("moved", number(20), number(21), (CODE, DATA), 0.25),),
)  # fmt: skip


@pytest.fixture
def book(tmp_path: Path) -> Project:
    """Return a book with a release in which the number `moved` was 20, and an answer on record."""
    put_release(tmp_path, electricity="f" * 64)
    record.write(Project(tmp_path), Answers("1.0.0", "now", (TOLD,), {}))
    return Project(tmp_path)


def test_a_number_s_page_shows_the_parts_and_their_sum(book: Project) -> None:
    body = why_moved.body(book, CHAPTER, number(21))
    assert body
    assert "It was 20 times in version 1.0.0 and is 21 times: +1.00 times." in body
    for said in ("+4.00 times", "+3.00 times to +4.00 times", "in other orders", "c" * 16,
                 "Data and judgement together", "−3.00 times", "table electricity",
                 "varies by 0.25 times", "overtake why compute-gap/moved 1.0.0"):  # fmt: skip
        assert said in body
    assert "a &lt;column&gt; is missing" in body


def test_a_number_s_picture_has_the_steps_between_two_versions(book: Project) -> None:
    since, (step,) = why_moved.between(book, CHAPTER, number(21))
    assert since == "1.0.0"
    assert (step.name, step.is_step) == ("1.0.0 with code of now", True)
    assert step.number.estimate == estimate(24, 24, 24)
    for other in (25, 20):
        assert why_moved.between(book, CHAPTER, number(other)) == ("", [])
    assert why_moved.between(book, CHAPTER, replace(number(21), name="made")) == ("", [])


def test_a_step_that_moves_nothing_is_left_out(book: Project) -> None:
    (answer,) = TOLD.answers
    still, moving = replace(CODE, inputs=("environment",), change=0.0), replace(DATA, change=0.0)
    for parts, steps in (
        ((still, moving, CODE), []),
        ((still, CODE, DATA), ["1.0.0 with code of now"]),
        ((replace(still, change=1.0), CODE, DATA),
         ["1.0.0 with environment and code of now", "1.0.0 with environment of now"]),
    ):  # fmt: skip
        told = replace(TOLD, answers=(replace(answer, parts=parts),))
        record.write(book, Answers("1.0.0", "now", (told,), {}))
        since, found = why_moved.between(book, CHAPTER, number(21))
        assert (since, [each.name for each in found]) == ("1.0.0", steps)


def test_an_answer_of_another_state_is_not_shown(book: Project) -> None:
    body = why_moved.body(book, CHAPTER, number(25))
    assert body
    assert "It was 20 times (19 to 21) in version 1.0.0, and is 25 times (24 to 26)." in body
    assert "not on record" in body
    assert "<table" not in body


def test_a_number_that_did_not_move_says_so_and_a_new_one_nothing(book: Project) -> None:
    same = why_moved.body(book, CHAPTER, number(20))
    assert same
    assert "It is as it was in version 1.0.0." in same
    assert why_moved.body(book, CHAPTER, replace(number(20), name="made")) is None


def test_another_interval_alone_is_no_change_to_split(book: Project) -> None:
    now = replace(number(20), estimate=estimate(20, 18, 22))
    answer = Answer("moved", number(20), now, (Part(("code",), 0.0, 0.0, 0.0, 1, "c" * 16),))
    record.write(book, Answers("1.0.0", "now", (replace(TOLD, answers=(answer,)),), {}))
    body = why_moved.body(book, CHAPTER, now)
    assert body
    assert "The value is the same; its interval is made otherwise." in body
    assert "<table" not in body


def test_a_number_without_draws_says_that_chance_does_nothing(book: Project) -> None:
    (answer,) = TOLD.answers
    told = replace(TOLD, answers=(replace(answer, chance=0.0),))
    record.write(book, Answers("1.0.0", "now", (told,), {}))
    body = why_moved.body(book, CHAPTER, number(21))
    assert body
    assert "Other seeds change nothing" in body


def test_ends_in_other_units_are_not_subtracted(book: Project) -> None:
    now = replace(number(21), estimate=estimate(21, 20, 22, "%"))
    answer = Answer("moved", number(20), now, ())
    record.write(book, Answers("1.0.0", "now", (replace(TOLD, answers=(answer,)),), {}))
    body = why_moved.body(book, CHAPTER, now)
    assert body
    assert "It was in times and is in %" in body
    assert "<table" not in body


def test_what_changed_has_the_split_in_place_of_the_guess(
    book: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "tables_of", lambda _project: {})
    found = Changes(book.root, {CHAPTER: put_run(book.root)})
    (moved,) = found.numbers
    assert moved.split == "code +4.00 times, data and judgement together −3.00 times"
    assert moved.cause == ""
    assert found.split == [moved]
    assert found.moved_most == {"code": 1}


def test_the_forecast_log_tells_what_moved_a_forecast_between_its_days() -> None:
    before, after = (
        logged.model_copy(update={"made": day, "probability": chance})
        for logged in (LOGGED,)
        for day, chance in (("2026-11-24", 0.2), ("2026-11-28", 0.1))
    )
    ends = as_number(before), as_number(after)
    part = Part(("data",), -0.1, -0.1, -0.1, 1, "d" * 16, tables=-0.15)
    answer = Answer(ends[0].name, *ends, (part,))
    chapter = replace(TOLD, chapter=LOGGED.chapter, answers=(answer,))
    answers = Answers("2026-11-24", "2026-11-28", (chapter,), {})
    text = forecast_log_page.markdown(ForecastLog((before, after), {}), [answers])
    assert "Why forecasts moved from 2026-11-24 to 2026-11-28" in text
    moved = "data −10.0 points (tables −15.0 points, parameters read off them +5.0 points)"
    assert rf"| Is it ahead? | 20\% | 10\% | {moved} |" in text
    other = after.model_copy(update={"probability": 0.15})
    assert "Why forecasts moved" not in forecast_log_page.markdown(
        ForecastLog((before, other), {}), [answers]
    )
