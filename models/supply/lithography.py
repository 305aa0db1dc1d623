r"""How long from a prototype to working chips and to volume production.

A reference class of earlier tools gives durations, some of them censored: a
tool that has not reached volume, or never did, still says that it took longer
than it was watched. Two events are told apart throughout: *first working chips*
and *volume production*. Both families are location and scale of log duration,

.. math:: \log T = \theta + \sigma (Z - z_{0.5}),

with :math:`\theta` the log of the median, Z standard normal (log-normal T) or
smallest extreme value (Weibull T with shape :math:`1/\sigma`); Meeker and
Escobar (1998), *Statistical Methods for Reliability Data*, chapters 4 and 8.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, stats
from scipy.special import log_ndtr, ndtri
from statsmodels.duration.survfunc import SurvfuncRight

from models.core import units
from models.core.arrays import FloatArray, Numbers, bounded, per_path, positive
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_level, require_table
from models.core.timescale import decimal_years

Family = Literal["lognormal", "weibull"]
_LOG_ROOT_TWO_PI = 0.5 * float(np.log(2 * np.pi))
_MINIMUM_EVENTS = 2
_GRID = (161, 101)
_GRID_WIDTH = 5.0
# Start, end and points of the grid of a profile, about the maximum.
_PROFILE_LOG_MEDIAN = (-2.0, 6.0, 241)
_PROFILE_LOG_SCALE = (-2.5, 3.0, 121)
_LEAST_SURVIVAL = 1e-9
# No reference class tells a scale of log duration outside this from its ends.
_SCALE_BOUNDS = (0.005, 20.0)
_WIDEST_STEP = 7.0
# Near the overflow of exp; a point so far out has likelihood zero in effect.
_LARGEST_Z = 300.0
# Further away than any calendar, and finite: it only ever means "not by then".
_LOG_FOREVER = float(np.log(1e6))


@dataclass(frozen=True)
class DurationFit:
    """Maximum-likelihood fit of durations with right censoring.

    Attributes
    ----------
    family : {"lognormal", "weibull"}
        Distribution of the duration.
    median_years : Estimate
        Median duration, with its profile-likelihood confidence interval.
    log_scale : Estimate
        Scale of log duration: its standard deviation (log-normal), or one over
        the shape (Weibull); with its profile-likelihood interval.
    log_likelihood : float
        At the maximum, on the scale of years; comparable between families.
    n, n_events : int
        Durations, and those that ended in the event.
    """

    family: Family
    median_years: Estimate
    log_scale: Estimate
    log_likelihood: float
    n: int
    n_events: int


@dataclass(frozen=True)
class DurationPrior:
    """What is believed of a duration before the reference class is looked at: a judgement.

    Attributes
    ----------
    median_years : float
        Centre of the log-normal prior of the median duration.
    median_log_sd : float
        Its standard deviation in logs; 1 lets the median be 3 times off either way.
    log_scale : float
        Centre of the log-normal prior of the scale of log duration.
    log_scale_log_sd : float
        Its standard deviation in logs.
    """

    median_years: float = 10.0
    median_log_sd: float = 1.0
    log_scale: float = 0.5
    log_scale_log_sd: float = 0.5

    def __post_init__(self) -> None:
        """Refuse numbers that are not positive."""
        for name, value in vars(self).items():
            positive(value, f"prior {name}")


@dataclass(frozen=True)
class DurationModel:
    """A distribution of durations whose two parameters are known up to weights.

    Attributes
    ----------
    family : {"lognormal", "weibull"}
        Distribution of the duration given its parameters.
    log_median, log_scale : ndarray, shape (m,)
        Possible values of the log of the median in years, and of the scale.
    weights : ndarray, shape (m,)
        Their probabilities; they add up to 1.
    n, n_events : int
        Durations behind the weights; 0 for parameters that are a judgement.
    reaching_share : float
        Share of programmes that reach the event at all; a judgement. 1 takes a
        programme that was given up for one that would have been slow. Set it
        with `dataclasses.replace`.
    """

    family: Family
    log_median: FloatArray
    log_scale: FloatArray
    weights: FloatArray
    n: int
    n_events: int
    reaching_share: float = 1.0

    def __post_init__(self) -> None:
        """Refuse shapes that do not match and shares that are none."""
        shapes = {self.log_median.shape, self.log_scale.shape, self.weights.shape}
        if len(shapes) > 1 or self.weights.ndim != 1:
            raise ModelInputError(f"needs parameters and weights of one length, got {shapes}")
        bounded(positive(self.reaching_share, "reaching_share"), "reaching_share", high=1)

    def median_years(self, level: float = 0.9) -> Estimate:
        """Posterior median of the median duration, with its credible interval."""
        require_level(level)
        ends = [0.5, 0.5 - level / 2, 0.5 + level / 2]
        quantiles = np.exp(_weighted_quantile(self.log_median, ends, self.weights))
        value, low, high = (float(x) for x in quantiles)
        return Estimate(value, low, high, level, "credible", self.n, units.YEARS)


@dataclass(frozen=True)
class _Standard:
    """Standard form of a family: functions of the standardised log duration."""

    log_density: Callable[[FloatArray], FloatArray]
    log_survival: Callable[[FloatArray], FloatArray]
    inverse_survival: Callable[[FloatArray], FloatArray]
    median: float


def reference_durations(milestones: pd.DataFrame, *, start: str, end: str) -> pd.DataFrame:
    """Durations of a reference class from one milestone to another, censored ones included.

    Parameters
    ----------
    milestones : DataFrame
        One row per programme and milestone: columns `programme`, `milestone`,
        `date` and `censored` (true: not reached by that date, or given up).
    start : str
        Milestone from which the time counts, for instance "prototype". Only
        programmes that reached it and have the end's row enter.
    end : str
        The event: "first_working_chips" or "first_volume_production", never
        one for the other.

    Returns
    -------
    DataFrame
        `programme`, `duration_years` and `observed`, in order of programme.

    Raises
    ------
    ModelInputError
        If a column or value is missing, a milestone comes twice for a
        programme, no programme has both, or a duration is not positive.
    """
    require_table(milestones, complete=["programme", "milestone", "date", "censored"])
    if milestones.duplicated(["programme", "milestone"]).any():
        raise ModelInputError("needs each milestone once for a programme, got some twice")
    rows = milestones.set_index("programme").sort_index()
    began = rows[(rows["milestone"] == start) & ~rows["censored"].astype(bool)]
    ended = rows[(rows["milestone"] == end) & rows.index.isin(began.index)]
    if ended.empty:
        raise ModelInputError(f"needs programmes with both {start!r} and {end!r}, got none")
    years = decimal_years(ended["date"]) - decimal_years(began.loc[ended.index, "date"])
    durations = pd.DataFrame(
        {
            "programme": ended.index.to_numpy(),
            "duration_years": years,
            "observed": ~ended["censored"].to_numpy(dtype=bool),
        }
    )
    require_table(durations, complete=["duration_years"], positive=["duration_years"])
    return durations


def fit_durations(
    durations: pd.DataFrame,
    *,
    family: Family = "lognormal",
    level: float = 0.9,
    weight: str | None = None,
) -> DurationFit:
    """Fit durations by maximum likelihood, with profile-likelihood intervals.

    Parameters
    ----------
    durations : DataFrame, shape (n, ...)
        Columns `duration_years` (> 0) and `observed` (false: censored).
    family : {"lognormal", "weibull"}
        Distribution of the duration.
    level : float
        Confidence level of the intervals.
    weight : str, optional
        Column of likelihood weights in (0, 1], for rows that share an end
        point and are not separate evidence.

    Raises
    ------
    ModelInputError
        If columns are missing, a duration is not positive, fewer than two
        different durations ended in the event, or an interval is unbounded.
    """
    require_level(level)
    log_likelihood = _likelihood(durations, family, weight)
    theta, sigma = _maximum(durations, log_likelihood)
    highest = float(log_likelihood(theta, sigma))
    drop = float(stats.chi2.ppf(level, 1)) / 2
    n = len(durations)

    def estimate(profile: Callable[[float], float], at: float, unit: str) -> Estimate:
        low, high = (_drop_point(profile, at, highest - drop, side) for side in (-1, 1))
        ends = [float(np.exp(x)) for x in (at, low, high)]
        return Estimate(ends[0], ends[1], ends[2], level, "confidence", n, unit)

    return DurationFit(
        family,
        estimate(lambda x: _profile_over_scale(log_likelihood, x), theta, units.YEARS),
        estimate(
            lambda x: _profile_over_median(log_likelihood, float(np.exp(x)), theta),
            float(np.log(sigma)),
            "",
        ),
        highest,
        n,
        int(durations["observed"].sum()),
    )


def posterior_durations(
    durations: pd.DataFrame,
    prior: DurationPrior,
    *,
    family: Family = "lognormal",
    weight: str | None = None,
) -> DurationModel:
    """Posterior of both parameters on a grid, from the reference class and a stated prior.

    Unlike the maximum-likelihood fit it also answers from one event, or from
    none; the answer is then mostly the prior's.

    Parameters
    ----------
    durations, family, weight
        As `fit_durations`.
    prior : DurationPrior
        A judgement; show the result under others.

    Raises
    ------
    ModelInputError
        If columns are missing, or a duration or weight is not positive.
    """
    log_likelihood = _likelihood(durations, family, weight)
    scores = [np.linspace(-_GRID_WIDTH, _GRID_WIDTH, size) for size in _GRID]
    first, second = (axis.ravel() for axis in np.meshgrid(*scores, indexing="ij"))
    theta = np.log(prior.median_years) + prior.median_log_sd * first
    sigma = prior.log_scale * np.exp(prior.log_scale_log_sd * second)
    log_weights = log_likelihood(theta, sigma) - (first**2 + second**2) / 2
    weights = np.exp(log_weights - log_weights.max())
    events = int(durations["observed"].sum())
    return DurationModel(family, theta, sigma, weights / weights.sum(), len(durations), events)


def stated_durations(
    median_years: float, log_scale: float, *, family: Family = "lognormal"
) -> DurationModel:
    """Durations whose two parameters are stated: a scenario, not a fit.

    Raises
    ------
    ModelInputError
        If a parameter is not positive.
    """
    theta = np.log(positive([median_years], "median_years"))
    return DurationModel(family, theta, positive([log_scale], "log_scale"), np.ones(1), 0, 0)


def lognormal_probability(years: Numbers, *, median_years: float, log_sd: float) -> FloatArray:
    r"""Probability that a log-normal duration ends within `years`.

    .. math:: P(T \le t) = \Phi\left(\frac{\ln(t / m)}{s}\right)

    Raises
    ------
    ModelInputError
        If a number is not positive.
    """
    elapsed = np.atleast_1d(positive(years, "years"))
    model = stated_durations(median_years, log_sd)
    return np.asarray(1 - _survival(model, elapsed)[0])


def probability_by_year(
    model: DurationModel,
    years: npt.ArrayLike,
    *,
    start_year: float,
    speed_up: float = 1.0,
    not_before: float | None = None,
    level: float = 0.9,
) -> pd.DataFrame:
    """Probability that the event has come by each date.

    Parameters
    ----------
    model : DurationModel
        Of the event that is asked for, counted from `start_year`.
    years : array_like, shape (k,)
        Decimal years: 2030.0 is the start of 2030.
    start_year : float
        Decimal year of the follower's prototype.
    speed_up : float
        How many times faster a follower moves than the reference class; a
        judgement. 2 halves every duration.
    not_before : float, optional
        Decimal year by which the event is known not to have come. The
        parameters are updated on that, and the probability is conditional on it.
    level : float
        Level of the credible interval.

    Returns
    -------
    DataFrame
        `year`, `probability` (posterior mean), `low`, `high` (credible interval
        of the probability; equal to it for stated parameters).

    Raises
    ------
    ModelInputError
        If a year is not a number, the speed-up not positive, or `not_before`
        earlier than the start.
    """
    require_level(level)
    dates = bounded(years, "years").ravel()
    conditional, survival_now = _conditional_probability(
        model, dates, start_year, speed_up, not_before
    )
    weights = _updated(model.weights, survival_now, start_year, not_before)
    low, high = (
        _weighted_quantile(conditional, end, weights) for end in (0.5 - level / 2, 0.5 + level / 2)
    )
    mean = weights @ conditional
    return pd.DataFrame(
        {
            "year": dates,
            "probability": mean,
            "low": np.minimum(low, mean),
            "high": np.maximum(high, mean),
        }
    )


def likelihood_probability_by_year(
    durations: pd.DataFrame,
    years: npt.ArrayLike,
    *,
    start_year: float,
    family: Family = "lognormal",
    speed_up: float = 1.0,
    not_before: float | None = None,
    level: float = 0.9,
    weight: str | None = None,
) -> pd.DataFrame:
    """`probability_by_year` without a prior: maximum likelihood with profile intervals.

    The interval of a probability spans what it is over all parameters whose likelihood
    is within the chi-squared drop of the highest (one degree of freedom), on a grid.

    Parameters
    ----------
    durations, family, weight
        As `fit_durations`.
    years, start_year, speed_up, not_before, level
        As `probability_by_year`.

    Raises
    ------
    ModelInputError
        As `fit_durations` and `probability_by_year`.
    """
    require_level(level)
    log_likelihood = _likelihood(durations, family, weight)
    best = _maximum(durations, log_likelihood)
    axes = (
        best[0] + np.linspace(*_PROFILE_LOG_MEDIAN),
        np.log(best[1]) + np.linspace(*_PROFILE_LOG_SCALE),
    )
    theta, log_sigma = (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
    drop = float(stats.chi2.ppf(level, 1)) / 2
    kept = log_likelihood(theta, np.exp(log_sigma)) >= float(log_likelihood(*best)) - drop
    theta = np.concatenate([[best[0]], theta[kept]])
    sigma = np.concatenate([[best[1]], np.exp(log_sigma[kept])])
    model = DurationModel(
        family, theta, sigma, np.full(theta.size, 1 / theta.size), len(durations),
        int(durations["observed"].sum()),
    )  # fmt: skip
    dates = bounded(years, "years").ravel()
    conditional, _ = _conditional_probability(model, dates, start_year, speed_up, not_before)
    return pd.DataFrame(
        {
            "year": dates,
            "probability": conditional[0],
            "low": conditional.min(axis=0),
            "high": conditional.max(axis=0),
        }
    )


def kaplan_meier(durations: pd.DataFrame, *, level: float = 0.9) -> pd.DataFrame:
    """Share of programmes that have reached the event by each duration, without a family.

    Kaplan and Meier (1958) with Greenwood's error on the log-minus-log scale, which
    keeps the interval in [0, 1].

    Parameters
    ----------
    durations : DataFrame
        Columns `duration_years` and `observed`.

    Returns
    -------
    DataFrame
        `duration_years`, `share`, `low`, `high`, `at_risk`; one row for each duration
        at which an event occurred.

    Raises
    ------
    ModelInputError
        If columns are missing, a duration is not positive, or no event occurred.
    """
    require_level(level)
    require_table(durations, complete=["duration_years", "observed"], positive=["duration_years"])
    observed = durations["observed"].to_numpy(dtype=bool)
    if not observed.any():
        raise ModelInputError(f"needs an event, got {len(durations)} censored durations")
    curve = SurvfuncRight(durations["duration_years"].to_numpy(dtype=float), observed.astype(int))
    survival, error = np.asarray(curve.surv_prob), np.asarray(curve.surv_prob_se)
    inside = np.clip(survival, _LEAST_SURVIVAL, 1 - _LEAST_SURVIVAL)
    half = stats.norm.ppf(0.5 + level / 2) * error / (inside * np.abs(np.log(inside)))
    low, high = (1 - inside ** np.exp(side * half) for side in (-1, 1))
    return pd.DataFrame(
        {
            "duration_years": curve.surv_times,
            "share": 1 - survival,
            "low": np.where(survival > 0, low, 0.0),
            "high": np.where(survival > 0, high, 1.0),
            "at_risk": curve.n_risk,
        }
    )


def sample_event_years(
    model: DurationModel,
    n_paths: int,
    rng: np.random.Generator,
    *,
    start_year: Numbers,
    speed_up: Numbers = 1.0,
    not_before: float | None = None,
) -> FloatArray:
    """Draw the decimal year of the event, with all uncertainty of the parameters.

    Parameters
    ----------
    model : DurationModel
        Of the event, counted from `start_year`.
    n_paths : int
        Draws.
    rng : numpy.random.Generator
        Source of the draws.
    start_year : float or array_like, shape (n_paths,)
        Decimal year from which the duration counts.
    speed_up : float or array_like, shape (n_paths,)
        As `probability_by_year`; an array where it is itself uncertain.
    not_before : float, optional
        As `probability_by_year`; only with a single `start_year`.

    Returns
    -------
    ndarray, shape (n_paths,)
        Decimal years; where a path never gets there, a year about a million years off.

    Raises
    ------
    ModelInputError
        As `probability_by_year`, and if the event is impossible after `not_before`.
    """
    speed = per_path(positive(speed_up, "speed_up"), n_paths, "speed_up")
    start = per_path(start_year, n_paths, "start_year")
    waited = np.full(n_paths, 0.0) if not_before is None else _waited(start, not_before)
    standard = _FAMILIES[model.family]
    rows = rng.choice(model.weights.size, size=n_paths, p=model.weights)
    theta, sigma = model.log_median[rows], model.log_scale[rows]
    z_now = _standardised(standard, waited * speed, theta, sigma)
    never = 1 - model.reaching_share
    survival = never + (1 - never) * np.exp(standard.log_survival(z_now))
    kept = _resampled(survival, rng)
    uniform = (1 - rng.random(n_paths)) * survival[kept]
    reached = (uniform - never) / (1 - never)
    z = standard.inverse_survival(np.where(reached > 0, reached, 0.5))
    log_years = theta[kept] + sigma[kept] * (z - standard.median)
    log_years = np.where(reached > 0, np.minimum(log_years, _LOG_FOREVER), _LOG_FOREVER)
    years = np.exp(log_years) / speed[kept]
    return np.asarray(start[kept] + np.maximum(years, waited[kept]))


def sample_milestones(
    to_working_chips: DurationModel,
    to_volume: DurationModel,
    n_paths: int,
    rng: np.random.Generator,
    *,
    start_year: float,
    speed_up: Numbers = 1.0,
    not_before: float | None = None,
) -> pd.DataFrame:
    """Draw both events, first working chips and volume production, always in that order.

    Parameters
    ----------
    to_working_chips : DurationModel
        From the prototype to the first working chips.
    to_volume : DurationModel
        From the first working chips to volume production.
    n_paths, rng, start_year, speed_up
        As `sample_event_years`.
    not_before : float, optional
        Decimal year by which there were no working chips.

    Returns
    -------
    DataFrame, shape (n_paths, 2)
        `working_chips_year` and `volume_year`.

    Raises
    ------
    ModelInputError
        As `sample_event_years`.
    """
    working = sample_event_years(
        to_working_chips,
        n_paths,
        rng,
        start_year=start_year,
        speed_up=speed_up,
        not_before=not_before,
    )
    volume = sample_event_years(to_volume, n_paths, rng, start_year=working, speed_up=speed_up)
    return pd.DataFrame({"working_chips_year": working, "volume_year": volume})


_FAMILIES: dict[Family, _Standard] = {
    "lognormal": _Standard(
        lambda z: -(z**2) / 2 - _LOG_ROOT_TWO_PI,
        lambda z: np.asarray(log_ndtr(-z)),
        lambda v: np.asarray(-ndtri(v)),
        0.0,
    ),
    "weibull": _Standard(
        lambda z: z - np.exp(z),
        lambda z: -np.exp(z),
        lambda v: np.log(-np.log(v)),
        float(np.log(np.log(2))),
    ),
}


def _likelihood(
    durations: pd.DataFrame, family: Family, weight: str | None
) -> Callable[[Numbers, Numbers], FloatArray]:
    """Log-likelihood as a function of the log median and the scale, vectorised over both."""
    if family not in _FAMILIES:
        raise ModelInputError(f"family must be one of {list(_FAMILIES)}, got {family!r}")
    require_table(durations, complete=["duration_years", "observed"], positive=["duration_years"])
    standard = _FAMILIES[family]
    log_years = np.log(durations["duration_years"].to_numpy(dtype=float))
    observed = durations["observed"].to_numpy(dtype=bool)
    shares = _likelihood_weights(durations, weight)

    def log_likelihood(theta: Numbers, sigma: Numbers) -> FloatArray:
        scale = np.asarray(sigma, dtype=float)[..., np.newaxis]
        centre = np.asarray(theta, dtype=float)[..., np.newaxis]
        z = (log_years - centre) / scale + standard.median
        z = np.minimum(z, _LARGEST_Z)
        event = standard.log_density(z) - np.log(scale) - log_years
        return np.asarray(np.where(observed, event, standard.log_survival(z)) @ shares)

    return log_likelihood


def _likelihood_weights(durations: pd.DataFrame, weight: str | None) -> FloatArray:
    if weight is None:
        return np.ones(len(durations))
    require_table(durations, complete=[weight], positive=[weight])
    return bounded(durations[weight].to_numpy(dtype=float), weight, low=0, high=1)


def _maximum(
    durations: pd.DataFrame, log_likelihood: Callable[[Numbers, Numbers], FloatArray]
) -> tuple[float, float]:
    ended = durations.loc[durations["observed"].astype(bool), "duration_years"]
    if ended.nunique() < _MINIMUM_EVENTS:
        raise ModelInputError(
            f"needs at least {_MINIMUM_EVENTS} different durations that ended in the event, "
            f"got {ended.nunique()}"
        )
    log_ended = np.log(ended.to_numpy(dtype=float))

    def cost(x: FloatArray) -> float:
        return -float(log_likelihood(float(x[0]), float(np.exp(x[1]))))

    result = optimize.minimize(
        cost,
        np.array([float(np.median(log_ended)), float(np.log(log_ended.std()))]),
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000},
    )
    return float(result.x[0]), float(np.exp(result.x[1]))


def _profile_over_scale(
    log_likelihood: Callable[[Numbers, Numbers], FloatArray], theta: float
) -> float:
    result = optimize.minimize_scalar(
        lambda x: -float(log_likelihood(theta, np.exp(x))),
        bounds=tuple(np.log(_SCALE_BOUNDS)),
        method="bounded",
    )
    return -float(result.fun)


def _profile_over_median(
    log_likelihood: Callable[[Numbers, Numbers], FloatArray], sigma: float, near: float
) -> float:
    reach = 6 * sigma + 3
    result = optimize.minimize_scalar(
        lambda x: -float(log_likelihood(x, sigma)),
        bounds=(near - reach, near + reach),
        method="bounded",
    )
    return -float(result.fun)


def _drop_point(profile: Callable[[float], float], at: float, target: float, side: int) -> float:
    """Where the profile falls to the target, on one side of the maximum."""
    step = 0.1
    while profile(at + side * step) > target:
        step *= 2
        if step > _WIDEST_STEP:
            raise ModelInputError(
                "needs more durations that ended in the event: the likelihood sets no limit"
            )
    far = at + side * step
    return float(optimize.brentq(lambda x: profile(x) - target, at, far, xtol=1e-6))


def _standardised(
    standard: _Standard, years: FloatArray, theta: FloatArray, sigma: FloatArray
) -> FloatArray:
    with np.errstate(divide="ignore"):
        log_years = np.log(years)
    return np.minimum((log_years - theta) / sigma + standard.median, _LARGEST_Z)


def _survival(model: DurationModel, years: FloatArray) -> FloatArray:
    """Survival, shape (m, k): one row for each possible pair of parameters."""
    standard = _FAMILIES[model.family]
    theta, sigma = model.log_median[:, np.newaxis], model.log_scale[:, np.newaxis]
    z = _standardised(standard, years[np.newaxis, :], theta, sigma)
    share = model.reaching_share
    return np.asarray(1 - share + share * np.exp(standard.log_survival(z)))


def _conditional_probability(
    model: DurationModel,
    dates: FloatArray,
    start_year: float,
    speed_up: float,
    not_before: float | None,
) -> tuple[FloatArray, FloatArray]:
    """Probability of the event by each date given none so far, and the survival so far."""
    waited = _waited(start_year, not_before)
    speed = float(positive(speed_up, "speed_up"))
    survival_now = _survival(model, np.array([waited * speed]))
    survival = _survival(model, np.maximum(dates - start_year, waited) * speed)
    ratio = np.divide(survival, survival_now, out=np.ones_like(survival), where=survival_now > 0)
    return 1 - ratio, survival_now[:, 0]


def _waited(start_year: Numbers, not_before: float | None) -> FloatArray:
    start = bounded(start_year, "start_year")
    if not_before is None:
        return np.zeros_like(start)
    waited = bounded(not_before, "not_before") - start
    if waited.min() < 0:
        raise ModelInputError(f"not_before must not precede the start, got {not_before}")
    return np.asarray(waited)


def _updated(
    weights: FloatArray, survival: FloatArray, start_year: float, not_before: float | None
) -> FloatArray:
    posterior = weights * survival
    if posterior.sum() == 0:
        raise ModelInputError(
            f"the model leaves no chance that {not_before} passes without the event "
            f"after a start in {start_year}"
        )
    return np.asarray(posterior / posterior.sum())


def _resampled(survival: FloatArray, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Keep paths in proportion to their chance of having waited so long."""
    if survival.min() == 1:
        return np.arange(survival.size)
    if survival.sum() == 0:
        raise ModelInputError("the model leaves no chance that the event has not come yet")
    return rng.choice(survival.size, size=survival.size, p=survival / survival.sum())


def _weighted_quantile(
    values: FloatArray, shares: float | list[float], weights: FloatArray
) -> FloatArray:
    return np.asarray(np.quantile(values, shares, axis=0, weights=weights, method="inverted_cdf"))
