"""How fast the price of a token falls at a fixed benchmark score."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core import units
from models.core.bootstrap import estimate_by_percentiles, resample_rows
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, raise_ten
from models.core.input_checks import require_replications, require_table
from models.core.regression import LinearFit, fit_linear
from models.core.timescale import to_decimal_years

MINIMUM_MODELS = 6
MINIMUM_RECORDS = 3
_PRICE = "usd_per_million_tokens"


@dataclass(frozen=True)
class PriceTrend:
    """Prices explained by score, date and a country indicator.

    Attributes
    ----------
    fall_per_year : Estimate
        By which factor the price at an equal score falls in a year.
    score_per_tenfold : float
        Points of score for which the price is ten times as high.
    country_factor : Estimate
        Price of the country's models over others' at equal score and date, times.
    n, n_country, n_clusters : int
        Models, models of the country, and makers.
    regression : LinearFit
        Log10 price on score, year and country.
    """

    fall_per_year: Estimate
    score_per_tenfold: float
    country_factor: Estimate
    n: int
    n_country: int
    n_clusters: int
    regression: LinearFit


@dataclass(frozen=True)
class CheapestPrice:
    """The lowest price so far of a model at or above a score.

    Attributes
    ----------
    fall_per_year : Estimate
        Factor a year by which the record low falls; bootstrap over models, records
        selected anew in each draw.
    records : DataFrame
        The models that set a record low, in order of date.
    n_models : int
        Models at or above the score.
    """

    fall_per_year: Estimate
    records: pd.DataFrame
    n_models: int


def fit_price_at_equal_score(
    frame: pd.DataFrame,
    *,
    score: str,
    cluster: str,
    country: str = "CHN",
    level: float = 0.90,
) -> PriceTrend:
    r"""Regress log10 price on score, date and a country indicator.

    .. math:: \log_{10} p_i = a + b s_i + c t_i + d\,[\text{country}_i] + e_i

    Standard errors are clustered by `cluster` (Liang and Zeger 1986). With one or
    two makers in the country the interval of its factor says nothing of others.

    Parameters
    ----------
    frame : DataFrame
        Columns date, country, usd_per_million_tokens, `score` and `cluster`,
        complete.

    Raises
    ------
    ModelInputError
        If models are fewer than 6, none is of the country, a value is missing or a
        price is not positive.
    """
    columns = ["date", "country", _PRICE, score, cluster]
    require_table(frame, complete=columns, positive=[_PRICE], minimum=MINIMUM_MODELS)
    years, scores = to_decimal_years(frame["date"]), frame[score].to_numpy(dtype=float)
    indicator = (frame["country"] == country).to_numpy(dtype=float)
    if not 0 < indicator.sum() < len(frame):
        raise ModelInputError(f"needs models of {country} and of others, got {indicator.sum()}")
    design = pd.DataFrame(
        {
            "const": 1.0,
            "score": scores - scores.mean(),
            "year": years - years.mean(),
            "country": indicator,
        }
    )
    fit = fit_linear(
        design,
        np.log10(frame[_PRICE].to_numpy(dtype=float)),
        covariance="cluster",
        groups=frame[cluster].to_numpy(dtype=object),
    )
    return PriceTrend(
        fall_per_year=raise_ten(fit.combination({"year": -1.0}, level), units.TIMES_A_YEAR),
        score_per_tenfold=float(1 / fit.coefficients[fit.names.index("score")]),
        country_factor=raise_ten(fit.combination({"country": 1.0}, level), units.TIMES),
        n=fit.n,
        n_country=int(indicator.sum()),
        n_clusters=fit.n_clusters,
        regression=fit,
    )


def fit_cheapest_at_score(
    frame: pd.DataFrame,
    *,
    score: str,
    threshold: float,
    rng: np.random.Generator,
    replications: int = 1000,
    level: float = 0.90,
) -> CheapestPrice:
    """Log-linear fall of the record-low price among models at or above a score.

    Records are selected minima, for which a least-squares interval is too narrow:
    models are drawn with replacement and the records selected anew. Draws with
    fewer than 3 records carry no slope and are left out.

    Parameters
    ----------
    frame : DataFrame
        Columns date, usd_per_million_tokens and `score`, complete.
    threshold : float
        Lowest score that counts, in the score's unit.

    Raises
    ------
    ModelInputError
        If fewer than 6 models reach the score, fewer than 3 set a record low, or a
        value is missing.
    """
    require_replications(replications)
    require_table(frame, complete=["date", _PRICE, score], positive=[_PRICE])
    able = frame[frame[score] >= threshold].sort_values(["date", _PRICE], kind="stable")
    if len(able) < MINIMUM_MODELS:
        raise ModelInputError(
            f"needs {MINIMUM_MODELS} models at {score} of {threshold}, got {len(able)}"
        )
    years, logs = to_decimal_years(able["date"]), np.log10(able[_PRICE].to_numpy(dtype=float))
    fall = _record_fall(years, logs)
    if not np.isfinite(fall):
        raise ModelInputError(f"needs {MINIMUM_RECORDS} record lows at {threshold}, got fewer")
    picks = (np.sort(rows) for rows in resample_rows(np.arange(len(able)), rng, replications))
    draws = np.array([_record_fall(years[rows], logs[rows]) for rows in picks])
    exponent = estimate_by_percentiles(fall, draws[np.isfinite(draws)], level=level, n=len(able))
    return CheapestPrice(
        raise_ten(exponent, units.TIMES_A_YEAR),
        able[_records(logs)].reset_index(drop=True),
        len(able),
    )


def _records(logs: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    before = np.concatenate([[np.inf], np.minimum.accumulate(logs)[:-1]])
    return np.asarray(logs < before)


def _record_fall(years: npt.NDArray[np.float64], logs: npt.NDArray[np.float64]) -> float:
    """Orders of magnitude a year; NaN where the records carry no slope."""
    kept = _records(logs)
    if kept.sum() < MINIMUM_RECORDS or np.ptp(years[kept]) == 0:
        return float("nan")
    return -float(np.polyfit(years[kept] - years.mean(), logs[kept], 1)[0])
