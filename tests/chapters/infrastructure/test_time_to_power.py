"""Months from broken ground to power: by hand, both decisions, and what cannot be measured."""

from dataclasses import replace

import pandas as pd
import pytest

from chapters.infrastructure import time_to_power
from models.core.timescale import count_months_between
from tests.chapters.infrastructure import sites


def test_a_site_is_measured_from_its_beginning_to_its_first_power() -> None:
    rows = time_to_power.measure_sites(sites.SITES, sites.PATHS, as_of=sites.AS_OF)
    rows = rows.set_index("site")
    months = count_months_between("2023-01-01", "2025-01-01")
    assert 12 * rows.loc["A", "duration_years"] == pytest.approx(months)
    assert rows.loc["A", "first_mw"] == 100
    assert rows["observed"].to_dict() == {
        "A": True, "B": True, "C": True, "D": False, "E": True, "F": True,
    }  # fmt: skip


def test_a_site_without_power_waits_until_the_file_s_day_whatever_is_planned() -> None:
    rows = time_to_power.measure_sites(sites.SITES, sites.PATHS, as_of=sites.AS_OF)
    waiting = rows.set_index("site").loc["D"]
    months = count_months_between("2025-01-01", sites.AS_OF)
    assert 12 * waiting["duration_years"] == pytest.approx(months)
    assert pd.isna(waiting["limit_years"])


def test_the_limit_is_the_time_since_the_beginning() -> None:
    rows = time_to_power.measure_sites(sites.SITES, sites.PATHS, as_of=sites.AS_OF)
    months = count_months_between("2024-03-01", sites.AS_OF)
    assert 12 * rows.set_index("site").loc["E", "limit_years"] == pytest.approx(months)


def test_sites_without_a_beginning_or_a_country_are_named() -> None:
    assert sites.times().unknown == ("G", "Nowhere")


def test_ground_and_old_buildings_are_kept_apart() -> None:
    times = sites.times()
    assert [site.name for site in times.china] == ["E"]
    assert [site.name for site in times.fitted_out] == ["F"]
    assert times.usa_fitted_out == ()
    assert times.usa.n == 4
    assert times.usa_waiting == 1
    assert times.china_first_mw == 40


def test_a_chinese_site_known_for_its_power_is_taken_to_be_slower_than_it_looks() -> None:
    times = sites.times()
    assert times.ratio.value < times.ratio_if_any.value
    assert times.china_median > times.china[0].months


def test_the_share_within_what_was_said_is_read_off_the_curve() -> None:
    times = sites.times()
    assert times.published_months == 36
    assert times.usa_within_published == pytest.approx(1)  # all that were at risk so long
    shares = times.curve[times.curve["country"] == "USA"]["share"].tolist()
    assert shares == pytest.approx([0.25, 0.625, 1])  # one of 4; one of 2 left; the last


def test_decisions_go_both_ways() -> None:
    sooner = sites.times_with((1.5, 1.1, 2.0), (1.6, 1.2, 2.1))
    assert sooner.china_is_sooner
    assert not sooner.choice_decides
    hangs = sites.times_with((1.5, 0.9, 2.0), (1.6, 1.1, 2.1))
    assert not hangs.china_is_sooner
    assert hangs.choice_decides
    fast = replace(hangs.usa, value=20.0, low=15.0, high=30.0)
    assert replace(hangs, usa=fast).usa_is_sooner_than_published
    assert not replace(hangs, usa=replace(fast, high=40.0)).usa_is_sooner_than_published


def test_a_site_goes_by_the_firm_that_builds_it() -> None:
    assert time_to_power.Site("VNET Bayin Ulanqab", 16, 43).firm == "VNET"


def test_the_drawing_names_both_countries_sites_and_what_was_said() -> None:
    drawing = time_to_power.draw_times(sites.times())
    texts = {text.get_text() for text in drawing.figure.axes[0].texts}
    assert texts == {"United States", "E", "“about three years”"}
    own = drawing.data[drawing.data["country"] == "CHN"]
    assert own["site"].tolist() == ["E"]
    assert own["share"].isna().all()
