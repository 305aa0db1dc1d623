"""When growth changed, if it did, and if these data could have shown it.

The usual F table does not hold for the best of many dates, so that the null distribution is
simulated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from models.core.distributions import f_quantile, t_cdf, t_quantile
from models.core.errors import ModelInputError
from models.core.exponential_growth import read_log_series
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import (
    read_clusters,
    require_level,
    require_replications,
    require_table,
)
from models.core.structural_breaks import (
    COMPUTE,
    MINIMUM_PER_SIDE,
    InterruptedTrend,
    fit_interrupted_trend,
)
from models.core.timescale import Moment, to_decimal_year, to_decimal_years, to_timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.core.estimates import Estimate
    from models.core.regression import Covariance, FloatArray


@dataclass(frozen=True)
class BreakSearch:
    """The kink that fits best, and whether there is one.

    Attributes
    ----------
    best : InterruptedTrend
        The fit at the best date. Its intervals and `p_value` take the date as
        given, so they are too good: use `growth_after` and `p_value` below.
    growth_after : Estimate
        Factor per year after the kink. The value is that at the best date; the interval is
        averaged over all candidate dates, each as far as it is likely.
    earliest, latest : Timestamp
        Dates that a likelihood-ratio test at `level` does not reject, outermost.
    level : float
        Coverage that the set of dates of a change claims.
    sup_f : float
        Largest F statistic over the candidate dates.
    critical_value : float
        F statistic that the largest one exceeds by chance, with the chance 1 - `level`, where
        growth never changed.
    p_value : float
        p-value of growth that changed at no date, by a wild bootstrap of the largest F.
    bic_straight, bic_kinked : float
        As in `InterruptedTrend`, but the searched date counts as a parameter.
    profile : DataFrame
        Columns date, f, change_oom (slope after minus before, orders of magnitude a year),
        in_confidence_set: one row per candidate date.
    """

    best: InterruptedTrend
    growth_after: Estimate
    earliest: pd.Timestamp
    latest: pd.Timestamp
    level: float
    sup_f: float
    critical_value: float
    p_value: float
    bic_straight: float
    bic_kinked: float
    profile: pd.DataFrame

    @property
    def test(self) -> HypothesisTest:
        """The test of no change at any date."""
        return HypothesisTest("Growth changes at no date.", self.p_value, self.best.test.n)


def search_break(
    frame: pd.DataFrame,
    *,
    rng: np.random.Generator,
    quantity: str = COMPUTE,
    date: str = "date",
    covariance: Covariance = "hc3",
    cluster: str | None = None,
    trim: float = 0.15,
    replications: int = 999,
    level: float = 0.90,
) -> BreakSearch:
    """Search for the date at which the slope changes.

    Candidates are the first days of months between the `trim` and 1 - `trim` quantiles of the
    dates. The usual F table does not hold for a maximum over dates (Andrews 1993),
    so that the null distribution is a wild bootstrap with Rademacher weights, one
    per cluster where `cluster` is given (Hansen 2000, 2017 for the kink).

    Parameters
    ----------
    frame : DataFrame
        `quantity` and `date` complete.
    rng : numpy.random.Generator
        Source of the weights.
    covariance, cluster
        Of the fit at the best date, as in `models.core.exponential_growth.fit_growth`; `cluster`
        is used for the bootstrap as well.
    trim : float
        Share of rows kept free at either end, in (0, 0.5).
    replications : int
        Bootstrap draws.

    Raises
    ------
    ModelInputError
        As `fit_interrupted_trend`; also if the trim is out of bounds or leaves fewer
        than two candidate months.
    """
    require_level(level)
    require_replications(replications)
    years, logs = read_log_series(frame, quantity, date, minimum=2 * MINIMUM_PER_SIDE)
    candidates = _candidates(years, trim)
    profile, changes = _f_profile(years, logs[np.newaxis, :], candidates)
    f, best = profile[0], int(profile[0].argmax())
    groups = np.arange(len(years)) if cluster is None else read_clusters(frame, cluster)
    null = _wild_suprema(years, logs, candidates, _rademacher(groups, rng, replications))
    inside = _not_rejected(f, len(years), level)
    at_best = fit_interrupted_trend(
        frame,
        break_date=to_timestamp(candidates[best]),
        quantity=quantity,
        date=date,
        covariance=covariance,
        cluster=cluster,
        level=level,
    )
    return BreakSearch(
        best=at_best,
        growth_after=_average_growth_after(
            years, logs, candidates, at_best.growth_after, level=level
        ),
        earliest=to_timestamp(candidates[inside].min()),
        latest=to_timestamp(candidates[inside].max()),
        level=level,
        sup_f=float(f[best]),
        critical_value=float(np.quantile(null, level)),
        p_value=float((1 + np.sum(null >= f[best])) / (1 + replications)),
        bic_straight=at_best.bic_straight,
        bic_kinked=at_best.bic_kinked + float(np.log(len(years))),
        profile=pd.DataFrame(
            {
                "date": [to_timestamp(year) for year in candidates],
                "f": f,
                "change_oom": changes[0],
                "in_confidence_set": inside,
            }
        ),
    )


def simulate_break_power(
    frame: pd.DataFrame,
    *,
    break_date: Moment,
    changes: Sequence[float],
    rng: np.random.Generator,
    quantity: str = COMPUTE,
    date: str = "date",
    trim: float = 0.15,
    size: float = 0.10,
    replications: int = 500,
) -> pd.DataFrame:
    """Chance that a kink of a given size would be found in data like these.

    Simulates the table's own dates with independent normal residuals of the
    standard deviation of its kinked fit. Clustering would lower the power further.

    Parameters
    ----------
    frame : DataFrame
        `quantity` and `date` complete.
    break_date : str, date or Timestamp
        Where the simulated kink lies.
    changes : sequence of float
        Growth after over growth before: 0.5 halves the annual factor.
    size : float
        Chance of a false alarm, in (0, 1).

    Returns
    -------
    DataFrame
        Columns change, power_known_date (F test at the date), power_unknown_date
        (sup-F, its critical value simulated under no kink).

    Raises
    ------
    ModelInputError
        If a change is not positive, or as `fit_interrupted_trend`.
    """
    require_level(size)
    require_replications(replications)
    if len(changes) == 0 or min(changes) <= 0:
        raise ModelInputError(f"needs positive changes of growth, got {list(changes)}")
    sd = fit_interrupted_trend(
        frame, break_date=break_date, quantity=quantity, date=date
    ).regression.residual_sd
    years, _ = read_log_series(frame, quantity, date, minimum=2 * MINIMUM_PER_SIDE)
    kink = to_decimal_year(break_date)
    candidates = _candidates(years, trim)
    noise = rng.normal(0.0, sd, size=(replications, len(years)))
    null = rng.normal(0.0, sd, size=(2 * replications, len(years)))
    critical = float(np.quantile(_f_profile(years, null, candidates)[0].max(axis=1), 1 - size))
    known = float(f_quantile(1 - size, 1, len(years) - 3))
    rows = []
    for change in changes:
        drawn = noise + np.log10(change) * np.maximum(years - kink, 0.0)
        at_date = _f_profile(years, drawn, np.array([kink]))[0][:, 0]
        anywhere = _f_profile(years, drawn, candidates)[0].max(axis=1)
        rows.append((change, float((at_date > known).mean()), float((anywhere > critical).mean())))
    return pd.DataFrame(rows, columns=["change", "power_known_date", "power_unknown_date"])


def list_candidate_months(
    frame: pd.DataFrame, *, date: str = "date", trim: float = 0.15
) -> pd.DatetimeIndex:
    """First days of the months in which `search_break` looks for a kink.

    Raises
    ------
    ModelInputError
        If a date is missing, the trim is out of bounds, or fewer than two months
        have 4 rows on each side.
    """
    require_table(frame, complete=[date], minimum=2 * MINIMUM_PER_SIDE)
    candidates = _candidates(to_decimal_years(frame[date]), trim)
    return pd.DatetimeIndex([to_timestamp(year) for year in candidates])


def _candidates(years: FloatArray, trim: float) -> FloatArray:
    if not 0 < trim < 0.5:  # noqa: PLR2004
        raise ModelInputError(f"trim must lie between 0 and 0.5, got {trim}")
    first, last = np.quantile(years, [trim, 1 - trim])
    months = pd.date_range(to_timestamp(first), to_timestamp(last), freq="MS")
    grid = to_decimal_years(months)
    after = (years[np.newaxis, :] >= grid[:, np.newaxis]).sum(axis=1)
    roomy = np.minimum(after, len(years) - after) >= MINIMUM_PER_SIDE
    if roomy.sum() < 2:  # noqa: PLR2004
        raise ModelInputError(
            f"needs at least 2 candidate months with {MINIMUM_PER_SIDE} rows on each side, "
            f"got {int(roomy.sum())}"
        )
    return np.asarray(grid[roomy])


def _f_profile(
    years: FloatArray, outcomes: FloatArray, candidates: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """F statistic and slope change of every outcome row at every candidate date.

    By Frisch and Waugh: the kink term is first cleared of the straight line.
    """
    line = np.column_stack([np.ones_like(years), years - years.mean()])
    projection = np.eye(len(years)) - line @ np.linalg.pinv(line)
    kinks = projection @ np.maximum(years[:, np.newaxis] - candidates, 0.0)
    residuals = outcomes @ projection
    scores, norms = residuals @ kinks, (kinks**2).sum(axis=0)
    explained = scores**2 / norms
    rest = (residuals**2).sum(axis=1, keepdims=True) - explained
    return explained / (rest / (len(years) - 3)), scores / norms


def _average_growth_after(
    years: FloatArray, logs: FloatArray, candidates: FloatArray, best: Estimate, *, level: float
) -> Estimate:
    """Widen the interval of the growth after the kink by what is not known of its date.

    Given the date the slope has a t distribution. Dates are as probable as the residual sums
    of squares make them, before any of which all were alike (Hoeting et al. 1999, *Statistical
    Science* 14). Rows count as independent and equally noisy.
    """
    freedom = len(years) - 3
    found = [_slope_after(years, logs, date) for date in candidates]
    slopes, errors, squares = np.transpose(found)
    chance = (squares / squares.min()) ** (-freedom / 2)
    chance = chance / chance.sum()

    def end(share: float) -> float:
        def excess(slope: float) -> float:
            below = t_cdf((slope - slopes) / errors, freedom)
            return float(chance @ below) - share

        reach = t_quantile(max(share, 1 - share), freedom) * errors
        return float(scipy.optimize.brentq(excess, (slopes - reach).min(), (slopes + reach).max()))

    low, high = (10 ** end(0.5 + side * level / 2) for side in (-1, 1))
    return replace(best, low=min(low, best.value), high=max(high, best.value), level=level)


def _slope_after(years: FloatArray, logs: FloatArray, kink: float) -> tuple[float, float, float]:
    """Slope after a kink, its standard error, and the residual sum of squares."""
    since = years - kink
    # With the two sides' times as regressors the last coefficient is the slope after.
    design = np.column_stack([np.ones_like(since), np.minimum(since, 0), np.maximum(since, 0)])
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ design.T @ logs
    squares = float(np.sum((logs - design @ coefficients) ** 2))
    error = (bread[2, 2] * squares / (len(logs) - 3)) ** 0.5
    return float(coefficients[2]), float(error), squares


def _wild_suprema(
    years: FloatArray,
    logs: FloatArray,
    candidates: FloatArray,
    weights: FloatArray,
) -> FloatArray:
    """Largest F of each wild bootstrap draw of the straight line's residuals."""
    slope, level = np.polyfit(years - years.mean(), logs, 1)
    residuals = logs - level - slope * (years - years.mean())
    profile, _ = _f_profile(years, residuals * weights, candidates)
    return np.asarray(profile.max(axis=1))


def _rademacher(
    groups: npt.NDArray[Any], rng: np.random.Generator, replications: int
) -> FloatArray:
    codes, labels = pd.factorize(groups)
    return rng.choice([-1.0, 1.0], size=(replications, len(labels)))[:, codes]


def _not_rejected(f: FloatArray, n: int, level: float) -> npt.NDArray[np.bool_]:
    """Candidates whose residual sum of squares is close enough to the least one."""
    rest = 1 / (1 + f / (n - 3))
    bound = rest.min() * (1 + f_quantile(level, 1, n - 4) / (n - 4))
    return np.asarray(rest <= bound)
