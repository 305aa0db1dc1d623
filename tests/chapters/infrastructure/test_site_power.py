"""Power by country and day: counted by hand, and as the publisher's file has it."""

import pandas as pd
import pytest

from chapters.infrastructure import site_power
from overtake.data import tables
from tests.chapters.infrastructure import sites


def test_a_country_has_the_last_state_of_each_of_its_sites() -> None:
    power = sites.power()
    assert (power.usa.sites, power.usa.powered) == (4, 3)
    assert power.usa.power_gw == pytest.approx(0.6)
    assert power.china.power_gw == pytest.approx(0.1)
    assert power.other.power_gw == pytest.approx(0.02)
    assert power.times_china == pytest.approx(6)
    assert power.all_sites == 7


def test_what_is_dated_after_the_file_is_a_plan() -> None:
    power = sites.power()
    assert power.usa.planned_gw == pytest.approx(0.9 + 0.3 + 0.2 + 0.5)
    assert power.usa.added_gw == pytest.approx(1.3)
    assert power.china.planned_gw == pytest.approx(0.15)
    assert power.china.last_seen == pd.Timestamp("2025-06-01")


def test_plans_after_the_year_do_not_count() -> None:
    power = site_power.estimate_power(sites.SITES, sites.PATHS, as_of=sites.AS_OF, plan_year=2027)
    assert power.usa.planned_gw == pytest.approx(0.1 + 0.3 + 0.2 + 0.5)


def test_a_site_without_a_country_is_named_and_left_out() -> None:
    power = sites.power()
    assert power.unplaced == ("Nowhere",)
    end = power.path[power.path["date"] == power.as_of]
    assert end["power_gw"].sum() == pytest.approx(0.72)


def test_the_path_ends_with_the_year_and_parts_seen_from_planned() -> None:
    path = sites.power().path
    usa = path[path["country"] == "USA"].set_index("date")
    assert usa.loc["2025-01-31", "power_gw"] == pytest.approx(0.1)
    assert usa.index.max() == pd.Timestamp("2028-12-31")
    assert not usa.loc["2026-07-18", "planned"]
    assert usa.loc["2026-07-31", "planned"]
    assert set(path["country"]) == {"USA", "CHN", "other"}


def test_the_decision_about_plans_goes_both_ways() -> None:
    power = sites.power()
    assert power.american_plans_pass_all_chinese_power
    now = site_power.estimate_power(sites.SITES, sites.PATHS, as_of="2028-12-31", plan_year=2028)
    assert not now.american_plans_pass_all_chinese_power


def test_a_state_holds_until_the_next_and_is_nothing_before_the_first() -> None:
    held = site_power.state_by_day(sites.PATHS, "power_mw")
    assert held.loc["2024-06-01", "E"] == 0
    assert held.loc["2026-01-01", "E"] == 40
    assert held.iloc[0]["F"] == 0


def test_the_publisher_s_own_totals_come_back() -> None:
    """Epoch AI's file of sites has today's power of computers, in another file than the days."""
    centers, timelines = tables.load("data_centers"), tables.load("data_center_timelines")
    day = tables.describe("data_center_timelines").vintage
    held = site_power.state_by_day(timelines, "it_power_mw").loc[:day].iloc[-1]
    for code in ("USA", "CHN"):
        own = centers[centers["country"] == code]
        assert held[own["site"]].sum() == pytest.approx(own["it_power_mw"].sum(), rel=0.001)


def test_the_drawing_has_both_countries_and_the_day_of_the_file() -> None:
    drawing = site_power.draw_power(sites.power())
    texts = {text.get_text() for text in drawing.figure.axes[0].texts}
    assert texts == {"United States, 0.6 GW", "China, 0.1 GW", "planned"}
    assert drawing.tables == ("data_centers", "data_center_timelines")
