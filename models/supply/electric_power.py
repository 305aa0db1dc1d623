"""How much a country's generation grows, and how many accelerators have power."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.core.arrays import (
    FloatArray,
    Numbers,
    require_bounded,
    require_whole_years,
)
from models.core.distributions import t_quantile
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_level, require_table, select_countries

if TYPE_CHECKING:
    import pandas as pd

_MINIMUM_YEARS = 2


@dataclass(frozen=True)
class GenerationGrowth:
    """How much a country's generation grew.

    Attributes
    ----------
    country : str
        ISO 3166 alpha-3 code.
    added_per_year : Estimate
        Mean yearly addition over the window, in TWh, with its t interval; the
        years are taken as independent, and n is their number.
    first_year, last_year : int
        First and last year whose generation was read.
    """

    country: str
    added_per_year: Estimate
    first_year: int
    last_year: int


def count_accelerators_in_use(chips: Numbers, fed: Numbers) -> FloatArray:
    """Accelerators that are at hand and fed: the smaller of the two, path by path.

    Parameters
    ----------
    chips : float or array_like
        Accelerators at hand; any shape.
    fed : float or array_like
        Accelerators that the electricity could feed; the same shape.

    Raises
    ------
    ModelInputError
        If the shapes differ, or a number is negative or not finite.
    """
    at_hand = require_bounded(chips, "chips", low=0)
    could_run = require_bounded(fed, "fed", low=0)
    if at_hand.shape != could_run.shape:
        raise ModelInputError(f"needs one shape, got {at_hand.shape} and {could_run.shape}")
    return np.asarray(np.minimum(at_hand, could_run))


def estimate_generation_growth(
    electricity: pd.DataFrame,
    country: str,
    *,
    window_years: int = 10,
    value: str = "generation_twh",
    level: float = 0.9,
) -> GenerationGrowth:
    """Mean yearly addition to a country's generation over its last years.

    Parameters
    ----------
    electricity : DataFrame
        Columns `country`, `year` and `value` (TWh).
    country : str
        ISO 3166 alpha-3 code.
    window_years : int
        Yearly additions to average, at least 2.
    value : str
        Column of the yearly amount.
    level : float
        Confidence level.

    Raises
    ------
    ModelInputError
        If the country has too few years, or a year or value is missing.
    """
    require_level(level)
    if window_years < _MINIMUM_YEARS:
        raise ModelInputError(f"needs a window of {_MINIMUM_YEARS} years or more: {window_years}")
    own = select_countries(electricity, [country], complete=["year"], minimum=window_years + 1)
    rows = own.sort_values("year").tail(window_years + 1)
    require_table(rows, complete=[value], positive=[value])
    years = require_whole_years(rows["year"].to_numpy(dtype=float))
    added = np.diff(rows[value].to_numpy(dtype=float))
    error = added.std(ddof=1) / added.size**0.5
    half = float(t_quantile(0.5 + level / 2, added.size - 1) * error)
    mean = float(added.mean())
    estimate = Estimate(mean, mean - half, mean + half, level, "confidence", added.size, "TWh")
    return GenerationGrowth(country, estimate, int(years[0]), int(years[-1]))
