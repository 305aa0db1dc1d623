"""A pool's chances are the mean of its members', and its spells agree with them."""

import numpy as np
import pytest

from models.core.errors import ModelInputError
from models.race.gap_members import FITTERS
from models.race.gap_pool import (
    count_chances,
    count_member,
    mix_values,
    pool_chances,
    predict_chance,
    predict_longest_spell,
    simulate_members,
)
from models.race.race_parameters import list_quarters
from models.race.race_simulation import LeadPaths

TIMES = list_quarters(2026.75)
GAPS = np.array([4.0, 6, 5, 3, 2, 4, 6, 5, 3, 4, 2, 3, 5, 4, 3, 2, 3, 4])
MARGIN = 0.5


def paths() -> dict[str, LeadPaths]:
    return simulate_members(GAPS, TIMES, rng=np.random.default_rng(1), draws=40, inner=20)[0]


def test_every_member_starts_at_the_same_end_of_a_quarter() -> None:
    found = paths()
    assert list(found) == list(FITTERS)
    assert {each.lead.shape for each in found.values()} == {(40, 20, TIMES.size)}
    assert all((each.times == TIMES).all() for each in found.values())
    walk = found["random_walk"].lead[:, :, 0]
    assert walk.mean() == pytest.approx(-GAPS[-1], abs=0.3)


def test_the_pool_s_chance_is_the_mean_of_its_members_chances() -> None:
    found = paths()
    counted = {k: count_chances(k, p, margin=MARGIN, level=0.9, n=18) for k, p in found.items()}
    pool = pool_chances(counted, 0.9)
    for kind in ("terminal", "ever", "held"):
        values = [getattr(each, kind)[-1].value for each in counted.values()]
        pooled = getattr(pool, kind)[-1]
        assert pooled.value == pytest.approx(np.mean(values))
        assert (pooled.low, pooled.high) == (min(values), max(values))


def test_the_rule_of_the_longest_spell_gives_the_published_chance() -> None:
    found = paths()
    found["short"] = LeadPaths(TIMES, found["ar1"].lead[:20])  # fewer paths, the same weight
    counted = {k: count_chances(k, p, margin=MARGIN, level=0.9, n=18) for k, p in found.items()}
    pool = pool_chances(counted, 0.9)
    counts = {name: count_member(each, MARGIN) for name, each in found.items()}
    for at in (2, 4):
        spells = predict_longest_spell(counts, pool.dates[at], level=0.9, n=18)
        held = spells.measure_share_between(2, np.inf)
        assert held == pytest.approx(pool.held[at].value)
    chance = predict_chance(counts, pool.held[-1])
    mean = np.dot(chance.values, chance.weights)
    assert mean == pytest.approx(pool.held[-1].value, abs=0.01)


def test_a_member_that_fails_is_named_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise ModelInputError("no weather")

    monkeypatch.setattr("models.race.gap_members.FITTERS", {**FITTERS, "past_mean": refuse})
    found, failed = simulate_members(GAPS, TIMES, rng=np.random.default_rng(1), draws=20, inner=20)
    assert set(found) == set(FITTERS) - {"past_mean"}
    assert [(each.member, each.reason) for each in failed] == [("past_mean", "no weather")]


def test_a_pool_without_members_is_refused() -> None:
    with pytest.raises(ModelInputError, match="needs a member"):
        pool_chances({}, 0.9)
    with pytest.raises(ModelInputError, match="needs a member"):
        predict_longest_spell({}, "2031-01-10", level=0.9, n=1)


def test_values_are_mixed_as_many_of_each() -> None:
    mixed = mix_values([np.zeros(10), np.ones(30)])
    assert mixed.mean() == pytest.approx(0.5)
