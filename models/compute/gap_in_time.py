"""What a gap in compute is worth in time, and how long it takes to close."""

import math
from dataclasses import dataclass

import numpy as np

from models.core import units
from models.core.arrays import require_bounded, require_paths
from models.core.distributions import normal_quantile
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import (
    require_positive_number,
)
from models.core.random_draws import draw_lognormal, draw_normal, summarise
from models.core.regression import FloatArray, compute_fieller_interval
from models.core.timescale import (
    MONTHS_PER_YEAR,
)

_LEAST_LOG_GROWTH = 0.01  # a draw slower than 1% a year would make a lag without end


@dataclass(frozen=True)
class LagDecomposition:
    """What lies between the time that a compute gap is worth and the lag observed.

    Attributes
    ----------
    compute_only : Estimate
        Months that the gap is worth at the growth of compute: 12 ln G / ln g.
    with_shared_progress : Estimate
        Lag in capability that the compute gap is worth as algorithms are shared, months.
    observed : Estimate
        Months of capability that were observed.
    unexplained_months : Estimate
        Months of capability left to explain: the second less the third; positive where the
        follower is closer than shared algorithms let expect.
    unexplained_factor : Estimate
        Effective compute left to explain by own efficiency, distillation and the like, times.

    Notes
    -----
    What is left to explain would have to be made up by efficiency of the follower's own,
    distillation, benchmark optimisation, and compute that is not known of.
    """

    compute_only: Estimate
    with_shared_progress: Estimate
    observed: Estimate
    unexplained_months: Estimate
    unexplained_factor: Estimate


def convert_gap_to_lag(gap_factor: Estimate, annual_growth: Estimate) -> Estimate:
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
    quantile = float(normal_quantile(0.5 + gap_factor.level / 2))
    interval = compute_fieller_interval(means, covariance, quantile)
    if interval is None:
        raise ModelInputError("growth is too uncertain at this level: the lag is unbounded")
    n = min(gap_factor.n, annual_growth.n)
    value, low, high = (MONTHS_PER_YEAR * x for x in (gap_mean / growth_mean, *interval))
    return Estimate(value, low, high, gap_factor.level, gap_factor.kind, n, units.MONTHS)


def decompose_lag(
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
    age = float(require_bounded(diffusion_months, "diffusion_months", low=0)) / MONTHS_PER_YEAR
    scores = rng.standard_normal((4, require_paths(n_draws)))
    gap, growth, progress = (
        np.log(draw_lognormal(estimate, row))
        for estimate, row in zip(
            (gap_factor, annual_growth, algorithmic_progress), scores[:3], strict=True
        )
    )
    growth, progress = np.maximum(growth, _LEAST_LOG_GROWTH), np.maximum(progress, 0.0)
    lag = (gap + age * progress) / (growth + progress)
    seen = draw_normal(observed_lag, scores[3]) / MONTHS_PER_YEAR

    def told(draws: FloatArray, unit: str) -> Estimate:
        return summarise(draws, gap_factor.level, "range", gap_factor.n, unit)

    return LagDecomposition(
        compute_only=told(MONTHS_PER_YEAR * gap / growth, units.MONTHS),
        with_shared_progress=told(MONTHS_PER_YEAR * lag, units.MONTHS),
        observed=observed_lag,
        unexplained_months=told(MONTHS_PER_YEAR * (lag - seen), units.MONTHS),
        unexplained_factor=told(np.exp((growth + progress) * (lag - seen)), units.TIMES),
    )


def find_growth_to_close(gap_factor: float, *, years: float, rival_growth: float) -> float:
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


def find_years_to_parity(
    gap_factor: float, *, growth_follower: float, growth_leader: float
) -> float:
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


def _log_normal(estimate: Estimate, name: str) -> tuple[float, float]:
    require_positive_number(estimate.low, f"low end of {name}")
    width = math.log(estimate.high / estimate.low)
    quantile = float(normal_quantile(0.5 + estimate.level / 2))
    return math.log(estimate.value), width / (2 * quantile)


def _require_gap(gap_factor: float) -> None:
    if not (math.isfinite(gap_factor) and gap_factor >= 1):
        raise ModelInputError(f"gap_factor must be at least 1, leader over follower: {gap_factor}")
