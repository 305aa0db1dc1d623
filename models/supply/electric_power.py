"""How many accelerators an amount of electricity could feed, and when it binds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from models.core.arrays import (
    FloatArray,
    Numbers,
    require_bounded,
    require_positive,
    require_whole_years,
    spread_over_paths,
)
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_level, require_table, select_countries

HOURS_PER_YEAR = 8760.0
_WH_PER_TWH = 1e12
_MINIMUM_YEARS = 2


@dataclass(frozen=True)
class AcceleratorPower:
    """What one accelerator draws from the grid over a year.

    Attributes
    ----------
    watts : float
        Power of one accelerator with its share of server and network, in W.
    pue : float
        Power usage effectiveness: facility power over that of the computers, at least 1.
    utilisation : float
        Mean power over full power, above 0 and at most 1.
    """

    watts: float
    pue: float
    utilisation: float

    def __post_init__(self) -> None:
        """Refuse powers that no machine can have."""
        require_positive(self.watts, "watts")
        require_bounded(self.pue, "pue", low=1, high=5)
        require_bounded(
            require_positive(self.utilisation, "utilisation"), "utilisation", low=0, high=1
        )

    @property
    def twh_per_year(self) -> float:
        """Electricity that one accelerator takes in a year, in TWh."""
        return self.watts * self.pue * self.utilisation * HOURS_PER_YEAR / _WH_PER_TWH


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


def count_accelerators_fed(electricity_twh: Numbers, accelerator: AcceleratorPower) -> FloatArray:
    r"""Accelerators that a yearly amount of electricity could feed.

    .. math:: N = \frac{E}{P \cdot \mathrm{PUE} \cdot u \cdot 8760\,\mathrm{h}}

    Parameters
    ----------
    electricity_twh : float or array_like
        TWh a year; any shape.
    accelerator : AcceleratorPower
        What one of them draws.

    Raises
    ------
    ModelInputError
        If an amount is negative or not finite.
    """
    supply = require_bounded(electricity_twh, "electricity_twh", low=0)
    return np.asarray(supply / accelerator.twh_per_year)


def compute_electricity_needed(accelerators: Numbers, accelerator: AcceleratorPower) -> FloatArray:
    """Electricity that a number of accelerators takes in a year, in TWh.

    Raises
    ------
    ModelInputError
        If a number is negative or not finite.
    """
    count = require_bounded(accelerators, "accelerators", low=0)
    return np.asarray(count * accelerator.twh_per_year)


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
    half = float(stats.t.ppf(0.5 + level / 2, added.size - 1) * stats.sem(added))
    mean = float(added.mean())
    estimate = Estimate(mean, mean - half, mean + half, level, "confidence", added.size, "TWh")
    return GenerationGrowth(country, estimate, int(years[0]), int(years[-1]))


def sum_spare_electricity(
    added_twh_per_year: Numbers, years: npt.ArrayLike, *, start_year: int, share: Numbers
) -> FloatArray:
    """Sum up the new electricity for accelerators by the end of each year, in TWh a year.

    Parameters
    ----------
    added_twh_per_year : float or array_like, shape (n_paths,)
        Yearly addition to generation.
    years : array_like of int, shape (k,)
        Consecutive years from `start_year` on.
    start_year : int
        Last year whose generation is known.
    share : float or array_like, shape (n_paths,)
        Share of the additions that accelerators may take; a judgement.

    Returns
    -------
    ndarray, shape (n_paths, k)
        Zero at the end of the start year.

    Raises
    ------
    ModelInputError
        If a share is not in [0, 1], an addition negative, or a year precedes the start.
    """
    elapsed = require_bounded(
        require_whole_years(years) - start_year, "years since the start", low=0
    )
    added = require_bounded(added_twh_per_year, "added_twh_per_year", low=0)
    shares = require_bounded(share, "share", low=0, high=1)
    n_paths = max(added.size, shares.size)
    usable = spread_over_paths(added, n_paths, "added_twh_per_year") * spread_over_paths(
        shares, n_paths, "share"
    )
    return np.asarray(usable[:, np.newaxis] * elapsed[np.newaxis, :])
