"""The question on investment: read by year, and its chance from past changes."""

import numpy as np
import pandas as pd
import pytest

from models.core.dated_events import DatedEvent, compute_chance_of_rise
from models.core.errors import ModelInputError
from models.society.dated_investment import (
    RATIO,
    compute_chance_of_ratio,
    list_log_ratios,
    measure_ratio,
    settle,
)

YEARS = {2020: 2.0, 2021: 4.0, 2022: 6.0, 2023: 8.0, 2024: 12.0}
TABLE = pd.concat(
    [
        pd.DataFrame({
            "series": "private_quid", "country": ["USA", "CHN"], "year": year,
            "investment_usd": [100 * ratio, 100.0],
        })
        for year, ratio in YEARS.items()
    ]
    + [pd.DataFrame({
        "series": "other", "country": ["USA", "CHN"], "year": 2024, "investment_usd": [1.0, 1.0]
    })],
    ignore_index=True,
)  # fmt: skip


def test_the_ratio_is_that_of_one_series() -> None:
    assert np.exp(list_log_ratios(TABLE)).to_dict() == pytest.approx(YEARS)
    assert measure_ratio(TABLE, pd.Timestamp("2024-12-31")) == pytest.approx(12)
    assert measure_ratio(TABLE, pd.Timestamp("2026-12-31")) is None


def test_its_chance_is_that_of_the_rise_that_it_needs() -> None:
    changes = np.diff(np.log(list(YEARS.values())))
    needed = np.log(10 / 12)
    chance = compute_chance_of_ratio(TABLE, year=2026, at_least=10.0)
    assert chance == pytest.approx(compute_chance_of_rise(changes, needed, steps=2))
    assert compute_chance_of_ratio(TABLE, year=2026, at_least=40.0) < chance
    with pytest.raises(ModelInputError, match="after 2024"):
        compute_chance_of_ratio(TABLE, year=2024, at_least=10.0)


def test_it_is_settled_by_the_row_of_the_year() -> None:
    event = DatedEvent("?", RATIO, "at least", 10.0, "", "2024-12-31", "times", "", 0.6)
    settled = settle(vars(event), TABLE, reached="2025-06-01")
    assert settled is not None
    assert (settled.happened, settled.score) == (True, pytest.approx(0.16))
