from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.errors import ModelInputError
from models.estimates import Estimate
from models.forecast import (
    CapabilityForecast,
    RaceCalibration,
    RaceJudgements,
    first_passage_probability,
    forecast_capability,
    forecast_log_ratio,
    growth_to_parity,
    judgement_sensitivity,
    race_log_ratio,
    terminal_probability,
    years_to_parity,
)

YEARS = range(2026, 2031)
QUIET = RaceJudgements(shock_sd=2.0, shock_correlation=0.0, firm_sd=0.0, growth_correlation=0.0)


def known(value: float, half: float = 0.0, n: int = 30) -> Estimate:
    return Estimate(value, value - half, value + half, 0.9, "confidence", n)


def calibration(half: float = 0.0, **changes: Estimate) -> RaceCalibration:
    numbers = {
        "gap": known(5, half),
        "leader_growth": known(12, half),
        "follower_growth": known(13, half),
        "compute_elasticity": known(8, half),
    }
    return RaceCalibration(**(numbers | changes))


def forecast(
    judgements: RaceJudgements = QUIET, half: float = 0.0, seed: int = 1, **changes: Any
) -> CapabilityForecast:
    size = {"n_draws": 100, "paths_per_draw": 200} | {
        k: changes.pop(k) for k in ("n_draws", "paths_per_draw") if k in changes
    }
    return forecast_capability(
        calibration(half, **changes),
        judgements,
        start_year=2025,
        years=YEARS,
        rng=np.random.default_rng(seed),
        **size,
    )


# methods.md, parity and catch-up.
def test_published_times_to_parity() -> None:
    assert years_to_parity(10, 4, 5) == pytest.approx(10.32, abs=0.005)
    assert growth_to_parity(10, 2.25, 4) == pytest.approx(4.00, abs=0.005)
    assert growth_to_parity(100, 2.25, 4) == pytest.approx(7.12, abs=0.005)


def test_a_slower_follower_never_draws_level() -> None:
    assert years_to_parity(10, 5, 4) == np.inf
    assert years_to_parity(1, 5, 4) == 0


def test_first_passage_is_the_inverse_gaussian() -> None:
    # Inverse Gaussian of mean g / mu and shape (g / sigma)^2, as scipy has it.
    gap, drift, volatility, years = 1.2, 0.3, 0.5, np.arange(1, 9)
    law = stats.invgauss(mu=(gap / drift) / (gap / volatility) ** 2, scale=(gap / volatility) ** 2)
    np.testing.assert_allclose(
        first_passage_probability(gap, drift, volatility, years), law.cdf(years), rtol=1e-9
    )


def test_without_drift_first_passage_is_twice_terminal() -> None:
    # Reflection principle.
    years = np.arange(1, 9)
    np.testing.assert_allclose(
        first_passage_probability(1, 0, 0.4, years), 2 * terminal_probability(1, 0, 0.4, years)
    )


def test_extreme_inputs_stay_probabilities() -> None:
    assert first_passage_probability(50, 5, 0.01, 5) == 0
    assert first_passage_probability(50, 20, 0.01, 5) == 1
    assert first_passage_probability(-1, -5, 0.1, 5) == 1


@settings(deadline=None)
@given(
    gap=st.floats(-2, 3),
    drift=st.floats(-2, 2),
    volatility=st.floats(0.05, 2),
    years=st.floats(0.1, 20),
    longer=st.floats(1, 3),
)
def test_order_of_the_closed_forms(
    gap: float, drift: float, volatility: float, years: float, longer: float
) -> None:
    ever = first_passage_probability(gap, drift, volatility, years)
    assert 0 <= terminal_probability(gap, drift, volatility, years) <= ever + 1e-12 <= 1 + 1e-12
    assert first_passage_probability(gap, drift, volatility, years * longer) >= ever - 1e-9
    assert first_passage_probability(gap + 0.1, drift, volatility, years) <= ever + 1e-9


