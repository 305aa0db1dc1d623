"""The published forecast is the pool by capability, and the joint model by any other meaning."""

from dataclasses import replace

import numpy as np
import pytest

from chapters.overtake_forecast.joint_model import EARLY, LATE, JointForecast, Simulated
from chapters.overtake_forecast.pooled import (
    NAMES,
    Pooled,
    count_past,
    gather_paths,
    pool_members,
    simulate_past,
)
from models.race.gap_pool import MEMBERS
from models.race.race_batch import PastMembers
from tests.chapters.overtake_forecast.conftest import MARGIN


def test_the_published_chance_is_the_mean_of_all_members(pool: Pooled) -> None:
    assert [member.name for member in pool.members] == list(MEMBERS)
    assert set(NAMES) == {*MEMBERS, "pool"}
    late = [member.late.held.value for member in pool.members]
    assert pool.chosen.late.held.value == pytest.approx(np.mean(late))
    assert (pool.lowest.late.held.value, pool.highest.late.held.value) == (min(late), max(late))
    assert pool.is_pooled
    assert pool.n_members == 6
    assert pool.members_that_see_none == late.count(0.0)
    joint = pool.members[-1].late.held.value
    assert pool.ceiling == pytest.approx(np.mean(late) + (1 - joint) / 6)


def test_the_joint_member_is_the_joint_model_of_the_chapter(
    pool: Pooled, joint: JointForecast
) -> None:
    assert pool.members[-1].forecast == joint.capability.forecast
    assert pool.margin == joint.calibration.lead_margin == 1.0


def test_the_rule_on_the_longest_spell_gives_the_published_chance(pool: Pooled) -> None:
    for spell, date in ((pool.longest_spell, LATE), (pool.longest_spell_early, EARLY)):
        held = spell.measure_share_between(2, np.inf)
        assert held == pytest.approx(pool.pool.forecast.on(date)[2].value, abs=1e-9)
    assert pool.longest_spell.estimate.unit == "quarters"


def test_by_another_meaning_the_joint_model_answers(
    joint: JointForecast, simulated: Simulated, past_members: PastMembers, pool: Pooled
) -> None:
    runs = replace(joint, parameters=replace(joint.parameters, leading_definition="largest_run"))
    found = pool_members(
        runs.chosen, runs.capability.forecast, count_past(past_members, MARGIN),
        simulated.counts["capability"], level=0.9,
    )  # fmt: skip
    assert not found.is_pooled
    assert found.chosen.forecast == joint.forecasts["largest_run"]
    assert found.pool == pool.pool


def test_the_level_moves_intervals_alone(
    joint: JointForecast, simulated: Simulated, past_members: PastMembers, pool: Pooled
) -> None:
    counted = count_past(past_members, MARGIN)
    narrow = pool_members(
        joint.chosen, joint.capability.forecast, counted, simulated.counts["capability"], level=0.5
    )
    for found, known in zip(narrow.members, pool.members, strict=True):
        assert found.late.held.value == known.late.held.value
    assert narrow.late_chance.values == pool.late_chance.values
    assert narrow.longest_spell.values == pool.longest_spell.values
    assert narrow.longest_spell.estimate.high <= pool.longest_spell.estimate.high


def test_all_members_have_paths_the_joint_model_s_last(simulated: Simulated) -> None:
    start = simulated.paths["capability"].times[0] - 0.25
    past = simulate_past(np.arange(12.0), start, rng=np.random.default_rng(1))
    assert past.n_months == 12
    paths = gather_paths(past, simulated)
    assert list(paths) == list(MEMBERS)
    assert paths["joint"] is simulated.paths["capability"]
