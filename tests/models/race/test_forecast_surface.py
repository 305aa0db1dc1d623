"""The surface of the joint forecast: exact at the baseline, near full runs elsewhere."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.race.forecast_surface import (
    CURVE_COLUMNS,
    REGIMES,
    SLIDERS,
    ForecastSurface,
    find_moving_sliders,
    fit_forecast_surface,
    hold_out,
    map_chances,
    trace_sliders,
)
from models.race.lead_forecast import Contest, LeadForecast
from models.race.race_forecasts import forecast_overtake
from models.race.race_parameters import (
    BOUNDS,
    JointCalibration,
    JointParameters,
    LeadingDefinition,
    list_forecast_dates,
)
from models.race.race_priors import Priors
from models.race.surface_outcomes import CHANCES, FAN_SHARES
from tests.models.race.examples import calibration, chance, exactly

BASELINE = JointParameters()
SEED = 5
OTHER = LeadForecast("other", list_forecast_dates(), *((chance(0.2, 0.1, 0.3),) * 5,) * 3)
"""A member of the pool that no slider moves."""
FEW = {4: 0.1, 3: 0.35}


@pytest.fixture(scope="module")
def race() -> JointCalibration:
    """Return a race that the follower may win, with a spread of what is fitted."""
    contest = Contest("Revenue", exactly(0.5, 0.3), 0.0, 0.3)
    return calibration(
        gap=6.0,
        volatility=5.0,
        luck=2.0,
        us_stock=exactly(14e6, 2e6),
        china_stock=exactly(1e6, 4e5),
        sales={"revenue": contest, "valuation": contest},
        priors=Priors(),
    )


@pytest.fixture(scope="module")
def surface(race: JointCalibration) -> ForecastSurface:
    return fit_forecast_surface(
        BASELINE,
        race,
        seed=SEED,
        n_draws=40,
        level=0.9,
        members={"other": OTHER},
        anchor_draws=60,
        grid_shares=FEW,
    )


def moved(definition: LeadingDefinition = "capability", **changes: Any) -> JointParameters:
    return replace(BASELINE, leading_definition=definition, **changes)


@pytest.mark.parametrize("definition", ["capability", "largest_run", "compute_stock"])
@pytest.mark.parametrize("regime", REGIMES)
def test_at_the_baseline_s_sliders_it_gives_the_full_run(
    surface: ForecastSurface, race: JointCalibration, definition: Any, regime: Any
) -> None:
    point = moved(definition, import_regime=regime)
    draws = 60 if regime == BASELINE.import_regime else 40
    full = forecast_overtake(point, race, seed=SEED, n_draws=draws)
    told = surface.outcomes(point)[CHANCES].reshape(3, -1, 3)
    for kind, estimates in zip(told, (full.terminal, full.ever, full.held), strict=True):
        for found, estimate in zip(kind, estimates, strict=True):
            expected = np.array([estimate.value, estimate.low, estimate.high])
            if definition == "capability":  # the pool of both
                expected = (expected + 0.2) / 2
            assert found == pytest.approx(expected, abs=1e-12)


def test_at_points_left_out_it_is_near_full_runs(
    surface: ForecastSurface, race: JointCalibration
) -> None:
    """With so few paths at the nodes, noise is most of what is missed; the book's bound is less."""
    points: dict[Any, int] = {"capability": 3, "largest_run": 2}
    found = hold_out(surface, race, points=points, seed=1)
    assert len(found.points) == 3 * 5
    assert found.missed.shape == (15, 3, 5, 3)
    assert np.abs(found.missed[..., 0]).mean() < 2
    assert np.abs(found.missed[..., 0]).max() < 15
    assert np.ptp(found.full[..., 0]) > 0.5, "the points must differ for the test to mean a thing"


def test_sliders_that_do_not_matter_by_a_definition_are_found(race: JointCalibration) -> None:
    names = {
        definition: [axis.name for axis in find_moving_sliders(moved(definition), race, seed=SEED)]
        for definition in ("capability", "largest_run", "compute_stock")
    }
    every = [axis.name for axis in SLIDERS]
    assert names == {"capability": every, "largest_run": every[:3], "compute_stock": every[:2]}


def test_sales_are_moved_by_nothing(surface: ForecastSurface, race: JointCalibration) -> None:
    alone = forecast_overtake(moved("revenue"), race, seed=SEED, n_draws=40)
    assert surface.sales["revenue"].ever == alone.ever
    assert not [pair for pair in surface.surfaces if pair[0] == "revenue"]


def test_sliders_lie_within_the_model_s_bounds_and_hold_the_baseline() -> None:
    for axis in SLIDERS:
        low, high = BOUNDS[axis.name]
        assert low <= axis.low < getattr(BASELINE, axis.name) < axis.high <= high


def test_the_fan_widens_and_its_quantiles_are_in_order(surface: ForecastSurface) -> None:
    fan = surface.outcomes(BASELINE)[~CHANCES].reshape(-1, len(FAN_SHARES))
    assert len(fan) == len(surface.fan_times)
    assert (np.diff(fan, axis=1) > 0).all()
    assert np.ptp(fan[-1]) > np.ptp(fan[0])


def test_curves_and_map_go_through_the_baseline(surface: ForecastSurface) -> None:
    curves = trace_sliders(surface, BASELINE, n=3)
    assert list(curves.columns) == list(CURVE_COLUMNS)
    assert len(curves) == len(REGIMES) * len(SLIDERS) * 3
    at = surface.outcomes(BASELINE)[CHANCES][-3]
    middle = curves[(curves["slider"] == "efficiency_gain_oom_per_year")]
    middle = middle[(middle["import_regime"] == "as now") & (middle["value"].abs() < 1e-12)]
    assert middle["held"].tolist() == pytest.approx([at])
    names = ("us_compute_growth", "efficiency_gain_oom_per_year")
    grid = map_chances(surface, BASELINE, names, n=3)
    assert grid.shape == (9, 3)
    assert grid["held"].between(0, 1).all()
