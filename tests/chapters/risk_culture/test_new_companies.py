import pandas as pd
import pytest

from chapters.risk_culture.new_companies import (
    NewCompanies,
    Registered,
    draw_registrations,
    estimate_registrations,
)
from models.core.errors import ModelInputError
from tests.chapters import drawn


def registrations() -> pd.DataFrame:
    """Return counts that halve each year of the last four, after a highest one."""
    counts = [1000, 16000, 8010, 4000, 2010]
    china = pd.DataFrame({"country": "CHN", "year": range(2010, 2015), "new_companies": counts})
    other = pd.DataFrame({"country": "FRA", "year": [2010], "new_companies": [99999]})
    return pd.concat([other, china])


@pytest.fixture
def companies() -> NewCompanies:
    return estimate_registrations(registrations(), recent_years=4, level=0.9)


def test_years_and_recent_change_of_china(companies: NewCompanies) -> None:
    assert companies.first == Registered(2010, 1000)
    assert companies.highest == Registered(2011, 16000)
    assert companies.last == Registered(2014, 2010)
    assert companies.recent.value == pytest.approx(-50, abs=0.2)
    assert companies.recent.n == 4


def test_too_few_years_are_refused() -> None:
    with pytest.raises(ModelInputError, match="last years"):
        estimate_registrations(registrations(), recent_years=6, level=0.9)


def test_every_year_of_china_is_drawn(companies: NewCompanies) -> None:
    drawing = draw_registrations(companies)
    assert list(drawing.data) == ["country", "year", "new_companies"]
    assert len(drawing.data) == drawn.marked_points(drawing) == 5
    (line,) = drawn.axes_of(drawing).lines
    assert list(line.get_ydata()) == [1, 16, 8.01, 4, 2.01]
