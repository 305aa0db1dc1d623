"""What relative compute is worth, where the answer was put in."""

import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.race.relative_compute import estimate_relative_points, list_record_changes


def firms(n: int, worth: float = 6.0, rng: np.random.Generator | None = None) -> pd.DataFrame:
    """Return firms whose scores gain so many points for ten times the compute, and 12 a year."""
    rng = rng or np.random.default_rng(1)
    days = pd.date_range("2023-01-15", "2026-01-15", freq="120D")
    rows = []
    for firm in range(n):
        size = rng.normal(24 + 0.1 * firm, 0.1)
        for day in days:
            years = (day - days[0]).days / 365.25
            size += rng.uniform(0, 0.4)
            score = 100 + worth * (size - 24) + 12 * years + rng.normal(0, 0.2)
            rows.append((f"firm {firm}", day, score, 10**size))
    columns = ["organization", "date", "eci", "training_compute_flop"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize("worth", [2.0, 8.0])
def test_the_worth_of_relative_compute_is_recovered(worth: float) -> None:
    table = firms(12, worth)
    found = estimate_relative_points(table, table)
    assert found.low - 0.5 <= worth <= found.high + 0.5
    assert found.value == pytest.approx(worth, rel=0.15)


def test_what_all_firms_gain_together_is_worth_nothing_relative() -> None:
    table = firms(12)
    more = table.assign(training_compute_flop=100 * table["training_compute_flop"])
    assert estimate_relative_points(more, more).value == pytest.approx(
        estimate_relative_points(table, table).value
    )


def test_changes_are_from_record_to_record() -> None:
    table = firms(6)
    changes = list_record_changes(table, table)
    assert (changes["years"] > 0).all()
    assert changes.groupby("organization").size().max() <= 9


def test_too_few_firms_are_refused() -> None:
    table = firms(4)
    with pytest.raises(ModelInputError, match="needs 5 firms"):
        estimate_relative_points(table, table)
    with pytest.raises(ModelInputError):
        estimate_relative_points(table.iloc[:0], table)
