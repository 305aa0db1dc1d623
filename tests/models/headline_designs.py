"""Simulated data in the shape of those behind the headline numbers.

As many rows, as few developers and as unequal ones as the tables of the book hold; what the
designs of `tests.models.coverage_designs` leave out.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from models.capability.algorithmic_progress import (
    compute_doubling_months,
    estimate_algorithmic_progress,
)
from models.capability.compute_efficiency import (
    estimate_premium,
    estimate_premium_shift,
    estimate_premium_trend,
)
from models.capability.scaling_law import (
    bootstrap_scaling_law,
    estimate_compute_penalty,
    fit_scaling_law,
)
from models.core.break_search import search_break
from models.core.errors import ModelInputError
from models.core.exponential_growth import GrowthFit, fit_growth
from models.core.random_draws import summarise
from models.core.structural_breaks import fit_interrupted_trend
from models.core.survival import estimate_median
from models.race.base_rates import LeadChanges, estimate_chance_of_new_leader
from models.serving.price_decline import fit_price_at_equal_score
from models.society.country_panel import fit_panel_trends
from models.society.listing_returns import estimate_share_below
from models.society.risk_taking import estimate_change_of_count_ratio
from models.supply.compute_stock import summarise_crossing
from models.supply.duration_models import (
    DurationPrior,
    compute_posterior,
    compute_survival,
    compute_weighted_quantile,
    fit_durations,
)
from tests.models.coverage_designs import LAW, Design
from tests.models.coverage_designs import _durations as simulate_durations
from tests.models.coverage_designs import _holds as holds

START = pd.Timestamp("2023-01-01")
# Models by developer, as the tables have them in July 2026.
US_DEVELOPERS = (17, 7, 6, 6, 3, 3, 2, 2, 2, 1, 1, 1, 1, 1, 1)
CHINESE_DEVELOPERS = (16, 15, 3, 3, 2, 2)
CHINESE_SINCE_2018 = (16, 8, 4, 4, 3, 3, 2, 2, 2, *[1] * 18)
PRICE_MAKERS = (16, 10, 9, 8, 8, 2, 2, 1, 1)
CHINESE_MAKER = 5
SHARED = 0.15
"""Correlation of two rows of one developer."""
SHARE_ASKED = 0.8
"""Of all countries and years of a survey."""


def _developers(sizes: Sequence[int]) -> np.ndarray:
    return np.repeat(np.arange(len(sizes)), sizes)


def _noise(rng: np.random.Generator, developer: np.ndarray, sd: float) -> np.ndarray:
    own = rng.normal(0, math.sqrt(1 - SHARED), len(developer))
    common = rng.normal(0, math.sqrt(SHARED), developer.max() + 1)[developer]
    return np.asarray(sd * (own + common))


def _dates(rng: np.random.Generator, developer: np.ndarray, years: float) -> np.ndarray:
    """Years of release; a developer is active in a stretch of them."""
    middle = rng.uniform(0.2, 0.8, developer.max() + 1)[developer]
    return np.asarray(years * np.clip(middle + rng.normal(0, 0.2, len(developer)), 0, 1))


def _when(years: np.ndarray) -> "pd.Series[pd.Timestamp]":
    return pd.Series(START + pd.to_timedelta(years * 365.25, unit="D"))


PER_ORDER, PER_YEAR, PREMIUM = 10.0, 12.0, 3.0


def few_developers(rng: np.random.Generator) -> pd.DataFrame:
    """Scores of 95 models of 21 developers, six of them Chinese."""
    developer = _developers((*US_DEVELOPERS, *CHINESE_DEVELOPERS))
    chinese = developer >= len(US_DEVELOPERS)
    t = _dates(rng, developer, 3.5)
    logs = 24 + 0.4 * t + rng.normal(0, 0.9, len(t))
    score = 100 + PER_ORDER * (logs - 24) + PER_YEAR * t + PREMIUM * chinese
    return pd.DataFrame(
        {
            "model": [f"m{i}" for i in range(len(t))],
            "organization": [f"lab-{d}" for d in developer],
            "country": np.where(chinese, "CHN", "USA"),
            "date": _when(t),
            "eci": score + _noise(rng, developer, 5.0),
            "training_compute_flop": 10**logs,
        }
    )


def premium(rng: np.random.Generator) -> bool:
    return holds(estimate_premium(few_developers(rng)).premium, PREMIUM)


def premium_as_compute(rng: np.random.Generator) -> bool:
    found = estimate_premium(few_developers(rng)).compute_multiplier
    return holds(found, 10 ** (PREMIUM / PER_ORDER))


def premium_shift(rng: np.random.Generator) -> bool:
    table = few_developers(rng)
    date = table["date"].sort_values().iloc[40]
    try:
        return holds(estimate_premium_shift(table, date=date).shift, 0.0)
    except ModelInputError:  # a country has too few models on one side
        return premium_shift(rng)


def premium_trend(rng: np.random.Generator) -> bool:
    return holds(estimate_premium_trend(few_developers(rng)).per_year, 0.0)


def progress(rng: np.random.Generator) -> bool:
    found = estimate_algorithmic_progress(few_developers(rng), level=0.9)
    return holds(found.orders_of_magnitude_per_year, PER_YEAR / PER_ORDER)


def doubling_of_progress(rng: np.random.Generator) -> bool:
    found = estimate_algorithmic_progress(few_developers(rng), level=0.9)
    months = compute_doubling_months(found.orders_of_magnitude_per_year)
    # Where the rate may be zero no time is given, and the interval is unbounded.
    return months is None or holds(months, 12 * math.log10(2) * PER_ORDER / PER_YEAR)


def progress_of_independent_models(rng: np.random.Generator) -> bool:
    table = few_developers(rng)
    logs = np.log10(table["training_compute_flop"])
    years = (table["date"] - START).dt.days / 365.25
    alike = 10 * logs + 12 * years + rng.normal(0, 5, len(table))
    found = estimate_algorithmic_progress(
        table.assign(eci=alike), covariance="classical", level=0.9
    )
    return holds(found.orders_of_magnitude_per_year, 1.2)


def _runs(rng: np.random.Generator, kink: float | None = None) -> pd.DataFrame:
    developer = _developers(CHINESE_SINCE_2018)
    t = _dates(rng, developer, 6.0)
    logs = 22 + 0.76 * t + _noise(rng, developer, 1.0)
    if kink is not None:
        logs = logs - 0.4 * np.maximum(t - kink, 0)
    return pd.DataFrame(
        {
            "organization": [f"lab-{d}" for d in developer],
            "date": _when(t),
            "training_compute_flop": 10**logs,
        }
    )


def _trend(rng: np.random.Generator) -> GrowthFit:
    return fit_growth(_runs(rng), covariance="cluster", cluster="organization")


def growth(rng: np.random.Generator) -> bool:
    return holds(_trend(rng).annual_growth, 10**0.76)


def doubling_time(rng: np.random.Generator) -> bool:
    months = _trend(rng).doubling_time
    return months is None or holds(months, 12 * math.log10(2) / 0.76)


def change_at_break(rng: np.random.Generator) -> bool:
    found = fit_interrupted_trend(
        _runs(rng, kink=3.0),
        break_date=START + pd.Timedelta(days=3 * 365.25),
        covariance="cluster",
        cluster="organization",
    )
    return holds(found.change, 10**-0.4)


def growth_after_searched_break(rng: np.random.Generator) -> bool:
    t = np.sort(rng.uniform(-2.4, 3.0, 51))
    logs = 23 + 2.6 * np.minimum(t, 0) + 0.5 * np.maximum(t, 0) + rng.normal(0, 0.7, 51)
    frame = pd.DataFrame({"date": _when(t), "training_compute_flop": 10**logs})
    found = search_break(frame, rng=rng, covariance="classical", trim=0.1, replications=20)
    return holds(found.growth_after, 10**0.5)


def growth_of_independent_models(rng: np.random.Generator) -> bool:
    t = rng.uniform(0, 8, 50)
    logs = 22 + 0.4 * t + rng.normal(0, 0.4, 50)
    frame = pd.DataFrame({"date": _when(t), "training_compute_flop": 10**logs})
    return holds(fit_growth(frame, covariance="classical").annual_growth, 10**0.4)


def price_fall(rng: np.random.Generator) -> bool:
    maker = _developers(PRICE_MAKERS)
    t, score = rng.uniform(0, 2, len(maker)), rng.uniform(20, 80, len(maker))
    logs = 1 + 0.03 * score - t + _noise(rng, maker, 0.4)
    frame = pd.DataFrame(
        {
            "date": _when(t),
            "country": np.where(maker == CHINESE_MAKER, "CHN", "USA"),
            "maker": [f"m{m}" for m in maker],
            "score": score,
            "usd_per_million_tokens": 10**logs,
        }
    )
    return holds(fit_price_at_equal_score(frame, score="score", cluster="maker").fall_per_year, 10)


def loss_of_less_compute(rng: np.random.Generator) -> bool:
    size, tokens = 10 ** rng.uniform(8, 10.5, 120), 10 ** rng.uniform(9, 11.5, 120)
    loss = LAW.loss(size, tokens) * np.exp(rng.normal(0, 0.01, 120))
    frame = pd.DataFrame(
        {"parameters": size, "training_compute_flop": 6 * size * tokens, "loss": loss}
    )
    law = fit_scaling_law(frame, delta=0.02, drop_highest=0)
    draws = bootstrap_scaling_law(frame, law, rng=rng, replications=200, delta=0.02, drop_highest=0)
    found = estimate_compute_penalty(law, draws, compute_flop=1e22, gap=10.0, level=0.9)
    truth = float(LAW.optimal_loss(1e21) - LAW.optimal_loss(1e22))
    return holds(found.extra_loss, truth)


def median_months(rng: np.random.Generator) -> bool:
    return holds(fit_durations(simulate_durations(rng, 53, 2.35, 0.33)).median_years, 2.35)


def median_wait_of_fourteen(rng: np.random.Generator) -> bool:
    days, watched = 90 * np.exp(0.5 * rng.standard_normal(14)), 90 * rng.uniform(2, 12, 14)
    table = pd.DataFrame({"duration": np.minimum(days, watched), "ended": days <= watched})
    return holds(estimate_median(table, level=0.9, unit="days"), 90.0)


def probability_by_a_year(rng: np.random.Generator) -> bool:
    prior = DurationPrior()
    median = prior.median_years * math.exp(prior.median_log_sd * rng.standard_normal())
    log_sd = prior.log_scale * math.exp(prior.log_scale_log_sd * rng.standard_normal())
    model = compute_posterior(simulate_durations(rng, 9, median, log_sd), prior)
    reached = 1 - compute_survival(model, np.array([8.0]))[:, 0]
    low, high = compute_weighted_quantile(reached, [0.05, 0.95], model.weights)
    return bool(low <= stats.norm.cdf(math.log(8 / median) / log_sd) <= high)


def difference_of_pooled_trends(rng: np.random.Generator) -> bool:
    """Spreads and memory as the survey's answers on fear of failure have them."""
    countries, years, memory = 19, np.arange(2006, 2024), 0.45
    slopes = 0.3 + 0.44 * rng.standard_normal(countries)
    shocks = rng.standard_normal((countries, len(years)))
    for j in range(1, len(years)):
        shocks[:, j] = memory * shocks[:, j - 1] + math.sqrt(1 - memory**2) * shocks[:, j]
    own = 40 + 4 * rng.standard_normal((countries, 1)) + 6.4 * shocks
    values = own + rng.normal(0, 2, len(years)) + slopes[:, None] * (years - years.mean())
    asked = rng.random(values.shape) < SHARE_ASKED
    rows = pd.DataFrame(
        [
            (f"C{i:02d}", year, values[i, j])
            for i in range(countries)
            for j, year in enumerate(years)
            if asked[i, j]
        ],
        columns=["country", "year", "value"],
    )
    found = fit_panel_trends(rows, value="value").difference("C00", ["C01"])
    return holds(found, slopes[0] - slopes[1])


