"""How many times sooner one group reaches an event than another, when few are seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy
from scipy.special import log_ndtr

from models.core import units
from models.core.distributions import chi2_quantile
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_level, require_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from models.core.arrays import FloatArray

_MINIMUM_EVENTS = 3
_WIDEST_STEP = 7.0
_TOLERANCE = 1e-6
_LOG_ROOT_TWO_PI = 0.5 * float(np.log(2 * np.pi))


@dataclass(frozen=True)
class DurationRatio:
    """Two groups' durations with one spread of their logarithms.

    Attributes
    ----------
    ratio : Estimate
        Median of the reference over that of the other group, times, with its
        profile-likelihood interval; above 1 the other group is sooner. n is the number
        of the other group's durations: they are the scarce ones.
    reference_years, other_years : float
        Fitted medians.
    log_sd : float
        Standard deviation of log duration, the same in both groups.
    n_reference, n_other : int
        Durations.
    """

    ratio: Estimate
    reference_years: float
    other_years: float
    log_sd: float
    n_reference: int
    n_other: int


def compare_durations(
    reference: pd.DataFrame, other: pd.DataFrame, *, level: float = 0.9
) -> DurationRatio:
    r"""Fit log-normal durations of two groups that differ in their median alone.

    A duration that has not ended counts by the chance that it lasts longer than it has
    (right censoring). A duration that would not be known, had it not ended within a limit,
    counts by its density given that it did (right truncation): with
    :math:`z = (\log d - \mu)/\sigma`, its log-likelihood is
    :math:`\log\varphi(z) - \log\sigma - \log\Phi((\log l - \mu)/\sigma)`. Klein and
    Moeschberger (2003), Survival Analysis, section 3.5. The interval is that of the profile
    likelihood.

    Parameters
    ----------
    reference, other : DataFrame
        Columns `duration_years` (> 0), `observed` (false: censored) and `limit_years`, the
        longest duration with which the row would be known, at least the duration; missing
        where the row would be known in any case.
    level : float
        Confidence level.

    Raises
    ------
    ModelInputError
        If columns are missing, a duration is not positive, a limit is below its duration
        or stands at a censored row, the reference has fewer than three different durations
        that ended, the other group has none, or the likelihood sets no limit to the ratio.
    """
    require_level(level)
    for group in (reference, other):
        _require_durations(group)
    ended = [
        group.loc[group["observed"].astype(bool), "duration_years"] for group in (reference, other)
    ]
    if ended[0].nunique() < _MINIMUM_EVENTS or ended[1].empty:
        raise ModelInputError(
            f"needs {_MINIMUM_EVENTS} different durations that ended in the reference and one in "
            f"the other group, got {ended[0].nunique()} and {len(ended[1])}"
        )
    logs = [np.log(each.to_numpy(dtype=float)) for each in ended]
    start = np.array([logs[0].mean(), np.log(logs[0].std()), logs[0].mean() - logs[1].mean()])
    likelihoods = [_likelihood_of(reference), _likelihood_of(other)]

    def cost(x: FloatArray) -> float:
        centres = x[0], x[0] - x[2]
        pairs = zip(likelihoods, centres, strict=True)
        return -sum(of(centre, float(np.exp(x[1]))) for of, centre in pairs)

    best = scipy.optimize.minimize(cost, start, method="BFGS")
    low, high = (_profile_end(cost, best.x, level, side) for side in (-1, 1))
    value, low, high = (float(np.exp(x)) for x in (best.x[2], low, high))
    return DurationRatio(
        Estimate(value, low, high, level, "confidence", len(other), units.TIMES),
        float(np.exp(best.x[0])),
        float(np.exp(best.x[0] - best.x[2])),
        float(np.exp(best.x[1])),
        len(reference),
        len(other),
    )


def _require_durations(group: pd.DataFrame) -> None:
    require_table(group, complete=["duration_years", "observed"], positive=["duration_years"])
    if "limit_years" not in group:
        raise ModelInputError("needs a column limit_years, which may be all missing")
    limited = group["limit_years"].notna()
    if (group["limit_years"] < group["duration_years"]).any():
        raise ModelInputError("a duration is longer than the limit with which it would be known")
    if (limited & ~group["observed"].astype(bool)).any():
        raise ModelInputError("a row that would only be known if it ended has not ended")


def _likelihood_of(group: pd.DataFrame) -> Callable[[float, float], float]:
    log_years = np.log(group["duration_years"].to_numpy(dtype=float))
    observed = group["observed"].to_numpy(dtype=bool)
    log_limits = np.log(group["limit_years"].dropna().to_numpy(dtype=float))

    def log_likelihood(centre: float, sigma: float) -> float:
        z = (log_years - centre) / sigma
        rows = np.where(observed, -(z**2) / 2 - _LOG_ROOT_TWO_PI - np.log(sigma), log_ndtr(-z))
        return float(rows.sum() - log_ndtr((log_limits - centre) / sigma).sum())

    return log_likelihood


def _profile_end(
    cost: Callable[[FloatArray], float], best: FloatArray, level: float, side: int
) -> float:
    """Return where the profile of the log ratio falls by what the level asks, on one side."""
    target = cost(best) + float(chi2_quantile(level, 1)) / 2

    def excess(step: float) -> float:
        fixed = best[2] + side * step

        def cost_of_rest(x: FloatArray) -> float:
            return cost(np.array([x[0], x[1], fixed]))

        rest = scipy.optimize.minimize(cost_of_rest, best[:2], method="BFGS")
        return float(rest.fun) - target

    step = 0.1
    while excess(step) < 0:
        step *= 2
        if step > _WIDEST_STEP:
            raise ModelInputError("needs more durations that ended: nothing limits the ratio")
    return float(best[2] + side * scipy.optimize.brentq(excess, 0.0, step, xtol=_TOLERANCE))
