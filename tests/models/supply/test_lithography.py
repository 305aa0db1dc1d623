from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.core.errors import ModelInputError
from models.supply.duration_models import (
    DurationModel,
    DurationPrior,
    Family,
    compute_posterior,
    estimate_survival_curve,
    fit_durations,
    state_durations,
)
from models.supply.lithography import (
    compute_lognormal_probability,
    compute_mean_probability,
    compute_probability_by_year,
    draw_event_years,
    estimate_probability_by_year,
    select_reference_durations,
)

FAMILIES: list[Family] = ["lognormal", "weibull"]

# Shock absorbers, kilometres: O'Connor (1985), as in Meeker and Escobar (1998), table C.2.
FAILED = [6700, 9120, 12200, 13150, 14300, 17520, 20100, 20900, 22700, 26510, 27490]
RUNNING = [
    6950, 7820, 8790, 9660, 9820, 11310, 11690, 11850, 11880, 12140, 12870, 13330, 13470, 14040,
    17540, 17890, 18450, 18960, 18980, 19410, 20100, 20150, 20320, 23490, 27410, 27890, 28100,
]  # fmt: skip


def durations(observed: list[float], censored: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "duration_years": np.array(observed + censored, dtype=float),
            "observed": [True] * len(observed) + [False] * len(censored),
        }
    )


def simulated(rng: np.random.Generator, n: int, median: float, log_sd: float) -> pd.DataFrame:
    years = median * np.exp(log_sd * rng.standard_normal(n))
    watched = rng.uniform(5, 25, n)
    return pd.DataFrame(
        {"duration_years": np.minimum(years, watched), "observed": years <= watched}
    )


def milestones() -> pd.DataFrame:
    rows = [
        ("a", "prototype", "2006-01-01", False),
        ("a", "first_volume_production", "2019-01-01", False),
        ("b", "prototype", "2007-01-01", False),
        ("b", "first_volume_production", "2009-01-01", True),
        ("c", "first_volume_production", "2009-01-01", True),
        ("d", "prototype", "2020-01-01", True),
        ("d", "first_volume_production", "2021-01-01", True),
    ]
    table = pd.DataFrame(rows, columns=["programme", "milestone", "date", "censored"])
    return table.assign(date=pd.to_datetime(table["date"]))


# Meeker and Escobar (1998), section 8.3 and table 8.1: eta 27719, beta 3.16; mu 10.14, sigma 0.530.
def test_weibull_fit_is_the_published_one() -> None:
    fit = fit_durations(durations(FAILED, RUNNING), family="weibull")
    assert 1 / fit.log_scale.value == pytest.approx(3.16, abs=0.005)
    eta = fit.median_years.value / np.log(2) ** fit.log_scale.value
    assert eta == pytest.approx(27719, abs=2)


def test_lognormal_fit_is_the_published_one() -> None:
    fit = fit_durations(durations(FAILED, RUNNING))
    assert np.log(fit.median_years.value) == pytest.approx(10.14, abs=0.006)
    assert fit.log_scale.value == pytest.approx(0.530, abs=0.0005)
    assert (fit.n, fit.n_events) == (38, 11)


