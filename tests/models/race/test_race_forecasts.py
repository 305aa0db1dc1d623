"""Chances of the joint race: their order, their limits, and what moves them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from models.core.errors import ModelInputError
from models.core.local_level import LocalLevel
from models.race.lead_forecast import Contest
from models.race.race_forecasts import forecast_overtake, sweep
from models.race.race_parameters import (
    BOUNDS,
    JointCalibration,
    JointParameters,
    ScoreFit,
    list_forecast_dates,
)
from models.race.race_priors import Priors
from models.race.race_simulation import simulate_capability_lead, simulate_leads
from tests.models.race.examples import calibration, exactly

LATE = list_forecast_dates()[-1]
ALONE = JointParameters(diffusion_rate=0.0, trend_weight=0.0)


def uncertain(lead_margin: float = 0.0) -> JointCalibration:
    rng = np.random.default_rng(2)
    spread = LocalLevel(
        rng.normal(8, 2, 500), rng.uniform(0.2, 2, 500), rng.uniform(0.5, 3, 500), 11
    )
    return calibration(
        fit=ScoreFit(np.array([10.0, 11.0, 1.0]), np.diag([3.0, 4.0, 13.0]), 70),
        closing=exactly(3.0, 4.0),
        equal_compute_gain=exactly(0.1, 4.0),
        priors=Priors(),
        capability_gap=spread,
        records=(158.0, 148.0),
        share_volatility=0.07,
        firm_shares=(0.35, 0.24, 0.17, 0.16, 0.08),
        relative_points=exactly(10.0, 2.0),
        lead_margin=lead_margin,
    )


def test_each_parameter_moves_the_chance_the_way_it_should_and_smoothly() -> None:
    known = uncertain()
    expected = {
        "euv_volume_year": -1,
        "us_compute_growth": -1,
        "memory_growth": 1,
        "unseen_h100e_thousand": 1,
        "delivery_share_china": -1,
        "delivery_share_us": 1,
        "efficiency_gain_oom_per_year": 1,
        "diffusion_lag_years": -1,
    }
    for name, sign in expected.items():
        grid = np.linspace(*BOUNDS[name], 9)
        scenarios = [replace(JointParameters(), **{name: float(x)}) for x in grid]
        found = sweep(scenarios, known, seed=3, n_draws=100, paths_per_draw=20)
        chances = np.array([f.on(LATE)[1].value for f in found])
        steps = sign * np.diff(chances)
        assert (steps >= -0.02).all(), name
        assert steps.sum() > 0.01, name
        assert np.abs(steps).max() < 0.75, name


def test_import_regimes_are_in_order() -> None:
    scenarios = [replace(JointParameters(), import_regime=r) for r in ("closed", "as now", "open")]
    found = sweep(scenarios, uncertain(), seed=3, n_draws=100, paths_per_draw=20)
    chances = [f.on(LATE)[1].value for f in found]
    assert chances == sorted(chances)
    assert chances[2] > chances[0]


def test_a_sweep_gives_what_single_calls_give_bit_for_bit() -> None:
    known = uncertain()
    scenarios = [JointParameters(), JointParameters(trend_weight=0.9)]
    size = {"seed": 9, "n_draws": 110, "paths_per_draw": 50}  # more than one batch
    together = sweep(scenarios, known, **size)
    assert together == [forecast_overtake(p, known, **size) for p in scenarios]
    assert together[0] != together[1]


def test_chances_are_in_order() -> None:
    forecast = forecast_overtake(JointParameters(), uncertain(), seed=1)
    ever = [p.value for p in forecast.ever]
    assert ever == sorted(ever)
    for terminal, passed, held in zip(forecast.terminal, forecast.ever, forecast.held, strict=True):
        assert 0 <= terminal.low <= terminal.value <= passed.value <= passed.high <= 1
        assert held.value <= passed.value
    assert forecast.dates[0] == "2027-01-10"
    assert (forecast.ever[-1].kind, forecast.ever[-1].n) == ("credible", 11)


def test_without_fitted_uncertainty_the_interval_closes() -> None:
    forecast = forecast_overtake(ALONE, calibration(), seed=1, n_draws=400, paths_per_draw=50)
    passed = forecast.ever[-1]
    assert passed.high - passed.low < 0.1


def test_sales_are_the_closed_form() -> None:
    known = calibration(sales={"revenue": Contest("Revenue", exactly(1.0), 0.0, 0.3)})
    parameters = JointParameters(leading_definition="revenue", sales_closing_oom_per_year=0.1)
    forecast = forecast_overtake(parameters, known, seed=1, n_draws=800, paths_per_draw=200)
    # 19 quarters from March 2026 to December 2030.
    years = 19 / 4
    expected = stats.norm.cdf((0.1 * years - 1.0) / (0.3 * years**0.5))
    assert forecast.on(LATE)[0].value == pytest.approx(expected, abs=0.004)


def test_only_a_lead_on_the_index_has_a_margin() -> None:
    with_margin, without = (uncertain(lead_margin=margin) for margin in (4.0, 0.0))
    for name, moved in (("capability", True), ("largest_run", False)):
        parameters = JointParameters(leading_definition=name)
        held = [
            forecast_overtake(parameters, c, seed=1, n_draws=100, paths_per_draw=20).held[-1].value
            for c in (with_margin, without)
        ]
        assert (held[0] < held[1]) is moved
        assert (held[0] == held[1]) is not moved


@pytest.mark.parametrize(
    "change",
    [
        {"euv_volume_year": 2000},
        {"us_compute_growth": np.nan},
        {"delivery_share_us": 1.0},
        {"leading_definition": "fame"},
        {"import_regime": "some"},
    ],
)
def test_impossible_parameters_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ModelInputError, match=next(iter(change))):
        JointParameters(**change)


def test_too_few_paths_are_refused() -> None:
    with pytest.raises(ModelInputError, match="20 draws and paths"):
        forecast_overtake(JointParameters(), calibration(), seed=1, n_draws=5)
    with pytest.raises(ModelInputError, match="level"):
        forecast_overtake(JointParameters(), calibration(), seed=1, level=1.0)
    with pytest.raises(ModelInputError, match="a time of"):
        simulate_leads([JointParameters()], calibration(), seed=1, n_draws=20)[0].at(2040)
    with pytest.raises(ModelInputError, match="years"):
        simulate_capability_lead(
            calibration(), JointParameters(), compute_growth=(0.3, 0.3), years=0, seed=1
        )
