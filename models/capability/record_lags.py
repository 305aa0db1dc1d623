"""Lags of one country's records behind another's models, in many samples at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from models.core.timescale import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from models.core.arrays import FloatArray

Censoring = Literal["normal", "at_bound", "dropped"]
BoolArray = npt.NDArray[np.bool_]
MINIMUM_OBSERVED = 2
"""Lags that must be seen before a mean is told."""
_LOG_ROOT = math.log(math.sqrt(2 * math.pi))
_EM_STEPS = 500
_EM_TOLERANCE = 1e-5  # months
_SMALLEST_SD = 0.25  # months: a week, under the precision of release dates


@dataclass(frozen=True)
class Samples:
    """One country's models in every sample, in order of date (samples by models)."""

    years: FloatArray
    scores: FloatArray
    present: BoolArray


@dataclass(frozen=True)
class Lags:
    """Lags of every model of the follower in every sample (samples by models).

    `record` marks the ones that count; `longer` and `shorter` those whose true
    lag is known only to exceed, or to fall short of, the months.
    """

    months: FloatArray
    record: BoolArray
    longer: BoolArray
    shorter: BoolArray


def find_lags(
    ahead: Samples, behind: Samples, bounds: tuple[float, float], models_needed: int
) -> Lags:
    """Return the lag of every model of the follower that is a record, in each sample.

    Parameters
    ----------
    ahead, behind : Samples
        Models of the leader and of the follower.
    bounds : tuple of float
        Decimal years of the first record that counts and of the last model.
    models_needed : int
        How many of the leader's models must have reached a score before it counts as reached.
    """
    start, end = bounds
    best = np.maximum.accumulate(np.where(behind.present, behind.scores, -np.inf), axis=1)
    before = np.concatenate([np.full((len(best), 1), -np.inf), best[:, :-1]], axis=1)
    record = behind.present & (behind.scores > before) & (behind.years >= start)
    reached_on, already = _reached(ahead, behind.scores, models_needed)
    never = np.isnan(reached_on)
    months = MONTHS_PER_YEAR * (behind.years - np.where(never, end, reached_on))
    return Lags(months, record, record & already & (months > 0), record & never)


def _reached(
    ahead: Samples, scores: FloatArray, models_needed: int
) -> tuple[FloatArray, BoolArray]:
    """When so many of the leader's models had each score, and whether from the start on."""
    # The first day on which the table holds as many of the leader's models as are needed.
    row = (np.cumsum(ahead.present, axis=1) >= models_needed).argmax(axis=1)
    first_day = np.take_along_axis(ahead.years, row[:, np.newaxis], axis=1)
    at_first = ahead.present & (ahead.years <= first_day)
    begun = _trace_best(np.where(at_first, ahead.scores, -np.inf), models_needed)
    best = _trace_best(np.where(ahead.present, ahead.scores, -np.inf), models_needed)
    rows = np.array([np.searchsorted(*both) for both in zip(best, scores, strict=True)])
    found = rows < best.shape[1]
    on = np.take_along_axis(ahead.years, np.where(found, rows, 0), axis=1)
    return np.where(found, on, np.nan), begun[:, -1:] > scores


def _trace_best(scores: FloatArray, place: int) -> FloatArray:
    """Return the best score so far, the second best or whichever, in each sample."""
    for _ in range(place - 1):
        best = np.maximum.accumulate(scores, axis=1)
        before = np.concatenate([np.full((len(best), 1), -np.inf), best[:, :-1]], axis=1)
        scores = np.minimum(scores, before)  # the loser of each turn goes on for the next place
    return np.asarray(np.maximum.accumulate(scores, axis=1))


def average_lags(lags: Lags, censoring: Censoring) -> FloatArray:
    """Return the mean of each sample, in months; NaN where too few lags are seen.

    Parameters
    ----------
    lags : Lags
        Of every sample.
    censoring : {"normal", "at_bound", "dropped"}
        What a bound counts for, as in `models.capability.average_lag`.
    """
    exact = lags.record & ~lags.longer & ~lags.shorter
    used = exact if censoring == "dropped" else lags.record
    count = used.sum(axis=1)
    with np.errstate(invalid="ignore"):
        mean = np.where(used, lags.months, 0).sum(axis=1) / count
    if censoring != "normal":
        return np.asarray(mean)
    return _censored_means(lags, exact, mean)


def _censored_means(lags: Lags, exact: BoolArray, start: FloatArray) -> FloatArray:
    """Maximum likelihood mean of normal lags known up to bounds, by EM, sample by sample."""
    enough = exact.sum(axis=1) >= MINIMUM_OBSERVED
    mean = np.where(enough, start, 0.0)[:, None]
    months, record = lags.months, lags.record
    count = np.maximum(record.sum(axis=1), 1)[:, None]
    spread = np.where(record, (months - mean) ** 2, 0).sum(axis=1)[:, None] / count
    sd = np.maximum(np.sqrt(spread), _SMALLEST_SD)
    bound = lags.longer | lags.shorter
    rows, at = bound.nonzero()[0], months[bound]
    side = np.where(lags.longer[bound], 1.0, -1.0)
    expected, extra = months.copy(), np.zeros(months.shape)
    for _ in range(_EM_STEPS):
        middle, width = mean[rows, 0], sd[rows, 0]
        z = side * (at - middle) / width
        # Mean and variance of a normal beyond a bound, by Mills' ratio.
        ratio = np.exp(-(z**2) / 2 - _LOG_ROOT - special.log_ndtr(-z))
        expected[bound] = middle + side * width * ratio
        extra[bound] = width**2 * (1 + z * ratio - ratio**2)
        before, mean = mean, np.where(record, expected, 0).sum(axis=1)[:, None] / count
        squares = np.where(record, (expected - mean) ** 2 + extra, 0).sum(axis=1)[:, None]
        sd = np.maximum(np.sqrt(squares / count), _SMALLEST_SD)
        if np.abs(mean - before)[enough].max(initial=0) < _EM_TOLERANCE:
            break
    return np.where(enough, mean[:, 0], np.nan)
