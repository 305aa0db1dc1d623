"""The chances of pool and members beside what was said."""

import itertools
from dataclasses import replace

import pytest

from chapters.overtake_forecast.chance_by_year import ChanceByYear, draw_chances
from chapters.overtake_forecast.joint_model import Outlook
from chapters.overtake_forecast.pooled import Pooled
from models.core.estimates import Estimate


def with_late(pool: Pooled, low: float, value: float, high: float) -> ChanceByYear:
    late = Estimate(value, low, high, 0.9, "range", 12)
    forecast = pool.chosen.forecast
    forecast = replace(forecast, held=(*forecast.held[:-1], late))
    return ChanceByYear(replace(pool, chosen=Outlook(pool.chosen.definition, forecast)), 0.55)


@pytest.mark.parametrize(
    ("low", "value", "high", "yao", "below"),
    [(0.1, 0.15, 0.6, True, True), (0.3, 0.4, 0.5, False, False)],
)
def test_members_allow_what_they_reach(
    pool: Pooled, low: float, value: float, high: float, *, yao: bool, below: bool
) -> None:
    moved = with_late(pool, low, value, high)
    assert (moved.allows_yao, moved.is_below_lin) == (yao, below)


def test_every_year_is_drawn_by_the_pool_and_each_member(pool: Pooled) -> None:
    drawing = draw_chances(ChanceByYear(pool, 0.55))
    names = [member.name for member in pool.members]
    assert drawing.data["member"].tolist() == [n for name in [*names, "pool"] for n in [name] * 5]
    lines = drawing.figure.axes[0].lines[:7]
    for line, member in zip(lines, (*pool.members, pool.pool), strict=True):
        held = [100 * chance.held.value for chance in member.chances]
        assert list(line.get_ydata()) == pytest.approx(held)


def test_labels_are_kept_apart(pool: Pooled) -> None:
    axes = draw_chances(ChanceByYear(pool, 0.55)).figure.axes[0]
    labels = {member.label for member in (*pool.members, pool.pool)}
    heights = sorted(text.xy[1] for text in axes.texts if text.get_text() in labels)
    assert len(heights) == 7
    top = axes.get_ylim()[1]
    assert min(b - a for a, b in itertools.pairwise(heights)) >= 0.05 * top
