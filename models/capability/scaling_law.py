"""Loss as a function of model size and data: the parametric fit of Hoffmann et al."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy

from models.capability.scaling_law_newton import HuberFits, TrainingRuns, minimise_huber
from models.core import units
from models.core.bootstrap import estimate_by_percentiles
from models.core.distributions import chi2_tail, normal_tail
from models.core.errors import ModelInputError
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import require_positive_number, require_replications, require_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from models.core.estimates import Estimate
    from models.core.regression import FloatArray

FLOP_PER_PARAMETER_AND_TOKEN = 6
HUBER_DELTA = 1e-3
DROPPED_HIGHEST_LOSSES = 5
MINIMUM_RUNS = 20
_COLUMNS = ("parameters", "training_compute_flop", "loss")
_COEFFICIENTS = 5
# Logs of the three terms at the mean run, alpha, beta: around the values met in practice.
_STARTS = np.array(
    [*product((-3.0, -1.0, 1.0), (-3.0, -1.0, 1.0), (-0.5, 0.5), (0.2, 0.8), (0.2, 0.8))]
)
# Thresholds on the way from Huber's loss to absolute deviations; below the last one the
# five residuals that the fit passes through are all that is left inside.
_TO_ABSOLUTE = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
_LOG_SCALES = (-25.0, 5.0)


class _PowerLaw:
    r"""What follows from :math:`L(N, D) = E + A N^{-\alpha} + B D^{-\beta}`, one law or many."""

    a: float | FloatArray
    b: float | FloatArray
    e: float | FloatArray
    alpha: float | FloatArray
    beta: float | FloatArray

    def loss(self, parameters: npt.ArrayLike, tokens: npt.ArrayLike) -> FloatArray:
        """Loss in nats per token at model size `parameters` and data of `tokens`."""
        size, data = np.asarray(parameters, dtype=float), np.asarray(tokens, dtype=float)
        return np.asarray(self.e + self.a * size**-self.alpha + self.b * data**-self.beta)

    def optimal_parameters(self, compute_flop: npt.ArrayLike) -> FloatArray:
        """Model size of lowest loss under C = 6ND (Hoffmann et al. 2022, equation 4)."""
        total = self.alpha + self.beta
        factor = (self.alpha * self.a / (self.beta * self.b)) ** (1 / total)
        product_nd = np.asarray(compute_flop, dtype=float) / FLOP_PER_PARAMETER_AND_TOKEN
        return np.asarray(factor * product_nd ** (self.beta / total))

    def optimal_loss(self, compute_flop: npt.ArrayLike) -> FloatArray:
        """Lowest loss, in nats per token, that a training compute in FLOP allows."""
        compute = np.asarray(compute_flop, dtype=float)
        size = self.optimal_parameters(compute)
        return self.loss(size, compute / (FLOP_PER_PARAMETER_AND_TOKEN * size))


@dataclass(frozen=True)
class ScalingLaw(_PowerLaw):
    r"""The law :math:`L(N, D) = E + A N^{-\alpha} + B D^{-\beta}`.

    Attributes
    ----------
    a, b : float
        Coefficients A (of parameters) and B (of tokens), in nats per token.
    e : float
        Irreducible loss E, in nats per token.
    alpha, beta : float
        Exponents of parameters and of tokens.
    objective : float
        Sum of the Huber losses at the optimum.
    n : int
        Training runs fitted.
    """

    a: float
    b: float
    e: float
    alpha: float
    beta: float
    objective: float
    n: int


HOFFMANN_ET_AL = ScalingLaw(
    math.exp(6.0073404), math.exp(6.0179186), math.exp(0.5267228), 0.33917084, 0.2849083, 0.0, 0
)
"""The fit of Hoffmann et al. 2022, unrounded in the source of their arXiv paper."""


@dataclass(frozen=True)
class ScalingLawDraws(_PowerLaw):
    """Bootstrap refits of a `ScalingLaw`, one array a coefficient.

    Attributes
    ----------
    a, b, e, alpha, beta, objective : ndarray, shape (replications,)
        As in `ScalingLaw`.
    converged_share : float
        Share of the refits whose optimiser met its tolerance.
    """

    a: FloatArray
    b: FloatArray
    e: FloatArray
    alpha: FloatArray
    beta: FloatArray
    objective: FloatArray
    converged_share: float

    def standard_errors(self) -> dict[str, float]:
        """Return the standard deviation over the refits, by coefficient."""
        names = ("a", "b", "e", "alpha", "beta")
        return {name: float(np.std(getattr(self, name), ddof=1)) for name in names}


@dataclass(frozen=True)
class ComputePenalty:
    """What less training compute costs in loss, both runs sized at their best.

    Attributes
    ----------
    extra_loss : Estimate
        Nats per token above the loss of the larger run.
    share_of_reducible : Estimate
        Extra loss over the part of the larger run's loss that can be reduced, %.
    """

    extra_loss: Estimate
    share_of_reducible: Estimate


@dataclass(frozen=True)
class LikelihoodRatio:
    """Whether given coefficients could have made the runs.

    Attributes
    ----------
    statistic : float
        Twice the gap in log likelihood to the best coefficients.
    p_value : float
        P-value of the given coefficients, from chi squared with 5 degrees of freedom.
    n : int
        Training runs.
    """

    statistic: float
    p_value: float
    n: int

    @property
    def test(self) -> HypothesisTest:
        """The test of the given coefficients."""
        return HypothesisTest("The given coefficients made the runs.", self.p_value, self.n)


def fit_scaling_law(
    frame: pd.DataFrame,
    *,
    delta: float = HUBER_DELTA,
    drop_highest: int = DROPPED_HIGHEST_LOSSES,
) -> ScalingLaw:
    """Minimise the Huber loss of the log residuals from a grid of starts.

    The objective is the sum over runs of Huber(log predicted - log observed loss)
    (Hoffmann et al. 2022, section 3.3; Besiroglu et al. 2024 refit it to the runs
    in this book's table).

    Parameters
    ----------
    frame : DataFrame
        Columns parameters, training_compute_flop and loss (nats per token),
        one training run a row; tokens are C / (6N).
    delta : float
        Where the Huber loss turns from quadratic to linear, in log loss.
    drop_highest : int
        Runs of the highest loss to leave out: the replication drops five.

    Raises
    ------
    ModelInputError
        If runs are fewer than 20 after dropping, a value is missing or not
        positive, `delta` is not positive, or no start converges.
    """
    require_positive_number(delta, "delta")
    runs = _runs(frame, drop_highest)
    weights = np.ones((len(_STARTS), len(runs.log_loss)))
    fits = minimise_huber(runs, weights, _STARTS, delta=delta)
    reached = np.where(fits.converged, fits.objective, np.inf)
    best = int(reached.argmin())
    if not np.isfinite(reached[best]):
        raise ModelInputError("needs runs that a power law can follow, got no convergence")
    return _law(fits, best, runs)


def fit_absolute_deviations(
    frame: pd.DataFrame, *, drop_highest: int = DROPPED_HIGHEST_LOSSES
) -> ScalingLaw:
    """Minimise the absolute log residuals: the limit of `fit_scaling_law` at delta to zero.

    The table that Besiroglu et al. 2024 publish is in effect this fit, because
    their likelihood also estimates a scale, which shrinks the threshold to nothing.
    The threshold is lowered tenfold at a time, each fit from the one before. The
    objective is the sum of absolute residuals.

    Parameters
    ----------
    frame, drop_highest
        As in `fit_scaling_law`.

    Raises
    ------
    ModelInputError
        As `fit_scaling_law`.
    """
    runs = _runs(frame, drop_highest)
    start = fit_scaling_law(frame, drop_highest=drop_highest)
    theta, weights = _centred(start, runs)[None], np.ones((1, start.n))
    for delta in _TO_ABSOLUTE:
        fits = minimise_huber(runs, weights, theta, delta=delta)
        theta = fits.theta
    scaled = HuberFits(fits.theta, fits.objective / delta, fits.converged)
    return _law(scaled, 0, runs)


def bootstrap_scaling_law(
    frame: pd.DataFrame,
    law: ScalingLaw,
    *,
    rng: np.random.Generator,
    replications: int = 4000,
    delta: float = HUBER_DELTA,
    drop_highest: int = DROPPED_HIGHEST_LOSSES,
) -> ScalingLawDraws:
    """Refit the law to runs drawn with replacement, all samples at once.

    Parameters
    ----------
    frame, delta, drop_highest
        As in `fit_scaling_law`; the highest losses are dropped before drawing.
    law : ScalingLaw
        The fit to all runs, where every refit starts.

    Raises
    ------
    ModelInputError
        As `fit_scaling_law`, and if replications are fewer than 20.
    """
    require_replications(replications)
    runs = _runs(frame, drop_highest)
    n = len(runs.log_loss)
    counts = rng.multinomial(n, np.full(n, 1 / n), size=replications).astype(float)
    fits = minimise_huber(runs, counts, _centred(law, runs), delta=delta)
    a, b, e, alpha, beta = _coefficients(fits.theta, runs)
    return ScalingLawDraws(a, b, e, alpha, beta, fits.objective, float(fits.converged.mean()))


def compare_likelihoods(
    frame: pd.DataFrame,
    given: ScalingLaw,
    *,
    delta: float = HUBER_DELTA,
    drop_highest: int = DROPPED_HIGHEST_LOSSES,
) -> LikelihoodRatio:
    """Test given coefficients against the best ones, under the density that Huber's loss implies.

    The density is proportional to exp(-Huber(residual / scale)), and the scale is
    estimated under both (Besiroglu et al. 2024, appendix). With a free scale the
    best coefficients are those of `fit_absolute_deviations`.

    Parameters
    ----------
    frame, drop_highest
        As in `fit_scaling_law`.
    given : ScalingLaw
        Coefficients to test; its objective and n are not used.
    delta : float
        Threshold of the density, in units of its scale.

    Raises
    ------
    ModelInputError
        As `fit_scaling_law`.
    """
    require_positive_number(delta, "delta")
    runs = _runs(frame, drop_highest)
    best = fit_absolute_deviations(frame, drop_highest=drop_highest)
    likelihoods = [_log_likelihood(_residuals(one, runs), delta) for one in (best, given)]
    statistic = 2 * (likelihoods[0] - likelihoods[1])
    return LikelihoodRatio(statistic, float(chi2_tail(statistic, _COEFFICIENTS)), best.n)


def summarise_bootstrap(
    law: ScalingLaw,
    draws: ScalingLawDraws,
    quantity: Callable[[ScalingLaw | ScalingLawDraws], npt.ArrayLike],
    *,
    level: float = 0.90,
    unit: str = "",
) -> Estimate:
    """Percentile interval of whatever number is made of a scaling law's coefficients."""
    value = float(np.asarray(quantity(law)))
    return estimate_by_percentiles(value, quantity(draws), level=level, n=law.n, unit=unit)


def estimate_compute_penalty(
    law: ScalingLaw,
    draws: ScalingLawDraws,
    *,
    compute_flop: float,
    gap: float,
    level: float = 0.90,
) -> ComputePenalty:
    """Compare compute-optimal runs of `compute_flop` and of `compute_flop` / `gap`.

    Far outside the compute of the fitted runs this is extrapolation, which the
    bootstrap interval doesn't cover.

    Raises
    ------
    ModelInputError
        If compute or gap is not positive and finite.
    """
    require_positive_number(compute_flop, "compute_flop")
    require_positive_number(gap, "gap")

    def extra(one: _PowerLaw) -> FloatArray:
        return one.optimal_loss(compute_flop / gap) - one.optimal_loss(compute_flop)

    def share(one: _PowerLaw) -> FloatArray:
        return 100 * extra(one) / (one.optimal_loss(compute_flop) - one.e)

    return ComputePenalty(
        summarise_bootstrap(law, draws, extra, level=level, unit="nats per token"),
        summarise_bootstrap(law, draws, share, level=level, unit=units.PERCENT),
    )


def _runs(frame: pd.DataFrame, drop_highest: int) -> TrainingRuns:
    if drop_highest < 0:
        raise ModelInputError(f"drop_highest must not be negative, got {drop_highest}")
    require_table(frame, complete=_COLUMNS, positive=_COLUMNS, minimum=MINIMUM_RUNS + drop_highest)
    kept = frame.sort_values("loss", kind="stable").iloc[: len(frame) - drop_highest]
    size, compute, loss = (np.log(kept[name].to_numpy(dtype=float)) for name in _COLUMNS)
    tokens = compute - np.log(FLOP_PER_PARAMETER_AND_TOKEN) - size
    means = float(size.mean()), float(tokens.mean())
    return TrainingRuns(size - means[0], tokens - means[1], loss, *means)


def _residuals(law: ScalingLaw, runs: TrainingRuns) -> FloatArray:
    size, tokens = np.exp(runs.size + runs.mean_size), np.exp(runs.tokens + runs.mean_tokens)
    return np.asarray(np.log(law.loss(size, tokens)) - runs.log_loss)


def _log_likelihood(residuals: FloatArray, delta: float) -> float:
    """Log likelihood of residuals under Huber's density, at the best scale."""
    tails = 2 * math.exp(-(delta**2) / 2) / delta
    middle = math.sqrt(2 * math.pi) * (1 - 2 * float(normal_tail(delta)))

    def cost(log_scale: float) -> float:
        scaled = residuals / math.exp(log_scale)
        inside = np.clip(scaled, -delta, delta)
        losses = float((inside * (scaled - inside / 2)).sum())
        return losses + len(residuals) * (math.log(middle + tails) + log_scale)

    found = scipy.optimize.minimize_scalar(
        cost, bounds=_LOG_SCALES, method="bounded", options={"xatol": 1e-10}
    )
    return -float(found.fun)


def _centred(law: ScalingLaw, runs: TrainingRuns) -> FloatArray:
    of_size = np.log(law.a) - law.alpha * runs.mean_size
    of_tokens = np.log(law.b) - law.beta * runs.mean_tokens
    return np.array([of_size, of_tokens, np.log(law.e), law.alpha, law.beta])


def _coefficients(theta: FloatArray, runs: TrainingRuns) -> tuple[FloatArray, ...]:
    """Return A, B, E, alpha and beta, one array each."""
    of_size, of_tokens, log_e, alpha, beta = theta.T
    with np.errstate(over="ignore"):  # a resample without a token term has an infinite B
        a = np.exp(of_size + alpha * runs.mean_size)
        b = np.exp(of_tokens + beta * runs.mean_tokens)
    return a, b, np.exp(log_e), alpha, beta


def _law(fits: HuberFits, row: int, runs: TrainingRuns) -> ScalingLaw:
    a, b, e, alpha, beta = (float(c[row]) for c in _coefficients(fits.theta, runs))
    return ScalingLaw(a, b, e, alpha, beta, float(fits.objective[row]), len(runs.log_loss))
