r"""Stock of AI compute, in H100-equivalents, from what comes in and what wears out.

A stock is a mass balance over yearly cohorts:

.. math:: K_t = K_0 \, r_t + \sum_{s=1}^{t} I_s \, S(t - s)

with inflow I, survival S of a cohort by age, and the surviving share r of the
first stock. Everything is vectorised over Monte Carlo paths.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.core import units
from models.core.arrays import (
    FloatArray,
    Numbers,
    require_bounded,
    require_positive,
    require_whole_years,
)
from models.core.distributions import wilson_interval
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_level
from models.core.random_draws import summarise

if TYPE_CHECKING:
    from models.supply.fab_output import FabAssumptions

_POSITIVE = ("domestic_growth", "import_growth", "past_growth", "memory_growth", "euv_ramp_years")


@dataclass(frozen=True)
class SupplyAssumptions:
    """What one country's stock of compute is made of. Numbers, or one number per path.

    Attributes
    ----------
    initial_stock : float or ndarray
        H100-equivalents in use at the end of the start year.
    domestic_output : float or ndarray
        H100-equivalents a year that domestic wafers would hold in the start
        year if every die worked; times `yield_share` it is the usable output.
    domestic_growth : float or ndarray
        Growth factor of domestic output a year, before EUV.
    yield_share : float or ndarray
        Share of dies that work, above 0 and at most 1.
    imports : float or ndarray
        H100-equivalents imported in the start year, a year.
    import_growth : float or ndarray
        Growth factor of imports a year.
    lifetime_years : float or ndarray
        Years that a chip stays in use.
    past_growth : float or ndarray
        Growth factor of the inflow before the start: sets the age of the first stock.
    memory_limit : float or ndarray
        H100-equivalents a year that the high-bandwidth memory at hand can equip in
        the start year: domestic output never exceeds it. No limit unless given.
    memory_growth : float or ndarray
        Growth factor of that limit a year.
    euv_volume_year : float or ndarray
        Decimal year in which own EUV tools reach volume production.
    euv_multiple : float or ndarray
        Domestic output with EUV over that without, once ramped; at least 1.
        1 for a country for which nothing changes.
    euv_ramp_years : float or ndarray
        Years over which output rises evenly from the start of volume to the full multiple.
    """

    initial_stock: Numbers
    domestic_output: Numbers
    domestic_growth: Numbers
    yield_share: Numbers
    imports: Numbers
    import_growth: Numbers
    lifetime_years: Numbers
    past_growth: Numbers
    memory_limit: Numbers = 1e15
    memory_growth: Numbers = 1.0
    euv_volume_year: Numbers = 2100.0
    euv_multiple: Numbers = 1.0
    euv_ramp_years: Numbers = 3.0

    def __post_init__(self) -> None:
        """Refuse quantities that no stock can have, and paths that do not match."""
        for name in ("initial_stock", "domestic_output", "imports", "memory_limit"):
            require_bounded(getattr(self, name), name, low=0)
        for name in _POSITIVE:
            require_positive(getattr(self, name), name)
        require_bounded(
            require_positive(self.yield_share, "yield_share"), "yield_share", low=0, high=1
        )
        require_bounded(self.lifetime_years, "lifetime_years", low=1, high=50)
        require_bounded(self.euv_multiple, "euv_multiple", low=1)
        require_bounded(self.euv_volume_year, "euv_volume_year")
        self.n_paths  # noqa: B018 - refuses paths that do not match

    @property
    def n_paths(self) -> int:
        """Number of paths; 1 where every quantity is a single number.

        Raises
        ------
        ModelInputError
            If two quantities have different numbers of paths.
        """
        sizes = {np.size(value) for value in vars(self).values()} - {1}
        if len(sizes) > 1:
            raise ModelInputError(f"needs one number of paths, got {sorted(sizes)}")
        return sizes.pop() if sizes else 1


@dataclass(frozen=True)
class StockPaths:
    """Stock of compute by year and path, in H100-equivalents.

    Attributes
    ----------
    years : ndarray of int, shape (k,)
        Calendar years; stocks are those at the end of the year. The first is
        the start year.
    stock, domestic_inflow, imports : ndarray, shape (n_paths, k)
        Stock, and what came in during the year. The flows of the start year are 0: its
        stock is given.
    """

    years: npt.NDArray[np.int64]
    stock: FloatArray
    domestic_inflow: FloatArray
    imports: FloatArray

    @property
    def retired(self) -> FloatArray:
        """What went out during the year, shape (n_paths, k)."""
        retired = np.zeros_like(self.stock)
        inflow = self.domestic_inflow + self.imports
        retired[:, 1:] = self.stock[:, :-1] + inflow[:, 1:] - self.stock[:, 1:]
        return retired

    def at(self, year: int, level: float = 0.9) -> Estimate:
        """Median stock at the end of a year, with its prediction interval over the paths."""
        if year not in self.years:
            raise ModelInputError(f"needs a year of {self.years[0]} to {self.years[-1]}: {year}")
        column = self.stock[:, int(year - self.years[0])]
        return summarise(column, level, "prediction", column.size, units.H100E)


@dataclass(frozen=True)
class Crossing:
    """When a ratio falls below a threshold, over all paths, those that never do included.

    Attributes
    ----------
    threshold : float
        The ratio that is crossed.
    share_within : Estimate
        Share of paths that cross by the last year; the interval (Wilson) is that of
        the Monte Carlo error alone, and n the number of paths.
    share_never : float
        Share of paths that never do by the last year.
    earliest, median, latest : float or None
        Decimal years of the lower end, the middle and the upper end of the
        prediction interval; None where that part of the paths never crosses.
    level : float
        Of the prediction interval from `earliest` to `latest`.
    """

    threshold: float
    share_within: Estimate
    share_never: float
    earliest: float | None
    median: float | None
    latest: float | None
    level: float

    @property
    def earliest_year(self) -> int | None:
        """Calendar year of the lower end; None where that part of the paths never crosses."""
        return _calendar_year(self.earliest)

    @property
    def median_year(self) -> int | None:
        """Calendar year of the middle."""
        return _calendar_year(self.median)

    @property
    def latest_year(self) -> int | None:
        """Calendar year of the upper end."""
        return _calendar_year(self.latest)


def build_supply_from_fabs(
    fab: FabAssumptions,
    *,
    initial_stock: Numbers,
    imports: Numbers,
    import_growth: Numbers,
    lifetime_years: Numbers,
    past_growth: Numbers,
    euv_volume_year: Numbers = 2100.0,
    euv_multiple: Numbers = 1.0,
    euv_ramp_years: Numbers = 3.0,
) -> SupplyAssumptions:
    """Supply whose domestic part is counted up from wafer starts.

    Good dies times performance times utilisation, and no more than the memory can equip.

    Parameters
    ----------
    fab : FabAssumptions
        Of the start year, with its growth.
    initial_stock, imports, import_growth, lifetime_years, past_growth, euv_volume_year
        As `SupplyAssumptions`, and so `euv_multiple` and `euv_ramp_years`.

    Raises
    ------
    ModelInputError
        As `SupplyAssumptions`.
    """
    return SupplyAssumptions(
        initial_stock=initial_stock,
        domestic_output=fab.chips_if_every_die_worked * fab.h100e_in_practice,
        domestic_growth=fab.growth,
        yield_share=fab.die_yield,
        imports=imports,
        import_growth=import_growth,
        lifetime_years=lifetime_years,
        past_growth=past_growth,
        memory_limit=fab.memory_limit,
        memory_growth=fab.memory_growth,
        euv_volume_year=euv_volume_year,
        euv_multiple=euv_multiple,
        euv_ramp_years=euv_ramp_years,
    )


def project_stock(assumptions: SupplyAssumptions, *, start_year: int, end_year: int) -> StockPaths:
    """Project a country's stock of compute from the end of one year to that of another.

    Parameters
    ----------
    assumptions : SupplyAssumptions
        Of n paths.
    start_year, end_year : int
        Calendar years; the first stock is that at the end of `start_year`.

    Raises
    ------
    ModelInputError
        If the years are not whole, or the end does not come after the start.
    """
    if end_year <= start_year:
        raise ModelInputError(f"end_year must follow start_year, got {start_year}, {end_year}")
    years = require_whole_years(np.arange(start_year, end_year + 1))
    domestic = _flow_after_start(_domestic_inflow(assumptions, years))
    imports = _flow_after_start(_imports(assumptions, years))
    ages = np.arange(years.size)
    survival = _survival(_row(assumptions.lifetime_years), ages)
    shape = (years.size, assumptions.n_paths)
    stock = np.empty(shape)
    np.multiply(_row(assumptions.initial_stock), _first_stock_share(assumptions, ages), out=stock)
    inflow = domestic + imports
    for year in range(1, years.size):
        stock[year:] += inflow[year] * survival[: years.size - year]
    flows = (np.broadcast_to(flow, shape).T for flow in (domestic, imports))
    return StockPaths(years, stock.T, *flows)


def compute_stock_ratio(leader: StockPaths, follower: StockPaths) -> FloatArray:
    """Leader's stock over the follower's, path by path and year by year.

    Raises
    ------
    ModelInputError
        If years or numbers of paths differ, or the follower has no stock.
    """
    if not np.array_equal(leader.years, follower.years):
        raise ModelInputError(f"needs the same years, got {leader.years}, {follower.years}")
    sizes = {len(leader.stock), len(follower.stock)} - {1}
    if len(sizes) > 1:
        raise ModelInputError(f"needs one number of paths, got {sorted(sizes)}")
    return np.asarray(leader.stock / require_positive(follower.stock, "follower's stock"))


def find_crossing_years(years: npt.ArrayLike, ratio: FloatArray, threshold: float) -> FloatArray:
    """Decimal year in which each path's ratio first falls to the threshold.

    Between two year ends the logarithm of the ratio is interpolated linearly.
    The stock at the end of 2027 is that of 2028.0.

    Parameters
    ----------
    years : array_like of int, shape (k,)
        Consecutive years.
    ratio : ndarray, shape (n_paths, k)
        Leader over follower at the end of each year.
    threshold : float
        Ratio to be crossed from above.

    Returns
    -------
    ndarray, shape (n_paths,)
        Decimal years; infinite where the path never crosses.

    Raises
    ------
    ModelInputError
        If shapes do not match, or a ratio or the threshold is not positive.
    """
    ends = require_whole_years(years) + 1.0
    above = np.log(require_positive(ratio, "ratio")) - np.log(
        float(require_positive(threshold, "threshold"))
    )
    if above.ndim != 2 or above.shape[1] != ends.size:  # noqa: PLR2004
        raise ModelInputError(f"needs paths by {ends.size} years, got shape {above.shape}")
    below = above <= 0
    first = np.argmax(below, axis=1)
    rows = np.arange(len(above))
    before, after = above[rows, np.maximum(first - 1, 0)], above[rows, first]
    fall = np.where(before > after, before - after, 1.0)
    crossed = ends[first] - np.where(first > 0, -after / fall, 0.0)
    return np.where(below.any(axis=1), crossed, np.inf)


def summarise_crossing(
    years: npt.ArrayLike, ratio: FloatArray, threshold: float, level: float = 0.9
) -> Crossing:
    """Summarise when a ratio falls below a threshold, never left out.

    Parameters
    ----------
    years, ratio, threshold
        As `find_crossing_years`.
    level : float
        Level of the prediction interval.

    Raises
    ------
    ModelInputError
        As `find_crossing_years`, and if the level is not in (0, 1).
    """
    require_level(level)
    crossed = find_crossing_years(years, ratio, threshold)
    share = float(np.isfinite(crossed).mean())
    shares = [0.5 - level / 2, 0.5, 0.5 + level / 2]
    quantiles = np.quantile(crossed, shares, method="inverted_cdf")
    earliest, median, latest = (float(x) if np.isfinite(x) else None for x in quantiles)
    low, high = wilson_interval(share * crossed.size, crossed.size, level)
    low, high = min(float(low), share), max(float(high), share)
    within = Estimate(share, low, high, level, "confidence", crossed.size, units.SHARE)
    return Crossing(threshold, within, 1 - share, earliest, median, latest, level)


def _calendar_year(moment: float | None) -> int | None:
    """Year of a decimal year; the end of a year still belongs to it."""
    return None if moment is None else math.ceil(moment) - 1


# Below, years are rows and paths are columns, so that each step runs along the paths of a
# year; what all paths share is a single column.


def _row(value: Numbers) -> FloatArray:
    return np.asarray(value, dtype=float).reshape(1, -1)


def _grow(growth: FloatArray, elapsed: npt.NDArray[np.int64]) -> FloatArray:
    """Growth factors to the power of whole years, shape (len(elapsed), paths)."""
    # A power for each element: numpy squares by another rule if one serves a whole row, and
    # the last digit would depend on which years are asked for.
    return np.asarray(growth ** np.repeat(elapsed[:, np.newaxis], growth.size, axis=1))


def _flow_after_start(flow: FloatArray) -> FloatArray:
    flow[0] = 0.0
    return flow


def _domestic_inflow(assumptions: SupplyAssumptions, years: npt.NDArray[np.int64]) -> FloatArray:
    elapsed = years - years[0]
    usable = _row(assumptions.domestic_output) * _row(assumptions.yield_share)
    grown = usable * _grow(_row(assumptions.domestic_growth), elapsed)
    waited = years[:, np.newaxis] - _row(assumptions.euv_volume_year)
    ramp = _row(assumptions.euv_ramp_years)
    ramped = _ramp_integral(waited + 1, ramp) - _ramp_integral(waited, ramp)
    gain = _row(assumptions.euv_multiple) - 1
    memory = _row(assumptions.memory_limit) * _grow(_row(assumptions.memory_growth), elapsed)
    return np.asarray(np.minimum(grown * (1 + gain * ramped), memory))


def _ramp_integral(elapsed: FloatArray, ramp: FloatArray) -> FloatArray:
    """Integrate a rise from 0 to 1 over `ramp` years; its difference over a year is the mean."""
    rising = np.clip(elapsed, 0, ramp)
    return np.asarray(rising**2 / (2 * ramp) + np.maximum(elapsed - ramp, 0))


def _imports(assumptions: SupplyAssumptions, years: npt.NDArray[np.int64]) -> FloatArray:
    grown = _grow(_row(assumptions.import_growth), years - years[0])
    return np.asarray(_row(assumptions.imports) * grown)


def _survival(lifetime: FloatArray, ages: npt.NDArray[np.intp]) -> FloatArray:
    """Share of a cohort in use at each age: all until its last year, which may be part of one."""
    return np.clip(lifetime - ages[:, np.newaxis], 0, 1)


def _first_stock_share(assumptions: SupplyAssumptions, elapsed: npt.NDArray[np.intp]) -> FloatArray:
    """Share of the first stock still in use after each number of years."""
    lifetime = _row(assumptions.lifetime_years)
    growth = _row(assumptions.past_growth)
    remaining = np.zeros((elapsed.size, max(lifetime.size, growth.size)))
    for age in range(int(np.ceil(lifetime.max()))):
        remaining += growth ** (-age) * _survival(lifetime, elapsed + age)
    return np.asarray(remaining / remaining[:1])
