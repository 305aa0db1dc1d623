from dataclasses import replace

import pandas as pd
import pytest

from chapters.risk_culture.new_funding import (
    FundedFirms,
    compare_funded_firms,
    draw_funded_firms,
)
from chapters.risk_culture.ratios import YearlyRatio
from tests.chapters import drawn


@pytest.fixture
def firms() -> FundedFirms:
    counts = {"USA": [5, 100, 200, 300, 400, 500], "CHN": [500, 50, 200, 100, 80, 50]}
    table = pd.DataFrame(
        [
            (country, 2018 + at, count)
            for country, own in counts.items()
            for at, count in enumerate(own)
        ],
        columns=["country", "year", "newly_funded_firms"],
    )
    return compare_funded_firms(table, since=2019, recent_years=4, level=0.9)


def test_counts_and_ratio_of_the_last_year(firms: FundedFirms) -> None:
    assert (firms.last_year, firms.usa, firms.china) == (2023, 500, 50)
    assert (firms.ratio.value, firms.ratio.n) == (10, 550)
    assert firms.ratio.low < 10 < firms.ratio.high
    assert firms.equal.p_value < 0.001


def test_years_before_the_first_are_left_out(firms: FundedFirms) -> None:
    assert firms.closest == YearlyRatio(2020, 1)
    assert firms.before == (YearlyRatio(2021, 3), YearlyRatio(2022, 5))
    assert (firms.china_peak_year, firms.china_peak) == (2020, 200)
    assert firms.trend.years == (2019, 2020, 2021, 2022, 2023)
    assert firms.recent.value < 0


@pytest.mark.parametrize(("peak_year", "past"), [(2022, True), (2023, False)])
def test_a_peak_is_past_if_it_lies_before_the_last_year(
    firms: FundedFirms, peak_year: int, *, past: bool
) -> None:
    assert replace(firms, china_peak_year=peak_year).china_is_past_its_peak is past


def test_every_count_is_drawn_within_its_interval(firms: FundedFirms) -> None:
    drawing = draw_funded_firms(firms)
    assert list(drawing.data) == ["country", "year", "firms", "low", "high"]
    assert len(drawing.data) == drawn.marked_points(drawing) == 10
    assert (drawing.data["low"] < drawing.data["firms"]).all()
    assert (drawing.data["firms"] < drawing.data["high"]).all()
    assert drawn.texts(drawing) == {"China", "United States"}
