"""A change is split by what was changed, whatever of it can't be run any more."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.publishing.releases import Archive, Release
from overtake.publishing.why import states
from overtake.publishing.why.answers import Answer, ChapterAnswer, Question
from overtake.publishing.why.defaults import NOW
from overtake.publishing.why.rerunning import ObstacleError
from overtake.publishing.why.splitting import Part
from overtake.publishing.why.states import State
from overtake.runs.recorded import Recorded, RunInputs
from tests.overtake.publishing.why.conftest import CHAPTER, ReadingMachine, TinyBook


def ask(
    book: TinyBook, then: State, *, refuses: frozenset[str] = frozenset(), seeds: int = 0
) -> ChapterAnswer:
    now = states.find(book.project, NOW)
    machine = ReadingMachine(book.project, refuses, now.tree)
    names = frozenset({"total"})
    return Question(book.project, machine, then, now, CHAPTER, CHAPTER, names, seeds).answer()


def committed(book: TinyBook) -> State:
    return states.find(book.project, book.commit())


@pytest.mark.parametrize(
    ("given", "part", "change"),
    [
        ({"factor": 3}, "code", 16),
        ({"values": (1, 2, 4)}, "data", 8),
        ({"read": 4}, "data", 2),  # its source is a table
        ({"judged": 11}, "judgement", 2),
        ({"adder": 5}, "environment", 5),
    ],
)
def test_a_change_of_one_thing_alone_is_of_that_thing_alone(
    tiny: TinyBook, given: dict[str, Any], part: str, change: float
) -> None:
    then = committed(tiny)
    tiny.put(**given)
    (found,) = ask(tiny, then).answers
    assert found.change == pytest.approx(change)
    assert [(each.inputs, each.change) for each in found.parts] == [((part,), found.change)]
    assert found.parts[0].tables is None


def test_all_that_changed_has_its_part_its_run_and_its_range(tiny: TinyBook) -> None:
    then = committed(tiny)
    tiny.put(factor=3, values=(1, 2, 4), judged=20, read=4, adder=5)
    told = ask(tiny, then)
    (found,) = told.answers
    assert (found.before.estimate.value, found.now.estimate.value) == (32, 98)
    changes = {each.inputs: each.change for each in found.parts}
    # (3 + 13) * 2 = 32, + 5 = 37, * 3: 53, + 4 + 1: 68, + 10: 98
    assert changes == {
        ("environment",): 5, ("code",): 16, ("data",): 15, ("judgement",): 30,
    }  # fmt: skip
    assert found.sum == found.change == 66
    data = found.parts[2]
    assert (data.low, data.high, data.orders) == (10, 15, 4)  # 5 times the factor, 2 or 3
    assert data.tables == 12  # and 3 for the parameter that is read off them
    assert len({each.run for each in found.parts}) == 4
    assert found.parts[-1].run == told.run_now
    assert told.counted == {
        "environment": ("adder",),
        "code": (),
        "data": ("table points", "parameter read"),
        "judgement": ("parameter judged",),
    }


def test_nothing_has_parts_if_nothing_differs(tiny: TinyBook) -> None:
    then = committed(tiny)
    tiny.write("README.md", "Words.\n")
    (found,) = ask(tiny, then).answers
    assert (found.change, found.parts) == (0, ())


def test_what_can_t_be_run_in_one_order_is_run_in_the_other(tiny: TinyBook) -> None:
    then = committed(tiny)
    tiny.put(factor=3, values=(1, 2, 4))
    (found,) = ask(tiny, then, refuses=frozenset({"code"})).answers
    assert [each.inputs for each in found.parts] == [("data",), ("code",)]
    assert [each.change for each in found.parts] == [8, 20]


def test_parts_that_can_t_be_told_apart_are_one_and_name_the_obstacle(tiny: TinyBook) -> None:
    then = committed(tiny)
    tiny.put(factor=3, values=(1, 2, 4), judged=20)
    told = ask(tiny, then, refuses=frozenset({"code", "data"}))
    (found,) = told.answers
    (joined,) = [each for each in found.parts if len(each.inputs) > 1]
    assert set(joined.inputs) == {"code", "data"}
    assert joined.obstacle == "no run of code"
    assert found.sum == found.change
    assert set(told.obstacles.values()) == {"no run of code", "no run of data"}


def test_a_table_that_the_code_refuses_counts_to_the_code_if_nothing_else_helps(
    tiny: TinyBook,
) -> None:
    then = committed(tiny)
    tiny.put(factor=3, values=(1, 2, 4), read=4)
    now = states.find(tiny.project, NOW)
    refuses = frozenset({"code", "data"})
    machine = ReadingMachine(tiny.project, refuses, now.tree, is_strict=False)
    names = frozenset({"total"})
    told = Question(tiny.project, machine, then, now, CHAPTER, CHAPTER, names, 0).answer()
    (found,) = told.answers
    # 16 * 2 = 32; the new code with its table: (7 + 10 + 3) * 3; the parameter: 3
    assert [(each.inputs, each.change) for each in found.parts] == [(("code",), 28), (("data",), 3)]
    assert (told.counted["code"], told.counted["data"]) == (("table points",), ("parameter read",))
    assert told.obstacles == {}


def released(book: TinyBook, commit: str, value: float) -> Release:
    machine = ReadingMachine(book.project)
    tree = states.find(book.project, NOW).tree
    total = machine.run(states.Recipe(CHAPTER, tree, tree, tree)).numbers["total"]
    number = replace(total, estimate=replace(total.estimate, value=value))
    made_from = RunInputs(
        CHAPTER, {"judged": 10, "read": 3, "seed": 1}, "0" * 64, {"points": "a" * 64}, {},
        "0" * 64, "3.11",
    )  # fmt: skip
    return Release(
        "1.0.0", date(2026, 2, 3), commit, {}, {}, {CHAPTER: {"total": number}}, {},
        (Recorded(made_from, {}, "release"),), Archive("x.zip", "0" * 64, 1),
    )  # fmt: skip


def test_a_release_whose_commit_is_gone_is_told_from_its_record(tiny: TinyBook) -> None:
    tiny.commit()
    release = released(tiny, "c" * 40, 30)
    tiny.put(values=(1, 2, 4), judged=20)
    told = ask(tiny, State("1.0.0", "", release))
    (found,) = told.answers
    assert (found.before.estimate.value, found.now.estimate.value) == (30, 60)
    (whole,) = found.parts
    assert (whole.inputs, whole.change) == (("environment", "code", "data", "judgement"), 30)
    assert "has not the commit of 1.0.0" in told.obstacles[""]
    assert told.run_before == release.runs[0].id


def test_a_release_that_can_t_be_run_again_is_told_from_its_record_on(tiny: TinyBook) -> None:
    release = released(tiny, tiny.commit(), 32)
    then = State("1.0.0", states.tree_of(tiny.project, "HEAD"), release)
    tiny.put(factor=3, values=(1, 2, 4), adder=5)
    told = ask(tiny, then, refuses=frozenset({""}))  # as if a package of then were gone
    (found,) = told.answers
    assert [each.inputs for each in found.parts] == [("environment",), ("code",), ("data",)]
    assert found.sum == found.change
    assert told.obstacles[""] == "no run of "


def test_a_state_that_is_neither_runnable_nor_on_record_is_refused(tiny: TinyBook) -> None:
    then = committed(tiny)
    tiny.put(factor=3)
    with pytest.raises(ObstacleError, match="no run of"):
        ask(tiny, then, refuses=frozenset({""}))


def test_chance_is_what_other_seeds_do_at_both_ends(tiny: TinyBook) -> None:
    then = committed(tiny)
    tiny.put(factor=3)
    told = ask(tiny, then, seeds=3)
    # The seeds 1 to 4 add 0, 0.01, 0.02 and 0.03: of variance 1/6000, at each end.
    assert told.seeds == 3
    assert told.answers[0].chance == pytest.approx((2 / 6000) ** 0.5)


@pytest.mark.parametrize(
    ("unit", "before", "parts", "shown"),
    [
        ("share", 0.28, (-0.1144, -0.0314), ("−11.4 points", "−3.1 points", "−14.6 points")),
        ("%", 28, (-11.44, -3.14), ("−11.4 points", "−3.1 points", "−14.6 points")),
        ("times", 16, (0.0004, 1.5), ("0.00 times", "+1.50 times", "+1.50 times")),
        ("calendar year", 2030, (7, 0.25), ("+7.00 years", "+0.25 years", "+7.25 years")),
        ("", 1, (1e-30, 2e-30), ("+1.0 × 10⁻³⁰", "+2.0 × 10⁻³⁰", "+3.0 × 10⁻³⁰")),
        ("units", 3, (0.0, 0.0), ("0 units", "0 units", "0 units")),
    ],
)
def test_parts_are_shown_so_that_they_add_up(
    unit: str, before: float, parts: tuple[float, float], shown: tuple[str, ...]
) -> None:
    ends = (before, before + sum(parts)) if unit else (0.0, sum(parts))
    then, now = (
        RecordedNumber("total", RecordedEstimate(v, v, v, 0.9, "confidence", 3, unit), "", 2)
        for v in ends
    )
    made = tuple(Part(("data",), change, change, change, 1, "") for change in parts)
    answer = Answer("total", then, now, made)
    assert tuple(map(answer.shown, (*parts, answer.sum))) == shown
