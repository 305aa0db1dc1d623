"""Surfaces of known functions: exact where they can be, honest where they can't."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from models.core.errors import ModelInputError
from models.core.response_surface import (
    STRETCH,
    Axis,
    ResponseSurface,
    fit_surface,
    spread_points,
    thin_grid,
)

AXES = (
    Axis("year", 2026.0, 2035.0, flat_from=2031.0, nodes=4, cost=2.0),
    Axis("growth", 0.5, 4.0, scale="log", nodes=6),
    Axis("share", 0.1, 0.9, scale="log_rest", nodes=6),
)
BOTH = np.array([False, True])


def random_inputs(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.uniform(axis.low, axis.high, n) for axis in AXES])


def cubic(inputs: np.ndarray) -> np.ndarray:
    """Return what is a polynomial of the third degree on the axes' scales."""
    year, growth, rest = (
        np.minimum(inputs[:, 0], 2031) - 2028,
        np.log(inputs[:, 1]),
        np.log(1 - inputs[:, 2]),
    )
    return 0.3 + 0.2 * year * growth - 0.2 * rest**3 + 0.7 * growth**2


def outcomes(inputs: np.ndarray) -> np.ndarray:
    """Return a number, and a chance whose stretched logit is the same polynomial."""
    eta = cubic(inputs)
    return np.column_stack([eta, np.clip((expit(eta) - STRETCH) / (1 - 2 * STRETCH), 0, 1)])


@pytest.fixture(scope="module")
def surface() -> ResponseSurface:
    inputs = thin_grid(AXES, 0.9, rng=np.random.default_rng(1))
    return fit_surface(AXES, inputs, outcomes(inputs), chances=BOTH, degree=3)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_polynomial_on_the_axes_scales_is_reproduced(surface: ResponseSurface, seed: int) -> None:
    inputs = random_inputs(20, seed)
    np.testing.assert_allclose(surface.evaluate(inputs), outcomes(inputs), atol=1e-9)


@pytest.mark.parametrize("axis", AXES, ids=lambda axis: axis.name)
def test_scaling_goes_from_end_to_end_and_back(axis: Axis) -> None:
    values = np.linspace(axis.low, min(axis.high, axis.flat_from), 9)
    scaled = axis.scaled(values)
    assert (scaled[0], scaled[-1]) == pytest.approx((-1, 1))
    assert (np.diff(scaled) != 0).all()
    np.testing.assert_allclose(axis.values(scaled), values)
    assert axis.grid() == pytest.approx(axis.values(axis.scaled(axis.grid())))


def test_nothing_changes_where_an_axis_is_flat(surface: ResponseSurface) -> None:
    inputs = np.array([[year, 1.0, 0.5] for year in (2031.0, 2032.5, 2035.0)])
    assert np.ptp(surface.evaluate(inputs), axis=0) == pytest.approx([0, 0], abs=1e-15)


def test_an_anchored_surface_is_exact_there_and_unmoved_far_away(
    surface: ResponseSurface,
) -> None:
    at, far = np.array([2028.0, 1.0, 0.3]), np.array([[2031.0, 4.0, 0.9]])
    told = np.array([-3.0, 0.0])
    moved = surface.anchored(at, told)
    np.testing.assert_allclose(moved.evaluate([at])[0], told, atol=1e-12)
    np.testing.assert_allclose(moved.evaluate(far), surface.evaluate(far), atol=0.05)


def test_chances_stay_chances_whatever_the_anchor(surface: ResponseSurface) -> None:
    moved = surface.anchored([2028.0, 1.0, 0.3], np.array([0.0, 1.0]))
    chances = moved.evaluate(random_inputs(200, 3))[:, 1]
    assert chances.min() >= 0
    assert chances.max() <= 1


