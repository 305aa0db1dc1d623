from dataclasses import replace

import pandas as pd
import pytest

from chapters.risk_culture.the_young import (
    YoungAdults,
    YoungChange,
    bound_young,
    draw_young,
)
from models.core.estimates import Estimate
from tests.chapters import drawn

FIRST, LAST = [2002, 2003, 2005, 2006, 2007, 2009], [2015, 2016, 2017, 2018, 2019]


@pytest.fixture
def young() -> YoungChange:
    """The whole falls from 30% (45% in 2005) to 20%; half of all adults are young."""
    shares = [30.0, 30, 45, 30, 30, 30, *[20.0] * 5]
    table = pd.DataFrame({"country": "CHN", "year": [*FIRST, *LAST], "intentions_percent": shares})
    published = pd.DataFrame({"value": {"activity-chn-2015": 12, "young-activity-chn-2015": 18}})
    return bound_young(
        table,
        published,
        young=YoungAdults(0.5, 0.5, ratio_low=1, ratio_high=4),
        sample_size=2000,
        design_effect=1.5,
        level=0.9,
    )


def stated(low: float, high: float) -> Estimate:
    return Estimate((low + high) / 2, low, high, 0.9, "range", 0, "percentage points")


def test_the_change_of_the_whole_is_that_of_two_means(young: YoungChange) -> None:
    assert young.change.whole == pytest.approx(20 - 33)
    assert young.without_stray.whole == pytest.approx(20 - 30)
    assert (young.first_years, young.last_years) == ((2002, 2007), (2015, 2019))


def test_logical_bounds_are_duncan_and_davis(young: YoungChange) -> None:
    # The young may be 0% to 66% at first, 0% to 40% at last.
    assert (young.change.logical.low, young.change.logical.high) == pytest.approx((-66, 40))
    assert young.middle_ratio == 2


def test_deeds_and_what_would_show(young: YoungChange) -> None:
    assert young.deeds.ratio == pytest.approx(18 / 6)
    assert young.asked == 1000
    # Wald: 1.645 sqrt(2 * 0.2 * 0.8 / 666) = 3.6 points.
    assert young.visible_points == pytest.approx(3.6, abs=0.05)


@pytest.mark.parametrize(
    ("whole", "ageing", "fell", "explains"),
    [
        (-13.0, (-2.0, 0.0), True, False),
        (-13.0, (-14.0, 0.0), True, True),
        (5.0, (0.0, 2.0), False, False),
        (5.0, (0.0, 6.0), False, True),
    ],
)
def test_what_ageing_may_explain(
    young: YoungChange, whole: float, ageing: tuple[float, float], *, fell: bool, explains: bool
) -> None:
    other = replace(young, change=replace(young.change, whole=whole, ageing=stated(*ageing)))
    assert (other.whole_fell, other.ageing_may_explain) == (fell, explains)


@pytest.mark.parametrize(
    ("ratio", "held", "higher"), [(None, False, False), (6.5, True, True), (1.5, True, False)]
)
def test_the_ratio_that_would_have_held(
    young: YoungChange, ratio: float | None, *, held: bool, higher: bool
) -> None:
    other = replace(young, change=replace(young.change, break_even_ratio=ratio))
    assert (other.could_have_held, other.needs_a_higher_ratio) == (held, higher)


@pytest.mark.parametrize(("high", "is_open"), [(40.0, True), (-1.0, False)])
def test_the_sign_is_open_if_the_bounds_hold_zero(
    young: YoungChange, high: float, *, is_open: bool
) -> None:
    other = replace(young, change=replace(young.change, logical=stated(-66, high)))
    assert other.sign_is_open is is_open


def test_every_assumption_is_drawn(young: YoungChange) -> None:
    drawing = draw_young(young)
    assert list(drawing.data) == ["assumption", "points", "low", "high"]
    assert drawing.data["assumption"].tolist() == [each.name for each in young.assumptions]
    assert len(drawing.data) == drawn.bars(drawing) == drawn.dots(drawing) == 4
    assert drawn.texts(drawing) == {"the whole"}