def test_fits_are_those_of_scipy() -> None:
    data = stats.CensoredData(uncensored=FAILED, right=RUNNING)
    shape, _, scale = stats.weibull_min.fit(data, floc=0)
    fit = fit_durations(durations(FAILED, RUNNING), family="weibull")
    assert 1 / fit.log_scale.value == pytest.approx(shape, rel=1e-4)
    assert fit.median_years.value == pytest.approx(scale * np.log(2) ** (1 / shape), rel=1e-4)
    likelihood = stats.weibull_min.logpdf(FAILED, shape, 0, scale).sum()
    likelihood += stats.weibull_min.logsf(RUNNING, shape, 0, scale).sum()
    assert fit.log_likelihood == pytest.approx(likelihood, abs=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
def test_profile_interval_ends_where_the_likelihood_has_dropped(family: Family) -> None:
    # Independent profile: scipy's own densities on a fine grid of the scale.
    table = durations(FAILED, RUNNING)
    fit = fit_durations(table, family=family)
    drop = stats.chi2.ppf(0.9, 1) / 2
    scales = np.linspace(0.1, 1.5, 4001)
    for end in (fit.median_years.low, fit.median_years.high):
        if family == "lognormal":
            law = stats.lognorm(scales[:, np.newaxis], scale=end)
        else:
            shape = 1 / scales[:, np.newaxis]
            law = stats.weibull_min(shape, scale=end / np.log(2) ** (1 / shape))
        profile = (law.logpdf(FAILED).sum(axis=1) + law.logsf(RUNNING).sum(axis=1)).max()
        assert fit.log_likelihood - profile == pytest.approx(drop, abs=1e-3)


def test_known_parameters_are_recovered_from_censored_durations(rng: np.random.Generator) -> None:
    table = simulated(rng, 3000, 10, 0.4)
    fit = fit_durations(table)
    assert 0.1 < 1 - table["observed"].mean() < 0.5
    assert fit.median_years.value == pytest.approx(10, rel=0.03)
    assert fit.log_scale.value == pytest.approx(0.4, rel=0.05)


def test_profile_intervals_cover_what_they_claim(rng: np.random.Generator) -> None:
    fits = [fit_durations(simulated(rng, 25, 10, 0.4)) for _ in range(200)]
    covered = np.mean([f.median_years.low <= 10 <= f.median_years.high for f in fits])
    assert 0.85 <= covered <= 0.95


def test_credible_intervals_cover_when_the_prior_is_true(rng: np.random.Generator) -> None:
    prior = DurationPrior()
    covered = []
    for _ in range(200):
        median = prior.median_years * np.exp(prior.median_log_sd * rng.standard_normal())
        log_sd = prior.log_scale * np.exp(prior.log_scale_log_sd * rng.standard_normal())
        interval = compute_posterior(simulated(rng, 6, median, log_sd), prior).median_years()
        covered.append(interval.low <= median <= interval.high)
    assert 0.85 <= np.mean(covered) <= 0.95


def test_with_much_data_the_posterior_is_the_likelihood(rng: np.random.Generator) -> None:
    table = simulated(rng, 400, 10, 0.4)
    fit, posterior = fit_durations(table).median_years, compute_posterior(table, DurationPrior())
    assert posterior.median_years().value == pytest.approx(fit.value, rel=0.02)
    assert posterior.median_years().high == pytest.approx(fit.high, rel=0.03)


def test_weights_of_one_half_count_two_copies_as_one() -> None:
    table = durations([3.0, 8.0, 14.0], [9.0])
    twice = pd.concat([table, table]).assign(share=0.5)
    once, halved = fit_durations(table), fit_durations(twice, weight="share")
    assert halved.log_likelihood == pytest.approx(once.log_likelihood, rel=1e-8)
    assert halved.median_years.high == pytest.approx(once.median_years.high, rel=1e-4)


# methods.md, euv-lognormal: log-SD 0.4, from 2025 by 2030.
@pytest.mark.parametrize(("median", "percent"), [(9, 7), (6, 32), (13, 1)])
def test_published_probabilities_of_volume_by_2030(median: float, percent: float) -> None:
    p = compute_lognormal_probability(5, median_years=median, log_sd=0.4)
    assert 100 * float(p[0]) == pytest.approx(percent, abs=0.5)
    curve = compute_probability_by_year(state_durations(median, 0.4), [2030], start_year=2025)
    assert curve.loc[0, ["probability", "low", "high"]].tolist() == pytest.approx([p[0]] * 3)


@pytest.mark.parametrize("family", FAMILIES)
def test_stated_median_is_the_median(family: Family) -> None:
    curve = compute_probability_by_year(
        state_durations(7, 0.6, family=family), [2032], start_year=2025
    )
    assert curve["probability"].iloc[0] == pytest.approx(0.5)


def test_waiting_makes_the_probability_conditional() -> None:
    law = stats.lognorm(0.4, scale=9)
    curve = compute_probability_by_year(
        state_durations(9, 0.4), [2026, 2030], start_year=2025, not_before=2027
    )
    expected = (law.cdf(5) - law.cdf(2)) / law.sf(2)
    assert curve["probability"].tolist() == pytest.approx([0, expected])


def test_speed_up_divides_the_duration() -> None:
    fast = compute_probability_by_year(
        state_durations(9, 0.4), [2030], start_year=2025, speed_up=1.5
    )
    slow = compute_probability_by_year(state_durations(6, 0.4), [2030], start_year=2025)
    assert fast["probability"].tolist() == pytest.approx(slow["probability"].tolist())


def test_a_share_that_never_arrives_caps_the_probability() -> None:
    model = replace(state_durations(6, 0.4), reaching_share=0.6)
    late = compute_probability_by_year(model, [2030, 3000], start_year=2025)["probability"]
    assert late.iloc[1] == pytest.approx(0.6)
    assert late.iloc[0] == pytest.approx(
        0.6 * float(compute_lognormal_probability(5, median_years=6, log_sd=0.4)[0])
    )


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("reaching", [1.0, 0.7])
def test_draws_have_the_probabilities_of_the_curve(
    family: Family, reaching: float, rng: np.random.Generator
) -> None:
    posterior = compute_posterior(
        durations([13.0, 3.6], [2.0, 4.0]), DurationPrior(), family=family
    )
    model = replace(posterior, reaching_share=reaching)
    asked = {"start_year": 2025.0, "speed_up": 1.3, "not_before": 2027.0}
    years = draw_event_years(model, 100_000, rng, **asked)
    curve = compute_probability_by_year(model, [2028, 2030, 2035], **asked)
    shares = [(years <= year).mean() for year in curve["year"]]
    assert shares == pytest.approx(curve["probability"].tolist(), abs=0.01)
    assert years.min() >= 2027


def test_same_seed_same_draws() -> None:
    model = state_durations(9, 0.4)
    first, second = (
        draw_event_years(model, 10, np.random.default_rng(3), start_year=2025) for _ in range(2)
    )
    assert first.tolist() == second.tolist()


@settings(max_examples=40, deadline=None)
@given(
    median=st.floats(1, 50),
    log_scale=st.floats(0.1, 2),
    longer=st.floats(1, 3),
    family=st.sampled_from(FAMILIES),
)
def test_probability_rises_with_time_and_falls_with_the_median(
    median: float, log_scale: float, longer: float, family: Family
) -> None:
    years = np.arange(2025, 2045)
    near, far = (
        compute_probability_by_year(
            state_durations(m, log_scale, family=family), years, start_year=2025
        )["probability"]
        for m in (median, median * longer)
    )
    assert near.is_monotonic_increasing
    assert (far <= near + 1e-12).all()
    assert near.between(0, 1).all()


def test_reference_class_keeps_censored_programmes_and_drops_undated_ones() -> None:
    table = select_reference_durations(
        milestones(), start="prototype", end="first_volume_production"
    )
    assert table["programme"].tolist() == ["a", "b"]
    assert table["observed"].tolist() == [True, False]
    assert table["duration_years"].tolist() == pytest.approx([13, 2], abs=0.01)


def test_reference_class_without_the_event_is_refused() -> None:
    with pytest.raises(ModelInputError, match="first_working_chips"):
        select_reference_durations(milestones(), start="prototype", end="first_working_chips")


def test_events_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ModelInputError, match="positive"):
        select_reference_durations(milestones(), start="first_volume_production", end="prototype")


