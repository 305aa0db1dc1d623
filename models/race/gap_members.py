r"""Simple forecasts of a gap, each of which knows nothing but the gap's own past.

Each member is fitted to the gap at the ends of months, the last of them today's, and
simulates paths from there. What a member doesn't know of its own parameters it draws, once
for each group of paths. All are kept simple on purpose: with so few months, a weight or a
parameter more is a guess more. The errors of the first two last from month to month as long as
the past's did: else no path of theirs could ever hold a lead for two quarters.

==============  =========================================================================
no_change       stays where it is; errors are as wide as past changes over as many months
past_mean       varies around its mean, as widely as the past did
ar1             returns to its mean, by a share that is learned
local_level     its level wanders, and each month has noise of its own
random_walk     wanders, as widely as past changes over a year say
==============  =========================================================================
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np

from models.core.arrays import FloatArray, require_bounded
from models.core.errors import ModelInputError
from models.core.local_level import LocalLevel, fit_local_level

FEWEST_MONTHS = 6
_MONTHS = 12
_FEWEST_CHANGES = 4
"""Changes of one length that a spread is taken from."""
_SHARES_KEPT = np.linspace(0.0, 0.995, 200)
_POSTERIOR_DRAWS = 2000


class GapMember(Protocol):
    """A fitted forecast."""

    def simulate(
        self, steps: int, *, draws: int, inner: int, rng: np.random.Generator
    ) -> FloatArray:
        """Return gaps at the ends of so many months, shape (draws, inner, steps).

        The paths of one draw share its parameters.
        """
        ...


@dataclass(frozen=True)
class NoChange:
    """The gap stays; errors have the spread of past changes over as many months.

    Attributes
    ----------
    last : float
        Today's gap.
    spread : tuple of float
        Root mean square change over 1, 2, ... months; the last holds for longer ones too.
    persistence : float
        Correlation of an error with that of the month before.
    """

    last: float
    spread: tuple[float, ...]
    persistence: float

    def simulate(
        self, steps: int, *, draws: int, inner: int, rng: np.random.Generator
    ) -> FloatArray:
        """Return gaps whose errors last as long as the past's."""
        known = np.array(self.spread[:steps])
        spread = np.append(known, np.full(steps - known.size, known[-1]))
        return self.last + spread * _draw_lasting(self.persistence, (draws, inner, steps), rng)


@dataclass(frozen=True)
class PastMean:
    """Each month is a draw from what the past was like, and near to that of the month before.

    Attributes
    ----------
    mean, spread : float
        Of the past.
    n : int
        Months.
    persistence : float
        Correlation of a month's distance from the mean with that of the month before.
    """

    mean: float
    spread: float
    n: int
    persistence: float

    def simulate(
        self, steps: int, *, draws: int, inner: int, rng: np.random.Generator
    ) -> FloatArray:
        """Return normal gaps, mean and spread drawn from their posterior under flat priors."""
        spread = self.spread * np.sqrt((self.n - 1) / rng.chisquare(self.n - 1, draws))
        mean = self.mean + spread / np.sqrt(self.n) * rng.standard_normal(draws)
        noise = _draw_lasting(self.persistence, (draws, inner, steps), rng)
        return np.asarray(mean[:, None, None] + spread[:, None, None] * noise)


@dataclass(frozen=True)
class Reverting:
    r"""A first-order autoregression, :math:`g_t = m + \phi (g_{t-1} - m) + \varepsilon_t`.

    Attributes
    ----------
    last : float
        Today's gap.
    share, mean, spread : ndarray, shape (k,)
        Posterior draws of :math:`\phi`, m and the standard deviation of the shocks.
    """

    last: float
    share: FloatArray
    mean: FloatArray
    spread: FloatArray

    def simulate(
        self, steps: int, *, draws: int, inner: int, rng: np.random.Generator
    ) -> FloatArray:
        """Return paths that start at today's gap."""
        rows = rng.integers(self.share.size, size=draws)
        share, mean, spread = (
            x[rows][:, None] for x in (self.share, self.mean, self.spread)
        )  # fmt: skip
        gaps = np.empty((draws, inner, steps))
        away = np.full((draws, inner), self.last) - mean
        for step in range(steps):
            away = share * away + spread * rng.standard_normal((draws, inner))
            gaps[:, :, step] = mean + away
        return gaps


@dataclass(frozen=True)
class Wandering:
    """A level that wanders, seen through noise.

    Attributes
    ----------
    state : LocalLevel
        Posterior of today's level and of both spreads, a month's.
    """

    state: LocalLevel

    def simulate(
        self, steps: int, *, draws: int, inner: int, rng: np.random.Generator
    ) -> FloatArray:
        """Return the wandering level with each month's noise."""
        rows = rng.integers(self.state.level.size, size=draws)
        level, lasting, passing = (
            x[rows][:, None, None]
            for x in (self.state.level, self.state.permanent_sd, self.state.transitory_sd)
        )
        wandered = np.cumsum(lasting * rng.standard_normal((draws, inner, steps)), axis=2)
        return np.asarray(
            level + wandered + passing * rng.standard_normal((draws, inner, steps))
        )  # fmt: skip


@dataclass(frozen=True)
class RandomWalk:
    """A random walk without drift.

    Attributes
    ----------
    last : float
        Today's gap.
    spread : float
        Standard deviation of a month's step.
    """

    last: float
    spread: float

    def simulate(
        self, steps: int, *, draws: int, inner: int, rng: np.random.Generator
    ) -> FloatArray:
        """Return paths of independent normal steps."""
        return self.last + np.cumsum(
            self.spread * rng.standard_normal((draws, inner, steps)), axis=2
        )


