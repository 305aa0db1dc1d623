import numpy as np
import pandas as pd
import pytest

from models.capability.compute_efficiency import estimate_premium
from models.capability.premium_specifications import PREMIUM_CHOICES, fit_premium_curve
from models.core.errors import ModelInputError
from tests.models.simulated import capability_table


def table(rng: np.random.Generator, premium: float = 0.0) -> pd.DataFrame:
    """Models of 2023 to 2025, some silent, some open, some distilled, some of code."""
    frame = capability_table(rng, n=160, premium=premium).rename(
        columns={"organization": "developer"}
    )
    frame["date"] += pd.DateOffset(years=1)
    return frame.assign(
        training_compute_flop=frame["training_compute_flop"].where(rng.random(160) < 0.7),
        compute_confidence=np.where(rng.random(160) < 0.7, "Confident", "Likely"),
        open_weights=rng.random(160) < 0.7,
        coding=rng.random(160) < 0.1,
        distilled=rng.random(160) < 0.2,
    )


def test_every_combination_is_there_and_the_preferred_one_is_the_premium(
    rng: np.random.Generator,
) -> None:
    frame = table(rng, premium=3.0)
    found = fit_premium_curve(frame, rng=rng, replications=50).summarise()
    expected = np.prod([len(options) for options in PREMIUM_CHOICES.values()])
    assert len(found.curve.table) + len(found.curve.infeasible) == expected >= 50
    known = frame[frame["training_compute_flop"].notna()]
    alone = estimate_premium(known, cluster="developer").premium
    row = found.curve.table[found.curve.table["preferred"]].iloc[0]
    assert (row["value"], row["low"], row["high"]) == pytest.approx(
        (alone.value, alone.low, alone.high)
    )


def test_a_true_premium_moves_the_whole_curve(rng: np.random.Generator) -> None:
    found = fit_premium_curve(table(rng, premium=6.0), rng=rng, replications=200).summarise()
    assert found.test.p_value == found.p_value < 0.02
    assert found.test.n == found.n_developers
    assert found.curve.median == pytest.approx(6, abs=1.5)


def test_without_a_premium_the_curve_is_like_shuffled_ones() -> None:
    p_values = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        p_values.append(fit_premium_curve(table(rng), rng=rng, replications=40).summarise().p_value)
    assert min(p_values) < 0.7
    assert np.median(p_values) > 0.15


def test_bad_tables_are_refused(rng: np.random.Generator) -> None:
    frame = table(rng)
    with pytest.raises(ModelInputError, match="rows of CHN, got 0"):
        fit_premium_curve(frame[frame["country"] == "USA"], rng=rng)
    with pytest.raises(ModelInputError, match="complete"):
        fit_premium_curve(frame.assign(eci=np.nan), rng=rng)
    with pytest.raises(ModelInputError, match="in one country"):
        fit_premium_curve(frame.assign(developer="one"), rng=rng)
    of_usa = frame["training_compute_flop"].where(frame["country"] == "USA")
    few = frame.assign(training_compute_flop=of_usa)
    with pytest.raises(ModelInputError, match="needs 5 models of CHN"):
        fit_premium_curve(few, rng=rng)
