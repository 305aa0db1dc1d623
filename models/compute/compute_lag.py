"""What the hardware chapter asks beyond one model: lags, hidden runs, and the input that binds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from models.core import units
from models.core.arrays import FloatArray, bounded, paths
from models.core.bootstrap import percentile_estimate
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.exponential_growth import GrowthFit, fit_growth
from models.core.frontier import running_maximum
from models.core.input_checks import require_level, require_table, rows_of_countries
from models.core.regression import LinearFit
from models.core.structural_breaks import InterruptedTrend
from models.core.timescale import (
    DAYS_PER_YEAR,
    MONTHS_PER_YEAR,
    Moment,
    decimal_year,
    decimal_years,
)

_COMPUTE = "training_compute_flop"
_MINIMUM_DISCLOSED = 4
_MINIMUM_IMPUTATIONS = 2


@dataclass(frozen=True)
class ImputedGrowth:
    """Growth when runs of unknown size are filled in under a stated assumption.

    Attributes
    ----------
    annual_growth : Estimate
        Factor per year, pooled over the imputations; n is the number of models.
    shift_oom : float
        Orders of magnitude by which undisclosed runs were taken to exceed
        disclosed ones of the same date.
    n_disclosed, n_imputed : int
        Models of known and of filled-in compute.
    """

    annual_growth: Estimate
    shift_oom: float
    n_disclosed: int
    n_imputed: int


def follower_lags(
    frame: pd.DataFrame,
    *,
    leader: str = "USA",
    follower: str = "CHN",
    quantity: str = _COMPUTE,
) -> pd.DataFrame:
    """For each record of the follower: how long the leader had had a value as large.

    Parameters
    ----------
    frame : DataFrame
        Columns model, country, date and `quantity`; rows of other countries,
        or of several, are left aside.

    Returns
    -------
    DataFrame
        model, date, `quantity`, leader_model, leader_date and lag_months; one
        row for each record of the follower. The last three are empty where the
        leader had nothing as large by the end of the table.

    Raises
    ------
    ModelInputError
        If a country has no row, or a value is missing or not positive.
    """
    pair = rows_of_countries(
        frame, [leader, follower], complete=["model", "date", quantity], positive=[quantity]
    )
    records = running_maximum(pair[pair["country"] == follower], value=quantity)
    ahead = running_maximum(pair[pair["country"] == leader], value=quantity)
    position = np.searchsorted(ahead[quantity].to_numpy(), records[quantity].to_numpy())
    matched = ahead[["model", "date"]].reset_index(drop=True).reindex(position)
    lags = records[["model", "date", quantity]].reset_index(drop=True)
    lags["leader_model"] = matched["model"].to_numpy()
    lags["leader_date"] = matched["date"].to_numpy()
    days = (lags["date"] - lags["leader_date"]).dt.days
    return lags.assign(lag_months=days / DAYS_PER_YEAR * MONTHS_PER_YEAR)


def lag_between_trends(
    leader: GrowthFit,
    follower: InterruptedTrend,
    *,
    date: Moment,
    rng: np.random.Generator,
    n_draws: int = 4000,
    level: float = 0.90,
) -> Estimate:
    """How long before a date the leader's line was where the follower's is at that date.

    Coefficients of both fits are drawn from their normal approximations; the follower's
    break date is taken as given.

    Parameters
    ----------
    leader : GrowthFit
        A straight line.
    follower : InterruptedTrend
        A line with one kink, before `date`.
    date : str, date or Timestamp
        Where the lines are compared.
    n_draws : int
        Draws of the coefficients.

    Returns
    -------
    Estimate
        Years; negative where the follower is ahead.

    Raises
    ------
    ModelInputError
        If the date precedes the kink, or the leader's line may not rise.
    """
    since = decimal_year(date) - decimal_year(follower.break_date)
    if since < 0:
        raise ModelInputError(f"needs a date after the kink of {follower.break_date}, got {date}")
    if leader.direction != "growing":
        raise ModelInputError(f"needs a leader that grows, got {leader.direction}")
    behind = _drawn(follower.regression, rng, n_draws) @ np.array([1.0, since, since])
    ahead = _drawn(leader.regression, rng, n_draws)
    lags = decimal_year(date) - leader.origin - (behind - ahead[:, 0]) / ahead[:, 1]
    n = leader.n + follower.n_before + follower.n_after
    return percentile_estimate(float(lags[0]), lags[1:], level=level, n=n, unit=units.YEARS)


def growth_with_undisclosed(
    frame: pd.DataFrame,
    *,
    shift_oom: float,
    rng: np.random.Generator,
    quantity: str = _COMPUTE,
    cluster: str = "organization",
    imputations: int = 30,
    level: float = 0.90,
) -> ImputedGrowth:
    r"""Growth if undisclosed runs exceed disclosed ones by a stated amount.

    The runs that are not disclosed are drawn about the trend of those that are,
    moved by the shift; slopes are pooled by Rubin's rules (variance
    :math:`\bar W + (1 + 1/m) B`, t quantiles of the disclosed developers less one).
    A pattern-mixture sensitivity analysis (Rubin
    1987, *Multiple Imputation for Nonresponse in Surveys*, chapter 6): the
    shift is an assumption, no data speak of it.

    Parameters
    ----------
    frame : DataFrame
        Columns date, `cluster` (complete) and `quantity` (empty: undisclosed).
    shift_oom : float
        log10 of undisclosed over disclosed compute at one date.
    imputations : int
        Times that the gaps are filled, at least 2.

    Raises
    ------
    ModelInputError
        If fewer than 4 rows are disclosed, or as `models.core.exponential_growth.fit_growth`.
    """
    require_level(level)
    require_table(frame, complete=["date", cluster], minimum=_MINIMUM_DISCLOSED)
    if imputations < _MINIMUM_IMPUTATIONS:
        raise ModelInputError(f"needs at least 2 imputations, got {imputations}")
    shift = float(bounded(shift_oom, "shift_oom"))
    hidden = frame[quantity].isna().to_numpy()
    seen = fit_growth(frame[~hidden], quantity=quantity, covariance="cluster", cluster=cluster)
    design = np.column_stack([np.ones(len(frame)), decimal_years(frame["date"]) - seen.origin])
    slopes, variances = [], []
    for _ in range(imputations):
        line = design @ rng.multivariate_normal(
            seen.regression.coefficients, seen.regression.covariance
        )
        drawn = 10 ** (line + shift + rng.normal(0.0, seen.residual_sd, len(frame)))
        filled = frame.assign(**{quantity: np.where(hidden, drawn, frame[quantity])})
        fit = fit_growth(filled, quantity=quantity, covariance="cluster", cluster=cluster)
        slopes.append(fit.orders_of_magnitude_per_year.value)
        variances.append(float(fit.regression.covariance[1, 1]))
    slope = _pooled(np.array(slopes), np.array(variances), seen.n_clusters - 1, level)
    ends = (10 ** slope[0], 10 ** slope[1], 10 ** slope[2])
    estimate = Estimate(*ends, level, "confidence", len(frame), units.TIMES_A_YEAR)
    return ImputedGrowth(estimate, shift, int((~hidden).sum()), int(hidden.sum()))


def limiting_input(outputs: Mapping[str, FloatArray]) -> pd.DataFrame:
    """How often each input is the tightest limit of an output that needs them all.

    Parameters
    ----------
    outputs : mapping of str to ndarray, shape (n_paths,)
        What could be made if only the named input were scarce, path by path.

    Returns
    -------
    DataFrame
        input, share_binding (adds up to 1; ties go to the first named), median
        of the output that the input allows.

    Raises
    ------
    ModelInputError
        If fewer than two inputs are named, lengths differ, or an output is negative.
    """
    if len(outputs) < 2:  # noqa: PLR2004
        raise ModelInputError(f"needs at least two inputs, got {list(outputs)}")
    if len({np.size(values) for values in outputs.values()}) > 1:
        raise ModelInputError("needs one number of paths for all inputs")
    table = np.vstack([bounded(values, name, low=0).ravel() for name, values in outputs.items()])
    tightest = np.bincount(table.argmin(axis=0), minlength=len(outputs))
    return pd.DataFrame(
        {
            "input": list(outputs),
            "share_binding": tightest / table.shape[1],
            "median": np.median(table, axis=1),
        }
    )


def spread_by_factor(
    median: float, factor: float, rng: np.random.Generator, *, n_paths: int
) -> FloatArray:
    """Draws of a judged positive quantity: log-normal, 90% within a factor of its median.

    Parameters
    ----------
    median : float
        Centre of the judgement; 0 gives zeros.
    factor : float
        The 5th percentile is the median divided by it, the 95th the median times it.

    Raises
    ------
    ModelInputError
        If the median is negative or the factor below 1.
    """
    centre = float(bounded(median, "median", low=0))
    log_sd = np.log(float(bounded(factor, "factor", low=1))) / stats.norm.ppf(0.95)
    return np.asarray(centre * np.exp(log_sd * rng.standard_normal(paths(n_paths))))


def difference(first: Estimate, second: Estimate) -> Estimate:
    """First minus second, of two independent means with symmetric intervals.

    Half-widths add in squares (normal errors); level and unit must agree.

    Raises
    ------
    ModelInputError
        If levels or units differ.
    """
    if first.level != second.level or first.unit != second.unit:
        raise ModelInputError(f"needs one level and unit, got {first} and {second}")
    half = float(np.hypot((first.high - first.low) / 2, (second.high - second.low) / 2))
    value = first.value - second.value
    n = min(first.n, second.n)
    return Estimate(value, value - half, value + half, first.level, first.kind, n, first.unit)


def _drawn(fit: LinearFit, rng: np.random.Generator, n_draws: int) -> FloatArray:
    """Coefficients and draws of them, shape (1 + n_draws, k)."""
    drawn = rng.multivariate_normal(fit.coefficients, fit.covariance, size=paths(n_draws))
    return np.vstack([fit.coefficients, drawn])


def _pooled(
    slopes: FloatArray, variances: FloatArray, degrees: int, level: float
) -> tuple[float, float, float]:
    """Rubin's rules for a scalar; degrees of freedom are those of the complete-data fit."""
    value = float(slopes.mean())
    total = float(variances.mean() + (1 + 1 / len(slopes)) * slopes.var(ddof=1))
    half = float(stats.t.ppf(0.5 + level / 2, degrees)) * total**0.5
    return value, value - half, value + half
