"""How far a capability index's own measurement moves a gap and a lag read from it.

Results are resampled in two ways at once: benchmarks and models each get random weights,
and a result weighs the product of both (Owen and Eckles 2012). The weights are exponential,
so that no model ever drops out and both anchors stay: a Bayesian bootstrap, crossed. The
benchmark that sets the unit of the fit keeps its weight. The best of several scores is too
high on average, and resampling does not show by how much: intervals of a gap stand on the
standard deviation of the draws, not on their quantiles, which cover less often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.capability.index_fit import (
    EPOCH_ANCHORS,
    Anchors,
    IndexFit,
    ScoreMatrix,
    arrange_scores,
    carry_over,
    choose_unit,
    fit_index,
    fit_matrix,
)
from models.capability.index_standing import Field, Standing, compare
from models.core import units
from models.core.distributions import t_quantile
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_replications
from models.core.timescale import Moment, to_decimal_year

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.core.arrays import FloatArray

_GAIN = 1e-6
"""Where a resampled fit stops: some hundredths of a point from its end, against whole points."""
FEWEST_RESULTS = 4
"""Results that a model needs to be on the index."""


@dataclass(frozen=True)
class MeasurementError:
    """Gap and lag with the error of measurement.

    Attributes
    ----------
    gap : Estimate
        Leader's best less follower's best, in points.
    lag : Estimate
        As `Standing.lag_months`; the interval is from the draws that have one.
    gap_of_pair : Estimate
        Gap between the two models that are the best by the fit itself: no other model takes
        their place in a draw.
    follower_ahead : float
        Share of the draws in which the follower's best is above the leader's.
    lag_missing : float
        Share of the draws without a lag.
    spread : Series of float
        Standard deviation of each model's score over the draws, by model, in points.
    """

    gap: Estimate
    lag: Estimate
    gap_of_pair: Estimate
    follower_ahead: float
    lag_missing: float
    spread: pd.Series[float]


@dataclass(frozen=True)
class DrawnStandings:
    """Gap and lag by the index and by resampled ones, from which any interval is read.

    Attributes
    ----------
    at : Standing
        By the index itself.
    gaps, lags, gaps_of_pair : array, shape (draws,)
        In points, months and points; a lag is not a number where a draw has none.
    spread : Series of float
        As in `MeasurementError`.
    benchmarks, results : int
        That the index is fitted on.
    """

    at: Standing
    gaps: FloatArray
    lags: FloatArray
    gaps_of_pair: FloatArray
    spread: pd.Series[float]
    benchmarks: int
    results: int

    def summarise(self, level: float) -> MeasurementError:
        """Return gap and lag with intervals."""
        known = np.isfinite(self.lags)
        return MeasurementError(
            self._surround(self.at.gap, self.gaps, level, units.POINTS),
            self._surround(self.at.lag_months, self.lags[known], level, units.MONTHS),
            self._surround(self.at.gap, self.gaps_of_pair, level, units.POINTS),
            float((self.gaps < 0).mean()),
            float(1 - known.mean()),
            self.spread,
        )

    def _surround(self, value: float, draws: FloatArray, level: float, unit: str) -> Estimate:
        half = float(t_quantile(0.5 + level / 2, self.benchmarks - 1) * draws.std(ddof=1))
        low, high = value - half, value + half
        return Estimate(value, low, high, level, "confidence", self.results, unit)


def estimate_index_error(
    matrix: ScoreMatrix,
    fit: IndexFit,
    field: Field,
    *,
    rng: np.random.Generator,
    draws: int = 150,
    level: float = 0.90,
    anchors: Anchors = EPOCH_ANCHORS,
) -> MeasurementError:
    """Return gap and lag with intervals over resampled benchmarks and models.

    Parameters
    ----------
    matrix : ScoreMatrix
        The results.
    fit : IndexFit
        The index fitted to them.
    field : Field
        The models compared.
    rng : numpy.random.Generator
        Source of the draws.
    draws : int
        How many, at least 20.
    level : float
        Of the intervals.

    Raises
    ------
    ModelInputError
        If there are too few draws, or fewer than half of them have a lag.
    """
    return resample_index(matrix, fit, field, rng=rng, draws=draws, anchors=anchors).summarise(
        level
    )


def resample_index(
    matrix: ScoreMatrix,
    fit: IndexFit,
    field: Field,
    *,
    rng: np.random.Generator,
    draws: int,
    anchors: Anchors = EPOCH_ANCHORS,
) -> DrawnStandings:
    """Fit the index to resampled benchmarks and models, and read gap and lag off each.

    Parameters
    ----------
    matrix, fit, field, rng, draws, anchors
        As in `estimate_index_error`.

    Raises
    ------
    ModelInputError
        As `estimate_index_error`.
    """
    require_replications(draws)
    at = compare(field, fit.scores)
    scores = [
        fit_matrix(matrix, w, anchors=anchors, start=fit.curves, smallest_gain=_GAIN).scores
        for w in _weigh(matrix, rng, draws)
    ]
    drawn = [compare(field, each) for each in scores]
    lags = np.array([each.lag_months for each in drawn])
    known = np.isfinite(lags)
    if known.sum() * 2 < draws or not np.isfinite(at.lag_months):
        raise ModelInputError(f"only {known.sum()} of {draws} draws have a lag")
    table = pd.concat(scores, axis=1)
    pair = table.loc[at.leader_model] - table.loc[at.follower_model]
    return DrawnStandings(
        at,
        np.array([each.gap for each in drawn]),
        lags,
        np.asarray(pair, dtype=float),
        table.std(axis=1),
        len(matrix.benchmarks),
        matrix.results,
    )


def leave_out_each(
    matrix: ScoreMatrix, fit: IndexFit, field: Field, *, anchors: Anchors = EPOCH_ANCHORS
) -> pd.DataFrame:
    """Return the standing without each benchmark in turn.

    Models stay on the index even where fewer than four results are left of them.

    Returns
    -------
    DataFrame
        One row a benchmark, smallest gap first: benchmark, results, gap, lag_months,
        leader_model and follower_model.
    """
    rows = []
    for column, name in enumerate(matrix.benchmarks):
        rest = matrix.drop_benchmarks((name,))
        again = fit_matrix(rest, rest.seen, anchors=anchors, start=carry_over(fit, rest))
        at = compare(field, again.scores)
        rows.append({"benchmark": name, "results": int(matrix.seen[:, column].sum()), **_row(at)})
    return pd.DataFrame(rows).sort_values("gap", ignore_index=True, kind="stable")


def refit_at_dates(
    scores: pd.DataFrame,
    field: Field,
    dates: Sequence[Moment],
    *,
    start: IndexFit,
    anchors: Anchors = EPOCH_ANCHORS,
) -> pd.DataFrame:
    """Return the standing at past days, by today's index and by what was out on each day.

    Parameters
    ----------
    scores : DataFrame
        Today's results: columns model, benchmark, score, release_date and benchmark_date.
    field : Field
        The models compared.
    dates : sequence of dates
        The days, both anchors out on each of them.
    start : IndexFit
        Today's index.

    Returns
    -------
    DataFrame
        One row a day: date; gap and lag_months by today's index of the models then out;
        the same with `_models` where the index is fitted to those models' results, and with
        `_both` where benchmarks that came later are left out too; and the numbers of models
        and benchmarks on the last one.

    Raises
    ------
    ModelInputError
        If an anchor is missing on a day.
    """
    rows = []
    for date in dates:
        day = pd.Timestamp(date)
        until = to_decimal_year(day)
        out = scores[scores["release_date"] <= day]
        known = keep_models_with_results(out[~(out["benchmark_date"] > day)])
        models = fit_index(out, anchors=anchors, start=start)
        both = fit_index(known, anchors=anchors, start=start)
        row: dict[str, object] = {"date": day}
        for suffix, index in (("", start), ("_models", models), ("_both", both)):
            at = compare(field, index.scores, until=until)
            row |= {f"gap{suffix}": at.gap, f"lag_months{suffix}": at.lag_months}
        rows.append({**row, "models": len(both.models), "benchmarks": len(both.benchmarks)})
    return pd.DataFrame(rows)


def keep_models_with_results(scores: pd.DataFrame, fewest: int = FEWEST_RESULTS) -> pd.DataFrame:
    """Return the results of models that have enough of them."""
    return scores[scores.groupby("model")["benchmark"].transform("size") >= fewest]


def fit_without(scores: pd.DataFrame, left_out: Sequence[str]) -> tuple[ScoreMatrix, IndexFit]:
    """Return the table of results without some benchmarks, and the index fitted to it.

    Raises
    ------
    ModelInputError
        As `models.capability.index_fit.fit_index`.
    """
    whole = arrange_scores(scores)
    fit = fit_matrix(whole, whole.seen)
    if not left_out:
        return whole, fit
    rest = whole.drop_benchmarks(tuple(left_out))
    return rest, fit_matrix(rest, rest.seen, start=carry_over(fit, rest))


def _weigh(matrix: ScoreMatrix, rng: np.random.Generator, draws: int) -> list[FloatArray]:
    takers, items = matrix.seen.shape
    by_model = rng.exponential(size=(draws, takers, 1))
    by_benchmark = rng.exponential(size=(draws, 1, items))
    by_benchmark[:, :, choose_unit(matrix)] = 1
    return [matrix.seen * m * b for m, b in zip(by_model, by_benchmark, strict=True)]


def _row(at: Standing) -> dict[str, object]:
    return {
        "gap": at.gap,
        "lag_months": at.lag_months,
        "leader_model": at.leader_model,
        "follower_model": at.follower_model,
    }
