"""The local level model against statsmodels, and against series of known spreads."""

import numpy as np
import pytest
from statsmodels.tsa.statespace.structural import UnobservedComponents

from models.core.errors import ModelInputError
from models.core.local_level import fit_local_level, solve_level

SERIES = np.array([8.3, 9.1, 4.3, 7.0, 9.8, 5.2, 6.0, 4.6, 7.8, 10.2])


@pytest.mark.parametrize(("permanent", "transitory"), [(1.0, 2.0), (2.5, 0.5), (0.2, 3.0)])
def test_the_level_given_the_spreads_is_that_of_the_kalman_filter(
    permanent: float, transitory: float
) -> None:
    model = UnobservedComponents(SERIES, "llevel", use_exact_diffuse=True)
    filtered = model.filter([transitory**2, permanent**2])
    given = solve_level(SERIES, np.array([permanent]), np.array([transitory]))
    assert given.mean[0] == pytest.approx(filtered.filtered_state[0, -1], rel=1e-9)
    assert given.variance[0] == pytest.approx(filtered.filtered_state_cov[0, 0, -1], rel=1e-9)


def test_the_likelihood_is_the_diffuse_one_up_to_a_constant() -> None:
    model = UnobservedComponents(SERIES, "llevel", use_exact_diffuse=True)
    spreads = [(1.0, 2.0), (2.5, 0.5), (0.2, 3.0)]
    theirs = np.array([model.filter([t**2, p**2]).llf for p, t in spreads])
    permanent, transitory = np.array(spreads).T
    given = solve_level(SERIES, permanent, transitory)
    ours = -0.5 * (given.log_volume + given.squares)
    np.testing.assert_allclose(ours - ours[0], theirs - theirs[0], rtol=1e-7)


@pytest.mark.parametrize("shift", [0.0, 1000.0])
@pytest.mark.parametrize("unit", [0.01, 50.0])
def test_neither_origin_nor_unit_of_the_series_matters(shift: float, unit: float) -> None:
    plain = fit_local_level(SERIES, rng=np.random.default_rng(2))
    moved = fit_local_level(shift + unit * SERIES, rng=np.random.default_rng(2))
    np.testing.assert_allclose(moved.level, shift + unit * plain.level, rtol=1e-7)
    np.testing.assert_allclose(moved.permanent_sd, unit * plain.permanent_sd, rtol=1e-5)


def test_a_long_series_tells_the_spreads_apart() -> None:
    rng = np.random.default_rng(6)
    level = np.cumsum(rng.normal(0, 0.5, 60))
    found = fit_local_level(level + rng.normal(0, 4.0, 60), rng=rng)
    assert found.estimate("permanent_sd", 0.9).high < 2.0
    assert found.estimate("transitory_sd", 0.9).value == pytest.approx(4.0, rel=0.2)
    assert found.n == 60


@pytest.mark.parametrize(
    ("values", "message"),
    [([1, 2, 3], "4 values"), ([2, 2, 2, 2, 2], "vary"), ([1, 2, 3, np.nan, 5], "finite")],
)
def test_series_without_an_answer_are_refused(values: list[float], message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        fit_local_level(values, rng=np.random.default_rng(1))
