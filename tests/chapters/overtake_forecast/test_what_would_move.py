"""What each answer does to the chance of a lead, read off the same paths."""

import numpy as np
import pytest

from chapters.overtake_forecast.what_would_move import watch
from models.race.dated_forecasts import DatedForecast
from models.race.race_simulation import LeadPaths


def question(measure: str, relation: str, threshold: float, due: str) -> DatedForecast:
    return DatedForecast(
        f"{measure} {relation} {threshold}?", measure, relation, threshold, "2026-09-28", due,
        "points", "capability_index", probability=0.5,
    )  # fmt: skip


LOGGED = [
    question("capability_gap", "below", 5.0, "2027-09-30"),
    question("capability_gap", "at least", 15.0, "2027-09-30"),
    question("capability_gap", "below", 5.0, "2027-06-30"),
    question("largest_run_gap", "below", 1.0, "2027-09-30"),
]


def paths() -> LeadPaths:
    """Of those 4 points behind half lead later, of those 20 behind none, of the rest a tenth."""
    middle = np.repeat([-4.0, -10.0, -20.0], [40, 100, 60])
    later = np.full(200, -5.0)
    later[:20], later[40:50] = 1.0, 1.0
    lead = np.stack([middle, later], axis=1).reshape(20, 10, 2)
    return LeadPaths(np.array([2027.75, 2031.0]), lead)


def test_the_answer_that_moves_most_comes_first() -> None:
    found = watch(LOGGED, {"one": paths()})
    assert found.widest.event is LOGGED[0]
    assert found.widest.shift.observed == pytest.approx(0.2)
    assert (found.widest.shift.if_so, found.widest.shift.if_not) == pytest.approx((0.5, 1 / 16))
    assert found.farthest.event is LOGGED[1]
    assert (found.farthest.shift.if_so, found.farthest.shift.if_not) == pytest.approx((0, 3 / 14))
    assert found.runs is LOGGED[3]
    assert len(found.by_gap) == 2


def test_an_answer_that_every_path_gives_moves_nothing() -> None:
    sure = question("capability_gap", "below", 0.0, "2027-09-30")
    found = watch([sure, *LOGGED], {"one": paths()})
    assert found.by_gap[-1].event is sure
    assert found.by_gap[-1].shift is None
    assert found.by_gap[-1].expected_move == 0


def test_a_lead_may_have_to_be_held_and_by_a_margin() -> None:
    one = paths()
    held = LeadPaths(np.array([2027.75, 2030.75, 2031.0]), np.repeat(one.lead, [1, 2], axis=2))
    before = [watch(LOGGED, {"one": one}, quarters=n).widest.shift.before for n in (1, 2)]
    assert before == pytest.approx([0.15, 0.0])
    assert watch(LOGGED, {"one": held}, quarters=2).widest.shift.before == pytest.approx(0.15)
    assert watch(LOGGED, {"one": held}, margin=1.5).widest.shift.before == 0


def test_members_count_the_same_whatever_their_paths() -> None:
    never = LeadPaths(paths().times, np.minimum(np.tile(paths().lead, (3, 1, 1)), -1.0))
    found = watch(LOGGED, {"one": paths(), "never": never})
    assert found.widest.shift.before == pytest.approx(0.15 / 2)
    assert found.widest.shift.observed == pytest.approx(0.2)
