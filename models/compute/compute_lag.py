"""What the hardware chapter asks beyond one model: lags, hidden runs, and the input that binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.core import units
from models.core.arrays import FloatArray, require_paths
from models.core.bootstrap import estimate_by_percentiles
from models.core.errors import ModelInputError
from models.core.frontier import select_records
from models.core.input_checks import select_countries
from models.core.timescale import DAYS_PER_YEAR, MONTHS_PER_YEAR, Moment, to_decimal_year

if TYPE_CHECKING:
    import pandas as pd

    from models.core.estimates import Estimate
    from models.core.exponential_growth import GrowthFit
    from models.core.regression import LinearFit
    from models.core.structural_breaks import InterruptedTrend

_COMPUTE = "training_compute_flop"


def find_follower_lags(
    frame: pd.DataFrame,
    *,
    leader: str = "USA",
    follower: str = "CHN",
    quantity: str = _COMPUTE,
) -> pd.DataFrame:
    """For each record of the follower: how long the leader had had a value as large.

    Parameters
    ----------
    frame : DataFrame
        Columns model, country, date and `quantity`; rows of other countries,
        or of several, are left aside.

    Returns
    -------
    DataFrame
        model, date, `quantity`, leader_model, leader_date and lag_months; one
        row for each record of the follower. The last three are empty where the
        leader had nothing as large by the end of the table.

    Raises
    ------
    ModelInputError
        If a country has no row, or a value is missing or not positive.
    """
    pair = select_countries(
        frame, [leader, follower], complete=["model", "date", quantity], positive=[quantity]
    )
    records = select_records(pair[pair["country"] == follower], value=quantity)
    ahead = select_records(pair[pair["country"] == leader], value=quantity)
    position = np.searchsorted(ahead[quantity].to_numpy(), records[quantity].to_numpy())
    matched = ahead[["model", "date"]].reset_index(drop=True).reindex(position)
    lags = records[["model", "date", quantity]].reset_index(drop=True)
    lags["leader_model"] = matched["model"].to_numpy()
    lags["leader_date"] = matched["date"].to_numpy()
    days = (lags["date"] - lags["leader_date"]).dt.days
    return lags.assign(lag_months=days / DAYS_PER_YEAR * MONTHS_PER_YEAR)


def estimate_lag_between_trends(
    leader: GrowthFit,
    follower: InterruptedTrend,
    *,
    date: Moment,
    rng: np.random.Generator,
    n_draws: int = 4000,
    level: float = 0.90,
) -> Estimate:
    """How long before a date the leader's line was where the follower's is at that date.

    Coefficients of both fits are drawn from their normal approximations; the follower's
    break date is taken as given.

    Parameters
    ----------
    leader : GrowthFit
        A straight line.
    follower : InterruptedTrend
        A line with one kink, before `date`.
    date : str, date or Timestamp
        Where the lines are compared.
    n_draws : int
        Draws of the coefficients.

    Returns
    -------
    Estimate
        Years; negative where the follower is ahead.

    Raises
    ------
    ModelInputError
        If the date precedes the kink, or the leader's line may not rise.
    """
    since = to_decimal_year(date) - to_decimal_year(follower.break_date)
    if since < 0:
        raise ModelInputError(f"needs a date after the kink of {follower.break_date}, got {date}")
    if leader.direction != "growing":
        raise ModelInputError(f"needs a leader that grows, got {leader.direction}")
    behind = _drawn(follower.regression, rng, n_draws) @ np.array([1.0, since, since])
    ahead = _drawn(leader.regression, rng, n_draws)
    lags = to_decimal_year(date) - leader.origin - (behind - ahead[:, 0]) / ahead[:, 1]
    n = leader.n + follower.n_before + follower.n_after
    return estimate_by_percentiles(float(lags[0]), lags[1:], level=level, n=n, unit=units.YEARS)


def _drawn(fit: LinearFit, rng: np.random.Generator, n_draws: int) -> FloatArray:
    """Coefficients and draws of them, shape (1 + n_draws, k)."""
    drawn = rng.multivariate_normal(fit.coefficients, fit.covariance, size=require_paths(n_draws))
    return np.vstack([fit.coefficients, drawn])
