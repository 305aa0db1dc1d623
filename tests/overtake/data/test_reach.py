"""How far data reach: by their own rows, never past their file, the oldest table first."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from overtake.core.errors import TableError
from overtake.data import importing, reach, tables
from overtake.data.reach import Reach

ROOT = Path(__file__).parents[3]
ROWS = b"day,year,value\n2026-03-05,2024,1\n,2023,2\n2025-12-31,,3\n"


def described(**changes: Any) -> dict[str, Any]:
    fields = [("day", "date"), ("year", "year"), ("value", "number")]
    return {
        "name": "stocks",
        "vintage": "2026-04-10",
        "schema": {"fields": [{"name": name, "type": kind} for name, kind in fields]},
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({}, "2026-04-10"),
        ({"reaches": "day"}, "2026-03-05"),
        ({"reaches": "year"}, "2024-12-31"),
        ({"reaches": "2025-06-30"}, "2025-06-30"),
        ({"reaches": "day", "vintage": "2026-02-01"}, "2026-02-01"),
        ({"vintage": "2022"}, "2022-12-31"),
        ({"reaches": "year", "vintage": "2022"}, "2022-12-31"),
    ],
)
def test_a_table_reaches_its_last_row_and_never_past_its_file(
    changes: dict[str, Any], day: str
) -> None:
    assert reach.resolve(described(**changes), ROWS) == day


@pytest.mark.parametrize(
    ("changes", "rows", "message"),
    [
        ({"reaches": "month"}, ROWS, "it must be a day.*its columns are: day, year, value"),
        ({"reaches": "2026-05-01"}, ROWS, "reaches 2026-05-01, but its file is of 2026-04-10"),
        ({"reaches": "day"}, b"day,year,value\n,,1\n", "column day, which is empty"),
        ({"reaches": "value"}, ROWS, "'3' is neither a day nor a year"),
    ],
)
def test_what_can_be_no_reach_is_refused(
    changes: dict[str, Any], rows: bytes, message: str
) -> None:
    with pytest.raises(TableError, match=f"table stocks: .*{message}"):
        reach.resolve(described(**changes), rows)


def test_the_books_package_says_what_its_descriptors_and_rows_give() -> None:
    data = ROOT / "data"
    for name, day in tables.reaches().items():
        raw = (data / "tables" / f"{name}.csv").read_bytes()
        assert reach.resolve(importing.descriptor(data, name), raw) == day
    index = tables.describe("capability_index")
    assert pd.Timestamp(index.reaches) == tables.load("capability_index")["date"].max()


@pytest.fixture
def two_old_and_one_historical(monkeypatch: pytest.MonkeyPatch) -> None:
    days = {
        "chips": "2025-12-31",
        "models": "2026-07-15",
        "index": "2025-12-31",
        "study": "2019-12-31",
    }

    def describe(name: str) -> tables.TableDescription:
        resource = {
            **dict.fromkeys(("description", "path", "retrieved"), ""),
            "name": name, "title": name, "credit": "B" if name == "models" else "A",
            "vintage": "2026-08-01",
            "reaches": days[name], "historical": name == "study", "licenses": [], "sources": [],
            "caveats": [], "schema": {"fields": [], "primaryKey": []},
        }  # fmt: skip
        return tables.description_of(resource)

    monkeypatch.setattr(tables, "describe", describe)


@pytest.mark.usefixtures("two_old_and_one_historical")
def test_what_rests_on_tables_reaches_as_far_as_the_oldest_that_ages() -> None:
    assert reach.of_tables([]) is None
    assert reach.of_tables(["models"]) == Reach("2026-07-15", ("models",))
    found = reach.of_tables(["models", "chips", "study", "index"])
    assert found == Reach("2025-12-31", ("chips", "index"), newest="2026-07-15")
    assert reach.told(found) == "data until 2025-12-31 (oldest table) to 2026-07-15 (newest)"
    closed = reach.of_tables(["study"])
    assert closed == Reach("2019-12-31", ("study",), historical=True)
    assert reach.told(closed) == "historical data until 2019-12-31"
    assert reach.told(None) == ""


@pytest.mark.usefixtures("two_old_and_one_historical")
def test_the_credit_names_each_producer_once_with_its_days() -> None:
    told = reach.credit({"chips": (), "models": (), "study": ()})
    assert told == "A (data until 2019-12-31, 2025-12-31); B (data until 2026-07-15)"


def test_of_many_days_the_first_and_the_last_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    behind = tables.describe("ai_models")
    days = {name: f"2026-0{name}-01" for name in "1234"}
    monkeypatch.setattr(tables, "describe", lambda name: replace(behind, reaches=days[name]))
    assert reach.credit(dict.fromkeys(days, ())).endswith("(data until 2026-01-01 to 2026-04-01)")


def test_data_are_old_after_ninety_days_and_history_never() -> None:
    until = Reach("2026-08-30")
    assert until.days_before(date(2026, 11, 28)) == reach.MOST_DAYS
    assert not until.is_old(date(2026, 11, 28))
    assert until.is_old(date(2026, 11, 29))
    assert not Reach("1999-12-31", historical=True).is_old(date(2026, 11, 28))


def test_the_oldest_of_several_is_one_that_ages_if_any_does() -> None:
    history, old, new = (
        Reach("1999-12-31", historical=True),
        Reach("2025-01-01"),
        Reach("2026-01-01"),
    )
    assert reach.oldest([None, new, history, old]) == replace(old, newest=new.until)
    assert reach.oldest([history, None]) == history
    assert reach.oldest([None]) is None
