"""Base rates counted by hand, and every source on one scale and of one event."""

import numpy as np
import pandas as pd
import pytest

from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.other_methods import Methods, draw_methods, estimate_base_rate
from chapters.overtake_forecast.pooled import Pooled
from tests.models.simulated import trail


@pytest.fixture(scope="module")
def methods(joint: JointForecast, pool: Pooled) -> Methods:
    days = ["2023-01-01", "2024-01-01", "2025-01-01"]
    index = pd.concat(
        [trail("USA", days, [100.0, 120.0, 125.5]), trail("CHN", days[1:], [125, 1])],
        ignore_index=True,
    )
    found = joint.calibration
    base = estimate_base_rate(
        index, as_of=found.as_of, start=found.start, margin=found.lead_margin, level=0.9,
        rng=np.random.default_rng(2),
    )  # fmt: skip
    return Methods(pool, base, 0.55)


def test_leads_are_counted_by_the_rule_of_the_race(methods: Methods) -> None:
    # From a US firm to a Chinese one, and back by half a point: less than the margin of one.
    assert (methods.base.leads.changes, methods.base.leads.by_country) == (1, 1)
    assert (methods.base.passings.changes, methods.base.passings.by_country) == (2, 1)
    assert len(methods.base.led) == 5


def test_years_hold_each_member_and_those_that_were_named(methods: Methods, pool: Pooled) -> None:
    assert [row.year for row in methods.years if row.was_named] == [2029, 2030, 2031]
    assert methods.years[-1].pool == pool.pool.late
    assert methods.years[-1].members == tuple(member.late for member in pool.members)
    assert methods.years[-1].index == methods.base.late


def test_sources_are_the_pool_its_members_the_base_rate_and_two_speakers(
    methods: Methods,
) -> None:
    names = [source.name for source in methods.sources]
    assert (names[0], names[1], names[-3]) == ("Pool", "Joint model", "Base rate: index")
    assert len(names) == 1 + 6 + 1 + 2
    for source in methods.sources[:-3]:
        assert source.chance is not None
        assert source.ever is not None
        assert source.chance <= source.ever


def test_speakers_are_drawn_as_ranges_without_a_dot(methods: Methods) -> None:
    drawing = draw_methods(methods)
    assert drawing.data["source"].tolist() == [source.name for source in methods.sources]
    assert drawing.data["led"].isna().tolist() == [False] * 8 + [True] * 2
    assert drawing.data[["low", "high"]].iloc[-2:].to_numpy().tolist() == [[0.0, 0.2], [0.55, 1.0]]
    assert len(drawing.figure.axes[0].lines) == 10 + 2 * 8
