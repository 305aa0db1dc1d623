"""Whether growth changed, when, and if these data could have shown it.

A break imposed at a policy's date finds whatever changed near it. So: impose the
date, search for the date, try placebo dates, and compute the power.

Rows that were selected for being large (a running top n) are taken as given: the
p-values do not know of the selection, so show the unselected rows beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import (
    require_level,
    require_replications,
    require_table,
    rows_of_countries,
)
from models.core.regression import Covariance, FloatArray, LinearFit, fit_linear
from models.core.timescale import Moment, decimal_year, decimal_years, timestamp

MINIMUM_PER_SIDE = 4
_COMPUTE = "training_compute_flop"


@dataclass(frozen=True)
class InterruptedTrend:
    """A continuous log-linear trend with one kink at a given date.

    Attributes
    ----------
    break_date : Timestamp
        Where the slope may change.
    growth_before, growth_after : Estimate
        Factor per year.
    change : Estimate
        Growth after over growth before; below 1 is a slowdown.
    p_value : float
        Of no change, for a date that was fixed before looking at the data.
    bic_straight, bic_kinked : float
        Bayesian information criterion without and with the kink; the date is not
        counted as a parameter.
    n_before, n_after, n_clusters : int
        Rows on either side, and independent clusters.
    regression : LinearFit
        log10 quantity on ("const", "year", "year_after").
    """

    break_date: pd.Timestamp
    growth_before: Estimate
    growth_after: Estimate
    change: Estimate
    p_value: float
    bic_straight: float
    bic_kinked: float
    n_before: int
    n_after: int
    n_clusters: int
    regression: LinearFit


@dataclass(frozen=True)
class DifferentialBreak:
    """Whether one country's growth changed more than another's at the same date.

    Attributes
    ----------
    break_date : Timestamp
        Where both slopes may change.
    change : Estimate
        Change of the treated country's growth over that of the control's; below 1 is
        a slowdown that the control did not share.
    p_value : float
        Of equal changes, for a date that was fixed before looking at the data.
    n_treated, n_control, n_clusters : int
        Rows of either country, and independent clusters.
    """

    break_date: pd.Timestamp
    change: Estimate
    p_value: float
    n_treated: int
    n_control: int
    n_clusters: int


@dataclass(frozen=True)
class BreakSearch:
    """The kink that fits best, and whether there is one.

    Attributes
    ----------
    best : InterruptedTrend
        The fit at the best date. Its intervals and `p_value` take the date as
        given, so they are too good: use `p_value` below.
    earliest, latest : Timestamp
        Dates that a likelihood-ratio test at `level` does not reject, outermost.
    level : float
        Coverage of that set.
    sup_f : float
        Largest F statistic over the candidate dates.
    critical_value : float
        What `sup_f` exceeds with chance 1 - `level` where there is no kink.
    p_value : float
        Of no kink anywhere, by a wild bootstrap of `sup_f`.
    bic_straight, bic_kinked : float
        As in `InterruptedTrend`, but the searched date counts as a parameter.
    profile : DataFrame
        Columns date, f, change_oom (slope after minus before, orders of magnitude a year),
        in_confidence_set: one row per candidate date.
    """

    best: InterruptedTrend
    earliest: pd.Timestamp
    latest: pd.Timestamp
    level: float
    sup_f: float
    critical_value: float
    p_value: float
    bic_straight: float
    bic_kinked: float
    profile: pd.DataFrame


def interrupted_trend(
    frame: pd.DataFrame,
    *,
    break_date: Moment,
    quantity: str = _COMPUTE,
    date: str = "date",
    covariance: Covariance = "hc3",
    cluster: str | None = None,
    level: float = 0.90,
) -> InterruptedTrend:
    r"""Fit a trend whose slope may change at one imposed date.

    .. math:: \log_{10} y_i = a + b\,t_i + d\,(t_i - \tau)_+ + e_i

    Parameters
    ----------
    frame : DataFrame
        `quantity` and `date` complete.
    break_date : str, date or Timestamp
        The date :math:`\tau`.
    covariance, cluster, level
        As in `models.core.exponential_growth.fit_growth`.

    Raises
    ------
    ModelInputError
        If either side has fewer than 4 rows, or as `models.core.exponential_growth.fit_growth`.
    """
    years, logs = _log_series(frame, quantity, date)
    groups = None if cluster is None else _groups(frame, cluster)
    kink = decimal_year(break_date)
    n_after = _require_both_sides(years, kink)
    design = _kinked_design(years, kink)
    fit = fit_linear(design, logs, covariance=covariance, groups=groups)
    straight = fit_linear(design[["const", "year"]], logs, covariance="classical")
    return InterruptedTrend(
        break_date=pd.Timestamp(break_date),
        growth_before=_factor(fit.combination({"year": 1.0}, level)),
        growth_after=_factor(fit.combination({"year": 1.0, "year_after": 1.0}, level)),
        change=_factor(fit.combination({"year_after": 1.0}, level), units.TIMES),
        p_value=fit.p_value({"year_after": 1.0}),
        bic_straight=straight.bic,
        bic_kinked=fit.bic,
        n_before=len(years) - n_after,
        n_after=n_after,
        n_clusters=fit.n_clusters,
        regression=fit,
    )


def differential_break(
    frame: pd.DataFrame,
    *,
    break_date: Moment,
    treated: str = "CHN",
    control: str = "USA",
    quantity: str = _COMPUTE,
    date: str = "date",
    cluster: str = "organization",
    level: float = 0.90,
) -> DifferentialBreak:
    r"""Compare the change of slope at a date with that of a country that was not treated.

    .. math:: \log_{10} y_i = a_c + b_c\,t_i + d_c\,(t_i - \tau)_+ + e_i

    with levels, slopes and kinks of each country; reported is :math:`d_1 - d_0`, the
    comparative interrupted time series of Bloom (2003). What moved both countries at
    the date cancels; what moved only one of them, and was not the treatment, does not.

    Parameters
    ----------
    frame : DataFrame
        Columns country, `date`, `quantity` and `cluster`, complete for both countries.
    break_date : str, date or Timestamp
        The date :math:`\tau`.

    Raises
    ------
    ModelInputError
        If a country has fewer than 4 rows on either side, or as
        `models.core.regression.fit_linear`.
    """
    pair = rows_of_countries(
        frame, [treated, control], complete=[date, quantity, cluster], positive=[quantity]
    )
    years, logs = _log_series(pair, quantity, date)
    kink = decimal_year(break_date)
    own = (pair["country"] == treated).to_numpy(dtype=float)
    for code in (treated, control):
        _require_both_sides(years[(pair["country"] == code).to_numpy()], kink, f"{code} ")
    shared = _kinked_design(years, kink)
    design = pd.concat([shared, shared.mul(own, axis=0).add_suffix("_treated")], axis=1)
    fit = fit_linear(design, logs, covariance="cluster", groups=_groups(pair, cluster))
    weights = {"year_after_treated": 1.0}
    return DifferentialBreak(
        break_date=pd.Timestamp(break_date),
        change=_factor(fit.combination(weights, level), units.TIMES),
        p_value=fit.p_value(weights),
        n_treated=int(own.sum()),
        n_control=int(len(own) - own.sum()),
        n_clusters=fit.n_clusters,
    )


def search_break(
    frame: pd.DataFrame,
    *,
    rng: np.random.Generator,
    quantity: str = _COMPUTE,
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
        As `interrupted_trend`; also if the trim is out of bounds or leaves fewer
        than two candidate months.
    """
    require_level(level)
    require_replications(replications)
    years, logs = _log_series(frame, quantity, date)
    candidates = _candidates(years, trim)
    profile, changes = _f_profile(years, logs[np.newaxis, :], candidates)
    f, best = profile[0], int(profile[0].argmax())
    groups = np.arange(len(years)) if cluster is None else _groups(frame, cluster)
    null = _wild_suprema(years, logs, candidates, _rademacher(groups, rng, replications))
    inside = _not_rejected(f, len(years), level)
    at_best = interrupted_trend(
        frame,
        break_date=timestamp(candidates[best]),
        quantity=quantity,
        date=date,
        covariance=covariance,
        cluster=cluster,
        level=level,
    )
    return BreakSearch(
        best=at_best,
        earliest=timestamp(candidates[inside].min()),
        latest=timestamp(candidates[inside].max()),
        level=level,
        sup_f=float(f[best]),
        critical_value=float(np.quantile(null, level)),
        p_value=float((1 + np.sum(null >= f[best])) / (1 + replications)),
        bic_straight=at_best.bic_straight,
        bic_kinked=at_best.bic_kinked + float(np.log(len(years))),
        profile=pd.DataFrame(
            {
                "date": [timestamp(year) for year in candidates],
                "f": f,
                "change_oom": changes[0],
                "in_confidence_set": inside,
            }
        ),
    )


