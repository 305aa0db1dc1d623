"""How the two stocks of compute grow to 2035, and when the one overtakes the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.core.estimates import Estimate
from models.core.random_draws import summarise
from models.supply.compute_stock import Crossing, StockPaths, summarise_crossing
from models.supply.national_supply import NEVER
from models.supply.power_data import PUBLISHED_SYSTEM
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.hardware_bottleneck import paths
from chapters.hardware_bottleneck.chip_production import CAPACITY_USED
from chapters.shared import countries

if TYPE_CHECKING:
    from models.core.arrays import FloatArray
    from models.supply.world_stocks import CountryStock, WorldStocks

    from chapters.hardware_bottleneck.supply import World

THRESHOLDS = (10.0, 3.0, 1.0)
"""Ratios of the stocks whose crossing is dated; 1 is parity."""

MILLION_H100E = "million H100e"
TABLES = (
    "chips_owned",
    "chips_sold",
    CAPACITY_USED,
    "ai_chips",
    "data_centers",
    "data_center_timelines",
    "data_center_plans_2026_01",
    "electricity",
    Used("published_estimates", {"id": PUBLISHED_SYSTEM}),
)
"""What the projection rests on."""

EARLY_YEAR = 2030
"""Year of EUV volume that the article names: earlier than the reference classes' median."""
_BOUND_IN, _COMPARED_IN = 2030, 2026
_EARLY_COLOUR, _WITH_COLOUR = "#444444", "#00694D"


@dataclass(frozen=True)
class Scenario:
    """The ratio of the stocks under one set of assumptions.

    Attributes
    ----------
    ratio : ndarray, shape (n_paths, n_years)
        American over Chinese chips in use at the end of each year.
    level : float
        Of the intervals.
    """

    ratio: FloatArray
    level: float

    @cached_property
    def by_year(self) -> dict[int, Estimate]:
        """American over Chinese AI chips in use at the end of the year, times."""
        return {
            year: paths.at_end_of(year, self.ratio, level=self.level, unit="times")
            for year in paths.YEARS
        }

    @cached_property
    def below(self) -> dict[float, Crossing]:
        """When American over Chinese AI chips fall below a threshold."""
        return {
            threshold: summarise_crossing(paths.YEARS, self.ratio, threshold, level=self.level)
            for threshold in THRESHOLDS
        }


@dataclass(frozen=True)
class Ratio:
    """What headline numbers take of a `Scenario`: it has room where all paths have none.

    Attributes
    ----------
    by_year : dict of int to Estimate
        As in `Scenario`.
    below : dict of float to Crossing
        As in `Scenario`.
    """

    by_year: dict[int, Estimate]
    below: dict[float, Crossing]


