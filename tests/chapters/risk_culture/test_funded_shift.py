from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.risk_culture.funded_shift import (
    FundedShift,
    Window,
    draw_windows,
    estimate_shift,
)
from models.core.estimates import Estimate
from tests.chapters import drawn

CHINA = [100, 130, 160, 210, 280, 200, 150, 110, 70]
USA = [300, 310, 330, 400, 560, 570, 580, 590, 600]


@pytest.fixture
def shift() -> FundedShift:
    firms = pd.DataFrame(
        {
            "country": ["CHN"] * 9 + ["USA"] * 9,
            "year": [*range(2013, 2022)] * 2,
            "newly_funded_firms": CHINA + USA,
        }
    )
    return estimate_shift(firms, peak_year=2017, venture_change=0.8, span=4, level=0.9)


# Woolf 1955: the logarithm of the ratio has the variance 1/a + 1/b + 1/c + 1/d.
def test_the_change_of_the_ratio_of_counts(shift: FundedShift) -> None:
    assert (shift.peak_year, shift.last_year) == (2017, 2021)
    assert shift.change.value == pytest.approx((70 / 600) / (280 / 560))
    half = 1.6449 * np.sqrt(1 / 70 + 1 / 600 + 1 / 280 + 1 / 560)
    assert shift.change.high == pytest.approx(shift.change.value * np.exp(half), rel=1e-3)
    assert shift.percent_unseen == pytest.approx(100 * (1 - 7 / 30))


def test_windows_end_in_every_year_that_allows_one(shift: FundedShift) -> None:
    assert [each.last_year for each in shift.windows] == list(range(2016, 2022))
    assert [each.last_year for each in shift.windows_to_peak] == [2016, 2017]
    assert [each.last_year for each in shift.windows_after_peak] == [2018, 2019, 2020, 2021]


@pytest.mark.parametrize(
    ("p_value", "parted", "minute"),
    [(0.0004, True, True), (0.05, True, False), (0.2, False, False)],
)
def test_chance_tells_whether_the_countries_parted(
    *, shift: FundedShift, p_value: float, parted: bool, minute: bool
) -> None:
    told = replace(shift, test=replace(shift.test, p_value=p_value))
    assert (told.countries_parted, told.p_value_is_minute) == (parted, minute)


@pytest.mark.parametrize(
    ("venture", "more"), [(0.9, True), (1.1, True), (0.5, False), (2.0, False)]
)
def test_how_alike_venture_capital_moved(*, shift: FundedShift, venture: float, more: bool) -> None:
    change = Estimate(0.6, 0.5, 0.7, 0.9, "confidence", 9)
    told = replace(shift, change=change, venture_change=venture)
    assert told.venture_moved_more_alike == more


@pytest.mark.parametrize(
    ("lows", "turned"), [((1, 1, -1), True), ((1, 1, 1), False), ((1, -1, -1), False)]
)
def test_the_answer_turns_if_all_rise_before_the_peak_and_none_after(
    *, shift: FundedShift, lows: tuple[int, ...], turned: bool
) -> None:
    windows = tuple(Window(2016 + at, low + 1, low, low + 2) for at, low in enumerate(lows))
    assert replace(shift, windows=windows).answer_turned == turned


def test_every_window_is_drawn(shift: FundedShift) -> None:
    drawing = draw_windows(shift, span=4)
    assert list(drawing.data) == ["last_year", "percent_a_year", "low", "high"]
    assert len(drawing.data) == drawn.marked_points(drawing) == drawn.bars(drawing) == 6
    assert drawn.axes_of(drawing).get_xlabel() == "Last of the 4 years"
