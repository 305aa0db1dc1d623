import pandas as pd
import pytest

from chapters.hardware_bottleneck.published_figures import (
    published_estimate,
    published_on,
    published_span,
    published_value,
)

TABLE = pd.DataFrame(
    {
        "id": ["with-level", "without", "at-most", "other"],
        "topic": ["lag", "lag", "compute gap", "money"],
        "quantity": ["A", "B", "C", "D"],
        "value": [3.0, 7.0, None, 1.0],
        "low": [2.0, 4.0, None, None],
        "high": [5.0, 14.0, 4.0, None],
        "level": [0.95, None, None, None],
        "unit": ["ratio per year", "months", "ratio", "percent"],
        "publisher": "P",
        "date": [pd.Timestamp("2025-10-25"), pd.NaT, pd.NaT, pd.NaT],
    }
)


@pytest.mark.parametrize(
    ("id", "level", "kind"), [("with-level", 0.95, "confidence"), ("without", 0.9, "range")]
)
def test_without_a_level_an_interval_is_a_range(id: str, level: float, kind: str) -> None:
    found = published_estimate(TABLE, id, unit="u", n=3)
    assert (found.level, found.kind, found.unit, found.n) == (level, kind, "u", 3)


def test_an_upper_end_alone_stands_for_the_value() -> None:
    assert published_value(TABLE, "at-most") == 4
    assert published_value(TABLE, "with-level") == 3
    assert published_span(TABLE, "without") == (4, 14)


def test_rows_hold_what_was_published_and_nothing_else() -> None:
    rows = published_on(TABLE, ("lag", "compute gap"))
    assert [row.quantity for row in rows] == ["A", "B", "C"]
    assert rows[0].date == pd.Timestamp("2025-10-25")
    assert (rows[2].value, rows[2].low, rows[2].ends) == (None, None, (4.0,))
    assert (rows[2].unit, rows[1].unit, rows[1].date) == ("times", "months", None)
