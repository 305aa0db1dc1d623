import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.core.break_search import list_candidate_months, search_break, simulate_break_power
from models.core.errors import ModelInputError
from models.core.structural_breaks import (
    fit_differential_break,
    fit_interrupted_trend,
    impose_placebo_breaks,
)
from tests.models.simulated import compute_table

KINK = "2021-01-01"


def kinked(rng: np.random.Generator, *, after: float = 1.5, n: int = 90) -> pd.DataFrame:
    return compute_table(rng, n=n, growth=8.0, growth_after=after, kink=3.0, sd=0.4)


def test_known_kink_is_recovered() -> None:
    rng = np.random.default_rng(31)
    hits = {"before": 0, "after": 0, "change": 0}
    for _ in range(200):
        fit = fit_interrupted_trend(kinked(rng, after=2.0), break_date=KINK)
        hits["before"] += fit.growth_before.low <= 8.0 <= fit.growth_before.high
        hits["after"] += fit.growth_after.low <= 2.0 <= fit.growth_after.high
        hits["change"] += fit.change.low <= 0.25 <= fit.change.high
    assert all(170 <= count <= 192 for count in hits.values()), hits


def test_change_is_after_over_before(rng: np.random.Generator) -> None:
    fit = fit_interrupted_trend(kinked(rng), break_date=KINK)
    assert fit.change.value == pytest.approx(fit.growth_after.value / fit.growth_before.value)
    assert fit.bic_kinked < fit.bic_straight


def test_search_finds_a_plain_kink(rng: np.random.Generator) -> None:
    found = search_break(kinked(rng), rng=rng, replications=199)
    assert abs(found.best.break_date - pd.Timestamp(KINK)) < pd.Timedelta(days=200)
    assert found.p_value == pytest.approx(1 / 200)
    assert found.bic_kinked < found.bic_straight


def test_sup_f_is_the_largest_classical_f(rng: np.random.Generator) -> None:
    # For one restriction F is the square of t.
    table = kinked(rng, after=4.0)
    found = search_break(table, rng=rng, replications=20)
    row = found.profile.loc[found.profile["f"].idxmax()]
    fit = fit_interrupted_trend(table, break_date=row["date"], covariance="classical")
    slope = fit.regression.combination({"year_after": 1.0}, 0.9)
    quantile = fit.regression.critical_value({"year_after": 1.0}, 0.9)
    t = slope.value / ((slope.high - slope.value) / quantile)
    assert found.sup_f == pytest.approx(t**2, rel=1e-6)
    assert row["change_oom"] == pytest.approx(math.log10(fit.change.value), rel=1e-6)


def test_search_keeps_its_size_and_the_naive_test_does_not() -> None:
    rng = np.random.default_rng(32)
    searched = naive = 0
    for _ in range(200):
        table = compute_table(rng, n=60)
        found = search_break(table, rng=rng, replications=99)
        searched += found.p_value <= 0.10
        naive += found.best.p_value <= 0.10
    assert 0.05 <= searched / 200 <= 0.16
    assert naive > 1.5 * searched


def test_confidence_set_is_the_likelihood_ratio_set(rng: np.random.Generator) -> None:
    table = kinked(rng, n=40)
    found = search_break(table, rng=rng, replications=20)
    sums = np.array(
        [
            (fit_interrupted_trend(table, break_date=day).regression.residuals ** 2).sum()
            for day in found.profile["date"]
        ]
    )
    inside = 36 * (sums / sums.min() - 1) <= stats.f.ppf(0.9, 1, 36)
    assert found.profile["in_confidence_set"].tolist() == inside.tolist()
    assert 1 < inside.sum() < len(inside)


def test_confidence_set_covers_the_date() -> None:
    rng = np.random.default_rng(33)
    hits = 0
    for _ in range(200):
        found = search_break(kinked(rng), rng=rng, replications=20)
        month = pd.Timedelta(days=31)
        hits += found.earliest - month <= pd.Timestamp(KINK) <= found.latest + month
    assert hits >= 170


@settings(max_examples=10, deadline=None)
@given(scale=st.floats(1e-3, 1e3))
def test_the_unit_does_not_matter(scale: float) -> None:
    table = kinked(np.random.default_rng(34))
    scaled = table.assign(training_compute_flop=table["training_compute_flop"] * scale)
    one, two = (
        search_break(frame, rng=np.random.default_rng(1), replications=50)
        for frame in (table, scaled)
    )
    assert two.best.break_date == one.best.break_date
    assert two.sup_f == pytest.approx(one.sup_f, rel=1e-6)
    assert two.p_value == one.p_value


def test_clustered_search_uses_clusters(rng: np.random.Generator) -> None:
    table = compute_table(rng, n=90, developers=12, growth=8.0, growth_after=1.5, kink=3.0)
    found = search_break(
        table, rng=rng, covariance="cluster", cluster="organization", replications=199
    )
    assert found.best.n_clusters == 12
    assert found.p_value < 0.05


