"""What was known when: by hand on three small vintages, and faulty rows one by one."""

import pandas as pd
import pytest

from models.capability.vintage_faults import (
    FaultyRow,
    find_changed_countries,
    find_dateless,
    find_faults,
    find_listed_twice,
    find_moved_scales,
    find_renamed,
)
from models.capability.vintages import (
    estimate_delay,
    estimate_revision,
    known_at,
    measure_gap_revision,
    split_changes,
    stand_at,
    trace_gap,
)
from models.core.errors import ModelInputError

DAYS = ("2026-01-01", "2026-02-01", "2026-03-01")


def vintages(*rows: tuple[str, str, str, str, float]) -> pd.DataFrame:
    """Return rows given as vintage, model, country, release and score."""
    frame = pd.DataFrame(rows, columns=["vintage", "model", "country", "release_date", "score"])
    for column in ("vintage", "release_date"):
        frame[column] = pd.to_datetime(frame[column])
    return frame.assign(countries=frame["country"], organization=frame["model"].str[0])


THREE = vintages(
    (DAYS[0], "u1", "USA", "2025-01-01", 150),
    (DAYS[0], "c1", "CHN", "2025-07-01", 145),
    (DAYS[1], "u1", "USA", "2025-01-01", 151),  # revised
    (DAYS[1], "c1", "CHN", "2025-07-01", 145),
    (DAYS[1], "u2", "USA", "2026-01-15", 156),  # new
    (DAYS[2], "u1", "USA", "2025-01-01", 151),
    (DAYS[2], "c1", "CHN", "2025-07-01", 144),  # revised
    (DAYS[2], "u2", "USA", "2026-01-15", 157),  # revised
    (DAYS[2], "c2", "CHN", "2026-02-20", 155),  # new
)


@pytest.mark.parametrize(
    ("day", "vintage"), [("2026-01-01", 0), ("2026-01-31", 0), ("2026-02-01", 1), ("2030-01-01", 2)]
)
def test_the_newest_vintage_of_the_day_is_known(day: str, vintage: int) -> None:
    found = known_at(THREE, day)
    assert set(found["vintage"]) == {pd.Timestamp(DAYS[vintage])}


def test_before_the_first_vintage_nothing_is_known() -> None:
    with pytest.raises(ModelInputError, match="no vintage of 2025-12-31 or before"):
        known_at(THREE, "2025-12-31")


def test_the_path_of_the_gap() -> None:
    path = trace_gap(THREE)
    assert list(path["gap"]) == [5, 11, 2]
    assert list(path["leader_model"]) == ["u1", "u2", "u2"]
    assert stand_at(known_at(THREE, DAYS[2])).follower_model == "c2"
    with pytest.raises(ModelInputError, match="columns score"):
        trace_gap(THREE.drop(columns="score"))


def test_a_change_is_race_and_ruler() -> None:
    """First: u1 is revised by 1, and u2 adds 5. Then both revise by 1; c2 takes 11 away."""
    split = split_changes(THREE)
    assert list(split["ruler"]) == [1, 2]
    assert list(split["race"]) == [5, -11]
    assert list(split["race"] + split["ruler"]) == list(split["change"])


def test_a_model_is_new_until_it_is_settled() -> None:
    """u2 comes with the second vintage: its revision is the race's until it has settled."""
    split = split_changes(THREE, settled_after_days=10_000)
    assert list(split["ruler"]) == [1, 1]
    assert list(split["race"] + split["ruler"]) == list(split["change"])


def test_the_revision_of_scores() -> None:
    found = estimate_revision(THREE, released_since="2025-01-01")
    assert found.n == 3
    assert dict(zip(found.table["model"], found.table["change"], strict=True)) == {
        "c1": -1, "u1": 1, "u2": 1,
    }  # fmt: skip
    assert found.mean == pytest.approx(1 / 3)
    with pytest.raises(ModelInputError, match="got 1"):
        estimate_revision(THREE, released_since="2026-01-01")
    with pytest.raises(ModelInputError, match="got 1"):
        estimate_revision(THREE, released_since="2025-01-01", lowest=155)


