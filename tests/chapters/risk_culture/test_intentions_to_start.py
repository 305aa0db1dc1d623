from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from chapters.risk_culture.intentions_to_start import (
    Intentions,
    Scatter,
    draw_intentions,
    estimate_intentions,
)
from models.core.estimates import Estimate
from tests.chapters import drawn

YEARS = [2002, 2003, 2005, 2006, 2007, 2011, 2012, 2013]


def asked(china: list[float], usa: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "country": ["CHN"] * 8 + ["USA"] * 9,
            "year": [*YEARS, *YEARS, 2014],
            "intentions_percent": [*china, *usa],
        }
    )


@pytest.fixture
def intentions() -> Intentions:
    """China falls by 2 points a year from 40%, but for 2005 and 2011; the US stay at 10%."""
    line = [40.0 - 2 * (year - 2002) for year in YEARS]
    china = [p + 8 * (year in {2005, 2011}) for p, year in zip(line, YEARS, strict=True)]
    worldwide = pd.DataFrame(
        {
            "country": ["A", "B", "C", "A", "B"],
            "year": [2002, 2002, 2002, 2003, 2003],
            "intentions_percent": [1.0, 2, 9, 4, 8],
        }
    )
    return estimate_intentions(
        asked(china, [10.0] * 9),
        worldwide,
        said_on=date(2026, 1, 10),
        sample_size=1500,
        design_effect=1.5,
        level=0.9,
    )


def test_shares_of_the_last_year_that_both_have(intentions: Intentions) -> None:
    assert (intentions.last_year, intentions.years_before_claim) == (2013, 13)
    assert (intentions.china.value, intentions.usa.value) == pytest.approx((0.18, 0.10))
    assert intentions.difference.value == pytest.approx(8)
    assert intentions.difference.n == 1000
    assert intentions.equal.p_value < 0.001
    assert (intentions.china_at_first, intentions.usa_at_first) == (40, 10)
    assert intentions.years_above == 8


def test_the_trend_without_strays_is_the_line_that_was_put_in(intentions: Intentions) -> None:
    assert intentions.trend_without_strays.value == pytest.approx(-2)
    assert intentions.over_time.years == tuple(YEARS)


def test_scatter_is_that_of_regression_and_of_sampling(intentions: Intentions) -> None:
    shares = intentions.shares.query("country == 'CHN'")
    residuals = np.polyfit(shares["year"], shares["percent"], 1, full=True)[1]
    assert intentions.scatter.observed == pytest.approx(float(residuals[0] / 6) ** 0.5)
    mean = shares["percent"].mean() / 100
    assert intentions.scatter.sampling == pytest.approx(100 * (mean * (1 - mean) / 1000) ** 0.5)
    assert intentions.scatter.n == 8


def test_the_survey_of_all_countries_is_described(intentions: Intentions) -> None:
    survey = intentions.worldwide
    assert (survey.first_year, survey.last_year) == (2002, 2003)
    assert (survey.fewest, survey.most) == (2, 3)
    assert intentions.median["percent"].tolist() == [2, 6]


@pytest.mark.parametrize(
    ("low", "high", "way"), [(0.1, 2, "rises"), (-2, -0.1, "falls"), (-1, 1, "open")]
)
def test_the_lead_goes_as_its_interval_says(
    intentions: Intentions, low: float, high: float, way: str
) -> None:
    trend = Estimate((low + high) / 2, low, high, 0.9, "confidence", 8)
    over_time = replace(intentions.over_time, trend_difference=trend)
    assert replace(intentions, over_time=over_time).lead == way
    assert replace(intentions, trend_without_strays=trend).lead_without_strays == way


@pytest.mark.parametrize(("observed", "more"), [(7.4, True), (1.1, False)])
def test_scatter_beyond_sampling(intentions: Intentions, observed: float, *, more: bool) -> None:
    assert replace(intentions, scatter=Scatter(observed, 1.2, 16)).more_than_sampling is more


def test_every_share_and_the_median_are_drawn(intentions: Intentions) -> None:
    drawing = draw_intentions(intentions)
    assert list(drawing.data) == ["country", "year", "percent", "low", "high"]
    assert drawing.data["country"].value_counts().to_dict() == {"USA": 9, "CHN": 8, "median": 2}
    assert drawn.marked_points(drawing) == 17
    assert drawn.dashed_points(drawing) == 2
    assert {"China", "United States", "Median country"} <= drawn.texts(drawing)
