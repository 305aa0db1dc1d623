"""Both countries' chips, those at hand and those that power feeds: one projection for all pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.supply.compute_stock import StockPaths, compute_stock_ratio
from models.supply.electric_power import count_accelerators_in_use
from models.supply.national_supply import (
    AmericanSupply,
    ChineseSupply,
    FirstStocks,
    SupplyJudged,
    SupplyScores,
    draw_supply,
)

if TYPE_CHECKING:
    from models.core.arrays import FloatArray
    from models.supply.power_limit import DrawnPower, WorldPower

N_PATHS = 4000
"""Paths of every projection that a page shows."""

CHIPS_STREAM, POWER_STREAM, STOCKS_STREAM = "chips", "power", "stocks"
"""Random numbers of the count of chips, of the pace of sites' plans and of the projections: with
one seed all pages show the same numbers."""


@dataclass(frozen=True)
class CountryStock:
    """One country's chips, path by path.

    Attributes
    ----------
    owned : StockPaths
        Chips at hand at the end of each year.
    fed : ndarray, shape (n_paths, k), or None
        H100e that power could feed; None if no limit of power is asked for.
    """

    owned: StockPaths
    fed: FloatArray | None

    @property
    def in_use(self) -> FloatArray:
        """H100e at hand and fed, shape (n_paths, k)."""
        if self.fed is None:
            return self.owned.stock
        return count_accelerators_in_use(
            np.broadcast_to(self.owned.stock, self.fed.shape), self.fed
        )


@dataclass(frozen=True)
class WorldStocks:
    """Both countries' chips.

    Attributes
    ----------
    usa, china : CountryStock
        Each country's.
    """

    usa: CountryStock
    china: CountryStock

    @property
    def ratio_owned(self) -> FloatArray:
        """American over Chinese chips at hand, shape (n_paths, k)."""
        return compute_stock_ratio(self.usa.owned, self.china.owned)

    @property
    def ratio_in_use(self) -> FloatArray:
        """American over Chinese chips in use, shape (n_paths, k): the ratio that pages show."""
        return np.asarray(self.usa.in_use / self.china.in_use)


def project_world(
    judged: SupplyJudged,
    first: FirstStocks,
    power: WorldPower | None,
    scores: SupplyScores,
    *,
    start_year: int,
    end_year: int,
) -> WorldStocks:
    """Project both countries' chips, and what of them power feeds.

    Parameters
    ----------
    judged, first, scores
        As `models.supply.national_supply.draw_supply`.
    power : WorldPower, optional
        What limits power; None for no limit.
    start_year, end_year : int
        Calendar years; the first stock is that at the end of `start_year`.
    """
    usa, china = draw_supply(judged, first, scores)
    return limit_world(usa, china, power, scores, start_year=start_year, end_year=end_year)


def limit_world(
    usa: AmericanSupply,
    china: ChineseSupply,
    power: WorldPower | None,
    scores: SupplyScores,
    *,
    start_year: int,
    end_year: int,
) -> WorldStocks:
    """Project supplies that were drawn, so that one of them may be varied alone."""
    years = np.arange(start_year, end_year + 1)
    drawn = None if power is None else power.draw(years, scores)
    return feed_world(usa.project(start_year, end_year), china.project(start_year, end_year), drawn)


def feed_world(
    usa: StockPaths, china: StockPaths, power: tuple[DrawnPower, DrawnPower] | None
) -> WorldStocks:
    """Put chips and power together.

    Parameters
    ----------
    usa, china : StockPaths
        Chips at hand.
    power : tuple of DrawnPower, optional
        Of both countries, as `models.supply.power_limit.WorldPower.draw` gives it; None for no
        limit.
    """
    if power is None:
        return WorldStocks(CountryStock(usa, None), CountryStock(china, None))
    return WorldStocks(
        CountryStock(usa, power[0].feed(usa.stock)), CountryStock(china, power[1].feed(china.stock))
    )