def change_of_count_ratio(rng: np.random.Generator) -> bool:
    drawn = [max(int(rng.poisson(mean)), 1) for mean in (250, 110, 550, 1100)]
    found = estimate_change_of_count_ratio((drawn[0], drawn[1]), (drawn[2], drawn[3]))
    return holds(found.change, (110 / 250) / (1100 / 550))


def rank_between_counts(rng: np.random.Generator) -> bool:
    counts = rng.multinomial(43, [0.3, 0.35, 0.09, 0.26])
    # Nothing says where between the counts the share lies: the ends are the hardest.
    truth = 0.3 if rng.random() < 0.5 else 0.65
    return holds(estimate_share_below(0.1, counts, (0.0, 0.2, 0.4)), truth)


def new_leader(rng: np.random.Generator) -> bool:
    years, rate, share = 8.0, 1.5, 0.2
    changes = int(rng.poisson(rate * years))
    past = LeadChanges(changes, int(rng.binomial(changes, share)), years)
    found = estimate_chance_of_new_leader(past, 5.0, rng=rng, n_draws=1000)
    return holds(found, 1 - math.exp(-rate * share * 5))


def simulated_paths(rng: np.random.Generator) -> bool:
    found = summarise(np.exp(rng.normal(2, 0.6, 4000)), 0.9, "prediction", 4000)
    return holds(found, float(np.exp(rng.normal(2, 0.6))))