def test_a_chance_that_is_always_0_or_1_is_told_exactly() -> None:
    inputs = thin_grid(AXES, 1.0, rng=np.random.default_rng(1))
    still = np.tile([0.0, 1.0], (len(inputs), 1))
    surface = fit_surface(AXES, inputs, still, chances=np.array([True, True]), degree=3)
    np.testing.assert_allclose(
        surface.evaluate(random_inputs(50, 1)), np.tile([0, 1], (50, 1)), atol=1e-9
    )


def test_what_it_misses_of_another_function_falls_with_the_degree() -> None:
    def steep(inputs: np.ndarray) -> np.ndarray:
        return expit(4 * np.sin(2 * cubic(inputs) / 3))[:, np.newaxis]

    axes = tuple(replace(axis, nodes=9, cost=1.0) for axis in AXES)
    inputs, left_out = thin_grid(axes, 1.0, rng=np.random.default_rng(1)), random_inputs(300, 2)
    missed = [
        np.abs(
            fit_surface(
                axes, inputs, steep(inputs), chances=np.array([True]), degree=degree
            ).evaluate(left_out)
            - steep(left_out)
        ).mean()
        for degree in (2, 4, 8)
    ]
    assert missed[0] > 2 * missed[1] > 4 * missed[2] > 0


def test_a_thinned_grid_keeps_corners_and_order() -> None:
    full = thin_grid(AXES, 1.0, rng=np.random.default_rng(1))
    corners = thin_grid(AXES, 0.0, rng=np.random.default_rng(1))
    assert full.shape == (4 * 6 * 6, 3)
    assert corners.shape == (8, 3)
    assert (np.diff(full[:, 0]) >= 0).all()


def test_a_rounded_surface_is_near_and_survives_json(surface: ResponseSurface) -> None:
    rounded = surface.rounded(4)
    inputs = random_inputs(50, 4)
    np.testing.assert_allclose(rounded.evaluate(inputs), surface.evaluate(inputs), atol=2e-3)
    record = json.loads(json.dumps(rounded.to_dict()))
    assert record["axes"] == ["year", "growth", "share"]
    assert np.array_equal(record["coefficients"], rounded.coefficients)


def test_without_axes_it_is_a_constant() -> None:
    surface = fit_surface((), np.empty((1, 0)), np.array([[7.0, 0.25]]), chances=BOTH, degree=3)
    assert surface.evaluate(np.empty((1, 0)))[0] == pytest.approx([7, 0.25])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"high": 2026.0}, "range"),
        ({"scale": "log", "low": -1.0}, "scale"),
        ({"scale": "log_rest"}, "scale"),
        ({"flat_from": 2026.0}, "flat from"),
        ({"nodes": 1}, "2 nodes"),
        ({"cost": 0.0}, "positive cost"),
    ],
)
def test_an_axis_that_cannot_be_scaled_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        replace(AXES[0], **changes)  # type: ignore[arg-type]


def test_inputs_that_do_not_fit_are_refused(surface: ResponseSurface) -> None:
    inputs = random_inputs(10, 1)
    with pytest.raises(ModelInputError, match="needs 20 evaluations or more for 13 terms, got 10"):
        fit_surface(AXES, inputs, outcomes(inputs), chances=BOTH, degree=3)
    with pytest.raises(ModelInputError, match="growth must lie in"):
        surface.evaluate([[2026.0, 9.0, 0.5]])
    with pytest.raises(ModelInputError, match="3 columns"):
        surface.evaluate([[2026.0, 1.0]])
    many = random_inputs(60, 1)
    with pytest.raises(ModelInputError, match="chances must lie in"):
        fit_surface(AXES, many, outcomes(many) + 1, chances=BOTH, degree=3)


def test_spread_points_take_every_part_of_each_range_once(rng: np.random.Generator) -> None:
    axes = (Axis("x", 0.0, 10.0), Axis("y", 1.0, 100.0, scale="log"))
    points = spread_points(axes, 10, rng=rng)
    parts = [np.floor(5 * (a.scaled(column) + 1)) for a, column in zip(axes, points.T, strict=True)]
    assert [sorted(part) for part in parts] == [list(range(10))] * 2