@dataclass(frozen=True)
class Stocks:
    """Both countries' chips, and their ratio in several scenarios.

    A chip is in use if it is at hand and there is power for it; ratios are of chips in use.

    Attributes
    ----------
    world : WorldStocks
        Of this run.
    this_run : Scenario
        By this run's parameters.
    drawn_euv : Scenario
        With Chinese EUV volume production in a year drawn from the reference classes.
    early_euv : Scenario
        With Chinese EUV volume production in 2030.
    plentiful_memory : Scenario
        With memory without limit.
    early_euv_plentiful_memory : Scenario
        With memory without limit and Chinese EUV volume production in 2030.
    imports_closed : Scenario
        Without imports of chips to China.
    imports_open : Scenario
        With open imports of chips to China.
    plentiful_power : Scenario
        With power for all chips at hand.
    euv_volume_year : int
        Of this run.
    gained_2026 : Estimate
        AI chips that China makes, imports or rents in 2026 on projected paths, million H100e.
    gained_2026_published : Estimate
        AI chips that China acquires in 2026 as The Substrate expects, million H100e.
    memory_bound_2030 : float
        Share of paths in which memory, not wafers, sets Chinese output of AI chips in 2030.
    level : float
        Of the intervals.

    Notes
    -----
    Early EUV is that of `EARLY_YEAR`.
    """

    world: WorldStocks
    this_run: Scenario
    drawn_euv: Scenario
    early_euv: Scenario
    plentiful_memory: Scenario
    early_euv_plentiful_memory: Scenario
    imports_closed: Scenario
    imports_open: Scenario
    plentiful_power: Scenario
    euv_volume_year: int
    gained_2026: Estimate
    gained_2026_published: Estimate
    memory_bound_2030: float
    level: float

    @property
    def by_country(self) -> dict[str, CountryStock]:
        """The chips of this run by country code."""
        return {"USA": self.world.usa, "CHN": self.world.china}

    @cached_property
    def million_h100e(self) -> dict[str, dict[int, Estimate]]:
        """Chips in use by country code at the end of each year."""
        return {
            code: _million_by_year(own.in_use, self.level) for code, own in self.by_country.items()
        }

    @cached_property
    def million_owned(self) -> dict[str, dict[int, Estimate]]:
        """Chips at hand by country code at the end of each year."""
        return {
            code: _million_by_year(own.owned.stock, self.level)
            for code, own in self.by_country.items()
        }

    @property
    def euv_comes_too_late(self) -> bool:
        """Whether it comes after all years that are projected."""
        return self.euv_volume_year > paths.END_YEAR

    @property
    def widest_year(self) -> int:
        """Year at whose end the median ratio is largest."""
        return max(paths.YEARS, key=lambda year: self.this_run.by_year[year].value)

    @property
    def narrowest_year(self) -> int:
        """Year at whose end the median ratio is smallest."""
        return min(paths.YEARS, key=lambda year: self.this_run.by_year[year].value)

    @property
    def gap_widens(self) -> bool:
        """Whether the ratio rises above that of the start, at some time."""
        return self.widest_year > paths.START_YEAR

    @property
    def gap_narrows_later(self) -> bool:
        """Whether it falls from its widest; without a rise, whether it is smallest at the end."""
        if self.gap_widens:
            return self.widest_year < paths.END_YEAR
        return self.narrowest_year == paths.END_YEAR

    @property
    def gap_stays_wide(self) -> bool:
        """Whether the whole interval of 2030 lies above the middle threshold, three times."""
        return self.this_run.by_year[EARLY_YEAR].low > THRESHOLDS[1]

    @property
    def early_year(self) -> int:
        """Year of EUV volume that the article names, with which this run is compared."""
        return EARLY_YEAR

    @property
    def euv_divides(self) -> dict[int, float]:
        """Factor by which EUV in 2030 would divide American over Chinese chips at year's end."""
        return _times_less(self.this_run, self.early_euv)

    @property
    def euv_divides_with_plentiful_memory(self) -> dict[int, float]:
        """Factor by which EUV in 2030 would divide American over Chinese chips, memory no limit."""
        return _times_less(self.plentiful_memory, self.early_euv_plentiful_memory)

    @property
    def n_paths(self) -> int:
        """Simulated paths of both countries' AI chips from 2025 on."""
        return len(self.this_run.ratio)

    def fans(self) -> dict[str, pd.DataFrame]:
        """Return the fan of the chips in use by country code, million H100e."""
        return {
            code: paths.fan(own.in_use / 1e6, self.level) for code, own in self.by_country.items()
        }


def tell_ratio(stocks: Stocks) -> Ratio:
    """Take out what headline numbers need of the ratio under the chapter's assumptions.

    Parameters
    ----------
    stocks : Stocks
        With all paths.
    """
    return Ratio(stocks.this_run.by_year, stocks.this_run.below)


def estimate_stocks(
    world: World,
    chip_supply_estimates: pd.DataFrame,
    *,
    drawn_volume_years: FloatArray,
    h100e_per_b300: float,
    level: float,
) -> Stocks:
    """Project both stocks, and their ratio under other assumptions.

    Parameters
    ----------
    world : World
        Of this run.
    chip_supply_estimates : DataFrame
        Published figures: columns id, value, low, high.
    drawn_volume_years : ndarray, shape (n_paths,)
        Decimal years of EUV volume, drawn from the reference class.
    h100e_per_b300 : float
        H100e of one B300, in which a published figure counts.
    level : float
        Of the intervals.
    """
    projected = world.project()
    plentiful = world.with_china(world.china.with_plentiful_memory())

    def scenario(of: World) -> Scenario:
        return Scenario(of.project().ratio_in_use, level)

    drawn = np.minimum(drawn_volume_years, NEVER)
    return Stocks(
        world=projected,
        this_run=Scenario(projected.ratio_in_use, level),
        drawn_euv=scenario(world.with_china_as(euv_volume_year=drawn)),
        early_euv=scenario(world.with_china_as(euv_volume_year=float(EARLY_YEAR))),
        plentiful_memory=scenario(plentiful),
        early_euv_plentiful_memory=scenario(
            plentiful.with_china_as(euv_volume_year=float(EARLY_YEAR))
        ),
        imports_closed=scenario(world.with_china_as(regime="closed")),
        imports_open=scenario(world.with_china_as(regime="open")),
        plentiful_power=scenario(world.without_power_limit()),
        euv_volume_year=int(np.asarray(world.china.euv_volume_year)),
        gained_2026=_gained(projected.china.owned, level),
        gained_2026_published=_published_gain(chip_supply_estimates, h100e_per_b300),
        memory_bound_2030=_share_bound_by_memory(world, projected.china.owned),
        level=level,
    )


