from dataclasses import replace

import pandas as pd
import pytest

from chapters.risk_culture.fear_of_failure import (
    FearOfFailure,
    draw_fear_of_failure,
    read_fear_of_failure,
)
from chapters.risk_culture.survey_paths import SurveyPath
from tests.chapters import drawn


@pytest.fixture
def fear() -> FearOfFailure:
    shares = {"CHN": [37.0, 14, 45, 99], "USA": [22.0, 20, 35, 99], "DEU": [50.0, 52, 30, 99]}
    table = pd.DataFrame(
        [
            (country, year, share)
            for country, own in shares.items()
            for year, share in zip((2002, 2005, 2019, 2020), own, strict=True)
        ],
        columns=["country", "year", "fear_percent"],
    )
    reported = {
        "fear-of-failure-chn-2023": 60.0,
        "fear-of-failure-seeing-2019": 42.0,
        "fear-of-failure-seeing-2024": 47.0,
    }
    published = pd.DataFrame({"value": reported})
    return read_fear_of_failure(table, published, last_year=2019)


def test_paths_end_with_the_last_year_asked_for(fear: FearOfFailure) -> None:
    assert fear.china == SurveyPath(2002, 2019, 2005, first=37, last=45, lowest=14)
    assert fear.usa == SurveyPath(2002, 2019, 2005, first=22, last=35, lowest=20)
    assert fear.median == SurveyPath(2002, 2019, 2005, first=37, last=35, lowest=20)
    assert (fear.reported_year, fear.reported_china) == (2023, 60)


@pytest.mark.parametrize(("since", "rose"), [(47.0, True), (42.0, False)])
def test_a_rise_worldwide_is_told_from_none(
    fear: FearOfFailure, since: float, *, rose: bool
) -> None:
    assert replace(fear, world_since=since).rose_worldwide is rose


def test_both_countries_the_median_and_the_report_are_drawn(fear: FearOfFailure) -> None:
    drawing = draw_fear_of_failure(fear)
    assert list(drawing.data) == ["country", "year", "fear_percent"]
    medians = drawing.data.query("country == 'median'")["fear_percent"]
    assert medians.tolist() == [37, 20, 35]
    assert set(drawing.data["country"]) == {"CHN", "USA", "median"}
    assert drawn.marked_points(drawing) == 2 * 3 + 1
    assert drawn.dashed_points(drawing) == 3
    assert "reported, 2023" in drawn.texts(drawing)
