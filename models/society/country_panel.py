r"""Trends of many countries at once: year effects, and slopes that borrow from each other.

A country's own slope from a dozen noisy survey years is poor, and among many
such slopes the extreme ones are extreme by chance. The mixed model

.. math::
    y_{it} = \gamma_t + u_i + s_i (t - \bar t) + e_{it}, \quad
    u_i \sim N(0, \sigma_u^2), \quad s_i \sim N(0, \tau^2), \quad
    \operatorname{Cov}(e_{it}, e_{it'}) = \sigma^2 \rho^{|t - t'|}

takes out what moves all countries in a year, lets shocks last, and pulls each
slope towards the common trend by as much as its noise asks (partial pooling:
Laird and Ware 1982, *Biometrics* 38). Variances are estimated by restricted
maximum likelihood (Patterson and Thompson 1971, *Biometrika* 58); predictions
and their errors follow Henderson (1975, *Biometrics* 31). With few countries
:math:`\tau` is poorly known, and its estimate may be zero; so trends are averaged
over it, by its restricted likelihood and a uniform prior (Gelman 2006, *Bayesian
Analysis* 1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from models.core import units
from models.core.arrays import FloatArray, require_bounded
from models.core.distributions import t_quantile
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_level, require_table

if TYPE_CHECKING:
    import pandas as pd

MINIMUM_COUNTRIES = 5
MINIMUM_YEARS = 4
# The search: logarithms of the SD of intercepts and of slopes over sigma, and rho. The
# bounds keep both variances well above rounding.
_START = (0.5, -3.0, 0.3)
_BOUNDS = ((-6.0, 4.0), (-9.0, 2.0), (0.0, 0.95))
_GRID_POINTS = 60
# Slopes so free that nothing is borrowed, over sigma.
_FREE = 100.0


@dataclass(frozen=True)
class PanelTrends:
    """Trends of the countries of a panel, with partial pooling.

    Attributes
    ----------
    own : mapping of str to Estimate
        Each country's trend in points a year: the common one plus its deviation.
        Intervals are credible ones.
    relative : mapping of str to Estimate
        The deviation from the common trend alone.
    separate : mapping of str to Estimate
        As `own`, with nothing borrowed from other countries.
    weight : mapping of str to float
        How far a country's deviation rests on its own data: 0 (all borrowed) to 1.
    slope_sd : Estimate
        Standard deviation of the slopes between countries; n counts countries.
    residual_sd : float
        Standard deviation of a country's year around its line, in points.
    autocorrelation : float
        Correlation of shocks one year apart.
    countries, years, rows : int
        Size of the panel.
    """

    own: Mapping[str, Estimate]
    relative: Mapping[str, Estimate]
    separate: Mapping[str, Estimate]
    weight: Mapping[str, float]
    slope_sd: Estimate
    residual_sd: float
    autocorrelation: float
    countries: int
    years: int
    rows: int
    _posterior: _Posterior

    def difference(self, country: str, others: Sequence[str]) -> Estimate:
        """Country's trend less the mean of the others', in points a year.

        Raises
        ------
        ModelInputError
            If there are no others, or a country is not in the panel.
        """
        absent = {country, *others} - set(self.own)
        if absent or not others:
            raise ModelInputError(
                f"needs others, all of them in the panel; got {list(others)}, "
                f"absent: {sorted(absent)}"
            )
        weights = dict.fromkeys(others, -1 / len(others))
        return self._posterior.estimate({country: 1.0, **weights}, common=0.0)


def fit_panel_trends(
    rows: pd.DataFrame,
    *,
    value: str,
    level: float = 0.9,
    autocorrelation: float | None = None,
) -> PanelTrends:
    """Trends of all countries of a panel, pooled in part.

    Parameters
    ----------
    rows : DataFrame
        Columns `country`, `year` and `value`; one row a country and year, gaps
        allowed. Countries with fewer than 4 years are left out.
    value : str
        Column of the measure, for instance a share in percent.
    level : float
        Level of the intervals.
    autocorrelation : float, optional
        Correlation of shocks one year apart, in [0, 0.95]; estimated if not given.

    Raises
    ------
    ModelInputError
        If columns or values are missing, a country has a year twice, there are
        fewer than 5 countries with 4 years or more, the values do not vary, or
        the autocorrelation is out of range.
    """
    require_level(level)
    panel = _panel(rows, value)
    posterior = _posterior(panel, _most_likely(panel, autocorrelation), level)
    free = posterior.with_slopes([_FREE])
    return PanelTrends(
        own=Trends(posterior, common=1.0),
        relative=Trends(posterior, common=0.0),
        separate=Trends(free, common=1.0),
        weight=posterior.weights_of_own_data(),
        slope_sd=posterior.slope_sd(),
        residual_sd=posterior.residual_sd(),
        autocorrelation=float(posterior.parameters[2]),
        countries=len(panel.names),
        years=panel.times.size,
        rows=int(panel.observed.sum()),
        _posterior=posterior,
    )


class _Panel(NamedTuple):
    """Shares (countries, years), zero where not observed, where they are; weights of the trend."""

    names: tuple[str, ...]
    times: FloatArray
    shares: FloatArray
    observed: FloatArray
    trend: FloatArray


class _Solution(NamedTuple):
    """Estimates under one set of variances, and what their errors are made of."""

    sigma: float
    slope_ratio: float
    effects: FloatArray
    effects_covariance: FloatArray
    slopes: FloatArray
    gain: FloatArray
    weight: FloatArray
    criterion: float

    def contrast(
        self, panel: _Panel, weights: Mapping[str, float], common: float
    ) -> tuple[float, float]:
        """Weighted sum of slopes plus `common` times the common trend, and its variance."""
        at = [panel.names.index(name) for name in weights]
        w = np.array(list(weights.values()))
        trend = common * panel.trend
        value = trend @ self.effects + w @ self.slopes[at]
        unexplained = (self.sigma * self.slope_ratio) ** 2 * (1 - self.weight[at])
        through_effects = trend - w @ (self.gain[at] * panel.observed[at])
        variance = w**2 @ unexplained + through_effects @ self.effects_covariance @ through_effects
        return float(value), float(variance)


class _Posterior(NamedTuple):
    """Solutions over a grid of slope variances, and how probable each is."""

    panel: _Panel
    parameters: FloatArray
    solutions: tuple[_Solution, ...]
    probability: FloatArray
    level: float

    def with_slopes(self, ratios: Sequence[float] | FloatArray) -> _Posterior:
        """Solutions at other standard deviations of the slopes, over sigma."""
        logs = [np.array([self.parameters[0], np.log(r), self.parameters[2]]) for r in ratios]
        solutions = tuple(_solve(self.panel, at) for at in logs)
        criteria = np.array([solution.criterion for solution in solutions])
        likelihood = np.exp(-(criteria - criteria.min()) / 2)
        probability = likelihood / likelihood.sum()
        return self._replace(solutions=solutions, probability=probability)

    def estimate(self, weights: Mapping[str, float], common: float) -> Estimate:
        """Mean of a contrast over the grid, with a t interval from its total variance."""
        parts = [solution.contrast(self.panel, weights, common) for solution in self.solutions]
        values, variances = np.transpose(parts)
        value = float(self.probability @ values)
        variance = float(self.probability @ (variances + (values - value) ** 2))
        freedom = len(self.panel.names) - 2
        half = float(t_quantile(0.5 + self.level / 2, freedom)) * variance**0.5
        at = [self.panel.names.index(name) for name in weights]
        n = int(self.panel.observed[at].sum())
        return Estimate(
            value, value - half, value + half, self.level, "credible", n, units.POINTS_A_YEAR
        )

    def weights_of_own_data(self) -> dict[str, float]:
        """Return the mean over the grid of each slope's reliability."""
        weights = self.probability @ np.array([solution.weight for solution in self.solutions])
        return dict(zip(self.panel.names, map(float, weights), strict=True))

    def slope_sd(self) -> Estimate:
        """Return the median of the slopes' standard deviation, with equal tails."""
        values = np.array([s.sigma * s.slope_ratio for s in self.solutions])
        tails = [0.5, 0.5 - self.level / 2, 0.5 + self.level / 2]
        middle, low, high = np.interp(tails, np.cumsum(self.probability), values)
        n = len(self.panel.names)
        return Estimate(
            float(middle), float(low), float(high), self.level, "credible", n, units.POINTS_A_YEAR
        )

    def residual_sd(self) -> float:
        """Return the mean of sigma over the grid."""
        return float(self.probability @ np.array([s.sigma for s in self.solutions]))


