"""The gap as known on a day: by hand, and from vintages that are made up."""

from dataclasses import replace

import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.race.gap_history import (
    KnownIndex,
    PastIndex,
    know_index,
    move_newest,
    read_past_index,
    trace_monthly_gaps,
)
from overtake.data import tables
from tests.models.simulated import trail

DAY = pd.Timestamp("2025-06-30")


def models() -> pd.DataFrame:
    leader = trail("USA", ["2024-01-15", "2025-05-10"], [110.0, 120.0])
    follower = trail("CHN", ["2024-06-20", "2025-03-10"], [100.0, 115.0])
    return pd.concat([leader, follower], ignore_index=True)


def test_gaps_go_back_by_months_to_half_a_year_after_the_follower_s_entry() -> None:
    gaps = trace_monthly_gaps(models(), until=DAY, since="2023-01-01")
    # Ends of months from December 2024 to June 2025.
    assert gaps.tolist() == [10.0, 10.0, 10.0, -5.0, -5.0, 5.0, 5.0]
    assert trace_monthly_gaps(models(), until=DAY, since="2025-05-01").tolist() == [5.0, 5.0]


def test_before_the_follower_there_is_no_gap() -> None:
    with pytest.raises(ModelInputError, match="models of USA and CHN"):
        trace_monthly_gaps(models(), until="2024-03-01", since="2023-01-01")


def test_only_a_new_score_of_the_follower_is_moved() -> None:
    known = KnownIndex(DAY, "refit", models())
    assert move_newest(known, -2.0).models.equals(known.models)  # of March: older than three months
    new = KnownIndex(pd.Timestamp("2025-05-31"), "refit", models())
    moved = move_newest(new, -2.0).models
    assert (moved["eci"] - known.models["eci"]).tolist() == [0.0, 0.0, 0.0, -2.0]


@pytest.fixture(scope="module")
def past() -> PastIndex:
    """Return what the book's own files and results say of past days."""
    names = ("index_vintages", "index_scores", "capability_index")
    return read_past_index(*(tables.load(name) for name in names), delay_days=28)


@pytest.mark.parametrize("day", ["2024-08-31", "2025-01-31", "2025-11-30", "2026-03-31"])
def test_nothing_that_came_later_is_known(past: PastIndex, day: str) -> None:
    known = know_index(past, day)
    assert known.source == ("vintage" if day >= "2025-07-22" else "refit")
    if known.source == "refit":
        assert known.models["date"].max() <= pd.Timestamp(day) - pd.Timedelta(days=28)
    else:
        newest = past.vintages.loc[past.vintages["vintage"] <= day, "vintage"]
        assert known.models["date"].max() <= newest.max()
    assert known.models["organization"].notna().all()
    assert {"USA", "CHN"} <= set(known.models["country"])


def test_a_refit_is_near_the_file_of_its_day(past: PastIndex) -> None:
    day = pd.Timestamp("2026-01-31")
    later = past.vintages[past.vintages["vintage"] > day]
    seen, made = (know_index(each, day) for each in (past, replace(past, vintages=later)))
    gaps = [trace_monthly_gaps(k.models, until=day, since=day)[-1] for k in (seen, made)]
    assert (seen.source, made.source) == ("vintage", "refit")
    assert abs(gaps[0] - gaps[1]) < 4
