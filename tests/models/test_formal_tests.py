"""Every formal test of the models says what it tests, on how many observations."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models.capability.compute_efficiency import (
    estimate_premium,
    estimate_premium_shift,
    estimate_premium_trend,
)
from models.capability.premium_permutation import shuffle_countries
from models.compute.compute_disclosure import estimate_reporting_selection
from models.compute.compute_gap import estimate_trend_gap
from models.core.break_search import search_break
from models.core.hypothesis import HypothesisTest
from models.core.structural_breaks import fit_differential_break, fit_interrupted_trend
from models.core.yearly_series import fit_yearly
from models.society.investment import fit_ratio_trend
from models.society.listing_returns import compare_with_mean
from models.society.risk_taking import (
    Measure,
    check_recent_growths,
    compare_counts,
    estimate_change_of_count_ratio,
)
from models.society.survey_shares import compare_shares, estimate_country_difference, estimate_share
from tests.models.simulated import capability_table, compute_table

KINK = "2021-01-01"
Made = tuple[HypothesisTest, float, int]


def both_countries() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.concat([compute_table(rng), compute_table(rng, country="CHN", n=60)])


def scores() -> pd.DataFrame:
    return capability_table(np.random.default_rng(2), premium=3.0)


def yearly() -> pd.DataFrame:
    years = np.arange(2012, 2024)
    drift = np.random.default_rng(3).normal(0, 1, (2, years.size)).cumsum(axis=1)
    sides = zip(("USA", "CHN"), 40 + drift, strict=True)
    return pd.concat(
        pd.DataFrame({"country": code, "year": years, "share": values}) for code, values in sides
    )


def imposed() -> Made:
    found = fit_interrupted_trend(compute_table(np.random.default_rng(1)), break_date=KINK)
    return found.test, found.regression.p_value({"year_after": 1.0}), 80


def compared() -> Made:
    found = fit_differential_break(both_countries(), break_date=KINK)
    return found.test, found.p_value, 140


def searched() -> Made:
    rng = np.random.default_rng(4)
    found = search_break(compute_table(rng), rng=rng, replications=99)
    return found.test, found.p_value, 80


def parallel() -> Made:
    found = estimate_trend_gap(both_countries(), date="2024-01-01")
    return found.parallel_test, found.regression.p_value({"leader_year": 1.0}), 140


def apart() -> Made:
    found = estimate_trend_gap(both_countries(), date="2024-01-01")
    return found.test_of(found.factor.high), 1 - found.factor.level, 140


def premium() -> Made:
    found = estimate_premium(scores())
    return found.test, found.regression.p_value({"country": 1.0}), 24


def shifted() -> Made:
    found = estimate_premium_shift(scores(), date="2023-07-01")
    return found.test, found.p_value, 24


def drifting() -> Made:
    found = estimate_premium_trend(scores())
    return found.test, found.p_value, 24


def shuffled() -> Made:
    draws = [shuffle_countries(scores(), rng=np.random.default_rng(5)) for _ in range(2)]
    return draws[0], draws[1].p_value, 24


def silent() -> Made:
    table = scores()
    table.loc[::2, "training_compute_flop"] = np.nan
    found = estimate_reporting_selection(table, country="USA", cluster="organization")
    return found.test, found.p_value, int((table["country"] == "USA").sum())


def slope() -> Made:
    own = yearly()[lambda rows: rows["country"] == "CHN"]
    found = fit_yearly(own["year"], own["share"])
    return found.slope_test, found.slope_p_value, 12


def ratio() -> Made:
    found = fit_ratio_trend(yearly(), "USA", "CHN", value="share")
    return found.growth_test, found.growth_p_value, 12


def paired() -> Made:
    found = estimate_country_difference(yearly(), "CHN", "USA", value="share")
    return found.trend_test, found.trend_p_value, 12


def recent() -> Made:
    measures = {"share": Measure(yearly(), "share", "USA")}
    own, other = (yearly()[lambda r, c=code: r["country"] == c].tail(6) for code in ("CHN", "USA"))
    logs = np.log(own["share"].to_numpy() / other["share"].to_numpy())
    expected = fit_yearly(own["year"], logs).slope_p_value
    return check_recent_growths(measures, "CHN", last_years=6)["share"], expected, 6


def counted() -> Made:
    return compare_counts(10, 0), 2 / 2**10, 10


def changed() -> Made:
    found = estimate_change_of_count_ratio((100, 50), (200, 150))
    return found.test, found.p_value, 500


def shared() -> Made:
    first, second = estimate_share(0.4, 1000), estimate_share(0.5, 800)
    table = [[400, 600], [400, 400]]
    return compare_shares(first, second), stats.chi2_contingency(table, correction=False)[1], 1800


def listed() -> Made:
    found = compare_with_mean([0.1, 0.4], 0.2)
    return found.test, stats.ttest_1samp([0.1, 0.4], 0.2).pvalue, 2


@pytest.fixture(
    params=[
        imposed, compared, searched, parallel, apart, premium, shifted, drifting, shuffled, silent,
        slope, ratio, paired, recent, counted, changed, shared, listed,
    ],
    ids=lambda make: make.__name__,
)  # fmt: skip
def made(request: pytest.FixtureRequest) -> Made:
    found: Made = request.param()
    return found


def test_the_p_value_is_that_of_the_result(made: Made) -> None:
    assert made[0].p_value == pytest.approx(made[1], rel=1e-9)


def test_n_counts_what_is_independent(made: Made) -> None:
    assert made[0].n == made[2]


def test_the_null_is_a_sentence(made: Made) -> None:
    assert made[0].null[0].isupper()
    assert made[0].null.endswith(".")


def test_a_break_names_its_day() -> None:
    assert imposed()[0].null == "Growth is the same before and after 1 January 2021."