def test_a_milestone_that_comes_twice_is_refused() -> None:
    table = pd.concat([milestones(), milestones().head(1)])
    with pytest.raises(ModelInputError, match="twice"):
        select_reference_durations(table, start="prototype", end="first_volume_production")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (durations([3.0], [4.0]), "at least 2 different"),
        (durations([3.0, 3.0], []), "at least 2 different"),
        (durations([], [4.0, 5.0]), "at least 2 different"),
        (durations([3.0, -1.0], []), "positive"),
        (durations([3.0, np.nan], []), "complete"),
        (pd.DataFrame({"duration_years": [1.0, 2.0]}), "observed"),
    ],
)
def test_durations_that_say_too_little_are_refused(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        fit_durations(table)


def test_a_level_that_the_likelihood_cannot_bound_is_refused() -> None:
    table = durations([3.7, 12.9], [2.0, 2.2])
    with pytest.raises(ModelInputError, match="sets no limit"):
        fit_durations(table, level=0.9999)


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(ModelInputError, match="family"):
        fit_durations(durations([3.0, 4.0], []), family="gamma")  # type: ignore[arg-type]


def test_weights_above_one_are_refused() -> None:
    with pytest.raises(ModelInputError, match="share"):
        fit_durations(durations([3.0, 4.0], []).assign(share=2.0), weight="share")


def test_a_prior_that_is_not_positive_is_refused() -> None:
    with pytest.raises(ModelInputError, match="prior median_years"):
        DurationPrior(median_years=0)


def test_a_posterior_needs_no_event() -> None:
    posterior = compute_posterior(durations([], [4.0, 5.0]), DurationPrior())
    assert posterior.median_years().value > DurationPrior().median_years


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"speed_up": 0.0}, "speed_up"),
        ({"not_before": 2020.0}, "not_before"),
        ({"start_year": np.nan}, "start_year"),
        ({"not_before": 2900.0}, "no chance"),
    ],
)
def test_impossible_questions_are_refused(
    change: dict[str, float], message: str, rng: np.random.Generator
) -> None:
    asked = {"start_year": 2025.0} | change
    with pytest.raises(ModelInputError, match=message):
        compute_probability_by_year(state_durations(2, 0.1), [2030], **asked)
    with pytest.raises(ModelInputError, match=message):
        draw_event_years(state_durations(2, 0.1), 10, rng, **asked)


