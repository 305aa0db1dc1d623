"""How far apart two countries are in compute, and what that distance is worth in time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from models.core import units
from models.core.arrays import bounded, paths
from models.core.bootstrap import percentile_estimate
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import (
    require_level,
    require_positive_number,
    require_replications,
    require_table,
    rows_of_countries,
)
from models.core.random_draws import lognormal_draws, normal_draws, summarise
from models.core.regression import Covariance, FloatArray, LinearFit, fieller_interval, fit_linear
from models.core.timescale import (
    DAYS_PER_YEAR,
    MONTHS_PER_YEAR,
    Moment,
    decimal_year,
    decimal_years,
)

_COMPUTE = "training_compute_flop"
MINIMUM_ROWS = 4
_LEAST_LOG_GROWTH = 0.01  # a draw slower than 1% a year would make a lag without end
_FIVE_TO_NINETY_FIVE = 2 * float(stats.norm.ppf(0.95))


@dataclass(frozen=True)
class Gap:
    """Leader over follower, in orders of magnitude.

    Attributes
    ----------
    orders_of_magnitude : Estimate
        log10 of the leader's quantity over the follower's; negative where the
        follower is ahead.
    """

    orders_of_magnitude: Estimate

    @property
    def factor(self) -> Estimate:
        """The same gap as a ratio."""
        gap = self.orders_of_magnitude
        ends = (10**gap.value, 10**gap.low, 10**gap.high)
        return Estimate(*ends, gap.level, gap.kind, gap.n, units.TIMES)


@dataclass(frozen=True)
class LargestRunGap(Gap):
    """Gap between the largest training runs.

    Attributes
    ----------
    leader_models, follower_models : tuple of str
        The runs compared, largest first.
    without_one_developer : Estimate
        Range of the gap when each developer in turn is left out.
    n_leader, n_follower : int
        Models in the window.
    """

    leader_models: tuple[str, ...]
    follower_models: tuple[str, ...]
    without_one_developer: Estimate
    n_leader: int
    n_follower: int


@dataclass(frozen=True)
class TrendGap(Gap):
    """Gap between two trend lines.

    Attributes
    ----------
    widening : Estimate
        Orders of magnitude a year by which the leader's line pulls away;
        negative while the gap closes.
    p_parallel : float
        p-value of equal growth.
    n_leader, n_follower, n_clusters : int
        Models of each country, and developers.
    regression : LinearFit
        The joint fit.
    """

    widening: Estimate
    p_parallel: float
    n_leader: int
    n_follower: int
    n_clusters: int
    regression: LinearFit

    def p_value_of(self, factor: float) -> float:
        """Two-sided p-value of the hypothesis that the lines are `factor` times apart.

        Raises
        ------
        ModelInputError
            If the factor is not positive.
        """
        require_positive_number(factor, "factor")
        gap, fit = self.orders_of_magnitude, self.regression
        error = (gap.high - gap.value) / fit.t_quantile(gap.level)
        distance = abs(gap.value - math.log10(factor)) / error
        return float(2 * stats.t.sf(distance, fit.degrees_of_freedom))


@dataclass(frozen=True)
class Percentiles:
    """A positive quantity as its publisher gives it.

    Attributes
    ----------
    p5, p50, p95 : float
        Percentiles, in one unit.

    Raises
    ------
    ModelInputError
        If a percentile is not positive, or they are out of order.
    """

    p5: float
    p50: float
    p95: float

    def __post_init__(self) -> None:
        """Refuse percentiles that describe no positive quantity."""
        if not 0 < self.p5 <= self.p50 <= self.p95 < math.inf:
            raise ModelInputError(
                f"needs 0 < p5 <= p50 <= p95, got {self.p5}, {self.p50}, {self.p95}"
            )

    @property
    def log_mean(self) -> float:
        """Mean of the natural logarithm of the log-normal with this median."""
        return math.log(self.p50)

    @property
    def log_sd(self) -> float:
        """Standard deviation of the natural logarithm, from p95 over p5."""
        return math.log(self.p95 / self.p5) / _FIVE_TO_NINETY_FIVE


@dataclass(frozen=True)
class CorrelationBounds:
    """One gap under the two extremes of shared error.

    Attributes
    ----------
    independent : Gap
        Errors share nothing: the widest interval short of opposed errors.
    shared : Gap
        Errors move together (correlation 1): the narrowest.
    """

    independent: Gap
    shared: Gap


@dataclass(frozen=True)
class LagDecomposition:
    """What lies between the time that a compute gap is worth and the lag observed.

    Attributes
    ----------
    compute_only : Estimate
        Months that the gap is worth at the growth of compute: 12 ln G / ln g.
    with_shared_progress : Estimate
        Months of capability, where both sides use the same algorithms at the same date.
    observed : Estimate
        Months of capability that were observed.
    unexplained_months : Estimate
        The second less the third; positive where the follower is closer than shared
        algorithms let expect.
    unexplained_factor : Estimate
        That in effective compute: what efficiency of the follower's own, distillation,
        benchmark optimisation and compute that is not known of would have to make up.
    """

    compute_only: Estimate
    with_shared_progress: Estimate
    observed: Estimate
    unexplained_months: Estimate
    unexplained_factor: Estimate


def largest_run_gap(
    frame: pd.DataFrame,
    *,
    date: Moment,
    rng: np.random.Generator,
    leader: str = "USA",
    follower: str = "CHN",
    window_years: float = 3.0,
    top: int = 1,
    quantity: str = _COMPUTE,
    replications: int = 2000,
    level: float = 0.90,
) -> LargestRunGap:
    """Gap between the countries' largest runs known at a date.

    The runs are those dated within `window_years` up to and on `date`; with
    `top` > 1 the geometric means of the `top` largest are compared.

    The interval resamples models within each country. A maximum is not a smooth
    statistic, so that this bootstrap is not consistent for `top` = 1 (Bickel and
    Freedman 1981): read its interval as the effect of which models were seen,
    next to `without_one_developer`, and prefer `top` of 3 or more. Undisclosed
    runs are outside both.

    Parameters
    ----------
    frame : DataFrame
        Columns model, organization, country, date and `quantity`; rows of other
        countries, or of several, are left aside.

    Raises
    ------
    ModelInputError
        If a country has fewer than `top` models in the window, or a value is
        missing or not positive.
    """
    require_replications(replications)
    require_positive_number(window_years, "window_years")
    if top < 1:
        raise ModelInputError(f"top must be at least 1, got {top}")
    recent = rows_of_countries(
        rows_in_window(frame, date=date, window_years=window_years),
        [leader, follower],
        complete=["model", "organization", quantity],
        positive=[quantity],
        minimum=top,
    )
    ahead, behind = (_country(recent, code) for code in (leader, follower))
    observed = _top_mean(_logs(ahead, quantity), top) - _top_mean(_logs(behind, quantity), top)
    draws = _bootstrap_top(_logs(ahead, quantity), top, replications, rng) - _bootstrap_top(
        _logs(behind, quantity), top, replications, rng
    )
    n = len(ahead) + len(behind)
    return LargestRunGap(
        orders_of_magnitude=percentile_estimate(
            observed, draws, level=level, n=n, unit=units.ORDERS
        ),
        leader_models=_largest(ahead, quantity, top),
        follower_models=_largest(behind, quantity, top),
        without_one_developer=_leave_one_out(ahead, behind, quantity, top, level),
        n_leader=len(ahead),
        n_follower=len(behind),
    )


def trend_gap(
    frame: pd.DataFrame,
    *,
    date: Moment,
    leader: str = "USA",
    follower: str = "CHN",
    quantity: str = _COMPUTE,
    covariance: Covariance = "cluster",
    cluster: str = "organization",
    level: float = 0.90,
) -> TrendGap:
    """Gap between two log-linear trends at a date, from one joint fit.

    Fits log10 quantity on year, country and their product; the gap is a linear
    combination of coefficients, so that its interval is exact in the
    coefficients' covariance.

    Parameters
    ----------
    frame : DataFrame
        Columns country, date, `quantity` (and `cluster`), complete; rows of
        other countries, or of several, are left aside.
    date : str, date or Timestamp
        Where the lines are compared. Beyond the data it is an extrapolation.

    Raises
    ------
    ModelInputError
        If a country has fewer than 4 rows, or as `models.core.regression.fit_linear`.
    """
    pair = rows_of_countries(
        frame,
        [leader, follower],
        complete=["date", quantity],
        positive=[quantity],
        minimum=MINIMUM_ROWS,
    )
    years = decimal_years(pair["date"]) - decimal_year(date)
    ahead = (pair["country"] == leader).to_numpy(dtype=float)
    design = pd.DataFrame(
        {"const": 1.0, "year": years, "leader": ahead, "leader_year": ahead * years}
    )
    groups = _groups(pair, covariance, cluster)
    fit = fit_linear(design, _logs(pair, quantity), covariance=covariance, groups=groups)
    return TrendGap(
        orders_of_magnitude=fit.combination({"leader": 1.0}, level, units.ORDERS),
        widening=fit.combination({"leader_year": 1.0}, level, units.ORDERS_A_YEAR),
        p_parallel=fit.p_value({"leader_year": 1.0}),
        n_leader=int(ahead.sum()),
        n_follower=int(len(ahead) - ahead.sum()),
        n_clusters=fit.n_clusters,
        regression=fit,
    )


def percentile_gap(
    leader: Percentiles, follower: Percentiles, *, correlation: float, level: float = 0.90
) -> Gap:
    r"""Gap of two quantities known by percentiles, as log-normals.

    The interval is the publisher's uncertainty carried over, so that the estimate's
    n is just the two published quantities. The log-ratio is normal with mean
    :math:`\mu_1-\mu_2` and variance
    :math:`\sigma_1^2+\sigma_2^2-2\rho\sigma_1\sigma_2`.

    Parameters
    ----------
    leader, follower : Percentiles
        In one unit.
    correlation : float
        Of the two logarithms' errors, in [-1, 1]. Estimates by one publisher
        from one set of sources share errors, and no file says how much: use
        `percentile_gap_bounds`.
    level : float
        Coverage of the credible interval.

    Raises
    ------
    ModelInputError
        If the correlation is outside [-1, 1] or the level outside (0, 1).
    """
    require_level(level)
    if not -1 <= correlation <= 1:
        raise ModelInputError(f"correlation must lie between -1 and 1, got {correlation}")
    first, second = leader.log_sd, follower.log_sd
    variance = first**2 + second**2 - 2 * correlation * first * second
    center = (leader.log_mean - follower.log_mean) / math.log(10)
    half = stats.norm.ppf(0.5 + level / 2) * max(variance, 0.0) ** 0.5 / math.log(10)
    return Gap(Estimate(center, center - half, center + half, level, "credible", 2, units.ORDERS))


def percentile_gap_bounds(
    leader: Percentiles, follower: Percentiles, *, level: float = 0.90
) -> CorrelationBounds:
    """`percentile_gap` with no shared error and with wholly shared error."""
    return CorrelationBounds(
        independent=percentile_gap(leader, follower, correlation=0.0, level=level),
        shared=percentile_gap(leader, follower, correlation=1.0, level=level),
    )


def sum_of_percentiles(
    parts: Sequence[Percentiles],
    *,
    correlation: float,
    rng: np.random.Generator,
    draws: int = 20_000,
) -> Percentiles:
    """Percentiles of a sum of log-normals with one common correlation.

    Percentiles do not add: the sum of 5th percentiles is the 5th percentile of
    the sum only at correlation 1.

    Raises
    ------
    ModelInputError
        If there are no parts, or the correlation is outside [0, 1].
    """
    if not parts:
        raise ModelInputError("needs at least one part, got none")
    if not 0 <= correlation <= 1:
        raise ModelInputError(f"correlation must lie between 0 and 1, got {correlation}")
    require_replications(draws)
    common = rng.standard_normal((draws, 1))
    own = rng.standard_normal((draws, len(parts)))
    normal = correlation**0.5 * common + (1 - correlation) ** 0.5 * own
    means = np.array([part.log_mean for part in parts])
    sds = np.array([part.log_sd for part in parts])
    totals = np.exp(means + sds * normal).sum(axis=1)
    return Percentiles(*(float(q) for q in np.quantile(totals, [0.05, 0.5, 0.95])))


def cluster_sum_gap(
    frame: pd.DataFrame,
    *,
    rng: np.random.Generator,
    quantity: str = "h100e",
    leader: str = "USA",
    follower: str = "CHN",
    replications: int = 2000,
    level: float = 0.90,
) -> Gap:
    """Gap between two countries' summed capacity, resampling installations.

    The interval says how much hangs on single installations; it does not know
    of those that the table does not list.

    Parameters
    ----------
    frame : DataFrame
        One installation per row, columns country and `quantity`; rows of other
        countries, or of several, are left aside.

    Raises
    ------
    ModelInputError
        If a country has fewer than 2 rows, or a value is missing or not positive.
    """
    require_replications(replications)
    pair = rows_of_countries(
        frame, [leader, follower], complete=[quantity], positive=[quantity], minimum=2
    )
    sizes = [_country(pair, code)[quantity].to_numpy(dtype=float) for code in (leader, follower)]
    observed = math.log10(sizes[0].sum() / sizes[1].sum())
    totals = [_bootstrap_sums(values, replications, rng) for values in sizes]
    draws = np.log10(totals[0] / totals[1])
    n = len(sizes[0]) + len(sizes[1])
    return Gap(percentile_estimate(observed, draws, level=level, n=n, unit=units.ORDERS))


def lag_implied_by_gap(gap_factor: Estimate, annual_growth: Estimate) -> Estimate:
    r"""Months that a gap is worth at a pace of growth: 12 ln G / ln g.

    The interval is Fieller's for the ratio of two independent normals, ln G and
    ln g, whose standard errors are read off the two intervals. Its level is that
    of `gap_factor`.

    Parameters
    ----------
    gap_factor : Estimate
        Ratio leader over follower, positive.
    annual_growth : Estimate
        Factor per year, whole interval above 1.

    Raises
    ------
    ModelInputError
        If growth may be absent (its interval reaches 1), or an end is not
        positive, or the implied lag is unbounded.
    """
    gap_mean, gap_sd = _log_normal(gap_factor, "gap_factor")
    growth_mean, growth_sd = _log_normal(annual_growth, "annual_growth")
    if annual_growth.low <= 1:
        raise ModelInputError(
            f"needs growth above 1 over its whole interval, got it from {annual_growth.low}"
        )
    means = np.array([gap_mean, growth_mean])
    covariance = np.diag([gap_sd**2, growth_sd**2])
    quantile = float(stats.norm.ppf(0.5 + gap_factor.level / 2))
    interval = fieller_interval(means, covariance, quantile)
    if interval is None:
        raise ModelInputError("growth is too uncertain at this level: the lag is unbounded")
    n = min(gap_factor.n, annual_growth.n)
    value, low, high = (MONTHS_PER_YEAR * x for x in (gap_mean / growth_mean, *interval))
    return Estimate(value, low, high, gap_factor.level, gap_factor.kind, n, units.MONTHS)


def lag_decomposition(
    gap_factor: Estimate,
    annual_growth: Estimate,
    algorithmic_progress: Estimate,
    observed_lag: Estimate,
    *,
    rng: np.random.Generator,
    diffusion_months: float = 0.0,
    n_draws: int = 20_000,
) -> LagDecomposition:
    r"""Split the difference between the worth of a compute gap and an observed lag.

    With compute growing g and algorithms a times a year, capability follows effective
    compute. A follower with a G-th of the compute and algorithms d years old trails by

    .. math:: L = \frac{\ln G + d \ln a}{\ln g + \ln a}

    years: progress that both share makes the same gap worth less time. An observed lag
    that is shorter leaves a factor :math:`(g a)^{L - L_\mathrm{obs}}` of effective
    compute to be explained otherwise.

    Parameters
    ----------
    gap_factor, annual_growth, algorithmic_progress : Estimate
        G, g and a, positive with their intervals; drawn as independent log-normals.
    observed_lag : Estimate
        Months, drawn as two half-normals that meet at its value.
    diffusion_months : float
        Age of the algorithms that the follower uses, d.
    n_draws : int
        Monte Carlo draws.

    Returns
    -------
    LagDecomposition
        Medians and intervals of the draws, at the level of `gap_factor`; of kind "range",
        since published figures enter by their spans.

    Raises
    ------
    ModelInputError
        If an interval reaches 0, growth may be absent, or `diffusion_months` is negative.
    """
    if annual_growth.low <= 1 or algorithmic_progress.low < 1:
        raise ModelInputError(
            "needs growth of compute above 1 and no loss of algorithms over their intervals, "
            f"got them from {annual_growth.low} and {algorithmic_progress.low}"
        )
    age = float(bounded(diffusion_months, "diffusion_months", low=0)) / MONTHS_PER_YEAR
    scores = rng.standard_normal((4, paths(n_draws)))
    gap, growth, progress = (
        np.log(lognormal_draws(estimate, row))
        for estimate, row in zip(
            (gap_factor, annual_growth, algorithmic_progress), scores[:3], strict=True
        )
    )
    growth, progress = np.maximum(growth, _LEAST_LOG_GROWTH), np.maximum(progress, 0.0)
    lag = (gap + age * progress) / (growth + progress)
    seen = normal_draws(observed_lag, scores[3]) / MONTHS_PER_YEAR

    def told(draws: FloatArray, unit: str) -> Estimate:
        return summarise(draws, gap_factor.level, "range", gap_factor.n, unit)

    return LagDecomposition(
        compute_only=told(MONTHS_PER_YEAR * gap / growth, units.MONTHS),
        with_shared_progress=told(MONTHS_PER_YEAR * lag, units.MONTHS),
        observed=observed_lag,
        unexplained_months=told(MONTHS_PER_YEAR * (lag - seen), units.MONTHS),
        unexplained_factor=told(np.exp((growth + progress) * (lag - seen)), units.TIMES),
    )


def rows_in_window(frame: pd.DataFrame, *, date: Moment, window_years: float) -> pd.DataFrame:
    """Return the rows dated within some years up to and on a date.

    Raises
    ------
    ModelInputError
        If a date is missing.
    """
    require_table(frame, complete=["date"])
    end = pd.Timestamp(date)
    start = end - pd.Timedelta(days=window_years * DAYS_PER_YEAR)
    return frame[(frame["date"] > start) & (frame["date"] <= end)]


def growth_to_close(gap_factor: float, *, years: float, rival_growth: float) -> float:
    """Annual growth factor that closes a gap in a time against a growing rival.

    Raises
    ------
    ModelInputError
        If the gap is below 1, or another argument is not positive.
    """
    _require_gap(gap_factor)
    require_positive_number(years, "years")
    require_positive_number(rival_growth, "rival_growth")
    return float(rival_growth * gap_factor ** (1 / years))


def years_to_parity(gap_factor: float, *, growth_follower: float, growth_leader: float) -> float:
    """Years until the follower draws level; infinity if it does not grow faster.

    Raises
    ------
    ModelInputError
        If the gap is below 1, or a growth factor is not positive.
    """
    _require_gap(gap_factor)
    require_positive_number(growth_follower, "growth_follower")
    require_positive_number(growth_leader, "growth_leader")
    if gap_factor == 1:
        return 0.0
    if growth_follower <= growth_leader:
        return math.inf
    return math.log(gap_factor) / math.log(growth_follower / growth_leader)


def disclosure_share(
    frame: pd.DataFrame,
    *,
    countries: Sequence[str] = ("USA", "CHN"),
    quantity: str = _COMPUTE,
    level: float = 0.90,
) -> pd.DataFrame:
    """Share of models whose compute is known, by country and year.

    Wilson (1927) intervals, which stay inside [0, 1] at small counts.

    Parameters
    ----------
    frame : DataFrame
        Columns country, date, `quantity`; `quantity` is empty where undisclosed.

    Returns
    -------
    DataFrame
        Columns country, year, n, disclosed, share, low, high.

    Raises
    ------
    ModelInputError
        If a country is missing from the table.
    """
    require_level(level)
    if quantity not in frame.columns:
        raise ModelInputError(f"needs a column {quantity}, got {list(frame.columns)}")
    chosen = rows_of_countries(frame, countries, complete=["date"])
    year = pd.DatetimeIndex(chosen["date"]).year.rename("year")
    known = chosen[quantity].notna().groupby([chosen["country"].to_numpy(), year.to_numpy()])
    table = known.agg(["size", "sum"]).reset_index()
    table.columns = pd.Index(["country", "year", "n", "disclosed"])
    low, high = proportion_confint(table["disclosed"], table["n"], alpha=1 - level, method="wilson")
    return table.assign(share=table["disclosed"] / table["n"], low=low, high=high)


def _country(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    return frame[frame["country"] == code]


def _logs(frame: pd.DataFrame, quantity: str) -> FloatArray:
    return np.asarray(np.log10(frame[quantity].to_numpy(dtype=float)))


def _top_mean(logs: FloatArray, top: int) -> float:
    return float(np.sort(logs)[-top:].mean())


def _bootstrap_top(
    logs: FloatArray, top: int, replications: int, rng: np.random.Generator
) -> FloatArray:
    drawn = rng.choice(logs, size=(replications, len(logs)))
    return np.asarray(np.sort(drawn, axis=1)[:, -top:].mean(axis=1))


def _bootstrap_sums(values: FloatArray, replications: int, rng: np.random.Generator) -> FloatArray:
    return np.asarray(rng.choice(values, size=(replications, len(values))).sum(axis=1))


def _largest(frame: pd.DataFrame, quantity: str, top: int) -> tuple[str, ...]:
    ordered = frame.sort_values([quantity, "model"], ascending=[False, True])
    return tuple(str(name) for name in ordered["model"].iloc[:top])


def _leave_one_out(
    ahead: pd.DataFrame, behind: pd.DataFrame, quantity: str, top: int, level: float
) -> Estimate:
    full = [_top_mean(_logs(side, quantity), top) for side in (ahead, behind)]
    tops = [_tops_without(side, quantity, top) for side in (ahead, behind)]
    observed = full[0] - full[1]
    gaps = [observed, *(t - full[1] for t in tops[0]), *(full[0] - t for t in tops[1])]
    n = ahead["organization"].nunique() + behind["organization"].nunique()
    return Estimate(observed, min(gaps), max(gaps), level, "range", n, units.ORDERS)


def _tops_without(frame: pd.DataFrame, quantity: str, top: int) -> list[float]:
    kept = [frame[frame["organization"] != name] for name in frame["organization"].unique()]
    return [_top_mean(_logs(rest, quantity), top) for rest in kept if len(rest) >= top]


def _groups(frame: pd.DataFrame, covariance: Covariance, cluster: str) -> "pd.Series[str] | None":
    if covariance != "cluster":
        return None
    require_table(frame, complete=[cluster])
    return frame[cluster]


def _log_normal(estimate: Estimate, name: str) -> tuple[float, float]:
    require_positive_number(estimate.low, f"low end of {name}")
    width = math.log(estimate.high / estimate.low)
    quantile = float(stats.norm.ppf(0.5 + estimate.level / 2))
    return math.log(estimate.value), width / (2 * quantile)


def _require_gap(gap_factor: float) -> None:
    if not (math.isfinite(gap_factor) and gap_factor >= 1):
        raise ModelInputError(f"gap_factor must be at least 1, leader over follower: {gap_factor}")