class Trends(Mapping[str, Estimate]):
    """Trend of every country, computed when it is asked for.

    Parameters
    ----------
    posterior : _Posterior
        Of all countries.
    common : float
        Whether the common trend counts: 1 or 0.
    """

    def __init__(self, posterior: _Posterior, *, common: float) -> None:
        self._posterior, self._common = posterior, common

    def __getitem__(self, name: str) -> Estimate:
        if name not in self._posterior.panel.names:
            raise KeyError(name)
        return self._posterior.estimate({name: 1.0}, self._common)

    def __iter__(self) -> Iterator[str]:
        return iter(self._posterior.panel.names)

    def __len__(self) -> int:
        return len(self._posterior.panel.names)


def _panel(rows: pd.DataFrame, value: str) -> _Panel:
    require_table(rows, complete=["country", "year", value])
    if rows.duplicated(["country", "year"]).any():
        raise ModelInputError("needs one row for each country and year, got some twice")
    counts = rows["country"].value_counts()
    kept = rows[rows["country"].isin(counts.index[counts >= MINIMUM_YEARS])]
    if kept["country"].nunique() < MINIMUM_COUNTRIES:
        raise ModelInputError(
            f"needs {MINIMUM_COUNTRIES} countries with {MINIMUM_YEARS} years or more, "
            f"got {kept['country'].nunique()}"
        )
    if np.ptp(kept[value].to_numpy(dtype=float)) == 0:
        raise ModelInputError(f"needs values of {value} that vary, got one value only")
    wide = kept.pivot(index="country", columns="year", values=value).sort_index()  # noqa: PD010
    years = wide.columns.to_numpy(dtype=float)
    values = wide.fillna(0.0).to_numpy(dtype=float)
    observed = wide.notna().to_numpy(dtype=float)
    times = years - years.mean()
    return _Panel(tuple(wide.index), times, values, observed, _trend_weights(times))