def test_placebos_rank_behind_the_true_date(rng: np.random.Generator) -> None:
    dates = ["2018-10-01", "2023-04-01"]
    (table,) = impose_placebo_breaks(kinked(rng, n=200), break_dates=[KINK], placebo_dates=dates)
    assert table["rank"].tolist()[0] == 1
    assert table["placebo"].tolist() == [False, True, True]


def test_power_of_a_known_date_matches_the_noncentral_f() -> None:
    # The F test of one coefficient has a noncentral F distribution.
    rng = np.random.default_rng(35)
    table = compute_table(rng, n=60, sd=0.5)
    power = simulate_break_power(
        table, break_date=KINK, changes=[1.0, 0.3], rng=rng, replications=2000
    ).set_index("change")
    fit = fit_interrupted_trend(table, break_date=KINK, covariance="classical").regression
    years = (table["date"] - pd.Timestamp(KINK)) / pd.Timedelta(days=365.25)
    line = np.column_stack([np.ones(60), years])
    kink = np.maximum(years.to_numpy(), 0)
    kink = kink - line @ np.linalg.lstsq(line, kink, rcond=None)[0]
    shift = (math.log10(0.3) / fit.residual_sd) ** 2 * float(kink @ kink)
    expected = stats.ncf.sf(stats.f.ppf(0.9, 1, 57), 1, 57, shift)
    assert power.loc[0.3, "power_known_date"] == pytest.approx(expected, abs=0.03)
    assert power.loc[1.0, "power_known_date"] == pytest.approx(0.10, abs=0.03)
    assert power.loc[1.0, "power_unknown_date"] == pytest.approx(0.10, abs=0.03)
    assert power.loc[0.3, "power_unknown_date"] <= power.loc[0.3, "power_known_date"] + 0.03


def test_bad_input_is_refused(rng: np.random.Generator) -> None:
    table = kinked(rng)
    with pytest.raises(ModelInputError, match="4 rows on each side"):
        fit_interrupted_trend(table, break_date="2030-01-01")
    with pytest.raises(ModelInputError, match="8 rows"):
        search_break(table.iloc[:7], rng=rng)
    with pytest.raises(ModelInputError, match="trim"):
        search_break(table, rng=rng, trim=0.5)
    with pytest.raises(ModelInputError, match="candidate months"):
        search_break(table.assign(date=pd.Timestamp(KINK)), rng=rng)
    with pytest.raises(ModelInputError, match="placebo"):
        impose_placebo_breaks(table, break_dates=[KINK], placebo_dates=[])
    with pytest.raises(ModelInputError, match="positive changes"):
        simulate_break_power(table, break_date=KINK, changes=[0.0], rng=rng)
    with pytest.raises(ModelInputError, match="complete"):
        search_break(table.assign(training_compute_flop=np.nan), rng=rng)


def test_critical_value_is_exceeded_as_often_as_it_says() -> None:
    rng, above = np.random.default_rng(36), 0
    for _ in range(200):
        found = search_break(compute_table(rng, n=60), rng=rng, replications=99)
        above += found.sup_f > found.critical_value
    assert 0.05 <= above / 200 <= 0.16


def test_months_are_those_that_the_search_tries(rng: np.random.Generator) -> None:
    table = kinked(rng)
    found = search_break(table, rng=rng, replications=20)
    assert list_candidate_months(table).tolist() == found.profile["date"].tolist()


def countries(
    rng: np.random.Generator, *, chinese_after: float, american_after: float
) -> pd.DataFrame:
    sides = [
        compute_table(
            rng, n=80, developers=30, growth=8.0, growth_after=after, kink=3.0, country=country
        )
        for country, after in (("CHN", chinese_after), ("USA", american_after))
    ]
    return pd.concat(sides, ignore_index=True)


def test_a_break_that_both_countries_share_cancels() -> None:
    rng, hits, alone = np.random.default_rng(35), 0, 0
    for _ in range(200):
        shared = countries(rng, chinese_after=2.0, american_after=2.0)
        found = fit_differential_break(shared, break_date=KINK)
        hits += found.change.low <= 1.0 <= found.change.high
        alone += (
            fit_interrupted_trend(shared[shared["country"] == "CHN"], break_date=KINK).p_value < 0.1
        )
    assert 170 <= hits <= 192
    assert alone > 190


def test_the_break_of_one_country_alone_is_recovered() -> None:
    rng, hits = np.random.default_rng(37), 0
    for _ in range(200):
        table = countries(rng, chinese_after=2.0, american_after=8.0)
        found = fit_differential_break(table, break_date=KINK)
        hits += found.change.low <= 0.25 <= found.change.high
    assert 168 <= hits <= 192


def test_a_differential_break_needs_rows_of_both_on_both_sides(rng: np.random.Generator) -> None:
    table = countries(rng, chinese_after=2.0, american_after=8.0)
    early = table[(table["country"] == "CHN") | (table["date"] < KINK)]
    with pytest.raises(ModelInputError, match="USA rows on each side of 2021-01-01"):
        fit_differential_break(early, break_date=KINK)
    with pytest.raises(ModelInputError, match="rows of USA"):
        fit_differential_break(table[table["country"] == "CHN"], break_date=KINK)
