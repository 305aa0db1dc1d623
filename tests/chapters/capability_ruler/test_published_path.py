"""The published path: extremes, kinds and faulty rows are told from the table."""

import pandas as pd
import pytest

from chapters.capability_ruler.published_path import PublishedPath, draw_path, trace_path

Row = tuple[str, str, float, float]


def table(*rows: Row) -> pd.DataFrame:
    """Return vintages given as day, kind, best American and best Chinese score."""
    parts = [
        pd.DataFrame(
            {
                "vintage": pd.Timestamp(day),
                "kind": kind,
                "model": ["old", "us", "cn"],
                "release_date": pd.to_datetime(["2023-01-01", "2025-06-01", "2025-09-01"]),
                "organization": ["a", "b", "c"],
                "country": ["USA", "USA", "CHN"],
                "countries": ["USA", "USA", "CHN"],
                "score": [100.0, us, cn],
            }
        )
        for day, kind, us, cn in rows
    ]
    return pd.concat(parts, ignore_index=True)


FOUR = (
    ("2025-07-22", "refit_pre_eci_inputs", 147.0, 141.0),
    ("2025-12-02", "published_by_version", 154.0, 142.5),
    ("2025-12-19", "published", 154.0, 145.0),
    ("2026-02-01", "published_daily", 158.0, 147.0),
    ("2026-08-01", "published", 161.0, 157.0),
)


@pytest.fixture(scope="module")
def path() -> PublishedPath:
    return trace_path(table(*FOUR))


def test_days_are_told_within_todays_definition(path: PublishedPath) -> None:
    assert (path.n_vintages, path.n_official) == (5, 3)
    assert (path.widest.gap, path.narrowest.gap, path.latest.gap, path.first.gap) == (11, 4, 4, 9)
    assert path.widest.date == pd.Timestamp("2026-02-01")
    assert path.came_down
    assert list(path.path["kind"].unique()) == [
        "refit of earlier results", "per version", "as defined today",
    ]  # fmt: skip


@pytest.mark.parametrize(("last", "stood"), [((161.0, 157.0), False), ((170.0, 157.0), True)])
def test_the_lag_may_stand_still_while_the_gap_moves(
    last: tuple[float, float], *, stood: bool
) -> None:
    """With one record of the leader above it, the lag hangs on how far the line runs."""
    rows = table(*FOUR, ("2026-09-01", "published", *last))
    if stood:  # a new model of the leader moves the gap alone
        new = rows[(rows["vintage"] == "2026-08-01")].assign(vintage=pd.Timestamp("2026-09-01"))
        extra = new[new["model"] == "us"].assign(
            model="newer", release_date=pd.Timestamp("2026-08-20"), score=170.0
        )
        rows = pd.concat([rows[rows["vintage"] < "2026-09-01"], new, extra])
    found = trace_path(rows)
    assert found.lag_stood_still is stood


def test_faults_are_grouped_and_the_vintage_is_marked() -> None:
    rows = table(*FOUR).replace({"model": {"old": "GPT-4 (Mar 2023)"}})
    rows.loc[rows.index[0], "score"] = 120.0
    found = trace_path(rows)
    (group,) = found.fault_groups
    assert (group.fault, group.n, group.vintages) == (
        "scale moved",
        1,
        (pd.Timestamp("2025-07-22"),),
    )
    assert group.rows == group.examples == found.faults
    assert list(found.path["moved"]) == [True, False, False, False, False]
    assert not found.listed_twice
    assert not found.dateless


def test_a_missing_date_is_told(path: PublishedPath) -> None:
    rows = table(*FOUR)
    rows.loc[rows.index[0], "release_date"] = pd.NaT
    assert trace_path(rows).dateless
    assert path.faults == ()


def test_the_figure_has_a_mark_for_each_vintage(path: PublishedPath) -> None:
    drawing = draw_path(path)
    assert list(drawing.data["gap"]) == [6, 11.5, 9, 11, 4]
    marks = [line for line in drawing.figure.axes[0].lines if line.get_marker() in {"o", "s", "D"}]
    assert sum(len(line.get_xdata()) for line in marks) == 5
