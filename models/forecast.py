r"""Who leads, and when: a Monte Carlo race, and closed forms that check it.

Two probabilities answer two questions and are never mixed. *Terminal*: the
follower is ahead at the end of the year. *Ever* (first passage): it has been
ahead at some time up to then. Two kinds of uncertainty are never mixed either:
*calibrated* quantities come from data as estimates with intervals and are drawn
from them; *judgements* are stated numbers that no data settles, and are varied
one at a time by the caller. The interval of a probability is the spread of that
probability over the calibrated quantities, at the stated judgements.

For a gap in logs that closes at a constant mean rate with Brownian shocks the
answers are known (Cox and Miller 1965, *The Theory of Stochastic Processes*,
section 5.7):

.. math::
    P(\text{ahead at } t) &= \Phi\left(\frac{\mu t - g}{\sigma\sqrt t}\right) \\
    P(\text{ahead by } t) &= \Phi\left(\frac{\mu t - g}{\sigma\sqrt t}\right)
        + e^{2 \mu g / \sigma^2} \Phi\left(\frac{-\mu t - g}{\sigma\sqrt t}\right)
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import integrate
from scipy.special import log_ndtr, ndtr, ndtri

from models.arrays import FloatArray, Numbers, bounded, paths, per_path, positive, whole_years
from models.checks import require_level
from models.draws import normal_draws
from models.errors import ModelInputError
from models.estimates import Estimate

STEPS_PER_YEAR = 4
_SMALLEST_INNER = 20


@dataclass(frozen=True)
class RaceForecast:
    """Probability that the follower leads, by year.

    Attributes
    ----------
    definition : str
        What leading means.
    years : tuple of int
        Calendar years; probabilities are those at their ends.
    terminal : tuple of Estimate
        Probability that the follower is ahead at the end of each year; the
        interval is its credible interval over the calibrated quantities.
    ever : tuple of Estimate
        Probability that it has been ahead by then, since the start.
    terminal_error, ever_error : tuple of float
        Monte Carlo standard errors of the two probabilities.
    n_paths : int
        Simulated paths, or draws of the parameters where the rest is exact.
    """

    definition: str
    years: tuple[int, ...]
    terminal: tuple[Estimate, ...]
    ever: tuple[Estimate, ...]
    terminal_error: tuple[float, ...]
    ever_error: tuple[float, ...]
    n_paths: int

    def by_end_of(self, year: int) -> tuple[Estimate, Estimate]:
        """Terminal probability and first-passage probability at the end of a year.

        Raises
        ------
        ModelInputError
            If the forecast does not reach the year.
        """
        if year not in self.years:
            raise ModelInputError(f"needs a year of {self.years}, got {year}")
        at = self.years.index(year)
        return self.terminal[at], self.ever[at]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per year, for tables and figures."""
        return pd.DataFrame(
            {
                "definition": self.definition,
                "year": self.years,
                "terminal": [p.value for p in self.terminal],
                "terminal_low": [p.low for p in self.terminal],
                "terminal_high": [p.high for p in self.terminal],
                "ever": [p.value for p in self.ever],
                "ever_low": [p.low for p in self.ever],
                "ever_high": [p.high for p in self.ever],
            }
        )


@dataclass(frozen=True)
class RacePaths:
    """Simulated log-ratio race.

    Attributes
    ----------
    years : ndarray, shape (k,)
        Years since the start.
    lead : ndarray, shape (n_paths, k)
        Follower's lead in log10 units, negative while it is behind.
    terminal, ever : ndarray, shape (k,)
        Shares of paths ahead at that time, and ahead at some time up to it.
    terminal_error, ever_error : ndarray, shape (k,)
        Their Monte Carlo standard errors.
    """

    years: FloatArray
    lead: FloatArray
    terminal: FloatArray
    ever: FloatArray
    terminal_error: FloatArray
    ever_error: FloatArray


@dataclass(frozen=True)
class RaceCalibration:
    """What data say about the two capability frontiers, in points of one index.

    Attributes
    ----------
    gap : Estimate
        Leader's frontier minus the follower's at the start, points.
    leader_growth, follower_growth : Estimate
        Growth of each frontier over the calibration window, points a year,
        with the interval of the growth itself (confidence, not prediction).
    compute_elasticity : Estimate
        Points gained per factor of 10 in training compute, at a given date.
    """

    gap: Estimate
    leader_growth: Estimate
    follower_growth: Estimate
    compute_elasticity: Estimate


