"""The importers of the tables that are not Epoch AI's, on a few rows in the publishers' format."""

from pathlib import Path

import pandas as pd
import pytest

from importers import world
from overtake.core.errors import TableError

RAW = Path(__file__).parents[1] / "fixtures" / "raw"


def rows(frame: pd.DataFrame, *columns: str) -> set[tuple[object, ...]]:
    """Return the named columns as a set of rows, with missing values as None."""
    kept = frame[list(columns)].astype(object)
    return set(kept.where(kept.notna(), None).itertuples(index=False, name=None))


def test_generation_is_the_newer_total_of_each_country() -> None:
    frame = world.electricity(RAW)
    assert rows(frame, "country", "year", "generation_twh") == {
        ("CHN", 2022, 255.4),
        ("CHN", 2025, 10583.36),
        ("USA", 2022, 0.3),
    }


def test_the_split_by_source_stays_empty_where_only_the_total_is_known() -> None:
    china = world.electricity(RAW).query("country == 'CHN' and year == 2025").iloc[0]
    assert china.filter(regex="(coal|gas|wind|solar)_twh$").isna().all()


def test_each_source_of_electricity_lands_in_its_own_column() -> None:
    china = world.electricity(RAW).query("country == 'CHN' and year == 2022").iloc[0]
    found = china[["coal_twh", "gas_twh", "oil_twh", "nuclear_twh", "hydro_twh"]].tolist()
    assert found == [128, 64, 32, 16, 8]
    assert china[["wind_twh", "solar_twh", "bioenergy_twh"]].tolist() == [4, 2, 1]
    assert china["other_renewables_twh"] == 0.5


def test_demand_stays_empty_where_the_publisher_has_none() -> None:
    frame = world.electricity(RAW)
    assert rows(frame, "country", "year", "demand_twh") == {
        ("CHN", 2022, 250.5),
        ("CHN", 2025, None),
        ("USA", 2022, None),
    }


def test_indicators_are_joined_without_aggregates_or_early_years() -> None:
    frame = world.country_indicators(RAW)
    assert rows(frame, "country", "year", "gdp_usd", "population", "electricity_kwh_per_head") == {
        ("CHN", 2001, 10.0, None, 1080.5),
        ("CHN", 2002, 12.5, None, None),
        ("CHN", 2003, None, 1.27e9, None),
        ("HKG", 2001, 20.0, None, None),
    }


def test_an_indicator_with_no_country_of_its_own_is_an_empty_column() -> None:
    assert world.country_indicators(RAW)["researchers_per_million"].isna().all()


def test_registrations_leave_out_unions_of_countries() -> None:
    frame = world.business_registrations(RAW)
    assert rows(frame, "country", "year", "new_companies") == {
        ("AFG", 2009, 3653),
        ("CHN", 2008, 71783),
    }


def test_country_names_of_the_survey_become_codes() -> None:
    frame = world.entrepreneurship(RAW)
    assert rows(frame, "country", "year", "intentions_percent") == {
        ("CHN", 2017, 20.5),
        ("KOR", 2017, 22.0),
        ("MKD", 2012, 25.25),
        ("USA", 2017, 10.0),
    }


def test_a_name_without_a_code_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "owid-gem/gem_entrepreneurial_intentions.csv"
    file.parent.mkdir()
    file.write_text("Entity,Year,Share\nAtlantis,2017,5\n", encoding="utf-8")
    with pytest.raises(TableError, match="Atlantis"):
        world.entrepreneurship(tmp_path)


def test_the_country_that_the_poll_left_without_a_code_is_kept() -> None:
    frame = world.ai_risk_attitudes(RAW)
    columns = ("country", "year", "mostly_help_percent", "no_opinion_percent")
    assert rows(frame, *columns) == {
        ("CHN", 2019, 60, 30),
        ("COG", 2021, 40, 50),
        ("USA", 2021, 40, 27),
    }
    assert rows(frame, "country", "no_response_percent", "neither_percent") == {
        ("CHN", None, 1),
        ("COG", None, None),
        ("USA", 1, 2),
    }


def test_the_series_of_investment_stay_apart_and_projections_stay_out() -> None:
    frame = world.ai_investment(RAW)
    assert rows(frame, "series", "country", "year", "investment_usd") == {
        ("private_quid", "CHN", 2024, 8000.0),
        ("private_quid", "USA", 2024, 94000.0),
        ("private_cset", "CHN", 2024, 13000.0),
        ("private_cset", "JPN", 2023, 700.0),
        ("venture_pitchbook", "CHN", 2019, 20e6),
        ("venture_pitchbook", "CHN", 2020, 25e6),
        ("venture_pitchbook", "USA", 2019, 50e6),
        ("venture_pitchbook", "USA", 2020, 60e6),
    }
    assert frame.groupby("series")["price_basis"].nunique().eq(1).all()


def test_funded_firms_are_those_of_countries() -> None:
    assert rows(world.funded_firms(RAW), "country", "year", "newly_funded_firms") == {
        ("CHN", 2024, 109)
    }


def test_venture_capital_is_in_dollars_and_footnotes_are_cut_off_names() -> None:
    frame = world.venture_capital(RAW)
    assert rows(frame, "country", "year", "investment_usd") == {
        ("GBR", 2021, 30e6),
        ("GBR", 2022, 40e6),
        ("USA", 2021, 500e6),
        ("USA", 2022, 400e6),
    }


def test_listed_systems_are_added_up_by_country() -> None:
    frame = world.supercomputers(RAW)
    assert rows(frame, "country", "systems", "rmax_tflop_s") == {
        ("USA", 2, 1744000.75),
        ("CHN", 1, 93014.59),
    }
