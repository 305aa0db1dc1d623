"""Exponential growth of a positive quantity: its pace, its bands and its frontier."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from models.core import units
from models.core.bootstrap import estimate_by_percentiles
from models.core.distributions import t_quantile
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, raise_ten
from models.core.input_checks import (
    read_clusters,
    require_level,
    require_table,
)
from models.core.regression import Covariance, FloatArray, LinearFit, fit_linear
from models.core.timescale import MONTHS_PER_YEAR, Dates, to_decimal_years, to_timestamp

Direction = Literal["growing", "shrinking", "undetermined"]
MINIMUM_ROWS = 4


@dataclass(frozen=True)
class GrowthBands:
    """A fitted trend on a grid of dates, in the quantity's own unit.

    The line is the exponential of a mean logarithm: a median, not a mean.

    Attributes
    ----------
    dates : DatetimeIndex, shape (m,)
        The grid.
    median : ndarray, shape (m,)
        Fitted line.
    confidence_low, confidence_high : ndarray, shape (m,)
        Pointwise band for the line itself.
    prediction_low, prediction_high : ndarray, shape (m,)
        Pointwise band for one new observation.
    level : float
        Coverage of both bands.
    """

    dates: pd.DatetimeIndex
    median: FloatArray
    confidence_low: FloatArray
    confidence_high: FloatArray
    prediction_low: FloatArray
    prediction_high: FloatArray
    level: float


@dataclass(frozen=True)
class GrowthFit:
    """A log-linear trend.

    Attributes
    ----------
    annual_growth : Estimate
        Factor per year (1.0: no growth).
    orders_of_magnitude_per_year : Estimate
        log10 of the above.
    direction : {"growing", "shrinking", "undetermined"}
        Whether the interval of the slope excludes zero, and on which side.
    doubling_time, halving_time : Estimate or None
        Months; None unless the series is growing (shrinking). Where the slope
        could be zero its reciprocal has no bounded interval, so neither is given.
    residual_sd : float
        Standard deviation of log10 quantity about the trend.
    n, n_clusters : int
        Rows and independent clusters.
    origin : float
        Decimal year that the regression counts from.
    regression : LinearFit
        The fit of log10 quantity on ("const", "year").
    """

    annual_growth: Estimate
    orders_of_magnitude_per_year: Estimate
    direction: Direction
    doubling_time: Estimate | None
    halving_time: Estimate | None
    residual_sd: float
    n: int
    n_clusters: int
    origin: float
    regression: LinearFit

    def predict(self, dates: Dates, *, level: float = 0.90) -> GrowthBands:
        """Line, confidence band and prediction band on a grid of dates.

        Raises
        ------
        ModelInputError
            If the grid is empty, a date is missing, or the level is not in (0, 1).
        """
        require_level(level)
        years = to_decimal_years(dates) - self.origin
        if years.size == 0:
            raise ModelInputError("needs at least one date to predict at, got none")
        design = np.column_stack([np.ones_like(years), years])
        center = design @ self.regression.coefficients
        variance = np.einsum("ij,jk,ik->i", design, self.regression.covariance, design)
        quantiles = [
            self.regression.critical_value({"const": 1.0, "year": float(year)}, level)
            for year in years
        ]
        line = np.array(quantiles) * np.sqrt(variance)
        freedom = self.regression.n - len(self.regression.names)
        own = float(t_quantile(0.5 + level / 2, freedom)) * self.residual_sd
        new = np.hypot(line, own)
        return GrowthBands(
            dates=pd.DatetimeIndex([to_timestamp(year) for year in years + self.origin]),
            median=10**center,
            confidence_low=10 ** (center - line),
            confidence_high=10 ** (center + line),
            prediction_low=10 ** (center - new),
            prediction_high=10 ** (center + new),
            level=level,
        )


@dataclass(frozen=True)
class DrawnGrowth:
    """A slope and resamples of it, from which an interval of any level is read.

    Attributes
    ----------
    slope : float
        Orders of magnitude a year.
    draws : array
        The same, one for each resample.
    n : int
        Rows behind the slope.
    """

    slope: float
    draws: FloatArray
    n: int

    def summarise(self, level: float) -> Estimate:
        """Return the factor a year with its percentile interval."""
        slope = estimate_by_percentiles(
            self.slope, self.draws, level=level, n=self.n, unit=units.ORDERS_A_YEAR
        )
        return raise_ten(slope, units.TIMES_A_YEAR)


def fit_growth(
    frame: pd.DataFrame,
    *,
    quantity: str = "training_compute_flop",
    date: str = "date",
    covariance: Covariance = "hc3",
    cluster: str | None = None,
    level: float = 0.90,
) -> GrowthFit:
    """Fit log10 of a positive quantity on time by least squares.

    Parameters
    ----------
    frame : DataFrame
        One row per observation; `quantity` and `date` complete.
    quantity, date : str
        Columns.
    covariance : {"hc3", "cluster", "classical"}
        See `models.core.regression.fit_linear`.
    cluster : str, optional
        Column of the cluster (the developer); needed exactly for "cluster".
        With fewer than about 30 clusters, report `fit_wild_cluster_growth` beside it.
    level : float
        Coverage of the confidence intervals.

    Raises
    ------
    ModelInputError
        If rows are fewer than 4, a value is missing or not positive, all dates
        are equal, or the quantity is constant.
    """
    years, logs = read_log_series(frame, quantity, date)
    groups = None if cluster is None else read_clusters(frame, cluster)
    origin = float(years.mean())
    design = pd.DataFrame({"const": 1.0, "year": years - origin})
    fit = fit_linear(design, logs, covariance=covariance, groups=groups)
    slope = fit.combination({"year": 1.0}, level, units.ORDERS_A_YEAR)
    return GrowthFit(
        annual_growth=raise_ten(slope, units.TIMES_A_YEAR),
        orders_of_magnitude_per_year=slope,
        direction=_direction(slope),
        doubling_time=compute_doubling_time(slope),
        halving_time=compute_doubling_time(_negated(slope)),
        residual_sd=fit.residual_sd,
        n=fit.n,
        n_clusters=fit.n_clusters,
        origin=origin,
        regression=fit,
    )


def compute_doubling_time(orders_of_magnitude_per_year: Estimate) -> Estimate | None:
    """Months in which a quantity doubles; None unless its whole interval grows.

    The reciprocal of a slope whose interval holds zero is not an interval but
    two rays, so no number is given for it.
    """
    slope = orders_of_magnitude_per_year
    if slope.low <= 0:
        return None
    months = MONTHS_PER_YEAR * math.log10(2)
    return Estimate(
        months / slope.value,
        months / slope.high,
        months / slope.low,
        slope.level,
        slope.kind,
        slope.n,
        units.MONTHS,
    )


def read_log_series(
    frame: pd.DataFrame, quantity: str, date: str, *, minimum: int = MINIMUM_ROWS
) -> tuple[FloatArray, FloatArray]:
    """Decimal years of the rows, and the log10 of a quantity.

    Raises
    ------
    ModelInputError
        If rows are too few, or a value is missing or not positive.
    """
    require_table(frame, complete=[quantity, date], positive=[quantity], minimum=minimum)
    return to_decimal_years(frame[date]), np.log10(frame[quantity].to_numpy(dtype=float))


def _negated(estimate: Estimate) -> Estimate:
    ends = (-estimate.value, -estimate.high, -estimate.low)
    return Estimate(*ends, estimate.level, estimate.kind, estimate.n, estimate.unit)


def _direction(slope: Estimate) -> Direction:
    if slope.low > 0:
        return "growing"
    return "shrinking" if slope.high < 0 else "undetermined"
