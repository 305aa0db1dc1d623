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


def test_the_lag_is_told_day_by_day() -> None:
    """A new American model moves the gap, and the lag by the days until its release."""
    before = table(FOUR[-1])
    new = before[before["model"] == "us"].assign(
        model="newer", release_date=pd.Timestamp("2026-08-20"), score=170.0
    )
    after = pd.concat([before, new]).assign(vintage=pd.Timestamp("2026-09-01"))
    found = trace_path(pd.concat([before, after]))
    assert (found.narrowest.gap, found.latest.gap) == (4, 13)
    moved = found.latest.lag_months - found.narrowest.lag_months
    assert moved == pytest.approx(12 * 353 / 365.25, abs=0.05)  # 1 September 2025 to 20 August
    assert found.lag_span == (found.narrowest.lag_months, found.latest.lag_months)


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
