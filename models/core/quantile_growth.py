"""Growth of a conditional quantile, for instance of the median or the largest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from models.core.bootstrap import resample_rows
from models.core.errors import ModelInputError
from models.core.exponential_growth import DrawnGrowth, read_log_series
from models.core.input_checks import (
    read_clusters,
    require_replications,
)

if TYPE_CHECKING:
    import pandas as pd

    from models.core.estimates import Estimate
    from models.core.regression import FloatArray


@dataclass(frozen=True)
class QuantileGrowth:
    """Growth of one conditional quantile.

    Attributes
    ----------
    quantile : float
        Between 0 and 1; 0.9 follows the upper edge.
    annual_growth : Estimate
        Factor per year of that quantile.
    slope, intercept : float
        Of log10 quantity on decimal years since `origin`.
    origin : float
        Decimal year that the regression counts from.
    """

    quantile: float
    annual_growth: Estimate
    slope: float
    intercept: float
    origin: float


@dataclass(frozen=True)
class DrawnQuantile:
    """Growth of one conditional quantile, with its resamples.

    Attributes
    ----------
    growth : DrawnGrowth
        The slope and its resamples.
    intercept, origin : float
        As in `QuantileGrowth`.
    """

    growth: DrawnGrowth
    intercept: float
    origin: float


def fit_quantile_growth(
    frame: pd.DataFrame,
    *,
    quantile: float,
    rng: np.random.Generator,
    quantity: str = "training_compute_flop",
    date: str = "date",
    cluster: str | None = None,
    replications: int = 200,
    level: float = 0.90,
) -> QuantileGrowth:
    """Growth of a conditional quantile of log10 quantity (Koenker and Bassett 1978).

    The interval is the percentile interval of a pairs bootstrap, of whole
    clusters where `cluster` is given.

    Parameters
    ----------
    frame, quantity, date, level
        As in `fit_growth`.
    quantile : float
        Between 0 and 1, exclusive.
    rng : numpy.random.Generator
        Source of the resamples.
    cluster : str, optional
        Column whose groups are resampled together.
    replications : int
        Bootstrap resamples.

    Raises
    ------
    ModelInputError
        As in `fit_growth`, and if the quantile is not in (0, 1).
    """
    drawn = resample_quantile_growth(
        frame,
        quantile=quantile,
        rng=rng,
        quantity=quantity,
        date=date,
        cluster=cluster,
        replications=replications,
    )
    growth = drawn.growth
    return QuantileGrowth(
        quantile, growth.summarise(level), growth.slope, drawn.intercept, drawn.origin
    )


def resample_quantile_growth(
    frame: pd.DataFrame,
    *,
    quantile: float,
    rng: np.random.Generator,
    quantity: str = "training_compute_flop",
    date: str = "date",
    cluster: str | None = None,
    replications: int = 200,
) -> DrawnQuantile:
    """Draw what `fit_quantile_growth` tells, for intervals of any level.

    Raises
    ------
    ModelInputError
        As `fit_quantile_growth`.
    """
    if not 0 < quantile < 1:
        raise ModelInputError(f"quantile must lie between 0 and 1, got {quantile}")
    require_replications(replications)
    years, logs = read_log_series(frame, quantity, date)
    if np.ptp(years) == 0:
        raise ModelInputError(f"needs different dates, got {len(years)} equal ones")
    origin = float(years.mean())
    design = np.column_stack([np.ones_like(years), years - origin])
    intercept, slope = fit_quantile(design, logs, quantile)
    groups = np.arange(len(years)) if cluster is None else read_clusters(frame, cluster)
    slopes = [
        fit_quantile(design[picked], logs[picked], quantile)[1]
        for picked in resample_rows(groups, rng, replications)
        if np.ptp(years[picked]) > 0
    ]
    growth = DrawnGrowth(float(slope), np.array(slopes), len(years))
    return DrawnQuantile(growth, float(intercept), origin)


def fit_quantile(design: FloatArray, response: FloatArray, quantile: float) -> FloatArray:
    r"""Coefficients of a linear quantile regression.

    Minimises :math:`\sum_i \rho_\tau(y_i - x_i'\beta)` exactly, by the dual linear
    programme: maximise :math:`y'a` with :math:`X'a = (1-\tau) X'1`, :math:`0 \le a \le 1`
    (Koenker and Bassett 1978; Koenker 2005, section 6.2). The coefficients are its
    multipliers.

    Parameters
    ----------
    design : ndarray, shape (n, k)
        Regressors with their constant.
    response : ndarray, shape (n,)
        What is explained.
    quantile : float
        Between 0 and 1, exclusive.

    Returns
    -------
    ndarray, shape (k,)

    Raises
    ------
    ModelInputError
        If the programme has no solution.
    """
    result = scipy.optimize.linprog(
        -response,
        A_eq=design.T,
        b_eq=(1 - quantile) * design.sum(axis=0),
        bounds=(0, 1),
        method="highs",
    )
    if result.status != 0:
        raise ModelInputError(f"needs independent regressors without NaN: {result.message}")
    return np.asarray(-result.eqlin.marginals)
