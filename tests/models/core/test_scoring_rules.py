"""Scores against closed forms and the integrals that define them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from models.core import scoring_rules
from models.core.errors import ModelInputError


def test_crps_of_a_normal_is_the_integral_that_defines_it() -> None:
    mean, sd, outcome = 1.3, 2.1, 2.9
    below, _ = integrate.quad(lambda x: stats.norm.cdf(x, mean, sd) ** 2, -40, outcome)
    above, _ = integrate.quad(lambda x: (1 - stats.norm.cdf(x, mean, sd)) ** 2, outcome, 40)
    assert scoring_rules.compute_crps_normal(mean, sd, outcome) == pytest.approx(
        below + above, rel=1e-8
    )


def test_crps_of_a_standard_normal_at_its_mean() -> None:
    expected = (np.sqrt(2) - 1) / np.sqrt(np.pi)
    assert scoring_rules.compute_crps_normal(0, 1, 0) == pytest.approx(expected, rel=1e-12)


def test_crps_of_draws_tends_to_that_of_their_distribution() -> None:
    draws = np.random.default_rng(7).normal(1.3, 2.1, 200_000)
    assert scoring_rules.compute_crps_sample(draws, 2.9) == pytest.approx(
        float(scoring_rules.compute_crps_normal(1.3, 2.1, 2.9)), abs=0.01
    )


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=30), st.floats(-50, 50))
def test_crps_of_draws_is_the_double_sum(draws: list[float], outcome: float) -> None:
    x = np.array(draws)
    expected = np.abs(x - outcome).mean() - np.abs(x[:, None] - x).mean() / 2
    assert scoring_rules.compute_crps_sample(draws, outcome) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("sd", [0.0, -1.0, float("nan")])
def test_a_spread_that_is_none_is_refused(sd: float) -> None:
    with pytest.raises(ModelInputError, match="positive"):
        scoring_rules.compute_crps_normal(0, sd, 1)


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(ModelInputError, match="draws or more"):
        scoring_rules.compute_crps_sample([1.0], 1)
    with pytest.raises(ModelInputError, match="levels or more"):
        scoring_rules.compute_mid_levels(1)


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=30).map(sorted), st.floats(-50, 50))
def test_quantiles_score_as_twice_their_mean_pinball_loss(
    quantiles: list[float], outcome: float
) -> None:
    levels, x = scoring_rules.compute_mid_levels(len(quantiles)), np.array(quantiles)
    pinball = np.where(outcome < x, (1 - levels) * (x - outcome), levels * (outcome - x))
    assert scoring_rules.compute_crps_sample(x, outcome) == pytest.approx(
        2 * pinball.mean(), abs=1e-9
    )


@pytest.mark.parametrize("outcome", [-1.0, 1.3, 4.0])
def test_twenty_quantiles_score_almost_as_the_distribution(outcome: float) -> None:
    quantiles = stats.norm.ppf(scoring_rules.compute_mid_levels(20), 1.3, 2.1)
    exact = float(scoring_rules.compute_crps_normal(1.3, 2.1, outcome))
    assert scoring_rules.compute_crps_sample(quantiles, outcome) == pytest.approx(exact, rel=0.03)


def test_brier_score_of_sure_wrong_and_undecided() -> None:
    assert scoring_rules.compute_brier_score(
        [1, 0, 0.5, 0.5, 0.9], [1, 1, 0, 1, 1]
    ).tolist() == pytest.approx([0, 1, 0.25, 0.25, 0.01])


@given(st.floats(0, 1), st.floats(0, 1))
def test_brier_score_is_proper(truth: float, said: float) -> None:
    def expected(chance: float) -> float:
        scores = scoring_rules.compute_brier_score([chance, chance], [1, 0])
        return float(truth * scores[0] + (1 - truth) * scores[1])

    assert expected(truth) <= expected(said) + 1e-12


@pytest.mark.parametrize(("chance", "outcome"), [(1.1, 1), (-0.1, 0), (float("nan"), 0), (0.5, 2)])
def test_what_is_no_chance_or_no_outcome_is_refused(chance: float, outcome: float) -> None:
    with pytest.raises(ModelInputError):
        scoring_rules.compute_brier_score(chance, outcome)


def test_the_log_density_of_many_normal_draws_is_that_of_the_normal() -> None:
    draws = np.random.default_rng(9).normal(3, 2, 20_000)
    for outcome in (1.0, 3.0, 7.0):
        expected = stats.norm.logpdf(outcome, 3, 2)
        assert scoring_rules.compute_log_density(draws, outcome) == pytest.approx(expected, abs=0.1)


def test_a_log_density_needs_draws_that_vary() -> None:
    for draws in ([1.0], [1.0, 1.0, 1.0], [1.0, np.nan]):
        with pytest.raises(ModelInputError, match="that vary"):
            scoring_rules.compute_log_density(draws, 1.0)
