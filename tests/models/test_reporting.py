import numpy as np
import pandas as pd
import pytest

from models.efficiency import capability_premium
from models.errors import ModelInputError
from models.reporting import reporting_selection, with_assumed_compute
from tests.models.simulated import capability_table


def silenced(rng: np.random.Generator, *, gap: float) -> pd.DataFrame:
    """A table in which a random half of the models is silent and scores `gap` points more."""
    table = capability_table(rng, n=300)
    silent = rng.random(len(table)) < 0.5
    return table.assign(
        eci=table["eci"] + gap * silent,
        training_compute_flop=table["training_compute_flop"].where(~silent),
    )


def test_selection_recovers_the_truth() -> None:
    rng, hits = np.random.default_rng(31), 0
    for _ in range(60):
        found = reporting_selection(silenced(rng, gap=5.0), country="USA", cluster="organization")
        hits += found.difference.low <= -5.0 <= found.difference.high
    assert 47 <= hits <= 60


def test_selection_counts_models(rng: np.random.Generator) -> None:
    table = silenced(rng, gap=0.0)
    found = reporting_selection(table, country="CHN", cluster="organization")
    chinese = table[table["country"] == "CHN"]
    assert found.n_reported == chinese["training_compute_flop"].notna().sum()
    assert found.n_reported + found.n_silent == len(chinese)


def test_assumed_compute_lies_on_the_trend() -> None:
    dates = pd.to_datetime(["2023-01-01", "2023-07-02", "2024-01-01", "2024-07-01"])
    years = (dates - dates[0]).days.to_numpy() / 365.25
    truth = 10 ** (23 + 0.5 * years)
    frame = pd.DataFrame(
        {
            "country": "USA",
            "date": dates,
            "training_compute_flop": [*truth[:3], np.nan],
        }
    )
    filled = with_assumed_compute(frame, {"USA": 10.0})
    known = filled["training_compute_flop"].to_numpy()
    assert known[:3] == pytest.approx(truth[:3])
    assert known[3] == pytest.approx(10 * truth[3], rel=1e-9)


def test_more_assumed_compute_for_the_base_raises_the_premium(rng: np.random.Generator) -> None:
    table = capability_table(rng, n=200, premium=0.0)
    silent = (table["country"] == "USA") & (rng.random(len(table)) < 0.3)
    table["training_compute_flop"] = table["training_compute_flop"].where(~silent)
    premiums = [
        capability_premium(with_assumed_compute(table, {"USA": f, "CHN": 1.0})).premium.value
        for f in (0.5, 1.0, 2.0)
    ]
    assert premiums == sorted(premiums)


def test_complete_tables_pass_unchanged(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    pd.testing.assert_frame_equal(with_assumed_compute(table, {"USA": 9.0, "CHN": 9.0}), table)


def test_bad_input_is_refused(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    with pytest.raises(ModelInputError, match="with and without"):
        reporting_selection(table, country="USA", cluster="organization")
    with pytest.raises(ModelInputError, match="factor of USA"):
        with_assumed_compute(table, {"USA": 0.0})
    with pytest.raises(ModelInputError, match="needs 3 values"):
        with_assumed_compute(table.assign(training_compute_flop=np.nan), {"USA": 1.0})
    with pytest.raises(ModelInputError, match="rows of FRA"):
        with_assumed_compute(table, {"FRA": 1.0})
