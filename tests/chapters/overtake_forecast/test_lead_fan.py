"""Quantiles of leads that are known."""

import numpy as np
import pytest

from chapters.overtake_forecast.lead_fan import LeadFan, draw_lead, spread_leads
from models.race.race_simulation import LeadPaths


@pytest.fixture(scope="module")
def lead() -> LeadFan:
    # 101 paths at -50 to 50 points, shifted by one point a quarter.
    at = np.arange(-50.0, 51.0).reshape(1, 101, 1) + np.arange(4.0)
    paths = LeadPaths(2026.25 + np.arange(1, 5) / 4, at)
    return spread_leads({"one": paths, "other": paths}, (5.0, 12.0, 7.0), start=2026.25)


def test_the_fan_holds_the_quantiles_of_all_paths(lead: LeadFan) -> None:
    assert lead.fan["p50"].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert lead.final == pytest.approx(
        {"p5": -42, "p25": -22, "p50": 3, "p75": 28, "p95": 48}, abs=0.6
    )


def test_the_past_ends_where_the_simulation_begins(lead: LeadFan) -> None:
    assert lead.past_times == (2025.75, 2026.0, 2026.25)
    assert (lead.smallest_past_gap, lead.largest_past_gap) == (5.0, 12.0)


def test_median_and_past_are_drawn_between_two_bands(lead: LeadFan) -> None:
    drawing = draw_lead(lead)
    axes = drawing.figure.axes[0]
    assert list(drawing.data.columns) == ["year", "p5", "p25", "p50", "p75", "p95"]
    assert len(axes.collections) == 2
    median, past, _ = axes.lines
    assert list(median.get_ydata()) == lead.fan["p50"].tolist()
    assert list(past.get_ydata()) == [-5.0, -12.0, -7.0]


def test_members_count_alike_however_many_paths_they_have() -> None:
    times = 2026.25 + np.arange(1, 5) / 4
    few, many = np.full((1, 50, 4), -10.0), np.full((4, 50, 4), 10.0)
    fan = spread_leads(
        {"few": LeadPaths(times, few), "many": LeadPaths(times, many)}, (5.0,), start=2026.25
    )
    assert fan.final["p25"] == -10.0
    assert fan.final["p75"] == 10.0