@dataclass(frozen=True)
class RaceJudgements:
    """What no data settles: stated numbers, to be varied one at a time.

    Attributes
    ----------
    growth_correlation : float
        Correlation of the errors in the two growth rates, from shared ideas and a
        shared index; -1 to 1.
    leader_compute_change, follower_compute_change : float
        Growth of each side's training compute from now on, less its growth in
        the calibration window, in factors of 10 a year. 0 keeps the past trend.
    diffusion_rate : float
        Share of its distance to what the leader had `diffusion_lag` ago that the side
        behind closes in a year *beyond* what its past growth already holds; 0 or more.
    diffusion_lag : float
        Years until the leader's methods can be copied, 0 or more.
    shock_sd : float
        Standard deviation of a year's shock to each frontier, points, 0 or more.
    shock_correlation : float
        Correlation of the two sides' shocks; -1 to 1.
    leader_firms, follower_firms : int
        Firms near each frontier.
    firm_sd : float
        Standard deviation of a firm's best model around its country's frontier, points.
    """

    growth_correlation: float = 0.5
    leader_compute_change: float = 0.0
    follower_compute_change: float = 0.0
    diffusion_rate: float = 0.0
    diffusion_lag: float = 0.5
    shock_sd: float = 3.0
    shock_correlation: float = 0.3
    leader_firms: int = 4
    follower_firms: int = 4
    firm_sd: float = 2.0

    def __post_init__(self) -> None:
        """Refuse numbers outside their meaning."""
        for name in ("growth_correlation", "shock_correlation"):
            bounded(getattr(self, name), name, low=-1, high=1)
        for name in ("diffusion_rate", "diffusion_lag", "shock_sd", "firm_sd"):
            bounded(getattr(self, name), name, low=0, high=1000)
        for name in ("leader_compute_change", "follower_compute_change"):
            bounded(getattr(self, name), name, low=-10, high=10)
        for name in ("leader_firms", "follower_firms"):
            bounded(getattr(self, name), name, low=1, high=10_000)


@dataclass(frozen=True)
class CapabilityForecast:
    """The capability race under two definitions of who leads.

    Attributes
    ----------
    country_frontier : RaceForecast
        The follower's frontier, as a trend, is above the leader's; watched at
        the end of every quarter.
    best_firm : RaceForecast
        The best model of any of the follower's firms is above the best of any
        of the leader's; firms' own luck counts. Watched at the end of every year.
    lead : ndarray, shape (3, k)
        Quantiles 5%, 50%, 95% of the follower's lead in points at year ends:
        a 90% prediction interval.
    """

    country_frontier: RaceForecast
    best_firm: RaceForecast
    lead: FloatArray


def terminal_probability(
    gap: Numbers, growth_difference: Numbers, volatility: Numbers, years: Numbers
) -> FloatArray:
    """Give the chance that the follower is ahead after so many years, in closed form.

    Parameters
    ----------
    gap : float or array_like
        Log ratio leader over follower now; negative if the follower is ahead.
    growth_difference : float or array_like
        Mean rate at which the gap closes, log units a year.
    volatility : float or array_like
        Standard deviation of a year's shock to the log ratio, > 0.
    years : float or array_like
        Time from now, > 0. All four broadcast.

    Raises
    ------
    ModelInputError
        If a number is not finite, or volatility or time not positive.
    """
    g, mu, spread, t = _race_inputs(gap, growth_difference, volatility, years)
    return np.asarray(ndtr((mu * t - g) / (spread * np.sqrt(t))))


def first_passage_probability(
    gap: Numbers, growth_difference: Numbers, volatility: Numbers, years: Numbers
) -> FloatArray:
    """Give the chance that the follower was ahead within so many years, in closed form.

    The time is inverse Gaussian with mean gap / growth difference where the gap
    closes on average. 1 if the follower is ahead already.

    Parameters
    ----------
    gap, growth_difference, volatility, years
        As `terminal_probability`.

    Raises
    ------
    ModelInputError
        As `terminal_probability`.
    """
    g, mu, spread, t = _race_inputs(gap, growth_difference, volatility, years)
    root = spread * np.sqrt(t)
    # exp(2 mu g / s^2) overflows where the normal tail beside it is as small: add the logs.
    reflected = np.exp(np.minimum(2 * mu * g / spread**2 + log_ndtr((-mu * t - g) / root), 0.0))
    passed = np.minimum(ndtr((mu * t - g) / root) + reflected, 1.0)
    return np.where(g <= 0, 1.0, passed)


