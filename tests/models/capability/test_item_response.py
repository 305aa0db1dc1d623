"""Item response curves: the truth comes back from simulated shares, and bounds are refused."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from models.capability.item_response import PENALTY, ResponseCurves, fit_responses
from models.core.errors import ModelInputError

TAKERS, ITEMS = 40, 12


def simulate(
    noise: float = 0.0, seed: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64], ResponseCurves]:
    """Return shares, weights with gaps, and the curves behind them."""
    rng = np.random.default_rng(seed)
    ability, difficulty = rng.normal(0, 1, TAKERS), rng.normal(0, 1, ITEMS)
    slope = np.concatenate([[1.0], rng.uniform(0.6, 3, ITEMS - 1)])
    shares = expit(slope * (ability[:, None] - difficulty)) + rng.normal(0, noise, (TAKERS, ITEMS))
    weights = (rng.random((TAKERS, ITEMS)) < 0.7).astype(float)
    truth = ResponseCurves(ability, difficulty, slope, 0, 0)
    return np.clip(shares, 0.001, 0.999), weights, truth


def test_the_truth_comes_back_without_noise() -> None:
    shares, weights, truth = simulate()
    found = fit_responses(shares, weights, unit_item=0)
    # The ridge pulls a little: some hundredths on a scale with a standard deviation of 1.
    assert found.slope[0] == 1
    assert np.corrcoef(found.ability, truth.ability)[0, 1] > 0.999
    assert found.expect() == pytest.approx(truth.expect(), abs=0.03)


def test_noise_moves_it_little() -> None:
    shares, weights, truth = simulate(noise=0.03)
    found = fit_responses(shares, weights, unit_item=0)
    assert np.corrcoef(found.ability, truth.ability)[0, 1] > 0.99


def test_the_loss_is_what_it_says_and_no_step_lowers_it() -> None:
    shares, weights, _ = simulate(noise=0.05)
    found = fit_responses(shares, weights, unit_item=0)
    free = found.slope[1:]
    size = sum(float(part @ part) for part in (found.ability, found.difficulty, free))
    ridge = PENALTY / (TAKERS + 2 * ITEMS - 1)
    loss = float((weights * (found.expect() - shares) ** 2).sum()) + ridge * size
    assert found.loss == pytest.approx(loss)
    rng = np.random.default_rng(2)
    for _ in range(50):
        nearby = ResponseCurves(
            found.ability + rng.normal(0, 1e-3, TAKERS),
            found.difficulty + rng.normal(0, 1e-3, ITEMS),
            found.slope,
            0,
            0,
        )
        away = float((weights * (nearby.expect() - shares) ** 2).sum())
        norms = sum(float(p @ p) for p in (nearby.ability, nearby.difficulty, free))
        assert away + ridge * norms > found.loss - 1e-9


def test_a_weight_is_so_many_copies_of_a_result() -> None:
    """Twice the weight of one taker's results equals that taker twice, but for the ridge."""
    shares, weights, _ = simulate(noise=0.05)
    doubled = weights.copy()
    doubled[3] *= 2
    once = fit_responses(shares, doubled, unit_item=0)
    twice = fit_responses(
        np.vstack([shares, shares[3]]), np.vstack([weights, weights[3]]), unit_item=0
    )
    assert once.difficulty == pytest.approx(twice.difficulty, abs=0.03)


def test_a_start_at_the_end_takes_one_step_and_stays() -> None:
    shares, weights, _ = simulate(noise=0.05)
    found = fit_responses(shares, weights, unit_item=0)
    again = fit_responses(shares, weights, unit_item=0, start=found)
    assert again.steps <= 2
    assert again.ability == pytest.approx(found.ability, abs=1e-3)


def test_parameters_at_a_bound_stay_there_and_the_fit_ends() -> None:
    """An item that everybody of ability solves and nobody else is steeper than allowed."""
    rng = np.random.default_rng(5)
    ability = rng.normal(0, 1, TAKERS)
    shares = np.clip(expit(ability[:, None] - rng.normal(0, 1, ITEMS)), 0.001, 0.999)
    shares[:, 4] = np.where(ability > 0, 0.999, 0.001)
    found = fit_responses(shares, np.ones_like(shares), unit_item=0)
    assert found.slope.max() <= 10
    assert found.slope[4] == found.slope.max()


@pytest.mark.parametrize(
    ("share", "weight", "message"), [(0.0, 1.0, "between 0 and 1"), (0.5, -1.0, "0 or more")]
)
def test_what_is_no_share_or_weight_is_refused(share: float, weight: float, message: str) -> None:
    shares, weights, _ = simulate()
    shares[0, 0], weights[0, 0] = share, weight
    with pytest.raises(ModelInputError, match=message):
        fit_responses(shares, weights, unit_item=0)