@pytest.mark.parametrize(
    ("gap", "drift", "volatility", "steps"),
    [(0.5, 0.1, 0.3, 4), (1.0, -0.1, 0.5, 1), (0.3, 0.4, 0.2, 12)],
)
def test_simulated_races_agree_with_the_closed_forms(
    gap: float, drift: float, volatility: float, steps: int, rng: np.random.Generator
) -> None:
    race = race_log_ratio(
        gap, drift, volatility, horizon_years=5, n_paths=40_000, rng=rng, steps_per_year=steps
    )
    terminal = terminal_probability(gap, drift, volatility, race.years)
    ever = first_passage_probability(gap, drift, volatility, race.years)
    np.testing.assert_allclose(race.terminal, terminal, atol=0.01)
    np.testing.assert_allclose(race.ever, ever, atol=0.01)
    np.testing.assert_allclose(race.ever_error, np.sqrt(ever * (1 - ever) / 40_000), atol=1e-4)
    assert (race.terminal <= race.ever).all()
    assert (np.diff(race.ever) >= 0).all()


def test_a_race_of_uncertain_quantities_mixes_its_paths(rng: np.random.Generator) -> None:
    gap = np.repeat([0.2, 2.0], 20_000)
    race = race_log_ratio(gap, 0.1, 0.3, horizon_years=3, n_paths=40_000, rng=rng)
    expected = terminal_probability([0.2, 2.0], 0.1, 0.3, 3).mean()
    assert race.terminal[-1] == pytest.approx(expected, abs=0.01)


def test_log_ratio_forecast_without_uncertainty_is_the_closed_form(
    rng: np.random.Generator,
) -> None:
    result = forecast_log_ratio(
        "largest run", known(1.0), known(0.2), 0.3, start_year=2025, years=YEARS, rng=rng
    )
    terminal, ever = result.by_end_of(2029)
    assert terminal.value == pytest.approx(float(terminal_probability(1, 0.2, 0.3, 4)))
    assert ever.value == pytest.approx(float(first_passage_probability(1, 0.2, 0.3, 4)))
    assert terminal.low == pytest.approx(terminal.high)
    assert (terminal.kind, terminal.n) == ("credible", 30)


def test_log_ratio_forecast_with_normal_uncertainty_has_its_own_closed_form(
    rng: np.random.Generator,
) -> None:
    # Normal gap and growth add their variances: Phi(m / sqrt(v)).
    half, z = 0.3, 1.6448536
    result = forecast_log_ratio(
        "stock",
        known(1.0, half),
        known(0.1, half),
        0.3,
        start_year=2025,
        years=YEARS,
        rng=rng,
        n_draws=100_000,
    )
    t, sd = 5, half / z
    expected = stats.norm.cdf((0.1 * t - 1) / np.sqrt(sd**2 * (1 + t**2) + 0.3**2 * t))
    terminal, _ = result.by_end_of(2030)
    assert terminal.value == pytest.approx(expected, abs=4 * result.terminal_error[-1])
    assert result.terminal_error[-1] < 0.002


def test_capability_race_without_spill_over_is_a_brownian_race() -> None:
    # Two independent shocks of 2 points: the lead's volatility is 2 sqrt 2.
    result = forecast(n_draws=400, paths_per_draw=100).country_frontier
    expected = terminal_probability(5, 1, 8**0.5, np.arange(1, 6))
    values = [p.value for p in result.terminal]
    np.testing.assert_allclose(values, expected, atol=0.01)


def test_shared_shocks_cancel() -> None:
    shared = forecast(replace(QUIET, shock_correlation=1.0, shock_sd=5.0))
    np.testing.assert_allclose(shared.lead, np.tile(-5 + np.arange(1, 6), (3, 1)), atol=1e-9)


def test_compute_moves_the_drift_by_its_elasticity() -> None:
    slowed = forecast(
        replace(QUIET, shock_sd=0.0, leader_compute_change=0.1, follower_compute_change=-0.2)
    )
    np.testing.assert_allclose(slowed.lead[1], -5 + (1 - 8 * 0.3) * np.arange(1, 6), atol=1e-9)


