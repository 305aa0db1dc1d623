"""How far apart two countries are in compute, and what that distance is worth in time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.compute.drawn_gaps import DrawnRunGap, DrawnSumGap, Gap, LargestRunGap
from models.core import units
from models.core.errors import ModelInputError
from models.core.extreme_values import draw_expected_top
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import (
    require_positive_number,
    require_replications,
    require_table,
    select_countries,
)
from models.core.regression import Covariance, FloatArray, LinearFit, fit_linear
from models.core.timescale import DAYS_PER_YEAR, Moment, to_decimal_year, to_decimal_years

if TYPE_CHECKING:
    from models.core.estimates import Estimate

_COMPUTE = "training_compute_flop"
MINIMUM_ROWS = 4


@dataclass(frozen=True)
class TrendGap(Gap):
    """Gap between two trend lines.

    Attributes
    ----------
    widening : Estimate
        Orders of magnitude a year by which the leader's line pulls away;
        negative while the gap closes.
    p_parallel : float
        p-value of equal growth.
    n_leader, n_follower, n_clusters : int
        Models of each country, and developers.
    regression : LinearFit
        The joint fit.
    """

    widening: Estimate
    p_parallel: float
    n_leader: int
    n_follower: int
    n_clusters: int
    regression: LinearFit

    @property
    def parallel_test(self) -> HypothesisTest:
        """The test of equal growth."""
        return HypothesisTest(
            "The quantity grows equally fast in both countries.",
            self.p_parallel,
            self.n_leader + self.n_follower,
        )

    def test_of(self, factor: float) -> HypothesisTest:
        """Test that the lines are `factor` times apart, as `p_value_of`."""
        null = f"The trend lines are {factor:g} times apart."
        return HypothesisTest(null, self.p_value_of(factor), self.n_leader + self.n_follower)

    def p_value_of(self, factor: float) -> float:
        """Two-sided p-value of the hypothesis that the lines are `factor` times apart.

        Raises
        ------
        ModelInputError
            If the factor is not positive.
        """
        require_positive_number(factor, "factor")
        return self.regression.p_value({"leader": 1.0}, null=math.log10(factor))


def estimate_largest_run_gap(
    frame: pd.DataFrame,
    *,
    date: Moment,
    rng: np.random.Generator,
    leader: str = "USA",
    follower: str = "CHN",
    window_years: float = 3.0,
    top: int = 1,
    quantity: str = _COMPUTE,
    replications: int = 2000,
    level: float = 0.90,
) -> LargestRunGap:
    """Gap between the countries' largest runs known at a date.

    The runs are those dated within `window_years` up to and on `date`; with
    `top` > 1 the geometric means of the `top` largest are compared.

    The interval is of the gap to be expected between the largest of as many runs, from
    the tail of each country's (`models.core.extreme_values`): the gap seen is of single
    runs, and others might have been made. Read it next to `without_one_developer`.
    Undisclosed runs are outside both, and so is error in the runs' estimates.

    Parameters
    ----------
    frame : DataFrame
        Columns model, organization, country, date and `quantity`; rows of other
        countries, or of several, are left aside.

    Raises
    ------
    ModelInputError
        If a country has no more than `top` models in the window, or a value is
        missing or not positive.
    """
    return resample_largest_run_gap(
        frame,
        date=date,
        rng=rng,
        leader=leader,
        follower=follower,
        window_years=window_years,
        top=top,
        quantity=quantity,
        replications=replications,
    ).summarise(level)


def resample_largest_run_gap(
    frame: pd.DataFrame,
    *,
    date: Moment,
    rng: np.random.Generator,
    leader: str = "USA",
    follower: str = "CHN",
    window_years: float = 3.0,
    top: int = 1,
    quantity: str = _COMPUTE,
    replications: int = 2000,
) -> DrawnRunGap:
    """Draw the gap that `estimate_largest_run_gap` tells, for intervals of any level.

    Raises
    ------
    ModelInputError
        As `estimate_largest_run_gap`.
    """
    require_replications(replications)
    require_positive_number(window_years, "window_years")
    if top < 1:
        raise ModelInputError(f"top must be at least 1, got {top}")
    recent = select_countries(
        select_window(frame, date=date, window_years=window_years),
        [leader, follower],
        complete=["model", "organization", quantity],
        positive=[quantity],
        minimum=top + 1,
    )
    ahead, behind = (_country(recent, code) for code in (leader, follower))
    logs = _logs(ahead, quantity), _logs(behind, quantity)
    expected = [draw_expected_top(side, top=top, rng=rng, draws=replications) for side in logs]
    return DrawnRunGap(
        observed=_top_mean(logs[0], top) - _top_mean(logs[1], top),
        expected=expected[0] - expected[1],
        without_one=_leave_one_out(ahead, behind, quantity, top),
        n_developers=ahead["organization"].nunique() + behind["organization"].nunique(),
        leader_models=_largest(ahead, quantity, top),
        follower_models=_largest(behind, quantity, top),
        n_leader=len(ahead),
        n_follower=len(behind),
    )


def estimate_trend_gap(
    frame: pd.DataFrame,
    *,
    date: Moment,
    leader: str = "USA",
    follower: str = "CHN",
    quantity: str = _COMPUTE,
    covariance: Covariance = "cluster",
    cluster: str = "organization",
    level: float = 0.90,
) -> TrendGap:
    """Gap between two log-linear trends at a date, from one joint fit.

    Fits log10 quantity on year, country and their product; the gap is a linear
    combination of coefficients, so that its interval is exact in the
    coefficients' covariance.

    Parameters
    ----------
    frame : DataFrame
        Columns country, date, `quantity` (and `cluster`), complete; rows of
        other countries, or of several, are left aside.
    date : str, date or Timestamp
        Where the lines are compared. Beyond the data it is an extrapolation.

    Raises
    ------
    ModelInputError
        If a country has fewer than 4 rows, or as `models.core.regression.fit_linear`.
    """
    pair = select_countries(
        frame,
        [leader, follower],
        complete=["date", quantity],
        positive=[quantity],
        minimum=MINIMUM_ROWS,
    )
    years = to_decimal_years(pair["date"]) - to_decimal_year(date)
    ahead = (pair["country"] == leader).to_numpy(dtype=float)
    design = pd.DataFrame(
        {"const": 1.0, "year": years, "leader": ahead, "leader_year": ahead * years}
    )
    groups = _groups(pair, covariance, cluster)
    fit = fit_linear(design, _logs(pair, quantity), covariance=covariance, groups=groups)
    return TrendGap(
        orders_of_magnitude=fit.combination({"leader": 1.0}, level, units.ORDERS),
        widening=fit.combination({"leader_year": 1.0}, level, units.ORDERS_A_YEAR),
        p_parallel=fit.p_value({"leader_year": 1.0}),
        n_leader=int(ahead.sum()),
        n_follower=int(len(ahead) - ahead.sum()),
        n_clusters=fit.n_clusters,
        regression=fit,
    )


def estimate_cluster_gap(
    frame: pd.DataFrame,
    *,
    rng: np.random.Generator,
    quantity: str = "h100e",
    leader: str = "USA",
    follower: str = "CHN",
    replications: int = 2000,
    level: float = 0.90,
) -> Gap:
    """Gap between two countries' summed capacity, resampling installations.

    Sums hang on a few large installations, and a resample without them has both a small sum
    and a small spread: the interval is therefore the symmetric bootstrap-t (Hall 1988), which
    measures each resample by its own standard error. It says how much hangs on single
    installations; it does not know of those that the table does not list.

    Parameters
    ----------
    frame : DataFrame
        One installation per row, columns country and `quantity`; rows of other
        countries, or of several, are left aside.

    Raises
    ------
    ModelInputError
        If a country has fewer than 2 rows, or a value is missing or not positive.
    """
    drawn = resample_cluster_gap(
        frame,
        rng=rng,
        quantity=quantity,
        leader=leader,
        follower=follower,
        replications=replications,
    )
    return drawn.summarise(level)


def resample_cluster_gap(
    frame: pd.DataFrame,
    *,
    rng: np.random.Generator,
    quantity: str = "h100e",
    leader: str = "USA",
    follower: str = "CHN",
    replications: int = 2000,
) -> DrawnSumGap:
    """Draw the gap that `estimate_cluster_gap` tells, for intervals of any level.

    Raises
    ------
    ModelInputError
        As `estimate_cluster_gap`.
    """
    require_replications(replications)
    pair = select_countries(
        frame, [leader, follower], complete=[quantity], positive=[quantity], minimum=2
    )
    sizes = [_country(pair, code)[quantity].to_numpy(dtype=float) for code in (leader, follower)]
    observed = math.log10(sizes[0].sum() / sizes[1].sum())
    error = float(np.hypot(*(_error_of_log_sum(values) for values in sizes)))
    drawn = [rng.choice(values, size=(replications, len(values))) for values in sizes]
    gaps = np.log10(drawn[0].sum(axis=1) / drawn[1].sum(axis=1))
    errors = np.hypot(*(_error_of_log_sum(values) for values in drawn))
    told = errors > 0
    if not told.any():  # installations of one size a side: nothing hangs on any of them
        errors, told = np.ones_like(errors), np.ones_like(told)
    away = np.abs(gaps - observed)[told] / errors[told]
    return DrawnSumGap(observed, error, away, len(sizes[0]) + len(sizes[1]))


def select_window(frame: pd.DataFrame, *, date: Moment, window_years: float) -> pd.DataFrame:
    """Return the rows dated within some years up to and on a date.

    Raises
    ------
    ModelInputError
        If a date is missing.
    """
    require_table(frame, complete=["date"])
    end = pd.Timestamp(date)
    start = end - pd.Timedelta(days=window_years * DAYS_PER_YEAR)
    return frame[(frame["date"] > start) & (frame["date"] <= end)]


def _country(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    return frame[frame["country"] == code]


def _logs(frame: pd.DataFrame, quantity: str) -> FloatArray:
    return np.asarray(np.log10(frame[quantity].to_numpy(dtype=float)))


def _top_mean(logs: FloatArray, top: int) -> float:
    return float(np.sort(logs)[-top:].mean())


def _error_of_log_sum(values: FloatArray) -> FloatArray:
    """Return the error of log10 of the sum over the last axis, by the delta method."""
    n = values.shape[-1]
    relative = values.std(axis=-1, ddof=1) / values.mean(axis=-1) / math.sqrt(n)
    return np.asarray(relative / math.log(10))


def _largest(frame: pd.DataFrame, quantity: str, top: int) -> tuple[str, ...]:
    ordered = frame.sort_values([quantity, "model"], ascending=[False, True])
    return tuple(str(name) for name in ordered["model"].iloc[:top])


def _leave_one_out(
    ahead: pd.DataFrame, behind: pd.DataFrame, quantity: str, top: int
) -> tuple[float, float]:
    full = [_top_mean(_logs(side, quantity), top) for side in (ahead, behind)]
    tops = [_tops_without(side, quantity, top) for side in (ahead, behind)]
    gaps = [full[0] - full[1], *(t - full[1] for t in tops[0]), *(full[0] - t for t in tops[1])]
    return min(gaps), max(gaps)


def _tops_without(frame: pd.DataFrame, quantity: str, top: int) -> list[float]:
    logs = _logs(frame, quantity)
    codes, names = pd.factorize(frame["organization"].to_numpy(dtype=object))
    kept = (logs[codes != code] for code in range(len(names)))
    return [_top_mean(rest, top) for rest in kept if len(rest) >= top]


def _groups(frame: pd.DataFrame, covariance: Covariance, cluster: str) -> pd.Series[str] | None:
    if covariance != "cluster":
        return None
    require_table(frame, complete=[cluster])
    return frame[cluster]
