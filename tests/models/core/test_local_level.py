"""The local level model against statsmodels, and against series of known spreads."""

import numpy as np
import pytest
from statsmodels.tsa.statespace.structural import UnobservedComponents

from models.core.errors import ModelInputError
from models.core.local_level import compute_restricted_likelihood, fit_local_level

SERIES = np.array([8.3, 9.1, 4.3, 7.0, 9.8, 5.2, 6.0, 4.6, 7.8, 10.2])


@pytest.mark.parametrize(("permanent", "transitory"), [(1.0, 2.0), (2.5, 0.5), (0.2, 3.0)])
def test_the_level_given_the_spreads_is_that_of_the_kalman_filter(
    permanent: float, transitory: float
) -> None:
    model = UnobservedComponents(SERIES, "llevel", use_exact_diffuse=True)
    filtered = model.filter([transitory**2, permanent**2])
    mean, variance, _ = compute_restricted_likelihood(
        SERIES, np.array([permanent]), np.array([transitory])
    )
    assert mean[0] == pytest.approx(filtered.filtered_state[0, -1], rel=1e-9)
    assert variance[0] == pytest.approx(filtered.filtered_state_cov[0, 0, -1], rel=1e-9)


def test_the_likelihood_is_the_diffuse_one_up_to_a_constant() -> None:
    model = UnobservedComponents(SERIES, "llevel", use_exact_diffuse=True)
    spreads = [(1.0, 2.0), (2.5, 0.5), (0.2, 3.0)]
    theirs = np.array([model.filter([t**2, p**2]).llf for p, t in spreads])
    permanent, transitory = np.array(spreads).T
    _, _, ours = compute_restricted_likelihood(SERIES, permanent, transitory)
    np.testing.assert_allclose(ours - ours[0], theirs - theirs[0], rtol=1e-7)


def covered(permanent: float, transitory: float, replications: int, steps: int) -> dict[str, float]:
    """Share of simulated series whose 90% intervals hold what they were simulated from."""
    rng = np.random.default_rng(5)
    hits = {"level": 0, "permanent_sd": 0, "transitory_sd": 0}
    for _ in range(replications):
        level = np.cumsum(rng.normal(0, permanent, steps))
        found = fit_local_level(level + rng.normal(0, transitory, steps), rng=rng, n_draws=1000)
        true = {"level": level[-1], "permanent_sd": permanent, "transitory_sd": transitory}
        for name, value in true.items():
            estimate = found.estimate(name, 0.90)
            hits[name] += estimate.low <= value <= estimate.high
    return {name: count / replications for name, count in hits.items()}


def test_intervals_hold_what_the_series_was_simulated_from() -> None:
    # Flat priors and twelve observations: the posterior is allowed to be cautious.
    shares = covered(1.5, 2.0, replications=200, steps=12)
    assert all(share >= 0.85 for share in shares.values()), shares


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
