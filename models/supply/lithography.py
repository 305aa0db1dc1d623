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

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core.arrays import (
    FloatArray,
    Numbers,
    require_bounded,
    require_positive,
    spread_over_paths,
)
from models.core.distributions import chi2_quantile
from models.core.errors import ModelInputError
from models.core.input_checks import require_level, require_table
from models.core.timescale import to_decimal_years
from models.supply.duration_models import (
    FAMILIES,
    DurationModel,
    Family,
    build_likelihood,
    compute_survival,
    compute_weighted_quantile,
    count_durations,
    find_maximum,
    standardise,
    state_durations,
)

# Start, end and points of the grid of a profile, about the maximum.
_PROFILE_LOG_MEDIAN = (-2.0, 6.0, 241)
_PROFILE_LOG_SCALE = (-2.5, 3.0, 121)
# Further away than any calendar, and finite: it only ever means "not by then".
_LOG_FOREVER = float(np.log(1e6))


def select_reference_durations(milestones: pd.DataFrame, *, start: str, end: str) -> pd.DataFrame:
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
    years = to_decimal_years(ended["date"]) - to_decimal_years(began.loc[ended.index, "date"])
    durations = pd.DataFrame(
        {
            "programme": ended.index.to_numpy(),
            "duration_years": years,
            "observed": ~ended["censored"].to_numpy(dtype=bool),
        }
    )
    require_table(durations, complete=["duration_years"], positive=["duration_years"])
    return durations


def compute_lognormal_probability(
    years: Numbers, *, median_years: float, log_sd: float
) -> FloatArray:
    r"""Probability that a log-normal duration ends within `years`.

    .. math:: P(T \le t) = \Phi\left(\frac{\ln(t / m)}{s}\right)

    Raises
    ------
    ModelInputError
        If a number is not positive.
    """
    elapsed = np.atleast_1d(require_positive(years, "years"))
    model = state_durations(median_years, log_sd)
    return np.asarray(1 - compute_survival(model, elapsed)[0])


def compute_probability_by_year(
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
    dates = require_bounded(years, "years").ravel()
    conditional, survival_now = _conditional_probability(
        model, dates, start_year, speed_up, not_before
    )
    weights = _updated(model.weights, survival_now, start_year, not_before)
    low, high = (
        compute_weighted_quantile(conditional, end, weights)
        for end in (0.5 - level / 2, 0.5 + level / 2)
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


def compute_mean_probability(
    model: DurationModel,
    years: npt.ArrayLike,
    *,
    start_year: float,
    speed_up: float = 1.0,
    not_before: float | None = None,
) -> FloatArray:
    """`compute_probability_by_year` without intervals, which take most of its time.

    Returns
    -------
    ndarray, shape (k,)
        Posterior mean of the probability that the event has come by each date.

    Raises
    ------
    ModelInputError
        As `compute_probability_by_year`.
    """
    dates = require_bounded(years, "years").ravel()
    conditional, survival_now = _conditional_probability(
        model, dates, start_year, speed_up, not_before
    )
    return _updated(model.weights, survival_now, start_year, not_before) @ conditional


def estimate_probability_by_year(
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
    """`compute_probability_by_year` without a prior: maximum likelihood with profile intervals.

    The interval of a probability spans what it is over all parameters whose likelihood
    is within the chi-squared drop of the highest (one degree of freedom), on a grid.

    Parameters
    ----------
    durations, family, weight
        As `fit_durations`.
    years, start_year, speed_up, not_before, level
        As `compute_probability_by_year`.

    Raises
    ------
    ModelInputError
        As `fit_durations` and `compute_probability_by_year`.
    """
    require_level(level)
    log_likelihood = build_likelihood(durations, family, weight)
    best = find_maximum(durations, log_likelihood)
    axes = (
        best[0] + np.linspace(*_PROFILE_LOG_MEDIAN),
        np.log(best[1]) + np.linspace(*_PROFILE_LOG_SCALE),
    )
    theta, log_sigma = (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
    drop = float(chi2_quantile(level, 1)) / 2
    kept = log_likelihood(theta, np.exp(log_sigma)) >= float(log_likelihood(*best)) - drop
    theta = np.concatenate([[best[0]], theta[kept]])
    sigma = np.concatenate([[best[1]], np.exp(log_sigma[kept])])
    n, n_events = count_durations(durations, weight)
    model = DurationModel(family, theta, sigma, np.full(theta.size, 1 / theta.size), n, n_events)
    dates = require_bounded(years, "years").ravel()
    conditional, _ = _conditional_probability(model, dates, start_year, speed_up, not_before)
    return pd.DataFrame(
        {
            "year": dates,
            "probability": conditional[0],
            "low": conditional.min(axis=0),
            "high": conditional.max(axis=0),
        }
    )


def draw_event_years(
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
        As `compute_probability_by_year`; an array where it is itself uncertain.
    not_before : float, optional
        As `compute_probability_by_year`; only with a single `start_year`.

    Returns
    -------
    ndarray, shape (n_paths,)
        Decimal years; where a path never gets there, a year about a million years off.

    Raises
    ------
    ModelInputError
        As `compute_probability_by_year`, and if the event is impossible after `not_before`.
    """
    speed = spread_over_paths(require_positive(speed_up, "speed_up"), n_paths, "speed_up")
    start = spread_over_paths(start_year, n_paths, "start_year")
    waited = np.full(n_paths, 0.0) if not_before is None else _waited(start, not_before)
    standard = FAMILIES[model.family]
    rows = rng.choice(model.weights.size, size=n_paths, p=model.weights)
    theta, sigma = model.log_median[rows], model.log_scale[rows]
    z_now = standardise(standard, waited * speed, theta, sigma)
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


def _conditional_probability(
    model: DurationModel,
    dates: FloatArray,
    start_year: float,
    speed_up: float,
    not_before: float | None,
) -> tuple[FloatArray, FloatArray]:
    """Probability of the event by each date given none so far, and the survival so far."""
    waited = _waited(start_year, not_before)
    speed = float(require_positive(speed_up, "speed_up"))
    survival_now = compute_survival(model, np.array([waited * speed]))
    survival = compute_survival(model, np.maximum(dates - start_year, waited) * speed)
    ratio = np.divide(survival, survival_now, out=np.ones_like(survival), where=survival_now > 0)
    return 1 - ratio, survival_now[:, 0]


def _waited(start_year: Numbers, not_before: float | None) -> FloatArray:
    start = require_bounded(start_year, "start_year")
    if not_before is None:
        return np.zeros_like(start)
    waited = require_bounded(not_before, "not_before") - start
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
