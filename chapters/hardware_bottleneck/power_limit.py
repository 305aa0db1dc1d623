"""On how many paths electricity, not chips, limits the compute in use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from chapters.hardware_bottleneck import paths
from chapters.hardware_bottleneck.power_supply import ASKED_YEAR, CountryPower, Power
from chapters.hardware_bottleneck.stock_projection import Stocks
from chapters.shared import countries
from models.core.arrays import FloatArray
from models.core.estimates import Estimate
from models.core.random_draws import draw_normal
from models.supply.compute_stock import Crossing, summarise_crossing
from models.supply.electric_power import (
    compute_electricity_needed,
    count_accelerators_in_use,
    sum_spare_electricity,
)
from overtake.chapter import style
from overtake.chapter.figures import Drawing

_LEAST_TWH = 1e-3  # a country whose generation falls adds next to nothing
_LEAST_DRAWN = 0.1
_LABELLED_AT = 2032.5
_LABEL_SIDES: Mapping[str, Literal["above", "below"]] = {"USA": "below", "CHN": "above"}


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

    @property
    def electricity_binds(self) -> Crossing:
        """When chips outgrow the electricity that feeds them."""
        years, share_fed = paths.YEARS[1:], (self.fed / self.chips)[:, 1:]
        return summarise_crossing(years, share_fed, 1.0, level=self.level)

    @property
    def in_use(self) -> FloatArray:
        """H100e at hand and fed."""
        return count_accelerators_in_use(self.chips, self.fed)

    def fans(self) -> dict[str, pd.DataFrame]:
        """Return the fans of both by name, million H100e."""
        both = {"chips": self.chips, "power feeds": self.fed}
        return {name: paths.fan(values / 1e6, self.level) for name, values in both.items()}


@dataclass(frozen=True)
class BindingLimit:
    """Which limit binds in both countries.

    Attributes
    ----------
    usa, china : CountryLimit
        Each country's.
    ratio_in_use : Estimate
        American over Chinese compute in use at the end of 2030, times; n counts the paths.
    """

    usa: CountryLimit
    china: CountryLimit
    ratio_in_use: Estimate

    @property
    def by_country(self) -> dict[str, CountryLimit]:
        """Both by country code."""
        return {"USA": self.usa, "CHN": self.china}


def estimate_binding_limit(
    stocks: Stocks, power: Power, *, rng: np.random.Generator
) -> BindingLimit:
    """Compare chips with the electricity for them, path by path.

    Parameters
    ----------
    stocks : Stocks
        Projected stocks.
    power : Power
        What each country adds, and what its chips take.
    rng : numpy.random.Generator
        Source of the draws of what is added.
    """
    usa, china = (
        CountryLimit(
            stocks.by_country[code].stock,
            _fed_paths(power.by_country[code], stocks.by_country[code].stock, rng),
            stocks.level,
        )
        for code in countries.PAIR
    )
    ratio = paths.at_end_of(ASKED_YEAR, usa.in_use / china.in_use, level=stocks.level, unit="times")
    return BindingLimit(usa, china, ratio)


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
    return Drawing(
        figure, data, ("electricity", "chips_owned", "chips_sold", "published_estimates")
    )


def _fed_paths(power: CountryPower, chips: FloatArray, rng: np.random.Generator) -> FloatArray:
    """H100e fed on each path at the end of each year."""
    added = draw_normal(power.added_twh, rng.standard_normal(paths.N_PATHS))
    spare = sum_spare_electricity(
        np.maximum(added, _LEAST_TWH), paths.YEARS, start_year=paths.START_YEAR, share=power.share
    )
    running = compute_electricity_needed(chips[:, [0]], power.accelerator(paths.START_YEAR))
    per_chip = np.array([power.accelerator(year).twh_per_year for year in paths.YEARS])
    return np.asarray((running + spare) / per_chip)


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
    at = paths.height_at(_LABELLED_AT, fed)
    style.label_line(axes, at, "power feeds", colour=style.TEXT_COLOUR, side=_LABEL_SIDES[code])
