"""Exponential growth of a positive quantity: its pace, its bands and its frontier."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize

from models.core import units
from models.core.bootstrap import percentile_estimate, resampled_rows
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_level, require_replications, require_table
from models.core.regression import Covariance, FloatArray, LinearFit, fit_linear
from models.core.timescale import (
    MONTHS_PER_YEAR,
    Dates,
    Moment,
    decimal_year,
    decimal_years,
    timestamp,
)

Direction = Literal["growing", "shrinking", "undetermined"]
MINIMUM_ROWS = 4
_CONST, _YEAR = "const", "year"
_USABLE_SHARE = 0.9
_LEAST_SPREAD = 1e-9


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
        years = decimal_years(dates) - self.origin
        if years.size == 0:
            raise ModelInputError("needs at least one date to predict at, got none")
        design = np.column_stack([np.ones_like(years), years])
        center = design @ self.regression.coefficients
        variance = np.einsum("ij,jk,ik->i", design, self.regression.covariance, design)
        quantile = self.regression.t_quantile(level)
        line = quantile * np.sqrt(variance)
        new = quantile * np.sqrt(variance + self.residual_sd**2)
        return GrowthBands(
            dates=pd.DatetimeIndex([timestamp(year) for year in years + self.origin]),
            median=10**center,
            confidence_low=10 ** (center - line),
            confidence_high=10 ** (center + line),
            prediction_low=10 ** (center - new),
            prediction_high=10 ** (center + new),
            level=level,
        )


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
        With fewer than about 30 clusters, report `wild_cluster_growth` beside it.
    level : float
        Coverage of the confidence intervals.

    Raises
    ------
    ModelInputError
        If rows are fewer than 4, a value is missing or not positive, all dates
        are equal, or the quantity is constant.
    """
    years, logs = _log_series(frame, quantity, date)
    groups = None if cluster is None else _cluster_column(frame, cluster)
    origin = float(years.mean())
    design = pd.DataFrame({_CONST: 1.0, _YEAR: years - origin})
    fit = fit_linear(design, logs, covariance=covariance, groups=groups)
    slope = fit.combination({_YEAR: 1.0}, level, units.ORDERS_A_YEAR)
    return GrowthFit(
        annual_growth=_as_factor(slope),
        orders_of_magnitude_per_year=slope,
        direction=_direction(slope),
        doubling_time=doubling_time(slope),
        halving_time=doubling_time(_negated(slope)),
        residual_sd=fit.residual_sd,
        n=fit.n,
        n_clusters=fit.n_clusters,
        origin=origin,
        regression=fit,
    )


def doubling_time(orders_of_magnitude_per_year: Estimate) -> Estimate | None:
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


