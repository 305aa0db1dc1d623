"""Bounds of what silence could hide, against fillings that reach them."""

import numpy as np
import pandas as pd
import pytest

from models.compute.compute_gap import (
    trend_gap,
)
from models.compute.silence_bounds import (
    growth_bounds,
    largest_gap_bounds,
    limits_of_silence,
    trend_gap_bounds,
    yearly_mean_bounds,
)
from models.core.errors import ModelInputError
from models.core.exponential_growth import fit_growth
from tests.models.simulated import compute_table

AT = "2024-01-01"


def half_silent(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All models of two countries, and the same with half the values hidden at random."""
    full = pd.concat(
        [compute_table(rng, n=80), compute_table(rng, n=60, country="CHN", level=21.0)],
        ignore_index=True,
    )
    silent = rng.random(len(full)) < 0.5
    hidden = full["training_compute_flop"].where(~silent)
    return full, full.assign(training_compute_flop=hidden)


@pytest.mark.parametrize("support", ["range", "trend", "above"])
def test_known_values_are_their_own_limits(support: str, rng: np.random.Generator) -> None:
    _, seen = half_silent(rng)
    limits = limits_of_silence(seen, support=support)  # type: ignore[arg-type]
    known = limits[limits["known"]]
    assert (known["low"] == known["log"]).all()
    assert (known["high"] == known["log"]).all()
    assert (limits["low"] <= limits["high"]).all()


def test_any_filling_within_the_limits_stays_within_the_bounds(rng: np.random.Generator) -> None:
    _, seen = half_silent(rng)
    limits = limits_of_silence(seen, support="range")
    growth = growth_bounds(limits, "USA")
    gap = trend_gap_bounds(limits, date=AT)
    largest = largest_gap_bounds(limits, date=AT, top=3, window_years=3)
    for _ in range(200):
        share = rng.integers(0, 2, len(limits))
        filled = 10 ** (limits["low"] + share * (limits["high"] - limits["low"]))
        table = limits.assign(training_compute_flop=filled, organization=np.arange(len(limits)))
        slope = fit_growth(table[table["country"] == "USA"]).annual_growth.value
        ratio = trend_gap(table, date=AT).factor.value
        assert growth.low - 1e-9 <= slope <= growth.high + 1e-9
        assert gap.low * 0.999 <= ratio <= gap.high * 1.001
    assert largest.low <= largest.known <= largest.high


def test_the_bounds_are_reached(rng: np.random.Generator) -> None:
    _, seen = half_silent(rng)
    limits = limits_of_silence(seen, support="range")
    side = limits[limits["country"] == "CHN"]
    late = side["date"] > side["date"].mean()
    steep = side.assign(training_compute_flop=10 ** side["high"].where(late, side["low"]))
    assert growth_bounds(limits, "CHN").high == pytest.approx(fit_growth(steep).annual_growth.value)


def test_without_silence_there_is_nothing_to_bound(rng: np.random.Generator) -> None:
    full, _ = half_silent(rng)
    limits = limits_of_silence(full, support="range")
    american = full[full["country"] == "USA"]
    for found in (
        growth_bounds(limits, "USA"),
        trend_gap_bounds(limits, date=AT),
        largest_gap_bounds(limits, date=AT, top=3, window_years=3),
    ):
        assert found.low == pytest.approx(found.known)
        assert found.high == pytest.approx(found.known)
        assert found.n_silent == 0
    assert growth_bounds(limits, "USA").known == pytest.approx(
        fit_growth(american).annual_growth.value
    )
    assert trend_gap_bounds(limits, date=AT).known == pytest.approx(
        trend_gap(full, date=AT).factor.value
    )


def test_yearly_bounds_hold_the_true_mean(rng: np.random.Generator) -> None:
    full, seen = half_silent(rng)
    table = yearly_mean_bounds(limits_of_silence(seen, support="trend", reach_oom=3.0))
    truth = (
        full.assign(log=np.log10(full["training_compute_flop"]), year=full["date"].dt.year)
        .groupby(["country", "year"])["log"]
        .mean()
    )
    merged = table.set_index(["country", "year"])
    assert ((merged["low"] <= truth) & (truth <= merged["high"])).all()
    assert (table["n_known"] <= table["n"]).all()


def test_bounds_refuse_what_they_cannot_bound(rng: np.random.Generator) -> None:
    _, seen = half_silent(rng)
    nothing = seen.assign(
        training_compute_flop=seen["training_compute_flop"].where(seen["date"].dt.year != 2020)
    )
    with pytest.raises(ModelInputError, match="in each year"):
        limits_of_silence(nothing, support="range")
    with pytest.raises(ModelInputError, match="3 values"):
        limits_of_silence(
            seen.assign(
                training_compute_flop=seen["training_compute_flop"].where(seen["country"] == "USA")
            ),
            support="trend",
        )
    limits = limits_of_silence(seen, support="range")
    with pytest.raises(ModelInputError, match="known runs"):
        largest_gap_bounds(limits.assign(known=False), date=AT, top=1, window_years=3)
