"""A capability index from benchmark results: one capability a model, one curve a benchmark.

The item response curves of `models.capability.item_response`, put on a scale by two anchor
models, as Epoch AI does for its Capabilities Index (Ho et al. 2025, "A Rosetta Stone for AI
Benchmarks", arXiv:2512.00193; code: epoch-research/eci-public). `fit_index` goes to the
smallest loss, whatever the order of the rows. The published scores stop a little earlier:
`models.capability.index_as_published` repeats their steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.capability.item_response import SMALLEST_GAIN, ResponseCurves, fit_responses
from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from models.core.arrays import FloatArray

CLIPPED = 0.001
"""How near 0 and 1 a result may come."""
UNIT_BENCHMARK = "Winogrande"
_COLUMNS = ("model", "benchmark", "score")
_LISTED = 5


@dataclass(frozen=True)
class Anchors:
    """Two models whose values on the index are set, and with them its zero and its unit."""

    low: str
    low_value: float
    high: str
    high_value: float

    def __post_init__(self) -> None:
        """Refuse anchors that make no scale."""
        if self.low == self.high or not self.low_value < self.high_value:
            raise ModelInputError(f"a scale needs two anchors, the lower one first, got {self}")


EPOCH_ANCHORS = Anchors("Claude 3.5 Sonnet", 130, "GPT-5", 150)
"""The anchors of the Epoch Capabilities Index since December 2025."""


@dataclass(frozen=True)
class ScoreMatrix:
    """Results as a table, one row a model and one column a benchmark.

    Attributes
    ----------
    models, benchmarks : tuple of str
        In order of their first result.
    shares : array, shape (models, benchmarks)
        Results, clipped; 1/2 where there is none.
    seen : array, shape (models, benchmarks)
        1 where there is a result, else 0.
    """

    models: tuple[str, ...]
    benchmarks: tuple[str, ...]
    shares: FloatArray
    seen: FloatArray

    @property
    def results(self) -> int:
        """How many results there are."""
        return int(self.seen.sum())

    def drop_benchmarks(self, names: tuple[str, ...]) -> ScoreMatrix:
        """Return the table without some benchmarks, and without models that had no other."""
        kept = np.array([name not in names for name in self.benchmarks])
        left = np.asarray(self.seen[:, kept].sum(axis=1) > 0)
        return ScoreMatrix(
            tuple(name for name, keep in zip(self.models, left, strict=True) if keep),
            tuple(name for name, keep in zip(self.benchmarks, kept, strict=True) if keep),
            self.shares[np.ix_(left, kept)],
            self.seen[np.ix_(left, kept)],
        )


@dataclass(frozen=True)
class IndexFit:
    """A fitted capability index.

    Attributes
    ----------
    models, benchmarks : tuple of str
        Whose values follow.
    capability : array
        Index of each model, in points.
    difficulty : array
        Index at which half of a benchmark is solved, in points.
    slope : array
        Steepness of each benchmark's curve, in logits a point.
    curves : ResponseCurves
        The fit on its own scale; the start of the next fit like it.
    """

    models: tuple[str, ...]
    benchmarks: tuple[str, ...]
    capability: FloatArray
    difficulty: FloatArray
    slope: FloatArray
    curves: ResponseCurves

    @property
    def scores(self) -> pd.Series[float]:
        """The index by model."""
        return pd.Series(self.capability, index=pd.Index(self.models, name="model"), name="score")


def fit_index(
    scores: pd.DataFrame, *, anchors: Anchors = EPOCH_ANCHORS, start: IndexFit | None = None
) -> IndexFit:
    """Fit the index to results of models on benchmarks.

    Parameters
    ----------
    scores : DataFrame
        Columns model, benchmark and score (a share between 0 and 1, beyond guessing), one
        row a pair.
    anchors : Anchors
        The two models that set the scale.
    start : IndexFit, optional
        A fit of nearly the same results, from which fewer steps are needed; models and
        benchmarks that it lacks begin at its middle.

    Raises
    ------
    ModelInputError
        If a column or value is missing, a score is no share, a pair comes twice, or an
        anchor is not among the models.
    """
    matrix = arrange_scores(scores)
    begin = None if start is None else carry_over(start, matrix)
    return fit_matrix(matrix, matrix.seen, anchors=anchors, start=begin)


def arrange_scores(scores: pd.DataFrame) -> ScoreMatrix:
    """Return results as a table of models by benchmarks.

    Raises
    ------
    ModelInputError
        As `fit_index`; the rows are named.
    """
    if missing := sorted(set(_COLUMNS) - set(scores.columns)):
        raise ModelInputError(f"an index needs the columns {', '.join(missing)}")
    if scores.empty:
        raise ModelInputError("an index needs results, got none")
    values = scores["score"].to_numpy(dtype=float, na_value=np.nan)
    _require(scores[list(_COLUMNS)].notna().all(axis=1).to_numpy(bool), scores, "lack a value")
    _require((values >= 0) & (values <= 1), scores, "have no share between 0 and 1")
    _require(~scores.duplicated(["model", "benchmark"]).to_numpy(), scores, "come twice")
    rows, models = pd.factorize(scores["model"].to_numpy(dtype=object))
    columns, benchmarks = pd.factorize(scores["benchmark"].to_numpy(dtype=object))
    shares = np.full((len(models), len(benchmarks)), 0.5)
    seen = np.zeros_like(shares)
    shares[rows, columns] = np.clip(values, CLIPPED, 1 - CLIPPED)
    seen[rows, columns] = 1
    return ScoreMatrix(tuple(models), tuple(benchmarks), shares, seen)


def fit_matrix(
    matrix: ScoreMatrix,
    weights: FloatArray,
    *,
    anchors: Anchors = EPOCH_ANCHORS,
    start: ResponseCurves | None = None,
    smallest_gain: float = SMALLEST_GAIN,
) -> IndexFit:
    """Fit the index to a table of results with a weight each.

    Parameters
    ----------
    matrix : ScoreMatrix
        The results.
    weights : array, shape (models, benchmarks)
        Weight of each; 0 where there is none.
    anchors : Anchors
        The two models that set the scale.
    start : ResponseCurves, optional
        Curves of the same models and benchmarks.
    smallest_gain : float
        Share of the loss; a step that lowers it by less is the last.

    Raises
    ------
    ModelInputError
        If an anchor is not among the models, or the two come out alike.
    """
    if absent := [name for name in (anchors.low, anchors.high) if name not in matrix.models]:
        raise ModelInputError(
            f"the anchor {absent[0]} is not among the {len(matrix.models)} models"
        )
    curves = fit_responses(
        matrix.shares,
        weights,
        unit_item=choose_unit(matrix),
        start=start,
        smallest_gain=smallest_gain,
    )
    return place_on_scale(matrix.models, matrix.benchmarks, curves, anchors)


def place_on_scale(
    models: tuple[str, ...], benchmarks: tuple[str, ...], curves: ResponseCurves, anchors: Anchors
) -> IndexFit:
    """Return the curves in points: the line that gives both anchors their values.

    Raises
    ------
    ModelInputError
        If the higher anchor does not come out above the lower one.
    """
    low, high = (curves.ability[models.index(name)] for name in (anchors.low, anchors.high))
    if not high > low:
        raise ModelInputError(f"{anchors.high} comes out no higher than {anchors.low}: no scale")
    points = (anchors.high_value - anchors.low_value) / (high - low)
    zero = anchors.low_value - points * low
    return IndexFit(
        models,
        benchmarks,
        zero + points * curves.ability,
        zero + points * curves.difficulty,
        curves.slope / points,
        curves,
    )


def choose_unit(matrix: ScoreMatrix) -> int:
    """Return the column of the benchmark that sets the unit: Epoch's, or that of most results."""
    if UNIT_BENCHMARK in matrix.benchmarks:
        return matrix.benchmarks.index(UNIT_BENCHMARK)
    return int(matrix.seen.sum(axis=0).argmax())


