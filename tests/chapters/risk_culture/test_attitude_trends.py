from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.risk_culture.attitude_trends import (
    G20_NAMES,
    AttitudeTrends,
    CountryTrend,
    draw_attitude_trends,
    draw_fear_by_country,
    estimate_attitude_trends,
)
from models.core.estimates import Estimate
from tests.chapters import drawn

YEARS = np.arange(2002, 2020)


def trend(low: float, high: float) -> Estimate:
    return Estimate((low + high) / 2, low, high, 0.9, "credible", 10, "points a year")


@pytest.fixture(scope="module")
def trends() -> AttitudeTrends:
    """Fear rises by 1 point a year in all of the G20 and by 2 in China; the rest stays level."""
    rng = np.random.default_rng(5)
    parts = []
    for code in G20_NAMES:
        fear, chances, wish = 30 + rng.normal(0, 0.5, (3, YEARS.size))
        slope = 2.0 if code == "CHN" else 1.0
        parts.append(
            pd.DataFrame(
                {
                    "country": code,
                    "year": YEARS,
                    "fear_percent": fear + slope * (YEARS - 2010),
                    "opportunity_percent": chances + 40 * ((code == "CHN") & (YEARS == 2019)),
                    "intentions_percent": wish,
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return estimate_attitude_trends(table, table, last_year=2019, level=0.9)


def test_trends_are_those_that_were_put_in(trends: AttitudeTrends) -> None:
    assert trends.fear.china.value == pytest.approx(2, abs=0.1)
    assert trends.fear.usa.value == pytest.approx(1, abs=0.1)
    assert trends.fear.less_usa.value == pytest.approx(1, abs=0.15)
    assert trends.fear.less_emerging.value == pytest.approx(1, abs=0.15)
    assert trends.fear.pair.trend_difference.value == pytest.approx(1, abs=0.15)
    assert trends.opportunity_jump == pytest.approx(40, abs=3)
    assert (trends.first_year, trends.last_year) == (2002, 2019)
    assert (trends.countries, trends.surveys) == (19, 19 * 18)
    assert trends.worldwide == trends.intentions.china


def test_checks_leave_out_the_years_that_they_name(trends: AttitudeTrends) -> None:
    assert trends.opportunity.china.n == 18
    assert trends.opportunity.before_last_year.n == 17
    assert trends.opportunity.without_strays.n == 16
    assert abs(trends.opportunity.before_last_year.value) < abs(trends.opportunity.alone.value)


@pytest.mark.parametrize(
    ("low", "high", "way"), [(0.1, 2, "rises"), (-2, -0.1, "falls"), (-1, 1, "open")]
)
def test_directions_follow_the_intervals(
    trends: AttitudeTrends, low: float, high: float, way: str
) -> None:
    moved = replace(trends.fear, china=trend(low, high), less_usa=trend(low, high))
    assert (moved.direction, moved.next_to_usa) == (way, way)


@pytest.mark.parametrize(
    ("china", "usa", "both"),
    [((0.2, 1.3), (0.1, 1.2), True), ((0.2, 1.3), (-0.1, 1.2), False),
     ((-0.2, 1.3), (0.1, 1.2), False), ((-1.3, -0.2), (-1.2, -0.1), False)],
)  # fmt: skip
def test_an_attitude_rises_in_both_if_neither_interval_holds_zero(
    trends: AttitudeTrends, china: tuple[float, float], usa: tuple[float, float], *, both: bool
) -> None:
    moved = replace(trends.fear, china=trend(*china), usa=trend(*usa))
    assert moved.rises_in_both is both


@pytest.mark.parametrize(("alone", "decides"), [((-2, -0.1), True), ((-1, 1), False)])
def test_pooling_decides_if_the_direction_changes(
    trends: AttitudeTrends, alone: tuple[float, float], *, decides: bool
) -> None:
    both = replace(trends.intentions, china=trend(-0.5, 0.5), alone=trend(*alone))
    assert both.pooling_decides is decides


@pytest.mark.parametrize(("china", "overlap"), [((0.5, 1.5), True), ((1.2, 2.0), False)])
def test_overlap_of_all_countries(
    trends: AttitudeTrends, china: tuple[float, float], *, overlap: bool
) -> None:
    by_country = (
        CountryTrend("USA", "United States", trend(0.0, 1.0), 0.5),
        CountryTrend("CHN", "China", trend(*china), 1.0),
    )
    few = replace(trends, fear_by_country=by_country)
    assert few.all_countries_overlap is overlap
    assert few.countries_below_china == 1


def test_china_comes_last_where_its_fear_rises_most(trends: AttitudeTrends) -> None:
    assert trends.countries_below_china == 18
    assert trends.fear_by_country[-1].name == "China"


def test_three_trends_of_each_attitude_are_drawn(trends: AttitudeTrends) -> None:
    drawing = draw_attitude_trends(trends)
    assert list(drawing.data) == ["attitude", "country", "kind", "points_a_year", "low", "high"]
    assert drawing.data["attitude"].nunique() == 3
    assert len(drawing.data) == drawn.bars(drawing) == drawn.dots(drawing) == 9
    assert drawn.marked_points(drawing) == 3
    assert drawn.texts(drawing) == {"China, pooled", "China alone", "United States"}


def test_every_country_is_drawn_pooled_and_alone(trends: AttitudeTrends) -> None:
    drawing = draw_fear_by_country(trends)
    assert list(drawing.data) == ["country", "points_a_year", "low", "high", "alone", "n"]
    assert drawing.data["points_a_year"].is_monotonic_increasing
    assert len(drawing.data) == drawn.bars(drawing) == 19
    assert drawn.dots(drawing) == 2 * 19
