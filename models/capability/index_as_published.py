"""The Epoch Capabilities Index as its publisher computes it, steps and stopping rule included.

The loss is nearly flat where the weakest models lie, and the publisher's optimiser stops at
its default tolerances, so that the last digits depend on the order of the rows and on the
seed of the start. This repeats those steps (Epoch AI, epoch-research/eci-public) to be held
beside what was published; for everything else `models.capability.index_fit` goes to the
smallest loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy
from scipy.sparse import csr_array
from scipy.special import expit

from models.capability.index_fit import (
    CLIPPED,
    EPOCH_ANCHORS,
    UNIT_BENCHMARK,
    Anchors,
    IndexFit,
    arrange_scores,
    place_on_scale,
)
from models.capability.item_response import PENALTY, ResponseCurves
from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.core.arrays import FloatArray

_SEED = 42
_SPREAD = 0.1
_BOUND = 10.0
_SLOPES = (0.1, 10.0)


@dataclass(frozen=True)
class _Rows:
    """Results in the file's order, and where each one's parameters stand."""

    model: npt.NDArray[np.intp]
    benchmark: npt.NDArray[np.intp]
    score: FloatArray
    models: int
    benchmarks: int
    unit: int

    @property
    def parameters(self) -> int:
        """All abilities and difficulties, and all slopes but one."""
        return self.models + 2 * self.benchmarks - 1

    @property
    def pull(self) -> float:
        """Square root of the ridge on each parameter."""
        return float(np.sqrt(PENALTY / self.parameters))

    @property
    def sloped(self) -> npt.NDArray[np.intp]:
        """Benchmarks whose slope is free."""
        return np.delete(np.arange(self.benchmarks), self.unit)

    def split(self, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return abilities, difficulties and slopes."""
        slope = np.ones(self.benchmarks)
        slope[self.sloped] = theta[self.models + self.benchmarks :]
        return theta[: self.models], theta[self.models : self.models + self.benchmarks], slope

    def miss(self, theta: FloatArray) -> FloatArray:
        """Return expected less observed shares, and the ridge as one residual more."""
        ability, difficulty, slope = self.split(theta)
        distance = ability[self.model] - difficulty[self.benchmark]
        expected = expit(slope[self.benchmark] * distance)
        return np.append(expected - self.score, self.pull * np.linalg.norm(theta))

    def differentiate(self, theta: FloatArray) -> csr_array:
        """Return the derivatives of `miss`."""
        ability, difficulty, slope = self.split(theta)
        distance = ability[self.model] - difficulty[self.benchmark]
        expected = expit(slope[self.benchmark] * distance)
        steepness = expected * (1 - expected)
        column = np.full(self.benchmarks, -1)
        column[self.sloped] = self.models + self.benchmarks + np.arange(self.benchmarks - 1)
        free = column[self.benchmark] >= 0
        by_ability = steepness * slope[self.benchmark]
        rows, size = np.arange(len(self.score)), self.parameters
        norm = np.linalg.norm(theta)
        values = (by_ability, -by_ability, (steepness * distance)[free], self.pull * theta / norm)
        at = (rows, rows, rows[free], np.full(size, len(rows)))
        of = (
            self.model,
            self.models + self.benchmark,
            column[self.benchmark][free],
            np.arange(size),
        )
        entries = tuple(np.concatenate(part) for part in (at, of))
        return csr_array((np.concatenate(values), entries), shape=(len(rows) + 1, size))


def fit_as_published(scores: pd.DataFrame, *, anchors: Anchors = EPOCH_ANCHORS) -> IndexFit:
    """Fit the index by its publisher's steps, from its start to its stopping rule.

    Parameters
    ----------
    scores : DataFrame
        Columns model, benchmark and score, in the order of the publisher's file.
    anchors : Anchors
        The two models that set the scale.

    Raises
    ------
    ModelInputError
        As `models.capability.index_fit.fit_index`, and if the benchmark of slope 1 has no
        result.
    """
    matrix = arrange_scores(scores)
    if UNIT_BENCHMARK not in matrix.benchmarks:
        raise ModelInputError(f"the published index fixes the slope of {UNIT_BENCHMARK}")
    if absent := [name for name in (anchors.low, anchors.high) if name not in matrix.models]:
        raise ModelInputError(
            f"the anchor {absent[0]} is not among the {len(matrix.models)} models"
        )
    rows = _Rows(
        _number(scores["model"], matrix.models),
        _number(scores["benchmark"], matrix.benchmarks),
        np.clip(scores["score"].to_numpy(dtype=float), CLIPPED, 1 - CLIPPED),
        len(matrix.models),
        len(matrix.benchmarks),
        matrix.benchmarks.index(UNIT_BENCHMARK),
    )
    ability, difficulty, slope = rows.split(_minimise(rows))
    curves = ResponseCurves(ability, difficulty, slope, 0, 0)
    return place_on_scale(matrix.models, matrix.benchmarks, curves, anchors)


def _minimise(rows: _Rows) -> FloatArray:
    rng = np.random.default_rng(_SEED)
    places, slopes = rows.models + rows.benchmarks, rows.benchmarks - 1
    start = np.concatenate(
        [
            rng.normal(0, _SPREAD, rows.models),
            rng.normal(0, _SPREAD, rows.benchmarks),
            np.ones(slopes),
        ]
    )
    low = np.concatenate([np.full(places, -_BOUND), np.full(slopes, _SLOPES[0])])
    high = np.concatenate([np.full(places, _BOUND), np.full(slopes, _SLOPES[1])])
    found = scipy.optimize.least_squares(
        rows.miss, start, rows.differentiate, bounds=(low, high), method="trf"
    )
    return np.asarray(found.x, dtype=float)


def _number(values: pd.Series[str], names: Sequence[str]) -> npt.NDArray[np.intp]:
    return pd.Index(names).get_indexer(pd.Index(values)).astype(np.intp)