def test_spill_over_closes_the_gap_to_what_the_leader_had() -> None:
    # Equal growth g, no shocks: the gap falls exponentially to g times the lag.
    copied = forecast(
        replace(QUIET, shock_sd=0.0, diffusion_rate=2.0, diffusion_lag=0.25),
        follower_growth=known(12),
    )
    level = 12 * 0.25
    expected = -(level + (5 - level) * (1 - 2 / 4) ** (4 * np.arange(1, 6)))
    np.testing.assert_allclose(copied.lead[1], expected, rtol=1e-9)


def test_spill_over_alone_never_overtakes() -> None:
    copied = forecast(
        replace(QUIET, shock_sd=0.0, diffusion_rate=4.0, diffusion_lag=0.0),
        follower_growth=known(12),
    )
    assert all(p.value == 0 for p in copied.country_frontier.ever)


def test_luck_of_the_best_firm_has_the_known_spread() -> None:
    # One firm a side, no other shock: the lead is normal with sd 3 sqrt 2.
    lucky = forecast(
        replace(QUIET, shock_sd=0.0, firm_sd=3.0, leader_firms=1, follower_firms=1),
        n_draws=400,
    )
    expected = stats.norm.cdf((-5 + np.arange(1, 6)) / (3 * 2**0.5))
    values = [p.value for p in lucky.best_firm.terminal]
    np.testing.assert_allclose(values, expected, atol=0.01)


def test_many_firms_are_luckier_by_no_more_than_their_known_mean(
    rng: np.random.Generator,
) -> None:
    lucky = forecast(
        replace(QUIET, shock_sd=0.0, firm_sd=3.0, leader_firms=10, follower_firms=2),
        n_draws=400,
    )
    # Mean of the largest of 10 and of 2 normal numbers: Harter (1961), table 1.
    many = rng.standard_normal((100_000, 10)).max(axis=1) - 1.53875
    few = rng.standard_normal((100_000, 2)).max(axis=1) - 0.56419
    expected = np.mean(3 * (few - many) > 2)
    assert lucky.best_firm.terminal[2].value == pytest.approx(expected, abs=0.012)


def test_the_interval_is_the_spread_of_the_probability_over_calibrated_draws() -> None:
    # One uncertain quantity: the interval's ends are the probabilities at the ends of the gap.
    uncertain = forecast(
        gap=known(5, 4), n_draws=800, paths_per_draw=125, seed=5
    ).country_frontier.terminal[2]
    low, high = terminal_probability([9.0, 1.0], 1, 8**0.5, 3)
    assert uncertain.low == pytest.approx(low, abs=0.05)
    assert uncertain.high == pytest.approx(high, abs=0.05)


def test_without_calibrated_uncertainty_the_interval_closes() -> None:
    certain = forecast().country_frontier.terminal[2]
    assert certain.high - certain.low < 0.06


@settings(max_examples=15, deadline=None)
@given(
    gap=st.floats(-5, 15),
    diffusion=st.floats(0, 2),
    shock=st.floats(0.1, 6),
    firms=st.integers(1, 20),
)
def test_order_of_the_capability_probabilities(
    gap: float, diffusion: float, shock: float, firms: int
) -> None:
    result = forecast(
        RaceJudgements(diffusion_rate=diffusion, shock_sd=shock, follower_firms=firms),
        half=1.0,
        gap=known(gap, 1),
        n_draws=20,
        paths_per_draw=20,
    )
    for race in (result.country_frontier, result.best_firm):
        ever = [p.value for p in race.ever]
        assert ever == sorted(ever)
        assert all(a.value <= b.value for a, b in zip(race.terminal, race.ever, strict=True))


def test_more_growth_never_lowers_the_probability() -> None:
    values = [
        forecast(follower_growth=known(g)).country_frontier.terminal[-1].value
        for g in (11, 12, 13, 14)
    ]
    assert values == sorted(values)