def placebo_breaks(
    frame: pd.DataFrame,
    *,
    break_date: Moment,
    placebo_dates: Sequence[Moment],
    quantity: str = _COMPUTE,
    date: str = "date",
    covariance: Covariance = "hc3",
    cluster: str | None = None,
) -> pd.DataFrame:
    """Impose the break at its date and at dates on which nothing is claimed to have happened.

    Neighbouring dates share nearly all their data: the rank of the real date is a
    description, not a p-value.

    Returns
    -------
    DataFrame
        Columns break_date, placebo (bool), change (growth after over before),
        low, high (90% confidence), p_value, rank (1: strongest evidence). One row
        per date, the real one first.

    Raises
    ------
    ModelInputError
        If there is no placebo date, or as `interrupted_trend` for any date.
    """
    if len(placebo_dates) == 0:
        raise ModelInputError("needs at least one placebo date, got none")
    fits = [
        interrupted_trend(
            frame,
            break_date=moment,
            quantity=quantity,
            date=date,
            covariance=covariance,
            cluster=cluster,
        )
        for moment in (break_date, *placebo_dates)
    ]
    table = pd.DataFrame(
        {
            "break_date": [fit.break_date for fit in fits],
            "placebo": [False] + [True] * len(placebo_dates),
            "change": [fit.change.value for fit in fits],
            "low": [fit.change.low for fit in fits],
            "high": [fit.change.high for fit in fits],
            "p_value": [fit.p_value for fit in fits],
        }
    )
    return table.assign(rank=table["p_value"].rank(method="min").astype(int))