def years_to_parity(gap_factor: float, leader_growth: float, follower_growth: float) -> float:
    r"""Years until a follower that grows faster draws level, without any shock.

    .. math:: t = \ln G / (\ln g_F - \ln g_L)

    Parameters
    ----------
    gap_factor : float
        Leader over follower, at least 1.
    leader_growth, follower_growth : float
        Growth factors a year.

    Returns
    -------
    float
        Infinite if the follower does not grow faster and is behind.

    Raises
    ------
    ModelInputError
        If a growth factor is not positive, or the gap below 1.
    """
    gap = float(np.log(bounded(gap_factor, "gap_factor", low=1)))
    growth = np.log(positive([leader_growth, follower_growth], "growth factors"))
    closing = float(growth[1] - growth[0])
    if gap == 0:
        return 0.0
    return gap / closing if closing > 0 else float("inf")


def growth_to_parity(gap_factor: float, leader_growth: float, years: float) -> float:
    r"""Growth factor a year that closes a gap in a given time: :math:`g_L G^{1/t}`.

    Raises
    ------
    ModelInputError
        If a number is not positive.
    """
    numbers = positive([gap_factor, leader_growth, years], "gap, growth and years")
    return float(numbers[1] * numbers[0] ** (1 / numbers[2]))


def race_log_ratio(
    gap: Numbers,
    growth_difference: Numbers,
    volatility: Numbers,
    *,
    horizon_years: int,
    n_paths: int,
    rng: np.random.Generator,
    steps_per_year: int = STEPS_PER_YEAR,
) -> RacePaths:
    """Simulate a race in which a log ratio closes at a mean rate with Brownian shocks.

    Between two steps the chance that a path crossed and came back is that of
    the Brownian bridge, so first passages are exact however long the step
    (Glasserman 2003, *Monte Carlo Methods in Financial Engineering*, section 6.4).

    Parameters
    ----------
    gap, growth_difference, volatility : float or array_like, shape (n_paths,)
        As `terminal_probability`; an array where the quantity is uncertain.
    horizon_years : int
        Years to simulate, at least 1.
    n_paths : int
        Paths.
    rng : numpy.random.Generator
        Source of the shocks.
    steps_per_year : int
        Steps.

    Raises
    ------
    ModelInputError
        If a number is out of its range, or an array has another length.
    """
    if horizon_years < 1 or steps_per_year < 1:
        raise ModelInputError(f"needs a year and a step or more: {horizon_years}, {steps_per_year}")
    mu, g, spread = (
        per_path(number, n_paths, what)[:, np.newaxis]
        for number, what in (
            (growth_difference, "growth_difference"),
            (gap, "gap"),
            (positive(volatility, "volatility"), "volatility"),
        )
    )
    n_steps, dt = horizon_years * steps_per_year, 1 / steps_per_year
    shocks = rng.standard_normal((n_paths, n_steps)) * spread * dt**0.5
    lead = np.concatenate([-g, np.cumsum(shocks + mu * dt, axis=1) - g], axis=1)
    touched = _bridge_crossed(lead, spread**2 * dt, rng)
    ever = np.logical_or.accumulate(touched, axis=1) | (g <= 0)
    year_ends = np.arange(1, horizon_years + 1) * steps_per_year
    terminal_share, terminal_error = _share(lead[:, year_ends] > 0)
    ever_share, ever_error = _share(ever[:, year_ends - 1])
    return RacePaths(
        np.arange(1.0, horizon_years + 1),
        lead[:, year_ends],
        terminal_share,
        ever_share,
        terminal_error,
        ever_error,
    )


