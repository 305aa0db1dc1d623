"""For every interval that a model gives: data simulated from the model, and the truth."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from models.capability.algorithmic_progress import estimate_algorithmic_progress
from models.capability.benchmark_panel import (
    estimate_benchmark_progress,
    estimate_exposure_advantage,
)
from models.capability.compute_efficiency import (
    estimate_premium,
    estimate_premium_shift,
    estimate_premium_trend,
)
from models.capability.frontier_gap import fit_frontier_trend
from models.capability.scaling_law import (
    ScalingLaw,
    bootstrap_scaling_law,
    fit_scaling_law,
    summarise_bootstrap,
)
from models.compute.compute_disclosure import (
    estimate_reporting_selection,
    fit_growth_with_undisclosed,
)
from models.compute.compute_gap import (
    estimate_cluster_gap,
    estimate_trend_gap,
)
from models.compute.compute_lag import estimate_lag_between_trends
from models.compute.gap_in_time import convert_gap_to_lag
from models.compute.percentile_gap import Percentiles, compute_percentile_gap
from models.core.bootstrap import estimate_by_percentiles
from models.core.break_search import search_break
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, subtract_means
from models.core.exponential_growth import fit_growth
from models.core.frontier import mark_records
from models.core.frontier_growth import fit_frontier_growth
from models.core.local_level import fit_local_level
from models.core.quantile_growth import fit_quantile_growth
from models.core.structural_breaks import fit_differential_break, fit_interrupted_trend
from models.core.survival import estimate_median
from models.core.wild_cluster import fit_wild_cluster_growth
from models.core.yearly_series import fit_yearly
from models.serving.price_decline import fit_cheapest_at_score, fit_price_at_equal_score
from models.society.country_panel import fit_panel_trends
from models.society.investment import fit_ratio_trend
from models.society.risk_taking import estimate_count, estimate_count_ratio, estimate_recent_growth
from models.society.survey_shares import (
    estimate_country_difference,
    estimate_percentile_rank,
    estimate_share,
    estimate_share_difference,
)
from models.supply.duration_models import (
    DurationPrior,
    compute_posterior,
    estimate_survival_curve,
    fit_durations,
)
from models.supply.duration_ratio import compare_durations
from models.supply.electric_power import estimate_generation_growth
from models.supply.inflow_growth import estimate_coming_growth
from models.supply.lithography import estimate_probability_by_year
from tests.models.capability.test_benchmark_panel import simulated_panel
from tests.models.simulated import capability_table, chips_sold, compute_table

Trial = Callable[[np.random.Generator], bool]
ACCEPTED = (0.87, 0.93)


@dataclass(frozen=True)
class Design:
    """One interval under one kind of simulated data.

    Attributes
    ----------
    name : str
        The interval, in words.
    function : str
        Dotted name of the function that gives it.
    data : str
        What is simulated.
    trial : callable
        Simulates, fits at 90%, and says whether the interval holds the truth.
    quick, thorough : int
        Replications in the normal run and in the slow one.
    expected : tuple of float
        Bounds of the true coverage; other than `ACCEPTED` only with a note.
    note : str
        Why it is not between 87% and 93%, where it is not.
    """

    name: str
    function: str
    data: str
    trial: Trial
    quick: int = 100
    thorough: int = 1000
    expected: tuple[float, float] = ACCEPTED
    note: str = ""


def _holds(estimate: Estimate | None, truth: float) -> bool:
    return estimate is not None and estimate.low <= truth <= estimate.high


# ------------------------------------------------------------------ growth and its breaks


def growth_hc3(rng: np.random.Generator) -> bool:
    table = compute_table(rng, n=60)
    years = (table["date"] - table["date"].min()) / pd.Timedelta(days=365.25)
    wider = 10 ** (rng.normal(0, 0.15, len(table)) * years)
    uneven = table.assign(training_compute_flop=table["training_compute_flop"] * wider)
    return _holds(fit_growth(uneven).annual_growth, 4.0)


def growth_clustered(rng: np.random.Generator) -> bool:
    table = compute_table(rng, n=120, developers=30, developer_sd=0.5)
    fit = fit_growth(table, covariance="cluster", cluster="organization")
    return _holds(fit.annual_growth, 4.0)


def growth_few_clusters(rng: np.random.Generator) -> bool:
    table = compute_table(rng, n=60, developers=8, developer_sd=0.5)
    fit = fit_growth(table, covariance="cluster", cluster="organization")
    return _holds(fit.annual_growth, 4.0)


def growth_wild(rng: np.random.Generator) -> bool:
    table = compute_table(rng, n=60, developers=8, developer_sd=0.5)
    wild = fit_wild_cluster_growth(table, cluster="organization", rng=rng, replications=399)
    return _holds(wild, 4.0)


def growth_prediction(rng: np.random.Generator) -> bool:
    bands = fit_growth(compute_table(rng, n=40)).predict(["2024-07-01"])
    years = (pd.Timestamp("2024-07-01") - pd.Timestamp("2018-01-01")).days / 365.25
    new = 10 ** (22 + math.log10(4) * years + rng.normal(0, 0.5))
    return bool(bands.prediction_low[0] <= new <= bands.prediction_high[0])


def growth_quantile(rng: np.random.Generator) -> bool:
    table = compute_table(rng, n=100)
    upper = fit_quantile_growth(table, quantile=0.9, rng=rng, replications=100)
    return _holds(upper.annual_growth, 4.0)


def growth_undisclosed(rng: np.random.Generator) -> bool:
    n = 120
    years = np.sort(rng.uniform(0, 8, n))
    hidden = rng.random(n) < years / 8
    logs = 20 + 0.6 * years + rng.normal(0, 0.5, n) + 0.5 * hidden
    frame = pd.DataFrame(
        {
            "date": pd.Timestamp("2018-01-01") + pd.to_timedelta(years * 365.25, unit="D"),
            "organization": rng.integers(0, 40, n).astype(str),
            "training_compute_flop": np.where(hidden, np.nan, 10**logs),
        }
    )
    fits = fit_growth_with_undisclosed(frame, shift_oom=0.5, rng=rng, imputations=10)
    found = fits.summarise(0.9)
    # The slope of all runs is the trend plus the drift of the hidden share, 0.5 / 8 a year.
    return _holds(found.annual_growth, 10 ** (0.6 + 0.5 / 8))


FRONTIER_SINCE = "2019-07-01"


def growth_of_top_ten(rng: np.random.Generator) -> bool:
    table = compute_table(rng, n=150, developers=25)
    found = fit_frontier_growth(
        table, rng=rng, top=10, since=FRONTIER_SINCE, cluster="organization", replications=300
    )
    return _holds(found.annual_growth, 4.0)


def growth_of_records(rng: np.random.Generator) -> bool:
    table = compute_table(rng, n=150, developers=25)
    # With fewer than 4 records there is no answer, and so no interval to count.
    while mark_records(table)[table["date"] >= pd.Timestamp(FRONTIER_SINCE)].sum() < 5:
        table = compute_table(rng, n=150, developers=25)
    found = fit_frontier_growth(
        table, rng=rng, since=FRONTIER_SINCE, cluster="organization", replications=300
    )
    return _holds(found.annual_growth, 4.0)


KINK = pd.Timestamp("2021-01-01")


def _kinked(rng: np.random.Generator) -> pd.DataFrame:
    kink = (KINK - pd.Timestamp("2018-01-01")).days / 365.25
    return compute_table(rng, n=60, growth=8.0, kink=kink, growth_after=3.0)


def break_imposed(rng: np.random.Generator) -> bool:
    return _holds(fit_interrupted_trend(_kinked(rng), break_date=KINK).change, 3 / 8)


def break_searched(rng: np.random.Generator) -> bool:
    return _holds(search_break(_kinked(rng), rng=rng, replications=20).best.change, 3 / 8)


def break_date(rng: np.random.Generator) -> bool:
    found = search_break(_kinked(rng), rng=rng, replications=20)
    return bool(found.earliest <= KINK <= found.latest)


def break_of_one_country(rng: np.random.Generator) -> bool:
    kink = (KINK - pd.Timestamp("2018-01-01")).days / 365.25
    sides = (
        compute_table(rng, n=70, developers=20, developer_sd=0.3, kink=kink, growth_after=3.5),
        compute_table(
            rng, n=60, developers=15, developer_sd=0.3, country="CHN", growth=8.0, kink=kink,
            growth_after=3.5,
        ),
    )  # fmt: skip
    found = fit_differential_break(pd.concat(sides, ignore_index=True), break_date=KINK)
    return _holds(found.change, (3.5 / 8) / (3.5 / 4))


def lag_of_lines(rng: np.random.Generator) -> bool:
    date = pd.Timestamp("2023-12-31")
    leader = fit_growth(compute_table(rng, n=80, level=23.0))
    follower = fit_interrupted_trend(_kinked(rng), break_date=KINK)
    found = estimate_lag_between_trends(leader, follower, date=date, rng=rng, n_draws=500)
    kink, end = ((day - pd.Timestamp("2018-01-01")).days / 365.25 for day in (KINK, date))
    behind = 22 + math.log10(8) * kink + math.log10(3) * (end - kink)
    return _holds(found, end - (behind - 23) / math.log10(4))


# ------------------------------------------------------------------ gaps


def _two_countries(rng: np.random.Generator) -> pd.DataFrame:
    sides = (
        compute_table(rng, n=80, developers=20, developer_sd=0.3, level=23.0),
        compute_table(rng, n=50, developers=15, developer_sd=0.3, country="CHN", growth=5.0),
    )
    return pd.concat(sides, ignore_index=True)


def _trend_gap(rng: np.random.Generator) -> tuple[Estimate, Estimate]:
    fit = estimate_trend_gap(_two_countries(rng), date="2023-01-01")
    return fit.orders_of_magnitude, fit.widening


def gap_of_trends(rng: np.random.Generator) -> bool:
    years = (pd.Timestamp("2023-01-01") - pd.Timestamp("2018-01-01")).days / 365.25
    return _holds(_trend_gap(rng)[0], 1 + math.log10(4 / 5) * years)


def gap_widening(rng: np.random.Generator) -> bool:
    return _holds(_trend_gap(rng)[1], math.log10(4 / 5))


def gap_of_clusters(rng: np.random.Generator) -> bool:
    sizes = np.concatenate([10 * rng.gamma(0.7, 1, 60), rng.gamma(0.7, 1, 60)])
    table = pd.DataFrame({"country": ["USA"] * 60 + ["CHN"] * 60, "h100e": sizes})
    gap = estimate_cluster_gap(table, rng=rng, replications=300)
    return _holds(gap.orders_of_magnitude, 1.0)


def gap_of_percentiles(rng: np.random.Generator) -> bool:
    quantile = stats.norm.ppf(0.95)
    sides = [(math.log(1e7), 0.15), (math.log(1e6), 0.25)]
    logs = [mean + sd * rng.standard_normal() for mean, sd in sides]
    given = [
        Percentiles(*(math.exp(mean + sd * z) for z in (-quantile, 0, quantile)))
        for mean, sd in sides
    ]
    gap = compute_percentile_gap(*given, correlation=0.0)
    return _holds(gap.orders_of_magnitude, (logs[0] - logs[1]) / math.log(10))


def lag_of_gap(rng: np.random.Generator) -> bool:
    quantile = stats.norm.ppf(0.95)
    truth, errors = (math.log(10), math.log(4)), (0.3, 0.15)
    estimates = []
    for mean, error in zip(truth, errors, strict=True):
        seen = rng.normal(mean, error)
        ends = [math.exp(seen + z * error) for z in (0, -quantile, quantile)]
        estimates.append(Estimate(*ends, 0.9, "confidence", 50))
    return _holds(convert_gap_to_lag(*estimates), 12 * truth[0] / truth[1])


def difference_of_means(rng: np.random.Generator) -> bool:
    quantile = stats.norm.ppf(0.95)
    estimates = []
    for mean, error in ((12.0, 3.0), (7.0, 2.0)):
        seen = rng.normal(mean, error)
        estimates.append(
            Estimate(seen, seen - quantile * error, seen + quantile * error, 0.9, "confidence", 20)
        )
    return _holds(subtract_means(*estimates), 5.0)


# ------------------------------------------------------------------ capability

LAG_MONTHS, POINTS_PER_YEAR = 8.0, 20.0


def _followers(rng: np.random.Generator, *, n: int = 80, developers: int = 12) -> pd.DataFrame:
    """Scores below a line that both countries follow, one of them months later."""
    sides = []
    for country, lag in (("USA", 0.0), ("CHN", LAG_MONTHS / 12)):
        years = np.sort(rng.uniform(0, 3, n))
        line = 100 + POINTS_PER_YEAR * (years - lag)
        sides.append(
            pd.DataFrame(
                {
                    "model": [f"{country}-{i}" for i in range(n)],
                    "organization": [f"{country}-{d}" for d in rng.integers(developers, size=n)],
                    "country": country,
                    "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(years * 365.25, unit="D"),
                    "eci": line - rng.exponential(8.0, n),
                }
            )
        )
    return pd.concat(sides, ignore_index=True)


def _frontier_trend(rng: np.random.Generator) -> tuple[Estimate, Estimate]:
    trend = fit_frontier_trend(
        _followers(rng), since="2023-06-01", date="2025-12-31", rng=rng, replications=100
    )
    return trend.closing, trend.gap


def frontier_closing(rng: np.random.Generator) -> bool:
    return _holds(_frontier_trend(rng)[0], 0.0)


def frontier_gap_of_lines(rng: np.random.Generator) -> bool:
    return _holds(_frontier_trend(rng)[1], POINTS_PER_YEAR * LAG_MONTHS / 12)


# ------------------------------------------------------------------ efficiency


def premium_clustered(rng: np.random.Generator) -> bool:
    return _holds(estimate_premium(capability_table(rng, premium=4.0)).premium, 4.0)


def premium_few_developers(rng: np.random.Generator) -> bool:
    table = capability_table(rng, n=80, premium=4.0, developers=9)
    effects = dict(zip(table["organization"].unique(), rng.normal(0, 2, 9), strict=False))
    table = table.assign(eci=table["eci"] + table["organization"].map(effects))
    return _holds(estimate_premium(table).premium, 4.0)


def premium_as_compute(rng: np.random.Generator) -> bool:
    fit = estimate_premium(capability_table(rng, premium=4.0))
    return _holds(fit.compute_multiplier, 10**0.4)


def premium_shifted(rng: np.random.Generator) -> bool:
    table = capability_table(rng, n=200)
    after = (table["date"] >= pd.Timestamp("2023-06-01")) & (table["country"] == "CHN")
    shift = estimate_premium_shift(
        table.assign(eci=table["eci"] + 3.0 * after), date="2023-06-01"
    ).shift
    return _holds(shift, 3.0)


def premium_trending(rng: np.random.Generator) -> bool:
    table = capability_table(rng, n=200)
    years = (table["date"] - pd.Timestamp("2022-01-01")).dt.days / 365.25
    grown = table["eci"] + 2.0 * years * (table["country"] == "CHN")
    return _holds(estimate_premium_trend(table.assign(eci=grown)).per_year, 2.0)


def inflow_growing(rng: np.random.Generator) -> bool:
    logs = np.log(1.3) + np.log(0.8) * np.arange(8) + rng.normal(0, 0.1, 8)
    growth = np.exp(logs)
    found = estimate_coming_growth(
        chips_sold(factors=tuple(np.exp(growth[:5]))), first_year=2028, last_year=2030, rng=rng
    )
    return _holds(found.mean, float(np.exp(growth[5:].mean())))


def _progress_table(rng: np.random.Generator) -> pd.DataFrame:
    return capability_table(rng, n=80, per_order=15.0, per_year=18.0, sd=5.0, developers=30)


def progress_delta(rng: np.random.Generator) -> bool:
    fit = estimate_algorithmic_progress(_progress_table(rng), level=0.9)
    return _holds(fit.orders_of_magnitude_per_year, 1.2)


def progress_fieller(rng: np.random.Generator) -> bool:
    return _holds(estimate_algorithmic_progress(_progress_table(rng), level=0.9).fieller, 1.2)


def reporting(rng: np.random.Generator) -> bool:
    table = capability_table(rng, n=300)
    silent = rng.random(len(table)) < 0.5
    silenced = table.assign(
        eci=table["eci"] + 5.0 * silent,
        training_compute_flop=table["training_compute_flop"].where(~silent),
    )
    found = estimate_reporting_selection(silenced, country="USA", cluster="organization")
    return _holds(found.difference, -5.0)


def progress_on_benchmarks(rng: np.random.Generator) -> bool:
    fit = estimate_benchmark_progress(simulated_panel(rng, models=120), rng=rng, replications=200)
    return _holds(fit.orders_of_magnitude_per_year, 1.2)


def exposed_benchmarks(rng: np.random.Generator) -> bool:
    panel = simulated_panel(rng, models=120, advantage=3.0)
    return _holds(estimate_exposure_advantage(panel, exposed="exposed").advantage, 3.0)


def _prices(rng: np.random.Generator) -> pd.DataFrame:
    n = 120
    years, score = rng.uniform(0, 2, n), rng.uniform(20, 80, n)
    maker = rng.integers(20, size=n)
    logs = 1 + 0.03 * score - years + math.log10(0.5) * (maker < 6) + rng.normal(0, 0.3, n)
    return pd.DataFrame(
        {
            "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(years * 365.25, unit="D"),
            "country": np.where(maker < 6, "CHN", "USA"),
            "maker": [f"m{m}" for m in maker],
            "score": score,
            "usd_per_million_tokens": 10**logs,
        }
    )


def price_fall(rng: np.random.Generator) -> bool:
    fit = fit_price_at_equal_score(_prices(rng), score="score", cluster="maker")
    return _holds(fit.fall_per_year, 10.0)


def price_of_country(rng: np.random.Generator) -> bool:
    fit = fit_price_at_equal_score(_prices(rng), score="score", cluster="maker")
    return _holds(fit.country_factor, 0.5)


def price_cheapest(rng: np.random.Generator) -> bool:
    years = np.sort(rng.uniform(0, 3, 60))
    logs = 1 - years + rng.exponential(0.4, 60)
    frame = pd.DataFrame(
        {
            "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(years * 365.25, unit="D"),
            "score": 50.0,
            "usd_per_million_tokens": 10**logs,
        }
    )
    found = fit_cheapest_at_score(frame, score="score", threshold=50.0, rng=rng, replications=300)
    return _holds(found.fall_per_year, 10.0)


LAW = ScalingLaw(a=400.0, b=2000.0, e=1.8, alpha=0.34, beta=0.37, objective=0.0, n=0)


def scaling_exponent(rng: np.random.Generator) -> bool:
    size, tokens = 10 ** rng.uniform(8, 10.5, 120), 10 ** rng.uniform(9, 11.5, 120)
    loss = LAW.loss(size, tokens) * np.exp(rng.normal(0, 0.01, 120))
    frame = pd.DataFrame(
        {"parameters": size, "training_compute_flop": 6 * size * tokens, "loss": loss}
    )
    law = fit_scaling_law(frame, delta=0.02, drop_highest=0)
    draws = bootstrap_scaling_law(frame, law, rng=rng, replications=300, delta=0.02, drop_highest=0)
    return _holds(summarise_bootstrap(law, draws, lambda one: one.alpha), LAW.alpha)


# ------------------------------------------------------------------ lithography


def _durations(rng: np.random.Generator, n: int, median: float, log_sd: float) -> pd.DataFrame:
    years = median * np.exp(log_sd * rng.standard_normal(n))
    watched = median * rng.uniform(0.5, 3, n)
    return pd.DataFrame(
        {"duration_years": np.minimum(years, watched), "observed": years <= watched}
    )


def duration_likelihood(rng: np.random.Generator) -> bool:
    return _holds(fit_durations(_durations(rng, 25, 10, 0.4)).median_years, 10.0)


def duration_likelihood_few(rng: np.random.Generator) -> bool:
    table = _durations(rng, 8, 10, 0.4)
    while table["observed"].sum() < 3:
        table = _durations(rng, 8, 10, 0.4)
    return _holds(fit_durations(table).median_years, 10.0)


def duration_ratio_truncated(rng: np.random.Generator) -> bool:
    reference = _durations(rng, 50, 2.35, 0.33).assign(limit_years=np.nan)
    other = pd.DataFrame(columns=["duration_years", "observed", "limit_years"])
    while len(other) < 2:  # known only because they ended in time
        years, limit = 1.5 * rng.lognormal(0, 0.33), rng.uniform(1.5, 3)
        if years <= limit:
            other.loc[len(other)] = [years, True, limit]
    other = other.astype({"duration_years": float, "observed": bool, "limit_years": float})
    return _holds(compare_durations(reference, other).ratio, 2.35 / 1.5)


def duration_posterior(rng: np.random.Generator) -> bool:
    prior = DurationPrior()
    median = prior.median_years * math.exp(prior.median_log_sd * rng.standard_normal())
    log_sd = prior.log_scale * math.exp(prior.log_scale_log_sd * rng.standard_normal())
    model = compute_posterior(_durations(rng, 6, median, log_sd), prior)
    return _holds(model.median_years(), median)


def duration_probability(rng: np.random.Generator) -> bool:
    table = _durations(rng, 25, 10, 0.4)
    row = estimate_probability_by_year(table, [2030.0], start_year=2022.0).iloc[0]
    return bool(row["low"] <= stats.norm.cdf(math.log(0.8) / 0.4) <= row["high"])


def duration_kaplan_meier(rng: np.random.Generator) -> bool:
    shares = estimate_survival_curve(_durations(rng, 25, 10, 0.4))
    reached = shares[shares["duration_years"] <= 10]
    if reached.empty:
        return False
    row = reached.iloc[-1]
    return bool(row["low"] <= 0.5 <= row["high"])


def median_wait(rng: np.random.Generator) -> bool:
    days, watched = 50 * np.exp(rng.standard_normal(28)), 50 * rng.uniform(0.5, 8, 28)
    table = pd.DataFrame({"duration": np.minimum(days, watched), "ended": days <= watched})
    try:
        return _holds(estimate_median(table, level=0.9, unit="days"), 50.0)
    except ModelInputError:  # so few have ended that the median has no upper end
        return False


# ------------------------------------------------------------------ series, shares, counts


def _shocks(rng: np.random.Generator, n: int, memory: float) -> np.ndarray:
    shocks = rng.normal(0, 1, n)
    shocks[0] /= math.sqrt(1 - memory**2)
    for i in range(1, n):
        shocks[i] += memory * shocks[i - 1]
    return shocks


def series_slope(rng: np.random.Generator) -> bool:
    years = np.arange(2012, 2024)
    return _holds(fit_yearly(years, 0.5 * years + _shocks(rng, 12, 0.0)).slope, 0.5)


def series_slope_lasting(rng: np.random.Generator) -> bool:
    years = np.arange(2012, 2024)
    return _holds(fit_yearly(years, 0.5 * years + _shocks(rng, 12, 0.5)).slope, 0.5)


def series_level(rng: np.random.Generator) -> bool:
    return _holds(fit_yearly(np.arange(2012, 2024), 3 + _shocks(rng, 12, 0.5)).level, 3.0)


def _amounts(rng: np.random.Generator, memory: float) -> pd.DataFrame:
    years = np.arange(2013, 2025)
    logs = 2.0 + math.log(1.1) * (years - 2013) + 0.3 * _shocks(rng, 12, memory)
    return pd.concat(
        [
            pd.DataFrame({"country": "USA", "year": years, "investment_usd": np.exp(logs)}),
            pd.DataFrame({"country": "CHN", "year": years, "investment_usd": 1.0}),
        ]
    )


def ratio_growth(rng: np.random.Generator) -> bool:
    return _holds(fit_ratio_trend(_amounts(rng, 0.3), "USA", "CHN").growth_per_year, 1.1)


def growth_recent(rng: np.random.Generator) -> bool:
    found = estimate_recent_growth(
        _amounts(rng, 0.0), "USA", value="investment_usd", last_years=6, reference="CHN"
    )
    return _holds(found, 10.0)


def local_level(rng: np.random.Generator) -> bool:
    steps = np.cumsum(rng.normal(0, 1.0, 12))
    fit = fit_local_level(10 + steps + rng.normal(0, 1.0, 12), rng=rng, n_draws=400)
    return _holds(fit.estimate("level", 0.9), 10 + steps[-1])


def electricity_growth(rng: np.random.Generator) -> bool:
    values = 5000 + np.cumsum(rng.normal(300, 80, 11))
    frame = pd.DataFrame({"country": "CHN", "year": range(2013, 2024), "generation_twh": values})
    return _holds(estimate_generation_growth(frame, "CHN").added_per_year, 300.0)


def share_wilson(rng: np.random.Generator) -> bool:
    return _holds(estimate_share(rng.binomial(400, 0.23) / 400, 400), 0.23)


def shares_newcombe(rng: np.random.Generator) -> bool:
    first, second = (estimate_share(rng.binomial(900, p) / 900, 900) for p in (0.31, 0.26))
    return _holds(estimate_share_difference(first, second), 5.0)


def _survey(rng: np.random.Generator) -> pd.DataFrame:
    years = np.arange(2005, 2018)
    common = 20 + rng.normal(0, 3, 13)
    gap = 5 + 0.4 * (years - years.mean()) + 1.5 * _shocks(rng, 13, 0.3)
    return pd.concat(
        [
            pd.DataFrame({"country": "CHN", "year": years, "value": common + gap}),
            pd.DataFrame({"country": "USA", "year": years, "value": common}),
        ]
    )


def countries_level(rng: np.random.Generator) -> bool:
    flat = _survey(rng).assign(
        value=lambda f: f["value"] - 0.4 * (f["year"] - 2011) * (f["country"] == "CHN")
    )
    return _holds(estimate_country_difference(flat, "CHN", "USA", value="value").difference, 5.0)


def countries_trend(rng: np.random.Generator) -> bool:
    found = estimate_country_difference(_survey(rng), "CHN", "USA", value="value")
    return _holds(found.trend_difference, 0.4)


def trend_of_country(rng: np.random.Generator) -> bool:
    countries, years = 15, np.arange(2012, 2024)
    slopes = 0.3 + 0.8 * rng.standard_normal(countries)
    common = rng.normal(0, 2, len(years))
    rows = [
        pd.DataFrame(
            {
                "country": f"C{i:02d}",
                "year": years,
                "value": 40
                + 5 * rng.standard_normal()
                + common
                + slope * (years - 2017.5)
                + 3 * _shocks(rng, len(years), 0.3),
            }
        )
        for i, slope in enumerate(slopes)
    ]
    found = fit_panel_trends(pd.concat(rows), value="value").relative["C00"]
    return _holds(found, slopes[0] - 0.3)


RANK_TRUTH = np.linspace(10, 50, 41)


def rank_of_country(rng: np.random.Generator) -> bool:
    seen = 100 * rng.binomial(800, RANK_TRUTH / 100) / 800
    codes = [f"C{i:02d}" for i in range(len(seen))]
    frame = pd.DataFrame({"country": codes, "year": 2017, "value": seen})
    found = estimate_percentile_rank(
        frame, "C25", 2017, rng, value="value", sample_size=800, replications=300
    )
    return _holds(found, 100 * 25 / 40)


def count_exact(rng: np.random.Generator) -> bool:
    return _holds(estimate_count(int(rng.poisson(18))), 18.0)


def counts_ratio(rng: np.random.Generator) -> bool:
    return _holds(estimate_count_ratio(int(rng.poisson(60)), max(int(rng.poisson(20)), 1)), 3.0)


def bootstrap_mean(rng: np.random.Generator) -> bool:
    sample = rng.normal(3, 1, 60)
    draws = rng.choice(sample, size=(400, 60)).mean(axis=1)
    return _holds(estimate_by_percentiles(float(sample.mean()), draws, level=0.9, n=60), 3.0)


_GROWTH, _BREAKS, _GAP = (
    "models.core.exponential_growth",
    "models.core.structural_breaks",
    "models.compute.compute_gap",
)
_CAPABILITY, _EFFICIENCY, _PRICES = (
    "models.capability.capability_gap",
    "models.capability.compute_efficiency",
    "models.serving.price_decline",
)

DESIGNS = (
    Design("growth, HC3", f"{_GROWTH}.fit_growth", "60 models, spread grows with time", growth_hc3),
    Design(
        "growth, clustered, 30 developers",
        f"{_GROWTH}.fit_growth",
        "120 models, developer effects of 0.5 orders of magnitude",
        growth_clustered,
    ),
    Design(
        "growth, clustered, 8 developers",
        f"{_GROWTH}.fit_growth",
        "60 models, developer effects of 0.5 orders of magnitude",
        growth_few_clusters,
    ),
    Design(
        "growth, wild cluster bootstrap, 8 developers",
        "models.core.wild_cluster.fit_wild_cluster_growth",
        "60 models, developer effects of 0.5 orders of magnitude",
        growth_wild,
        quick=60,
        thorough=1000,
    ),
    Design(
        "growth, prediction of a new model",
        f"{_GROWTH}.GrowthFit.predict",
        "40 models and a new one half a year on",
        growth_prediction,
    ),
    Design(
        "growth of the upper decile",
        "models.core.quantile_growth.fit_quantile_growth",
        "100 models, equal spread",
        growth_quantile,
        quick=15,
        thorough=500,
    ),
    Design(
        "growth of the running top ten",
        "models.core.frontier_growth.fit_frontier_growth",
        "150 models of 25 developers, trend from the second year on",
        growth_of_top_ten,
        expected=(0.79, 0.93),
        note="The frontier is selected anew in each resample; some bias of the selection is left",
    ),
    Design(
        "growth of record-setters",
        "models.core.frontier_growth.fit_frontier_growth",
        "150 models of 25 developers, trend from the second year on",
        growth_of_records,
        expected=(0.74, 0.89),
        note="The frontier is selected anew in each resample; some bias of the selection is left",
    ),
    Design(
        "growth with undisclosed runs",
        "models.compute.compute_disclosure.fit_growth_with_undisclosed",
        "120 models, up to all of them hidden, 0.5 orders of magnitude larger",
        growth_undisclosed,
        quick=40,
        thorough=800,
    ),
    Design(
        "change at an imposed break",
        f"{_BREAKS}.fit_interrupted_trend",
        "60 models, growth of 8 falls to 3 times a year",
        break_imposed,
    ),
    Design(
        "change at a searched break",
        "models.core.break_search.search_break",
        "60 models, growth of 8 falls to 3 times a year",
        break_searched,
        expected=(0.77, 0.91),
        note="Takes the date as known, as its docstring says: the p-value does not",
    ),
    Design(
        "date of a searched break",
        "models.core.break_search.search_break",
        "60 models, growth of 8 falls to 3 times a year",
        break_date,
        expected=(0.77, 0.91),
        note="Likelihood-ratio set on a grid of months with a chi-squared bound",
    ),
    Design(
        "break of one country less another's",
        f"{_BREAKS}.fit_differential_break",
        "70 and 60 models of 20 and 15 developers",
        break_of_one_country,
    ),
    Design(
        "lag between a line and a kinked line",
        "models.compute.compute_lag.estimate_lag_between_trends",
        "80 models on a line, 60 on a kinked one, break known",
        lag_of_lines,
    ),
    Design(
        "gap between two trends",
        f"{_GAP}.trend_gap",
        "80 and 50 models of 20 and 15 developers",
        gap_of_trends,
    ),
    Design(
        "pace at which trends part",
        f"{_GAP}.trend_gap",
        "80 and 50 models of 20 and 15 developers",
        gap_widening,
    ),
    Design(
        "gap between summed clusters",
        f"{_GAP}.cluster_sum_gap",
        "60 and 60 gamma sizes of shape 0.7",
        gap_of_clusters,
    ),
    Design(
        "gap from published percentiles",
        "models.compute.percentile_gap.compute_percentile_gap",
        "two log-normals with independent errors",
        gap_of_percentiles,
    ),
    Design(
        "lag that a gap is worth",
        "models.compute.gap_in_time.convert_gap_to_lag",
        "normal errors of log gap and log growth",
        lag_of_gap,
    ),
    Design(
        "difference of two means",
        "models.core.estimates.subtract_means",
        "two independent normal estimates",
        difference_of_means,
    ),
    Design(
        "pace at which frontiers close",
        f"{_CAPABILITY}.frontier_trend",
        "80 models a side below a line, 8 months apart",
        frontier_closing,
        quick=15,
        thorough=200,
    ),
    Design(
        "gap between frontier lines",
        f"{_CAPABILITY}.frontier_trend",
        "80 models a side below a line, 8 months apart",
        frontier_gap_of_lines,
        quick=15,
        thorough=200,
    ),
    Design(
        "efficiency premium, 24 developers",
        f"{_EFFICIENCY}.estimate_premium",
        "150 models, premium of 4 points",
        premium_clustered,
    ),
    Design(
        "efficiency premium, 9 developers",
        f"{_EFFICIENCY}.estimate_premium",
        "80 models, developer effects of 2 points",
        premium_few_developers,
    ),
    Design(
        "premium as a factor of compute",
        f"{_EFFICIENCY}.estimate_premium",
        "150 models, premium of 4 points",
        premium_as_compute,
    ),
    Design(
        "shift of the premium",
        f"{_EFFICIENCY}.estimate_premium_shift",
        "200 models, shift of 3 points",
        premium_shifted,
    ),
    Design(
        "trend of the premium",
        f"{_EFFICIENCY}.estimate_premium_trend",
        "200 models, 2 points a year",
        premium_trending,
    ),
    Design(
        "algorithmic progress, delta method",
        "models.capability.algorithmic_progress.estimate_algorithmic_progress",
        "80 models of 30 developers",
        progress_delta,
    ),
    Design(
        "algorithmic progress, Fieller",
        "models.capability.algorithmic_progress.estimate_algorithmic_progress",
        "80 models of 30 developers",
        progress_fieller,
    ),
    Design(
        "algorithmic progress on a panel of benchmarks",
        "models.capability.benchmark_panel.estimate_benchmark_progress",
        "120 models of 15 developers on 8 benchmarks",
        progress_on_benchmarks,
        quick=25,
        thorough=800,
        expected=(0.83, 0.92),
        note="Expanded percentile intervals of 15 resampled developers are still a little narrow",
    ),
    Design(
        "advantage on exposed benchmarks",
        "models.capability.benchmark_panel.estimate_exposure_advantage",
        "120 models of 15 developers, 5 of them in the country",
        exposed_benchmarks,
        quick=40,
        thorough=1000,
    ),
    Design(
        "reported less silent models",
        "models.compute.compute_disclosure.estimate_reporting_selection",
        "300 models, half of them silent and 5 points better",
        reporting,
    ),
    Design(
        "fall of prices at equal score",
        f"{_PRICES}.fit_price_at_equal_score",
        "120 prices of 20 makers",
        price_fall,
    ),
    Design(
        "price of a country's models",
        f"{_PRICES}.fit_price_at_equal_score",
        "120 prices of 20 makers, 6 of them in the country",
        price_of_country,
    ),
    Design(
        "fall of the record-low price",
        f"{_PRICES}.fit_cheapest_at_score",
        "60 prices above a falling line",
        price_cheapest,
        quick=60,
        thorough=800,
        expected=(0.74, 0.88),
        note="Records are selected minima, for which the bootstrap is not consistent",
    ),
    Design(
        "exponent of the scaling law",
        "models.capability.scaling_law.bootstrap_scaling_law",
        "120 runs with 1% noise",
        scaling_exponent,
        quick=15,
        thorough=600,
    ),
    Design(
        "median duration, 25 programmes",
        "models.supply.duration_models.fit_durations",
        "log-normal with censoring",
        duration_likelihood,
        quick=60,
        thorough=1000,
    ),
    Design(
        "median duration, 8 programmes",
        "models.supply.duration_models.fit_durations",
        "log-normal with censoring",
        duration_likelihood_few,
        quick=60,
        thorough=800,
        expected=(0.76, 0.91),
        note="The chi-squared bound is too low for so few; the posterior is used in the book",
    ),
    Design(
        "probability of the event by a year, likelihood",
        "models.supply.lithography.estimate_probability_by_year",
        "25 log-normal durations with censoring, 8 years on",
        duration_probability,
        quick=40,
        thorough=500,
        expected=(0.79, 0.93),
        note="The chi-squared bound is a little low for 25 durations",
    ),
    Design(
        "ratio of median durations, 2 truncated ones",
        "models.supply.duration_ratio.compare_durations",
        "50 log-normal durations with censoring, and 2 known because they ended in time",
        duration_ratio_truncated,
        quick=25,
        thorough=1000,
    ),
    Design(
        "share that has reached the event",
        "models.supply.duration_models.estimate_survival_curve",
        "25 log-normal durations with censoring, at the median",
        duration_kaplan_meier,
    ),
    Design(
        "median wait",
        "models.core.survival.estimate_median",
        "28 log-normal waits, of which some still last",
        median_wait,
    ),
    Design(
        "median duration, posterior of 6 programmes",
        "models.supply.duration_models.compute_posterior",
        "median and spread drawn from the prior, then durations with censoring",
        duration_posterior,
    ),
    Design(
        "slope of 12 years",
        "models.core.yearly_series.fit_yearly",
        "independent shocks",
        series_slope,
    ),
    Design(
        "slope of 12 years, lasting shocks",
        "models.core.yearly_series.fit_yearly",
        "autocorrelation of 0.5",
        series_slope_lasting,
        expected=(0.82, 0.91),
        note="Two terms see too little of shocks that last",
    ),
    Design(
        "level of 12 years, lasting shocks",
        "models.core.yearly_series.fit_yearly",
        "autocorrelation of 0.5",
        series_level,
        expected=(0.75, 0.90),
        note="Two terms see too little of shocks that last; with independent ones it is exact",
    ),
    Design(
        "growth of a ratio",
        "models.society.investment.fit_ratio_trend",
        "12 years, autocorrelation of 0.3",
        ratio_growth,
        thorough=3000,
    ),
    Design(
        "recent growth of a measure",
        "models.society.risk_taking.estimate_recent_growth",
        "last 6 years of 12, independent shocks",
        growth_recent,
    ),
    Design(
        "level that wanders, seen through noise",
        "models.core.local_level.fit_local_level",
        "12 steps, lasting and passing shocks of one size",
        local_level,
        quick=50,
        expected=(0.82, 0.92),
        note="At this ratio of the spreads; over all ratios that the prior allows, ranks are flat",
    ),
    Design(
        "yearly addition to generation",
        "models.supply.electric_power.estimate_generation_growth",
        "10 independent additions",
        electricity_growth,
    ),
    Design(
        "one survey share",
        "models.society.survey_shares.estimate_share",
        "23% of 400",
        share_wilson,
    ),
    Design(
        "two survey shares",
        "models.society.survey_shares.estimate_share_difference",
        "31% and 26% of 900 each",
        shares_newcombe,
    ),
    Design(
        "two countries' shares, level",
        "models.society.survey_shares.estimate_country_difference",
        "13 years, autocorrelation of 0.3",
        countries_level,
    ),
    Design(
        "two countries' shares, trend",
        "models.society.survey_shares.estimate_country_difference",
        "13 years, autocorrelation of 0.3",
        countries_trend,
    ),
    Design(
        "trend of one country among many, pooled",
        "models.society.country_panel.fit_panel_trends",
        "15 countries, 12 years, slopes with SD 0.8 points a year",
        trend_of_country,
        quick=25,
        thorough=800,
    ),
    Design(
        "rank among countries",
        "models.society.survey_shares.estimate_percentile_rank",
        "41 shares a point apart, 800 people each",
        rank_of_country,
        expected=(0.90, 0.99),
        note="A rank moves in steps of 2.5 points, so that the interval is wider than it says",
    ),
    Design(
        "one count",
        "models.society.risk_taking.estimate_count",
        "Poisson of mean 18",
        count_exact,
        expected=(0.90, 0.97),
        note="Exact limits hold at least what they say",
    ),
    Design(
        "ratio of two counts",
        "models.society.risk_taking.estimate_count_ratio",
        "Poisson of means 60 and 20",
        counts_ratio,
    ),
    Design(
        "coming growth of an inflow",
        "models.supply.inflow_growth.estimate_coming_growth",
        "5 years of growth that keeps 80% a year, shaken by 10%",
        inflow_growing,
    ),
    Design(
        "percentile interval of a mean",
        "models.core.bootstrap.estimate_by_percentiles",
        "60 normal values",
        bootstrap_mean,
    ),
)
