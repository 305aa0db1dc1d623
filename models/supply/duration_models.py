"""Distributions of durations, some of them censored: fitted, believed, or stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import scipy
from scipy.special import log_ndtr, ndtri

from models.core import survival, units
from models.core.arrays import FloatArray, Numbers, require_bounded, require_positive
from models.core.distributions import chi2_quantile
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_level, require_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

Family = Literal["lognormal", "weibull"]
_LOG_ROOT_TWO_PI = 0.5 * float(np.log(2 * np.pi))
_MINIMUM_EVENTS = 2
_GRID = (161, 101)
_GRID_WIDTH = 5.0
# No reference class tells a scale of log duration outside this from its ends.
_SCALE_BOUNDS = (0.005, 20.0)
_WIDEST_STEP = 7.0
# Near the overflow of exp; a point so far out has likelihood zero in effect.
_LARGEST_Z = 300.0


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
            require_positive(value, f"prior {name}")


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
        require_bounded(
            require_positive(self.reaching_share, "reaching_share"), "reaching_share", high=1
        )

    def median_years(self, level: float = 0.9) -> Estimate:
        """Posterior median of the median duration, with its credible interval."""
        require_level(level)
        ends = [0.5, 0.5 - level / 2, 0.5 + level / 2]
        quantiles = np.exp(compute_weighted_quantile(self.log_median, ends, self.weights))
        value, low, high = (float(x) for x in quantiles)
        return Estimate(value, low, high, level, "credible", self.n, units.YEARS)


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
    log_likelihood = build_likelihood(durations, family, weight)
    theta, sigma = find_maximum(durations, log_likelihood)
    highest = float(log_likelihood(theta, sigma))
    drop = float(chi2_quantile(level, 1)) / 2
    n, n_events = count_durations(durations, weight)

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
        n_events,
    )


def compute_posterior(
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
    log_likelihood = build_likelihood(durations, family, weight)
    scores = [np.linspace(-_GRID_WIDTH, _GRID_WIDTH, size) for size in _GRID]
    first, second = (axis.ravel() for axis in np.meshgrid(*scores, indexing="ij"))
    theta = np.log(prior.median_years) + prior.median_log_sd * first
    sigma = prior.log_scale * np.exp(prior.log_scale_log_sd * second)
    log_weights = log_likelihood(theta, sigma) - (first**2 + second**2) / 2
    weights = np.exp(log_weights - log_weights.max())
    n, n_events = count_durations(durations, weight)
    return DurationModel(family, theta, sigma, weights / weights.sum(), n, n_events)


def state_durations(
    median_years: float, log_scale: float, *, family: Family = "lognormal"
) -> DurationModel:
    """Durations whose two parameters are stated: a scenario, not a fit.

    Raises
    ------
    ModelInputError
        If a parameter is not positive.
    """
    theta = np.log(require_positive([median_years], "median_years"))
    return DurationModel(
        family, theta, require_positive([log_scale], "log_scale"), np.ones(1), 0, 0
    )


def estimate_survival_curve(durations: pd.DataFrame, *, level: float = 0.9) -> pd.DataFrame:
    """Share of programmes that have reached the event by each duration, without a family.

    The curve of `models.core.survival.estimate_curve`, for durations above zero.

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
    require_table(durations, complete=["duration_years", "observed"], positive=["duration_years"])
    names = {"duration_years": "duration", "observed": "ended"}
    curve = survival.estimate_curve(durations.rename(columns=names), level=level)
    return curve.rename(columns={"duration": "duration_years"})


@dataclass(frozen=True)
class _Standard:
    """Standard form of a family: functions of the standardised log duration."""

    log_density: Callable[[FloatArray], FloatArray]
    log_survival: Callable[[FloatArray], FloatArray]
    inverse_survival: Callable[[FloatArray], FloatArray]
    median: float


FAMILIES: dict[Family, _Standard] = {
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


def build_likelihood(
    durations: pd.DataFrame, family: Family, weight: str | None
) -> Callable[[Numbers, Numbers], FloatArray]:
    """Log-likelihood as a function of the log median and the scale, vectorised over both."""
    if family not in FAMILIES:
        raise ModelInputError(f"family must be one of {list(FAMILIES)}, got {family!r}")
    require_table(durations, complete=["duration_years", "observed"], positive=["duration_years"])
    standard = FAMILIES[family]
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
    return require_bounded(durations[weight].to_numpy(dtype=float), weight, low=0, high=1)


def count_durations(durations: pd.DataFrame, weight: str | None) -> tuple[int, int]:
    """Durations, and those that ended; rows that share one end count by their weights."""
    shares = _likelihood_weights(durations, weight)
    ended = durations["observed"].to_numpy(dtype=bool)
    return round(float(shares.sum())), round(float(shares[ended].sum()))


def find_maximum(
    durations: pd.DataFrame, log_likelihood: Callable[[Numbers, Numbers], FloatArray]
) -> tuple[float, float]:
    """Log median and scale of the largest likelihood.

    Raises
    ------
    ModelInputError
        If fewer than 2 different durations ended in the event.
    """
    ended = durations.loc[durations["observed"].astype(bool), "duration_years"]
    if ended.nunique() < _MINIMUM_EVENTS:
        raise ModelInputError(
            f"needs at least {_MINIMUM_EVENTS} different durations that ended in the event, "
            f"got {ended.nunique()}"
        )
    log_ended = np.log(ended.to_numpy(dtype=float))

    def cost(x: FloatArray) -> float:
        return -float(log_likelihood(float(x[0]), float(np.exp(x[1]))))

    result = scipy.optimize.minimize(
        cost,
        np.array([float(np.median(log_ended)), float(np.log(log_ended.std()))]),
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000},
    )
    return float(result.x[0]), float(np.exp(result.x[1]))


def _profile_over_scale(
    log_likelihood: Callable[[Numbers, Numbers], FloatArray], theta: float
) -> float:
    result = scipy.optimize.minimize_scalar(
        lambda x: -float(log_likelihood(theta, np.exp(x))),
        bounds=tuple(np.log(_SCALE_BOUNDS)),
        method="bounded",
    )
    return -float(result.fun)


def _profile_over_median(
    log_likelihood: Callable[[Numbers, Numbers], FloatArray], sigma: float, near: float
) -> float:
    reach = 6 * sigma + 3
    result = scipy.optimize.minimize_scalar(
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
    return float(scipy.optimize.brentq(lambda x: profile(x) - target, at, far, xtol=1e-6))


def standardise(
    standard: _Standard, years: FloatArray, theta: FloatArray, sigma: FloatArray
) -> FloatArray:
    """Log durations on the standard scale, cut off where nothing more changes."""
    with np.errstate(divide="ignore"):
        log_years = np.log(years)
    return np.minimum((log_years - theta) / sigma + standard.median, _LARGEST_Z)


def compute_survival(model: DurationModel, years: FloatArray) -> FloatArray:
    """Survival, shape (m, k): one row for each possible pair of parameters."""
    standard = FAMILIES[model.family]
    theta, sigma = model.log_median[:, np.newaxis], model.log_scale[:, np.newaxis]
    z = standardise(standard, years[np.newaxis, :], theta, sigma)
    share = model.reaching_share
    return np.asarray(1 - share + share * np.exp(standard.log_survival(z)))


def compute_weighted_quantile(
    values: FloatArray, shares: float | list[float], weights: FloatArray
) -> FloatArray:
    """Quantiles of weighted values along their first axis."""
    return np.asarray(np.quantile(values, shares, axis=0, weights=weights, method="inverted_cdf"))
