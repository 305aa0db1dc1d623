from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime, minimize, minimize_scalar
from scipy.special import huber

from models.capability import scaling_law
from models.capability import scaling_law_newton as newton
from models.capability.scaling_law import (
    HOFFMANN_ET_AL,
    ScalingLaw,
    ScalingLawDraws,
    bootstrap_scaling_law,
    compare_likelihoods,
    estimate_compute_penalty,
    fit_absolute_deviations,
    fit_scaling_law,
    summarise_bootstrap,
)
from models.capability.scaling_law_newton import TrainingRuns, minimise_huber
from models.core.errors import ModelInputError

RUNS = Path(__file__).parents[3] / "data" / "tables" / "scaling_law_runs.csv"
TRUTH = ScalingLaw(a=400.0, b=2000.0, e=1.8, alpha=0.34, beta=0.37, objective=0.0, n=0)


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    return pd.read_csv(RUNS)


@pytest.fixture(scope="module")
def law(runs: pd.DataFrame) -> ScalingLaw:
    return fit_scaling_law(runs)


def simulated(rng: np.random.Generator, *, n: int = 200, sd: float = 0.0) -> pd.DataFrame:
    size, tokens = 10 ** rng.uniform(8, 10.5, n), 10 ** rng.uniform(9, 11.5, n)
    loss = TRUTH.loss(size, tokens) * np.exp(rng.normal(0, sd, n))
    return pd.DataFrame(
        {"parameters": size, "training_compute_flop": 6 * size * tokens, "loss": loss}
    )


def test_huber_optimum_of_the_replication(law: ScalingLaw) -> None:
    # Besiroglu et al. 2024, their notebook: delta 1e-3, five highest losses dropped.
    assert law.n == 240
    assert law.objective == pytest.approx(0.00101827402, abs=1e-8)
    assert law.a == pytest.approx(477.83, rel=5e-3)
    assert law.b == pytest.approx(2143.4, rel=5e-3)
    assert law.e == pytest.approx(1.81722, abs=1e-4)
    assert law.alpha == pytest.approx(0.34731, abs=1e-4)
    assert law.beta == pytest.approx(0.36717, abs=1e-4)


def test_published_table_is_in_effect_least_absolute_deviations(runs: pd.DataFrame) -> None:
    law = fit_absolute_deviations(runs)
    assert law.alpha == pytest.approx(0.34781, abs=1e-4)
    assert law.beta == pytest.approx(0.36585, abs=1e-4)
    assert law.e == pytest.approx(1.81686, abs=1e-4)
    assert law.a == pytest.approx(482.01, rel=1e-3)
    assert law.b == pytest.approx(2085.43, rel=1e-3)
    assert law.beta / (law.alpha + law.beta) == pytest.approx(0.513, abs=2e-3)


def test_least_absolute_deviations_pass_through_as_many_runs_as_coefficients(
    runs: pd.DataFrame,
) -> None:
    law = fit_absolute_deviations(runs)
    inner = scaling_law._runs(runs, 5)
    distances = np.sort(np.abs(scaling_law._residuals(law, inner)))
    assert distances[4] < 1e-8
    assert distances[5] > 1e-6
    assert law.objective == pytest.approx(distances.sum(), rel=1e-6)


def test_bootstrap_errors_are_those_of_the_replication(
    runs: pd.DataFrame, law: ScalingLaw, rng: np.random.Generator
) -> None:
    # Besiroglu et al. 2024, 4,000 refits.
    draws = bootstrap_scaling_law(runs, law, rng=rng, replications=4000)
    published = {"a": 124.5, "b": 1293.3, "e": 0.0257, "alpha": 0.0154, "beta": 0.0206}
    assert draws.standard_errors() == pytest.approx(published, rel=0.1)
    assert draws.converged_share == 1


