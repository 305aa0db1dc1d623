"""Fit many weighted scaling laws at once: damped Newton on the Huber loss, in batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from models.core.regression import FloatArray

_BLOCK = 100  # fits that share a pass: their arrays stay in the processor's cache
_MAXIMUM_ITERATIONS = 200
_STEP_TOLERANCE = 1e-10
_FIRST_DAMPING, _LARGEST_DAMPING = 1e-3, 1e12
_EASE, _TIGHTEN = 0.1, 8.0
_RIDGE = 1e-13  # a term that has vanished has no curvature of its own


@dataclass(frozen=True)
class TrainingRuns:
    """Logs of size and tokens about their means, which makes the fit well conditioned.

    Attributes
    ----------
    size, tokens, log_loss : ndarray, shape (n,)
        Natural logs; the first two less their means.
    mean_size, mean_tokens : float
        The means.
    """

    size: FloatArray
    tokens: FloatArray
    log_loss: FloatArray
    mean_size: float
    mean_tokens: float


@dataclass(frozen=True)
class HuberFits:
    """Optima of a batch of weighted fits.

    Attributes
    ----------
    theta : ndarray, shape (fits, 5)
        Logs of the terms of size, tokens and constant at the mean run, alpha, beta.
    objective : ndarray, shape (fits,)
        Weighted sum of Huber losses.
    converged : ndarray of bool, shape (fits,)
        Whether the last step was below the tolerance.
    """

    theta: FloatArray
    objective: FloatArray
    converged: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _State:
    """Shares of the terms and residuals of every run (fits by runs), and the objectives."""

    of_size: FloatArray
    of_tokens: FloatArray
    residual: FloatArray
    objective: FloatArray

    def where(self, better: npt.NDArray[np.bool_], other: _State) -> _State:
        """Take the rows of the other state where it is better."""
        column = better[:, None]
        return _State(
            np.where(column, other.of_size, self.of_size),
            np.where(column, other.of_tokens, self.of_tokens),
            np.where(column, other.residual, self.residual),
            np.where(better, other.objective, self.objective),
        )


def minimise_huber(
    runs: TrainingRuns, weights: FloatArray, starts: FloatArray, *, delta: float
) -> HuberFits:
    r"""Minimise :math:`\sum_i w_i H_\delta(\log \hat L_i - \log L_i)` for each row of weights.

    A Newton step damped as by Levenberg and Marquardt (Marquardt 1963): it is taken
    where it lowers the objective and shortened where it does not, fit by fit, so that
    every fit ends in a local minimum no higher than its start. A bootstrap sample
    is a row of counts.

    Parameters
    ----------
    weights : ndarray, shape (fits, n)
        Weight of each run in each fit.
    starts : ndarray, shape (5,) or (fits, 5)
        Where the fits start.
    delta : float
        Where the Huber loss turns from quadratic to linear, in log loss.
    """
    theta = np.broadcast_to(starts, (len(weights), 5)).astype(float)
    blocks = range(0, len(weights), _BLOCK)
    fits = [
        _minimise_block(runs, weights[i : i + _BLOCK], theta[i : i + _BLOCK], delta) for i in blocks
    ]
    return HuberFits(
        np.concatenate([fit.theta for fit in fits]),
        np.concatenate([fit.objective for fit in fits]),
        np.concatenate([fit.converged for fit in fits]),
    )


def _minimise_block(
    runs: TrainingRuns, weights: FloatArray, theta: FloatArray, delta: float
) -> HuberFits:
    final, objective = theta.copy(), np.empty(len(theta))
    converged = np.zeros(len(theta), dtype=bool)
    rows = np.arange(len(theta))
    damping = np.full(len(theta), _FIRST_DAMPING)
    state = _evaluate(runs, weights, theta, delta)
    for _ in range(_MAXIMUM_ITERATIONS):
        step = _damped_step(runs, weights, state, damping, delta)
        trial = _evaluate(runs, weights, theta + step, delta)
        better = trial.objective < state.objective
        theta = np.where(better[:, None], theta + step, theta)
        state = state.where(better, trial)
        damping = np.where(better, damping * _EASE, damping * _TIGHTEN)
        done = (np.abs(step).max(axis=1) < _STEP_TOLERANCE) | (damping > _LARGEST_DAMPING)
        final[rows], objective[rows], converged[rows] = theta, state.objective, done
        if done.all():
            break
        if done.any():
            keep = ~done
            rows, theta, weights, damping = rows[keep], theta[keep], weights[keep], damping[keep]
            state = _rows_of(state, keep)
    return HuberFits(final, objective, converged)


def _rows_of(state: _State, keep: npt.NDArray[np.bool_]) -> _State:
    return _State(
        state.of_size[keep], state.of_tokens[keep], state.residual[keep], state.objective[keep]
    )


def _evaluate(runs: TrainingRuns, weights: FloatArray, theta: FloatArray, delta: float) -> _State:
    log_size, log_tokens, log_e, alpha, beta = theta.T[:, :, None]
    with np.errstate(all="ignore"):  # a wild trial has no objective: refused
        size = np.exp(log_size - alpha * runs.size)
        tokens = np.exp(log_tokens - beta * runs.tokens)
        predicted = size + tokens + np.exp(log_e)
        residual = np.log(predicted) - runs.log_loss
        inside = np.clip(residual, -delta, delta)
        # Inside the threshold this is r²/2, outside delta (|r| - delta/2).
        losses = inside * (residual - inside / 2)
        objective = np.einsum("ij,ij->i", weights, losses)
        return _State(size / predicted, tokens / predicted, residual, objective)


def _damped_step(
    runs: TrainingRuns, weights: FloatArray, state: _State, damping: FloatArray, delta: float
) -> FloatArray:
    gradient, hessian, scale = _derivatives(runs, weights, state, delta)
    diagonal = np.arange(gradient.shape[1])
    ridge = _RIDGE * weights.sum(axis=1)[:, None]
    hessian[:, diagonal, diagonal] += damping[:, None] * scale + ridge
    return np.asarray(-np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0])


def _derivatives(
    runs: TrainingRuns, weights: FloatArray, state: _State, delta: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gradient, Hessian and diagonal of J'WJ in (size, tokens, constant, alpha, beta).

    With shares p, q, s of the three terms the prediction's gradient is
    J = (p, q, s, -xp, -yq), and its second derivative is diagonal blocks less JJ'.
    """
    x, y = runs.size, runs.tokens
    one = np.ones_like(x)
    p, q = state.of_size, state.of_tokens
    s = 1 - p - q
    pull = weights * np.clip(state.residual, -delta, delta)
    curve = weights * (np.abs(state.residual) < delta) - pull
    pulled_p, pulled_q, curved_p, curved_q = pull * p, pull * q, curve * p, curve * q
    pp = (curved_p * p + pulled_p) @ np.column_stack([one, -x, x * x])
    qq = (curved_q * q + pulled_q) @ np.column_stack([one, -y, y * y])
    pq = (curved_p * q) @ np.column_stack([one, -x, -y, x * y])
    ps = (curved_p * s) @ np.column_stack([one, -x])
    qs = (curved_q * s) @ np.column_stack([one, -y])
    ss = (curve * s * s + pull * s).sum(axis=1)
    gradient = np.column_stack(
        [pulled_p @ one, pulled_q @ one, (pull * s) @ one, -pulled_p @ x, -pulled_q @ y]
    )
    upper = (
        (pp[:, 0], pq[:, 0], ps[:, 0], pp[:, 1], pq[:, 2]),
        (pq[:, 0], qq[:, 0], qs[:, 0], pq[:, 1], qq[:, 1]),
        (ps[:, 0], qs[:, 0], ss, ps[:, 1], qs[:, 1]),
        (pp[:, 1], pq[:, 1], ps[:, 1], pp[:, 2], pq[:, 3]),
        (pq[:, 2], qq[:, 1], qs[:, 1], pq[:, 3], qq[:, 2]),
    )
    hessian = np.moveaxis(np.array(upper), 2, 0).copy()
    wp, wq = weights * p * p, weights * q * q
    scale = np.column_stack(
        [wp @ one, wq @ one, (weights * s * s) @ one, wp @ (x * x), wq @ (y * y)]
    )
    return gradient, hessian, scale
