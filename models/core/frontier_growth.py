"""Growth of what was at the frontier when it appeared, with the selection in the bootstrap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core.errors import ModelInputError
from models.core.exponential_growth import MINIMUM_ROWS, DrawnGrowth, read_log_series
from models.core.input_checks import (
    read_clusters,
    require_replications,
)
from models.core.timescale import Moment, to_decimal_year

if TYPE_CHECKING:
    from models.core.estimates import Estimate
    from models.core.regression import FloatArray

_USABLE_SHARE = 0.9
_LEAST_SPREAD = 1e-9


@dataclass(frozen=True)
class FrontierGrowth:
    """Growth of those models that were at the frontier when they appeared.

    Attributes
    ----------
    top : int or None
        How many of the largest models count as the frontier at each date; None: only
        those that set a record.
    annual_growth : Estimate
        Factor per year; n is the number of models at the frontier.
    n_considered : int
        Models from which the frontier was selected.
    """

    top: int | None
    annual_growth: Estimate
    n_considered: int


def fit_frontier_growth(
    frame: pd.DataFrame,
    *,
    rng: np.random.Generator,
    top: int | None = None,
    since: Moment | None = None,
    quantity: str = "training_compute_flop",
    date: str = "date",
    cluster: str | None = None,
    replications: int = 1000,
    level: float = 0.90,
) -> FrontierGrowth:
    """Growth of the record-setters, or of the running top n, with selection in the bootstrap.

    Both are selected maxima, so that a least-squares interval, which takes the
    selection as given, is too narrow. Here whole clusters are resampled and the
    frontier is selected anew in each resample; the interval is the percentile
    interval of the slopes. A maximum is not a smooth statistic, so that the
    bootstrap is not exact (Bickel and Freedman 1981): resamples lack some of the
    records, which widens the interval.

    Parameters
    ----------
    frame : DataFrame
        `quantity` and `date` complete; all models, not only the frontier.
    rng : numpy.random.Generator
        Source of the resamples.
    top : int, optional
        Models that were among the `top` largest at their own date; without it the
        models that beat all before them.
    since : str, date or Timestamp, optional
        Start of the trend; earlier models only count in the selection.
    cluster : str, optional
        Column whose groups are resampled together.
    replications : int
        Bootstrap resamples.

    Raises
    ------
    ModelInputError
        As in `fit_growth`, if `top` is less than 1, or if fewer than 4 models are at
        the frontier or more than one resample in ten has no slope.
    """
    drawn = resample_frontier_growth(
        frame,
        rng=rng,
        top=top,
        since=since,
        quantity=quantity,
        date=date,
        cluster=cluster,
        replications=replications,
    )
    return FrontierGrowth(top, drawn.summarise(level), len(frame))


def resample_frontier_growth(
    frame: pd.DataFrame,
    *,
    rng: np.random.Generator,
    top: int | None = None,
    since: Moment | None = None,
    quantity: str = "training_compute_flop",
    date: str = "date",
    cluster: str | None = None,
    replications: int = 1000,
) -> DrawnGrowth:
    """Draw what `fit_frontier_growth` tells, for intervals of any level.

    Raises
    ------
    ModelInputError
        As `fit_frontier_growth`.
    """
    require_replications(replications)
    if top is not None and top < 1:
        raise ModelInputError(f"top must be at least 1, got {top}")
    years, logs = read_log_series(frame, quantity, date)
    groups = np.arange(len(years)) if cluster is None else read_clusters(frame, cluster)
    order = np.lexsort((-logs, years))
    years, logs, groups = years[order], logs[order], groups[order]
    copies = np.vstack([np.ones(len(years)), _group_copies(groups, rng, replications)])
    chosen = _record_weights(logs, copies) if top is None else _top_weights(logs, copies, top)
    chosen = chosen * (years >= (-np.inf if since is None else to_decimal_year(since)))
    n = int((chosen[0] > 0).sum())
    if n < MINIMUM_ROWS:
        raise ModelInputError(f"needs {MINIMUM_ROWS} models at the frontier, got {n}")
    slopes = _weighted_slopes(years, logs, chosen)
    drawn = slopes[1:][np.isfinite(slopes[1:])]
    if len(drawn) < _USABLE_SHARE * replications:
        raise ModelInputError(
            f"needs a slope in 9 of 10 resamples, got it in {len(drawn)} of {replications}"
        )
    return DrawnGrowth(float(slopes[0]), drawn, n)


def _group_copies(
    groups: npt.NDArray[Any], rng: np.random.Generator, replications: int
) -> FloatArray:
    """How often each row comes in each resample of whole groups, shape (replications, n)."""
    codes, labels = pd.factorize(groups)
    counts = rng.multinomial(len(labels), np.full(len(labels), 1 / len(labels)), size=replications)
    return np.asarray(counts[:, codes], dtype=float)


def _record_weights(logs: FloatArray, copies: FloatArray) -> FloatArray:
    """Mark the rows that beat all earlier rows of their resample; rows are in order of date."""
    present = np.where(copies > 0, logs, -np.inf)
    best = np.maximum.accumulate(present, axis=1)
    before = np.concatenate([np.full((len(copies), 1), -np.inf), best[:, :-1]], axis=1)
    return np.asarray(present > before, dtype=float)


def _top_weights(logs: FloatArray, copies: FloatArray, top: int) -> FloatArray:
    """Keep the copies of rows with fewer than `top` larger ones up to their date."""
    earlier_larger = np.triu(logs[:, np.newaxis] > logs[np.newaxis, :])
    return np.asarray(np.where(copies @ earlier_larger < top, copies, 0.0))


def _weighted_slopes(years: FloatArray, logs: FloatArray, weights: FloatArray) -> FloatArray:
    """Least-squares slope under each row of weights; NaN where no two dates differ."""
    total = weights.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = years - (weights @ years / total)[:, np.newaxis]
        spread = (weights * centred**2).sum(axis=1)
        slopes = (weights * centred) @ logs / spread
    return np.asarray(np.where(spread > _LEAST_SPREAD, slopes, np.nan))
