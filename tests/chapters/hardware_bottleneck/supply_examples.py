"""Supply without chance: every path is the same, so that answers are counted by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd

from chapters.hardware_bottleneck import chip_production, paths, stock_projection, supply
from chapters.shared.chips import JudgedChips
from models.compute.percentile_gap import Percentiles

LEVEL = 0.9
PUBLISHED = pd.DataFrame(
    [
        ("smic-advanced-capacity-2025", 40_000.0, np.nan, np.nan),
        ("smic-advanced-capacity-2026", 60_000.0, np.nan, np.nan),
        ("smic-advanced-capacity-2027", 90_000.0, np.nan, np.nan),
        ("yield-910c-2024", 20.0, np.nan, np.nan),
        ("yield-910c-2025", 40.0, np.nan, np.nan),
        ("acquired-2026", 100_000.0, 50_000.0, 200_000.0),
    ],
    columns=["id", "value", "low", "high"],
)
CHIPS_OWNED = pd.DataFrame(
    [
        ("USA", "2023-12-31", 2e6, 1600.0),
        ("USA", "2024-12-31", 5e6, 4000.0),
        ("USA", "2025-12-31", 10e6, 8000.0),
        ("CHN", "2025-12-31", 5e5, 400.0),
    ],
    columns=["owner_country", "quarter_end", "h100e_p50", "power_mw_p50"],
).assign(quarter_end=lambda table: pd.to_datetime(table["quarter_end"]))


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def production(
    *, memory_thousand: float = 300.0, die_yield: float = 0.5, utilisation: float = 1.0
) -> chip_production.Production:
    """60,000 wafers a month, half of them for AI, 100 dies each, two dies a chip."""
    return chip_production.estimate_production(
        PUBLISHED,
        ai_wafer_share=0.5,
        dies_per_wafer=100.0,
        die_yield=die_yield,
        chip_utilisation=utilisation,
        h100e_per_chip=0.8,
        wafer_growth=1.2,
        performance_growth=1.0,
        memory_limited_chips_thousand=memory_thousand,
        judgement_factor=1.0,
        level=LEVEL,
        rng=rng(),
    )


def american(inflow_growth: float = 1.5) -> supply.AmericanSupply:
    return supply.estimate_american_supply(
        CHIPS_OWNED,
        Percentiles(10e6, 10e6, 10e6),
        supply.draw_demand(rng()),
        inflow_growth=inflow_growth,
        growth_spread=1.0,
        lifetime_years=50.0,
        rng=rng(),
    )


def chinese(
    regime: supply.Regime = "as now", memory_thousand: float = 300.0
) -> supply.ChineseSupply:
    return supply.estimate_chinese_supply(
        production(memory_thousand=memory_thousand),
        american(),
        supply.draw_demand(rng()),
        legal_h100e=500_000.0,
        judgement=JudgedChips(domestic=300.0, smuggled=200.0, rented=100.0, factor=1.0),
        imports_h100e_thousand=250.0,
        import_growth=1.0,
        open_import_share=0.1,
        regime=regime,
        wafer_growth=1.2,
        memory_growth=2.0,
        growth_spread=1.0,
        lifetime_years=50.0,
        euv_volume_year=2030,
        euv_multiple=4.0,
        euv_ramp_years=1.0,
        rng=rng(),
    )


def stocks(china: supply.ChineseSupply | None = None) -> stock_projection.Stocks:
    return stock_projection.estimate_stocks(
        american(),
        china or chinese(),
        PUBLISHED,
        drawn_volume_years=np.full(paths.N_PATHS, 2032.0),
        h100e_per_b300=5.0,
        level=LEVEL,
    )


def bound_by_wafers() -> supply.ChineseSupply:
    china = chinese()
    return replace(china, fab=replace(china.fab, memory_limited_chips=1e12))