def test_hoffmann_et_al_are_rejected_as_in_the_replication(runs: pd.DataFrame) -> None:
    test = compare_likelihoods(runs, HOFFMANN_ET_AL)
    assert test.statistic == pytest.approx(84.00, abs=0.5)
    assert test.p_value < 1e-15
    assert (test.test.p_value, test.test.n) == (test.p_value, 240)
    best = compare_likelihoods(runs, fit_absolute_deviations(runs))
    assert best.statistic == pytest.approx(0, abs=1e-9)
    assert best.p_value == pytest.approx(1)


def plain_objective(theta: np.ndarray, runs: TrainingRuns, counts: np.ndarray) -> float:
    terms = [theta[0] - theta[3] * runs.size, theta[1] - theta[4] * runs.tokens]
    predicted = np.logaddexp.reduce([*terms, np.full_like(runs.size, theta[2])])
    return float(counts @ huber(1e-3, predicted - runs.log_loss)) / 1e-3


def test_batched_fits_are_those_of_scipy(
    runs: pd.DataFrame, law: ScalingLaw, rng: np.random.Generator
) -> None:
    inner = scaling_law._runs(runs, 5)
    counts = rng.multinomial(240, np.full(240, 1 / 240), size=4).astype(float)
    fits = minimise_huber(inner, counts, scaling_law._centred(law, inner), delta=1e-3)
    for row, theta, value in zip(counts, fits.theta, fits.objective, strict=True):
        alone = minimize(plain_objective, theta + 0.01, args=(inner, row), method="BFGS")
        assert value / 1e-3 == pytest.approx(plain_objective(theta, inner, row), rel=1e-12)
        assert value / 1e-3 <= alone.fun + 1e-9
        assert theta == pytest.approx(alone.x, abs=1e-3)


def test_a_fit_does_not_depend_on_its_batch(
    runs: pd.DataFrame, law: ScalingLaw, rng: np.random.Generator
) -> None:
    inner = scaling_law._runs(runs, 5)
    counts = rng.multinomial(240, np.full(240, 1 / 240), size=130).astype(float)
    start = scaling_law._centred(law, inner)
    together = minimise_huber(inner, counts, start, delta=1e-3)
    alone = minimise_huber(inner, counts[[0, 129]], start, delta=1e-3)
    assert together.theta[[0, 129]] == pytest.approx(alone.theta, abs=1e-9)


def test_newton_derivatives_are_those_of_finite_differences(runs: pd.DataFrame) -> None:
    inner = scaling_law._runs(runs, 5)
    weights, theta = np.full((1, 240), 1.5), np.array([-0.9, -1.1, 0.6, 0.33, 0.39])

    def state(at: np.ndarray) -> newton._State:
        return newton._evaluate(inner, weights, at[None], 1e-2)

    def gradient(at: np.ndarray) -> np.ndarray:
        return newton._derivatives(inner, weights, state(at), 1e-2)[0][0]

    slope, hessian, _ = newton._derivatives(inner, weights, state(theta), 1e-2)
    numeric = approx_fprime(theta, lambda t: state(t).objective[0], 1e-7)
    assert slope[0] == pytest.approx(numeric, rel=1e-3)
    numeric = np.array(
        [(gradient(theta + h) - gradient(theta - h)) / 2e-7 for h in np.eye(5) * 1e-7]
    )
    assert hessian[0] == pytest.approx(numeric, rel=1e-3, abs=1e-4)


def test_noiseless_runs_give_the_truth_back(rng: np.random.Generator) -> None:
    law = fit_scaling_law(simulated(rng), drop_highest=0)
    assert (law.a, law.b) == pytest.approx((TRUTH.a, TRUTH.b), rel=1e-2)
    assert (law.e, law.alpha, law.beta) == pytest.approx((1.8, 0.34, 0.37), abs=1e-3)


def coverage(rng: np.random.Generator, *, simulations: int, replications: int) -> float:
    """Share of 90% intervals of alpha that hold the truth."""
    hits = 0
    for _ in range(simulations):
        frame = simulated(rng, n=240, sd=0.004)  # the size and noise of the published runs
        law = fit_scaling_law(frame, delta=0.02, drop_highest=0)
        draws = bootstrap_scaling_law(
            frame, law, rng=rng, replications=replications, delta=0.02, drop_highest=0
        )
        alpha = summarise_bootstrap(law, draws, lambda one: one.alpha, level=0.9)
        hits += alpha.low <= TRUTH.alpha <= alpha.high
    return hits / simulations


