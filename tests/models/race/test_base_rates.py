"""Lead changes counted by hand, and the chance that follows in closed form."""

import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.race.base_rates import LeadChanges, estimate_chance_of_new_leader, find_lead_changes


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "organization": ["A", "A", "B", "C", "B", "C"],
            "country": ["USA", "USA", "USA", "CHN", "USA", None],
            "date": pd.to_datetime(
                ["2020-01-01", "2020-06-01", "2021-01-01", "2022-01-01", "2022-02-01", "2023-01-01"]
            ),
            "score": [1.0, 2.0, 3.0, 4.0, 3.5, 5.0],
        }
    )


def test_changes_are_counted_once_for_each_new_holder() -> None:
    # A, A, B, C, (B is not the best), C: two changes, one of them to China.
    found = find_lead_changes(table(), value="score", country="CHN", until="2024-01-01")
    assert (found.changes, found.by_country) == (2, 1)
    assert found.years == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize(("quarters", "margin", "changes"), [(2, 0.0, 2), (2, 0.4, 2), (2, 1.5, 1)])
def test_a_lead_that_is_small_or_short_is_none(quarters: int, margin: float, changes: int) -> None:
    found = find_lead_changes(
        table(), value="score", country="CHN", until="2024-01-01", quarters=quarters, margin=margin
    )
    # By more than 1.5 points C is ahead of A only, from January 2022 on.
    assert (found.changes, found.by_country) == (changes, 1)


def test_a_lead_between_two_ends_of_quarters_is_not_seen() -> None:
    short = table().assign(
        date=pd.to_datetime(
            ["2020-01-01", "2020-06-01", "2021-01-01", "2022-01-05", "2022-02-01", "2022-02-03"]
        ),
        organization=["A", "A", "B", "C", "B", "B"],
    )
    found = find_lead_changes(short, value="score", country="CHN", until="2024-01-01")
    assert (found.changes, found.by_country) == (1, 0)


def test_models_after_the_end_do_not_count() -> None:
    found = find_lead_changes(table(), value="score", country="CHN", until="2021-06-01")
    assert (found.changes, found.by_country) == (1, 0)


def test_with_many_changes_the_chance_is_that_of_a_poisson_process(
    rng: np.random.Generator,
) -> None:
    many = LeadChanges(40_000, 4_000, 10_000.0)
    found = estimate_chance_of_new_leader(many, 3.0, rng=rng)
    assert found.value == pytest.approx(1 - np.exp(-4 * 0.1 * 3), abs=0.005)
    assert found.high - found.low < 0.03


def test_never_is_not_impossible(rng: np.random.Generator) -> None:
    found = estimate_chance_of_new_leader(LeadChanges(12, 0, 3.0), 5.0, rng=rng)
    assert 0 < found.low < 0.05
    assert 0.8 < found.high < 1
    longer = estimate_chance_of_new_leader(LeadChanges(12, 0, 3.0), 10.0, rng=rng)
    assert longer.value > found.value


def test_bad_records_are_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="organization"):
        find_lead_changes(
            table().assign(organization=None), value="score", country="CHN", until="2024-01-01"
        )
    with pytest.raises(ModelInputError, match="some years"):
        estimate_chance_of_new_leader(LeadChanges(1, 0, 0.0), 5.0, rng=rng)
    with pytest.raises(ModelInputError, match="positive"):
        estimate_chance_of_new_leader(LeadChanges(1, 0, 3.0), 0.0, rng=rng)
