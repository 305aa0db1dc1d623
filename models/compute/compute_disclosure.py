"""Who publishes training compute, and growth if the silent ones are filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core import units
from models.core.arrays import FloatArray, require_bounded
from models.core.distributions import t_quantile, wilson_interval
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.exponential_growth import fit_growth
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import (
    read_clusters,
    require_level,
    require_positive_number,
    require_table,
    select_countries,
)
from models.core.regression import fit_linear
from models.core.timescale import to_decimal_years

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MINIMUM_REPORTED = 3
_MINIMUM_DISCLOSED = 4
_MINIMUM_IMPUTATIONS = 2
_COMPUTE = "training_compute_flop"


@dataclass(frozen=True)
class ReportingSelection:
    """How the models whose compute is known differ from the silent ones.

    Attributes
    ----------
    difference : Estimate
        Capability of models with known compute minus that of models without, at
        equal date; negative where the better models are silent.
    p_value : float
        Of no difference.
    n_reported, n_silent : int
        Models.
    """

    difference: Estimate
    p_value: float
    n_reported: int
    n_silent: int

    @property
    def test(self) -> HypothesisTest:
        """The test of no difference."""
        return HypothesisTest(
            "Models with known compute score the same as silent ones of the same date.",
            self.p_value,
            self.n_reported + self.n_silent,
        )


@dataclass(frozen=True)
class ImputedGrowth:
    """Growth when runs of unknown size are filled in under a stated assumption.

    Attributes
    ----------
    annual_growth : Estimate
        Factor per year, pooled over the imputations; n is the number of models.
    shift_oom : float
        Orders of magnitude by which undisclosed runs were taken to exceed
        disclosed ones of the same date.
    n_disclosed, n_imputed : int
        Models of known and of filled-in compute.
    """

    annual_growth: Estimate
    shift_oom: float
    n_disclosed: int
    n_imputed: int


@dataclass(frozen=True)
class ImputedSlopes:
    """Slopes when runs of unknown size are filled in, once for each imputation.

    Attributes
    ----------
    slopes, variances : array, shape (imputations,)
        Orders of magnitude a year, and the variance of each.
    n_clusters : int
        Developers that disclose.
    shift_oom : float
        As in `ImputedGrowth`.
    n_disclosed, n : int
        Models of known compute, and all.
    """

    slopes: FloatArray
    variances: FloatArray
    n_clusters: int
    shift_oom: float
    n_disclosed: int
    n: int

    def summarise(self, level: float) -> ImputedGrowth:
        """Return the growth pooled over the imputations.

        Raises
        ------
        ModelInputError
            If the level is not in (0, 1).
        """
        require_level(level)
        slope = _pooled(self.slopes, self.variances, self.n_clusters - 1, level)
        ends = (10 ** slope[0], 10 ** slope[1], 10 ** slope[2])
        estimate = Estimate(*ends, level, "confidence", self.n, units.TIMES_A_YEAR)
        return ImputedGrowth(estimate, self.shift_oom, self.n_disclosed, self.n - self.n_disclosed)


def count_disclosed(
    frame: pd.DataFrame,
    *,
    countries: Sequence[str] = ("USA", "CHN"),
    quantity: str = _COMPUTE,
    level: float = 0.90,
) -> pd.DataFrame:
    """Share of models whose compute is known, by country and year.

    Wilson (1927) intervals, which stay inside [0, 1] at small counts.

    Parameters
    ----------
    frame : DataFrame
        Columns country, date, `quantity`; `quantity` is empty where undisclosed.

    Returns
    -------
    DataFrame
        Columns country, year, n, disclosed, share, low, high.

    Raises
    ------
    ModelInputError
        If a country is missing from the table.
    """
    require_level(level)
    if quantity not in frame.columns:
        raise ModelInputError(f"needs a column {quantity}, got {list(frame.columns)}")
    chosen = select_countries(frame, countries, complete=["date"])
    year = pd.DatetimeIndex(chosen["date"]).year.rename("year")
    known = chosen[quantity].notna().groupby([chosen["country"].to_numpy(), year.to_numpy()])
    table = known.agg(["size", "sum"]).reset_index()
    table.columns = pd.Index(["country", "year", "n", "disclosed"])
    low, high = wilson_interval(table["disclosed"], table["n"], level)
    return table.assign(share=table["disclosed"] / table["n"], low=low, high=high)


def estimate_reporting_selection(
    frame: pd.DataFrame,
    *,
    country: str,
    cluster: str,
    score: str = "eci",
    quantity: str = _COMPUTE,
    level: float = 0.90,
) -> ReportingSelection:
    """Regress capability on date and on whether compute is known, for one country.

    Standard errors are clustered by `cluster` (Liang and Zeger 1986).

    Parameters
    ----------
    frame : DataFrame
        Columns country, date, `score`, `cluster`, and `quantity`, which may be missing.

    Raises
    ------
    ModelInputError
        If fewer than 3 models are on either side, or a date or score is missing.
    """
    rows = select_countries(frame, (country,), complete=["date", score, cluster], minimum=6)
    reported = rows[quantity].notna().to_numpy(dtype=float)
    n_reported = int(reported.sum())
    if min(n_reported, len(rows) - n_reported) < MINIMUM_REPORTED:
        raise ModelInputError(
            f"needs {MINIMUM_REPORTED} models of {country} with and without {quantity}, "
            f"got {n_reported} and {len(rows) - n_reported}"
        )
    years = to_decimal_years(rows["date"])
    design = pd.DataFrame({"const": 1.0, "year": years - years.mean(), "reported": reported})
    fit = fit_linear(
        design,
        rows[score].to_numpy(dtype=float),
        covariance="cluster",
        groups=rows[cluster].to_numpy(dtype=object),
    )
    weights = {"reported": 1.0}
    difference = fit.combination(weights, level, units.POINTS)
    return ReportingSelection(difference, fit.p_value(weights), n_reported, len(rows) - n_reported)


def assume_compute(
    frame: pd.DataFrame,
    factors: Mapping[str, float],
    *,
    quantity: str = _COMPUTE,
) -> pd.DataFrame:
    """Fill unknown compute with a multiple of the country's known trend at the date.

    A sensitivity analysis, not an imputation: each silent model of a country is
    given `factor` times the compute on the country's log-linear trend.

    Parameters
    ----------
    frame : DataFrame
        Columns country, date and `quantity`.
    factors : mapping of str to float
        Multiple of the trend by country code; rows of other countries are dropped.

    Returns
    -------
    DataFrame
        Rows of the named countries, `quantity` complete.

    Raises
    ------
    ModelInputError
        If a factor is not positive, or a country has fewer than 3 known values.
    """
    sides = []
    for country, factor in factors.items():
        require_positive_number(factor, f"factor of {country}")
        side = select_countries(frame, (country,), complete=["date"])
        sides.append(_filled(side, country, factor, quantity))
    return pd.concat(sides).sort_index()


def fit_growth_with_undisclosed(
    frame: pd.DataFrame,
    *,
    shift_oom: float,
    rng: np.random.Generator,
    quantity: str = _COMPUTE,
    cluster: str = "organization",
    imputations: int = 30,
) -> ImputedSlopes:
    r"""Fit growth if undisclosed runs exceed disclosed ones by a stated amount.

    The runs that are not disclosed are drawn about the trend of those that are,
    moved by the shift; slopes are pooled by Rubin's rules (variance
    :math:`\bar W + (1 + 1/m) B`, t quantiles of the disclosed developers less one).
    A pattern-mixture sensitivity analysis (Rubin
    1987, *Multiple Imputation for Nonresponse in Surveys*, chapter 6): the
    shift is an assumption, no data speak of it.

    Parameters
    ----------
    frame : DataFrame
        Columns date, `cluster` (complete) and `quantity` (empty: undisclosed).
    shift_oom : float
        log10 of undisclosed over disclosed compute at one date.
    imputations : int
        Times that the gaps are filled, at least 2.

    Raises
    ------
    ModelInputError
        If fewer than 4 rows are disclosed, or as `models.core.exponential_growth.fit_growth`.
    """
    require_table(frame, complete=["date", cluster], minimum=_MINIMUM_DISCLOSED)
    if imputations < _MINIMUM_IMPUTATIONS:
        raise ModelInputError(f"needs at least 2 imputations, got {imputations}")
    shift = float(require_bounded(shift_oom, "shift_oom"))
    hidden = frame[quantity].isna().to_numpy()
    seen = fit_growth(frame[~hidden], quantity=quantity, covariance="cluster", cluster=cluster)
    known, years = frame[quantity].to_numpy(dtype=float), to_decimal_years(frame["date"])
    matrix = np.column_stack([np.ones(len(frame)), years - seen.origin])
    design = pd.DataFrame({"const": 1.0, "year": years - float(years.mean())})
    groups = read_clusters(frame, cluster)
    slopes, variances = [], []
    for _ in range(imputations):
        line = matrix @ rng.multivariate_normal(
            seen.regression.coefficients, seen.regression.covariance
        )
        drawn = 10 ** (line + shift + rng.normal(0.0, seen.residual_sd, len(frame)))
        logs = np.log10(np.where(hidden, drawn, known))
        fit = fit_linear(design, logs, covariance="cluster", groups=groups)
        slopes.append(float(fit.coefficients[1]))
        variances.append(float(fit.covariance[1, 1]))
    n_disclosed = int((~hidden).sum())
    return ImputedSlopes(
        np.array(slopes), np.array(variances), seen.n_clusters, shift, n_disclosed, len(frame)
    )


def require_known(found: int, country: str, quantity: str) -> None:
    """Refuse a country with too few known values.

    Raises
    ------
    ModelInputError
        If fewer than 3 are known.
    """
    if found < MINIMUM_REPORTED:
        raise ModelInputError(
            f"needs {MINIMUM_REPORTED} values of {quantity} of {country}, got {found}"
        )


def fit_known_trend(
    years: npt.NDArray[np.float64], values: npt.NDArray[np.float64], known: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Log10 of the trend of the known values, at every date."""
    centred = years - years.mean()
    line = np.polyfit(centred[known], np.log10(values[known]), 1)
    return np.asarray(np.polyval(line, centred))


def _filled(side: pd.DataFrame, country: str, factor: float, quantity: str) -> pd.DataFrame:
    known = side[quantity].notna().to_numpy()
    require_known(int(known.sum()), country, quantity)
    require_table(side[known], complete=[quantity], positive=[quantity])
    values = side[quantity].to_numpy(dtype=float)
    trend = fit_known_trend(to_decimal_years(side["date"]), values, known)
    return side.assign(**{quantity: np.where(known, values, factor * 10**trend)})


def _pooled(
    slopes: FloatArray, variances: FloatArray, degrees: int, level: float
) -> tuple[float, float, float]:
    """Rubin's rules for a scalar; degrees of freedom are those of the complete-data fit."""
    value = float(slopes.mean())
    total = float(variances.mean() + (1 + 1 / len(slopes)) * slopes.var(ddof=1))
    half = float(t_quantile(0.5 + level / 2, degrees)) * total**0.5
    return value, value - half, value + half
