from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.risk_culture.research_share import (
    ResearchShare,
    draw_shares,
    estimate_shares,
)
from tests.chapters import drawn


@pytest.fixture
def research() -> ResearchShare:
    """China starts 2 points below and gains 0.1 a year; its first year stands alone."""
    years = np.arange(2005, 2017)
    china = 1 + 0.1 * np.arange(12)
    usa = np.where(years == 2005, np.nan, 3.0)
    rows = pd.DataFrame(
        {
            "country": ["CHN"] * 12 + ["USA"] * 12 + ["FRA"],
            "year": [*years, *years, 2016],
            "rd_percent_of_gdp": [*china, *usa, 2.0],
        }
    )
    noise = 0.001 * np.cos(rows.index.to_numpy() * 2.0)
    rows["rd_percent_of_gdp"] += noise
    return estimate_shares(rows, level=0.9)


def test_the_last_common_year_and_the_trend(research: ResearchShare) -> None:
    assert (research.first_year, research.last_year) == (2005, 2016)
    assert (research.china, research.usa) == pytest.approx((2.1, 3), abs=0.002)
    assert research.comparison.trend_difference.value == pytest.approx(0.1, abs=0.002)
    assert research.comparison.years[0] == 2006


@pytest.mark.parametrize(
    ("low", "high", "way"), [(0.1, 0.2, "rises"), (-0.2, -0.1, "falls"), (-0.1, 0.1, "open")]
)
def test_the_direction_follows_the_interval(
    research: ResearchShare, low: float, high: float, way: str
) -> None:
    trend = replace(research.comparison.trend_difference, value=low, low=low, high=high)
    moved = replace(research, comparison=replace(research.comparison, trend_difference=trend))
    assert moved.direction == way


def test_every_known_share_of_both_countries_is_drawn(research: ResearchShare) -> None:
    drawing = draw_shares(research)
    assert list(drawing.data) == ["country", "year", "rd_percent_of_gdp"]
    assert len(drawing.data) == drawn.marked_points(drawing) == 12 + 11
