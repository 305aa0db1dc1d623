"""What the stocks of compute of both countries are made of, and what of them power feeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
from models.compute.chip_counts import draw_count, sum_owned
from models.supply import world_stocks
from models.supply.national_supply import (
    AmericanSupply,
    ChineseSupply,
    FirstStocks,
    SupplyJudged,
    SupplyScores,
    draw_scores,
    draw_supply,
)
from models.supply.power_data import PowerJudged, PowerTables, estimate_world_power
from models.supply.world_stocks import WorldStocks, limit_world

from chapters.hardware_bottleneck import chip_stocks, paths
from chapters.hardware_bottleneck.chip_production import CAPACITY, DIES_PER_CHIP
from chapters.shared.chips import STOCK_DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from models.supply.power_limit import WorldPower

    from chapters.hardware_bottleneck.chip_stocks import ChipGaps

SHARED_GROWTH = 0.5
"""Correlation of both countries' growth: demand of the world."""

POWER_STREAM, STOCKS_STREAM = world_stocks.POWER_STREAM, world_stocks.STOCKS_STREAM
"""Random numbers of power and of the stocks: with one seed all pages show the same paths."""

_THOUSAND = 1000
OF_SUPPLY = (
    "us_inflow_growth",
    "wafer_capacity_growth",
    "chip_performance_growth",
    "memory_growth",
    "growth_factor_spread",
    "judgement_factor",
    "ai_wafer_share",
    "die_yield",
    "chip_utilisation",
    "dies_per_wafer",
    "memory_limited_chips_thousand",
    "chn_imports_h100e_thousand",
    "chn_import_growth",
    "open_import_share",
    "import_regime",
    "chip_lifetime_years",
    "euv_volume_year",
    "euv_multiple",
    "euv_ramp_years",
)
"""Parameters that `judge_supply` reads."""
OF_POWER = ("power_share_usa", "power_share_chn", "power_efficiency_growth", "pue", "utilisation")
"""Parameters that `estimate_limits` reads."""


@dataclass(frozen=True)
class World:
    """Where both countries' compute comes from, and what limits their power, path by path.

    Attributes
    ----------
    usa, china : AmericanSupply, ChineseSupply
        Supply; vary it with `dataclasses.replace`.
    power : WorldPower or None
        What limits power; None for no limit.
    scores : SupplyScores
        Standard normal scores of the draws.
    """

    usa: AmericanSupply
    china: ChineseSupply
    power: WorldPower | None
    scores: SupplyScores

    def project(self) -> WorldStocks:
        """Return the chips at the end of each year."""
        return limit_world(
            self.usa,
            self.china,
            self.power,
            self.scores,
            start_year=paths.START_YEAR,
            end_year=paths.END_YEAR,
        )

    def with_china(self, china: ChineseSupply) -> World:
        """Return the world with another Chinese supply."""
        return replace(self, china=china)

    def with_china_as(self, **changes: Any) -> World:  # noqa: ANN401 - fields of ChineseSupply
        """Return the world with parts of the Chinese supply changed."""
        return self.with_china(replace(self.china, **changes))

    def without_power_limit(self) -> World:
        """Return the world in which all chips have power."""
        return replace(self, power=None)


def judge_supply(
    values: Mapping[str, Any], chip_supply_estimates: pd.DataFrame, ai_chips: pd.DataFrame
) -> SupplyJudged:
    """Collect what is assumed of supply.

    Parameters
    ----------
    values : mapping of str to Any
        The chapter's parameters.
    chip_supply_estimates : DataFrame
        Published figures: columns id and value.
    ai_chips : DataFrame
        Throughput of chips.
    """
    published = chip_supply_estimates.set_index("id")["value"]
    return SupplyJudged(
        us_inflow_growth=values["us_inflow_growth"],
        wafer_growth=values["wafer_capacity_growth"],
        performance_growth=values["chip_performance_growth"],
        memory_growth=values["memory_growth"],
        growth_spread=values["growth_factor_spread"],
        shared_growth=SHARED_GROWTH,
        factor=values["judgement_factor"],
        # The projection is of 2026.
        wafers_per_month=published[CAPACITY] / values["wafer_capacity_growth"],
        accelerator_share=values["ai_wafer_share"],
        die_yield=values["die_yield"],
        utilisation=values["chip_utilisation"],
        dies_per_wafer=values["dies_per_wafer"],
        dies_per_chip=DIES_PER_CHIP,
        h100e_per_chip=chip_stocks.h100e_of(ai_chips, chip_stocks.ASCEND_910C),
        memory_limited_chips=_THOUSAND * values["memory_limited_chips_thousand"],
        imports_h100e=_THOUSAND * values["chn_imports_h100e_thousand"],
        import_growth=values["chn_import_growth"],
        open_import_share=values["open_import_share"],
        regime=values["import_regime"],
        lifetime_years=values["chip_lifetime_years"],
        euv_volume_year=float(values["euv_volume_year"]),
        euv_multiple=values["euv_multiple"],
        euv_ramp_years=values["euv_ramp_years"],
    )


def judge_power(values: Mapping[str, Any]) -> PowerJudged:
    """Collect what is assumed of power from the chapter's parameters."""
    return PowerJudged(
        share_usa=values["power_share_usa"],
        share_china=values["power_share_chn"],
        efficiency_growth=values["power_efficiency_growth"],
        pue=values["pue"],
        utilisation=values["utilisation"],
    )


def estimate_limits(
    tables: PowerTables,
    values: Mapping[str, Any],
    chips: ChipGaps,
    *,
    level: float,
    rng: np.random.Generator,
) -> WorldPower:
    """Estimate what limits the power of both countries' chips.

    Parameters
    ----------
    tables : PowerTables
        Tables that power is read from.
    values : mapping of str to Any
        The chapter's parameters.
    chips : ChipGaps
        Chips of both countries at the start.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        For the pace of plans.
    """
    return estimate_world_power(
        tables, judge_power(values), day=STOCK_DAY, us_chips=chips.usa.p50, level=level, rng=rng
    )


def draw_world(
    judged: SupplyJudged,
    power: WorldPower | None,
    chips: ChipGaps,
    chips_owned: pd.DataFrame,
    *,
    rng: np.random.Generator,
) -> World:
    """Draw where both countries' compute comes from, on each path.

    Parameters
    ----------
    judged : SupplyJudged
        What is assumed of supply.
    power : WorldPower or None
        What limits power.
    chips : ChipGaps
        Chips of both countries at the start.
    chips_owned : DataFrame
        Columns owner_country, quarter_end, h100e_p5, h100e_p50, h100e_p95.
    rng : numpy.random.Generator
        Source of the draws.
    """
    scores = draw_scores(rng, paths.N_PATHS)
    before, last, now = (
        sum_owned(chips_owned, "USA", day=STOCK_DAY - pd.DateOffset(years=back))
        for back in (2, 1, 0)
    )
    first = FirstStocks(
        usa=draw_count(chips.usa, scores.of("usa stock")),
        china=draw_count(chips.china, scores.of("china stock")),
        us_inflow_share=1 - last / now,
        us_past_growth=(now - last) / (last - before),
    )
    return World(*draw_supply(judged, first, scores), power, scores)
