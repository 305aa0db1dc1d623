"""Loss as a function of model size and data: the parametric fit of Hoffmann et al."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize

from models.bootstrap import percentile_estimate, resampled_rows
from models.checks import require_positive_number, require_replications, require_table
from models.errors import ModelInputError
from models.estimates import Estimate
from models.regression import FloatArray

FLOP_PER_PARAMETER_AND_TOKEN = 6
HUBER_DELTA = 1e-3
DROPPED_HIGHEST_LOSSES = 5
MINIMUM_RUNS = 20
_COLUMNS = ("parameters", "training_compute_flop", "loss")
# Logs of the three terms at the mean run, alpha, beta: around the values met in practice.
_STARTS = tuple(product((-3.0, -1.0, 1.0), (-3.0, -1.0, 1.0), (-0.5, 0.5), (0.2, 0.8), (0.2, 0.8)))
_CANDIDATES = 6
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class ScalingLaw:
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
class ComputePenalty:
    """What less training compute costs in loss, both runs sized at their best.

    Attributes
    ----------
    extra_loss : Estimate
        Nats per token above the loss of the larger run.
    share_of_reducible : Estimate
        `extra_loss` over the part of the larger run's loss above E, in percent.
    """

    extra_loss: Estimate
    share_of_reducible: Estimate


@dataclass(frozen=True)
class _Runs:
    """Logs of size and tokens about their means, which makes the fit well conditioned."""

    size: FloatArray
    tokens: FloatArray
    log_loss: FloatArray
    mean_size: float
    mean_tokens: float

    def rows(self, index: npt.NDArray[np.intp]) -> "_Runs":
        picked = self.size[index], self.tokens[index], self.log_loss[index]
        return _Runs(*picked, self.mean_size, self.mean_tokens)


def fit_scaling_law(
    frame: pd.DataFrame,
    *,
    delta: float = HUBER_DELTA,
    drop_highest: int = DROPPED_HIGHEST_LOSSES,
) -> ScalingLaw:
    """Minimise the Huber loss of the log residuals from a grid of starts.

    The objective is the sum over runs of Huber(log predicted - log observed loss),
    with the prediction as a log-sum-exp (Hoffmann et al. 2022, section 3.3;
    Besiroglu et al. 2024 refit it to the runs in this book's table).

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
    values = np.array([_objective(np.array(start), runs, delta)[0] for start in _STARTS])
    promising = np.argsort(values, kind="stable")[:_CANDIDATES]
    fits = [_minimise(np.array(_STARTS[i]), runs, delta) for i in promising]
    theta, value = min(fits, key=lambda fit: fit[1])
    if not np.isfinite(value):
        raise ModelInputError(f"needs runs that a power law can follow, got objective {value}")
    return _law(theta, value, runs)


def bootstrap_scaling_law(
    frame: pd.DataFrame,
    law: ScalingLaw,
    *,
    rng: np.random.Generator,
    replications: int = 100,
    delta: float = HUBER_DELTA,
    drop_highest: int = DROPPED_HIGHEST_LOSSES,
) -> tuple[ScalingLaw, ...]:
    """Refit the law to runs drawn with replacement, each from the law's optimum.

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
    start = _centred(law, runs)
    picks = resampled_rows(np.arange(len(runs.log_loss)), rng, replications)
    fits = (_minimise(start, runs.rows(rows), delta) for rows in picks)
    return tuple(_law(theta, value, runs) for theta, value in fits)


def bootstrap_estimate(
    law: ScalingLaw,
    draws: tuple[ScalingLaw, ...],
    quantity: Callable[[ScalingLaw], float],
    *,
    level: float = 0.90,
    unit: str = "",
) -> Estimate:
    """Percentile interval of whatever number is made of a scaling law."""
    values = [quantity(draw) for draw in draws]
    return percentile_estimate(quantity(law), values, level=level, n=law.n, unit=unit)


def compute_penalty(
    law: ScalingLaw,
    draws: tuple[ScalingLaw, ...],
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

    def extra(one: ScalingLaw) -> float:
        return float(one.optimal_loss(compute_flop / gap) - one.optimal_loss(compute_flop))

    def share(one: ScalingLaw) -> float:
        return 100 * extra(one) / float(one.optimal_loss(compute_flop) - one.e)

    return ComputePenalty(
        bootstrap_estimate(law, draws, extra, level=level, unit="nats per token"),
        bootstrap_estimate(law, draws, share, level=level, unit="%"),
    )


def _runs(frame: pd.DataFrame, drop_highest: int) -> _Runs:
    if drop_highest < 0:
        raise ModelInputError(f"drop_highest must not be negative, got {drop_highest}")
    require_table(frame, complete=_COLUMNS, positive=_COLUMNS, minimum=MINIMUM_RUNS + drop_highest)
    kept = frame.sort_values("loss", kind="stable").iloc[: len(frame) - drop_highest]
    size, compute, loss = (np.log(kept[name].to_numpy(dtype=float)) for name in _COLUMNS)
    tokens = compute - np.log(FLOP_PER_PARAMETER_AND_TOKEN) - size
    means = float(size.mean()), float(tokens.mean())
    return _Runs(size - means[0], tokens - means[1], loss, *means)


def _objective(theta: FloatArray, runs: _Runs, delta: float) -> tuple[float, FloatArray]:
    """Sum of Huber losses and its gradient in the logs of the terms, alpha and beta."""
    of_size, of_tokens, log_e, alpha, beta = theta
    constant = np.full_like(runs.size, log_e)
    terms = np.stack([of_size - alpha * runs.size, of_tokens - beta * runs.tokens, constant])
    predicted = np.logaddexp.reduce(terms)
    residual = predicted - runs.log_loss
    distance = np.abs(residual)
    value = np.where(distance <= delta, residual**2 / 2, delta * (distance - delta / 2)).sum()
    # d predicted / d term is the softmax share of the term.
    pulled = np.exp(terms - predicted) * np.clip(residual, -delta, delta)
    slopes = [-pulled[0] @ runs.size, -pulled[1] @ runs.tokens]
    return float(value), np.array([*pulled.sum(axis=1), *slopes])


def _minimise(start: FloatArray, runs: _Runs, delta: float) -> tuple[FloatArray, float]:
    # In units of delta the objective and its gradient are of order one.
    def scaled(theta: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = _objective(theta, runs, delta)
        return value / delta, gradient / delta

    found = minimize(scaled, start, jac=True, method="BFGS", options={"gtol": _TOLERANCE})
    return found.x, float(found.fun) * delta


def _centred(law: ScalingLaw, runs: _Runs) -> FloatArray:
    of_size = np.log(law.a) - law.alpha * runs.mean_size
    of_tokens = np.log(law.b) - law.beta * runs.mean_tokens
    return np.array([of_size, of_tokens, np.log(law.e), law.alpha, law.beta])


def _law(theta: FloatArray, objective: float, runs: _Runs) -> ScalingLaw:
    of_size, of_tokens, log_e, alpha, beta = (float(value) for value in theta)
    a = float(np.exp(of_size + alpha * runs.mean_size))
    b = float(np.exp(of_tokens + beta * runs.mean_tokens))
    return ScalingLaw(a, b, float(np.exp(log_e)), alpha, beta, objective, len(runs.log_loss))
