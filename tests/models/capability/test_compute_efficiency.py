import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.capability.algorithmic_progress import estimate_algorithmic_progress
from models.capability.compute_efficiency import (
    estimate_curved_premium,
    estimate_excess_of_one,
    estimate_premium,
    estimate_premium_shift,
    estimate_premium_trend,
)
from models.core.errors import ModelInputError
from tests.models.simulated import capability_table


def test_premium_recovers_the_truth() -> None:
    rng = np.random.default_rng(21)
    hits = {"premium": 0, "multiplier": 0, "slope": 0}
    for _ in range(200):
        fit = estimate_premium(capability_table(rng, premium=4.0))
        hits["premium"] += fit.premium.low <= 4.0 <= fit.premium.high
        multiplier = fit.compute_multiplier
        hits["multiplier"] += multiplier.low <= 10**0.4 <= multiplier.high
        slope = fit.points_per_order_of_magnitude
        hits["slope"] += slope.low <= 10.0 <= slope.high
    assert all(170 <= count <= 192 for count in hits.values()), hits


def test_a_premium_beside_a_curve_is_not_taken_for_one() -> None:
    table = capability_table(np.random.default_rng(23), premium=4.0, sd=0.0)
    logs = np.log10(table["training_compute_flop"])
    bent = table.assign(eci=table["eci"] - 3 * (logs - 24) ** 2)
    found = estimate_curved_premium(bent)
    assert found.value == pytest.approx(4, abs=0.01)  # dates of release are whole days
    assert estimate_premium(bent).premium.value != pytest.approx(4, abs=0.05)


