"""Questions on supply: read off the tables as they will be."""

import pandas as pd
import pytest

from models.core.dated_events import DatedEvent
from models.supply.dated_supply import (
    ADDED,
    CHIPS,
    count_working_chips,
    list_yearly_additions,
    measure_added_electricity,
    settle,
)

DUE = pd.Timestamp("2027-09-30")


def milestones(day: str, *, censored: bool) -> pd.DataFrame:
    return pd.DataFrame({
        "programme": ["china-euv", "china-euv"], "milestone": ["prototype", "first_working_chips"],
        "date": pd.to_datetime(["2025-02-15", day]), "censored": [False, censored],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("day", "censored", "count"),
    [("2027-09-30", False, 1), ("2027-10-01", False, 0), ("2027-09-30", True, 0)],
)
def test_working_chips_count_once_they_are_reported(
    day: str, *, censored: bool, count: int
) -> None:
    assert count_working_chips(milestones(day, censored=censored), DUE) == count


def test_a_year_adds_what_it_makes_more_than_the_last() -> None:
    table = pd.DataFrame({
        "country": ["USA"] * 3 + ["CHN"], "year": [2024, 2025, 2026, 2026],
        "generation_twh": [100.0, 110.0, 135.0, 999.0],
    })  # fmt: skip
    assert measure_added_electricity(table, pd.Timestamp("2026-12-31")) == 25
    assert measure_added_electricity(table, pd.Timestamp("2027-12-31")) is None
    assert list_yearly_additions(table, years=5) == (10, 25)
    assert list_yearly_additions(table, years=1) == (25,)


@pytest.mark.parametrize(("measure", "table"), [(CHIPS, milestones("2027-01-01", censored=False))])
def test_it_is_settled_at_the_address_in_the_log(measure: str, table: pd.DataFrame) -> None:
    event = DatedEvent(
        "?", measure, "at least", 1.0, "2026-02-25", "2027-09-30", "", "", probability=0.3
    )
    settled = settle(vars(event), table, reached="2027-12-01")
    assert settled is not None
    assert settled.score == pytest.approx(0.49)
    assert ADDED != CHIPS