def forecast_log_ratio(
    definition: str,
    gap: Estimate,
    growth_difference: Estimate,
    volatility: float,
    *,
    start_year: int,
    years: npt.ArrayLike,
    rng: np.random.Generator,
    n_draws: int = 20_000,
    level: float = 0.9,
) -> RaceForecast:
    """Forecast a log-ratio race with the uncertainty of its gap and growth.

    For "largest training run", "stock of compute", "revenue" or "valuation".
    Gap and growth are drawn from their intervals; given them the probability is
    exact, so the only Monte Carlo error is that of averaging over the draws.

    Parameters
    ----------
    definition : str
        What leading means.
    gap : Estimate
        log10 of leader over follower at the end of `start_year`.
    growth_difference : Estimate
        Mean rate at which the gap closes, factors of 10 a year.
    volatility : float
        Standard deviation of a year's shock to the log ratio, factors of 10.
    start_year : int
        Year at whose end the gap holds.
    years : array_like of int, shape (k,)
        Consecutive years after it.
    rng : numpy.random.Generator
        Source of the draws.
    n_draws : int
        Draws of gap and growth.
    level : float
        Level of the credible interval.

    Raises
    ------
    ModelInputError
        If a year does not follow the start, or a number or the level is out of its range.
    """
    require_level(level)
    calendar = whole_years(years)
    elapsed = positive(calendar - start_year, "years after the start")
    scores = rng.standard_normal((2, paths(n_draws)))
    g = normal_draws(gap, scores[0])[:, np.newaxis]
    mu = normal_draws(growth_difference, scores[1])[:, np.newaxis]
    n = min(gap.n, growth_difference.n)
    return _summarised(
        definition,
        calendar,
        terminal_probability(g, mu, volatility, elapsed),
        first_passage_probability(g, mu, volatility, elapsed),
        inner=None,
        level=level,
        n=n,
    )


def forecast_capability(
    calibration: RaceCalibration,
    judgements: RaceJudgements,
    *,
    start_year: int,
    years: npt.ArrayLike,
    rng: np.random.Generator,
    n_draws: int = 500,
    paths_per_draw: int = 200,
    level: float = 0.9,
) -> CapabilityForecast:
    r"""Race of two capability frontiers, trends with shocks, compute and spill-over.

    Each side i moves in steps of a quarter by

    .. math::
        \Delta x_i = (g_i + e \, \Delta c_i)\, dt
            + \kappa \max(x_j(t - \ell) - x_i(t), 0)\, dt + s \sqrt{dt}\, \epsilon_i

    with calibrated growth g and elasticity e, and judged change of compute
    growth, diffusion rate, lag and shocks. The outer loop draws the calibrated
    quantities, the inner one the shocks; the spread of the outer probabilities,
    with the inner sampling noise taken out, is the interval.

    Parameters
    ----------
    calibration : RaceCalibration
        Estimates from data.
    judgements : RaceJudgements
        Stated numbers.
    start_year : int
        Year at whose end the gap holds.
    years : array_like of int, shape (k,)
        Consecutive years from the one after `start_year` on.
    rng : numpy.random.Generator
        Source of all draws.
    n_draws, paths_per_draw : int
        Outer and inner draws; at least 20 each. Their product is the number of paths.
    level : float
        Level of the credible intervals.

    Raises
    ------
    ModelInputError
        If years do not follow the start at once, or draws are too few.
    """
    require_level(level)
    calendar = whole_years(years)
    if calendar[0] != start_year + 1:
        raise ModelInputError(f"years must begin with {start_year + 1}, got {calendar[0]}")
    if min(n_draws, paths_per_draw) < _SMALLEST_INNER:
        raise ModelInputError(
            f"needs {_SMALLEST_INNER} draws and paths or more, got {n_draws} and {paths_per_draw}"
        )
    outer = _calibrated_draws(calibration, judgements, n_draws, rng)
    lead = _lead_paths(outer.repeated(paths_per_draw), judgements, calendar.size, rng)
    at_year_ends = lead[STEPS_PER_YEAR - 1 :: STEPS_PER_YEAR]
    firms = at_year_ends + _firm_luck(judgements, at_year_ends.shape, rng)
    n = min(getattr(calibration, field.name).n for field in fields(calibration))

    def forecast(definition: str, ahead: npt.NDArray[np.bool_], every: int) -> RaceForecast:
        ever = np.logical_or.accumulate(ahead, axis=0)
        terminal, passed = (
            x[every - 1 :: every].reshape(calendar.size, n_draws, paths_per_draw).mean(axis=2).T
            for x in (ahead, ever)
        )
        return _summarised(
            definition, calendar, terminal, passed, inner=paths_per_draw, level=level, n=n
        )

    return CapabilityForecast(
        forecast("capability, country frontier", lead > 0, STEPS_PER_YEAR),
        forecast("capability, best firm", firms > 0, 1),
        np.quantile(at_year_ends, [0.05, 0.5, 0.95], axis=1),
    )