def test_the_delay_of_first_scores() -> None:
    found = estimate_delay(THREE, released_since="2026-01-01")
    assert list(found.table["days"]) == [9, 17]
    assert (found.days.value, found.days.n, found.days.unit) == (13, 2, "days")
    with pytest.raises(ModelInputError, match="no model"):
        estimate_delay(THREE, released_since="2027-01-01")


def test_the_revision_of_a_gap_leaves_new_models_out() -> None:
    again = THREE[THREE["vintage"] == DAYS[2]].assign(vintage=pd.Timestamp("2026-04-01"))
    found = measure_gap_revision(pd.concat([THREE, again]), days=28)
    # Revisions 1, 2 and 0: what u2 and c2 change is not among them.
    assert found.value == pytest.approx((5 / 3) ** 0.5)
    assert found.n == 3
    with pytest.raises(ModelInputError, match="only 1 vintages"):
        measure_gap_revision(THREE, days=50)


def test_a_scale_that_moved_is_named() -> None:
    moved = vintages(
        *((day, "anchor", "USA", "2025-01-01", 150.0) for day in DAYS[:2]),
        (DAYS[2], "anchor", "USA", "2025-01-01", 150.7),
        *(
            (day, "old", "USA", "2023-03-14", score)
            for day, score in zip(DAYS, (126, 139, 126.5), strict=True)
        ),
    )
    found = find_moved_scales(moved, {"anchor": 150.0, "old": None})
    assert [(row.model, str(row.vintage.date())) for row in found] == [
        ("old", DAYS[1]), ("anchor", DAYS[2]),
    ]  # fmt: skip
    assert "139.00, elsewhere 126.50" in found[0].detail


def test_a_model_under_two_names_is_named() -> None:
    twice = vintages(
        (DAYS[0], "u1", "USA", "2025-01-01", 150.0),
        (DAYS[0], "u-one", "USA", "2025-01-01", 150.0),
        (DAYS[0], "u2", "USA", "2025-01-02", 150.0),
    )
    (row,) = find_listed_twice(twice)
    assert (row.fault, row.model, row.detail) == ("listed twice", "u1", "also as u-one")


def test_a_new_name_for_an_old_model_is_given_once() -> None:
    renamed = vintages(
        (DAYS[0], "u1", "USA", "2025-01-01", 150.0),
        (DAYS[1], "u1 (Jan 2025)", "USA", "2025-01-03", 150.03),
        (DAYS[2], "u1", "USA", "2025-01-01", 150.0),
    )
    (row,) = find_renamed(renamed)
    assert (row.model, row.detail) == ("u1 (Jan 2025)", "before as u1")
    other = renamed.assign(score=[150.0, 150.2, 150.0])
    assert find_renamed(other) == ()


def test_a_country_that_changes_and_a_missing_date_are_named() -> None:
    frame = THREE.copy()
    frame.loc[frame.index[2], "countries"] = "GBR;USA"
    (row,) = find_changed_countries(frame)
    assert (row.model, row.detail) == ("u1", "GBR;USA, before USA")
    frame.loc[frame.index[8], "release_date"] = pd.NaT
    (row,) = find_dateless(frame, ("USA", "CHN"))
    assert row == FaultyRow("no date", pd.Timestamp(DAYS[2]), "c2", "score 155.00")
    faults = find_faults(frame, references={"u1": 150.0})
    assert [each.fault for each in faults] == ["scale moved"] * 2 + ["country changed", "no date"]


def test_a_dateless_model_does_not_stop_the_path() -> None:
    frame = THREE.copy()
    frame.loc[frame.index[8], "release_date"] = pd.NaT
    assert list(trace_gap(frame)["gap"]) == [5, 11, 13]