def test_intervals_cover_the_truth(rng: np.random.Generator) -> None:
    # 30 simulations: two standard errors are 0.11.
    assert 0.78 <= coverage(rng, simulations=30, replications=100) <= 0.99


@pytest.mark.slow
def test_intervals_cover_at_their_level(rng: np.random.Generator) -> None:
    assert 0.85 <= coverage(rng, simulations=200, replications=100) <= 0.95


@pytest.mark.parametrize("compute", [1e21, 1e25])
def test_optimal_size_is_the_minimum_over_sizes(compute: float) -> None:
    def loss(log_size: float) -> float:
        return float(TRUTH.loss(10**log_size, compute / 6 / 10**log_size))

    best = minimize_scalar(loss, bounds=(7, 14), method="bounded", options={"xatol": 1e-9})
    assert float(TRUTH.optimal_parameters(compute)) == pytest.approx(10**best.x, rel=1e-4)
    assert float(TRUTH.optimal_loss(compute)) == pytest.approx(best.fun, rel=1e-12)


def test_reducible_loss_is_a_power_of_the_gap() -> None:
    # L*(C) - E is proportional to C^-(alpha beta / (alpha + beta)).
    power = TRUTH.alpha * TRUTH.beta / (TRUTH.alpha + TRUTH.beta)
    draws = ScalingLawDraws(*(np.full(2, v) for v in (400.0, 2000, 1.8, 0.34, 0.37, 0)), 1.0)
    penalty = estimate_compute_penalty(TRUTH, draws, compute_flop=1e25, gap=10)
    assert penalty.share_of_reducible.value == pytest.approx(100 * (10**power - 1))
    assert penalty.share_of_reducible.high == pytest.approx(penalty.share_of_reducible.value)
    none = estimate_compute_penalty(TRUTH, draws, compute_flop=1e25, gap=1)
    assert none.extra_loss.value == pytest.approx(0, abs=1e-12)


def test_one_wild_run_hardly_moves_the_fit(rng: np.random.Generator) -> None:
    frame = simulated(rng, sd=0.005)
    clean = fit_scaling_law(frame, drop_highest=0)
    frame.loc[frame["loss"].idxmin(), "loss"] *= 1.5
    assert fit_scaling_law(frame, drop_highest=0).alpha == pytest.approx(clean.alpha, abs=0.01)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loss": np.nan}, "complete"),
        ({"loss": -1.0}, "positive"),
        ({"parameters": 0.0}, "positive"),
    ],
)
def test_bad_runs_are_refused(runs: pd.DataFrame, change: dict[str, float], message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        fit_scaling_law(runs.assign(**change))


def test_bad_arguments_are_refused(
    runs: pd.DataFrame, law: ScalingLaw, rng: np.random.Generator
) -> None:
    with pytest.raises(ModelInputError, match="at least 25 rows"):
        fit_scaling_law(runs.head(24))
    with pytest.raises(ModelInputError, match="delta"):
        fit_scaling_law(runs, delta=0)
    with pytest.raises(ModelInputError, match="drop_highest"):
        fit_scaling_law(runs, drop_highest=-1)
    with pytest.raises(ModelInputError, match="replications"):
        bootstrap_scaling_law(runs, law, rng=rng, replications=5)
    draws = bootstrap_scaling_law(runs, law, rng=rng, replications=20)
    with pytest.raises(ModelInputError, match="gap"):
        estimate_compute_penalty(law, draws, compute_flop=1e25, gap=0)


def test_same_seed_same_draws(runs: pd.DataFrame, law: ScalingLaw) -> None:
    one, two = (
        bootstrap_scaling_law(runs, law, rng=np.random.default_rng(7), replications=20)
        for _ in range(2)
    )
    assert one.alpha.tobytes() == two.alpha.tobytes()
