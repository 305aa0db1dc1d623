from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.risk_culture.debut_power import DebutPower, draw_power, estimate_power
from models.core.estimates import Estimate
from models.society.listing_returns import ReturnDistribution
from tests.chapters import drawn


@pytest.fixture(scope="module")
def power() -> DebutPower:
    first_days = {
        firm: Estimate(value, value, value, 0.9, "range", 1, "%")
        for firm, value in (("A", 10.0), ("B", 110.0))
    }
    published = {
        "first-day-2024": 11.0,
        "first-day-2025": 60.0,
        "first-day-2009-2017": 8.0,
        "below-offer-after-month-2025": 40.0,
    }
    return estimate_power(
        first_days,
        ReturnDistribution(0.1, 0.2, 43),
        pd.DataFrame({"value": published}),
        difference=0.25,
        standard_deviation=0.5,
        level=0.9,
        rng=np.random.default_rng(3),
    )


def test_the_two_against_published_means(power: DebutPower) -> None:
    assert power.mean.value == pytest.approx(60)
    assert (power.mean.n, power.mean.unit) == (2, "%")
    assert power.mean.low + power.mean.high == pytest.approx(120)
    assert power.year.p_value == pytest.approx(1)
    assert 0 < power.main_board.p_value < power.year.p_value
    assert (power.year_before, power.main_board.percent) == (11, 8)


# Cohen 1988, table 2.4.1: 64 in each group for d = 0.5, 26 for d = 0.8, at 5% and 80%.
def test_listings_needed_for_half_a_standard_deviation(power: DebutPower) -> None:
    assert power.needed.value == 64
    assert power.needed.low < 64 / 1.9 < 64 * 1.9 < power.needed.high
    at_forty = power.curve.loc[power.curve["difference_points"] == 40, "listings"]
    assert at_forty.tolist() == [26]
    assert power.most_needed == power.curve["listings"].max()
    assert power.fewest_needed == power.curve["listings"].min()


def test_more_listings_to_compare_with_show_smaller_differences(power: DebutPower) -> None:
    assert 0 < power.detectable_main_board < power.detectable
    assert power.chance_that_both_stay_above == pytest.approx(0.36)
    assert power.needed_as_fitted < power.needed.value
    assert power.power_as_skewed == pytest.approx(0.8, abs=0.1)


@pytest.mark.parametrize(("simulated", "matters"), [(0.82, False), (0.76, False), (0.7, True)])
def test_skewness_matters_if_it_moves_the_power(
    *, power: DebutPower, simulated: float, matters: bool
) -> None:
    assert replace(power, power_as_skewed=simulated).skewness_matters == matters


def test_the_curve_and_the_difference_asked_for(power: DebutPower) -> None:
    drawing = draw_power(power, difference=0.25)
    assert list(drawing.data) == ["difference_points", "listings"]
    axes = drawn.axes_of(drawing)
    assert len(axes.lines[0].get_xdata()) == len(drawing.data) == 19
    assert drawn.marked_points(drawing) == 1
    assert "64 to see 25 points" in drawn.texts(drawing)
