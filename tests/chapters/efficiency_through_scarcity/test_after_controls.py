from dataclasses import replace

import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.after_controls import (
    Change,
    draw_change,
    estimate_change,
)
from chapters.efficiency_through_scarcity.sides import SideCounts
from tests.chapters.efficiency_through_scarcity.simulated_models import (
    LEVEL,
    bars,
    compared,
    dots,
    estimate,
    index_table,
    texts,
)

CONTROL = "2024-06-15"
CONTROLS = pd.DataFrame(
    {
        "measure": ["entity-list", "advanced-computing-2022"],
        "date": pd.to_datetime(["2019-05-16", "2022-10-07"]),
    }
)


@pytest.fixture(scope="module")
def found() -> Change:
    index = index_table(premium=1.0)
    later = (index["date"] >= pd.Timestamp(CONTROL)) & (index["country"] == "CHN")
    old = index.head(3).assign(country="CHN", date=pd.to_datetime(["2022-01-01"] * 3))
    old["model"] = ["x", "y", "z"]
    old.loc[old.index[2], "date"] = pd.Timestamp("2022-10-07")
    table = pd.concat([index.assign(eci=index["eci"] + 3 * later), old], ignore_index=True)
    return estimate_change(compared(table), CONTROLS, control_date=CONTROL, level=LEVEL)


def test_a_true_change_comes_back(found: Change) -> None:
    assert found.shift.before.value == pytest.approx(1)
    assert found.shift.after.value == pytest.approx(4)
    assert found.size == pytest.approx(3)
    assert found.trend.per_year.value > 0
    assert found.trend_filled.per_year == found.trend.per_year  # no model is silent
    assert found.n_before_first == 2


def test_the_scan_holds_the_control_among_quarters(found: Change) -> None:
    dates = found.scan["date"]
    assert list(dates[found.is_control]) == [pd.Timestamp(CONTROL)]
    assert dates.is_monotonic_increasing
    assert set(dates[~found.is_control].dt.day) == {1}
    assert found.n_scanned == found.arbitrary.total + 1 == 9
    assert found.largest == pytest.approx(found.size, abs=0.5)
    assert found.smallest <= found.largest_arbitrary <= found.largest


def test_quarters_with_few_models_on_a_side_are_left_out() -> None:
    index = index_table()
    early = index[(index["date"] < "2024-12-15") | (index["country"] == "USA")]
    change = estimate_change(compared(early), CONTROLS, control_date=CONTROL, level=LEVEL)
    assert change.scan["date"].max() < pd.Timestamp("2025-01-01")


@pytest.mark.parametrize(
    ("value", "low", "high", "side"),
    [(2, 1, 3, "above"), (-2, -3, -1, "below"), (-0.5, -1, 1, "around")],
)
def test_the_sides_are_those_of_the_intervals(
    found: Change, value: float, low: float, high: float, side: str
) -> None:
    made = replace(
        found,
        shift=replace(found.shift, shift=estimate(value, low, high)),
        trend=replace(found.trend, per_year=estimate(value, low, high)),
        trend_filled=replace(found.trend, per_year=estimate(-value, -high, -low)),
    )
    opposite = {"above": "below", "below": "above", "around": "around"}
    assert (made.side, made.trend_side, made.trend_filled_side) == (side, side, opposite[side])
    assert made.rose is (value > 0)
    assert made.size == abs(value)


def test_arbitrary_dates_are_counted_without_the_control(found: Change) -> None:
    scan = pd.DataFrame(
        {
            "date": [found.control, *pd.to_datetime(["2024-01-01", "2024-04-01", "2024-07-01"])],
            "change": [9.0, 2.0, -2.0, 0.0],
            "low": [8.0, 1.0, -3.0, -1.0],
            "high": [10.0, 3.0, -1.0, 1.0],
        }
    )
    made = replace(found, scan=scan)
    assert made.arbitrary == SideCounts(above=1, below=1, around=1)
    assert (made.largest_arbitrary, made.largest, made.smallest) == (2, 9, -2)


def test_every_date_is_a_mark(found: Change) -> None:
    drawing = draw_change(found)
    assert list(drawing.data) == ["date", "change", "low", "high", "n_before", "n_after"]
    assert dots(drawing) == bars(drawing) == len(drawing.data)
    assert texts(drawing)[0] == "control of 15 June 2024"