def test_draws_after_an_impossible_wait_and_of_unlike_paths_are_refused(
    rng: np.random.Generator,
) -> None:
    with pytest.raises(ModelInputError, match="speed_up needs"):
        draw_event_years(state_durations(2, 0.1), 10, rng, start_year=2025, speed_up=np.ones(3))


def test_a_follower_of_uncertain_speed_mixes_its_speeds(rng: np.random.Generator) -> None:
    speeds = np.repeat([1.0, 2.0], 50_000)
    years = draw_event_years(
        state_durations(8, 0.4), 100_000, rng, start_year=2025, speed_up=speeds, not_before=2028
    )
    # Bayes: a fast follower that has nothing after three years is less credible.
    laws = [stats.lognorm(0.4, scale=8 / speed) for speed in (1, 2)]
    waited = sum(law.sf(3) for law in laws)
    expected = sum(law.cdf(5) - law.cdf(3) for law in laws) / waited
    assert (years <= 2030).mean() == pytest.approx(expected, abs=0.01)


def test_models_whose_shapes_differ_are_refused() -> None:
    with pytest.raises(ModelInputError, match="one length"):
        DurationModel("lognormal", np.zeros(2), np.ones(1), np.ones(2), 0, 0)
    with pytest.raises(ModelInputError, match="reaching_share"):
        replace(state_durations(5, 0.4), reaching_share=0.0)


# Without a prior, and without a family


@pytest.mark.parametrize("family", FAMILIES)
def test_likelihood_probability_is_that_of_the_fit(family: Family) -> None:
    table = durations([3.7, 4.0, 12.9], [2.0, 2.2, 3.8])
    fit = fit_durations(table, family=family)
    found = estimate_probability_by_year(table, [2031.0], start_year=2025.0, family=family)
    stated = state_durations(fit.median_years.value, fit.log_scale.value, family=family)
    plugged = compute_probability_by_year(stated, [2031.0], start_year=2025.0)
    assert found["probability"][0] == pytest.approx(plugged["probability"][0], rel=1e-6)
    assert found["low"][0] < found["probability"][0] < found["high"][0]


def test_profile_interval_of_the_median_is_that_of_the_probability_one_half() -> None:
    # Both ask the same of the likelihood: P(T <= m) = 1/2 exactly where m is the median.
    table = durations([3.7, 4.0, 12.9], [2.0, 2.2, 3.8])
    median = fit_durations(table).median_years
    for end, column in ((median.low, "high"), (median.high, "low")):
        found = estimate_probability_by_year(table, [2025.0 + end], start_year=2025.0)
        assert found[column][0] == pytest.approx(0.5, abs=0.02)


@pytest.mark.slow
def test_likelihood_intervals_of_a_probability_cover(rng: np.random.Generator) -> None:
    truth = stats.norm.cdf(np.log(8 / 10) / 0.4)
    covered = []
    for _ in range(200):
        row = estimate_probability_by_year(
            simulated(rng, 25, 10, 0.4), [2033.0], start_year=2025.0
        ).iloc[0]
        covered.append(row["low"] <= truth <= row["high"])
    assert 0.84 <= np.mean(covered) <= 0.95


def test_kaplan_meier_is_the_published_curve() -> None:
    # Freireich et al. (1963), 6-mercaptopurine; the curve as in Kalbfleisch and Prentice (2002).
    events = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = estimate_survival_curve(
        durations([float(x) for x in events], [float(x) for x in censored])
    )
    published = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert curve["duration_years"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert 1 - curve["share"].to_numpy() == pytest.approx(published, abs=5e-4)
    assert curve["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert (curve["low"] < curve["share"]).all()
    assert (curve["share"] < curve["high"]).all()


def test_a_curve_needs_an_event() -> None:
    with pytest.raises(ModelInputError, match="needs an event, got 2 censored"):
        estimate_survival_curve(durations([], [3.0, 4.0]))


def test_mean_probability_is_that_of_the_table_with_intervals() -> None:
    model = compute_posterior(durations([3.0, 8.0], [5.0, 9.0]), DurationPrior())
    how = {"start_year": 2025.0, "speed_up": 1.5, "not_before": 2026.0}
    table = compute_probability_by_year(model, [2027, 2031, 2040], **how)
    mean = compute_mean_probability(model, [2027, 2031, 2040], **how)
    assert mean.tolist() == pytest.approx(table["probability"].tolist())


def test_two_counts_of_one_programme_are_one_programme() -> None:
    table = durations([13.0, 18.0, 4.0], [2.0]).assign(share=[0.5, 0.5, 1.0, 1.0])
    model = compute_posterior(table, DurationPrior(), weight="share")
    assert (model.n, model.n_events) == (3, 2)
    fit = fit_durations(table, weight="share")
    assert (fit.n, fit.n_events, fit.median_years.n) == (3, 2, 3)
