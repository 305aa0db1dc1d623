"""Quantiles of leads that are known."""

from dataclasses import replace

import numpy as np
import pytest

from chapters.overtake_forecast.lead_fan import LeadFan, draw_lead, spread_leads
from chapters.overtake_forecast.model_fit import Fitted
from models.race.race_simulation import LeadPaths


@pytest.fixture(scope="module")
def lead(fitted: Fitted) -> LeadFan:
    # 101 paths at -50 to 50 points, shifted by one point a quarter.
    at = np.arange(-50.0, 51.0).reshape(1, 101, 1) + np.arange(4.0)
    paths = LeadPaths(2026.25 + np.arange(1, 5) / 4, at)
    return spread_leads(replace(fitted, lead=paths, past_gaps=(5.0, 12.0, 7.0)), start=2026.25)


def test_the_fan_holds_the_quantiles_of_all_paths(lead: LeadFan) -> None:
    assert lead.fan["p50"].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert lead.final == pytest.approx({"p5": -42, "p25": -22, "p50": 3, "p75": 28, "p95": 48})


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