def share_of_paths(rng: np.random.Generator) -> bool:
    falls = rng.random(4000) < 0.08
    ratio = np.where(falls, 0.5, 2.0)[:, None] * np.ones((1, 3))
    ratio[:, 0] = 3.0
    found = summarise_crossing(np.arange(2026, 2029), ratio, 1.0, level=0.9)
    return holds(found.share_within, 0.08)


_EFFICIENCY, _GROWTH = "models.capability.compute_efficiency", "models.core.exponential_growth"
_PROGRESS = "models.capability.algorithmic_progress"
_FEW, _CHINESE = "95 models of 21 unequal developers, 6 of them Chinese", "62 models of 27 firms"


_DESIGNS = (
    Design("premium, unequal developers", f"{_EFFICIENCY}.estimate_premium", _FEW, premium),
    Design(
        "premium as compute, unequal developers",
        f"{_EFFICIENCY}.estimate_premium",
        _FEW,
        premium_as_compute,
    ),
    Design(
        "shift of the premium, unequal developers",
        f"{_EFFICIENCY}.estimate_premium_shift",
        _FEW,
        premium_shift,
    ),
    Design(
        "trend of the premium, unequal developers",
        f"{_EFFICIENCY}.estimate_premium_trend",
        _FEW,
        premium_trend,
    ),
    Design(
        "algorithmic progress, unequal developers",
        f"{_PROGRESS}.estimate_algorithmic_progress",
        _FEW,
        progress,
    ),
    Design(
        "doubling of effective compute",
        f"{_PROGRESS}.compute_doubling_months",
        _FEW,
        doubling_of_progress,
    ),
    Design(
        "algorithmic progress, independent models",
        f"{_PROGRESS}.estimate_algorithmic_progress",
        "95 models with independent errors",
        progress_of_independent_models,
    ),
    Design("growth, unequal developers", f"{_GROWTH}.fit_growth", _CHINESE, growth),
    Design("doubling time", f"{_GROWTH}.fit_growth", _CHINESE, doubling_time),
    Design(
        "growth, independent models",
        f"{_GROWTH}.fit_growth",
        "50 models with independent errors",
        growth_of_independent_models,
    ),
    Design(
        "change at an imposed break, unequal developers",
        "models.core.structural_breaks.fit_interrupted_trend",
        _CHINESE,
        change_at_break,
    ),
    Design(
        "growth after a searched break",
        "models.core.break_search.search_break",
        "51 models, growth of 400 falls to 3 times a year",
        growth_after_searched_break,
    ),
    Design(
        "fall of prices, unequal makers",
        "models.serving.price_decline.fit_price_at_equal_score",
        "57 prices of 9 makers, 1 of them Chinese",
        price_fall,
    ),
    Design(
        "loss of less compute",
        "models.capability.scaling_law.estimate_compute_penalty",
        "120 runs with 1% noise",
        loss_of_less_compute,
        quick=15,
        thorough=600,
    ),
    Design(
        "median duration, 53 sites",
        "models.supply.duration_models.fit_durations",
        "log-normal with censoring",
        median_months,
        quick=40,
    ),
    Design(
        "median wait of 14 releases",
        "models.core.survival.estimate_median",
        "14 log-normal waits, nearly all of which ended",
        median_wait_of_fourteen,
    ),
    Design(
        "probability of the event by a year, posterior",
        "models.supply.duration_models.compute_posterior",
        "median and spread drawn from the prior, then 9 durations with censoring",
        probability_by_a_year,
    ),
    Design(
        "trends of two countries among many, pooled",
        "models.society.country_panel.fit_panel_trends",
        "19 countries, 18 years, a fifth of them missing",
        difference_of_pooled_trends,
        quick=20,
        thorough=600,
    ),
    Design(
        "change of a ratio of counts",
        "models.society.risk_taking.estimate_change_of_count_ratio",
        "Poisson of means 110 to 1,100",
        change_of_count_ratio,
    ),
    Design(
        "share between published counts",
        "models.society.listing_returns.estimate_share_below",
        "43 listings in 4 groups, the share at either end of its group",
        rank_between_counts,
    ),
    Design(
        "chance of a new leader",
        "models.race.base_rates.estimate_chance_of_new_leader",
        "12 changes in 8 years, a fifth of them by firms of the country",
        new_leader,
    ),
    Design(
        "simulated paths",
        "models.core.random_draws.summarise",
        "4,000 log-normal draws, and one more",
        simulated_paths,
    ),
    Design(
        "share of simulated paths",
        "models.supply.compute_stock.summarise_crossing",
        "4,000 paths, of which 8% fall below",
        share_of_paths,
    ),
)

# The quick run looks for what is badly off; these are slower than most.
HEADLINE_DESIGNS = tuple(replace(design, quick=min(design.quick, 40)) for design in _DESIGNS)
