"""What it saves to refit the scaling law to all bootstrap samples at once.

Compares `models.capability.scaling_law.bootstrap_scaling_law` with a plain loop of
`scipy.optimize.minimize` over the same samples, with the gradient given and with
the gradient left to scipy, in one run on one machine; the loop does a part of the
samples and is scaled up. The ratio is what counts. Writes
``benchmarks/results/scaling_law.json`` and prints it.
"""

import json
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import OptimizeResult, minimize

from models.capability.scaling_law import (
    DROPPED_HIGHEST_LOSSES,
    FLOP_PER_PARAMETER_AND_TOKEN,
    HUBER_DELTA,
    bootstrap_scaling_law,
    fit_scaling_law,
)
from overtake.core.paths import Project
from overtake.data import tables

T = TypeVar("T")
FloatArray = npt.NDArray[np.float64]
_REPLICATIONS = 4000
_LOOPED = {"given": 200, "numerical": 20}  # samples that the loop refits
_SEED = 20260110
_FAST_REPEATS = 3


def main() -> None:
    """Measure, print and write."""
    frame = tables.load("scaling_law_runs")
    law = fit_scaling_law(frame)

    def fast() -> FloatArray:
        rng = np.random.default_rng(_SEED)
        draws = bootstrap_scaling_law(frame, law, rng=rng, replications=_REPLICATIONS)
        return np.column_stack([np.log(draws.a), np.log(draws.b), np.log(draws.e),
                                draws.alpha, draws.beta])  # fmt: skip

    timed = [_timed(fast) for _ in range(_FAST_REPEATS)]
    together, estimates = min(timed, key=lambda pair: pair[0])
    figures: dict[str, float] = {"replications": _REPLICATIONS, "all_at_once_s": together}
    start = np.array([np.log(law.a), np.log(law.b), np.log(law.e), law.alpha, law.beta])
    x, y, z = _logs(frame)
    counts = np.random.default_rng(_SEED).multinomial(
        len(x), np.full(len(x), 1 / len(x)), size=_REPLICATIONS
    )
    for gradient, samples in _LOOPED.items():
        looped, solutions = _timed(
            lambda g=gradient, m=samples: [
                _refit(start, x, y, z, row.astype(float), g) for row in counts[:m]
            ]
        )
        seconds = looped / samples * _REPLICATIONS
        gap = [abs(s.x - e).max() for s, e in zip(solutions, estimates, strict=False)]
        figures[f"loop_{gradient}_gradient_samples"] = samples
        figures[f"loop_{gradient}_gradient_s"] = seconds
        figures[f"loop_{gradient}_gradient_ratio"] = seconds / together
        figures[f"loop_{gradient}_gradient_median_difference"] = float(np.median(gap))
        figures[f"loop_{gradient}_gradient_largest_difference"] = float(np.max(gap))
    _report(figures)


def _logs(frame: pd.DataFrame) -> tuple[FloatArray, FloatArray, FloatArray]:
    kept = frame.nsmallest(len(frame) - DROPPED_HIGHEST_LOSSES, "loss", keep="first")
    size = np.log(kept["parameters"].to_numpy())
    compute = np.log(kept["training_compute_flop"].to_numpy())
    tokens = compute - np.log(FLOP_PER_PARAMETER_AND_TOKEN) - size
    return size, tokens, np.log(kept["loss"].to_numpy())


def _refit(
    start: FloatArray,
    x: FloatArray,
    y: FloatArray,
    z: FloatArray,
    counts: FloatArray,
    gradient: str,
) -> OptimizeResult:
    """Refit one sample, about the mean run as the vectorised fit does, for a fair start."""
    means = np.array([x.mean(), y.mean()])

    def objective(theta: FloatArray) -> tuple[float, FloatArray]:
        constant = np.full_like(x, theta[2])
        terms = np.stack(
            [theta[0] - theta[3] * (x - means[0]), theta[1] - theta[4] * (y - means[1]), constant]
        )
        predicted = np.logaddexp.reduce(terms)
        residual = predicted - z
        inside = np.clip(residual, -HUBER_DELTA, HUBER_DELTA)
        pulled = counts * inside * np.exp(terms - predicted)
        slope = [-pulled[0] @ (x - means[0]), -pulled[1] @ (y - means[1])]
        value = float(counts @ (inside * (residual - inside / 2))) / HUBER_DELTA
        return value, np.array([*pulled.sum(axis=1), *slope]) / HUBER_DELTA

    centred = start - np.array([start[3] * means[0], start[4] * means[1], 0, 0, 0])
    if gradient == "given":
        found = minimize(objective, centred, jac=True, method="BFGS", options={"gtol": 1e-9})
    else:
        found = minimize(lambda t: objective(t)[0], centred, method="BFGS")
    found.x = found.x + np.array([found.x[3] * means[0], found.x[4] * means[1], 0, 0, 0])
    return found


def _timed(action: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def _report(figures: dict[str, float]) -> None:
    path = Project.find().root / "benchmarks" / "results" / "scaling_law.json"
    path.parent.mkdir(exist_ok=True)
    text = json.dumps({name: float(f"{value:.3g}") for name, value in figures.items()}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
