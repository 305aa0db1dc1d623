from dataclasses import replace

import pandas as pd
import pytest

from chapters.risk_culture.venture_fall import VentureFall, draw_fall, estimate_fall
from tests.chapters import drawn


def found(usa: list[float], china: list[float]) -> VentureFall:
    amounts = pd.DataFrame(
        [
            (code, 2010 + year, 1e9 * amount)
            for code, own in (("USA", usa), ("CHN", china), ("FRA", [1.0, 2.0]))
            for year, amount in enumerate(own)
        ],
        columns=["country", "year", "investment_usd"],
    )
    return estimate_fall(amounts, missing_percent=20, level=0.8)


@pytest.fixture
def fall() -> VentureFall:
    return found([5, 10, 8], [1, 4, 2])


def test_the_last_year_next_to_the_highest(fall: VentureFall) -> None:
    china = fall.china.change
    assert (fall.china.peak_year, fall.china.last_year) == (2011, 2012)
    assert (china.value, china.low, china.high) == pytest.approx((0.5, 0.5, 0.6))
    assert (china.kind, china.n, china.level) == ("range", 3, 0.8)
    assert fall.china.percent == pytest.approx(50)
    assert fall.china.percent_with_late_deals == pytest.approx(40)
    assert fall.china_over_usa == pytest.approx(0.5 / 0.8)


@pytest.mark.parametrize(
    ("usa", "china", "both", "together"),
    [
        ([5, 10, 8], [1, 4, 2], True, True),
        ([10, 5, 8], [1, 4, 2], True, False),
        ([5, 8, 10], [1, 4, 2], False, False),
    ],
)
def test_falls_in_both_countries_and_from_one_year(
    *, usa: list[float], china: list[float], both: bool, together: bool
) -> None:
    fall = found(usa, china)
    assert (fall.both_fell, fall.fell_together) == (both, together)
    assert fall.peaked_together == together


def test_every_year_of_both_countries_is_drawn(fall: VentureFall) -> None:
    drawing = draw_fall(fall)
    assert list(drawing.data) == ["country", "year", "billion_usd"]
    assert set(drawing.data["country"]) == {"USA", "CHN"}
    assert len(drawing.data) == drawn.marked_points(drawing) == 6
    assert drawing.data["billion_usd"].max() == 10
    assert drawn.texts(drawing) == {"United States", "China"}


def test_a_country_without_a_fall_has_no_percent(fall: VentureFall) -> None:
    level = replace(fall.china, change=replace(fall.china.change, value=1.0, low=1.0, high=1.2))
    assert level.percent == 0
    assert level.percent_with_late_deals == pytest.approx(-20)