def test_monte_carlo_errors_are_those_of_repeated_runs() -> None:
    runs = [
        forecast(half=1.0, seed=seed, n_draws=40, paths_per_draw=40).country_frontier
        for seed in range(60)
    ]
    spread = np.std([run.terminal[-1].value for run in runs])
    claimed = np.mean([run.terminal_error[-1] for run in runs])
    assert claimed == pytest.approx(spread, rel=0.35)


def test_same_seed_same_forecast() -> None:
    first, second = forecast(half=1.0), forecast(half=1.0)
    assert first.country_frontier == second.country_frontier
    assert first.best_firm == second.best_firm


def test_forecast_as_a_table() -> None:
    race = forecast(half=1.0).country_frontier
    table = race.to_frame()
    assert table["year"].tolist() == list(YEARS)
    assert table["ever_high"].tolist() == [p.high for p in race.ever]
    with pytest.raises(ModelInputError, match="2040"):
        race.by_end_of(2040)


def test_sensitivity_sorts_judgements_by_what_they_move() -> None:
    rows = judgement_sensitivity(
        calibration(half=1.0),
        QUIET,
        {"diffusion_lag": (0.1, 1.0), "leader_compute_change": (-0.3, 0.3)},
        start_year=2025,
        years=YEARS,
        seed=4,
        n_draws=50,
        paths_per_draw=50,
    )
    assert rows["judgement"].tolist() == ["leader_compute_change", "diffusion_lag"]
    # With no diffusion its lag moves nothing: shared random numbers make that exact.
    assert rows["probability_low"].iloc[1] == rows["probability_high"].iloc[1]
    assert rows["probability_low"].iloc[0] > rows["probability_high"].iloc[0]


def test_unknown_judgements_are_refused() -> None:
    with pytest.raises(ModelInputError, match="luck"):
        judgement_sensitivity(
            calibration(), QUIET, {"luck": (0, 1)}, start_year=2025, years=YEARS, seed=1
        )


@pytest.mark.parametrize(
    "change",
    [
        {"growth_correlation": 1.5},
        {"shock_correlation": -2},
        {"shock_sd": -1},
        {"diffusion_rate": np.nan},
        {"diffusion_lag": -0.5},
        {"leader_compute_change": 99},
        {"follower_firms": 0},
    ],
)
def test_impossible_judgements_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(ModelInputError):
        replace(QUIET, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"years": [2027, 2028]}, "begin with 2026"),
        ({"years": [2026, 2028]}, "consecutive"),
        ({"n_draws": 5}, "20 draws"),
        ({"level": 1.0}, "level"),
    ],
)
def test_bad_forecasts_are_refused(change: dict[str, Any], message: str) -> None:
    asked = {"years": YEARS, "n_draws": 20, "paths_per_draw": 20} | change
    with pytest.raises(ModelInputError, match=message):
        forecast_capability(
            calibration(), QUIET, start_year=2025, rng=np.random.default_rng(1), **asked
        )


def test_bad_races_are_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="volatility"):
        race_log_ratio(1, 0.1, 0, horizon_years=3, n_paths=10, rng=rng)
    with pytest.raises(ModelInputError, match="gap"):
        race_log_ratio([1, 2], 0.1, 1, horizon_years=3, n_paths=10, rng=rng)
    with pytest.raises(ModelInputError, match="level"):
        forecast_log_ratio(
            "x", known(1), known(0), 1, start_year=2025, years=[2026], rng=rng, level=2
        )
    with pytest.raises(ModelInputError, match="year and a step"):
        race_log_ratio(1, 0.1, 1, horizon_years=0, n_paths=10, rng=rng)
    with pytest.raises(ModelInputError, match="after the start"):
        forecast_log_ratio("x", known(1), known(0), 1, start_year=2026, years=[2026, 2027], rng=rng)
    with pytest.raises(ModelInputError, match="years"):
        terminal_probability(1, 0, 1, 0)
    with pytest.raises(ModelInputError, match="gap_factor"):
        years_to_parity(0.5, 2, 3)
    with pytest.raises(ModelInputError, match="growth"):
        growth_to_parity(10, 0, 3)