def draw_stocks(stocks: Stocks) -> Drawing:
    """Draw both stocks as fans."""
    fans = stocks.fans()
    figure, axes = style.new_figure(3.7)
    for code, table in fans.items():
        colour = countries.COLOURS[code]
        paths.draw_fan(axes, table, colour)
        year, height = paths.height_at(2027.0, table, "high")
        style.label_line(
            axes, (year, 1.3 * height), countries.NAMES[code], colour=colour, side="above"
        )
    if not stocks.euv_comes_too_late:
        axes.axvline(stocks.euv_volume_year, color=style.REFERENCE_COLOUR, lw=1, ls="--")
    axes.set_yscale("log")
    axes.set_xlim(paths.START_YEAR, paths.END_YEAR)
    dashed = (
        "" if stocks.euv_comes_too_late else f" (dashed: EUV volume in {stocks.euv_volume_year})"
    )
    axes.set_xlabel(f"End of year{dashed}")
    axes.set_ylabel("Chips in use (million H100e)")
    data = pd.concat([table.assign(country=code) for code, table in fans.items()])
    return Drawing(figure, data, TABLES)


def draw_ratio(stocks: Stocks) -> Drawing:
    """Draw the ratio of the stocks as a fan, and its median with EUV in `EARLY_YEAR`."""
    fanned = paths.fan(stocks.this_run.ratio, stocks.level)
    early = paths.fan(stocks.early_euv.ratio, stocks.level)
    figure, axes = style.new_figure(3.6)
    paths.draw_fan(axes, fanned, style.CATEGORY_COLOURS[0])
    axes.plot(early["year"], early["median"], color=_EARLY_COLOUR, ls="--", lw=1.5)
    for threshold in THRESHOLDS:
        axes.axhline(threshold, color=style.REFERENCE_COLOUR, lw=0.8)
    axes.set_yscale("log")
    axes.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    axes.set_xlim(paths.START_YEAR, paths.END_YEAR)
    year, height = paths.height_at(2033.0, early)
    label = f"EUV in {EARLY_YEAR}"
    style.label_line(axes, (year, 0.9 * height), label, colour=_EARLY_COLOUR, side="below")
    at = paths.height_at(2033.0, fanned)
    label = f"EUV in {stocks.euv_volume_year}"
    style.label_line(axes, at, label, colour=_WITH_COLOUR, side="above")
    axes.set_xlabel("End of year")
    axes.set_ylabel("American over Chinese chips (times)")
    return Drawing(figure, fanned.assign(median_early_euv=early["median"]), TABLES)


def _million_by_year(chips: FloatArray, level: float) -> dict[int, Estimate]:
    return {
        year: paths.at_end_of(year, chips / 1e6, level=level, unit=MILLION_H100E)
        for year in paths.YEARS
    }


def _times_less(without: Scenario, with_it: Scenario) -> dict[int, float]:
    return {year: without.by_year[year].value / with_it.by_year[year].value for year in paths.YEARS}


def _gained(chinese: StockPaths, level: float) -> Estimate:
    """Million H100e made or bought in the year that others have an expectation of."""
    column = _COMPARED_IN - paths.START_YEAR
    flows = chinese.domestic_inflow[:, column] + chinese.imports[:, column]
    return summarise(flows / 1e6, level, "prediction", len(flows), MILLION_H100E)


def _published_gain(chip_supply_estimates: pd.DataFrame, h100e_per_b300: float) -> Estimate:
    rows = chip_supply_estimates[chip_supply_estimates["id"] == "acquired-2026"]
    chips = rows[["value", "low", "high"]].to_numpy(dtype=float)[0]
    value, low, high = (float(end) * h100e_per_b300 / 1e6 for end in chips)
    return Estimate(value, low, high, 0.9, "range", 0, "million")


def _share_bound_by_memory(world: World, chinese: StockPaths) -> float:
    elapsed = _BOUND_IN - paths.START_YEAR
    made = chinese.domestic_inflow[:, elapsed]
    return float(np.isclose(made, world.china.memory_limit(elapsed)).mean())