def fit_no_change(gaps: FloatArray, rng: np.random.Generator) -> NoChange:  # noqa: ARG001
    """Measure past changes over each number of months of which there are four or more."""
    longest = gaps.size - _FEWEST_CHANGES
    spread = tuple(_root_mean_square(gaps, months) for months in range(1, longest + 1))
    return NoChange(float(gaps[-1]), spread, measure_persistence(gaps))


def fit_past_mean(gaps: FloatArray, rng: np.random.Generator) -> PastMean:  # noqa: ARG001
    """Take mean and standard deviation of the past."""
    mean, spread = float(gaps.mean()), float(gaps.std(ddof=1))
    return PastMean(mean, spread, gaps.size, measure_persistence(gaps))


def measure_persistence(gaps: FloatArray) -> float:
    """Correlation of the distance from the mean with that of the month before, 0 to 0.995.

    Parameters
    ----------
    gaps : ndarray, shape (n,)
        Gaps at the ends of months.
    """
    away = gaps - gaps.mean()
    total = float(away @ away)
    return float(np.clip(away[1:] @ away[:-1] / total, 0.0, _SHARES_KEPT[-1])) if total else 0.0


def _draw_lasting(
    persistence: float, shape: tuple[int, int, int], rng: np.random.Generator
) -> FloatArray:
    """Draw standard normal numbers, each correlated with the one before on the last axis."""
    noise = rng.standard_normal(shape)
    fresh = (1 - persistence**2) ** 0.5
    for step in range(1, shape[2]):
        noise[..., step] = persistence * noise[..., step - 1] + fresh * noise[..., step]
    return noise


def fit_reverting(gaps: FloatArray, rng: np.random.Generator) -> Reverting:
    r"""Draw from the posterior of a stationary autoregression.

    The exact likelihood, with the first value from the stationary distribution (Box and
    Jenkins 1976, *Time Series Analysis*, appendix A7.4), under flat priors on the mean, on
    :math:`\log \sigma` and on :math:`\phi` from 0 to 0.995; mean and spread are integrated
    out in closed form on a grid of :math:`\phi`.
    """
    shares = _SHARES_KEPT
    first = np.sqrt(1 - shares**2)
    # The regression of whitened gaps on a whitened constant, for each share.
    constant = np.column_stack([first, np.repeat((1 - shares)[:, None], gaps.size - 1, axis=1)])
    whitened = np.column_stack([first * gaps[0], gaps[1:] - shares[:, None] * gaps[:-1]])
    precision = np.square(constant).sum(axis=1)
    mean = (constant * whitened).sum(axis=1) / precision
    squares = np.square(whitened - mean[:, None] * constant).sum(axis=1)
    freedom = gaps.size - 1
    log_weight = np.log(first) - 0.5 * np.log(precision) - 0.5 * freedom * np.log(squares)
    weight = np.exp(log_weight - log_weight.max())
    at = rng.choice(shares.size, size=_POSTERIOR_DRAWS, p=weight / weight.sum())
    spread = np.sqrt(squares[at] / rng.chisquare(freedom, _POSTERIOR_DRAWS))
    centre = mean[at] + spread / np.sqrt(precision[at]) * rng.standard_normal(_POSTERIOR_DRAWS)
    return Reverting(float(gaps[-1]), shares[at], centre, spread)


def fit_wandering(gaps: FloatArray, rng: np.random.Generator) -> Wandering:
    """Draw from the posterior of `models.core.local_level`."""
    return Wandering(fit_local_level(gaps, rng=rng, n_draws=_POSTERIOR_DRAWS))


def fit_random_walk(gaps: FloatArray, rng: np.random.Generator) -> RandomWalk:  # noqa: ARG001
    """Scale past changes over a year, or over half the past where that is shorter, to a month.

    A series that is noisy but keeps its level changes less over a year than its months say;
    for a forecast of years, the longer step is the relevant one.
    """
    months = min(_MONTHS, (gaps.size - 1) // 2)
    return RandomWalk(float(gaps[-1]), _root_mean_square(gaps, months) / float(np.sqrt(months)))


Fitter = Callable[[FloatArray, np.random.Generator], GapMember]
FITTERS: Mapping[str, Fitter] = MappingProxyType(
    {
        "no_change": fit_no_change,
        "past_mean": fit_past_mean,
        "ar1": fit_reverting,
        "local_level": fit_wandering,
        "random_walk": fit_random_walk,
    }
)
"""By name, how each member is fitted to gaps at the ends of months."""


def fit_member(name: str, gaps: FloatArray, rng: np.random.Generator) -> GapMember:
    """Fit one member.

    Parameters
    ----------
    name : str
        Key of `FITTERS`.
    gaps : ndarray, shape (n,)
        Gaps at the ends of months, in order.
    rng : numpy.random.Generator
        Source of posterior draws.

    Raises
    ------
    ModelInputError
        If there are fewer than six months, one is not finite, or none varies.
    """
    known = require_bounded(gaps, "gaps").ravel()
    if known.size < FEWEST_MONTHS or not np.ptp(known) > 0:
        raise ModelInputError(
            f"{name} needs {FEWEST_MONTHS} months or more that vary, got {known.tolist()}"
        )
    return FITTERS[name](known, rng)


def _root_mean_square(gaps: FloatArray, months: int) -> float:
    return float(np.sqrt(np.mean(np.square(gaps[months:] - gaps[:-months]))))
