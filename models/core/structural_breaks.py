"""Whether growth changed, when, and if these data could have shown it.

A break imposed at a policy's date finds whatever changed near it. So: impose the
date, search for the date, try placebo dates, and compute the power.

Rows that were selected for being large (a running top n) are taken as given: the
p-values do not know of the selection, so show the unselected rows beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, raise_ten
from models.core.exponential_growth import read_log_series
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import read_clusters, select_countries
from models.core.regression import Covariance, FloatArray, LinearFit, fit_linear
from models.core.timescale import Moment, to_decimal_year, to_timestamp, write_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MINIMUM_PER_SIDE = 4
_PLACEBO_LEVEL = 0.90
COMPUTE = "training_compute_flop"


@dataclass(frozen=True)
class InterruptedTrend:
    """A continuous log-linear trend with one kink at a given date.

    Attributes
    ----------
    break_date : Timestamp
        Where the slope may change.
    growth_before, growth_after : Estimate
        Factor per year.
    change : Estimate
        Growth after over growth before; below 1 is a slowdown.
    p_value : float
        p-value of no change of growth, for a date that was fixed before looking at the data.
    bic_straight, bic_kinked : float
        Bayesian information criterion without and with the kink; the date is not
        counted as a parameter.
    n_before, n_after, n_clusters : int
        Rows on either side, and independent clusters.
    regression : LinearFit
        log10 quantity on ("const", "year", "year_after").
    """

    break_date: pd.Timestamp
    growth_before: Estimate
    growth_after: Estimate
    change: Estimate
    p_value: float
    bic_straight: float
    bic_kinked: float
    n_before: int
    n_after: int
    n_clusters: int
    regression: LinearFit

    @property
    def test(self) -> HypothesisTest:
        """The test of no change at the date."""
        return HypothesisTest(
            f"Growth is the same before and after {write_date(self.break_date)}.",
            self.p_value,
            self.n_before + self.n_after,
        )


@dataclass(frozen=True)
class DifferentialBreak:
    """Whether one country's growth changed more than another's at the same date.

    Attributes
    ----------
    break_date : Timestamp
        Where both slopes may change.
    change : Estimate
        Change of one country's growth over that of the other's; below 1 is a slowdown that
        the other did not share.
    p_value : float
        p-value of equal changes in both, for a date fixed before looking at the data.
    n_treated, n_control, n_clusters : int
        Rows of either country, and independent clusters.
    """

    break_date: pd.Timestamp
    change: Estimate
    p_value: float
    n_treated: int
    n_control: int
    n_clusters: int

    @property
    def test(self) -> HypothesisTest:
        """The test of equal changes at the date."""
        return HypothesisTest(
            f"Growth changes alike in both countries on {write_date(self.break_date)}.",
            self.p_value,
            self.n_treated + self.n_control,
        )


def fit_interrupted_trend(
    frame: pd.DataFrame,
    *,
    break_date: Moment,
    quantity: str = COMPUTE,
    date: str = "date",
    covariance: Covariance = "hc3",
    cluster: str | None = None,
    level: float = 0.90,
) -> InterruptedTrend:
    r"""Fit a trend whose slope may change at one imposed date.

    .. math:: \log_{10} y_i = a + b\,t_i + d\,(t_i - \tau)_+ + e_i

    Parameters
    ----------
    frame : DataFrame
        `quantity` and `date` complete.
    break_date : str, date or Timestamp
        The date :math:`\tau`.
    covariance, cluster, level
        As in `models.core.exponential_growth.fit_growth`.

    Raises
    ------
    ModelInputError
        If either side has fewer than 4 rows, or as `models.core.exponential_growth.fit_growth`.
    """
    years, logs = read_log_series(frame, quantity, date, minimum=2 * MINIMUM_PER_SIDE)
    groups = None if cluster is None else read_clusters(frame, cluster)
    kink = to_decimal_year(break_date)
    n_after = _require_both_sides(years, kink)
    design = _kinked_design(years, kink)
    fit = fit_linear(design, logs, covariance=covariance, groups=groups)
    straight = fit_linear(design[["const", "year"]], logs, covariance="classical")
    return InterruptedTrend(
        break_date=pd.Timestamp(break_date),
        growth_before=raise_ten(fit.combination({"year": 1.0}, level), units.TIMES_A_YEAR),
        growth_after=raise_ten(
            fit.combination({"year": 1.0, "year_after": 1.0}, level), units.TIMES_A_YEAR
        ),
        change=raise_ten(fit.combination({"year_after": 1.0}, level), units.TIMES),
        p_value=fit.p_value({"year_after": 1.0}),
        bic_straight=straight.bic,
        bic_kinked=fit.bic,
        n_before=len(years) - n_after,
        n_after=n_after,
        n_clusters=fit.n_clusters,
        regression=fit,
    )


def fit_differential_break(
    frame: pd.DataFrame,
    *,
    break_date: Moment,
    treated: str = "CHN",
    control: str = "USA",
    quantity: str = COMPUTE,
    date: str = "date",
    cluster: str = "organization",
    level: float = 0.90,
) -> DifferentialBreak:
    r"""Compare the change of slope at a date with that of a country that was not treated.

    .. math:: \log_{10} y_i = a_c + b_c\,t_i + d_c\,(t_i - \tau)_+ + e_i

    with levels, slopes and kinks of each country; reported is :math:`d_1 - d_0`, the
    comparative interrupted time series of Bloom (2003). What moved both countries at
    the date cancels; what moved only one of them, and was not the treatment, does not.

    Parameters
    ----------
    frame : DataFrame
        Columns country, `date`, `quantity` and `cluster`, complete for both countries.
    break_date : str, date or Timestamp
        The date :math:`\tau`.

    Raises
    ------
    ModelInputError
        If a country has fewer than 4 rows on either side, or as
        `models.core.regression.fit_linear`.
    """
    pair = select_countries(
        frame, [treated, control], complete=[date, quantity, cluster], positive=[quantity]
    )
    years, logs = read_log_series(pair, quantity, date, minimum=2 * MINIMUM_PER_SIDE)
    kink = to_decimal_year(break_date)
    own = (pair["country"] == treated).to_numpy(dtype=float)
    for code in (treated, control):
        _require_both_sides(years[(pair["country"] == code).to_numpy()], kink, f"{code} ")
    shared = _kinked_design(years, kink)
    design = pd.concat([shared, shared.mul(own, axis=0).add_suffix("_treated")], axis=1)
    fit = fit_linear(design, logs, covariance="cluster", groups=read_clusters(pair, cluster))
    weights = {"year_after_treated": 1.0}
    return DifferentialBreak(
        break_date=pd.Timestamp(break_date),
        change=raise_ten(fit.combination(weights, level), units.TIMES),
        p_value=fit.p_value(weights),
        n_treated=int(own.sum()),
        n_control=int(len(own) - own.sum()),
        n_clusters=fit.n_clusters,
    )


def impose_placebo_breaks(
    frame: pd.DataFrame,
    *,
    break_dates: Sequence[Moment],
    placebo_dates: Sequence[Moment],
    quantity: str = COMPUTE,
    date: str = "date",
    covariance: Covariance = "hc3",
    cluster: str | None = None,
) -> tuple[pd.DataFrame, ...]:
    """Impose each break at its date and at dates on which nothing is claimed to have happened.

    Neighbouring dates share nearly all their data: the rank of the real date is a
    description, not a p-value.

    Returns
    -------
    tuple of DataFrame
        One for each break. Columns break_date, placebo (bool), change (growth after over
        before), low, high (90% confidence), p_value, rank (1: strongest evidence). One row
        per date, the real one first.

    Raises
    ------
    ModelInputError
        If there is no placebo date, or as `fit_interrupted_trend` for any date.
    """
    if len(placebo_dates) == 0:
        raise ModelInputError("needs at least one placebo date, got none")
    years, logs = read_log_series(frame, quantity, date, minimum=2 * MINIMUM_PER_SIDE)
    groups = None if cluster is None else read_clusters(frame, cluster)
    kinked = {"year_after": 1.0}

    def impose(moment: Moment) -> dict[str, object]:
        kink = to_decimal_year(moment)
        _require_both_sides(years, kink)
        fit = fit_linear(_kinked_design(years, kink), logs, covariance=covariance, groups=groups)
        change = raise_ten(fit.combination(kinked, _PLACEBO_LEVEL), units.TIMES)
        ends = {"change": change.value, "low": change.low, "high": change.high}
        return {"break_date": pd.Timestamp(moment), **ends, "p_value": fit.p_value(kinked)}

    real = [impose(moment) for moment in break_dates]
    placebos = [impose(moment) for moment in placebo_dates]
    return tuple(_rank_dates([row, *placebos]) for row in real)


def _rank_dates(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Tabulate dates, of which the first is the real one."""
    table = pd.DataFrame(rows)
    table.insert(1, "placebo", np.arange(len(rows)) > 0)
    return table.assign(rank=table["p_value"].rank(method="min").astype(int))


def _require_both_sides(years: FloatArray, kink: float, of: str = "") -> int:
    """Refuse a kink with too few rows before or after it; return how many lie after."""
    n_after = int((years >= kink).sum())
    if min(n_after, len(years) - n_after) < MINIMUM_PER_SIDE:
        raise ModelInputError(
            f"needs {MINIMUM_PER_SIDE} {of}rows on each side of {to_timestamp(kink):%Y-%m-%d}, "
            f"got {len(years) - n_after} before and {n_after} after"
        )
    return n_after


def _kinked_design(years: FloatArray, kink: float) -> pd.DataFrame:
    since = years - kink
    return pd.DataFrame({"const": 1.0, "year": since, "year_after": np.maximum(since, 0.0)})
