"""Measures of infrastructure side by side, and the published numbers."""

import pytest

from chapters.infrastructure import three_measures
from chapters.infrastructure.three_measures import Comparison
from overtake.data import tables
from tests.chapters.infrastructure import sites

SLOWER, OPEN, SOONER = (0.5, 0.3, 0.8), (1.4, 0.9, 2.2), (1.6, 1.1, 2.4)
LESS, MORE = (0.05, 0.1, 0.2), (1.2, 1.5, 2.0)


def compared(
    seen: tuple[float, float, float],
    speed: tuple[float, float, float],
    anyhow: tuple[float, float, float] | None = None,
) -> Comparison:
    times = sites.times_with(speed, anyhow or speed)
    return three_measures.compare_countries(
        sites.power(), sites.seen_with(*seen), times, sites.SAID
    )


def test_all_three_measures_may_favour_china() -> None:
    said = sites.SAID.copy()
    said.loc[said["id"] == "data-centre-twh-china-2030", "value"] = 900.0
    times = sites.times_with(SOONER, SOONER)
    found = three_measures.compare_countries(sites.power(), sites.seen_with(*MORE), times, said)
    assert len(found.for_china) == 3


def test_three_measures_are_judged_and_each_falls_on_one_side() -> None:
    found = compared(LESS, OPEN)
    assert len(found.judged) == 3
    assert len(found.for_usa) == 2
    assert found.for_china == ()
    assert found.open == ("speed from broken ground to power",)


def test_expected_growth_is_the_ratio_of_what_is_added() -> None:
    found = compared(LESS, OPEN)
    assert found.published.added_ratio == pytest.approx(150 / 200)
    assert not found.judged[1].has_interval
    assert found.judged[0].has_interval


def test_expected_growth_holds_within_the_judged_factor() -> None:
    found = compared(LESS, OPEN)
    growth = found.expected_growth
    assert growth.value == found.judged[1].ratio.value
    assert growth.high / growth.value == pytest.approx(found.forecast_factor)
    assert growth.value / growth.low == pytest.approx(found.forecast_factor)
    assert growth.kind == "range"


def test_the_speed_if_sites_were_known_anyhow_stands_beside() -> None:
    assert compared(LESS, OPEN, SOONER).speed_if_any.value == SOONER[0]


def test_the_published_numbers_are_those_of_the_agency() -> None:
    """Business Standard and others retell: American growth of 240 TWh, Chinese of 175."""
    found = three_measures.compare_countries(
        sites.power(),
        sites.seen_with(*LESS),
        sites.times_with(OPEN, OPEN),
        tables.load("published_estimates"),
    ).published
    assert found.usa_twh_2030 - found.usa_twh == pytest.approx(240, abs=5)
    assert found.china_twh_2030 - found.china_twh == pytest.approx(175, abs=5)


def test_the_drawing_has_a_star_for_each_judged_measure() -> None:
    drawing = three_measures.draw_comparison(compared(LESS, OPEN))
    labels = [label.get_text() for label in drawing.figure.axes[0].get_yticklabels()]
    assert sum(label.endswith("*") for label in labels) == 3
    assert len(labels) == len(drawing.data) == 6
    assert drawing.data["low"].isna().sum() == 4
