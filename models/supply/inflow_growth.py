r"""How fast the inflow of chips is going to grow, from how its growth has come down.

Growth by a constant factor for years on end has no past: each year's growth factor g was
smaller than the last. So what is extrapolated is that decline:

.. math:: \ln \ln g_t = a + b\,t + e_t

by least squares, a growth that shrinks towards none by the same share each year. With so few
years the parameters are drawn from their posterior under the reference prior (Gelman et al.
2013, *Bayesian Data Analysis*, section 14.2), and each coming year has its own error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.core import units
from models.core.errors import ModelInputError
from models.core.random_draws import summarise

if TYPE_CHECKING:
    from models.core.arrays import FloatArray
    from models.core.estimates import Estimate

_N_DRAWS = 20_000
_FEWEST_YEARS = 4
_QUARTERS = 4
_LARGEST = 3.0


@dataclass(frozen=True)
class YearOfGrowth:
    """Inflow of a year over that of the year before, of the same makers and quarters.

    Attributes
    ----------
    year : int
        Calendar year.
    middle : float
        Decimal year in the middle of the quarters that are known.
    factor : float
        Chips sold in the year over those of the year before, times.
    quarters : int
        Quarters of it that are known.
    """

    year: int
    middle: float
    factor: float
    quarters: int


@dataclass(frozen=True)
class InflowGrowth:
    """Growth of the inflow so far, and what it leads to.

    Attributes
    ----------
    past : tuple of YearOfGrowth
        Growth of the inflow of chips, year by year; the last may be part of one.
    kept : Estimate
        Share of a year's growth of the inflow, on the logarithm, that the next year keeps.
    mean : Estimate
        Growth of the inflow in the coming years, geometric mean, times a year.
    first_year, last_year : int
        The coming years.
    """

    past: tuple[YearOfGrowth, ...]
    kept: Estimate
    mean: Estimate
    first_year: int
    last_year: int


def list_growth_by_year(sold: pd.DataFrame) -> tuple[YearOfGrowth, ...]:
    """Return each year's inflow over that of the year before, like with like.

    Only quarters that a maker has in both years count, so that a maker who enters the
    data, or whose last year is not whole, makes no growth.

    Parameters
    ----------
    sold : DataFrame
        Columns maker, quarter_end, h100e_p50 (cumulative) and complete.

    Raises
    ------
    ModelInputError
        If no quarter has one a year before it.
    """
    whole = sold[sold["complete"]]
    stock = whole.pivot_table(index="quarter_end", columns="maker", values="h100e_p50")
    inflow = stock.diff().fillna(stock).where(stock.notna())
    before = inflow.copy()
    before.index = before.index + pd.offsets.QuarterEnd(_QUARTERS)
    before = before.reindex(inflow.index)
    both = inflow.notna() & before.notna()
    known = both.any(axis=1)
    if not known.any():
        raise ModelInputError(f"needs quarters a year apart, got {len(inflow)} quarters")
    quarters = pd.DataFrame(
        {"now": inflow.where(both).sum(axis=1), "then": before.where(both).sum(axis=1)}
    )[known]
    days = pd.DatetimeIndex(quarters.index)
    middles = pd.Series(days.year + (days.quarter - 0.5) / _QUARTERS, index=days)
    return tuple(
        YearOfGrowth(
            int(str(year)),
            float(middles[part.index].mean()),
            float(part["now"].sum() / part["then"].sum()),
            len(part),
        )
        for year, part in quarters.groupby(days.year)
    )


def estimate_coming_growth(
    sold: pd.DataFrame,
    *,
    first_year: int,
    last_year: int,
    level: float = 0.90,
    rng: np.random.Generator,
) -> InflowGrowth:
    """Mean growth of the inflow over coming years, if its decline goes on.

    Parameters
    ----------
    sold : DataFrame
        As `list_growth_by_year`.
    first_year, last_year : int
        The coming years, both included.
    level : float
        Level of the intervals: credible for the share kept, prediction for the mean.
    rng : numpy.random.Generator
        Source of the draws.

    Raises
    ------
    ModelInputError
        If fewer than four years are known, or an inflow shrank.
    """
    past = list_growth_by_year(sold)
    if len(past) < _FEWEST_YEARS or min(year.factor for year in past) <= 1:
        raise ModelInputError(
            f"needs {_FEWEST_YEARS} years of growing inflow, got "
            f"{[round(year.factor, 2) for year in past]}"
        )
    years = np.array([year.middle - first_year for year in past])
    logs = np.array([np.log(np.log(year.factor)) for year in past])
    coming = np.arange(0.5, last_year + 1 - first_year)
    slopes, growth = _draw(years, logs, coming, rng)
    n = len(past)
    return InflowGrowth(
        past,
        summarise(np.exp(slopes), level, "credible", n, units.SHARE),
        summarise(np.exp(growth.mean(axis=1)), level, "prediction", n, units.TIMES_A_YEAR),
        first_year,
        last_year,
    )


def _draw(
    years: FloatArray, logs: FloatArray, coming: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Slopes, and log growth of each coming year by draw."""
    design = np.column_stack([np.ones_like(years), years])
    fitted = np.linalg.lstsq(design, logs, rcond=None)[0]
    errors = logs - design @ fitted
    root = np.linalg.cholesky(np.linalg.inv(design.T @ design))
    variance = float(errors @ errors) / rng.chisquare(len(logs) - 2, _N_DRAWS)
    sd = np.sqrt(variance)[:, np.newaxis]
    drawn = fitted + sd * (rng.standard_normal((_N_DRAWS, 2)) @ root.T)
    ahead = drawn[:, :1] + drawn[:, 1:] * coming
    ahead += sd * rng.standard_normal(ahead.shape)
    # Draws far out in the tails are numbers too large for a computer; no quantile depends on them.
    return drawn[:, 1], np.exp(np.minimum(ahead, _LARGEST))
