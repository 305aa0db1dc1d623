"""Misses counted by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from chapters.forecast_explorer.accuracy import (
    Misses,
    chance_at_baseline,
    draw_misses,
    summarise_misses,
)
from models.race.forecast_surface import ForecastSurface, HeldOut
from models.race.race_forecasts import forecast_overtake
from models.race.race_parameters import JointParameters
from tests.chapters.forecast_explorer.conftest import NAMES, RACE

POINTS = [
    JointParameters(import_regime="closed", us_compute_growth=1.2),
    JointParameters(leading_definition="largest_run", efficiency_gain_oom_per_year=0.1),
]


@pytest.fixture
def misses(surface: ForecastSurface) -> Misses:
    # Two points, three kinds, five dates, three ends.
    full = np.full((2, 3, 5, 3), 0.5)
    told = full.copy()
    told[0, :, :, 0] += 0.01  # by capability one percentage point too much
    told[1, 2, 3, 0] -= 0.04  # by the largest run once four points too little
    told[..., 2] += 0.02  # every upper end two points too high
    return summarise_misses(HeldOut(POINTS, told, full), surface, n=11)


def test_misses_are_absolute_percentage_points(misses: Misses) -> None:
    assert misses.mean.value == pytest.approx((15 * 1 + 4) / 30)
    assert (misses.most.value, misses.most.n) == (pytest.approx(4.0), 2)
    assert misses.capability_mean == pytest.approx(1.0)
    assert (misses.ends_mean, misses.ends_most) == pytest.approx((1.0, 2.0))
    assert 0 == misses.mean.low < misses.mean.high <= misses.most.value
    assert (misses.n_points, misses.n_evaluations) == (2, 6 * 10)


def test_the_largest_miss_says_where_it_is(misses: Misses) -> None:
    assert (misses.worst.year, misses.worst.label) == (2030, "Largest training run")
    assert misses.worst.at == POINTS[1]


@pytest.mark.parametrize(("most", "finer"), [(40.0, True), (70.0, False)])
def test_it_is_finer_than_the_interval_if_no_miss_is_as_wide(
    misses: Misses, *, most: float, finer: bool
) -> None:
    baseline = replace(misses.baseline, low=0.1, value=0.3, high=0.7)
    moved = replace(misses, baseline=baseline, most=replace(misses.most, value=most, high=most))
    assert moved.interval_width == pytest.approx(60.0)
    assert moved.is_finer_than_interval is finer


def test_the_chance_at_the_baseline_is_the_late_one_to_have_led(surface: ForecastSurface) -> None:
    found = chance_at_baseline(surface, n=11)
    start = surface.parameters.us_compute_growth
    growth = 2 * np.log(start) / np.log(2.5) - 1  # its place on a logarithmic slider
    # The surface stretches chances by a thousandth.
    assert (found.value, found.low, found.high) == pytest.approx(
        tuple(expit(np.array([-1.0, -2.0, 1.0]) - growth)), abs=1e-3
    )
    assert (found.level, found.n) == (0.9, 11)


def test_each_point_is_drawn_filled_and_open(misses: Misses) -> None:
    drawing = draw_misses(misses)
    assert drawing.data["surface_terminal"].tolist() == pytest.approx([0.51, 0.5])
    assert drawing.data["full_ever"].tolist() == [0.5, 0.5]
    panels = drawing.figure.axes
    assert len(panels) == drawing.data["definition"].nunique()
    for axes in panels:
        *dots, _level = axes.lines
        assert [dot.get_fillstyle() for dot in dots] == ["full", "none"]
    part = drawing.data[drawing.data["definition"] == drawing.data["definition"].iloc[0]]
    missed = 100 * (part["surface_held"] - part["full_held"])
    assert panels[0].lines[0].get_ydata() == pytest.approx(missed.to_numpy())


def test_full_runs_are_those_of_the_model(surface: ForecastSurface, measured: Misses) -> None:
    assert measured.n_points == 3 * (2 + 1)
    row = measured.pairs.iloc[0]
    at = JointParameters(**row[["import_regime", *NAMES]].to_dict())
    alone = forecast_overtake(at, RACE, seed=surface.seed, n_draws=surface.n_draws)
    assert row["full_ever"] == alone.ever[-1].value
