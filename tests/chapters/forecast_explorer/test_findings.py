"""What is published is what was found."""

import json

import pytest

from chapters.forecast_explorer.accuracy import Misses
from chapters.forecast_explorer.findings import collect_numbers, describe_explorer
from models.core.claim_parts import read_parts
from models.core.verdicts import list_verdict_scale
from models.race.forecast_surface import ForecastSurface
from overtake.data import tables
from tests.chapters.forecast_explorer.conftest import RACE
from tests.models.simulated import race_tables


def test_numbers_are_the_chance_in_percent_and_the_misses(measured: Misses) -> None:
    found = collect_numbers(measured, data_until="2026-03-05")
    assert list(found) == ["probability_2031_lead", "surface_missed_mean", "surface_missed_most"]
    chance = found["probability_2031_lead"].estimate
    assert (chance.value, chance.unit) == (pytest.approx(100 * measured.baseline.value), "%")
    assert found["surface_missed_most"].estimate == measured.most


def test_the_page_gets_surface_words_and_misses_as_plain_numbers(
    surface: ForecastSurface, measured: Misses
) -> None:
    index, _, _ = race_tables()
    content = describe_explorer(surface, measured, index, RACE, since="2023-01-01", likely_from=0.6)
    read = json.loads(json.dumps(content, allow_nan=False))
    assert len(read["surfaces"]) == 6
    assert read["chapter"] == "overtake-forecast"
    assert (read["likely_from"], read["unlikely_below"], read["level"]) == (0.6, 0.2, 0.9)
    assert read["missed"]["mean"] == measured.capability_mean
    assert read["missed"]["max"] == measured.most.value
    assert read["past"]["capability"][-1][0] == RACE.start
    assert read["labels"].keys() >= {slider["name"] for slider in read["sliders"]}


def test_the_verdicts_that_chances_give_are_those_that_the_forecast_judges_by_them(
    surface: ForecastSurface, measured: Misses
) -> None:
    index, _, _ = race_tables()
    content = describe_explorer(surface, measured, index, RACE, since="2023-01-01", likely_from=0.6)
    parts = read_parts(tables.load("claim_parts"))
    for name, rule in content["verdicts"].items():
        assert rule["part"] == name
        day = content["dates"][rule["place"]]
        assert f"10 January {day[:4]}" in parts[name].question
    words = [band["word"] for band in content["verdict_scale"]]
    assert words == [band.word for band in list_verdict_scale()]
    assert content["judged_by"] == "capability"