def judgement_sensitivity(
    calibration: RaceCalibration,
    judgements: RaceJudgements,
    ranges: Mapping[str, tuple[float, float]],
    *,
    start_year: int,
    years: npt.ArrayLike,
    seed: int,
    n_draws: int = 200,
    paths_per_draw: int = 100,
) -> pd.DataFrame:
    """Vary one judgement at a time between two values: the rows of a tornado figure.

    All runs share their random numbers, so that differences are those of the
    judgement.

    Parameters
    ----------
    ranges : mapping of str to (float, float)
        Low and high value for fields of `RaceJudgements`.
    seed : int
        Seed of the shared random numbers.
    calibration, judgements, start_year, years, n_draws, paths_per_draw
        As `forecast_capability`.

    Returns
    -------
    DataFrame
        `judgement`, `low`, `high`, and the terminal probability of the country
        frontier in the last year at both: `probability_low`,
        `probability_high`; the widest first.

    Raises
    ------
    ModelInputError
        If a name is not a judgement, or as `forecast_capability`.
    """
    known = {field.name for field in fields(judgements)}
    if not ranges or not set(ranges) <= known:
        raise ModelInputError(f"needs some of {sorted(known)}, got {sorted(ranges)}")

    def probability(name: str, value: float) -> float:
        result = forecast_capability(
            calibration,
            _with_judgement(judgements, name, value),
            start_year=start_year,
            years=years,
            rng=np.random.default_rng(seed),
            n_draws=n_draws,
            paths_per_draw=paths_per_draw,
        )
        return result.country_frontier.terminal[-1].value

    rows = pd.DataFrame(
        [
            (name, low, high, probability(name, low), probability(name, high))
            for name, (low, high) in ranges.items()
        ],
        columns=["judgement", "low", "high", "probability_low", "probability_high"],
    )
    width = (rows["probability_high"] - rows["probability_low"]).abs()
    order = width.sort_values(ascending=False, kind="stable").index
    return rows.loc[order].reset_index(drop=True)


def _with_judgement(judgements: RaceJudgements, name: str, value: float) -> RaceJudgements:
    changed: dict[str, Any] = {name: value}
    return replace(judgements, **changed)


