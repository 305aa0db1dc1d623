"""How fast a fixed capability gets cheaper in compute."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.capability.compute_efficiency import (
    COMPUTE,
    build_slopes_design,
    fit_scores,
    refit_without_each,
)
from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, raise_ten
from models.core.input_checks import require_table
from models.core.timescale import MONTHS_PER_YEAR, to_decimal_years

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from models.core.regression import Covariance, FloatArray, LinearFit


@dataclass(frozen=True)
class AlgorithmicProgress:
    """How fast a fixed capability gets cheaper in compute.

    Effective compute is gained at equal physical compute. Intervals are by the delta method, and
    by Fieller's where named so; that is None where unbounded.

    Attributes
    ----------
    orders_of_magnitude_per_year : Estimate
        Effective compute gained in a year, orders of magnitude.
    annual_factor : Estimate
        Effective compute gained in a year, times.
    fieller : Estimate or None
        Orders of magnitude a year with Fieller's interval.
    without_one_developer : Series
        Orders of magnitude a year without each developer, by name.
    n, n_clusters : int
        Models and developers.
    regression : LinearFit
        Capability on log10 compute and year.
    """

    orders_of_magnitude_per_year: Estimate
    annual_factor: Estimate
    fieller: Estimate | None
    without_one_developer: pd.Series[float]
    n: int
    n_clusters: int
    regression: LinearFit


def estimate_algorithmic_progress(
    frame: pd.DataFrame,
    *,
    score: str = "eci",
    quantity: str = COMPUTE,
    covariance: Covariance = "cluster",
    cluster: str = "organization",
    level: float = 0.95,
) -> AlgorithmicProgress:
    r"""Growth of effective compute: slope on time over slope on log10 compute.

    With :math:`s = a + b \log_{10} C + c\,t`, a year is worth :math:`c/b` orders of
    magnitude of compute. The delta method gives the standard error
    :math:`\sqrt{g' V g}` with :math:`g = (1/b, -c/b^2)`. Compute and date are
    strongly correlated in frontier models, so that b and c are hard to separate.

    Parameters
    ----------
    frame : DataFrame
        Columns date, `score`, `quantity` and `cluster`, complete.

    Raises
    ------
    ModelInputError
        If rows are fewer than 6, a value is missing, compute is not positive or
        does not vary, or capability does not rise with compute.
    """
    columns = ["date", score, quantity, cluster]
    require_table(frame, complete=columns, positive=[quantity], minimum=6)
    design = build_slopes_design(frame, quantity)
    fit = fit_scores(frame, design, score, covariance, cluster)
    slope = fit.combination({"log10_compute": 1.0}, level)
    if slope.value <= 0:
        raise ModelInputError(
            f"needs capability to rise with compute, got {slope.value} per order of magnitude"
        )
    rate = _delta_ratio(fit, level)
    return AlgorithmicProgress(
        orders_of_magnitude_per_year=rate,
        annual_factor=raise_ten(rate, units.TIMES_A_YEAR),
        fieller=fit.ratio({"year": 1.0}, {"log10_compute": 1.0}, level, units.ORDERS_A_YEAR),
        without_one_developer=refit_without_each(frame, design, score, cluster, _rate_of),
        n=fit.n,
        n_clusters=fit.n_clusters,
        regression=fit,
    )


def estimate_two_stage_rate(frame: pd.DataFrame, *, score: str = "eci") -> float:
    """Rate of progress if all that compute and date share is given to compute.

    The score on log10 compute first, then what is left of it on the date (the two-stage
    estimate of Ho et al. 2025). Where compute grows with time it is a lower bound of the rate
    that one regression on both finds.

    Parameters
    ----------
    frame : DataFrame
        Columns date, `score` and training_compute_flop, complete.

    Returns
    -------
    float
        Orders of magnitude of compute a year.

    Raises
    ------
    ModelInputError
        If rows are fewer than 6, a value is missing, or compute is not positive.
    """
    require_table(frame, complete=["date", score, COMPUTE], positive=[COMPUTE], minimum=6)
    logs = np.log10(frame[COMPUTE].to_numpy(dtype=float))
    slope, residuals = _line(logs, frame[score].to_numpy(dtype=float))
    return _line(to_decimal_years(frame["date"]), residuals)[0] / slope


def compute_doubling_months(rate: Estimate) -> Estimate | None:
    """Months in which effective compute doubles, from orders of magnitude a year.

    Returns
    -------
    Estimate or None
        None where the rate's interval holds zero, so that the time is unbounded.
    """
    if rate.low <= 0:
        return None
    value, low, high = (
        MONTHS_PER_YEAR * math.log10(2) / end for end in (rate.value, rate.high, rate.low)
    )
    return Estimate(value, low, high, rate.level, rate.kind, rate.n, units.MONTHS)


def _line(regressor: FloatArray, response: FloatArray) -> tuple[float, FloatArray]:
    """Return the slope of a least-squares line, and what it leaves."""
    centred = regressor - regressor.mean()
    slope = float(centred @ response / (centred @ centred))
    return slope, response - response.mean() - slope * centred


def _rate_of(coefficients: Mapping[str, float]) -> float:
    return float(coefficients["year"] / coefficients["log10_compute"])


def _delta_ratio(fit: LinearFit, level: float) -> Estimate:
    b, c = (fit.names.index(name) for name in ("log10_compute", "year"))
    compute, year = fit.coefficients[b], fit.coefficients[c]
    gradient = {"log10_compute": float(-year / compute**2), "year": float(1 / compute)}
    value, moved = float(year / compute), fit.combination(gradient, level)
    half = (moved.high - moved.low) / 2
    return Estimate(
        value, value - half, value + half, level, "confidence", fit.n, units.ORDERS_A_YEAR
    )