def break_power(
    frame: pd.DataFrame,
    *,
    break_date: Moment,
    changes: Sequence[float],
    rng: np.random.Generator,
    quantity: str = _COMPUTE,
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
        If a change is not positive, or as `interrupted_trend`.
    """
    require_level(size)
    require_replications(replications)
    if len(changes) == 0 or min(changes) <= 0:
        raise ModelInputError(f"needs positive changes of growth, got {list(changes)}")
    sd = interrupted_trend(
        frame, break_date=break_date, quantity=quantity, date=date
    ).regression.residual_sd
    years, _ = _log_series(frame, quantity, date)
    kink = decimal_year(break_date)
    candidates = _candidates(years, trim)
    noise = rng.normal(0.0, sd, size=(replications, len(years)))
    null = rng.normal(0.0, sd, size=(2 * replications, len(years)))
    critical = float(np.quantile(_f_profile(years, null, candidates)[0].max(axis=1), 1 - size))
    known = float(stats.f.ppf(1 - size, 1, len(years) - 3))
    rows = []
    for change in changes:
        drawn = noise + np.log10(change) * np.maximum(years - kink, 0.0)
        at_date = _f_profile(years, drawn, np.array([kink]))[0][:, 0]
        anywhere = _f_profile(years, drawn, candidates)[0].max(axis=1)
        rows.append((change, float((at_date > known).mean()), float((anywhere > critical).mean())))
    return pd.DataFrame(rows, columns=["change", "power_known_date", "power_unknown_date"])


def candidate_months(
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
    candidates = _candidates(decimal_years(frame[date]), trim)
    return pd.DatetimeIndex([timestamp(year) for year in candidates])


def _require_both_sides(years: FloatArray, kink: float, of: str = "") -> int:
    """Refuse a kink with too few rows before or after it; return how many lie after."""
    n_after = int((years >= kink).sum())
    if min(n_after, len(years) - n_after) < MINIMUM_PER_SIDE:
        raise ModelInputError(
            f"needs {MINIMUM_PER_SIDE} {of}rows on each side of {timestamp(kink):%Y-%m-%d}, "
            f"got {len(years) - n_after} before and {n_after} after"
        )
    return n_after


def _log_series(frame: pd.DataFrame, quantity: str, date: str) -> tuple[FloatArray, FloatArray]:
    require_table(
        frame, complete=[quantity, date], positive=[quantity], minimum=2 * MINIMUM_PER_SIDE
    )
    return decimal_years(frame[date]), np.log10(frame[quantity].to_numpy(dtype=float))


def _groups(frame: pd.DataFrame, cluster: str) -> npt.NDArray[Any]:
    require_table(frame, complete=[cluster])
    return frame[cluster].to_numpy(dtype=object)


def _kinked_design(years: FloatArray, kink: float) -> pd.DataFrame:
    since = years - kink
    return pd.DataFrame({"const": 1.0, "year": since, "year_after": np.maximum(since, 0.0)})


def _candidates(years: FloatArray, trim: float) -> FloatArray:
    if not 0 < trim < 0.5:  # noqa: PLR2004
        raise ModelInputError(f"trim must lie between 0 and 0.5, got {trim}")
    first, last = np.quantile(years, [trim, 1 - trim])
    months = pd.date_range(timestamp(first), timestamp(last), freq="MS")
    grid = decimal_years(months)
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
    bound = rest.min() * (1 + stats.f.ppf(level, 1, n - 4) / (n - 4))
    return np.asarray(rest <= bound)


def _factor(slope: Estimate, unit: str = units.TIMES_A_YEAR) -> Estimate:
    ends = (10**slope.value, 10**slope.low, 10**slope.high)
    return Estimate(*ends, slope.level, slope.kind, slope.n, unit)
