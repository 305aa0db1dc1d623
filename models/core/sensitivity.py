"""Variance-based sensitivity: which input moves a result, alone and together.

Sobol's indices take the inputs as independent; where they are not, read the
indices as those of a model in which they were.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import sobol as sobol_sample
from scipy.special import expit, logit

from models.core.errors import ModelInputError

FloatArray = npt.NDArray[np.float64]
_FEWEST_INPUTS = 2
_FOLDS = 8
_SMALLEST_CHANCE = 1e-3  # logits of chances below it would be noise of finite paths


@dataclass(frozen=True)
class SobolIndices:
    """Shares of a result's variance, by input.

    Attributes
    ----------
    indices : DataFrame
        `input`, `first_order` (the input alone), `total` (with all its
        interactions), and the half-widths of their 95% bootstrap intervals,
        `first_order_half_width` and `total_half_width`; the largest total first.
    variance : float
        Variance of the result over the ranges.
    n_evaluations : int
        Times that the result was computed.
    """

    indices: pd.DataFrame
    variance: float
    n_evaluations: int


def compute_sobol_indices(
    result: Callable[[FloatArray], FloatArray],
    ranges: Mapping[str, tuple[float, float]],
    *,
    seed: int,
    n_base: int = 1024,
) -> SobolIndices:
    """First-order and total Sobol indices over uniform, independent ranges.

    Saltelli's sampling scheme on a scrambled Sobol sequence (Saltelli et al.
    2010, "Variance based sensitivity analysis of model output"), by SALib.

    Parameters
    ----------
    result : callable
        Takes an array of shape (n, k), one column for each input in the order
        of `ranges`; returns an array of shape (n,).
    ranges : mapping of str to (float, float)
        Low and high end of each input.
    seed : int
        Seed of the sequence's scrambling and of the bootstrap.
    n_base : int
        Base sample, a power of two; the result is computed n_base (k + 2) times.

    Raises
    ------
    ModelInputError
        If there are fewer than two inputs, a range is empty, `n_base` is not a
        power of two, or the result is not finite or does not vary.
    """
    _require_ranges(ranges)
    if n_base < 2 or n_base & (n_base - 1):  # noqa: PLR2004
        raise ModelInputError(f"n_base must be a power of two, got {n_base}")
    problem = {
        "num_vars": len(ranges),
        "names": list(ranges),
        "bounds": [list(ends) for ends in ranges.values()],
    }
    inputs = sobol_sample.sample(problem, n_base, calc_second_order=False, seed=seed)
    outcome = np.asarray(result(inputs), dtype=float)
    if not np.all(np.isfinite(outcome)) or not np.ptp(outcome) > 0:
        raise ModelInputError("needs a result that is finite and varies over the ranges")
    found = sobol_analysis.analyze(
        problem, outcome, calc_second_order=False, conf_level=0.95, seed=seed
    )
    table = pd.DataFrame(
        {
            "input": list(ranges),
            "first_order": found["S1"],
            "first_order_half_width": found["S1_conf"],
            "total": found["ST"],
            "total_half_width": found["ST_conf"],
        }
    ).sort_values("total", ascending=False, kind="stable", ignore_index=True)
    return SobolIndices(table, float(outcome.var()), len(outcome))


@dataclass(frozen=True)
class QuadraticSurrogate:
    """A quadratic polynomial of the logit of a chance, in inputs scaled to [-1, 1].

    Attributes
    ----------
    ranges : dict of str to (float, float)
        Low and high end of each input.
    coefficients : ndarray, shape (terms,)
        Of the constant, the inputs, their squares and their products.
    resampled : ndarray, shape (terms, replications)
        The same, refitted on evaluations drawn with replacement.
    q_squared : float
        Share of the variance of chances that is foretold for evaluations left
        out, by cross-validation in eight parts.
    n : int
        Evaluations.
    """

    ranges: dict[str, tuple[float, float]]
    coefficients: FloatArray
    resampled: FloatArray
    q_squared: float
    n: int

    def chance(self, inputs: FloatArray) -> FloatArray:
        """Chance at inputs of shape (n, k)."""
        return np.asarray(expit(_terms(inputs, self.ranges) @ self.coefficients))


def fit_surrogate(
    inputs: FloatArray,
    chances: FloatArray,
    ranges: Mapping[str, tuple[float, float]],
    *,
    replications: int = 100,
) -> QuadraticSurrogate:
    """Fit a quadratic polynomial of the logit by least squares.

    Parameters
    ----------
    inputs : ndarray, shape (n, k)
        Evaluated points, a column for each input in the order of `ranges`.
    chances : ndarray, shape (n,)
        What the model gave there, between 0 and 1.
    ranges : mapping of str to (float, float)
        Low and high end of each input.
    replications : int
        Bootstrap refits.

    Raises
    ------
    ModelInputError
        If evaluations are fewer than one and a half times the polynomial's terms, or chances
        do not vary.
    """
    _require_ranges(ranges)
    terms = _terms(np.asarray(inputs, dtype=float), ranges)
    n, k = terms.shape
    if n < 1.5 * k or not np.ptp(chances) > 0:
        raise ModelInputError(f"needs {1.5 * k:.0f} evaluations or more that vary, got {n}")
    logits = logit(np.clip(chances, _SMALLEST_CHANCE, 1 - _SMALLEST_CHANCE))
    rng = np.random.default_rng(n)
    weights = rng.multinomial(n, np.full(n, 1 / n), size=replications)
    resampled = [_weighted_fit(terms, logits, weight) for weight in weights]
    fold = rng.permutation(n) % _FOLDS
    left_out = np.empty(n)
    for number in range(_FOLDS):
        fit = _weighted_fit(terms, logits, (fold != number).astype(float))
        left_out[fold == number] = expit(terms[fold == number] @ fit)
    missed = float(np.mean((left_out - chances) ** 2) / np.var(chances))
    return QuadraticSurrogate(
        dict(ranges),
        _weighted_fit(terms, logits, np.ones(n)),
        np.column_stack(resampled),
        1 - missed,
        n,
    )


def compute_surrogate_indices(
    surrogate: QuadraticSurrogate, *, seed: int, n_base: int = 1024
) -> SobolIndices:
    """Sobol indices of a surrogate; half-widths are those of its bootstrap, 95%.

    Point estimates are SALib's. Each refit gives its own indices by the same
    estimators (first order: Saltelli et al. 2010, table 2, row b; total: Jansen
    1999, row f), so that the interval holds the error of the surrogate.

    Raises
    ------
    ModelInputError
        As `compute_sobol_indices`.
    """
    found = compute_sobol_indices(surrogate.chance, surrogate.ranges, seed=seed, n_base=n_base)
    names = list(surrogate.ranges)
    problem = {"num_vars": len(names), "names": names, "bounds": [*surrogate.ranges.values()]}
    inputs = sobol_sample.sample(problem, n_base, calc_second_order=False, seed=seed)
    outcome = expit(_terms(inputs, surrogate.ranges) @ surrogate.resampled)
    first, total = _estimators(outcome.reshape(n_base, len(names) + 2, -1))
    half = {
        kind: dict(
            zip(names, np.ptp(np.quantile(x, [0.025, 0.975], axis=1), axis=0) / 2, strict=True)
        )
        for kind, x in (("first_order", first), ("total", total))
    }
    table = found.indices.assign(
        **{
            f"{kind}_half_width": found.indices["input"].map(widths)
            for kind, widths in half.items()
        }
    )
    return SobolIndices(table, found.variance, surrogate.n)


def _estimators(outcome: FloatArray) -> tuple[FloatArray, FloatArray]:
    """First-order and total indices, each (k, replications), from (n_base, k + 2, replications)."""
    a, mixed, b = outcome[:, :1], outcome[:, 1:-1], outcome[:, -1:]
    variance = np.concatenate([a, b]).var(axis=(0, 1))
    first = (b * (mixed - a)).mean(axis=0) / variance
    total = ((a - mixed) ** 2).mean(axis=0) / (2 * variance)
    return first, total


def _terms(inputs: FloatArray, ranges: Mapping[str, tuple[float, float]]) -> FloatArray:
    low, high = np.array(list(ranges.values()), dtype=float).T
    scaled = 2 * (inputs - low) / (high - low) - 1
    first, second = np.triu_indices(scaled.shape[1])
    return np.column_stack([np.ones(len(scaled)), scaled, scaled[:, first] * scaled[:, second]])


def _weighted_fit(terms: FloatArray, outcome: FloatArray, weight: FloatArray) -> FloatArray:
    root = np.sqrt(weight)
    return np.asarray(np.linalg.lstsq(terms * root[:, np.newaxis], outcome * root, rcond=None)[0])


def _require_ranges(ranges: Mapping[str, tuple[float, float]]) -> None:
    if len(ranges) < _FEWEST_INPUTS:
        raise ModelInputError(f"needs {_FEWEST_INPUTS} inputs or more, got {list(ranges)}")
    for name, (low, high) in ranges.items():
        if not low < high:
            raise ModelInputError(f"the range of {name!r} is empty: {low} to {high}")
