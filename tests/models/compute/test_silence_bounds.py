"""Bounds of what silence could hide, against fillings that reach them."""

import numpy as np
import pandas as pd
import pytest

from models.compute.compute_gap import estimate_trend_gap
from models.compute.silence_bounds import (
    bound_growth,
    bound_largest_gap,
    bound_trend_gap,
    bound_yearly_means,
    limit_silence,
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
    limits = limit_silence(seen, support=support)  # type: ignore[arg-type]
    known = limits[limits["known"]]
    assert (known["low"] == known["log"]).all()
    assert (known["high"] == known["log"]).all()
    assert (limits["low"] <= limits["high"]).all()


def test_any_filling_within_the_limits_stays_within_the_bounds(rng: np.random.Generator) -> None:
    _, seen = half_silent(rng)
    limits = limit_silence(seen, support="range")
    growth = bound_growth(limits, "USA")
    gap = bound_trend_gap(limits, date=AT)
    largest = bound_largest_gap(limits, date=AT, top=3, window_years=3)
    for _ in range(200):
        share = rng.integers(0, 2, len(limits))
        filled = 10 ** (limits["low"] + share * (limits["high"] - limits["low"]))
        table = limits.assign(training_compute_flop=filled, organization=np.arange(len(limits)))
        slope = fit_growth(table[table["country"] == "USA"]).annual_growth.value
        ratio = estimate_trend_gap(table, date=AT).factor.value
        assert growth.low - 1e-9 <= slope <= growth.high + 1e-9
        assert gap.low * 0.999 <= ratio <= gap.high * 1.001
    assert largest.low <= largest.known <= largest.high


def test_the_bounds_are_reached(rng: np.random.Generator) -> None:
    _, seen = half_silent(rng)
    limits = limit_silence(seen, support="range")
    side = limits[limits["country"] == "CHN"]
    late = side["date"] > side["date"].mean()
    steep = side.assign(training_compute_flop=10 ** side["high"].where(late, side["low"]))
    assert bound_growth(limits, "CHN").high == pytest.approx(fit_growth(steep).annual_growth.value)


def test_without_silence_there_is_nothing_to_bound(rng: np.random.Generator) -> None:
    full, _ = half_silent(rng)
    limits = limit_silence(full, support="range")
    american = full[full["country"] == "USA"]
    for found in (
        bound_growth(limits, "USA"),
        bound_trend_gap(limits, date=AT),
        bound_largest_gap(limits, date=AT, top=3, window_years=3),
    ):
        assert found.low == pytest.approx(found.known)
        assert found.high == pytest.approx(found.known)
        assert found.n_silent == 0
    assert bound_growth(limits, "USA").known == pytest.approx(
        fit_growth(american).annual_growth.value
    )
    assert bound_trend_gap(limits, date=AT).known == pytest.approx(
        estimate_trend_gap(full, date=AT).factor.value
    )


def test_yearly_bounds_hold_the_true_mean(rng: np.random.Generator) -> None:
    full, seen = half_silent(rng)
    table = bound_yearly_means(limit_silence(seen, support="trend", reach_oom=3.0))
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
        limit_silence(nothing, support="range")
    with pytest.raises(ModelInputError, match="3 values"):
        limit_silence(
            seen.assign(
                training_compute_flop=seen["training_compute_flop"].where(seen["country"] == "USA")
            ),
            support="trend",
        )
    limits = limit_silence(seen, support="range")
    with pytest.raises(ModelInputError, match="known runs"):
        bound_largest_gap(limits.assign(known=False), date=AT, top=1, window_years=3)