def _most_likely(panel: _Panel, autocorrelation: float | None) -> FloatArray:
    """Maximise the restricted likelihood over intercepts, slopes and memory."""
    bounds = list(_BOUNDS)
    if autocorrelation is not None:
        fixed = float(
            require_bounded(autocorrelation, "autocorrelation", low=0, high=_BOUNDS[2][1])
        )
        bounds[2] = (fixed, fixed)
    lowest, highest = np.transpose(bounds)
    start = np.asarray(np.clip(_START, lowest, highest), dtype=float)

    def criterion(parameters: FloatArray) -> float:
        return _solve(panel, parameters).criterion

    found = scipy.optimize.minimize(criterion, start, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x)


def _posterior(panel: _Panel, parameters: FloatArray, level: float) -> _Posterior:
    """Average over a grid that reaches far beyond the likely slope variances."""
    widest = max(3 * np.exp(parameters[1]), 6 / np.linalg.norm(panel.times))
    grid = widest * (np.arange(_GRID_POINTS) + 0.5) / _GRID_POINTS
    empty = _Posterior(panel, parameters, (), np.array([]), level)
    return empty.with_slopes(grid)


def _solve(panel: _Panel, parameters: FloatArray) -> _Solution:
    """Generalised least squares for the year effects, and the slopes predicted."""
    intercept, slope = np.exp(parameters[:2])
    times = panel.times
    shocks = float(parameters[2]) ** np.abs(times[:, None] - times[None, :])
    marginal = intercept**2 + slope**2 * np.outer(times, times) + shocks
    # A year that is not observed becomes an independent one that carries no weight.
    seen = panel.observed[:, :, None] * panel.observed[:, None, :]
    covariances = marginal * seen + (1 - panel.observed)[:, :, None] * np.eye(times.size)
    inverse = np.linalg.inv(covariances) * seen
    information = inverse.sum(axis=0)
    effects = np.linalg.solve(information, np.einsum("ist,it->s", inverse, panel.shares))
    residuals = panel.shares - panel.observed * effects
    squares = float(np.einsum("is,ist,it->", residuals, inverse, residuals))
    freedom = panel.observed.sum() - times.size
    sigma = (squares / freedom) ** 0.5
    gain = slope**2 * np.einsum("s,ist->it", times, inverse)
    # Minus twice the restricted log-likelihood, up to a constant, with sigma profiled out.
    criterion = (
        2 * freedom * np.log(sigma)
        + np.linalg.slogdet(covariances)[1].sum()
        + np.linalg.slogdet(information)[1]
    )
    return _Solution(
        sigma=sigma,
        slope_ratio=float(slope),
        effects=effects,
        effects_covariance=sigma**2 * np.linalg.inv(information),
        slopes=(gain * residuals).sum(axis=1),
        gain=gain,
        weight=gain @ times,
        criterion=float(criterion),
    )


def _trend_weights(times: FloatArray) -> FloatArray:
    """Weights that turn year effects into their least-squares slope."""
    centred = times - times.mean()
    return np.asarray(centred / (centred @ centred))