def _race_inputs(
    gap: Numbers, growth_difference: Numbers, volatility: Numbers, years: Numbers
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    return (
        bounded(gap, "gap"),
        bounded(growth_difference, "growth_difference"),
        positive(volatility, "volatility"),
        positive(years, "years"),
    )


def _bridge_crossed(
    lead: FloatArray, step_variance: FloatArray, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Whether each step touched zero, given where it began and ended."""
    before, after = lead[:, :-1], lead[:, 1:]
    exponent = -2 * np.maximum(before * after, 0) / step_variance
    below = (before < 0) & (after < 0)
    return ~below | (rng.random(before.shape) < np.exp(exponent))


def _share(events: npt.NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    share = events.mean(axis=0)
    return share, np.sqrt(share * (1 - share) / len(events))


@dataclass(frozen=True)
class _Start:
    """Gap and both drifts, one of each for a draw of the calibrated quantities."""

    gap: FloatArray
    leader_drift: FloatArray
    follower_drift: FloatArray

    def repeated(self, times: int) -> "_Start":
        return _Start(*(np.repeat(draws, times) for draws in vars(self).values()))


def _lead_paths(
    start: _Start, judgements: RaceJudgements, n_years: int, rng: np.random.Generator
) -> FloatArray:
    """Follower's lead in points, shape (steps, n_paths)."""
    n_steps, dt = n_years * STEPS_PER_YEAR, 1 / STEPS_PER_YEAR
    lag = round(judgements.diffusion_lag * STEPS_PER_YEAR)
    pull = judgements.diffusion_rate * dt
    # Before the start both sides are taken to have moved along their trends.
    past = -np.arange(lag, -1, -1)[:, np.newaxis] * dt
    leader = [*(start.gap + start.leader_drift * past)]
    follower = [*(start.follower_drift * past)]
    lead = np.empty((n_steps, start.gap.size))
    for step in range(n_steps):
        first, second = _shocks(judgements, dt, start.gap.size, rng)
        ahead, behind = leader[-1], follower[-1]
        to_leader = pull * np.maximum(follower[-1 - lag] - ahead, 0)
        to_follower = pull * np.maximum(leader[-1 - lag] - behind, 0)
        leader.append(ahead + start.leader_drift * dt + to_leader + first)
        follower.append(behind + start.follower_drift * dt + to_follower + second)
        lead[step] = follower[-1] - leader[-1]
    return lead


def _calibrated_draws(
    calibration: RaceCalibration,
    judgements: RaceJudgements,
    n_draws: int,
    rng: np.random.Generator,
) -> _Start:
    scores = rng.standard_normal((4, n_draws))
    scores[2] = _correlated(scores[1], scores[2], judgements.growth_correlation)
    elasticity = normal_draws(calibration.compute_elasticity, scores[3])
    return _Start(
        normal_draws(calibration.gap, scores[0]),
        normal_draws(calibration.leader_growth, scores[1])
        + elasticity * judgements.leader_compute_change,
        normal_draws(calibration.follower_growth, scores[2])
        + elasticity * judgements.follower_compute_change,
    )


def _shocks(
    judgements: RaceJudgements, dt: float, size: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    first, second = rng.standard_normal((2, size))
    scale = judgements.shock_sd * dt**0.5
    return scale * first, scale * _correlated(first, second, judgements.shock_correlation)


def _correlated(first: FloatArray, second: FloatArray, correlation: float) -> FloatArray:
    return np.asarray(correlation * first + (1 - correlation**2) ** 0.5 * second)


def _firm_luck(
    judgements: RaceJudgements, shape: tuple[int, ...], rng: np.random.Generator
) -> FloatArray:
    """Follower's best luck minus the leader's; zero on average, since the gap is of best models."""
    luck = [
        ndtri(rng.random(shape) ** (1 / firms)) - _expected_maximum(firms)
        for firms in (judgements.leader_firms, judgements.follower_firms)
    ]
    return np.asarray(judgements.firm_sd * (luck[1] - luck[0]))


def _expected_maximum(n: int) -> float:
    """Mean of the largest of n standard normal numbers."""
    mean, _ = integrate.quad(
        lambda x: x * n * np.exp(-(x**2) / 2) * ndtr(x) ** (n - 1), -np.inf, np.inf
    )
    return float(mean / (2 * np.pi) ** 0.5)


def _summarised(
    definition: str,
    calendar: npt.NDArray[np.int64],
    terminal: FloatArray,
    ever: FloatArray,
    *,
    inner: int | None,
    level: float,
    n: int,
) -> RaceForecast:
    """Forecast from probabilities by outer draw, shape (n_draws, k)."""
    at_end, at_any_time = (_probabilities(x, inner, level, n) for x in (terminal, ever))
    return RaceForecast(
        definition,
        tuple(int(year) for year in calendar),
        at_end.estimates,
        at_any_time.estimates,
        at_end.errors,
        at_any_time.errors,
        n_paths=len(terminal) * (inner or 1),
    )


@dataclass(frozen=True)
class _Probabilities:
    estimates: tuple[Estimate, ...]
    errors: tuple[float, ...]


def _probabilities(draws: FloatArray, inner: int | None, level: float, n: int) -> _Probabilities:
    mean = draws.mean(axis=0)
    errors = draws.std(axis=0, ddof=1) / len(draws) ** 0.5
    spread = draws if inner is None else _without_inner_noise(draws, inner)
    ends = np.quantile(spread, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    low, high = np.clip(np.minimum(ends[0], mean), 0, 1), np.clip(np.maximum(ends[1], mean), 0, 1)
    estimates = tuple(
        Estimate(float(p), float(a), float(b), level, "credible", n)
        for p, a, b in zip(mean, low, high, strict=True)
    )
    return _Probabilities(estimates, tuple(float(error) for error in errors))


def _without_inner_noise(draws: FloatArray, inner: int) -> FloatArray:
    """Draw the outer probabilities towards their mean by the share of variance that is noise."""
    mean = draws.mean(axis=0)
    noise = (draws * (1 - draws)).mean(axis=0) / (inner - 1)
    total = draws.var(axis=0, ddof=1)
    kept = np.divide(np.maximum(total - noise, 0), total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(mean + np.sqrt(kept) * (draws - mean))
