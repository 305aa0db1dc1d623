"""The published forecast is the pool by capability, and the joint model by any other meaning."""

from dataclasses import replace

import numpy as np
import pytest

from chapters.overtake_forecast.joint_model import EARLY, LATE, JointForecast
from chapters.overtake_forecast.pooled import NAMES, Pooled, pool_members
from models.race.gap_pool import MEMBERS
from models.race.race_batch import PastMembers
from models.race.race_simulation import LeadPaths


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
    joint: JointForecast, pooled_paths: tuple[Pooled, dict[str, LeadPaths]]
) -> None:
    pool, paths = pooled_paths
    past = PastMembers({k: p for k, p in paths.items() if k != "joint"}, (), 30)
    runs = replace(joint, parameters=replace(joint.parameters, leading_definition="largest_run"))
    found, _ = pool_members(runs, past, paths["joint"], level=0.9)
    assert not found.is_pooled
    assert found.chosen.forecast == joint.forecasts["largest_run"]
    assert found.pool == pool.pool
