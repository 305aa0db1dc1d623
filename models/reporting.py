"""Who publishes training compute, and how far silence could move a comparison."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.checks import require_positive_number, require_table, rows_of_countries
from models.errors import ModelInputError
from models.estimates import Estimate
from models.regression import fit_linear
from models.timescale import decimal_years

MINIMUM_REPORTED = 3


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


def reporting_selection(
    frame: pd.DataFrame,
    *,
    country: str,
    cluster: str,
    score: str = "eci",
    quantity: str = "training_compute_flop",
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
    rows = rows_of_countries(frame, (country,), complete=["date", score, cluster], minimum=6)
    reported = rows[quantity].notna().to_numpy(dtype=float)
    n_reported = int(reported.sum())
    if min(n_reported, len(rows) - n_reported) < MINIMUM_REPORTED:
        raise ModelInputError(
            f"needs {MINIMUM_REPORTED} models of {country} with and without {quantity}, "
            f"got {n_reported} and {len(rows) - n_reported}"
        )
    years = decimal_years(rows["date"])
    design = pd.DataFrame({"const": 1.0, "year": years - years.mean(), "reported": reported})
    fit = fit_linear(
        design,
        rows[score].to_numpy(dtype=float),
        covariance="cluster",
        groups=rows[cluster].to_numpy(dtype=object),
    )
    weights = {"reported": 1.0}
    difference = fit.combination(weights, level, "points")
    return ReportingSelection(difference, fit.p_value(weights), n_reported, len(rows) - n_reported)


def with_assumed_compute(
    frame: pd.DataFrame,
    factors: Mapping[str, float],
    *,
    quantity: str = "training_compute_flop",
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
        side = rows_of_countries(frame, (country,), complete=["date"])
        sides.append(_filled(side, country, factor, quantity))
    return pd.concat(sides).sort_index()


def _filled(side: pd.DataFrame, country: str, factor: float, quantity: str) -> pd.DataFrame:
    known = side[quantity].notna().to_numpy()
    if known.sum() < MINIMUM_REPORTED:
        raise ModelInputError(
            f"needs {MINIMUM_REPORTED} values of {quantity} of {country}, got {known.sum()}"
        )
    require_table(side[known], complete=[quantity], positive=[quantity])
    values = side[quantity].to_numpy(dtype=float)
    trend = _trend(decimal_years(side["date"]), values, known)
    return side.assign(**{quantity: np.where(known, values, factor * 10**trend)})


def _trend(
    years: npt.NDArray[np.float64], values: npt.NDArray[np.float64], known: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Log10 of the trend of the known values, at every date."""
    centred = years - years.mean()
    line = np.polyfit(centred[known], np.log10(values[known]), 1)
    return np.asarray(np.polyval(line, centred))