def quantile_growth(
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
    if not 0 < quantile < 1:
        raise ModelInputError(f"quantile must lie between 0 and 1, got {quantile}")
    require_level(level)
    require_replications(replications)
    years, logs = _log_series(frame, quantity, date)
    if np.ptp(years) == 0:
        raise ModelInputError(f"needs different dates, got {len(years)} equal ones")
    origin = float(years.mean())
    design = np.column_stack([np.ones_like(years), years - origin])
    intercept, slope = fit_quantile(design, logs, quantile)
    groups = np.arange(len(years)) if cluster is None else _cluster_column(frame, cluster)
    slopes = [
        fit_quantile(design[picked], logs[picked], quantile)[1]
        for picked in resampled_rows(groups, rng, replications)
        if np.ptp(years[picked]) > 0
    ]
    estimate = percentile_estimate(
        float(slope), slopes, level=level, n=len(years), unit=units.ORDERS_A_YEAR
    )
    return QuantileGrowth(quantile, _as_factor(estimate), estimate.value, float(intercept), origin)


def frontier_growth(
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
    require_level(level)
    require_replications(replications)
    if top is not None and top < 1:
        raise ModelInputError(f"top must be at least 1, got {top}")
    years, logs = _log_series(frame, quantity, date)
    groups = np.arange(len(years)) if cluster is None else _cluster_column(frame, cluster)
    order = np.lexsort((-logs, years))
    years, logs, groups = years[order], logs[order], groups[order]
    copies = np.vstack([np.ones(len(years)), _group_copies(groups, rng, replications)])
    chosen = _record_weights(logs, copies) if top is None else _top_weights(logs, copies, top)
    chosen = chosen * (years >= (-np.inf if since is None else decimal_year(since)))
    n = int((chosen[0] > 0).sum())
    if n < MINIMUM_ROWS:
        raise ModelInputError(f"needs {MINIMUM_ROWS} models at the frontier, got {n}")
    slopes = _weighted_slopes(years, logs, chosen)
    drawn = slopes[1:][np.isfinite(slopes[1:])]
    if len(drawn) < _USABLE_SHARE * replications:
        raise ModelInputError(
            f"needs a slope in 9 of 10 resamples, got it in {len(drawn)} of {replications}"
        )
    slope = percentile_estimate(float(slopes[0]), drawn, level=level, n=n, unit=units.ORDERS_A_YEAR)
    return FrontierGrowth(top, _as_factor(slope), len(frame))


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
    result = optimize.linprog(
        -response,
        A_eq=design.T,
        b_eq=(1 - quantile) * design.sum(axis=0),
        bounds=(0, 1),
        method="highs",
    )
    if result.status != 0:
        raise ModelInputError(f"needs independent regressors without NaN: {result.message}")
    return np.asarray(-result.eqlin.marginals)


def wild_cluster_p_value(
    frame: pd.DataFrame,
    *,
    cluster: str,
    null_growth: float,
    rng: np.random.Generator,
    quantity: str = "training_compute_flop",
    date: str = "date",
    replications: int = 999,
) -> float:
    """Wild cluster bootstrap p-value of "the quantity grows by this factor a year".

    Restricted residuals, bootstrap-t, Webb six-point weights (Cameron, Gelbach
    and Miller 2008; Webb 2023), which stay usable with about five clusters.

    Raises
    ------
    ModelInputError
        As in `fit_growth`, if `null_growth` is not positive, or clusters are
        fewer than three.
    """
    if null_growth <= 0:
        raise ModelInputError(f"null_growth must be positive, got {null_growth}")
    problem = _wild_problem(frame, quantity, date, cluster, rng=rng, replications=replications)
    return problem.p_value(math.log10(null_growth))


def wild_cluster_growth(
    frame: pd.DataFrame,
    *,
    cluster: str,
    rng: np.random.Generator,
    quantity: str = "training_compute_flop",
    date: str = "date",
    replications: int = 999,
    level: float = 0.90,
) -> Estimate:
    """Annual growth factor with a wild cluster bootstrap interval.

    The interval holds every growth that `wild_cluster_p_value` does not reject,
    found by bisection with one fixed set of weights.

    Raises
    ------
    ModelInputError
        As in `wild_cluster_p_value`; also if the interval is unbounded, which
        happens where one cluster carries the slope.
    """
    require_level(level)
    problem = _wild_problem(frame, quantity, date, cluster, rng=rng, replications=replications)
    low, high = problem.interval(level)
    slope = Estimate(problem.slope, low, high, level, "confidence", len(frame), units.ORDERS_A_YEAR)
    return _as_factor(slope)


@dataclass(frozen=True)
class _WildProblem:
    """One simple regression, ready for repeated wild bootstraps."""

    years: FloatArray
    logs: FloatArray
    codes: npt.NDArray[np.intp]
    weights: FloatArray
    slope: float
    error: float

    def p_value(self, null: float) -> float:
        """Share of bootstrap t statistics at least as extreme as the observed one."""
        observed = abs(self.slope - null) / self.error
        restricted = self.logs - null * self.years
        restricted = restricted - restricted.mean()
        drawn = restricted * self.weights[:, self.codes]
        slopes, errors = _slopes_and_errors(self.years, drawn, self.codes)
        return float(np.mean(np.abs(slopes) >= observed * errors))

    def interval(self, level: float) -> tuple[float, float]:
        """Find the ends of the set of slopes that are not rejected at 1 - level."""
        return self._end(level, -1.0), self._end(level, 1.0)

    def _end(self, level: float, side: float) -> float:
        def excess(distance: float) -> float:
            return self.p_value(self.slope + side * distance * self.error) - (1 - level) - 1e-9

        far = 4.0
        while excess(far) > 0:
            far *= 2
            if far > 1e3:  # noqa: PLR2004
                raise ModelInputError("wild bootstrap interval is unbounded: too few clusters")
        return self.slope + side * optimize.bisect(excess, 0.0, far, xtol=1e-3) * self.error


def _wild_problem(
    frame: pd.DataFrame,
    quantity: str,
    date: str,
    cluster: str,
    *,
    rng: np.random.Generator,
    replications: int,
) -> _WildProblem:
    require_replications(replications)
    years, logs = _log_series(frame, quantity, date)
    groups = _cluster_column(frame, cluster)
    design = pd.DataFrame({_CONST: 1.0, _YEAR: years})
    fit_linear(design, logs, covariance="cluster", groups=groups)  # refuses what it must
    codes, labels = pd.factorize(groups)
    centered = years - years.mean()
    slopes, errors = _slopes_and_errors(centered, logs[np.newaxis, :], codes)
    points = np.sqrt([0.5, 1.0, 1.5])
    weights = rng.choice(np.concatenate([-points, points]), size=(replications, len(labels)))
    return _WildProblem(centered, logs, codes, weights, float(slopes[0]), float(errors[0]))


def _slopes_and_errors(
    centered: FloatArray, outcomes: FloatArray, codes: npt.NDArray[np.intp]
) -> tuple[FloatArray, FloatArray]:
    """Slope and clustered standard error of every row of `outcomes` on one regressor."""
    spread = float(centered @ centered)
    slopes = outcomes @ centered / spread
    residuals = outcomes - outcomes.mean(axis=1, keepdims=True) - np.outer(slopes, centered)
    member = np.zeros((len(codes), int(codes.max()) + 1))
    member[np.arange(len(codes)), codes] = centered
    scores = residuals @ member
    return slopes, np.sqrt((scores**2).sum(axis=1)) / spread


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


def _log_series(frame: pd.DataFrame, quantity: str, date: str) -> tuple[FloatArray, FloatArray]:
    require_table(frame, complete=[quantity, date], positive=[quantity], minimum=MINIMUM_ROWS)
    return decimal_years(frame[date]), np.log10(frame[quantity].to_numpy(dtype=float))


def _cluster_column(frame: pd.DataFrame, cluster: str) -> npt.NDArray[np.object_]:
    require_table(frame, complete=[cluster])
    return frame[cluster].to_numpy(dtype=object)


def _as_factor(slope: Estimate) -> Estimate:
    ends = (10**slope.value, 10**slope.low, 10**slope.high)
    return Estimate(*ends, slope.level, slope.kind, slope.n, units.TIMES_A_YEAR)


def _negated(estimate: Estimate) -> Estimate:
    ends = (-estimate.value, -estimate.high, -estimate.low)
    return Estimate(*ends, estimate.level, estimate.kind, estimate.n, estimate.unit)


def _direction(slope: Estimate) -> Direction:
    if slope.low > 0:
        return "growing"
    return "shrinking" if slope.high < 0 else "undetermined"
