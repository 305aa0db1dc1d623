"""Which assumption moves the ratio of the stocks most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.supply.national_supply import NEVER, ChineseSupply, spread_by_factor
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.hardware_bottleneck import marks, paths
from chapters.hardware_bottleneck.chip_production import REPORTED_YIELD_AIM
from chapters.hardware_bottleneck.stock_projection import TABLES, Scenario, Stocks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from models.core.arrays import FloatArray
    from models.supply.power_limit import WorldPower

    from chapters.hardware_bottleneck.supply import World

_LABEL_COLOUR = "#2A5F85"
_TICKS = (1, 2, 3, 5, 10, 20, 30, 50, 100)
_ROOM_FOR_LABELS = 1.9
_AMERICAN_GROWTH = (1.2, 1.8)
_AMERICAN_SHARES = (0.4, 1.0)

_Variation = Callable[[ChineseSupply], ChineseSupply]


@dataclass(frozen=True)
class Change:
    """What one assumption, set to another value, makes of the ratio.

    Attributes
    ----------
    assumption, set_to : str
        What is changed, and its value.
    ratio : float
        Median American over Chinese stock at the end of the last year, times.
    """

    assumption: str
    set_to: str
    ratio: float


@dataclass(frozen=True)
class Drivers:
    """How far each assumption moves the ratio of the last year.

    Attributes
    ----------
    changes : tuple of Change
        One assumption at a time.
    ratio : float
        With all as in this run.
    """

    changes: tuple[Change, ...]
    ratio: float

    @property
    def in_order(self) -> tuple[str, ...]:
        """Names of the assumptions, that with the widest effect first."""
        table = self.table()
        widths = table.groupby("assumption")["ratio"].agg(_log_width)
        return tuple(widths.sort_values(ascending=False).index)

    def table(self) -> pd.DataFrame:
        """Return the changes as a table."""
        return pd.DataFrame([vars(change) for change in self.changes])


def estimate_drivers(
    stocks: Stocks, world: World, *, growth_spread: float, lowest_yield: float
) -> Drivers:
    """Set one assumption at a time to two other values.

    Parameters
    ----------
    stocks : Stocks
        Of this run.
    world : World
        As in this run.
    growth_spread : float
        90% of the draws of a growth lie within this factor.
    lowest_yield : float
        Lowest published share of dies that work.
    """

    def change(name: str, value: str, changed: World) -> Change:
        ratio = Scenario(changed.project().ratio_in_use, stocks.level)
        return Change(name, value, ratio.by_year[paths.END_YEAR].value)

    american = (
        change("US additions", f"{growth:g}", _with_us_growth(world, growth, growth_spread))
        for growth in _AMERICAN_GROWTH
    )
    powered = (
        change("US share of new power", f"{share:.0%}", _with_us_share(world, world.power, share))
        for share in _AMERICAN_SHARES
        if world.power
    )
    chinese = (
        change(name, value, world.with_china(varied(world.china)))
        for name, values in _chinese_variations(lowest_yield).items()
        for value, varied in values.items()
    )
    changes = (*american, *powered, *chinese)
    return Drivers(changes, stocks.this_run.by_year[paths.END_YEAR].value)


def draw_drivers(drivers: Drivers) -> Drawing:
    """Draw between which ratios each assumption moves the outcome, widest first."""
    moved = drivers.table()
    figure, axes = style.new_figure(3.9)
    for place, name in enumerate(drivers.in_order):
        _draw_driver(axes, moved[moved["assumption"] == name].sort_values("ratio"), -place)
    axes.axvline(drivers.ratio, color=style.TEXT_COLOUR, lw=1)
    axes.set_xscale("log")
    low, high = moved["ratio"].min() / _ROOM_FOR_LABELS, moved["ratio"].max() * _ROOM_FOR_LABELS
    axes.set_xlim(low, high)
    ticks = [tick for tick in _TICKS if low < tick < high]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    marks.name_rows(axes, drivers.in_order)
    axes.set_xlabel(f"US over Chinese chips in use, end of {paths.END_YEAR} (times)")
    return Drawing(figure, moved, TABLES)


def _draw_driver(axes: Axes, ends: pd.DataFrame, height: float) -> None:
    axes.plot(
        ends["ratio"], [height, height], color=style.CATEGORY_COLOURS[3], lw=7, alpha=0.6,
        solid_capstyle="butt",
    )  # fmt: skip
    lower, upper = ends.to_dict("records")
    low_at, high_at = (lower["ratio"], height), (upper["ratio"], height)
    style.label_line(axes, low_at, lower["set_to"], colour=_LABEL_COLOUR, side="left")
    style.label_line(axes, high_at, upper["set_to"], colour=_LABEL_COLOUR, side="right")


def _chinese_variations(lowest_yield: float) -> dict[str, dict[str, _Variation]]:
    """Values of each assumption by name, as they are written beside the bars."""
    return {
        "EUV in volume": {
            "2028": lambda china: replace(china, euv_volume_year=2028.0),
            "none": lambda china: replace(china, euv_volume_year=NEVER),
        },
        "EUV multiple": {
            "8": lambda china: replace(china, euv_multiple=8.0),
            "2": lambda china: replace(china, euv_multiple=2.0),
        },
        "Yield": {
            f"{share:.0%}": _in_the_fab(die_yield=share)
            for share in (REPORTED_YIELD_AIM, lowest_yield)
        },
        "Wafer growth": {f"{g:g}": _in_the_fab(capacity_growth=g) for g in (1.33, 1.1)},
        "Performance": {f"{g:g}": _in_the_fab(performance_growth=g) for g in (1.3, 1.05)},
        "Utilisation": {f"{share:g}": _in_the_fab(utilisation=share) for share in (1.0, 0.5)},
        "Memory growth": {f"{g:g}": _in_the_fab(memory_growth=g) for g in (4.0, 1.6)},
        "Imports": {
            "open": lambda china: replace(china, regime="open"),
            "closed": lambda china: replace(china, regime="closed"),
        },
        "Chip life": {
            "8 years": lambda china: replace(china, lifetime_years=8.0),
            "4 years": lambda china: replace(china, lifetime_years=4.0),
        },
    }


def _with_us_growth(world: World, growth: float, spread: float) -> World:
    paces = spread_by_factor(growth, spread, world.scores.of("world demand"))
    return replace(world, usa=replace(world.usa, inflow_growth=paces))


def _with_us_share(world: World, power: WorldPower, share: float) -> World:
    return replace(world, power=replace(power, usa=replace(power.usa, share=share)))


def _in_the_fab(**changes: float | FloatArray) -> _Variation:
    return lambda china: replace(china, fab=replace(china.fab, **changes))


def _log_width(ratios: pd.Series) -> float:
    return float(np.log(ratios.max() / ratios.min()))
