"""One scale of ability from shares of solved tasks: item response on whole benchmarks.

Each model has an ability, each benchmark a difficulty and, where wanted, a slope; the log
odds of solving a task are slope times their difference (Rasch 1960; Birnbaum 1968). Shares
are fitted by weighted quasi-likelihood (Papke and Wooldridge 1996). The scale of CAISI's
evaluations is of this kind, with one slope for all tasks and the same weight for each
domain; single tasks are not published, so that here a benchmark stands for its tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy
from scipy.special import expit

from models.core.errors import ModelInputError
from models.core.input_checks import require_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.regression import FloatArray

Slopes = Literal["one", "own"]
_ABILITY_PENALTY = 1e-3  # a prior of 32 logits: it decides only where nothing else does
_SLOPE_PENALTY = 1.0  # a prior of one on log slopes: benchmarks have few models
_FLATTEST, _STEEPEST = -2.0, 2.0  # of log slopes
_COLUMNS = ("model", "benchmark", "score")


@dataclass(frozen=True)
class TaskScale:
    """Abilities of models and difficulties of benchmarks on one scale.

    Attributes
    ----------
    ability : mapping of str to float
        By model, in log odds of solving a task; the origin is arbitrary.
    difficulty, slope : mapping of str to float
        By benchmark; with one slope for all, it is 1.
    n : int
        Results fitted.
    """

    ability: Mapping[str, float]
    difficulty: Mapping[str, float]
    slope: Mapping[str, float]
    n: int


@dataclass(frozen=True)
class Alignment:
    """A fitted scale laid on a published one.

    Attributes
    ----------
    points_per_logit : float
        Points of the published scale for one unit of log odds.
    residual : mapping of str to float
        Published less fitted points, by model.
    """

    points_per_logit: float
    residual: Mapping[str, float]

    @property
    def largest(self) -> float:
        """Largest distance of a model from its published place, points."""
        return max(abs(found) for found in self.residual.values())

    @property
    def farthest(self) -> str:
        """The model that is farthest from its published place."""
        return max(self.residual, key=lambda model: abs(self.residual[model]))


@dataclass(frozen=True)
class _Rows:
    """Results as arrays: who, on what, how much, and how much it counts."""

    models: tuple[str, ...]
    benchmarks: tuple[str, ...]
    model: npt.NDArray[np.intp]
    benchmark: npt.NDArray[np.intp]
    score: FloatArray
    weight: FloatArray

    @property
    def n_places(self) -> int:
        """Abilities and difficulties to find."""
        return len(self.models) + len(self.benchmarks)


def fit_task_scale(
    scores: pd.DataFrame, *, slopes: Slopes, weights: Mapping[str, float] | None = None
) -> TaskScale:
    """Fit abilities and difficulties to shares of solved tasks.

    Parameters
    ----------
    scores : DataFrame
        Columns model, benchmark and score, the share of tasks solved beyond guessing.
    slopes : {"one", "own"}
        Whether log odds rise alike with ability on all benchmarks.
    weights : mapping of str to float, optional
        How much one result on a benchmark counts; 1 for each by default.

    Raises
    ------
    ModelInputError
        If a value is missing, a score lies outside 0 to 1, a model has two scores on one
        benchmark, or a benchmark has no weight.
    """
    rows = _read(scores, weights)
    start = np.zeros(rows.n_places + (len(rows.benchmarks) if slopes == "own" else 0))
    free = [(None, None)] * rows.n_places
    bounds = free + [(_FLATTEST, _STEEPEST)] * (len(start) - rows.n_places)
    found = scipy.optimize.minimize(
        _loss, start, args=(rows,), jac=True, method="L-BFGS-B", bounds=bounds,
        options={"maxiter": 2000, "ftol": 1e-12, "gtol": 1e-8},
    )  # fmt: skip
    place, log_slope = _split(np.asarray(found.x, dtype=float), rows)
    n = len(rows.models)
    return TaskScale(
        dict(zip(rows.models, place[:n].tolist(), strict=True)),
        dict(zip(rows.benchmarks, place[n:].tolist(), strict=True)),
        dict(zip(rows.benchmarks, np.exp(log_slope).tolist(), strict=True)),
        len(rows.score),
    )


def align_scale(scale: TaskScale, published: Mapping[str, float]) -> Alignment:
    """Lay a fitted scale on published points, by least squares of two numbers.

    Parameters
    ----------
    scale : TaskScale
        The fitted scale.
    published : mapping of str to float
        Points of three or more of its models.

    Raises
    ------
    ModelInputError
        If fewer than 3 models have both, or all have the same ability.
    """
    shared = [model for model in published if model in scale.ability]
    if len(shared) < 3:  # noqa: PLR2004
        raise ModelInputError(f"needs 3 models with published points, got {shared}")
    ability = np.array([scale.ability[model] for model in shared])
    points = np.array([published[model] for model in shared], dtype=float)
    if np.ptp(ability) == 0:
        raise ModelInputError(f"needs models of different ability, got {shared}")
    slope, origin = np.polyfit(ability, points, 1)
    left = points - (origin + slope * ability)
    return Alignment(float(slope), dict(zip(shared, left.tolist(), strict=True)))


def weigh_domains(domains: Mapping[str, str]) -> dict[str, float]:
    """Return a weight for each benchmark that gives each domain the same, and within it each.

    Parameters
    ----------
    domains : mapping of str to str
        Domain of each benchmark.
    """
    sizes = pd.Series(dict(domains)).value_counts()
    return {name: 1 / (len(sizes) * int(sizes[domain])) for name, domain in domains.items()}


def link_scores(own: pd.DataFrame, others: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """Add others' results on the same benchmarks, for models that an evaluator left out.

    The evaluator's own results stand; a model is kept if it has enough results in all.

    Parameters
    ----------
    own, others : DataFrame
        Columns model, benchmark and score.
    minimum : int
        Fewest results of a model.

    Raises
    ------
    ModelInputError
        If no benchmark is shared, or a value is missing.
    """
    for frame in (own, others):
        require_table(frame, complete=_COLUMNS)
    shared = others[others["benchmark"].isin(own["benchmark"])]
    if shared.empty:
        raise ModelInputError("needs a benchmark that both have run, got none")
    both = pd.concat([own[list(_COLUMNS)], shared[list(_COLUMNS)]])
    linked = both.drop_duplicates(["model", "benchmark"])
    counts = linked.groupby("model")["benchmark"].transform("size")
    return linked[counts >= minimum].reset_index(drop=True)


def _read(scores: pd.DataFrame, weights: Mapping[str, float] | None) -> _Rows:
    require_table(scores, complete=_COLUMNS)
    twice = scores.duplicated(["model", "benchmark"])
    if twice.any():
        row = scores[twice].iloc[0]
        raise ModelInputError(f"needs one score of {row['model']} on {row['benchmark']}, got two")
    score = scores["score"].to_numpy(dtype=float)
    if score.min() < 0 or score.max() > 1:
        raise ModelInputError(f"needs shares from 0 to 1, got {score.min()} to {score.max()}")
    model, models = pd.factorize(scores["model"], sort=True)
    benchmark, benchmarks = pd.factorize(scores["benchmark"], sort=True)
    given = weights if weights is not None else dict.fromkeys(benchmarks, 1.0)
    lacking = [name for name in benchmarks if name not in given]
    if lacking:
        raise ModelInputError(f"needs a weight for {lacking}")
    weight = np.array([given[name] for name in benchmarks], dtype=float)[benchmark]
    return _Rows(tuple(models), tuple(benchmarks), model, benchmark, score, weight)


def _split(theta: FloatArray, rows: _Rows) -> tuple[FloatArray, FloatArray]:
    """Abilities with difficulties, and log slopes: 0 where all benchmarks have one."""
    place, log_slope = theta[: rows.n_places], theta[rows.n_places :]
    return place, log_slope if len(log_slope) else np.zeros(len(rows.benchmarks))


def _loss(theta: FloatArray, rows: _Rows) -> tuple[float, FloatArray]:
    """Weighted quasi-likelihood with its penalty, and the gradient."""
    place, log_slope = _split(theta, rows)
    n = len(rows.models)
    slope = np.exp(log_slope)[rows.benchmark]
    apart = place[rows.model] - place[n + rows.benchmark]
    logit = slope * apart
    missed = rows.weight * (np.logaddexp(0, logit) - rows.score * logit)
    pull = rows.weight * (expit(logit) - rows.score) * slope
    gradient = _ABILITY_PENALTY * place
    gradient[:n] += np.bincount(rows.model, pull, n)
    gradient[n:] -= np.bincount(rows.benchmark, pull, len(rows.benchmarks))
    loss = float(missed.sum() + _ABILITY_PENALTY * (place**2).sum() / 2)
    if len(theta) == rows.n_places:
        return loss, gradient
    strength = _SLOPE_PENALTY * float(rows.weight.mean())
    turn = strength * log_slope + np.bincount(rows.benchmark, pull * apart, len(rows.benchmarks))
    return loss + strength * float((log_slope**2).sum()) / 2, np.concatenate([gradient, turn])