def test_without_one_developer_by_hand(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    fit = estimate_premium(table)
    premiums = {}
    for name in table["organization"].unique():
        kept = table[table["organization"] != name]
        premiums[name] = estimate_premium(kept).premium.value
    assert fit.without_one_developer.low == pytest.approx(min(premiums.values()))
    assert fit.without_one_developer.high == pytest.approx(max(premiums.values()))
    moved = {name: abs(value - fit.premium.value) for name, value in premiums.items()}
    assert fit.most_influential_developer == max(moved, key=lambda name: moved[name])


@settings(max_examples=15, deadline=None)
@given(scale=st.floats(1e-3, 1e3), stretch=st.floats(0.1, 10))
def test_the_units_do_not_matter(scale: float, stretch: float) -> None:
    table = capability_table(np.random.default_rng(22), premium=3.0)
    moved = table.assign(
        training_compute_flop=table["training_compute_flop"] * scale, eci=table["eci"] * stretch
    )
    before, after = estimate_premium(table), estimate_premium(moved)
    assert after.premium.value == pytest.approx(before.premium.value * stretch, rel=1e-6)
    assert after.compute_multiplier.high == pytest.approx(before.compute_multiplier.high, rel=1e-6)
    one, two = estimate_algorithmic_progress(table), estimate_algorithmic_progress(moved)
    assert two.annual_factor.low == pytest.approx(one.annual_factor.low, rel=1e-6)


def test_swapping_countries_flips_the_premium(rng: np.random.Generator) -> None:
    table = capability_table(rng, premium=3.0)
    one = estimate_premium(table)
    two = estimate_premium(table, country="USA", base="CHN")
    assert two.premium.value == pytest.approx(-one.premium.value)
    assert two.compute_multiplier.value == pytest.approx(1 / one.compute_multiplier.value)


def test_the_multiplier_is_none_where_compute_explains_nothing(rng: np.random.Generator) -> None:
    table = capability_table(rng, per_order=0.0)
    assert estimate_premium(table).compute_multiplier is None


def test_shift_recovers_the_truth() -> None:
    rng = np.random.default_rng(23)
    hits = 0
    for _ in range(200):
        table = capability_table(rng, n=200)
        late = (table["date"] >= "2023-06-01") & (table["country"] == "CHN")
        shifted = table.assign(eci=table["eci"] + 5.0 * late)
        fit = estimate_premium_shift(shifted, date="2023-06-01")
        hits += fit.shift.low <= 5.0 <= fit.shift.high
    assert 170 <= hits <= 192


def test_shift_is_after_minus_before(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    fit = estimate_premium_shift(table)
    assert fit.shift.value == pytest.approx(fit.after.value - fit.before.value)
    chinese = table["country"] == "CHN"
    before = table["date"] < "2022-10-07"
    assert (fit.n_before, fit.n_after) == ((chinese & before).sum(), (chinese & ~before).sum())


def test_bad_tables_are_refused(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    with pytest.raises(ModelInputError, match="rows of CHN, got 0"):
        estimate_premium(table[table["country"] == "USA"])
    with pytest.raises(ModelInputError, match="complete"):
        estimate_premium(table.assign(training_compute_flop=np.nan))
    with pytest.raises(ModelInputError, match="positive"):
        estimate_algorithmic_progress(table.assign(training_compute_flop=0.0))
    with pytest.raises(ModelInputError, match="independent regressors"):
        estimate_premium(table.assign(training_compute_flop=1e24))
    with pytest.raises(ModelInputError, match="2 models of CHN before"):
        estimate_premium_shift(table, date="2000-01-01")
    with pytest.raises(ModelInputError, match="rise with compute"):
        estimate_algorithmic_progress(table.assign(eci=-table["eci"]))
    with pytest.raises(ModelInputError, match="6 rows"):
        estimate_algorithmic_progress(table.iloc[:5])
    assert math.isfinite(estimate_premium(table).p_value)


def test_a_trend_of_the_premium_is_recovered() -> None:
    rng, hits = np.random.default_rng(26), {"per_year": 0, "at_end": 0}
    for _ in range(100):
        table = capability_table(rng, premium=2.0)
        years = (table["date"] - table["date"].min()).dt.days / 365.25
        table["eci"] += 3.0 * years * (table["country"] == "CHN")
        trend = estimate_premium_trend(table)
        hits["per_year"] += trend.per_year.low <= 3.0 <= trend.per_year.high
        hits["at_end"] += trend.at_end.low <= 2.0 + 3.0 * years.max() <= trend.at_end.high
    assert all(80 <= count <= 97 for count in hits.values()), hits


def test_trend_needs_both_countries(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    with pytest.raises(ModelInputError, match="rows of CHN"):
        estimate_premium_trend(table[table["country"] == "USA"])


def test_a_control_takes_out_what_it_explains(rng: np.random.Generator) -> None:
    table = capability_table(rng, n=400, premium=2.0)
    chinese = table["country"] == "CHN"
    table["taught"] = rng.random(400) < np.where(chinese, 0.6, 0.1)
    table["eci"] += 8.0 * table["taught"]
    plain, held = (estimate_premium(table, controls=names) for names in ((), ("taught",)))
    assert plain.premium.value == pytest.approx(6, abs=1.5)
    assert held.premium.value == pytest.approx(2, abs=1.5)
    assert held.without_one_developer.low <= held.premium.value
    date = "2023-07-01"
    shifts = (
        estimate_premium_shift(table, date=date, controls=names) for names in ((), ("taught",))
    )
    plain_shift, held_shift = shifts
    assert held_shift.before.value < plain_shift.before.value - 2
    assert estimate_premium_trend(table, controls=("taught",)).at_end.value < 5
    with pytest.raises(ModelInputError, match="independent regressors"):
        estimate_premium(table.assign(taught=True), controls=("taught",))
    with pytest.raises(ModelInputError, match="columns"):
        estimate_premium(table, controls=("absent",))


def test_prediction_interval_of_one_model_covers() -> None:
    rng = np.random.default_rng(12)
    hits = 0
    for _ in range(200):
        table = capability_table(rng, n=40, premium=0.0)
        table["country"] = ["CHN"] + ["USA"] * 39
        one = estimate_excess_of_one(table, "m0")
        hits += one.low <= 0 <= one.high
    assert 170 <= hits <= 192
    assert one.kind == "prediction"
    with pytest.raises(ModelInputError, match="one model"):
        estimate_excess_of_one(table, "m1")
