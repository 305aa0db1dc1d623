"""On how many paths power, not chips, limits the compute in use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.core.errors import ModelInputError
from models.supply.compute_stock import Crossing, summarise_crossing
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.hardware_bottleneck import paths
from chapters.hardware_bottleneck.stock_projection import MILLION_H100E, TABLES, Stocks
from chapters.shared import countries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from models.core.arrays import FloatArray
    from models.core.estimates import Estimate
    from models.supply.world_stocks import CountryStock

    from chapters.hardware_bottleneck.supply import World

_ASKED_YEAR = 2030
_BARELY = 1e-9  # what is fed exactly is not bound
_LEAST_DRAWN = 0.1
_LABELS_AT: Mapping[str, tuple[float, float]] = {"USA": (2028.6, 12.0), "CHN": (2025.6, 250.0)}
"""Where the dashed line has its name: year, and million H100e, clear of both fans."""


@dataclass(frozen=True)
class CountryLimit:
    """Chips of one country, and the chips that its electricity feeds, on each path.

    Attributes
    ----------
    chips, fed : ndarray, shape (n_paths, n_years)
        H100e at hand, and H100e that could run, at the end of each year.
    level : float
        Of the intervals.
    """

    chips: FloatArray
    fed: FloatArray
    level: float

    @cached_property
    def electricity_binds(self) -> Crossing:
        """When chips outgrow the power that feeds them."""
        years, share_fed = paths.YEARS[1:], (self.fed / self.chips)[:, 1:]
        return summarise_crossing(years, share_fed, 1.0, level=self.level)

    @cached_property
    def fed_by_year(self) -> dict[int, Estimate]:
        """Million H100e that power feeds at the end of each year."""
        return {
            year: paths.at_end_of(year, self.fed / 1e6, level=self.level, unit=MILLION_H100E)
            for year in paths.YEARS
        }

    @cached_property
    def bound_share(self) -> dict[int, float]:
        """Share of paths in which power, not chips, limits AI compute at the end of the year."""
        bound = self.fed < self.chips * (1 - _BARELY)
        return dict(zip(paths.YEARS, bound.mean(axis=0).tolist(), strict=True))

    def fans(self) -> dict[str, pd.DataFrame]:
        """Return the fans of both by name, million H100e."""
        both = {"chips": self.chips, "power feeds": self.fed}
        return {name: paths.fan(values / 1e6, self.level) for name, values in both.items()}


@dataclass(frozen=True)
class BindingLimit:
    """Which limit binds in both countries.

    Attributes
    ----------
    usa : CountryLimit
        The United States.
    china : CountryLimit
        China.
    sites_tighter_2030 : float
        Share of paths in which plans of sites, not generation, are the tighter limit of
        American power in 2030.
    """

    usa: CountryLimit
    china: CountryLimit
    sites_tighter_2030: float

    @property
    def by_country(self) -> dict[str, CountryLimit]:
        """Both by country code."""
        return {"USA": self.usa, "CHN": self.china}


def tell_fed(binding: BindingLimit) -> dict[str, dict[int, Estimate]]:
    """Take out how many million H100e power feeds, by country and year.

    Parameters
    ----------
    binding : BindingLimit
        Of both countries, path by path.
    """
    return {code: limit.fed_by_year for code, limit in binding.by_country.items()}


def estimate_binding_limit(stocks: Stocks, world: World) -> BindingLimit:
    """Compare chips with the power for them, path by path.

    Parameters
    ----------
    stocks : Stocks
        Projected chips, with a limit of power.
    world : World
        Behind them.
    """
    usa, china = (_limit(stocks.by_country[code], stocks.level) for code in countries.PAIR)
    return BindingLimit(usa, china, _share_of_tighter_sites(world))


def draw_binding_limit(limit: BindingLimit) -> Drawing:
    """Draw each country's chips as a fan, and what its electricity feeds over it."""
    figure, _ = style.new_figure(4.6)
    figure.clear()
    panels = figure.subplots(2, sharex=True)
    for axes, (code, country) in zip(panels, limit.by_country.items(), strict=True):
        _draw_country(axes, code, country)
    panels[1].set_xlim(paths.START_YEAR, paths.END_YEAR)
    panels[1].set_xlabel("End of year")
    figure.supylabel("Million H100e", fontsize=10)
    data = pd.concat(
        [
            country.fans()[quantity].assign(country=code, quantity=quantity)
            for quantity in ("chips", "power feeds")
            for code, country in limit.by_country.items()
        ]
    )
    return Drawing(figure, data, TABLES)


def _limit(country: CountryStock, level: float) -> CountryLimit:
    if country.fed is None:
        raise ModelInputError("needs stocks that were projected with a limit of power")
    return CountryLimit(country.owned.stock, country.fed, level)


def _share_of_tighter_sites(world: World) -> float:
    usa = world.power.usa if world.power else None
    if usa is None or usa.sites is None:
        return 0.0
    years = [paths.START_YEAR, _ASKED_YEAR]
    sites = usa.sites.add_gw(years, world.scores)[:, 1]
    return float((sites < usa.add_gw_by_generation(years, world.scores)[:, 1]).mean())


def _draw_country(axes: Axes, code: str, country: CountryLimit) -> None:
    fans, colour = country.fans(), countries.COLOURS[code]
    paths.draw_fan(axes, fans["chips"], colour)
    fed = fans["power feeds"]
    axes.plot(fed["year"], fed["median"], color=style.TEXT_COLOUR, ls="--")
    axes.fill_between(
        fed["year"], np.maximum(fed["low"], _LEAST_DRAWN), fed["high"], color=style.TEXT_COLOUR,
        alpha=0.1, lw=0,
    )  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(0.5, 2e4)
    axes.set_yticks([1, 100, 10000], ["1", "100", "10,000"])
    axes.text(2025.3, 4000, countries.NAMES[code], color=colour, fontweight="bold", va="center")
    axes.text(
        *_LABELS_AT[code], "dashed: what power feeds", color=style.TEXT_COLOUR, fontweight="bold"
    )
