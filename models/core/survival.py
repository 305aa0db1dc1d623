"""How long things take of which some have not happened yet: curve, median, comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.core.distributions import normal_quantile
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import require_level, require_table

if TYPE_CHECKING:
    from models.core.arrays import FloatArray

_LEAST_SURVIVAL = 1e-9
_HALF = 0.5
_TIE = 1e-9  # sums of the same scores in another order may differ by so much


def estimate_curve(waits: pd.DataFrame, *, level: float) -> pd.DataFrame:
    """Share of things that have happened by each duration.

    Kaplan and Meier (1958) with Greenwood's error on the log-minus-log scale, which
    keeps the interval in [0, 1].

    Parameters
    ----------
    waits : DataFrame
        Columns `duration`, not negative, and `ended`; false while it still lasts.
    level : float
        Of the pointwise confidence intervals.

    Returns
    -------
    DataFrame
        `duration`, `share`, `low`, `high`, `at_risk`; one row for each duration at which
        something happened.

    Raises
    ------
    ModelInputError
        If columns are missing, a duration is negative, or nothing happened yet.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    require_level(level)
    durations, ended = _read(waits)
    if not ended.any():
        raise ModelInputError(f"needs an event, got {len(waits)} censored durations")
    curve = SurvfuncRight(durations, ended.astype(int))
    survival, error = np.asarray(curve.surv_prob), np.asarray(curve.surv_prob_se)
    inside = np.clip(survival, _LEAST_SURVIVAL, 1 - _LEAST_SURVIVAL)
    half = normal_quantile(0.5 + level / 2) * error / (inside * np.abs(np.log(inside)))
    low, high = (1 - inside ** np.exp(side * half) for side in (-1, 1))
    return pd.DataFrame(
        {
            "duration": curve.surv_times,
            "share": 1 - survival,
            "low": np.where(survival > 0, low, 0.0),
            "high": np.where(survival > 0, high, 1.0),
            "at_risk": curve.n_risk,
        }
    )


def estimate_median(waits: pd.DataFrame, *, level: float, unit: str) -> Estimate:
    """First duration by which half have happened, with its confidence interval.

    The interval holds the durations at which the curve's own interval holds one half
    (Brookmeyer and Crowley 1982).

    Parameters
    ----------
    waits : DataFrame
        As `estimate_curve` takes them.
    level : float
        Of the interval.
    unit : str
        Of the durations, as a reader sees it.

    Raises
    ------
    ModelInputError
        As `estimate_curve`, and if too few have happened to bound the median.
    """
    curve = estimate_curve(waits, level=level)
    value, low, high = (_first_half(curve, column) for column in ("share", "high", "low"))
    if value is None or low is None or high is None:
        raise ModelInputError(
            f"too few have happened to bound the median: {int(waits['ended'].sum())} of "
            f"{len(waits)}"
        )
    return Estimate(value, low, high, level, "confidence", len(waits), unit)


def compare_curves(
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    null: str,
    rng: np.random.Generator,
    draws: int = 20_000,
) -> HypothesisTest:
    """Test that two groups wait equally long, by permuting log-rank scores.

    Scores of Peto and Peto (1972): 1 for what has happened, less the cumulated hazard of
    all by then. Whatever the groups' sizes, the p-value is as exact as the draws are many.

    Parameters
    ----------
    first, second : DataFrame
        As `estimate_curve` takes them.
    null : str
        The null hypothesis, as a sentence.
    rng : numpy.random.Generator
        Source of the permutations.
    draws : int
        Permutations.

    Raises
    ------
    ModelInputError
        If columns are missing, a duration is negative, or a group is empty.
    """
    if first.empty or second.empty:
        raise ModelInputError(f"needs two groups, got {len(first)} and {len(second)} rows")
    durations, ended = _read(pd.concat([first, second], ignore_index=True))
    scores = _score(durations, ended)
    observed = abs(float(scores[: len(first)].sum()))
    permuted = rng.permuted(np.tile(scores, (draws, 1)), axis=1)[:, : len(first)].sum(axis=1)
    as_far = int((np.abs(permuted) >= observed - _TIE).sum())
    return HypothesisTest(null, (as_far + 1) / (draws + 1), len(scores))


def _score(durations: FloatArray, ended: np.ndarray) -> FloatArray:
    """Return the log-rank scores, which add up to zero."""
    times = np.unique(durations[ended])
    events = np.array([(durations[ended] == time).sum() for time in times], dtype=float)
    at_risk = np.array([(durations >= time).sum() for time in times], dtype=float)
    hazard = np.concatenate([[0.0], np.cumsum(events / at_risk)])
    return np.asarray(ended - hazard[np.searchsorted(times, durations, side="right")])


def _first_half(curve: pd.DataFrame, column: str) -> float | None:
    reached = curve.loc[curve[column] >= _HALF, "duration"]
    return None if reached.empty else float(reached.iloc[0])


def _read(waits: pd.DataFrame) -> tuple[FloatArray, np.ndarray]:
    require_table(waits, complete=["duration", "ended"])
    durations = waits["duration"].to_numpy(dtype=float)
    if (durations < 0).any():
        raise ModelInputError(f"a duration must not be negative, got {durations.min():g}")
    return durations, waits["ended"].to_numpy(dtype=bool)