def carry_over(start: IndexFit, matrix: ScoreMatrix) -> ResponseCurves:
    """Return a fit's curves for other models and benchmarks; new ones begin at its middle.

    The unit stays that of the fit: without the benchmark that set it, another one keeps the
    slope that it had, so that the ridge weighs as much as before.
    """
    curves = start.curves
    models = pd.Series(curves.ability, index=list(start.models))
    items = pd.DataFrame(
        {"difficulty": curves.difficulty, "slope": curves.slope}, index=list(start.benchmarks)
    )
    ability = models.reindex(list(matrix.models)).fillna(models.median())
    found = items.reindex(list(matrix.benchmarks)).fillna(items.median())
    return ResponseCurves(
        np.asarray(ability, dtype=float),
        np.asarray(found["difficulty"], dtype=float),
        np.asarray(found["slope"], dtype=float),
        0,
        0,
    )


def _require(holds: np.typing.NDArray[np.bool_], scores: pd.DataFrame, complaint: str) -> None:
    """Refuse rows by name."""
    if holds.all():
        return
    bad = scores.loc[~holds, list(_COLUMNS)]
    named = "; ".join(" / ".join(map(str, row)) for row in bad.head(_LISTED).to_numpy())
    raise ModelInputError(f"{len(bad)} results {complaint}: {named}")
