"""The joint race against closed forms, against itself where the answer is known, and its limits."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.race.race_forecasts import sweep
from models.race.race_parameters import (
    STEPS_PER_YEAR,
    JointParameters,
    ScoreFit,
    SupplyJudgements,
)
from models.race.race_simulation import simulate_capability_lead, simulate_leads
from models.race.race_stocks import project_race_stocks
from tests.models.race.closed_forms import (
    compute_first_passage_probability,
    compute_terminal_probability,
)
from tests.models.race.examples import calibration, exactly

STILL = SupplyJudgements(growth_spread=1.0 + 1e-12, judgement_factor=1.0)


def lead_without_compute(
    parameters: JointParameters, years: float = 5.0, **changes: Any
) -> np.ndarray:
    size = {"n_draws": 200, "paths_per_draw": 100} | {
        k: changes.pop(k) for k in ("n_draws", "paths_per_draw") if k in changes
    }
    paths = simulate_capability_lead(
        calibration(**changes), parameters, compute_growth=(0.3, 0.3), years=years, seed=4, **size
    )
    return paths.lead.reshape(-1, paths.lead.shape[2])


ALONE = JointParameters(diffusion_rate=0.0, trend_weight=0.0)


@pytest.mark.parametrize(("closing", "volatility"), [(0.0, 2.0), (1.0, 2.0), (-0.5, 4.0)])
def test_without_ideas_and_luck_it_is_the_random_walk_of_the_closed_forms(
    closing: float, volatility: float
) -> None:
    parameters = replace(ALONE, trend_weight=1.0)
    lead = lead_without_compute(
        parameters, equal_compute_gain=exactly(closing), volatility=volatility
    )
    years = np.arange(1, 6)
    ends = years * STEPS_PER_YEAR - 1
    terminal = compute_terminal_probability(5.0, closing, volatility, years)
    np.testing.assert_allclose((lead[:, ends] > 0).mean(axis=0), terminal, atol=0.012)
    # Watched at ends of quarters, a walk must go 0.5826 steps further to be seen
    # (Broadie, Glasserman and Kou 1997).
    further = 5.0 + 0.5826 * volatility / STEPS_PER_YEAR**0.5
    ever = np.maximum.accumulate(lead, axis=1)[:, ends] > 0
    expected = compute_first_passage_probability(further, closing, volatility, years)
    np.testing.assert_allclose(ever.mean(axis=0), expected, atol=0.015)


def test_the_gap_shrinks_by_compute_efficiency_and_the_trend_as_the_equations_say() -> None:
    quiet = {
        "volatility": 1e-9,
        "equal_compute_gain": exactly(2.0),
        "n_draws": 20,
        "paths_per_draw": 20,
    }
    parameters = replace(ALONE, trend_weight=0.5, efficiency_gain_oom_per_year=0.1)
    lead = lead_without_compute(parameters, **quiet)
    years = np.arange(1, 21) / STEPS_PER_YEAR
    np.testing.assert_allclose(lead[0], -5 + (0.5 * 2 + 10 * 0.1) * years, atol=1e-6)
    paths = simulate_capability_lead(
        calibration(volatility=1e-9), ALONE, compute_growth=(0.5, 0.2), years=5, seed=1,
        n_draws=20, paths_per_draw=20,
    )  # fmt: skip
    np.testing.assert_allclose(paths.lead[0, 0], -5 - 10 * 0.3 * years, atol=1e-6)


def test_a_longer_lag_costs_the_progress_of_that_time_in_the_end() -> None:
    quiet = {"volatility": 1e-9, "n_draws": 20, "paths_per_draw": 20, "years": 20.0}
    lag = SupplyJudgements().lag_today_years
    pulled = JointParameters(diffusion_rate=1.5, trend_weight=0.0, diffusion_lag_years=lag)
    balanced = lead_without_compute(pulled, **quiet)
    longer = lead_without_compute(replace(pulled, diffusion_lag_years=lag + 0.1), **quiet)
    np.testing.assert_allclose(balanced[0], -5, atol=1e-6)
    # 40 points a year, a tenth of a year.
    assert longer[0, -1] == pytest.approx(-5 - 4, abs=1e-3)


def test_the_pull_of_ideas_makes_shocks_pass() -> None:
    # The distance is an Ornstein-Uhlenbeck process: variance s^2 (1 - e^{-2kt}) / 2k in
    # continuous time, and that of its quarterly steps here. No lag, and nobody ahead.
    parameters = JointParameters(diffusion_rate=0.5, trend_weight=0.0, diffusion_lag_years=0.0)
    far = {"gap": 400.0, "fit": ScoreFit(np.array([10.0, 400.0, -300.0]), 1e-18 * np.eye(3), 60)}
    today = SupplyJudgements().lag_today_years
    lead = lead_without_compute(parameters, years=20.0, **far)
    kept = np.exp(-0.5 / STEPS_PER_YEAR)
    expected = 2.0 / STEPS_PER_YEAR**0.5 / (1 - kept**2) ** 0.5
    assert lead[:, -1].std() == pytest.approx(expected, rel=0.03)
    assert lead[:, -1].mean() == pytest.approx(-400 + 400 * today, abs=0.1)


def test_the_leader_copies_a_follower_that_is_ahead_in_ideas() -> None:
    quiet = {"volatility": 1e-9, "n_draws": 20, "paths_per_draw": 20, "years": 10.0}
    gaining = JointParameters(
        diffusion_rate=1.0, trend_weight=0.0, efficiency_gain_oom_per_year=0.6,
        diffusion_lag_years=SupplyJudgements().lag_today_years,
    )  # fmt: skip
    slow = {"fit": ScoreFit(np.array([10.0, 1.0, 0.0]), 1e-18 * np.eye(3), 60)}
    alone = lead_without_compute(replace(gaining, diffusion_rate=0.0), **quiet, **slow)
    copied = lead_without_compute(gaining, **quiet, **slow)
    assert alone[0, -1] == pytest.approx(-5 + 6 * 10, abs=1e-6)
    assert -5 < copied[0, -1] < 0.6 * alone[0, -1]


def test_luck_of_the_best_of_five_firms_has_the_fitted_spread() -> None:
    # So fast that every quarter's best model is a record: no luck is carried over.
    fast = {"fit": ScoreFit(np.array([0.0, 400.0, 0.0]), 1e-18 * np.eye(3), 60)}
    lead = lead_without_compute(ALONE, volatility=1e-9, luck=3.0, **fast)
    assert lead[:, -1].std() == pytest.approx(3.0, rel=0.03)
    assert lead[:, -1].mean() == pytest.approx(-5.0, abs=0.1)


def test_shares_of_compute_add_up() -> None:
    # Compute is all there is: the best of equal firms gains as others lose.
    moved = calibration(share_volatility=0.2, volatility=1e-9, us_stock=exactly(400e3, 1e-3))
    parameters = replace(ALONE, leading_definition="compute_stock")
    lead = simulate_leads([parameters], moved, seed=1, n_draws=50, paths_per_draw=40)[0]
    still = simulate_leads(
        [parameters], replace(moved, share_volatility=0.0), seed=1, n_draws=50, paths_per_draw=40
    )[0]
    difference = lead.lead - still.lead
    assert np.abs(difference).max() < np.log10(5)
    assert difference.mean() == pytest.approx(0, abs=0.02)


def test_stocks_follow_the_hand_count() -> None:
    # After one year: the American inflow of 2025 times its growth, and what Chinese memory equips.
    parameters = JointParameters(
        us_compute_growth=2.0, import_regime="closed", unseen_h100e_thousand=1500.0
    )
    aged = calibration(us_past_growth=1e6)  # all of the first stock is new: none wears out
    world = project_race_stocks(
        parameters, aged, rng=np.random.default_rng(1), n_paths=20, judgements=STILL
    )
    us = 14e6 * (1 + 0.7 * 2.0)
    china = 1.9e6 + 300e3 * STILL.h100e_per_chip * 0.8
    assert world.usa.owned.years[1] == 2026
    np.testing.assert_allclose(world.ratio_in_use[:, 1], us / china, rtol=1e-5)


@settings(max_examples=25, deadline=None)
@given(
    gap=st.floats(-50, 200),
    progress=st.floats(0, 50),
    points=st.floats(0, 30),
    rate=st.floats(0, 2),
    lag=st.floats(0, 3),
    gain=st.floats(-1, 1),
)
def test_no_start_reaches_infinity(
    gap: float, progress: float, points: float, rate: float, lag: float, gain: float
) -> None:
    known = calibration(
        gap, 1e-9, fit=ScoreFit(np.array([points, progress, 0.0]), 1e-18 * np.eye(3), 60)
    )
    parameters = JointParameters(
        diffusion_rate=rate, diffusion_lag_years=lag, efficiency_gain_oom_per_year=gain,
        trend_weight=0.0,
    )  # fmt: skip
    lead = simulate_capability_lead(
        known, parameters, compute_growth=(0.3, 0.3), years=50, seed=1, n_draws=20,
        paths_per_draw=20,
    ).lead[0, 0]  # fmt: skip
    years = np.arange(1, lead.size + 1) / STEPS_PER_YEAR
    # Linear in time, whatever the start: no faster than the gain and what lag and copying move.
    fastest = abs(gain) * points + 2 * progress + points
    assert np.isfinite(lead).all()
    assert (np.abs(lead + gap) <= 1e-6 + fastest * (years + 4) + abs(gap)).all()


@pytest.mark.parametrize("start", [-20.0, 0.0, 5.0, 20.0, 100.0])
def test_growth_does_not_depend_on_the_start(start: float) -> None:
    lead = lead_without_compute(
        replace(ALONE, efficiency_gain_oom_per_year=0.2), gap=start, volatility=1e-9, n_draws=20,
        paths_per_draw=20,
    )  # fmt: skip
    np.testing.assert_allclose(np.diff(lead[0]), 10 * 0.2 / STEPS_PER_YEAR, atol=1e-6)


@given(seed=st.integers(0, 50))
@settings(max_examples=5, deadline=None)
def test_scenarios_that_share_their_parts_are_what_they_are_alone(seed: int) -> None:
    """More scenarios than are kept, in any order, for each measure."""
    rng = np.random.default_rng(seed)
    scenarios = [
        JointParameters(
            leading_definition=rng.choice(["capability", "largest_run", "compute_stock"]),
            euv_volume_year=float(rng.integers(2027, 2031)),
            import_regime=rng.choice(["closed", "as now", "open"]),
            delivery_share_china=float(rng.uniform(0.2, 0.8)),
            efficiency_gain_oom_per_year=float(rng.integers(-9, 10)) / 20,
        )
        for _ in range(25)
    ]
    size: dict[str, int] = {"seed": seed, "n_draws": 20, "paths_per_draw": 20}
    together = sweep(scenarios, calibration(luck=1.0), **size)
    assert together == [sweep([one], calibration(luck=1.0), **size)[0] for one in scenarios]
